package io.textonce.phone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber;
import io.textonce.PhoneNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Our answers against the library's own, asked without our code, for every region that it knows. */
class PhoneLibraryTest {
    private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();
    private static final Map<String, PhoneNumbers> READERS = new HashMap<>();
    private static final PhoneNumbers INTERNATIONAL = PhoneNumbers.international();
    private static final List<Example> EXAMPLES = examples();

    private record Example(String region, PhoneNumberType type, Phonenumber.PhoneNumber number) {
        String e164() {
            return LIBRARY.format(number, PhoneNumberFormat.E164);
        }
    }

    private static List<Example> examples() {
        List<Example> all = new ArrayList<>();
        for (String region : LIBRARY.getSupportedRegions()) {
            READERS.put(region, PhoneNumbers.region(region));
            for (PhoneNumberType type : PhoneNumberType.values()) {
                Phonenumber.PhoneNumber number = LIBRARY.getExampleNumberForType(region, type);
                // Canada's 310 numbers, which only Canada can dial, are examples too.
                if (number != null && e164(number).isPresent()) {
                    all.add(new Example(region, type, number));
                }
            }
        }
        for (int code : LIBRARY.getSupportedGlobalNetworkCallingCodes()) {
            all.add(new Example("001", PhoneNumberType.UNKNOWN, LIBRARY.getExampleNumberForNonGeoEntity(code)));
        }
        assertThat(all).hasSizeGreaterThan(1_300);
        return all;
    }

    private static PhoneNumbers reader(Example example) {
        return READERS.getOrDefault(example.region(), INTERNATIONAL);
    }

    @Test
    void everyExampleIsReadInEveryFormat() {
        for (Example each : EXAMPLES) {
            Optional<PhoneNumber> expected = Optional.of(PhoneNumber.of(each.e164()));
            String international = LIBRARY.format(each.number(), PhoneNumberFormat.INTERNATIONAL);

            assertThat(INTERNATIONAL.normalize(international)).as(international).isEqualTo(expected);
            assertThat(INTERNATIONAL.normalize(each.e164())).isEqualTo(expected);
            assertThat(INTERNATIONAL.normalize("00" + each.e164().substring(1))).isEqualTo(expected);
            if (!each.region().equals("001")) {
                String national = LIBRARY.format(each.number(), PhoneNumberFormat.NATIONAL);
                assertThat(reader(each).normalize(international))
                        .as(international)
                        .isEqualTo(expected);
                assertThat(reader(each).normalize(national))
                        .as(each + " " + national)
                        .isEqualTo(expected);
                assertThat(reader(each).normalize(LIBRARY.getNationalSignificantNumber(each.number())))
                        .as("without trunk prefix: %s", each)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void everyExampleIsReadAsDialledFromOtherCountries() {
        for (String from : List.of("AU", "US", "ET", "RU")) {
            for (Example each : EXAMPLES) {
                String dialled = LIBRARY.formatOutOfCountryCallingNumber(each.number(), from);
                assertThat(READERS.get(from).normalize(dialled))
                        .as("%s from %s", dialled, from)
                        .isEqualTo(Optional.of(PhoneNumber.of(each.e164())));
            }
        }
    }

    @Test
    void everyMobileExampleIsReadWithoutItsPlusSignAtHome() {
        int mobiles = 0;
        for (Example each : EXAMPLES) {
            if (each.type() == PhoneNumberType.MOBILE) {
                assertThat(reader(each).normalize(each.e164().substring(1)))
                        .as(each.toString())
                        .isEqualTo(Optional.of(PhoneNumber.of(each.e164())));
                mobiles++;
            }
        }
        assertThat(mobiles).isGreaterThan(230);
    }

    @Test
    void everyExampleGetsTheLibrarysVerdicts() {
        for (Example each : EXAMPLES) {
            assertSameVerdicts(INTERNATIONAL.check(each.e164()), each.number());
            assertThat(INTERNATIONAL.national(PhoneNumber.of(each.e164())))
                    .isEqualTo(LIBRARY.format(each.number(), PhoneNumberFormat.NATIONAL));
            assertThat(INTERNATIONAL.international(PhoneNumber.of(each.e164())))
                    .isEqualTo(LIBRARY.format(each.number(), PhoneNumberFormat.INTERNATIONAL));
        }
    }

    @Test
    void spoiltExamplesGetTheLibrarysVerdicts() throws Exception {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("PhoneLibraryTest.spoiltExamplesGetTheLibrarysVerdicts seed " + seed);
        Random random = new Random(seed);
        int impossible = 0;
        int invalid = 0;
        for (int round = 0; round < Integer.getInteger("rounds", 10); round++) {
            for (Example each : EXAMPLES) {
                String spoilt = spoil(each.e164(), random);
                PhoneCheck check = reader(each).check(spoilt);
                Optional<Phonenumber.PhoneNumber> parsed = parse(spoilt, each.region());
                if (parsed.isEmpty()) {
                    assertThat(check.possible()).as(spoilt).isFalse();
                    impossible++;
                } else {
                    assertSameVerdicts(check, parsed.get());
                    impossible += check.possible() ? 0 : 1;
                    invalid += check.possible() && !check.valid() ? 1 : 0;
                }
            }
        }
        assertThat(impossible).isGreaterThan(500);
        assertThat(invalid).isGreaterThan(200);
    }

    /** As dialled, what the library reads; anything else only where it is worth more than that. */
    @Test
    void withoutPlusSignTheLibrarysReadingStandsUnlessABetterOneExists() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println(
                "PhoneLibraryTest.withoutPlusSignTheLibrarysReadingStandsUnlessABetterOneExists seed " + seed);
        Random random = new Random(seed);
        int other = 0;
        for (int round = 0; round < Integer.getInteger("rounds", 10); round++) {
            for (Example each : EXAMPLES) {
                if (each.region().equals("001")) {
                    continue;
                }
                String digits = spoil(
                        random.nextBoolean()
                                ? each.e164().substring(1)
                                : LIBRARY.getNationalSignificantNumber(each.number()),
                        random);
                String raw = random.nextInt(4) == 0 ? "00" + digits : random.nextInt(4) == 0 ? "0" + digits : digits;
                PhoneCheck check = reader(each).check(raw);
                Optional<Phonenumber.PhoneNumber> asDialled = parse(raw, each.region());
                int dialled = worth(asDialled);
                if (check.number().map(PhoneNumber::e164).equals(asDialled.flatMap(PhoneLibraryTest::e164))) {
                    continue;
                }
                String code = Integer.toString(LIBRARY.getCountryCodeForRegion(each.region()));
                Optional<Phonenumber.PhoneNumber> international =
                        parse("+" + (raw.startsWith("00") ? raw.substring(2) : raw), each.region());
                assertThat(raw.startsWith("00") || raw.startsWith(code))
                        .as(each.region() + raw)
                        .isTrue();
                assertThat(check.number().map(PhoneNumber::e164))
                        .as("%s %s", each.region(), raw)
                        .isEqualTo(international.flatMap(PhoneLibraryTest::e164));
                assertThat(worth(international)).as(each.region() + " " + raw).isGreaterThan(Math.max(1, dialled));
                other++;
            }
        }
        assertThat(other).isGreaterThan(30);
    }

    private static int worth(Optional<Phonenumber.PhoneNumber> number) {
        if (number.isEmpty() || e164(number.get()).isEmpty()) {
            return 0;
        }
        return switch (LIBRARY.getNumberType(number.get())) {
            case UNKNOWN -> 1;
            case MOBILE, FIXED_LINE_OR_MOBILE -> 3;
            default -> 2;
        };
    }

    private static void assertSameVerdicts(PhoneCheck check, Phonenumber.PhoneNumber number) {
        assertThat(check.number().map(PhoneNumber::e164)).isEqualTo(e164(number));
        assertThat(check.possible()).isEqualTo(e164(number).isPresent());
        if (check.possible()) {
            assertThat(check.valid()).as(number.toString()).isEqualTo(LIBRARY.isValidNumber(number));
            assertThat(check.type().name())
                    .isEqualTo(LIBRARY.getNumberType(number).name());
            String region = LIBRARY.getRegionCodeForNumber(number);
            assertThat(check.region()).isEqualTo("001".equals(region) ? Optional.empty() : Optional.ofNullable(region));
        }
    }

    /** The E.164 form of a number that can be dialled from anywhere; it must be short enough and read back as itself. */
    private static Optional<String> e164(Phonenumber.PhoneNumber number) {
        String e164 = LIBRARY.format(number, PhoneNumberFormat.E164);
        boolean possible = LIBRARY.isPossibleNumberWithReason(number) == ValidationResult.IS_POSSIBLE;
        return possible
                        && e164.length() <= 16
                        && parse(e164, "ZZ")
                                .map(again -> LIBRARY.format(again, PhoneNumberFormat.E164))
                                .equals(Optional.of(e164))
                ? Optional.of(e164)
                : Optional.empty();
    }

    private static Optional<Phonenumber.PhoneNumber> parse(String text, String region) {
        try {
            return Optional.of(LIBRARY.parse(text, region));
        } catch (NumberParseException e) {
            return Optional.empty();
        }
    }

    /** Some digits changed, dropped or added, the country code not spared. */
    private static String spoil(String number, Random random) {
        StringBuilder spoilt = new StringBuilder(number);
        for (int times = random.nextInt(3); times >= 0; times--) {
            int at = Math.min(spoilt.length() - 1, 1 + random.nextInt(10));
            char digit = (char) ('0' + random.nextInt(10));
            switch (random.nextInt(3)) {
                case 0 -> spoilt.setCharAt(at, digit);
                case 1 -> spoilt.insert(at, digit);
                default -> spoilt.deleteCharAt(at);
            }
        }
        return spoilt.toString();
    }
}
