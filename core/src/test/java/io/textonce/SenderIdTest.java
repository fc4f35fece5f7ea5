package io.textonce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.textonce.SenderId.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenderIdTest {

    @ParameterizedTest
    @CsvSource({
        "+61491570006,NUMBER",
        "123,SHORT_CODE",
        "12345678,SHORT_CODE",
        "ClinicSMS,ALPHANUMERIC",
        "A,ALPHANUMERIC",
        "Clinic & Co,ALPHANUMERIC",
        "24-7 Help,ALPHANUMERIC"
    })
    void readsSendersAsPeopleWriteThem(String text, Kind kind) {
        assertThat(SenderId.of(text)).isEqualTo(new SenderId(kind, text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12",
                "123456789",
                "ClinicSydney",
                " Clinic",
                "Clinic ",
                "Kl\u00EDnik",
                "24-7",
                "+0123",
                "+12"
            })
    void refusesWhatNoHandsetShows(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SenderId.of(text)).withMessageStartingWith("sender ID: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0491570156", "0491 570 156", "+0491570156", "(0491)570156"})
    void aNumberInTheWrongPlaceIsMaskedInTheError(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SenderId.of(text))
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).replaceAll("[^0-9]", ""))
                        .doesNotContain("0491570", "491570156"));
    }

    @Test
    void whatAProviderReportsIsNeverRefusedNorShown() {
        SenderId odd = SenderId.observed("0491 570 156");
        assertThat(odd.kind()).isEqualTo(Kind.OTHER);
        assertThat(odd.value()).isEqualTo("0491 570 156");
        assertThat(odd.toString()).isEqualTo("OTHER ***156");
    }
}
