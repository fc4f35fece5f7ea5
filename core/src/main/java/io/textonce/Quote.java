package io.textonce;

import io.textonce.text.Encoding;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a message amounts to before it is sent: encoding, segments, units and estimated cost.
 *
 * <p>Guaranteed: the count follows the segment policy of the provider that would be tried first. Not guaranteed: that
 * the provider bills the same; some append text, and some cut at words.
 *
 * <pre>{@code
 * Quote quote = client.quote(message);
 * log.info("{} segments, {}", quote.segments(), quote.cost().map(Money::toString).orElse("no rate"));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Quote {

    private final Encoding encoding;
    private final int segments;
    private final int units;
    private final @Nullable Money cost;
    private final List<String> warnings;
    private final @Nullable String refusal;

    private Quote(
            Encoding encoding,
            int segments,
            int units,
            @Nullable Money cost,
            List<String> warnings,
            @Nullable String refusal) {
        this.encoding = Objects.requireNonNull(encoding, "encoding");
        this.segments = segments;
        this.units = units;
        this.cost = cost;
        this.warnings = List.copyOf(warnings);
        this.refusal = refusal;
    }

    /**
     * A quote.
     *
     * @param encoding how the text goes out
     * @param segments segments as billed
     * @param units septets for GSM-7, UTF-16 units for UCS-2, headers not counted
     * @param cost the estimate, or null where no rate is known
     * @param warnings what a person should know, such as the characters that force UCS-2
     * @return the quote
     */
    public static Quote of(Encoding encoding, int segments, int units, @Nullable Money cost, List<String> warnings) {
        return new Quote(encoding, segments, units, cost, warnings, null);
    }

    /**
     * The same quote of a message that would be refused.
     *
     * @param explanation why, for people; no personal data
     * @return a copy
     */
    public Quote refused(String explanation) {
        return new Quote(encoding, segments, units, cost, warnings, Objects.requireNonNull(explanation, "explanation"));
    }

    /**
     * Why the message would be refused before any submit, as far as the message alone tells; opt-outs, quiet
     * hours, limits, caps on spending and the kill switch are asked only when it is sent.
     *
     * @return one sentence, or empty if nothing stands in the way
     */
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * How the text goes out.
     *
     * @return the encoding
     */
    public Encoding encoding() {
        return encoding;
    }

    /**
     * How many segments are billed.
     *
     * @return 0 for a message without text
     */
    public int segments() {
        return segments;
    }

    /**
     * How long the text is.
     *
     * @return septets for GSM-7, UTF-16 units for UCS-2, headers not counted
     */
    public int units() {
        return units;
    }

    /**
     * What it will cost by the client's rate card.
     *
     * @return the estimate, or empty where no rate is known
     */
    public Optional<Money> cost() {
        return Optional.ofNullable(cost);
    }

    /**
     * What a person should know before sending.
     *
     * @return sentences without personal data, possibly none
     */
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public String toString() {
        return "Quote[" + encoding + ", segments=" + segments + ", units=" + units
                + (cost == null ? "" : ", cost=" + cost) + "]";
    }
}
