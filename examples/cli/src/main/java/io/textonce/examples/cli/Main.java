package io.textonce.examples.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Textonce on the command line. Exit codes are in {@link ExitCode}. */
@CommandLine.Command(
        name = "textonce",
        synopsisSubcommandLabel = "COMMAND",
        description = "Sends SMS, and answers what a text costs, what a number is and whether a webhook is genuine.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:accepted, or the question was answered",
            "1:this program failed",
            "2:an option, a variable or a line of input is missing or wrong; nothing was sent",
            "3:rejected: proven that no message exists",
            "4:unknown: the message may exist; don't send it again before you know"
        })
public final class Main {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private Main() {}

    /**
     * Runs one command and exits with its code.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        System.exit(run(args, System.in, System.out, System.err, System.getenv()));
    }

    /** Runs one command; nothing but it touches the given streams, and nothing is closed. */
    static int run(String[] args, InputStream in, OutputStream out, OutputStream errors, Map<String, String> env) {
        Shell shell = new Shell(in, out, errors, env);
        CommandLine line = new CommandLine(new Main());
        for (Function<Shell, Command> command : COMMANDS) {
            line.addSubcommand(command.apply(shell));
        }
        line.setOut(new java.io.PrintWriter(shell.lines(), true));
        line.setErr(new java.io.PrintWriter(shell.errors(), true));
        return line.execute(args);
    }

    private static final java.util.List<Function<Shell, Command>> COMMANDS =
            java.util.List.of(SegmentsCommand::new, NormalizeCommand::new);
}
