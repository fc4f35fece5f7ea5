package io.textonce.engagement.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Category;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.store.LimitStore;
import io.textonce.store.LimitStore.Limit;
import io.textonce.template.Template;
import io.textonce.testkit.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class VerificationTest {

    private static final byte[] KEY = "sixteen bytes at least".getBytes(StandardCharsets.US_ASCII);
    private static final PhoneNumber NUMBER = PhoneNumber.of("+12025550101");
    private static final Subject SIGN_IN = new Subject(TenantId.DEFAULT, "sign-in", NUMBER);
    private static final Pattern DIGITS = Pattern.compile("[0-9]{6}");

    private final VirtualClock clock = new VirtualClock();
    private final List<SmsMessage> sent = new ArrayList<>();
    private final InMemoryCodeRepository codes = new InMemoryCodeRepository(10_000);
    private Function<SmsMessage, SendResult> provider = message -> SendResult.accepted("fake", "id-1");

    private Verification.Builder builder() {
        return Verification.builder(
                        message -> {
                            sent.add(message);
                            return provider.apply(message);
                        },
                        codes,
                        KEY)
                .text(template("Your code is {{code}}."))
                .time(clock);
    }

    private static Template template(String english) {
        return Template.builder("code")
                .variable("code")
                .text(Locale.ENGLISH, english)
                .text(Locale.forLanguageTag("tr"), "Kodunuz: {{code}}")
                .defaultLocale(Locale.ENGLISH)
                .build();
    }

    private String lastCode() {
        Matcher code = DIGITS.matcher(sent.get(sent.size() - 1).text().orElseThrow());
        assertThat(code.find()).isTrue();
        return code.group();
    }

    @Test
    void aCodeConfirmsOnce() {
        Verification verification = builder().build();
        assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut()).isTrue();
        String code = lastCode();

        assertThat(verification.check(SIGN_IN, " " + code.substring(0, 3) + "-" + code.substring(3) + " "))
                .isTrue();
        assertThat(verification.check(SIGN_IN, code)).isFalse();
    }

    @Test
    void sendsInTheLanguageAskedForAsAOneTimeCodeThatIsNeverLate() {
        builder().autofillOn("example.org").build().start(SIGN_IN, Locale.forLanguageTag("tr-TR"), null);

        SmsMessage message = sent.get(0);
        assertThat(message.text().orElseThrow())
                .isEqualTo("Kodunuz: " + lastCode() + "\n\n@example.org #" + lastCode());
        assertThat(message.category()).isEqualTo(Category.OTP);
        assertThat(message.notAfter()).hasValue(clock.now().plus(Duration.ofMinutes(10)));
    }

    @Test
    void labelsItsMessagesForReports() {
        builder().label("kind", "2fa_code").build().start(SIGN_IN, Locale.ENGLISH, null);

        assertThat(sent.get(0).label("kind")).hasValue("2fa_code");
        assertThat(sent.get(0).label("template")).hasValue("code");
        assertThatThrownBy(() -> builder().label("Kind", "x")).isInstanceOf(IllegalArgumentException.class);
        Verification.Builder many = builder();
        for (int i = 0; i < 8; i++) {
            many.label("l" + i, "x");
        }
        assertThatThrownBy(many::build).hasMessageContaining("label: there are 8, at most 7 fit");
    }

    @Test
    void takesDigitsOfAnyScriptAndNothingElse() {
        Verification verification = builder().build();
        verification.start(SIGN_IN, Locale.ENGLISH, null);
        String code = lastCode();
        StringBuilder arabic = new StringBuilder();
        code.chars().forEach(c -> arabic.append((char) (c - '0' + '\u0660')));

        assertThat(verification.check(SIGN_IN, code + "x")).isFalse();
        assertThat(verification.check(SIGN_IN, "")).isFalse();
        assertThat(verification.check(SIGN_IN, code + code)).isFalse();
        assertThat(verification.check(SIGN_IN, arabic.toString())).isTrue();
    }

    @Test
    void fiveWrongGuessesEndACode() {
        Verification verification = builder().build();
        verification.start(SIGN_IN, Locale.ENGLISH, null);
        String wrong = lastCode().equals("000000") ? "000001" : "000000";
        for (int i = 0; i < 5; i++) {
            assertThat(verification.check(SIGN_IN, wrong)).isFalse();
        }
        assertThat(verification.check(SIGN_IN, lastCode())).isFalse();
    }

    @Test
    void ofAThousandGuessesAtOnceAtMostFiveAreLookedAt() throws Exception {
        Verification verification = builder().digits(4).build();
        verification.start(SIGN_IN, Locale.ENGLISH, null);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Boolean>> guesses = new ArrayList<>();
            for (int i = 0; i < 10_000; i += 10) {
                String guess = String.format(Locale.ROOT, "%04d", i);
                guesses.add(() -> verification.check(SIGN_IN, guess));
            }
            for (Future<Boolean> each : threads.invokeAll(guesses)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(codes.spendGuess(TenantId.DEFAULT, "sign-in:none", clock.now()))
                .isEmpty();
        Matcher code = Pattern.compile("[0-9]{4}").matcher(sent.get(0).text().orElseThrow());
        assertThat(code.find()).isTrue();
        assertThat(verification.check(SIGN_IN, code.group()))
                .as("no guess is left")
                .isFalse();
    }

    @Test
    void anExpiredCodeConfirmsNothing() {
        Verification verification = builder().lifetime(Duration.ofMinutes(2)).build();
        verification.start(SIGN_IN, Locale.ENGLISH, null);
        clock.advance(Duration.ofMinutes(2));
        assertThat(verification.check(SIGN_IN, lastCode())).isFalse();
    }

    @Test
    void aNewCodeVoidsTheOldAndCodesOfOtherSubjectsStand() {
        Verification verification = builder().byRecipient().build();
        Subject payment = new Subject(TenantId.DEFAULT, "payment", NUMBER);
        Subject elsewhere = new Subject(TenantId.of("umbrella"), "sign-in", NUMBER);
        verification.start(SIGN_IN, Locale.ENGLISH, null);
        String old = lastCode();
        verification.start(payment, Locale.ENGLISH, null);
        String forPayment = lastCode();
        do {
            verification.start(SIGN_IN, Locale.ENGLISH, "retry" + sent.size());
        } while (lastCode().equals(old) || lastCode().equals(forPayment));

        assertThat(verification.check(SIGN_IN, old)).isFalse();
        assertThat(verification.check(SIGN_IN, forPayment)).isFalse();
        assertThat(verification.check(elsewhere, lastCode())).isFalse();
        assertThat(verification.check(SIGN_IN, lastCode())).isTrue();
        assertThat(verification.check(payment, forPayment)).isTrue();
    }

    @Test
    void aNumberGetsOneAMinuteFiveAQuarterTwelveAnHour() {
        Verification verification = builder().byActor().build();
        int out = 0;
        int refused = 0;
        for (int second = 0; second < 3600; second += 20) {
            Started started = verification.start(SIGN_IN, Locale.ENGLISH, null);
            out += started.isOut() ? 1 : 0;
            if (!started.isOut()) {
                refused++;
                assertThat(started.refusal()).hasValue(Reason.RATE_LIMITED);
                assertThat(started.retryAt().orElseThrow()).isAfter(clock.now());
            }
            clock.advance(Duration.ofSeconds(20));
        }
        assertThat(out).isEqualTo(12);
        assertThat(out + refused).isEqualTo(180);
        assertThat(sent).hasSize(12);
    }

    @Test
    void oneWhoAsksForManyNumbersIsStopped() {
        Verification verification = builder().build();
        for (int i = 0; i < 12; i++) {
            Subject subject = new Subject(TenantId.DEFAULT, "sign-in", PhoneNumber.of("+1202555010" + i % 10));
            verification.start(subject, Locale.ENGLISH, "198.51.100.7");
            clock.advance(Duration.ofMinutes(2));
        }
        assertThat(sent).hasSize(10);
    }

    @Test
    void numbersThatBeginAlikeAreStoppedTogether() {
        Verification verification = builder()
                .byPrefix(new Limit(3, Duration.ofHours(1), 0))
                .byActor()
                .build();
        for (int i = 0; i < 5; i++) {
            verification.start(
                    new Subject(TenantId.DEFAULT, "sign-in", PhoneNumber.of("+1202555010" + i)), Locale.ENGLISH, null);
        }
        verification.start(
                new Subject(TenantId.DEFAULT, "sign-in", PhoneNumber.of("+447700900100")), Locale.ENGLISH, null);
        assertThat(sent).hasSize(4);
    }

    @Test
    void whomAnotherLimitRefusesUsesNothingOfThePrefixUp() {
        Verification verification = builder()
                .byPrefix(new Limit(3, Duration.ofHours(1), 0))
                .byActor()
                .build();
        for (int i = 0; i < 20; i++) {
            verification.start(SIGN_IN, Locale.ENGLISH, "actor-" + i);
        }
        assertThat(sent).hasSize(1);
        assertThat(verification.start(neighbour(2), Locale.ENGLISH, null).isOut())
                .isTrue();
        provider = message -> SendResult.rejected(Reason.TRANSPORT, Proof.NOT_TRANSMITTED, "no route");
        assertThat(verification.start(neighbour(3), Locale.ENGLISH, null).isOut())
                .isFalse();
        provider = message -> SendResult.accepted("fake", "id-3");
        assertThat(verification.start(neighbour(4), Locale.ENGLISH, null).isOut())
                .isTrue();
        assertThat(verification.start(neighbour(5), Locale.ENGLISH, null).refusal())
                .hasValue(Reason.RATE_LIMITED);
    }

    @Test
    void whomThePrefixRefusesKeepsTheirOwnPlace() {
        Verification verification = builder()
                .byPrefix(new Limit(1, Duration.ofMinutes(5), 0))
                .byRecipient(new Limit(1, Duration.ofHours(1), 0))
                .byActor()
                .build();
        assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut()).isTrue();
        assertThat(verification.start(neighbour(2), Locale.ENGLISH, null).refusal())
                .hasValue(Reason.RATE_LIMITED);
        clock.advance(Duration.ofMinutes(6));
        assertThat(verification.start(neighbour(2), Locale.ENGLISH, null).isOut())
                .isTrue();
    }

    private static Subject neighbour(int last) {
        return new Subject(TenantId.DEFAULT, "sign-in", PhoneNumber.of("+1202555010" + last));
    }

    @Test
    void limitsAreAskedAsForOneTimeCodesSoThatASharedStoreKnowsWhatToLetPass() {
        List<Category> asked = new ArrayList<>();
        LimitStore unreachable = new LimitStore() {
            @Override
            public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
                throw new IllegalStateException("down");
            }

            @Override
            public Duration take(
                    TenantId tenant, String key, List<Limit> limits, int permits, Instant now, Category category) {
                asked.add(category);
                return Duration.ZERO;
            }

            @Override
            public void giveBack(TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {
                throw new IllegalStateException("down");
            }
        };
        Verification verification = builder().limitStore(unreachable).build();
        assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut()).isTrue();
        assertThat(asked).containsExactly(Category.OTP, Category.OTP, Category.OTP);
    }

    @Test
    void aPrefixFromWhichNoCodeComesBackIsCutOffUntilADayHasPassed() {
        Verification verification =
                builder().byActor().byRecipient().byPrefix().conversion(10, 20).build();
        for (int i = 0; i < 10; i++) {
            assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut())
                    .isTrue();
        }
        assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).refusal()).hasValue(Reason.BLOCKED);
        clock.advance(Duration.ofHours(26));
        assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut()).isTrue();
    }

    @Test
    void aPrefixFromWhichCodesComeBackIsNotCutOff() {
        Verification verification =
                builder().byActor().byRecipient().byPrefix().conversion(10, 20).build();
        for (int i = 0; i < 50; i++) {
            assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut())
                    .isTrue();
            if (i % 4 == 0) {
                assertThat(verification.check(SIGN_IN, lastCode())).isTrue();
            }
        }
    }

    @Test
    void whatWasRejectedLeavesNoCodeAndGivesTheNumberItsPlaceBack() {
        provider = message -> SendResult.rejected(Reason.TRANSPORT, Proof.NOT_TRANSMITTED, "no route");
        Verification verification = builder().build();
        Started started = verification.start(SIGN_IN, Locale.ENGLISH, null);
        assertThat(started.isOut()).isFalse();
        assertThat(started.refusal()).hasValue(Reason.TRANSPORT);
        assertThat(verification.check(SIGN_IN, lastCode())).isFalse();

        provider = message -> SendResult.accepted("fake", "id-2");
        assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut()).isTrue();
        assertThat(verification.check(SIGN_IN, lastCode())).isTrue();
    }

    @Test
    void aCodeOfWhichNobodyKnowsWhetherItArrivedCounts() {
        provider = message -> SendResult.unknown("fake");
        Verification verification = builder().build();
        assertThat(verification.start(SIGN_IN, Locale.ENGLISH, null).isOut()).isTrue();
        assertThat(verification.check(SIGN_IN, lastCode())).isTrue();
    }

    @Test
    void aStoreThatFailsBeforeAnythingIsSentThrows() {
        provider = message -> {
            throw new SmsStoreException("MessageRepository.create", new IllegalStateException("down"));
        };
        Verification verification = builder().build();
        assertThatThrownBy(() -> verification.start(SIGN_IN, Locale.ENGLISH, null))
                .isInstanceOf(SmsStoreException.class);
        assertThat(verification.check(SIGN_IN, lastCode())).isFalse();
    }

    @Test
    void codesAreSpreadEvenly() {
        Verification verification =
                builder().byActor().byRecipient().byPrefix().conversion(1, 0).build();
        Set<String> distinct = new HashSet<>();
        int[] firstDigit = new int[10];
        for (int i = 0; i < 2000; i++) {
            verification.start(SIGN_IN, Locale.ENGLISH, null);
            distinct.add(lastCode());
            firstDigit[lastCode().charAt(0) - '0']++;
        }
        assertThat(distinct).hasSizeGreaterThan(1980);
        // 200 each; 6 standard deviations of 13.4
        for (int count : firstDigit) {
            assertThat(count).isBetween(120, 280);
        }
    }

    @Test
    void nothingPrintsTheCodeOrTheNumber() {
        Verification verification = builder().build();
        Started started = verification.start(SIGN_IN, Locale.ENGLISH, null);
        String all = started + " " + SIGN_IN + " " + verification
                + codes.spendGuess(TenantId.DEFAULT, "sign-in:x", clock.now());
        assertThat(all).doesNotContain(lastCode()).doesNotContain(NUMBER.e164());
    }

    @Test
    void everyMistakeInTheOptionsIsTold() {
        assertThatThrownBy(() -> Verification.builder(m -> SendResult.accepted("a", "b"), codes, new byte[3])
                        .digits(3)
                        .lifetime(Duration.ofHours(1))
                        .guesses(0)
                        .conversion(0, 101)
                        .autofillOn("https://example.org")
                        .text(template("Go to https://example.org/{{code}}"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "key: has 3 bytes",
                        "digits: 3",
                        "lifetime: PT1H",
                        "guesses: 0",
                        "conversion",
                        "autofillOn",
                        "link");
        assertThatThrownBy(() -> builder().text(template("\u202e{{code}}")).build())
                .hasMessageContaining("reading direction");
        assertThatThrownBy(() -> new Subject(TenantId.DEFAULT, "Sign in!", NUMBER))
                .hasMessageContaining("purpose");
    }
}
