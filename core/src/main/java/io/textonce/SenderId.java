package io.textonce;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the handset shows as the originator: a number, a short code, a name, or a provider's pool that picks one.
 *
 * <p>Guaranteed: the form of each kind. Not guaranteed: that a provider or a country allows it; names in particular need
 * registration in many countries and can't be replied to. {@link #toString()} masks numbers.
 *
 * <pre>{@code
 * SenderId.of("ClinicSMS"); SenderId.of("+61491570006"); SenderId.of("12345"); SenderId.pool("MG0123...");
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param kind what sort of originator it is
 * @param value E.164 for a number, 3 to 8 digits for a short code, 1 to 11 characters with at least one letter for a
 *     name, a provider's own identifier for a pool
 */
public record SenderId(Kind kind, String value) {

    private static final int LONGEST_CODE = 8;

    /** The sorts of originator. Switch on it with a default: the set may grow. */
    public enum Kind {
        /** A telephone number in E.164. */
        NUMBER,
        /** 3 to 8 digits, leased in one country. */
        SHORT_CODE,
        /** A name of at most 11 characters (3GPP TS 23.040, 9.1.2.5: 11 septets fit the address field). */
        ALPHANUMERIC,
        /** A provider's set of senders, named by the provider's identifier. */
        POOL,
        /** What an inbound message came from that is none of these; nothing can be sent from it. */
        OTHER
    }

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if the value doesn't fit its kind
     */
    public SenderId {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(value, "sender ID");
        String problem = problem(kind, value);
        if (problem != null) {
            throw new IllegalArgumentException("sender ID: \"" + shown(kind, value) + "\" " + problem);
        }
    }

    /**
     * Reads a sender as people write it: a leading plus sign makes a number, 3 to 8 digits a short code, anything else a
     * name.
     *
     * @param text such as {@code +61491570006}, {@code 12345} or {@code ClinicSMS}
     * @return the sender ID
     * @throws IllegalArgumentException if it is none of the three
     */
    public static SenderId of(String text) {
        Objects.requireNonNull(text, "sender ID");
        if (text.startsWith("+")) {
            return new SenderId(Kind.NUMBER, text);
        }
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return new SenderId(digits ? Kind.SHORT_CODE : Kind.ALPHANUMERIC, text);
    }

    /**
     * A number as sender.
     *
     * @param number the number
     * @return the sender ID
     */
    public static SenderId of(PhoneNumber number) {
        return new SenderId(Kind.NUMBER, number.e164());
    }

    /**
     * A provider's pool of senders, such as a Twilio Messaging Service.
     *
     * @param identifier the provider's identifier, 1 to 64 printable characters
     * @return the sender ID
     * @throws IllegalArgumentException if the identifier is empty, too long or has a blank or control character
     */
    public static SenderId pool(String identifier) {
        return new SenderId(Kind.POOL, identifier);
    }

    /**
     * Reads an originator as a provider reported it, which may be anything: for parsers, which never throw.
     *
     * @param text what the provider said
     * @return the sender ID, of kind {@link Kind#OTHER} if it fits no other
     */
    public static SenderId observed(String text) {
        try {
            return of(text);
        } catch (IllegalArgumentException e) {
            return new SenderId(Kind.OTHER, text);
        }
    }

    private static @Nullable String problem(Kind kind, String value) {
        return switch (kind) {
            case NUMBER ->
                PhoneNumber.isE164(value)
                        ? null
                        : "is not E.164 (a plus sign, then 3 to 15 digits); write the number with its country code";
            case SHORT_CODE ->
                value.matches("[0-9]{3,8}")
                        ? null
                        : "is not a short code (3 to 8 digits); write a longer number in E.164 with a plus sign";
            case ALPHANUMERIC -> nameProblem(value);
            case POOL ->
                value.matches("[\\x21-\\x7E]{1,64}")
                        ? null
                        : "is not a pool identifier of 1 to 64 printable characters";
            case OTHER -> null;
        };
    }

    private static @Nullable String nameProblem(String value) {
        if (!value.matches("[A-Za-z0-9 ._&+-]{1,11}")) {
            return "is not 1 to 11 of letters, digits, space and . _ & + -; shorten or simplify the name";
        }
        boolean letter = value.chars().anyMatch(c -> (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
        boolean blankEnd = value.strip().length() != value.length();
        return letter && !blankEnd ? null : "needs at least one letter and no blank at either end";
    }

    /** A person's number given where a code or a name belongs is still a person's number. */
    private static String shown(Kind kind, String value) {
        boolean number = value.chars().filter(c -> c >= '0' && c <= '9').count() > LONGEST_CODE;
        return number || kind == Kind.NUMBER || kind == Kind.OTHER ? PhoneNumber.mask(value) : Printable.of(value);
    }

    /**
     * The kind and the value, a number masked.
     *
     * @return such as {@code ALPHANUMERIC ClinicSMS} or {@code NUMBER ***006}
     */
    @Override
    public String toString() {
        return kind + " " + shown(kind, value);
    }
}
