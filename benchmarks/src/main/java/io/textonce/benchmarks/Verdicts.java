package io.textonce.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The targets of this run, met or missed, printed together at the end. */
final class Verdicts {
    private final List<String> lines = new ArrayList<>();
    private int missed;

    void atMost(String what, double measured, double target) {
        boolean met = measured <= target;
        missed += met ? 0 : 1;
        lines.add(String.format(
                Locale.ROOT, "%-6s %-66s %10.2f  at most %.2f", met ? "met" : "MISSED", what, measured, target));
    }

    void print() {
        System.out.println();
        lines.forEach(System.out::println);
        System.out.println((lines.size() - missed) + " targets met, " + missed + " missed");
    }
}
