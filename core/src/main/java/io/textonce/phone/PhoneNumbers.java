package io.textonce.phone;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber.CountryCodeSource;
import io.textonce.PhoneNumber;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
 * sign ({@code 61491570156} in Australia), and {@code 00} before a country code. They win only where they are a valid
 * number and the number as dialled is none, or where they are a mobile number and the number as dialled is not.
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
    private static final int LONGEST_COUNTRY_CODE = 3;
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
        if (!isRegion(code)) {
            boolean printable = code.matches("[A-Z0-9]{1,8}");
            throw new IllegalArgumentException("region: " + (printable ? "\"" + code + "\"" : "the value")
                    + " is not a region with telephone numbers; give two letters of ISO 3166-1, such as AU, GB or US");
        }
        return new PhoneNumbers(code);
    }

    /**
     * Whether a text names a region with telephone numbers.
     *
     * @param region any text
     * @return true for two letters such as {@code AU}, in upper case
     */
    public static boolean isRegion(String region) {
        return PhoneNumberUtil.getInstance().getSupportedRegions().contains(region);
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
     * The time zones that the owner of a number may be in, as far as a number tells: those of its region, of the United
     * States and Canada those of its area code. It is a guess, because people travel and keep their numbers; a host that
     * knows better says so with {@code SmsMessage.Builder.zone}.
     *
     * <p>A number whose region isn't known may be in any region that shares its country code. A number of no country, such
     * as {@code +800}, has no zone.
     *
     * @param number the number
     * @return the candidates, in no order of likelihood; empty if nothing is known
     */
    public Set<ZoneId> zonesOf(PhoneNumber number) {
        String home = regionOf(number).orElse("");
        if (home.equals("US") || home.equals("CA")) {
            Set<ZoneId> area = ZoneTable.ofAreaCode(number.e164());
            if (!area.isEmpty()) {
                return area;
            }
        }
        return home.isEmpty() ? zonesOfCountryCode(number) : ZoneTable.ofRegion(home);
    }

    private Set<ZoneId> zonesOfCountryCode(PhoneNumber number) {
        Phonenumber.PhoneNumber parsed = asWritten(number.e164());
        if (parsed == null) {
            return Set.of();
        }
        Set<ZoneId> zones = new LinkedHashSet<>();
        for (String each : library.getRegionCodesForCountryCode(parsed.getCountryCode())) {
            zones.addAll(ZoneTable.ofRegion(each));
        }
        return zones;
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
            work(library.format(example, PhoneNumberFormat.NATIONAL)).region();
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
        boolean zeros = dialled.startsWith("00");
        if (!hasRegion()) {
            return zeros ? read(raw, "+" + dialled.substring(2)) : impossible(raw, "has no country code" + RIGHT_FORM);
        }
        PhoneCheck local = read(raw, dialled);
        if (local.mobile() || !(zeros ? isDialledAtHome(dialled) : dialled.startsWith(countryCode))) {
            return local;
        }
        PhoneCheck international = read(raw, "+" + (zeros ? dialled.substring(2) : dialled));
        boolean better = local.valid() ? international.mobile() : international.valid();
        return better ? international : local;
    }

    /** Whether the region's own international prefix, such as 0011, is <em>not</em> what the digits begin with. */
    private boolean isDialledAtHome(String dialled) {
        try {
            return library.parseAndKeepRawInput(dialled, region).getCountryCodeSource()
                    != CountryCodeSource.FROM_NUMBER_WITH_IDD;
        } catch (NumberParseException e) {
            return false;
        }
    }

    private PhoneCheck read(@Nullable String raw, String dialled) {
        Phonenumber.PhoneNumber number = dialled.startsWith("+") ? asWritten(dialled) : null;
        PhoneCheck.Type type = number == null ? PhoneCheck.Type.UNKNOWN : type(library.getNumberType(number));
        if (number == null || type == PhoneCheck.Type.UNKNOWN) {
            Phonenumber.PhoneNumber parsed;
            try {
                parsed = library.parse(dialled, region);
            } catch (NumberParseException e) {
                return impossible(raw, why(e.getErrorType()) + RIGHT_FORM);
            }
            if (number == null || !parsed.exactlySameAs(number)) {
                type = type(library.getNumberType(parsed));
            }
            number = parsed;
        }
        ValidationResult result = library.isPossibleNumberWithReason(number);
        if (result != ValidationResult.IS_POSSIBLE) {
            return impossible(raw, why(result, number.getCountryCode()) + RIGHT_FORM);
        }
        String e164 = library.format(number, PhoneNumberFormat.E164);
        if (!PhoneNumber.isE164(e164)) {
            return impossible(raw, "has more than 15 digits, country code included" + RIGHT_FORM);
        }
        // What was read from its own E.164 form has been read back: with a country code that exists, which that form
        // begins with, the region plays no part.
        if (type == PhoneCheck.Type.UNKNOWN && !e164.equals(dialled) && !readsBackAs(e164)) {
            return impossible(raw, "has digits before the number, such as a 0 too many" + RIGHT_FORM);
        }
        return PhoneCheck.possible(PhoneNumber.of(e164), type);
    }

    /**
     * The number that E.164 digits spell, without the library's costly parser, which also takes away trunk prefixes and
     * extensions. What is valid without that needs none of it.
     */
    private static Phonenumber.@Nullable PhoneNumber asWritten(String e164) {
        if (!PhoneNumber.isE164(e164)) {
            return null;
        }
        Set<Integer> codes = PhoneNumberUtil.getInstance().getSupportedCallingCodes();
        int code = 0;
        for (int i = 1; i <= LONGEST_COUNTRY_CODE && i + 1 < e164.length(); i++) {
            code = code * 10 + e164.charAt(i) - '0';
            if (codes.contains(code)) {
                // A leading zero, as in Italy, is left to the parser.
                return e164.charAt(i + 1) == '0'
                        ? null
                        : new Phonenumber.PhoneNumber()
                                .setCountryCode(code)
                                .setNationalNumber(Long.parseLong(e164, i + 1, e164.length(), 10));
            }
        }
        return null;
    }

    /** The region of a possible number, or the empty string. */
    static String home(PhoneNumber number) {
        PhoneNumberUtil library = PhoneNumberUtil.getInstance();
        Phonenumber.PhoneNumber parsed = asWritten(number.e164());
        try {
            String home =
                    library.getRegionCodeForNumber(parsed != null ? parsed : library.parse(number.e164(), NO_REGION));
            return home == null || home.equals(NO_COUNTRY) ? "" : home;
        } catch (NumberParseException e) {
            return "";
        }
    }

    /**
     * One number must have one E.164 form, or an opt-out under one form would not stop a message to the other. The library
     * takes a trunk prefix off what it reads, and leaves others that follow.
     */
    private boolean readsBackAs(String e164) {
        try {
            return library.format(library.parse(e164, NO_REGION), PhoneNumberFormat.E164)
                    .equals(e164);
        } catch (NumberParseException e) {
            return false;
        }
    }

    private static PhoneCheck impossible(@Nullable String raw, String clause) {
        String shown = raw == null || raw.isBlank() ? "" : " " + PhoneNumber.mask(raw.strip());
        return PhoneCheck.impossible("phone number" + shown + ": " + clause);
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
