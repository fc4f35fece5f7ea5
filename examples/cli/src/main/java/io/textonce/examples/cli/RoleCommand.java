package io.textonce.examples.cli;

import io.textonce.spi.SmsProvider;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Asks a provider for something that not every one can do. */
abstract class RoleCommand<R> extends Command {

    @Option(names = "--provider", required = true, paramLabel = "P", description = Gateway.HELP)
    String provider = "";

    @Option(
            names = "--base-url",
            paramLabel = "URL",
            description = "Talk to this server instead of the provider's own.")
    @Nullable
    String baseUrl;

    private final Class<R> role;

    RoleCommand(Shell shell, Class<R> role) {
        super(shell);
        this.role = role;
    }

    @Override
    public Integer call() throws IOException {
        try (SmsProvider opened = Route.gateway("--provider", provider).open(shell.environment(), baseUrl, null)) {
            R asked = opened.role(role)
                    .orElseThrow(
                            () -> new IllegalArgumentException("--provider: " + provider + " can't be asked for that"));
            return ask(asked);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Asks, and tells the answer.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    abstract int ask(R asked) throws IOException;
}
