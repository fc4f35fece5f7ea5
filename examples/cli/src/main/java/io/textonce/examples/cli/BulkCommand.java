package io.textonce.examples.cli;

import io.textonce.PhoneNumber;
import io.textonce.Quote;
import io.textonce.SendResult;
import io.textonce.SendResult.Rejected;
import io.textonce.SmsMessage;
import io.textonce.client.BulkCheck;
import io.textonce.client.BulkProgress;
import io.textonce.client.BulkRun;
import io.textonce.client.BulkSummary;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.phone.PhoneNumbers;
import io.textonce.store.TemplateRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "bulk",
        description = "Sends what is in a CSV file with the columns to and text, or to, template and the template's "
                + "variables. Run it again after a crash, a kill or Ctrl-C: no row is sent twice.")
final class BulkCommand extends Command {

    /** Whoever comes back to a file after this long could send it again. */
    private static final Duration REMEMBERED = Duration.ofDays(3650);

    /** Longer than any limit takes to let a message pass. */
    private static final Duration PATIENCE = Duration.ofDays(367);

    private static final String[] COLUMNS = {
        "line", "to", "outcome", "provider", "providerMessageId", "messageId", "reason", "segments", "explanation"
    };

    @Parameters(paramLabel = "FILE", description = "The CSV file, in UTF-8.")
    Path file = Path.of("");

    @Option(names = "--provider", required = true, paramLabel = "P", description = Gateway.HELP)
    String provider = "";

    @Option(names = "--from", paramLabel = "S", description = "The sender of all messages.")
    @Nullable
    String from;

    @Option(
            names = "--templates",
            paramLabel = "PATH",
            description = "The templates: a file such as reminder.properties, or a folder of them.")
    @Nullable
    Path templates;

    @Option(
            names = "--results",
            paramLabel = "FILE",
            description =
                    "Where each row's result goes. Default: such as contacts.results.csv beside contacts.csv. Its "
                            + "ledger is the file of that name with .ledger.mv.db, and knows what was sent.")
    @Nullable
    Path results;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "16",
            description = "How many messages are under way at once, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    int concurrency;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "30", description = SendCommand.TIMEOUT)
    int timeout;

    @Option(names = "--dry-run", description = "Check and add up only; nothing is sent.")
    boolean dryRun;

    @Option(
            names = "--price",
            paramLabel = "[PREFIX=]PRICE",
            description = "What a segment costs, for the dry run: 0.0079USD, or +61=0.0515USD for some numbers. "
                    + "Repeatable.")
    List<String> prices = new ArrayList<>();

    @Mixin
    Route route = new Route();

    @Mixin
    Policies policies = new Policies();

    BulkCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws IOException {
        try (Stop stop = new Stop()) {
            SmsClient.Builder client = SmsClient.builder();
            List<Gateway> gateways = route.gateways(provider);
            Rows rows = rows(client);
            policies.apply(client, PATIENCE);
            Prices.card(prices).ifPresent(client::rates);
            client.attemptTimeout(SendCommand.seconds(timeout));
            if (concurrency < 1 || concurrency > 1000) {
                throw new IllegalArgumentException("--concurrency: " + concurrency + " is not within 1 to 1000");
            }
            if (dryRun) {
                try (SmsClient opened = build(client, gateways)) {
                    return told(opened.bulk().check(rows));
                }
            }
            Path answers = results == null ? beside(file) : results;
            try (Ledger ledger = Ledger.begin(answers)) {
                JdbcStore store = ledger.store();
                client.messages(store)
                        .idempotency(store.idempotencyKeys(), REMEMBERED)
                        .limitStore(stop.limits(store.limits()))
                        .time(stop)
                        .disabledWhen(tenant -> stop.isPressed());
                try (SmsClient opened = build(client, gateways)) {
                    return told(run(opened, rows, answers, stop), answers);
                }
            }
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private Rows rows(SmsClient.Builder client) throws IOException {
        TemplateRepository known = Templates.repository(templates);
        client.templates(known);
        PhoneNumbers phones = route.region == null ? PhoneNumbers.international() : PhoneNumbers.region(route.region);
        return new Rows(file, phones, known, message -> {
            policies.apply(message);
            return SendCommand.from(message, from);
        });
    }

    private SmsClient build(SmsClient.Builder client, List<Gateway> gateways) {
        return route.client(client, gateways, shell.environment(), from, it -> it)
                .build();
    }

    private static Path beside(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(
                (name.endsWith(".csv") ? name.substring(0, name.length() - 4) : name) + ".results.csv");
    }

    private BulkSummary run(SmsClient client, Rows rows, Path answers, Stop stop) throws IOException {
        Progress progress = new Progress(shell.errors(), shell.isTerminal());
        try (Writer out = Files.newBufferedWriter(answers, StandardCharsets.UTF_8)) {
            out.write(Csv.line((Object[]) COLUMNS));
            BulkRun run = client.bulk()
                    .concurrency(concurrency)
                    .onProgress(progress::show)
                    .start(rows, (message, result) -> write(out, message, result));
            stop.onExit(() -> {
                run.cancel();
                progress.leave();
                shell.errors().println("stopping: what is under way gets its answer, nothing else is sent");
            });
            return run.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    /** Flushed at once, for whoever watches the file. */
    private static void write(Writer out, SmsMessage message, SendResult result) {
        try {
            out.write(Csv.line(
                    message.label(Rows.LINE).orElse(""),
                    result.to().map(PhoneNumber::e164).orElse(message.to()),
                    SendCommand.word(result.outcome()),
                    SendCommand.provider(result),
                    SendCommand.providerMessageId(result),
                    result.messageId().value(),
                    result instanceof Rejected refused ? refused.reason() : null,
                    result.quote().map(Quote::segments).orElse(null),
                    SendCommand.explanation(result)));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int told(BulkSummary summary, Path answers) throws IOException {
        BulkProgress done = summary.progress();
        long left = done.total().orElse(0) - done.started();
        Throwable failure = summary.failure().orElse(null);
        if (json) {
            shell.print(out -> {
                out.writeStringField("end", SendCommand.word(summary.end()));
                out.writeNumberField("rows", done.total().orElse(0));
                out.writeNumberField("accepted", done.accepted());
                out.writeNumberField("rejected", done.rejected());
                out.writeNumberField("unknown", done.unknown());
                out.writeNumberField("notStarted", left);
                out.writeStringField("results", answers.toString());
            });
        } else {
            shell.lines()
                    .println(SendCommand.word(summary.end()) + ": " + done.accepted() + " accepted, " + done.rejected()
                            + " rejected" + (summary.rejections().isEmpty() ? "" : " " + summary.rejections()) + ", "
                            + done.unknown() + " unknown, " + left + " not started; see " + answers);
            if (done.unknown() > 0) {
                shell.lines()
                        .println(
                                "What is unknown may have been sent, and isn't sent again. Ask for each: textonce status"
                                        + " --provider " + provider + " --results " + answers + " --message-id ID");
            }
            if (left > 0 || done.rejected() > 0) {
                shell.lines().println("Run the same command again for the rejected and the not started rows.");
            }
        }
        if (failure != null) {
            shell.errors().println("textonce: " + failure);
            return ExitCode.FAILED;
        }
        return done.unknown() > 0 ? ExitCode.UNKNOWN : done.rejected() > 0 ? ExitCode.REJECTED : ExitCode.OK;
    }

    private int told(BulkCheck check) throws IOException {
        if (json) {
            shell.print(out -> {
                out.writeBooleanField("dryRun", true);
                out.writeNumberField("rows", check.messages());
                out.writeNumberField("sendable", check.sendable());
                out.writeNumberField("invalid", check.invalid());
                out.writeNumberField("duplicates", check.duplicates());
                out.writeNumberField("segments", check.segments());
                JsonLines.field(out, "cost", check.cost().orElse(null));
                out.writeNumberField("unpriced", check.unpriced());
                out.writeArrayFieldStart("problems");
                for (BulkCheck.Problem problem : check.problems()) {
                    out.writeStartObject();
                    out.writeNumberField("row", problem.position() + 1);
                    JsonLines.field(out, "kind", problem.kind());
                    JsonLines.field(out, "explanation", problem.explanation());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
        } else {
            shell.lines().println("nothing was sent; " + check);
            for (BulkCheck.Problem problem : check.problems()) {
                shell.lines()
                        .println("row " + (problem.position() + 1) + ": " + SendCommand.word(problem.kind()) + ", "
                                + problem.explanation());
            }
        }
        return check.invalid() > 0 ? ExitCode.REJECTED : ExitCode.OK;
    }
}
