package io.textonce.phone;

import io.textonce.PhoneNumber;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PhoneNumbers#check} found out about one text: the number, and how far it can be trusted.
 *
 * <p>Three levels. <em>Possible</em>: the country code exists and the count of digits fits it. <em>Valid</em>: the
 * numbering plan has such a number, as far as the metadata of this version knows; countries open new ranges, so a real
 * number may fail. <em>Mobile</em>: valid, and of a kind that can be a mobile telephone. Not guaranteed at any level: that
 * the number is assigned, switched on or able to take a message. {@link #toString()} masks the number.
 *
 * <pre>{@code
 * PhoneCheck check = PhoneNumbers.region("AU").check("0491 570 156");
 * check.number();                        // +61491570156
 * check.mobile();                        // true
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class PhoneCheck {

    private final @Nullable PhoneNumber number;
    private final Type type;
    private final @Nullable String problem;
    private final Optional<PhoneNumber> answer;

    /** Looked up when first asked for, because it is costly; empty for none. Threads may look it up twice. */
    private @Nullable String region;

    private PhoneCheck(@Nullable PhoneNumber number, Type type, @Nullable String problem) {
        this.number = number;
        this.type = type;
        this.problem = problem;
        this.answer = Optional.ofNullable(number);
    }

    static PhoneCheck possible(PhoneNumber number, Type type) {
        return new PhoneCheck(number, type, null);
    }

    static PhoneCheck impossible(String problem) {
        return new PhoneCheck(null, Type.UNKNOWN, problem);
    }

    /**
     * The number in E.164.
     *
     * @return the number, or empty unless it is {@link #possible()}
     */
    public Optional<PhoneNumber> number() {
        return answer;
    }

    /**
     * Whether the country code exists and the count of digits fits it, with the area code where the country needs one.
     *
     * @return true if a message may be tried
     */
    public boolean possible() {
        return number != null;
    }

    /**
     * Whether the numbering plan has such a number.
     *
     * @return true if it is known to
     */
    public boolean valid() {
        return type != Type.UNKNOWN;
    }

    /**
     * Whether the number is valid and may be a mobile telephone: {@link Type#MOBILE}, or {@link Type#FIXED_LINE_OR_MOBILE}
     * in countries whose numbers don't tell, such as the United States.
     *
     * @return true if it may be one
     */
    public boolean mobile() {
        return type == Type.MOBILE || type == Type.FIXED_LINE_OR_MOBILE;
    }

    /**
     * What kind of number it is.
     *
     * @return the kind, {@link Type#UNKNOWN} unless {@link #valid()}
     */
    public Type type() {
        return type;
    }

    /**
     * The country or territory it belongs to, as two letters (ISO 3166-1, and {@code AC}, {@code TA}, {@code XK}).
     *
     * @return such as {@code AU}; empty unless the number is {@link #possible()}, where the country code is shared and the
     *     number isn't valid, and for numbers of no country such as {@code +800}
     */
    public Optional<String> region() {
        String known = region;
        if (known == null) {
            known = number == null ? "" : PhoneNumbers.home(number);
            region = known;
        }
        return known.isEmpty() ? Optional.empty() : Optional.of(known);
    }

    /**
     * Why no message can be tried, for people: what is wrong and what would be right. Holds at most the last three
     * characters of what was given.
     *
     * @return one sentence, or empty if the number is {@link #possible()}
     */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * What speaks against a number that is possible, for people and for hosts that insist on valid mobile numbers. Masked.
     *
     * @return one sentence, or empty if the number is {@link #mobile()} or has a {@link #problem()}
     */
    public Optional<String> warning() {
        if (number == null || mobile()) {
            return Optional.empty();
        }
        return Optional.of("phone number " + number
                + (valid() ? " is " + type.words : " is in no range that is known to be assigned")
                + "; a text message may never arrive. Give a mobile number");
    }

    /** The masked number and the verdicts. */
    @Override
    public String toString() {
        return "PhoneCheck[" + (number == null ? "not possible" : number + ", " + type)
                + region().map(home -> ", " + home).orElse("") + "]";
    }

    /** The kind of a number, as numbering plans tell it. Use a {@code switch} with a default: kinds may be added. */
    public enum Type {
        /** A mobile telephone. */
        MOBILE("a mobile telephone"),
        /** A line or a mobile telephone: the plan doesn't tell them apart. */
        FIXED_LINE_OR_MOBILE("a line or a mobile telephone"),
        /** A fixed line. */
        FIXED_LINE("a fixed line"),
        /** Free for the caller. */
        TOLL_FREE("a toll-free number"),
        /** Dearer than an ordinary call. */
        PREMIUM_RATE("a premium-rate number"),
        /** The cost is shared between caller and called. */
        SHARED_COST("a shared-cost number"),
        /** Voice over IP. */
        VOIP("an internet telephone"),
        /** Follows a person to whatever line they use. */
        PERSONAL_NUMBER("a personal number"),
        /** A pager. */
        PAGER("a pager"),
        /** One number for all branches of a company. */
        UAN("a company-wide access number"),
        /** Access to voice mail. */
        VOICEMAIL("a voice-mail access number"),
        /** Not valid, or not known. */
        UNKNOWN("of unknown kind");

        final String words;

        Type(String words) {
            this.words = words;
        }
    }
}
