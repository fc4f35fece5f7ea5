package io.textonce.examples.cli;

import io.textonce.SmsMessage;
import io.textonce.client.RateLimit;
import io.textonce.client.SendingWindow;
import io.textonce.client.SmsClient;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What holds a message back, as options. */
final class Policies {

    private static final Pattern RATE = Pattern.compile("([0-9]{1,9})/([0-9]{0,9})([smhd])");
    private static final Pattern HOURS = Pattern.compile("([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})");

    @Option(
            names = "--quiet-hours",
            paramLabel = "HH:MM-HH:MM",
            description = "Send nothing then by the recipient's clock, such as 21:00-08:00.")
    @Nullable
    String quietHours;

    @Option(
            names = "--zone",
            paramLabel = "Z",
            description = "The recipient's time zone, such as Australia/Perth. Default: those that the number tells.")
    @Nullable
    String zone;

    @Option(names = "--max-segments", paramLabel = "N", description = "Refuse texts that have more segments.")
    @Nullable
    Integer maxSegments;

    @Option(
            names = "--rate",
            paramLabel = "N/TIME",
            description = "Send at most so many in any time of that length, such as 100/1h or 10/s. Repeatable.")
    List<String> rates = new ArrayList<>();

    /**
     * Hands the policies to a client.
     *
     * @param patience how long a message waits for its rate
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    void apply(SmsClient.Builder client, Duration patience) {
        String hours = quietHours;
        if (hours != null) {
            client.sendingWindow(window(hours));
        }
        if (maxSegments != null) {
            if (maxSegments < 1) {
                throw new IllegalArgumentException("--max-segments: " + maxSegments + " is not 1 or more");
            }
            client.maxSegments(maxSegments);
        }
        for (String rate : rates) {
            client.rateLimit(limit(rate).waitUpTo(patience));
        }
        if (!rates.isEmpty() && !patience.isZero()) {
            client.deadline(patience);
        }
    }

    /**
     * Says where the recipient is, if an option does.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    void apply(SmsMessage.Builder message) {
        if (zone != null) {
            try {
                message.zone(ZoneId.of(zone));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "--zone: \"" + zone + "\" is no time zone; name one such as Australia/Perth", e);
            }
        }
    }

    private static SendingWindow window(String hours) {
        Matcher times = HOURS.matcher(hours);
        if (times.matches()) {
            try {
                return SendingWindow.exceptQuietHours(LocalTime.parse(times.group(1)), LocalTime.parse(times.group(2)));
            } catch (DateTimeException | IllegalArgumentException e) {
                throw new IllegalArgumentException(wrongHours(hours), e);
            }
        }
        throw new IllegalArgumentException(wrongHours(hours));
    }

    private static String wrongHours(String hours) {
        return "--quiet-hours: \"" + hours + "\" is not two different times from 00:00 to 23:59, such as 21:00-08:00";
    }

    private static RateLimit limit(String rate) {
        Matcher parts = RATE.matcher(rate);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "--rate: \"" + rate + "\" is not a count and a time in s, m, h or d, such as 100/1h or 10/s");
        }
        int permits = Integer.parseInt(parts.group(1));
        long length = parts.group(2).isEmpty() ? 1 : Long.parseLong(parts.group(2));
        Duration window = switch (parts.group(3)) {
            case "s" -> Duration.ofSeconds(length);
            case "m" -> Duration.ofMinutes(length);
            case "h" -> Duration.ofHours(length);
            default -> Duration.ofDays(length);
        };
        try {
            return RateLimit.of(permits, window);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--rate: \"" + rate + "\": " + e.getMessage(), e);
        }
    }
}
