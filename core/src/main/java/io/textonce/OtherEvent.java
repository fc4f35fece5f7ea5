package io.textonce;

import java.util.Objects;

/**
 * A verified event that is neither a report nor a message: kept, so that nothing a provider says is dropped.
 *
 * <p>Immutable and thread-safe.
 */
public final class OtherEvent implements SmsEvent {

    private final Origin origin;
    private final String id;
    private final String kind;
    private final String raw;

    private OtherEvent(Origin origin, String id, String kind, String raw) {
        this.origin = Objects.requireNonNull(origin, "origin");
        this.id = Objects.requireNonNull(id, "id");
        this.kind = Objects.requireNonNull(kind, "kind");
        this.raw = Objects.requireNonNull(raw, "raw");
    }

    /**
     * An event of another kind.
     *
     * @param origin where it came from
     * @param id its identity, from verified content
     * @param kind the provider's word for it, or {@code unknown}
     * @param raw the payload as text
     * @return the event
     */
    public static OtherEvent of(Origin origin, String id, String kind, String raw) {
        return new OtherEvent(origin, id, kind, raw);
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public String id() {
        return id;
    }

    /**
     * The provider's word for it.
     *
     * @return the kind, or {@code unknown}
     */
    public String kind() {
        return kind;
    }

    /**
     * The payload. It may hold personal data.
     *
     * @return the text as received
     */
    public String raw() {
        return raw;
    }

    @Override
    public String toString() {
        return "OtherEvent[" + origin.provider() + " " + Printable.of(kind) + "]";
    }
}
