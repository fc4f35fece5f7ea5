package io.textonce.examples.cli;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.StatusLookup.Found;
import io.textonce.spi.StatusLookup.Inconclusive;
import io.textonce.spi.StatusLookup.Query;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(
        name = "status",
        description =
                "Asks the provider what became of a message: by its own id, or, where the answer was lost, by ours.")
final class StatusCommand extends RoleCommand<StatusLookup> {

    /** Who asks by the provider's id needn't know the number; this one is fictitious. */
    private static final PhoneNumber NOBODY = PhoneNumber.of("+12025550100");

    @Option(names = "--id", paramLabel = "ID", description = "The provider's id, such as Twilio's SM...")
    @Nullable
    String providerMessageId;

    @Option(names = "--message-id", paramLabel = "ID", description = "Our id, as send and bulk tell it.")
    @Nullable
    String messageId;

    @Option(
            names = "--results",
            paramLabel = "FILE",
            description = "The results of the bulk run that sent it; its ledger knows number, text and time.")
    @Nullable
    Path results;

    @Option(names = "--to", paramLabel = "N", description = "The recipient, with the country's code.")
    @Nullable
    String to;

    @Option(names = "--text", paramLabel = "T", description = "The text.")
    @Nullable
    String text;

    @Option(names = "--at", paramLabel = "TIME", description = "When it was sent, such as 2026-03-01T09:30:00Z.")
    @Nullable
    String at;

    StatusCommand(Shell shell) {
        super(shell, StatusLookup.class);
    }

    @Override
    int ask(StatusLookup asked) throws IOException {
        if (provider.equals(Gateway.SANDBOX.toString())) {
            throw new IllegalArgumentException(
                    "--provider: the sandbox's messages end with the process that sent them");
        }
        StatusLookup.Answer answer = asked.find(query());
        Found found = answer instanceof Found message ? message : null;
        String explanation = answer instanceof Inconclusive open ? open.explanation() : null;
        String verdict = found != null ? "found" : explanation != null ? "inconclusive" : "absent";
        if (json) {
            shell.print(out -> {
                JsonLines.field(out, "answer", verdict);
                JsonLines.field(out, "status", found == null ? null : found.status());
                JsonLines.field(out, "providerMessageId", found == null ? null : found.providerMessageId());
                Events.number(out, "segments", found == null ? OptionalInt.empty() : found.segments());
                JsonLines.field(
                        out, "price", found == null ? null : found.price().orElse(null));
                JsonLines.field(out, "explanation", explanation);
            });
        } else if (found != null) {
            shell.lines()
                    .println("found     " + found.status() + " as " + found.providerMessageId()
                            + (found.segments().isPresent()
                                    ? ", segments: " + found.segments().getAsInt()
                                    : "")
                            + found.price().map(price -> ", " + price).orElse(""));
        } else {
            shell.lines()
                    .println(
                            explanation == null
                                    ? "absent    it is proven that no such message exists"
                                    : "unknown   " + explanation);
        }
        return found != null ? ExitCode.OK : explanation == null ? ExitCode.REJECTED : ExitCode.UNKNOWN;
    }

    private Query query() {
        if (results != null && messageId != null) {
            return recorded(results, MessageId.of(messageId));
        }
        boolean whole = to != null && text != null && at != null;
        if (providerMessageId == null && !whole) {
            throw new IllegalArgumentException(
                    "--id: missing; give it, or --results and --message-id, or --to, --text and" + " --at");
        }
        return Query.of(
                messageId == null ? MessageId.next() : MessageId.of(messageId),
                to == null ? NOBODY : number(to),
                at == null ? Instant.EPOCH : instant(at),
                text == null ? "" : text,
                providerMessageId);
    }

    /** As the ledger has it, told from others to the same number. */
    private static Query recorded(Path results, MessageId id) {
        try (Ledger ledger = Ledger.existing(results)) {
            MessageRecord row = ledger.store()
                    .find(TenantId.DEFAULT, id)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--message-id: " + id.value() + " isn't in the ledger of " + results));
            List<String> others = ledger
                    .store()
                    .query(TenantId.DEFAULT, MessageQuery.all().to(row.to()))
                    .stream()
                    .filter(other -> !other.id().equals(id))
                    .map(MessageRecord::providerMessageId)
                    .flatMap(Optional::stream)
                    .toList();
            return Query.of(
                            id,
                            row.to(),
                            row.createdAt(),
                            row.text(),
                            row.providerMessageId().orElse(null))
                    .besides(others);
        }
    }

    private static PhoneNumber number(String to) {
        return PhoneNumbers.international()
                .normalize(to)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--to: \"" + to + "\" is no number with a country's code, such as +12025550100"));
    }

    private static Instant instant(String at) {
        try {
            return Instant.parse(at);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("--at: \"" + at + "\" is no time such as 2026-03-01T09:30:00Z", e);
        }
    }
}
