package io.textonce.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Textonce on the command line. Exit codes are in {@link ExitCode}. */
@CommandLine.Command(
        name = "textonce",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Main.Version.class,
        description = "Sends SMS, and answers what a text costs, what a number is and whether a webhook is genuine.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:accepted, or the question was answered",
            "1:this program failed",
            "2:an option, a variable or a line of input is missing or wrong; nothing was sent",
            "3:rejected: proven that no message exists; for a question, it was answered with no",
            "4:unknown: the message may exist; don't send it again before you know"
        })
public final class Main {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    private static final List<Function<Shell, Command>> COMMANDS = List.of(
            SendCommand::new,
            BulkCommand::new,
            StatusCommand::new,
            BalanceCommand::new,
            OptedOutCommand::new,
            MediaCommand::new,
            TemplateCommand::new,
            SegmentsCommand::new,
            NormalizeCommand::new,
            WebhookCommand::new,
            DiagnoseCommand::new);

    private Main() {}

    /**
     * Runs one command and exits with its code.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        // the launcher knows: what Java says of its console differs from version to version
        boolean terminal = Boolean.getBoolean("textonce.terminal");
        Shell shell = new Shell(System.in, System.out, System.err, System.getenv(), terminal);
        System.exit(run(args, shell));
    }

    /** Runs one command; nothing but it touches the shell's streams, and nothing is closed. */
    static int run(String[] args, Shell shell) {
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

    /** What Maven wrote down when it built this. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties built = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                built.load(in);
            }
            return new String[] {
                "textonce " + built.getProperty("version") + ", Java " + System.getProperty("java.version")
            };
        }
    }
}
