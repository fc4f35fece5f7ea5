package io.textonce.testkit;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.Settlement;
import io.textonce.spi.Submission;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Assertions in the words of sending, for any test framework. A failure is an {@link AssertionError} that lists facts, one
 * a line; numbers are masked in it and texts not shown.
 *
 * <pre>{@code
 * assertThatSms(result).isAccepted().by("second").attempted("first", "second");
 * assertThatSms(fake).sent("+12025550100", "Hello").createdNothingTwice();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SmsAssertions {

    private SmsAssertions() {}

    /**
     * Starts assertions about a result.
     *
     * @param result what a send returned; null fails
     * @return assertions to chain
     */
    public static ResultAssert assertThatSms(@Nullable SendResult result) {
        if (result == null) {
            throw Facts.failure("expected", "a result", "but was", "null");
        }
        return new ResultAssert(result);
    }

    /**
     * Starts assertions about what a provider got.
     *
     * @param provider the provider; null fails
     * @return assertions to chain
     */
    public static ProviderAssert assertThatSms(@Nullable FakeProvider provider) {
        if (provider == null) {
            throw Facts.failure("expected", "a provider", "but was", "null");
        }
        return new ProviderAssert(provider);
    }

    /**
     * Assertions about a result. Each returns itself, or throws an {@link AssertionError}.
     *
     * <p>Immutable and thread-safe.
     */
    public static final class ResultAssert {
        private final SendResult result;

        private ResultAssert(SendResult result) {
            this.result = result;
        }

        /**
         * A provider took the message over.
         *
         * @return this
         */
        public ResultAssert isAccepted() {
            return check(result.outcome() == Outcome.ACCEPTED, "accepted");
        }

        /**
         * It is proven that no message exists.
         *
         * @return this
         */
        public ResultAssert isRejected() {
            return check(result.outcome() == Outcome.REJECTED, "rejected");
        }

        /**
         * A message may or may not exist.
         *
         * @return this
         */
        public ResultAssert isUnknown() {
            return check(result.outcome() == Outcome.UNKNOWN, "unknown");
        }

        /**
         * The outcome is this provider's: it accepted, refused or was out of reach last, or may have the message.
         *
         * @param provider the instance's name
         * @return this
         */
        public ResultAssert by(String provider) {
            Optional<String> actual = result.fold(
                    accepted -> Optional.of(accepted.provider()),
                    SendResult.Rejected::provider,
                    unknown -> Optional.of(unknown.provider()));
            return equal("by " + provider, Optional.of(provider), actual);
        }

        /**
         * It was rejected for this reason.
         *
         * @param reason why
         * @return this
         */
        public ResultAssert hasReason(Reason reason) {
            return equal("rejected for " + reason, Optional.of(reason), ofRejected(SendResult.Rejected::reason));
        }

        /**
         * It was rejected with this proof.
         *
         * @param proof how it is known that nothing was created
         * @return this
         */
        public ResultAssert hasProof(Proof proof) {
            return equal("rejected with " + proof, Optional.of(proof), ofRejected(SendResult.Rejected::proof));
        }

        /**
         * It was rejected with this code of the provider's.
         *
         * @param code the code
         * @return this
         */
        public ResultAssert hasProviderCode(String code) {
            Optional<String> actual =
                    ofRejected(rejected -> rejected.providerCode().orElse(null));
            return equal("rejected with code " + code, Optional.of(code), actual);
        }

        /**
         * It has this id at the provider, accepted or unknown.
         *
         * @param id the provider's id
         * @return this
         */
        public ResultAssert hasProviderMessageId(String id) {
            Optional<String> actual = result.fold(
                    SendResult.Accepted::providerMessageId,
                    rejected -> Optional.empty(),
                    SendResult.Unknown::providerMessageId);
            return equal("provider message id " + id, Optional.of(id), actual);
        }

        /**
         * It is unknown, and exactly these ways may settle it.
         *
         * @param ways the ways; none means that nothing will
         * @return this
         */
        public ResultAssert settlesBy(Settlement... ways) {
            Set<Settlement> expected = new TreeSet<>(List.of(ways));
            Optional<Set<Settlement>> actual = result.fold(
                    accepted -> Optional.empty(),
                    rejected -> Optional.empty(),
                    unknown -> Optional.of(new TreeSet<>(unknown.settlement())));
            return equal("unknown, settles by " + expected, Optional.of(expected), actual);
        }

        /**
         * So many submits were made.
         *
         * @param number zero or more
         * @return this
         */
        public ResultAssert hasAttempts(int number) {
            return equal(number + " attempts", number, result.attempts().size());
        }

        /**
         * These providers were submitted to, in this order.
         *
         * @param providers the instances' names, one for each attempt
         * @return this
         */
        public ResultAssert attempted(String... providers) {
            List<String> expected = List.of(providers);
            List<String> actual =
                    result.attempts().stream().map(Attempt::provider).toList();
            return equal("attempts at " + expected, expected, actual);
        }

        /**
         * The outcome stands in the store, or there is none.
         *
         * @return this
         */
        public ResultAssert isRecorded() {
            return check(result.recorded(), "recorded");
        }

        /**
         * A store failed to take the outcome.
         *
         * @return this
         */
        public ResultAssert isNotRecorded() {
            return check(!result.recorded(), "not recorded");
        }

        /**
         * The explanation for people has these words in it.
         *
         * @param words part of the explanation, in this case
         * @return this
         */
        public ResultAssert explains(String words) {
            String explanation =
                    result.fold(accepted -> "", SendResult.Rejected::explanation, SendResult.Unknown::explanation);
            return check(explanation.contains(words), "an explanation with \"" + words + "\"");
        }

        private <T> Optional<T> ofRejected(Function<SendResult.Rejected, @Nullable T> fact) {
            return result.fold(
                    accepted -> Optional.empty(),
                    rejected -> Optional.ofNullable(fact.apply(rejected)),
                    unknown -> Optional.empty());
        }

        private ResultAssert equal(String expectation, Object expected, Object actual) {
            return check(Objects.equals(expected, actual), expectation);
        }

        private ResultAssert check(boolean holds, String expectation) {
            if (!holds) {
                throw Facts.failure(
                        "expected", expectation,
                        "but was", result,
                        "recipient", result.to().map(Object::toString).orElse("none"),
                        "attempts", result.attempts(),
                        "recorded", result.recorded());
            }
            return this;
        }
    }

    /**
     * Assertions about what a provider got. Each returns itself, or throws an {@link AssertionError}.
     *
     * <p>Immutable and thread-safe.
     */
    public static final class ProviderAssert {
        private final FakeProvider provider;

        private ProviderAssert(FakeProvider provider) {
            this.provider = provider;
        }

        /**
         * At least one submit carried this text to this number, whatever came of it.
         *
         * @param to E.164
         * @param text the whole text
         * @return this
         */
        public ProviderAssert sent(String to, String text) {
            List<Submission> toNumber = to(to);
            if (toNumber.stream().noneMatch(submission -> submission.text().equals(text))) {
                throw failure(
                        "a submit of this text to " + mask(to),
                        toNumber.isEmpty()
                                ? "no submit to this number"
                                : difference(
                                        text, toNumber.get(toNumber.size() - 1).text()));
            }
            return this;
        }

        /**
         * At least one submit went to this number, whatever came of it.
         *
         * @param to E.164
         * @return this
         */
        public ProviderAssert sentTo(String to) {
            if (to(to).isEmpty()) {
                throw failure("a submit to " + mask(to), "none");
            }
            return this;
        }

        /**
         * Nothing was submitted.
         *
         * @return this
         */
        public ProviderAssert sentNothing() {
            return hasSubmits(0);
        }

        /**
         * So many submits were made.
         *
         * @param number zero or more
         * @return this
         */
        public ProviderAssert hasSubmits(int number) {
            int actual = provider.submissions().size();
            if (actual != number) {
                throw failure(number + " submits", actual + " submits");
            }
            return this;
        }

        /**
         * So many messages came into being.
         *
         * @param number zero or more
         * @return this
         */
        public ProviderAssert created(int number) {
            long actual = provider.sandbox().tally().created();
            if (actual != number) {
                throw failure(number + " messages created", actual + " messages created");
            }
            return this;
        }

        /**
         * No message came into being more than once.
         *
         * @return this
         */
        public ProviderAssert createdNothingTwice() {
            Set<MessageId> twice = provider.sandbox().duplicates();
            if (!twice.isEmpty()) {
                throw failure("each message created at most once", twice.size() + " created more often: " + twice);
            }
            return this;
        }

        /**
         * Every step of the script was used.
         *
         * @return this
         */
        public ProviderAssert usedItsScript() {
            int remaining = provider.script().remaining();
            if (remaining != 0) {
                throw failure("every step of the script used", remaining + " steps left");
            }
            return this;
        }

        private List<Submission> to(String number) {
            return provider.submissions().stream()
                    .filter(submission -> submission.to().e164().equals(number))
                    .toList();
        }

        private AssertionError failure(String expected, String actual) {
            return Facts.failure(
                    "expected", expected,
                    "but was", actual,
                    "provider", provider.name(),
                    "counts", provider.sandbox().tally(),
                    "submits", provider.submissions());
        }

        private static String mask(String number) {
            return PhoneNumber.mask(number);
        }

        /** Where two texts part, without showing either. */
        private static String difference(String expected, String actual) {
            int at = 0;
            while (at < Math.min(expected.length(), actual.length()) && expected.charAt(at) == actual.charAt(at)) {
                at++;
            }
            return "another text: " + actual.length() + " characters, not " + expected.length()
                    + ", different from index " + at + " on";
        }
    }
}
