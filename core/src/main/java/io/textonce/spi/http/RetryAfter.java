package io.textonce.spi.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import okhttp3.Headers;

/** Reads {@code Retry-After}: RFC 9110 section 10.2.3 allows whole seconds or an HTTP date. */
final class RetryAfter {
    static final String HEADER = "Retry-After";
    private static final int MOST_DIGITS = 9;

    private RetryAfter() {}

    static Optional<Duration> parse(Headers headers, Clock clock) {
        String value = headers.get(HEADER);
        if (value == null) {
            return Optional.empty();
        }
        String seconds = value.strip();
        if (!seconds.isEmpty() && seconds.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return seconds.length() > MOST_DIGITS
                    ? Optional.empty()
                    : Optional.of(Duration.ofSeconds(Integer.parseInt(seconds)));
        }
        Instant date = headers.getInstant(HEADER);
        if (date == null) {
            return Optional.empty();
        }
        Duration wait = Duration.between(clock.instant(), date);
        return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    }
}
