package io.textonce.store;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Reason;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All reports on one message, folded into one status: commutative, associative and idempotent, so order, grouping and
 * repetition never matter.
 *
 * <p>For each part the highest {@link DeliveryStatus} wins. Parts that end differently make
 * {@link DeliveryStatus#PARTIAL}. Of a failure it also keeps why. Not guaranteed: that a part nobody reported on arrived; it
 * can't be counted.
 *
 * <pre>{@code
 * StatusFold.EMPTY.with(sent).with(delivered).status();   // DELIVERED, in either order
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class StatusFold {

    /** No report yet. */
    public static final StatusFold EMPTY = new StatusFold(new TreeMap<>());

    /** Key of reports about the message as a whole; parts count from 1. */
    private static final int WHOLE = 0;

    /** 3GPP TS 23.040, 9.2.3.24.1: the number of parts is one octet. Anything above isn't a part, and mustn't cost memory. */
    private static final int LAST_PART = 255;

    /** As far as a provider's code is kept. */
    private static final int LONGEST_CODE = 64;

    private final SortedMap<Integer, Word> highest;

    /** A status, and of a failure why: the reason, and after a colon the provider's code, each possibly empty. */
    private record Word(DeliveryStatus status, String why) implements Comparable<Word> {
        Word {
            Objects.requireNonNull(status, "status");
        }

        static Word of(DeliveryReport report) {
            String reason = report.reason().map(Enum::name).orElse("");
            String code = report.providerCode().orElse("");
            String kept =
                    URLEncoder.encode(code.substring(0, Math.min(LONGEST_CODE, code.length())), StandardCharsets.UTF_8);
            boolean unknown = !isFailure(report.status()) || (reason.isEmpty() && kept.isEmpty());
            return new Word(report.status(), unknown ? "" : reason + ":" + kept);
        }

        static Word decode(String text) {
            int colon = text.indexOf(':');
            if (colon < 0) {
                return new Word(DeliveryStatus.valueOf(text), "");
            }
            Word word = new Word(DeliveryStatus.valueOf(text.substring(0, colon)), text.substring(colon + 1));
            word.reason().ifPresent(Reason::valueOf);
            return word;
        }

        String encoded() {
            return status + (why.isEmpty() ? "" : ":" + why);
        }

        Optional<String> reason() {
            return Optional.of(why.substring(0, Math.max(0, why.indexOf(':')))).filter(name -> !name.isEmpty());
        }

        Optional<String> code() {
            return Optional.of(why.substring(why.indexOf(':') + 1)).filter(code -> !code.isEmpty());
        }

        @Override
        public int compareTo(Word other) {
            int byStatus = status.compareTo(other.status);
            return byStatus != 0 ? byStatus : why.compareTo(other.why);
        }
    }

    private StatusFold(SortedMap<Integer, Word> highest) {
        this.highest = highest;
    }

    /**
     * The fold with one more report.
     *
     * @param report a report on the same message
     * @return the new fold, or this one if the report changes nothing
     */
    public StatusFold with(DeliveryReport report) {
        int part = report.part().orElse(WHOLE);
        return with(part > LAST_PART ? WHOLE : part, Word.of(report));
    }

    private StatusFold with(int part, Word word) {
        Word known = highest.get(part);
        if (known != null && known.compareTo(word) >= 0) {
            return this;
        }
        SortedMap<Integer, Word> next = new TreeMap<>(highest);
        next.put(part, word);
        return new StatusFold(next);
    }

    private static boolean isFailure(DeliveryStatus status) {
        return status.isTerminal() && status != DeliveryStatus.DELIVERED;
    }

    /**
     * Why the message, or a part of it, didn't arrive. Where reports give several reasons, always the same one.
     *
     * @return the reason; empty unless the status is a failure, or where no report gives one
     */
    public Optional<Reason> reason() {
        return failure().flatMap(Word::reason).map(Reason::valueOf);
    }

    /**
     * The provider's own code beside {@link #reason()}.
     *
     * @return at most 64 characters of it, or empty
     */
    public Optional<String> providerCode() {
        return failure().flatMap(Word::code).map(code -> URLDecoder.decode(code, StandardCharsets.UTF_8));
    }

    private Optional<Word> failure() {
        return status().filter(StatusFold::isFailure)
                .flatMap(failed -> highest.values().stream()
                        .filter(word -> !word.why.isEmpty())
                        .max(Comparator.comparing(Word::why)));
    }

    /**
     * What the reports amount to. While any part is still on its way, the part that lags most decides.
     *
     * @return the status, or empty before the first report
     */
    public Optional<DeliveryStatus> status() {
        if (highest.isEmpty()) {
            return Optional.empty();
        }
        Word word = highest.get(WHOLE);
        DeliveryStatus whole = word == null ? null : word.status;
        DeliveryStatus parts = null;
        for (Map.Entry<Integer, Word> part : highest.entrySet()) {
            if (part.getKey() != WHOLE) {
                DeliveryStatus status = part.getValue().status;
                parts = parts == null ? status : sideBySide(parts, status);
            }
        }
        if (whole == null || parts == null) {
            return Optional.ofNullable(whole == null ? parts : whole);
        }
        boolean settled = whole.isTerminal() && parts.isTerminal();
        return Optional.of(settled ? sideBySide(whole, parts) : whole.compareTo(parts) > 0 ? whole : parts);
    }

    /** Two parts of one message. Associative: all failures are alike, and PARTIAL absorbs what is terminal. */
    private static DeliveryStatus sideBySide(DeliveryStatus a, DeliveryStatus b) {
        DeliveryStatus lower = a.compareTo(b) < 0 ? a : b;
        DeliveryStatus higher = a.compareTo(b) < 0 ? b : a;
        if (!lower.isTerminal()) {
            return lower;
        }
        boolean arrived = higher == DeliveryStatus.DELIVERED || higher == DeliveryStatus.PARTIAL;
        return arrived && lower != higher ? DeliveryStatus.PARTIAL : higher;
    }

    /**
     * The fold as text, for a store's column.
     *
     * @return such as {@code 0=SENT} or {@code 1=DELIVERED,2=UNDELIVERED:BLOCKED:30007}; empty for no report
     */
    public String encoded() {
        StringBuilder out = new StringBuilder();
        highest.forEach((part, word) -> out.append(out.length() == 0 ? "" : ",")
                .append(part)
                .append('=')
                .append(word.encoded()));
        return out.toString();
    }

    /**
     * Reads a fold back.
     *
     * @param text what {@link #encoded()} wrote
     * @return the fold
     * @throws IllegalArgumentException if the text is anything else
     */
    public static StatusFold decode(String text) {
        StatusFold fold = EMPTY;
        if (!text.isEmpty()) {
            for (String entry : text.split(",", -1)) {
                int equals = entry.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("status fold: an entry isn't part=STATUS");
                }
                fold = fold.with(
                        Integer.parseInt(entry.substring(0, equals)), Word.decode(entry.substring(equals + 1)));
            }
        }
        return fold;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StatusFold fold && highest.equals(fold.highest);
    }

    @Override
    public int hashCode() {
        return highest.hashCode();
    }

    @Override
    public String toString() {
        return "StatusFold[" + encoded() + "]";
    }
}
