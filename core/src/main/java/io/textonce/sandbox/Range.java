package io.textonce.sandbox;

import java.time.Duration;
import java.util.SplittableRandom;

/** A duration that varies, evenly between two bounds. */
record Range(Duration least, Duration most) {

    static Range of(String option, Duration least, Duration most) {
        if (least.isNegative() || most.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    option + ": " + least + " to " + most + " is no range; use zero or more, the smaller one first");
        }
        return new Range(least, most);
    }

    Duration draw(SplittableRandom random) {
        return least.equals(most)
                ? least
                : Duration.ofNanos(random.nextLong(least.toNanos(), Math.addExact(most.toNanos(), 1)));
    }
}
