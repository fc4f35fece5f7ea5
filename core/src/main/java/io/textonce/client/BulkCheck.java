package io.textonce.client;

import io.textonce.Money;
import io.textonce.Quote;
import io.textonce.Reason;
import io.textonce.SmsMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is in a list of messages before it is sent: wrong, opted-out and repeated recipients, segments and cost.
 *
 * <p>Segments and cost are those of the messages that a run would submit: not the refused and not the opted-out ones, but
 * the duplicates, because a run sends them too. Every message counts in at most one of invalid, opted out and duplicate,
 * in that order. Explanations mask numbers.
 *
 * <pre>{@code
 * BulkCheck check = client.bulk().check(messages);
 * System.out.println(check);   // 5000 messages: 4990 to send (3 of them duplicates), 6 invalid, 4 opted out; ...
 * check.problems().forEach(System.out::println);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class BulkCheck {

    private static final int MOST_PROBLEMS = 100;

    /** What may be wrong with a message of a list. Use a {@code switch} with a default: kinds may be added. */
    public enum Kind {
        /** It would be rejected: its number, text, template, sender or options. */
        INVALID,
        /** Its recipient asked for no more messages, or chose not to have this one. */
        OPTED_OUT,
        /** A message before it goes to the same number for the same tenant. */
        DUPLICATE
    }

    /**
     * One message that needs a look.
     *
     * @param position its place in the list, from 0
     * @param kind what is wrong
     * @param explanation one sentence for people, masked
     */
    public record Problem(long position, Kind kind, String explanation) {}

    private final long messages;
    private final long invalid;
    private final long optedOut;
    private final long duplicates;
    private final boolean duplicatesComplete;
    private final long segments;
    private final @Nullable Money cost;
    private final long unpriced;
    private final List<Problem> problems;

    private BulkCheck(Counter counter) {
        this.messages = counter.messages;
        this.invalid = counter.invalid;
        this.optedOut = counter.optedOut;
        this.duplicates = counter.duplicates;
        this.duplicatesComplete = counter.numbers.isComplete();
        this.segments = counter.segments;
        this.cost = counter.cost;
        this.unpriced = counter.unpriced;
        this.problems = List.copyOf(counter.problems);
    }

    /**
     * How many messages the list has.
     *
     * @return a count, zero or more
     */
    public long messages() {
        return messages;
    }

    /**
     * How many a run would submit.
     *
     * @return all but the invalid and the opted-out ones
     */
    public long sendable() {
        return messages - invalid - optedOut;
    }

    /**
     * How many would be rejected for their number, text, template, sender or options.
     *
     * @return a count, zero or more
     */
    public long invalid() {
        return invalid;
    }

    /**
     * How many go to somebody who opted out, of the tenant or of the sender that the first provider would use, or who chose
     * not to have that message.
     *
     * @return a count, zero or more
     */
    public long optedOut() {
        return optedOut;
    }

    /**
     * How many go to a number, normalised, that a sendable message before them goes to, for the same tenant.
     *
     * @return a count, zero or more; a lower bound unless {@link #duplicatesComplete()}
     */
    public long duplicates() {
        return duplicates;
    }

    /**
     * Whether all duplicates were found. Only the first 1,048,576 distinct numbers, and those of the first 16,384 tenants,
     * are remembered: a number that comes up for the first time after them isn't recognised when it comes again.
     *
     * @return false if some duplicates may be missing from the count
     */
    public boolean duplicatesComplete() {
        return duplicatesComplete;
    }

    /**
     * How many segments the sendable messages have, as the provider that is tried first counts them.
     *
     * @return a count, zero or more
     */
    public long segments() {
        return segments;
    }

    /**
     * What the sendable messages cost by the client's rate card, those without a rate left out.
     *
     * @return the estimate, or empty if none has a rate
     */
    public Optional<Money> cost() {
        return Optional.ofNullable(cost);
    }

    /**
     * How many sendable messages have no rate, and so are missing from {@link #cost()}.
     *
     * @return a count, zero or more
     */
    public long unpriced() {
        return unpriced;
    }

    /**
     * The first 100 messages that need a look; the counts are of all.
     *
     * @return the problems, in the order of the list
     */
    public List<Problem> problems() {
        return problems;
    }

    /** The counts in one line, for people. */
    @Override
    public String toString() {
        return messages + " messages: " + sendable() + " to send (" + (duplicatesComplete ? "" : "at least ")
                + duplicates
                + " of them duplicates), " + invalid + " invalid, " + optedOut + " opted out; " + segments + " segments"
                + (cost == null ? "" : ", " + cost)
                + (unpriced == 0 ? "" : ", " + unpriced + " without a rate");
    }

    /** Adds up a list. */
    static final class Counter {
        private final NumberSet numbers = new NumberSet();
        private final List<Problem> problems = new ArrayList<>();
        private long messages;
        private long invalid;
        private long optedOut;
        private long duplicates;
        private long segments;
        private @Nullable Money cost;
        private long unpriced;

        void refused(Admission.Refused refused) {
            if (refused.reason() == Reason.OPTED_OUT) {
                optedOut++;
                problem(Kind.OPTED_OUT, refused.explanation());
            } else {
                invalid++;
                problem(Kind.INVALID, refused.reason() + ": " + refused.explanation());
            }
            messages++;
        }

        void admitted(Admission.Admitted admitted, boolean suppressed) {
            if (suppressed) {
                optedOut++;
                problem(Kind.OPTED_OUT, admitted.to() + " asked for no more messages");
            } else {
                sendable(admitted);
            }
            messages++;
        }

        private void sendable(Admission.Admitted admitted) {
            SmsMessage message = admitted.message();
            if (numbers.seen(message.tenant(), admitted.to())) {
                duplicates++;
                problem(Kind.DUPLICATE, "a message before it goes to " + admitted.to() + " too");
            }
            Quote quote = admitted.quote();
            segments += quote.segments();
            Money price = quote.cost().orElse(null);
            if (price == null) {
                unpriced++;
            } else {
                cost = cost == null ? price : cost.plus(price);
            }
        }

        private void problem(Kind kind, String explanation) {
            if (problems.size() < MOST_PROBLEMS) {
                problems.add(new Problem(messages, kind, explanation));
            }
        }

        BulkCheck result() {
            return new BulkCheck(this);
        }
    }
}
