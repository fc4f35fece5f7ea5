package io.textonce.engagement.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.TenantId;
import io.textonce.engagement.verification.CodeRepository;
import io.textonce.engagement.verification.CodeRepository.Code;
import io.textonce.engagement.verification.CodeRepository.Conversion;
import io.textonce.engagement.verification.CodeRepository.Event;
import io.textonce.testkit.Race;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * What every {@link CodeRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class CodeRepositoryContract {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("umbrella");
    private static final Instant NOW = Instant.parse("2026-11-21T10:30:00Z");
    private static final String KEY = "sign-in:0f";
    private static final Code CODE = new Code("aa", "bb", NOW.plusSeconds(600), 5);

    /** For subclasses. */
    protected CodeRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @return an empty repository
     */
    protected abstract CodeRepository repository();

    @Test
    public void aCodeTakesSoManyGuessesAndNoMore() {
        CodeRepository codes = repository();
        codes.put(TENANT, KEY, CODE);
        for (int left = 4; left >= 0; left--) {
            assertThat(codes.spendGuess(TENANT, KEY, NOW)).hasValue(new Code("aa", "bb", CODE.expiresAt(), left));
        }
        assertThat(codes.spendGuess(TENANT, KEY, NOW)).isEmpty();
    }

    @Test
    public void ofSixtyFourGuessesAtOnceFiveAreTaken() {
        CodeRepository codes = repository();
        for (int round = 0; round < 20; round++) {
            codes.put(TENANT, KEY, CODE);
            assertThat(Race.count(64, () -> codes.spendGuess(TENANT, KEY, NOW).isPresent()))
                    .isEqualTo(5);
        }
    }

    @Test
    public void oneOfSixtyFourWhoRemoveACodeHasRemovedIt() {
        CodeRepository codes = repository();
        for (int round = 0; round < 20; round++) {
            codes.put(TENANT, KEY, CODE);
            assertThat(Race.count(64, () -> codes.remove(TENANT, KEY, "aa"))).isEqualTo(1);
            assertThat(codes.spendGuess(TENANT, KEY, NOW)).isEmpty();
        }
    }

    @Test
    public void aCodeEndsAtItsInstant() {
        CodeRepository codes = repository();
        codes.put(TENANT, KEY, CODE);
        assertThat(codes.spendGuess(TENANT, KEY, CODE.expiresAt())).isEmpty();
        assertThat(codes.spendGuess(TENANT, KEY, CODE.expiresAt().minusMillis(1)))
                .isPresent();
    }

    @Test
    public void aNewCodeTakesThePlaceOfTheOldAndOnlyItsOwnMacRemovesIt() {
        CodeRepository codes = repository();
        codes.put(TENANT, KEY, CODE);
        codes.put(TENANT, KEY, new Code("cc", "dd", CODE.expiresAt(), 5));
        assertThat(codes.remove(TENANT, KEY, "aa")).isFalse();
        assertThat(codes.spendGuess(TENANT, KEY, NOW).orElseThrow().mac()).isEqualTo("cc");
    }

    @Test
    public void neitherTenantsNorKeysSeeEachOther() {
        CodeRepository codes = repository();
        codes.put(TENANT, KEY, CODE);
        codes.count(TENANT, "1202555", Event.SENT, NOW);
        assertThat(codes.spendGuess(OTHER, KEY, NOW)).isEmpty();
        assertThat(codes.spendGuess(TENANT, "payment:0f", NOW)).isEmpty();
        assertThat(codes.remove(OTHER, KEY, "aa")).isFalse();
        assertThat(codes.conversion(OTHER, "1202555", NOW.minusSeconds(60))).isEqualTo(new Conversion(0, 0));
        assertThat(codes.conversion(TENANT, "1202556", NOW.minusSeconds(60))).isEqualTo(new Conversion(0, 0));
    }

    @Test
    public void countsFromAnInstantOn() {
        CodeRepository codes = repository();
        codes.count(TENANT, "1202555", Event.SENT, NOW.minus(Duration.ofHours(5)));
        codes.count(TENANT, "1202555", Event.SENT, NOW);
        codes.count(TENANT, "1202555", Event.SENT, NOW);
        codes.count(TENANT, "1202555", Event.VERIFIED, NOW);
        assertThat(codes.conversion(TENANT, "1202555", NOW.minus(Duration.ofHours(2))))
                .isEqualTo(new Conversion(2, 1));
        assertThat(codes.conversion(TENANT, "1202555", NOW.minus(Duration.ofHours(24))))
                .isEqualTo(new Conversion(3, 1));
    }
}
