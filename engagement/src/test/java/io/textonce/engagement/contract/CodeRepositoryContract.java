package io.textonce.engagement.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.TenantId;
import io.textonce.engagement.verification.CodeRepository;
import io.textonce.engagement.verification.CodeRepository.Code;
import io.textonce.engagement.verification.CodeRepository.Conversion;
import io.textonce.engagement.verification.CodeRepository.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link CodeRepository} must do. */
public abstract class CodeRepositoryContract {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("umbrella");
    private static final Instant NOW = Instant.parse("2026-11-21T10:30:00Z");
    private static final String KEY = "sign-in:0f";
    private static final Code CODE = new Code("aa", "bb", NOW.plusSeconds(600), 5);

    protected abstract CodeRepository repository();

    @Test
    void aCodeTakesSoManyGuessesAndNoMore() {
        CodeRepository codes = repository();
        codes.put(TENANT, KEY, CODE);
        for (int left = 4; left >= 0; left--) {
            assertThat(codes.spendGuess(TENANT, KEY, NOW)).hasValue(new Code("aa", "bb", CODE.expiresAt(), left));
        }
        assertThat(codes.spendGuess(TENANT, KEY, NOW)).isEmpty();
    }

    @Test
    void ofSixtyFourGuessesAtOnceFiveAreTaken() throws Exception {
        CodeRepository codes = repository();
        for (int round = 0; round < 20; round++) {
            codes.put(TENANT, KEY, CODE);
            assertThat(race(() -> codes.spendGuess(TENANT, KEY, NOW).isPresent()))
                    .isEqualTo(5);
        }
    }

    @Test
    void oneOfSixtyFourWhoRemoveACodeHasRemovedIt() throws Exception {
        CodeRepository codes = repository();
        for (int round = 0; round < 20; round++) {
            codes.put(TENANT, KEY, CODE);
            assertThat(race(() -> codes.remove(TENANT, KEY, "aa"))).isEqualTo(1);
            assertThat(codes.spendGuess(TENANT, KEY, NOW)).isEmpty();
        }
    }

    @Test
    void aCodeEndsAtItsInstant() {
        CodeRepository codes = repository();
        codes.put(TENANT, KEY, CODE);
        assertThat(codes.spendGuess(TENANT, KEY, CODE.expiresAt())).isEmpty();
        assertThat(codes.spendGuess(TENANT, KEY, CODE.expiresAt().minusMillis(1)))
                .isPresent();
    }

    @Test
    void aNewCodeTakesThePlaceOfTheOldAndOnlyItsOwnMacRemovesIt() {
        CodeRepository codes = repository();
        codes.put(TENANT, KEY, CODE);
        codes.put(TENANT, KEY, new Code("cc", "dd", CODE.expiresAt(), 5));
        assertThat(codes.remove(TENANT, KEY, "aa")).isFalse();
        assertThat(codes.spendGuess(TENANT, KEY, NOW).orElseThrow().mac()).isEqualTo("cc");
    }

    @Test
    void neitherTenantsNorKeysSeeEachOther() {
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
    void countsFromAnInstantOn() {
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

    private static long race(Callable<Boolean> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                calls.add(call);
            }
            long yes = 0;
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                yes += each.get() ? 1 : 0;
            }
            return yes;
        } finally {
            threads.shutdownNow();
        }
    }
}
