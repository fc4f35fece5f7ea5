package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.PhoneNumber;
import io.textonce.phone.PhoneNumbers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PhoneFuzzTest {

    private static final List<PhoneNumbers> READERS = List.of(
            PhoneNumbers.international(),
            PhoneNumbers.region("AU"),
            PhoneNumbers.region("ET"),
            PhoneNumbers.region("IT"),
            PhoneNumbers.region("US"));

    @FuzzTest
    void readsAnythingAsOneNumberOrNone(byte[] input) {
        String raw = new String(input, StandardCharsets.UTF_8);
        for (PhoneNumbers reader : READERS) {
            Bounded.run(() -> reader.normalize(raw).ifPresent(number -> {
                assertThat(number.e164()).matches("\\+[1-9][0-9]{3,14}");
                assertThat(reader.normalize(number.e164())).hasValue(number);
                assertThat(PhoneNumber.of(number.e164())).isEqualTo(number);
                assertThat(number.toString()).doesNotContain(number.e164());
            }));
        }
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        readsAnythingAsOneNumberOrNone(input);
    }
}
