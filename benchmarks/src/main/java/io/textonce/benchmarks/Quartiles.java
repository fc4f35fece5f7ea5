package io.textonce.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** The middle half of a row of figures: one slow slice moves none of them. */
record Quartiles(double lower, double median, double upper) {

    static Quartiles of(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    /** Of the ratios within each round, of two rows that were measured in turns. */
    static Quartiles ofRatios(double[] figures, double[] base) {
        double[] ratios = new double[figures.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figures[i] / base[i];
        }
        return of(ratios);
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (place - below) * (above - sorted[below]);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f [%.2f..%.2f]", median, lower, upper);
    }
}
