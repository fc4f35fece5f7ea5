package io.textonce.proofs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** The counters of all proofs, printed as one table when the last one has ended, and kept in target/proofs/counters.md. */
public final class Report implements TestExecutionListener {

    static final Path FOLDER = Path.of("target", "proofs").toAbsolutePath();
    static final boolean LONG = "long".equals(System.getProperty("proof"));
    static final long SEED = seed();

    private static final List<String> ROWS = Collections.synchronizedList(new ArrayList<>());

    private static long seed() {
        String given = System.getProperty("textonce.seed", "");
        return given.isBlank() ? 20_261_121L : Long.parseLong(given);
    }

    static int either(int inShort, int inLong) {
        return LONG ? inLong : inShort;
    }

    /** A line while it runs. */
    static void progress(String format, Object... values) {
        System.out.println("  " + String.format(Locale.ROOT, format, values));
    }

    /** A line of the table. */
    static void row(String proof, String format, Object... values) {
        String counters = String.format(Locale.ROOT, format, values);
        System.out.println(proof + ": " + counters);
        ROWS.add("| " + proof + " | " + counters + " |");
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (ROWS.isEmpty()) {
            return;
        }
        String table = "| proof, " + (LONG ? "long" : "short") + " form, seed " + SEED + " | counters |\n|---|---|\n"
                + String.join("\n", ROWS) + "\n";
        System.out.println("\n" + table);
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve("counters.md"), table, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
