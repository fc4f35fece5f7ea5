package io.textonce.client;

import io.textonce.Reason;
import io.textonce.SmsMessage;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows what the person to whom a message goes has chosen: not to have it, or in which language to read it.
 *
 * <p>The client asks once for each message that it sends, alone or in bulk, when it prepares it, and again before each
 * further submit and after a wait. {@link SmsClient#quote} and {@link Bulk#check} ask too. The outbox asks when a message is enqueued, and
 * again when it is being sent, so that a choice made in between holds; the language is that of the enqueuing, as a text is
 * rendered once. What the person doesn't want is rejected with reason {@link Reason#OPTED_OUT} and proof
 * {@link io.textonce.Proof#LOCAL_POLICY}. STOP and START are another matter, and hold for all messages:
 * {@link io.textonce.store.SuppressionRepository}.
 *
 * <p>If it throws, nothing is sent: a send throws {@link io.textonce.SmsStoreException}, and so does enqueuing; what
 * waits in the outbox is tried again later.
 *
 * <pre>{@code
 * SmsClient.builder()
 *         .preferences((message, languages) -> newsletter.isOff(message.to())
 *                 ? Choice.refusal("they left the newsletter")
 *                 : Choice.NONE)
 *         .build();
 * }</pre>
 *
 * <p>Implementations are thread-safe. They are called on the thread that sends or enqueues, may block, and cost nothing
 * more than one small query for messages that need one.
 */
@FunctionalInterface
public interface PreferenceSource {

    /**
     * Says what was chosen about one message.
     *
     * @param message the message
     * @param languages those that its template has; none if it has no template, or its text is settled already
     * @return the choice, {@link Choice#NONE} if there is none
     */
    Choice of(SmsMessage message, Set<Locale> languages);

    /**
     * What somebody chose about one message: nothing, a language, or not to have it.
     *
     * <pre>{@code
     * Choice.language(Locale.GERMAN);
     * }</pre>
     *
     * <p>Immutable and thread-safe.
     */
    final class Choice {

        /** Nothing: the message goes out as it is. */
        public static final Choice NONE = new Choice(null, null);

        private final @Nullable Locale language;
        private final @Nullable String refusal;

        private Choice(@Nullable Locale language, @Nullable String refusal) {
            this.language = language;
            this.refusal = refusal;
        }

        /**
         * A language to write the template in, instead of the message's own.
         *
         * @param value the language; without effect on a message that isn't made from a template
         * @return the choice
         */
        public static Choice language(Locale value) {
            return new Choice(Objects.requireNonNull(value, "language"), null);
        }

        /**
         * Not to have the message.
         *
         * @param explanation one sentence for people, without numbers and texts
         * @return the choice
         */
        public static Choice refusal(String explanation) {
            return new Choice(null, Objects.requireNonNull(explanation, "explanation"));
        }

        /**
         * The language that was chosen.
         *
         * @return it, or empty
         */
        public Optional<Locale> language() {
            return Optional.ofNullable(language);
        }

        /**
         * Why the message isn't to be sent.
         *
         * @return one sentence, or empty if it may be
         */
        public Optional<String> refusal() {
            return Optional.ofNullable(refusal);
        }

        @Override
        public String toString() {
            return refusal != null
                    ? "Choice[no: " + refusal + "]"
                    : language != null ? "Choice[" + language + "]" : "Choice[]";
        }
    }
}
