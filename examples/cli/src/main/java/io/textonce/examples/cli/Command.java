package io.textonce.examples.cli;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands share. */
abstract class Command implements Callable<Integer> {

    final Shell shell;

    @Option(names = "--json", description = "One JSON object a line on standard output, and nothing else there.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Spec
    @Nullable
    CommandSpec spec;

    Command(Shell shell) {
        this.shell = shell;
    }

    /** Does the work; the result is an {@link ExitCode}. */
    @Override
    public abstract Integer call() throws IOException;

    /** A wrong option or variable: name it, its value, what is allowed, what to do. */
    ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
