package io.textonce.examples.quickstart;

import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Quote;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Prints for people: aligned columns, and colour only if a person looks. */
final class Screen {

    private static final int TEXT_COLUMN = 36;
    private static final long TICK_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colour;
    private long lastStep;

    Screen(PrintStream out, boolean terminal, Map<String, String> environment) {
        this.out = out;
        this.terminal = terminal;
        this.colour = terminal && !environment.containsKey("NO_COLOR") && !"dumb".equals(environment.get("TERM"));
    }

    /** Standard output, in UTF-8 whatever the platform's default is. */
    static Screen standard() {
        return new Screen(
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                isTerminal(System.console()),
                System.getenv());
    }

    /** From Java 22 on there may be a console that is no terminal, and a method that tells. */
    private static boolean isTerminal(@Nullable Console console) {
        try {
            return console != null
                    && (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException older) {
            return console != null;
        }
    }

    void line(String text) {
        out.println(text);
    }

    void heading(String text) {
        out.println();
        out.println(colour ? "\u001B[1m" + text + "\u001B[0m" : text);
    }

    void columns() {
        out.printf(
                "%4s  %-14s  %-8s  %8s  %10s  %-8s  %s%n", "", "to", "encoding", "segments", "cost", "outcome", "text");
    }

    /** What became of one message, and in a second line why, unless it was accepted. */
    void row(int number, SmsMessage message, SendResult result) {
        Optional<Quote> quote = result.quote();
        out.printf(
                Locale.ROOT,
                (terminal ? CLEAR_LINE : "") + "%4d  %-14s  %-8s  %8s  %10s  %s  %s%n",
                number,
                result.to().map(PhoneNumber::e164).orElse(message.to()),
                quote.map(q -> q.encoding().label()).orElse("-"),
                quote.map(q -> Integer.toString(q.segments())).orElse("-"),
                quote.flatMap(Quote::cost).map(Money::toString).orElse("-"),
                outcome(result.outcome()),
                shortened(message.text().orElse("")));
        String why = result.fold(
                accepted -> "",
                rejected -> "not sent: " + rejected.explanation(),
                unknown -> "may have been sent, and isn't sent again: " + unknown.explanation());
        if (!why.isEmpty()) {
            out.println("      " + (colour ? "\u001B[2m" + why + "\u001B[0m" : why));
        }
    }

    /** Something that happened to a row, or to none. */
    void event(@Nullable Integer row, PhoneNumber who, String what) {
        out.printf(Locale.ROOT, "%4s  %-14s  %s%n", row == null ? "" : row, who.e164(), what);
    }

    /** How far a long run has come: one line that changes on a terminal, else a line now and then. */
    void progress(int done, int all, long nanos) {
        long step = nanos / TICK_NANOS;
        boolean due = done == all || (terminal ? step > lastStep : done % 1_000 == 0);
        if (!due) {
            return;
        }
        lastStep = step;
        long rate = done * 1_000_000_000L / Math.max(1, nanos);
        String text = String.format(Locale.ROOT, "%,d of %,d sent, %,d a second", done, all, rate);
        out.print((terminal ? CLEAR_LINE : "") + text + (terminal && done < all ? "" : System.lineSeparator()));
        out.flush();
    }

    private String outcome(Outcome outcome) {
        String word = String.format(Locale.ROOT, "%-8s", outcome.name().toLowerCase(Locale.ROOT));
        int code = outcome == Outcome.ACCEPTED ? 32 : outcome == Outcome.REJECTED ? 31 : 33;
        return colour ? "\u001B[" + code + "m" + word + "\u001B[0m" : word;
    }

    /** The beginning, on one line, never half a character. */
    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        int length = line.codePointCount(0, line.length());
        return length <= TEXT_COLUMN ? line : line.substring(0, line.offsetByCodePoints(0, TEXT_COLUMN - 3)) + "...";
    }
}
