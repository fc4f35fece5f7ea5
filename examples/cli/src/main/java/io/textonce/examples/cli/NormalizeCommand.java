package io.textonce.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.textonce.PhoneNumber;
import io.textonce.phone.PhoneCheck;
import io.textonce.phone.PhoneNumbers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "normalize", description = "Turns telephone numbers as people write them into E.164.")
final class NormalizeCommand extends Command {

    @Option(
            names = "--region",
            paramLabel = "XX",
            description = "Where numbers without a country code are from, such as AU. Without it, only international "
                    + "numbers are understood.")
    @Nullable
    String region;

    @Parameters(
            arity = "0..*",
            paramLabel = "NUMBER",
            description = "The numbers. Without any, the lines of standard input; with --json, lines such as "
                    + "{\"number\":\"0491 570 156\"}.")
    List<String> numbers = new ArrayList<>();

    NormalizeCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws IOException {
        PhoneNumbers phones = phones();
        if (json && numbers.isEmpty()) {
            return JsonLines.answer(shell, "number", (number, out) -> write(number, phones.check(number), out)) == 0
                    ? ExitCode.OK
                    : ExitCode.USAGE;
        }
        if (!numbers.isEmpty()) {
            for (String number : numbers) {
                answer(phones, number);
            }
            return ExitCode.OK;
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answer(phones, line);
        }
        return ExitCode.OK;
    }

    private PhoneNumbers phones() {
        try {
            return region == null ? PhoneNumbers.international() : PhoneNumbers.region(region);
        } catch (IllegalArgumentException e) {
            throw usage("--" + e.getMessage());
        }
    }

    private void answer(PhoneNumbers phones, String number) throws IOException {
        PhoneCheck check = phones.check(number);
        if (json) {
            shell.print(out -> write(number, check, out));
        } else {
            String verdict = check.number()
                    .map(found -> found.e164() + "  " + check.region().orElse("?") + "  " + check.type()
                            + (check.valid() ? "" : ", not known to be assigned"))
                    .orElse("-  " + check.problem().orElse(""));
            // several answers to numbers that nobody sees any more say whose they are; piped lines stay one for one
            shell.lines().println(numbers.size() > 1 ? number + ": " + verdict : verdict);
        }
    }

    private static void write(String number, PhoneCheck check, JsonGenerator json) throws IOException {
        JsonLines.field(json, "number", number);
        JsonLines.field(json, "e164", check.number().map(PhoneNumber::e164).orElse(null));
        json.writeBooleanField("possible", check.possible());
        json.writeBooleanField("valid", check.valid());
        json.writeStringField("type", check.type().name());
        JsonLines.field(json, "region", check.region().orElse(null));
        JsonLines.field(json, "problem", check.problem().orElse(null));
    }
}
