package io.textonce.examples.cli;

import io.textonce.Money;
import io.textonce.spi.BalanceQuery;
import java.io.IOException;
import picocli.CommandLine;

@CommandLine.Command(name = "balance", description = "Says how much the account has left. Asking costs nothing.")
final class BalanceCommand extends RoleCommand<BalanceQuery> {

    BalanceCommand(Shell shell) {
        super(shell, BalanceQuery.class);
    }

    @Override
    int ask(BalanceQuery asked) throws IOException {
        BalanceQuery.Answer answer = asked.balance();
        Money balance = answer.balance();
        if (json) {
            shell.print(out -> {
                JsonLines.field(
                        out,
                        "balance",
                        balance == null ? null : balance.amount().toPlainString());
                JsonLines.field(out, "currency", balance == null ? null : balance.currency());
                JsonLines.field(out, "explanation", balance == null ? answer.explanation() : null);
            });
        } else {
            shell.lines().println(balance == null ? "not known: " + answer.explanation() : words(balance));
        }
        return balance == null ? ExitCode.REJECTED : ExitCode.OK;
    }

    /** XXX is ISO 4217's word for no currency. */
    private static String words(Money balance) {
        return balance.currency().getCurrencyCode().equals("XXX")
                ? balance.amount().toPlainString() + " credits"
                : balance.toString();
    }
}
