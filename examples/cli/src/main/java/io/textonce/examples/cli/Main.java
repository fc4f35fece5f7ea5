package io.textonce.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
    boolean help;

    private static final List<Function<Shell, Command>> COMMANDS = List.of(
            SendCommand::new, SegmentsCommand::new, NormalizeCommand::new, WebhookCommand::new, DiagnoseCommand::new);

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
        line.setOut(new PrintWriter(shell.lines(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(shell.errors(), true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((wrong, all) -> {
            String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
            shell.errors().println(name + ": " + wrong.getMessage());
            shell.errors().println("See: " + name + " --help");
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof IOException) {
                shell.errors().println("textonce: input or output broke: " + failure.getMessage());
            } else {
                failure.printStackTrace(shell.errors());
            }
            return ExitCode.FAILED;
        });
        int code = line.execute(args);
        shell.lines().flush();
        return code;
    }
}
