package io.textonce.internal.words;

import java.time.Duration;

/** Durations for people: {@code 59 min 59 s} is more than anybody wants to know of an hour. */
public final class Spoken {

    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Spoken() {}

    /**
     * Rounds to what matters at that length, and never to zero.
     *
     * @param duration zero or longer
     * @return such as {@code 250 ms}, {@code 45 s}, {@code 3 min 20 s}, {@code 1 h}, {@code 2 d 5 h}
     */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return (millis == 0 && !duration.isZero() ? 1 : millis) + " ms";
        }
        long seconds = rounded(millis, 1000);
        if (seconds < 10 * MINUTE) {
            return pair(seconds, MINUTE, " min", 1, " s");
        }
        long whole = rounded(seconds, MINUTE) * MINUTE;
        return whole < DAY
                ? pair(whole, HOUR, " h", MINUTE, " min")
                : pair(rounded(seconds, HOUR) * HOUR, DAY, " d", HOUR, " h");
    }

    private static String pair(long seconds, long large, String name, long small, String smallName) {
        long rest = seconds % large / small;
        String first = seconds < large ? "" : seconds / large + name;
        return rest == 0 && !first.isEmpty() ? first : (first.isEmpty() ? "" : first + " ") + rest + smallName;
    }

    private static long rounded(long value, long unit) {
        return (value + unit / 2) / unit;
    }
}
