package io.textonce.phone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.textonce.PhoneNumber;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumbersTest {
    private static final PhoneNumbers AUSTRALIAN = PhoneNumbers.region("AU");
    private static final PhoneNumbers INTERNATIONAL = PhoneNumbers.international();

    @ParameterizedTest
    @CsvSource({
        "AU, 0412 345 678, +61412345678",
        "AU, 61412345678, +61412345678",
        "AU, +61 412 345 678, +61412345678",
        "AU, 412345678, +61412345678",
        "AU, 0491 570 156, +61491570156",
        "IN, 9876543210, +919876543210",
        "IN, 919876543210, +919876543210",
        "IN, +919876543210, +919876543210",
        "IN, 09876543210, +919876543210",
        "ET, 0911234567, +251911234567",
        "ET, 251911234567, +251911234567",
        "ET, 911234567, +251911234567",
        "TR, 0532 123 45 67, +905321234567",
        "TR, 905321234567, +905321234567",
        "TR, 532 123 4567, +905321234567",
        "US, 234-567-8900, +12345678900",
        "US, (202) 555-0123, +12025550123",
        "US, 1 202 555 0123, +12025550123",
    })
    void readsNumbersAsTheirCountriesWriteThem(String region, String raw, String e164) {
        PhoneCheck check = PhoneNumbers.region(region).check(raw);

        assertThat(check.number()).contains(PhoneNumber.of(e164));
        assertThat(check.possible()).isTrue();
        assertThat(check.valid()).isTrue();
        assertThat(check.mobile()).isTrue();
        assertThat(check.region()).contains(region);
        assertThat(check.problem()).isEmpty();
        assertThat(check.warning()).isEmpty();
        assertThat(PhoneNumbers.region(region).normalize(raw)).contains(PhoneNumber.of(e164));
    }

    @ParameterizedTest
    @CsvSource({
        "AU, 0061 412 345 678, +61412345678", // 00 is what most of the world dials, Australia dials 0011
        "AU, 0011 1 202 555 0123, +12025550123",
        "US, 011 61 412 345 678, +61412345678",
        "US, 00 61 412 345 678, +61412345678",
        "AU, 0011 680 277 1234, +6802771234", // not 00 and +1 1680...
        "AU, +61 (0)412 345 678, +61412345678",
        "GB, +44 (0)7700 900123, +447700900123",
        "AU, (+61) 412-345-678, +61412345678",
        "AU, 0412.345.678, +61412345678",
        "AU, 0412/345/678, +61412345678",
        "AU, 0412\u2011345\u2013678, +61412345678",
        "AU, 0412\u00A0345\u3000678, +61412345678",
        "AU, \uFF0B61\uFF08412\uFF09345678, +61412345678",
        "IT, 06 1234 5678, +390612345678", // the zero belongs to the number there
        "IT, 390612345678, +390612345678",
    })
    void readsOtherWaysOfWriting(String region, String raw, String e164) {
        assertThat(PhoneNumbers.region(region).normalize(raw)).contains(PhoneNumber.of(e164));
    }

    @ParameterizedTest
    @CsvSource({
        // As dialled, 04915 is a village; with the country code it is a mobile telephone.
        "DE, 4915123456789, +4915123456789, MOBILE",
        "DE, 04915123456789, +494915123456789, FIXED_LINE",
        "ID, 62812345678, +62812345678, MOBILE",
        "XK, 38343201234, +38343201234, MOBILE",
        // Two readings that aren't mobile telephones: as dialled.
        "SE, 468123456, +46468123456, FIXED_LINE",
        // An area code that looks like the country code.
        "IN, 9198765432, +919198765432, MOBILE",
        "IT, 3912345678, +393912345678, MOBILE",
        "NO, 47123456, +4747123456, MOBILE",
        "KZ, 7710009998, +77710009998, MOBILE",
        // Russia and Kazakhstan dial 8 at home and share 7.
        "RU, 89123456789, +79123456789, MOBILE",
        "RU, 79123456789, +79123456789, MOBILE",
    })
    void settlesWhatCanBeReadTwoWays(String region, String raw, String e164, PhoneCheck.Type type) {
        PhoneCheck check = PhoneNumbers.region(region).check(raw);

        assertThat(check.number()).contains(PhoneNumber.of(e164));
        assertThat(check.type()).isEqualTo(type);
    }

    @Test
    void neverGuessesTheCountryCodeOfAnotherCountry() {
        assertThat(AUSTRALIAN.check("251911234567").valid()).isFalse();
        assertThat(AUSTRALIAN.check("447700900123").valid()).isFalse();
    }

    @Test
    void readsOnlyInternationalNumbersWithoutRegion() {
        assertThat(INTERNATIONAL.normalize("+61 412 345 678")).contains(PhoneNumber.of("+61412345678"));
        assertThat(INTERNATIONAL.normalize("0061 412 345 678")).contains(PhoneNumber.of("+61412345678"));
        assertThat(INTERNATIONAL.check("0412 345 678").problem().orElseThrow())
                .isEqualTo("phone number ***678: has no country code; write it with plus sign and country code,"
                        + " such as +61 491 570 156");
        assertThat(INTERNATIONAL.check("61412345678").problem().orElseThrow()).contains("has no country code");
    }

    @ParameterizedTest
    @CsvSource({
        "'', nothing is given",
        "'  \u3000 ', nothing is given",
        "+, has no digits",
        "( ) -, has no digits",
        "1-800-FLOWERS, has letters in it",
        "0412 345 67O, has letters in it",
        "call 0412 345 678, has letters in it",
        "0412 345 678 or 679, has letters in it",
        "0412 345 678 ext. 5, has an extension",
        "0412 345 678 x5, has an extension",
        "0412 345 678#5, has an extension",
        "0412345678;ext=123456, has an extension",
        "0412345678 доб. 12, has an extension",
        "'0412345678,,5', has an extension",
        "+61412345678;phone-context=+61, has a sign that isn't part of a number",
        "0412*345*678, has a sign that isn't part of a number",
        "*100#, has a sign that isn't part of a number",
        "'0412,345,678', has a sign that isn't part of a number",
        "0412 345 678?, has a sign that isn't part of a number",
        "\uD835\uDFCE412345678, has a sign that isn't part of a number",
        "04\u20E312345678, has a sign that isn't part of a number",
        "'0412345678\n0412345679', has a line break or control character",
        "'0412\u0000345678', has a line break or control character",
        "\u202E0412345678, has a character that reverses how it looks",
        "+61+412345678, has a plus sign that isn't the only one at its front",
        "++61412345678, has a plus sign that isn't the only one at its front",
        "1+61412345678, has a plus sign that isn't the only one at its front",
        "0412345678+, has a plus sign that isn't the only one at its front",
        "+999 123 456, has no country code that exists",
        "+0412345678, has no country code that exists",
        "+061412345678, has no country code that exists",
        "+0066928132345, has no country code that exists",
        "000, has too few digits for a number of AU",
        "0, has too few digits",
        "+1 202 555 012, has too few digits for a number of US",
        "+1 202 555 01234, has too many digits for a number of US",
        "0412345678/0412345679, has too many digits",
        "+1 555 0123, lacks the area code that numbers of US need",
        "+800 1234 567, has too few digits for a number of +800",
        "00317461538, 'has digits before the number, such as a 0 too many'",
        "+49 30 1234 5678 9012 3, has more than 15 digits",
    })
    void saysWhyATextIsNoNumber(String raw, String clause) {
        PhoneCheck check = AUSTRALIAN.check(raw);

        assertThat(check.problem().orElseThrow()).startsWith("phone number").contains(": " + clause);
        assertThat(check.number()).isEmpty();
        assertThat(check.possible()).isFalse();
        assertThat(check.valid()).isFalse();
        assertThat(check.mobile()).isFalse();
        assertThat(check.type()).isEqualTo(PhoneCheck.Type.UNKNOWN);
        assertThat(check.warning()).isEmpty();
        assertThat(AUSTRALIAN.normalize(raw)).isEmpty();
    }

    @Test
    void nothingIsNoNumberAndIsntMasked() {
        for (String nothing : new String[] {null, "", "  "}) {
            assertThat(AUSTRALIAN.check(nothing).problem().orElseThrow()).startsWith("phone number: nothing is given");
        }
        assertThat(AUSTRALIAN.normalize(null)).isEmpty();
    }

    @Test
    void readsAtMost64Characters() {
        String padded = "0412 345 678" + " ".repeat(52);

        assertThat(AUSTRALIAN.normalize(padded)).contains(PhoneNumber.of("+61412345678"));
        assertThat(AUSTRALIAN.check(padded + " ").problem().orElseThrow())
                .contains("has 65 characters, at most 64 are read");
        assertThat(AUSTRALIAN.check("9".repeat(1_000_000)).problem().orElseThrow())
                .contains("has 1000000 characters, at most 64 are read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u202A+61\u200E412\u200B345\u2060678\u202C",
                "\uFEFF0412\u00AD345678",
                "\u2066\u202D0412345678\u2069",
                "\t0412345678\r\n"
            })
    void passesOverInvisibleCharactersThatCopyingBringsAlong(String raw) {
        assertThat(AUSTRALIAN.normalize(raw)).contains(PhoneNumber.of("+61412345678"));
    }

    @Test
    void readsTheDigitsOfEveryScript() {
        int scripts = 0;
        for (char zero = 0; zero < Character.MAX_VALUE; zero++) {
            if (Character.getNumericValue(zero) == 0 && Character.getType(zero) == Character.DECIMAL_DIGIT_NUMBER) {
                StringBuilder raw = new StringBuilder();
                for (char digit : "0412345678".toCharArray()) {
                    raw.append((char) (zero + digit - '0'));
                }
                assertThat(AUSTRALIAN.normalize(raw.toString()))
                        .as("zero is U+%04X", (int) zero)
                        .contains(PhoneNumber.of("+61412345678"));
                scripts++;
            }
        }
        assertThat(scripts).isGreaterThan(30);
    }

    @Test
    void possibleNumbersThatArentValidCarryAWarning() {
        PhoneCheck check = AUSTRALIAN.check("+447700900123");

        assertThat(check.number()).contains(PhoneNumber.of("+447700900123"));
        assertThat(check.valid()).isFalse();
        assertThat(check.problem()).isEmpty();
        assertThat(check.warning())
                .contains("phone number ***123 is in no range that is known to be assigned; a text message may never"
                        + " arrive. Give a mobile number");
    }

    @Test
    void validNumbersThatArentMobileCarryAWarning() {
        PhoneCheck check = AUSTRALIAN.check("02 5550 1234");

        assertThat(check.valid()).isTrue();
        assertThat(check.mobile()).isFalse();
        assertThat(check.type()).isEqualTo(PhoneCheck.Type.FIXED_LINE);
        assertThat(check.warning().orElseThrow()).contains("***234 is a fixed line");
    }

    @Test
    void neverShowsTheNumberUnmasked() {
        assertThat(AUSTRALIAN.check("0412 345 678")).hasToString("PhoneCheck[***678, MOBILE, AU]");
        assertThat(AUSTRALIAN.check("0412 345 678 901 23")).hasToString("PhoneCheck[not possible]");
    }

    @Test
    void writesNumbersForPeople() {
        PhoneNumber number = PhoneNumber.of("+61491570156");

        assertThat(INTERNATIONAL.national(number)).isEqualTo("0491 570 156");
        assertThat(INTERNATIONAL.international(number)).isEqualTo("+61 491 570 156");
        assertThat(INTERNATIONAL.regionOf(number)).contains("AU");
        assertThat(AUSTRALIAN.national(PhoneNumber.of("+12025550123"))).isEqualTo("(202) 555-0123");
        assertThat(AUSTRALIAN.national(PhoneNumber.of("+251911234567")).replace(" ", ""))
                .isEqualTo("0911234567");
    }

    @Test
    void numbersOfNoCountryHaveNoRegion() {
        PhoneNumber freephone = PhoneNumber.of("+80012345678");
        PhoneNumber nowhere = PhoneNumber.of("+9991234567");

        assertThat(AUSTRALIAN.check("+80012345678").valid()).isTrue();
        assertThat(AUSTRALIAN.regionOf(freephone)).isEmpty();
        assertThat(AUSTRALIAN.regionOf(nowhere)).isEmpty();
        assertThat(AUSTRALIAN.national(nowhere)).isEqualTo("+9991234567");
        assertThat(AUSTRALIAN.international(nowhere)).isEqualTo("+9991234567");
    }

    @Test
    void sharedCountryCodesAreToldApart() {
        assertThat(AUSTRALIAN.regionOf(PhoneNumber.of("+12025550123"))).contains("US");
        assertThat(AUSTRALIAN.regionOf(PhoneNumber.of("+16135550123"))).contains("CA");
        assertThat(AUSTRALIAN.regionOf(PhoneNumber.of("+447700900123"))).isEmpty();
    }

    @Test
    void refusesRegionsThatDontExist() {
        assertThat(PhoneNumbers.region("au").normalize("0412345678")).isPresent();
        assertThatThrownBy(() -> PhoneNumbers.region("UK"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("region: \"UK\" is not a region with telephone numbers; give two letters of ISO 3166-1,"
                        + " such as AU, GB or US");
        for (String wrong : List.of("", "ZZ", "001", "Australia", "A\u0000", "61")) {
            assertThatThrownBy(() -> PhoneNumbers.region(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void warmingUpChangesNoAnswer() {
        for (PhoneNumbers numbers : List.of(PhoneNumbers.region("US"), PhoneNumbers.international())) {
            numbers.warmUp();
            numbers.warmUp();
            assertThat(numbers.normalize("+61412345678")).contains(PhoneNumber.of("+61412345678"));
        }
    }

    @Test
    void answersRepeatedTextsFromMemory() {
        PhoneNumbers numbers = PhoneNumbers.region("AU");

        PhoneCheck first = numbers.check("0412 345 678");

        assertThat(numbers.check(new StringBuilder("0412 345 678").toString())).isSameAs(first);
        assertThat(PhoneNumbers.region("NZ").normalize("0412 345 678")).contains(PhoneNumber.of("+64412345678"));
    }

    @Test
    void remembersAThousandTexts() {
        PhoneNumbers numbers = PhoneNumbers.region("AU");
        List<PhoneCheck> first = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            first.add(numbers.check("04" + (12_000_000 + i * 31)));
        }
        int remembered = 0;
        for (int i = 0; i < 1_000; i++) {
            remembered += numbers.check("04" + (12_000_000 + i * 31)) == first.get(i) ? 1 : 0;
        }
        assertThat(remembered).isGreaterThan(900);
    }

    @Test
    void answersStayRightWhenMoreTextsComeThanTheMemoryHolds() {
        PhoneNumbers numbers = PhoneNumbers.region("AU");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 10_000; i++) {
                String e164 = "+614" + (12_000_000 + i);
                assertThat(numbers.normalize(e164)).contains(PhoneNumber.of(e164));
            }
        }
    }

    @Test
    void repeatedTextsAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        PhoneNumbers numbers = PhoneNumbers.region("AU");
        int found = 0;
        long before = 0;
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            found += numbers.normalize("0412 345 678").isPresent() ? 1 : 0;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(found).isEqualTo(20_000);
        assertThat(allocated / 10_000).isZero();
    }

    @Test
    void answersManyThreadsAtOnce() throws Exception {
        PhoneNumbers numbers = PhoneNumbers.region("AU");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int offset = t * 1_000;
                wrong.add(threads.submit(() -> {
                    int bad = 0;
                    for (int i = 0; i < 20_000; i++) {
                        String subscriber = Integer.toString(12_000_000 + (offset + i * 7) % 6_000);
                        PhoneNumber expected = PhoneNumber.of("+614" + subscriber);
                        if (!numbers.normalize("04" + subscriber).orElseThrow().equals(expected)) {
                            bad++;
                        }
                    }
                    return bad;
                }));
            }
            for (Future<Integer> each : wrong) {
                assertThat(each.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
