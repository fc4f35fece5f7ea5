package io.textonce.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.textonce.text.Encoding;
import io.textonce.text.Offender;
import io.textonce.text.SegmentCounter;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmentation;
import io.textonce.text.Segmenter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "segments",
        description = "Counts segments: what a text costs, and which characters make it dearer.")
final class SegmentsCommand extends Command {

    @Option(
            names = "--policy",
            paramLabel = "scalar|twilio",
            defaultValue = "scalar",
            description = "Whose rules: scalar keeps code points whole, twilio keeps what looks like one character "
                    + "whole. Default: ${DEFAULT-VALUE}.")
    String policy = "scalar";

    @Parameters(
            arity = "0..1",
            paramLabel = "TEXT",
            description = "The text. Without it, standard input: one text; with --json, lines such as "
                    + "{\"text\":\"...\"}.")
    @Nullable
    String text;

    SegmentsCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws IOException {
        Segmenter segmenter = Segmenter.of(policy());
        if (!json) {
            show(segmenter.segment(text == null ? input() : text));
            return ExitCode.OK;
        }
        Answers answers = new Answers(segmenter);
        if (text != null) {
            String given = text;
            shell.print(out -> answers.write(given, out));
            return ExitCode.OK;
        }
        return JsonLines.answer(shell, "text", answers) == 0 ? ExitCode.OK : ExitCode.USAGE;
    }

    private SegmentPolicy policy() {
        try {
            return policy(policy);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The rules by their name.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    static SegmentPolicy policy(String name) {
        return switch (name) {
            case "scalar" -> SegmentPolicy.GENERIC;
            case "twilio" -> SegmentPolicy.TWILIO;
            default -> throw new IllegalArgumentException("--policy: \"" + name + "\" is neither scalar nor twilio");
        };
    }

    /** Without the line feed that every file ends with. */
    private String input() throws IOException {
        String all = new String(shell.in().readAllBytes(), StandardCharsets.UTF_8);
        return all.endsWith("\n") ? all.substring(0, all.length() - 1) : all;
    }

    private void show(Segmentation cut) {
        PrintStream out = shell.lines();
        out.printf("encoding  %s%n", cut.encoding().label());
        out.printf("segments  %d%n", cut.count());
        out.printf("units     %d, %d left in the last segment%n", cut.units(), cut.unitsLeft());
        if (cut.tooLong()) {
            out.printf("too long  %s%n", cut.explanation());
        }
        for (Offender offender : cut.offenders()) {
            out.printf(
                    "forces %s: %s (%s) at %d%s%n",
                    cut.encoding().label(),
                    shown(offender),
                    offender.name(),
                    offender.index(),
                    offender.suggestion()
                            .map(other -> ", could be \"" + other + "\"")
                            .orElse(""));
        }
    }

    /** Counts at full speed and looks for offenders only where there are some. */
    private static final class Answers implements JsonLines.Answer {
        private final Segmenter segmenter;
        private final SegmentCounter counter;
        private final Map<Integer, Described> seen = new HashMap<>();

        Answers(Segmenter segmenter) {
            this.segmenter = segmenter;
            this.counter = segmenter.newCounter();
        }

        @Override
        public void write(String text, JsonGenerator json) throws IOException {
            int segments = counter.count(text);
            Encoding encoding = counter.encoding();
            json.writeStringField("encoding", encoding.label());
            json.writeNumberField("segments", segments);
            json.writeNumberField("units", counter.units());
            json.writeBooleanField("tooLong", counter.tooLong());
            json.writeArrayFieldStart("offenders");
            List<Offender> offenders = encoding == Encoding.GSM_7
                    ? List.of()
                    : segmenter.segment(text).offenders();
            for (Offender offender : offenders) {
                Described known = seen.computeIfAbsent(offender.codePoint(), any -> Described.of(offender));
                json.writeStartObject();
                json.writeStringField("char", known.sign);
                json.writeStringField("codePoint", known.number);
                json.writeNumberField("index", offender.index());
                JsonLines.field(json, "suggestion", known.suggestion);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    /** What is said of a character wherever it stands; the same few come again and again. */
    private record Described(
            String sign, String number, @Nullable String suggestion) {
        static Described of(Offender offender) {
            return new Described(
                    shown(offender),
                    String.format(Locale.ROOT, "U+%04X", offender.codePoint()),
                    offender.suggestion().orElse(null));
        }
    }

    private static String shown(Offender offender) {
        return JsonLines.wellFormed(Character.toString(offender.codePoint()));
    }
}
