package io.textonce.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The targets of this run, met or missed, printed together at the end. */
final class Verdicts {
    private final List<String> lines = new ArrayList<>();
    private int targets;
    private int missed;
    private boolean wrong;

    /** A ratio measured in rounds; its median decides, its quartiles show how surely. */
    void atMost(String what, Quartiles measured, double target) {
        boolean unsure = measured.lower() <= target && measured.upper() > target;
        add(
                what,
                String.format(Locale.ROOT, "%s%s", measured, unsure ? " (target between the quartiles)" : ""),
                measured.median(),
                target);
    }

    /** The same for a ratio that should be large. */
    void atLeast(String what, Quartiles measured, double target) {
        boolean met = measured.median() >= target;
        boolean unsure = measured.lower() < target && measured.upper() >= target;
        targets++;
        missed += met ? 0 : 1;
        lines.add(String.format(
                Locale.ROOT,
                "%-6s %-62s %-22s at least %.2f",
                met ? "met" : "MISSED",
                what,
                measured + (unsure ? " (target between the quartiles)" : ""),
                target));
    }

    /** Bytes, a ratio or thread CPU. */
    void atMost(String what, double measured, double target) {
        add(what, String.format(Locale.ROOT, "%.2f", measured), measured, target);
    }

    /** Something that must not happen, such as a difference that nothing explains. */
    void never(String what, int times) {
        wrong |= times > 0;
        add(what, Integer.toString(times), times, 0);
    }

    /** A time by the clock, which a busy machine makes longer: shown with its target, not counted. */
    void reported(String what, double measured, double target) {
        lines.add(String.format(Locale.ROOT, "%-6s %-62s %-22s at most %.2f", "shown", what, measured, target));
    }

    private void add(String what, String shown, double measured, double target) {
        boolean met = measured <= target;
        targets++;
        missed += met ? 0 : 1;
        lines.add(String.format(
                Locale.ROOT, "%-6s %-62s %-22s at most %.2f", met ? "met" : "MISSED", what, shown, target));
    }

    int missed() {
        return missed;
    }

    /** Whether something happened that must not. */
    boolean wrong() {
        return wrong;
    }

    void print() {
        System.out.println();
        lines.forEach(System.out::println);
        System.out.println((targets - missed) + " targets met, " + missed + " missed");
    }
}
