package io.textonce.examples.cli;

import io.textonce.client.BulkProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** How far a run is: a bar that stays in its line on a terminal, and a line now and then elsewhere. */
final class Progress {

    private static final int WIDTH = 30;
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final PrintStream out;
    private final boolean terminal;
    private Duration told = Duration.ZERO;

    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(BulkProgress now) {
        boolean over = now.done() == now.total().orElse(-1);
        if (terminal) {
            out.print("\r" + bar(now) + "\u001B[K" + (over ? "\n" : ""));
            out.flush();
        } else if (over || now.elapsed().minus(told).compareTo(BETWEEN_LINES) >= 0) {
            told = now.elapsed();
            out.println(now);
        }
    }

    /** Gives the line of the bar up, for what is said next. */
    void leave() {
        if (terminal) {
            out.println();
        }
    }

    static String bar(BulkProgress now) {
        long total = Math.max(1, now.total().orElse(0));
        int full = (int) (WIDTH * now.done() / total);
        return "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "]"
                + String.format(
                        Locale.ROOT,
                        " %3d%%  %d/%d  %.0f/s  %d accepted, %d rejected, %d unknown",
                        100 * now.done() / total,
                        now.done(),
                        now.total().orElse(0),
                        now.perSecond(),
                        now.accepted(),
                        now.rejected(),
                        now.unknown())
                + now.remaining()
                        .filter(left -> left.toSeconds() > 0)
                        .map(left -> "  " + left.toMinutes() + ":"
                                + String.format(Locale.ROOT, "%02d", left.toSecondsPart()) + " left")
                        .orElse("");
    }
}
