package io.textonce.examples.cli;

import io.textonce.PhoneNumber;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.OptOutQuery;
import io.textonce.spi.OptOutQuery.Standing;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "opted-out",
        description = "Says whether the provider itself won't send to a number, or lists all such numbers.")
final class OptedOutCommand extends RoleCommand<OptOutQuery> {

    @Parameters(
            arity = "0..1",
            paramLabel = "NUMBER",
            description = "The number, with the country's code. Without it, the whole list.")
    @Nullable
    String number;

    OptedOutCommand(Shell shell) {
        super(shell, OptOutQuery.class);
    }

    @Override
    int ask(OptOutQuery asked) throws IOException {
        if (number != null) {
            PhoneNumber whose = PhoneNumbers.international()
                    .normalize(number)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "NUMBER: \"" + number + "\" is no number with a country's code, such as +12025550123"));
            OptOutQuery.Answer answer = asked.check(whose);
            tell(whose, answer.standing(), answer.explanation());
            return answer.standing() == Standing.UNKNOWN ? ExitCode.REJECTED : ExitCode.OK;
        }
        OptOutQuery.Page page = asked.list(null);
        while (true) {
            for (PhoneNumber each : page.numbers()) {
                tell(each, Standing.OPTED_OUT, "");
            }
            if (!page.explanation().isEmpty()) {
                shell.errors().println("textonce opted-out: the list isn't complete: " + page.explanation());
                return ExitCode.REJECTED;
            }
            if (page.next() == null) {
                return ExitCode.OK;
            }
            page = asked.list(page.next());
        }
    }

    private void tell(PhoneNumber whose, Standing standing, String explanation) throws IOException {
        if (json) {
            shell.print(out -> {
                JsonLines.field(out, "number", whose.e164());
                JsonLines.field(out, "standing", standing);
                JsonLines.field(out, "explanation", explanation.isEmpty() ? null : explanation);
            });
        } else {
            shell.lines()
                    .println(whose.e164() + "  "
                            + standing.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                            + (explanation.isEmpty() ? "" : ": " + explanation));
        }
    }
}
