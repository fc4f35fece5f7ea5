package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import okhttp3.Headers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("1994-11-06T08:49:00Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|0",
                "120|120",
                " 7 |7",
                "Sun, 06 Nov 1994 08:49:37 GMT|37",
                "Sunday, 06-Nov-94 08:49:37 GMT|37",
                "Sun Nov 6 08:49:37 1994|37",
                "Sun, 06 Nov 1994 08:48:00 GMT|0"
            })
    void readsSecondsAndHttpDates(String value, long seconds) {
        assertThat(RetryAfter.parse(Headers.of("retry-after", value), NOON)).hasValue(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999999", "\u0661"})
    void ignoresWhatIsNeither(String value) {
        Headers headers =
                new Headers.Builder().addUnsafeNonAscii("Retry-After", value).build();

        assertThat(RetryAfter.parse(headers, NOON)).isEqualTo(Optional.empty());
    }
}
