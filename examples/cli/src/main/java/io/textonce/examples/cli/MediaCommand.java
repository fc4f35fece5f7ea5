package io.textonce.examples.cli;

import io.textonce.spi.MediaFetcher;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "media",
        description =
                "Fetches a picture of an inbound message, with the account's credentials, from the provider's own "
                        + "hosts only.")
final class MediaCommand extends RoleCommand<MediaFetcher> {

    private static final long LARGEST = 5L << 20;

    @Parameters(index = "0", paramLabel = "URL", description = "Where it lies, as the webhook says.")
    String url = "";

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "Where to put it; a new file.")
    Path output = Path.of("");

    MediaCommand(Shell shell) {
        super(shell, MediaFetcher.class);
    }

    @Override
    int ask(MediaFetcher asked) throws IOException {
        long bytes;
        try (InputStream medium = asked.fetch(URI.create(url), LARGEST)) {
            bytes = Files.copy(medium, output);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException("--output: " + output + " exists; name a new file", e);
        }
        if (json) {
            shell.print(out -> {
                JsonLines.field(out, "file", output);
                out.writeNumberField("bytes", bytes);
            });
        } else {
            shell.lines().println(output + ", " + bytes + " bytes");
        }
        return ExitCode.OK;
    }
}
