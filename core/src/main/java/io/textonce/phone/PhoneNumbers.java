package io.textonce.phone;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber;
import io.textonce.PhoneNumber;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads telephone numbers as people write them and writes them for people, for one default region or for none.
 *
 * <p>Read are digits of any script, a plus sign in front, blanks, dashes and {@code . / ( ) [ ] ~}; invisible format
 * characters are passed over. Refused with a reason are letters (a word to dial, a name, an {@code O} for a zero),
 * extensions, line breaks, U+202E and more than 64 characters. Nothing that is given as a number makes a method throw.
 *
 * <p>A number with a plus sign is international. Without one it is read as dialled within the region, international
 * prefixes such as {@code 0011} included. Two more readings are tried: the region's own country code without its plus
 * sign ({@code 61491570156} in Australia), and {@code 00} before a country code. They win only where they are better:
 * mobile before valid, valid before possible, possible before nothing, and at a draw the number as dialled.
 *
 * <pre>{@code
 * PhoneNumbers australian = PhoneNumbers.region("AU");
 * australian.normalize("0491 570 156");   // +61491570156
 * australian.normalize("61491570156");    // +61491570156
 * australian.check("0491 570 156 ext. 5").problem();
 * }</pre>
 *
 * <p>The first use in a JVM loads metadata, which takes a fraction of a second: see {@link #warmUp()}. An instance keeps
 * some thousand answers, so keep the instance. Immutable but for that memory, and thread-safe.
 */
public final class PhoneNumbers {

    private static final String NO_REGION = "ZZ";
    private static final String NO_COUNTRY = "001";
    private static final String RIGHT_FORM = "; write it with plus sign and country code, such as +61 491 570 156";

    private final PhoneNumberUtil library = PhoneNumberUtil.getInstance();
    private final Memo memo = new Memo();
    private final String region;

    /** Of the default region, without plus sign; empty without a default region. */
    private final String countryCode;

    private PhoneNumbers(String region) {
        this.region = region;
        this.countryCode = hasRegion() ? Integer.toString(library.getCountryCodeForRegion(region)) : "";
    }

    /**
     * Numbers without a plus sign are read as dialled within a region.
     *
     * @param region two letters, such as {@code AU}, in either case
     * @return the reader
     * @throws IllegalArgumentException if there is no such region
     */
    public static PhoneNumbers region(String region) {
        String code = region.toUpperCase(Locale.ROOT);
        if (!PhoneNumberUtil.getInstance().getSupportedRegions().contains(code)) {
            boolean printable = code.matches("[A-Z0-9]{1,8}");
            throw new IllegalArgumentException("region: " + (printable ? "\"" + code + "\"" : "the value")
                    + " is not a region with telephone numbers; give two letters of ISO 3166-1, such as AU, GB or US");
        }
        return new PhoneNumbers(code);
    }

    /**
     * Only numbers with a plus sign, or {@code 00} in its place, are read.
     *
     * @return the reader
     */
    public static PhoneNumbers international() {
        return new PhoneNumbers(NO_REGION);
    }

    /**
     * Finds out what number a text is and how far it can be trusted. Repeated texts are answered from memory.
     *
     * @param raw a number as people write it; null and empty are answered as not possible
     * @return the verdict
     */
    public PhoneCheck check(@Nullable String raw) {
        if (raw == null || raw.length() > WrittenNumber.LONGEST) {
            return work(raw);
        }
        PhoneCheck known = memo.get(raw);
        if (known == null) {
            known = work(raw);
            memo.put(raw, known);
        }
        return known;
    }

    /**
     * The number in E.164, if it is possible. The same as {@link #check} and its {@link PhoneCheck#number()}.
     *
     * @param raw a number as people write it, or null
     * @return the number, or empty
     */
    public Optional<PhoneNumber> normalize(@Nullable String raw) {
        return check(raw).number();
    }

    /**
     * A number as people write it within its own country.
     *
     * @param number the number
     * @return such as {@code 0491 570 156}; in E.164 if its country code doesn't exist
     */
    public String national(PhoneNumber number) {
        return format(number, PhoneNumberFormat.NATIONAL);
    }

    /**
     * A number as people write it for readers anywhere.
     *
     * @param number the number
     * @return such as {@code +61 491 570 156}; in E.164 if its country code doesn't exist
     */
    public String international(PhoneNumber number) {
        return format(number, PhoneNumberFormat.INTERNATIONAL);
    }

    /**
     * The country or territory of a number, from memory when it was asked before.
     *
     * @param number the number
     * @return as {@link PhoneCheck#region()}; a list of allowed countries must treat empty as not allowed
     */
    public Optional<String> regionOf(PhoneNumber number) {
        return check(number.e164()).region();
    }

    /**
     * Loads what the first use of the default region would load, so that no message waits for it. May be called from any
     * thread, any number of times.
     */
    public void warmUp() {
        String where = hasRegion() ? region : "US";
        Phonenumber.PhoneNumber example = library.getExampleNumberForType(where, PhoneNumberType.MOBILE);
        if (example != null) {
            work(library.format(example, PhoneNumberFormat.E164));
            work(library.format(example, PhoneNumberFormat.NATIONAL));
        }
    }

    private boolean hasRegion() {
        return !region.equals(NO_REGION);
    }

    private PhoneCheck work(@Nullable String raw) {
        WrittenNumber written = WrittenNumber.read(raw);
        if (written.problem != null) {
            return impossible(raw, written.problem + RIGHT_FORM);
        }
        String dialled = written.dialled;
        if (written.hasPlus()) {
            return read(raw, dialled);
        }
        String rest = dialled.startsWith("00") ? dialled.substring(2) : hasRegion() ? dialled : "";
        if (!hasRegion()) {
            return rest.isEmpty() ? impossible(raw, "has no country code" + RIGHT_FORM) : read(raw, "+" + rest);
        }
        PhoneCheck local = read(raw, dialled);
        boolean other = rest.length() < dialled.length() || dialled.startsWith(countryCode);
        if (local.mobile() || !other) {
            return local;
        }
        PhoneCheck abroad = read(raw, "+" + rest);
        return trust(abroad) > trust(local) ? abroad : local;
    }

    private static int trust(PhoneCheck check) {
        return check.mobile() ? 3 : check.valid() ? 2 : check.possible() ? 1 : 0;
    }

    private PhoneCheck read(@Nullable String raw, String dialled) {
        Phonenumber.PhoneNumber parsed;
        try {
            parsed = library.parse(dialled, region);
        } catch (NumberParseException e) {
            return impossible(raw, why(e.getErrorType()) + RIGHT_FORM);
        }
        ValidationResult result = library.isPossibleNumberWithReason(parsed);
        if (result != ValidationResult.IS_POSSIBLE) {
            return impossible(raw, why(result, parsed.getCountryCode()) + RIGHT_FORM);
        }
        String e164 = library.format(parsed, PhoneNumberFormat.E164);
        if (!PhoneNumber.isE164(e164)) {
            return impossible(raw, "has more than 15 digits, country code included" + RIGHT_FORM);
        }
        PhoneCheck.Type type = type(library.getNumberType(parsed));
        String home = library.getRegionCodeForNumber(parsed);
        return PhoneCheck.possible(PhoneNumber.of(e164), type, NO_COUNTRY.equals(home) ? null : home);
    }

    private static PhoneCheck impossible(@Nullable String raw, String clause) {
        String shown = raw == null ? "" : " " + PhoneNumber.mask(raw.strip());
        return PhoneCheck.impossible(null, "phone number" + shown + ": " + clause);
    }

    private static String why(NumberParseException.ErrorType error) {
        return switch (error) {
            case INVALID_COUNTRY_CODE -> "has no country code that exists";
            case TOO_LONG -> "has too many digits";
            default -> "has too few digits";
        };
    }

    private String why(ValidationResult result, int countryCode) {
        String home = library.getRegionCodeForCountryCode(countryCode);
        String where = home.equals(NO_COUNTRY) ? "+" + countryCode : home;
        return switch (result) {
            case IS_POSSIBLE_LOCAL_ONLY -> "lacks the area code that numbers of " + where + " need";
            case TOO_SHORT -> "has too few digits for a number of " + where;
            case TOO_LONG -> "has too many digits for a number of " + where;
            default -> "has a count of digits that no number of " + where + " has";
        };
    }

    private String format(PhoneNumber number, PhoneNumberFormat format) {
        try {
            return library.format(library.parse(number.e164(), NO_REGION), format);
        } catch (NumberParseException e) {
            return number.e164();
        }
    }

    private static PhoneCheck.Type type(PhoneNumberType type) {
        return switch (type) {
            case MOBILE -> PhoneCheck.Type.MOBILE;
            case FIXED_LINE_OR_MOBILE -> PhoneCheck.Type.FIXED_LINE_OR_MOBILE;
            case FIXED_LINE -> PhoneCheck.Type.FIXED_LINE;
            case TOLL_FREE -> PhoneCheck.Type.TOLL_FREE;
            case PREMIUM_RATE -> PhoneCheck.Type.PREMIUM_RATE;
            case SHARED_COST -> PhoneCheck.Type.SHARED_COST;
            case VOIP -> PhoneCheck.Type.VOIP;
            case PERSONAL_NUMBER -> PhoneCheck.Type.PERSONAL_NUMBER;
            case PAGER -> PhoneCheck.Type.PAGER;
            case UAN -> PhoneCheck.Type.UAN;
            case VOICEMAIL -> PhoneCheck.Type.VOICEMAIL;
            default -> PhoneCheck.Type.UNKNOWN;
        };
    }
}
