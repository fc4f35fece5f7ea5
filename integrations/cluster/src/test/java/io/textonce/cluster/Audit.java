package io.textonce.cluster;

import java.util.Arrays;

/** What the instants of permits, in nanoseconds, show. */
record Audit(long[] sorted) {

    static Audit of(long[] instants) {
        long[] sorted = instants.clone();
        Arrays.sort(sorted);
        return new Audit(sorted);
    }

    /** The most in any window of a length, its end not included. */
    int most(long window) {
        int most = 0;
        int last = 0;
        for (int first = 0; first < sorted.length; first++) {
            while (last < sorted.length && sorted[last] - sorted[first] < window) {
                last++;
            }
            most = Math.max(most, last - first);
        }
        return most;
    }

    long between(long from, long to) {
        return Arrays.stream(sorted).filter(at -> at >= from && at < to).count();
    }
}
