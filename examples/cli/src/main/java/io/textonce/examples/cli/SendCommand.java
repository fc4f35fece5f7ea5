package io.textonce.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.textonce.Attempt;
import io.textonce.PhoneNumber;
import io.textonce.Quote;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SendResult.Accepted;
import io.textonce.SendResult.Rejected;
import io.textonce.SendResult.Unknown;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.Validator;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
        name = "send",
        description = "Sends one message. Credentials come from the provider's environment variables, such as "
                + "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER.")
final class SendCommand extends Command {

    static final String TIMEOUT = "The most time for one request, 1 to 3600. Default: ${DEFAULT-VALUE}.";

    @Option(names = "--provider", required = true, paramLabel = "P", description = Gateway.HELP)
    String provider = "";

    @Option(names = "--to", required = true, paramLabel = "N", description = "The recipient, as people write it.")
    String to = "";

    @Option(names = "--text", required = true, paramLabel = "T", description = "The text.")
    String text = "";

    @Option(
            names = "--from",
            paramLabel = "S",
            description = "The sender: a number, a short code, or a name of up to 11 characters.")
    @Nullable
    String from;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "30", description = TIMEOUT)
    int timeout;

    @Option(names = "--dry-run", description = "Check and quote only, by the provider too if it can; nothing is sent.")
    boolean dryRun;

    /** Those whose place a stand-in takes. */
    private final List<SmsProvider> asked = new ArrayList<>();

    @Mixin
    Route route = new Route();

    @Mixin
    Policies policies = new Policies();

    SendCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws IOException {
        SmsMessage message;
        SmsClient opened;
        try {
            message = message();
            opened = client();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        try (SmsClient client = opened) {
            SendResult result = client.send(message);
            boolean quoted = dryRun && result.isAccepted();
            if (json) {
                shell.print(out -> write(result, quoted, out));
            } else {
                show(result, quoted);
            }
            return result.fold(a -> ExitCode.OK, r -> ExitCode.REJECTED, u -> ExitCode.UNKNOWN);
        } finally {
            asked.forEach(SmsProvider::close);
        }
    }

    private SmsMessage message() {
        SmsMessage.Builder message = from(SmsMessage.to(to).text(text), from);
        policies.apply(message);
        return message.build();
    }

    /** Insists on a sender, if one was named. */
    static SmsMessage.Builder from(SmsMessage.Builder message, @Nullable String from) {
        if (from == null) {
            return message;
        }
        try {
            return message.from(SenderId.of(from)).senderRequired();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--from: " + e.getMessage(), e);
        }
    }

    static Duration seconds(int timeout) {
        if (timeout < 1 || timeout > 3600) {
            throw new IllegalArgumentException("--timeout: " + timeout + " is not within 1 to 3600 seconds");
        }
        return Duration.ofSeconds(timeout);
    }

    private SmsClient client() {
        Duration most = seconds(timeout);
        List<Gateway> gateways = route.gateways(provider);
        SmsClient.Builder client = SmsClient.builder();
        policies.apply(client, Duration.ZERO);
        return route.client(client, gateways, shell.environment(), from, dryRun ? this::standIn : it -> it)
                .attemptTimeout(most)
                .build();
    }

    /**
     * Takes what the real one would, so that all checks are made as for a real send, and keeps it in this process. A
     * provider that can check a message without creating one is asked.
     */
    private SmsProvider standIn(SmsProvider real) {
        asked.add(real);
        Validator validator = real.role(Validator.class).orElse(null);
        return SandboxProvider.builder()
                .name(real.name())
                .capabilities(real.capabilities())
                .behaviour(submission ->
                        validator == null ? Behaviour.accept() : behaviour(validator.validate(submission)))
                .build();
    }

    private static Behaviour behaviour(Validator.Verdict verdict) {
        Reason reason = verdict.reason();
        return switch (verdict.outcome()) {
            case ACCEPTED -> Behaviour.accept();
            case REJECTED ->
                Behaviour.answer(SubmitReply.refused(
                        reason == null ? Reason.OTHER : reason, verdict.providerCode(), verdict.explanation()));
            default ->
                Behaviour.answer(SubmitReply.notTransmitted(
                        Reason.UNAVAILABLE, "the provider didn't say: " + verdict.explanation()));
        };
    }

    private void write(SendResult result, boolean quoted, JsonGenerator json) throws IOException {
        if (dryRun) {
            json.writeBooleanField("dryRun", true);
        }
        JsonLines.field(json, "outcome", quoted ? null : word(result.outcome()));
        JsonLines.field(json, "reason", result instanceof Rejected r ? r.reason() : null);
        JsonLines.field(json, "proof", result instanceof Rejected r ? r.proof() : null);
        JsonLines.field(json, "explanation", explanation(result));
        JsonLines.field(json, "provider", provider(result));
        JsonLines.field(json, "providerMessageId", quoted ? null : providerMessageId(result));
        JsonLines.field(json, "messageId", quoted ? null : result.messageId().value());
        JsonLines.field(json, "to", result.to().map(PhoneNumber::e164).orElse(null));
        Quote quote = result.quote().orElse(null);
        JsonLines.field(
                json, "encoding", quote == null ? null : quote.encoding().label());
        if (quote == null) {
            json.writeNullField("segments");
        } else {
            json.writeNumberField("segments", quote.segments());
        }
        JsonLines.field(
                json, "retryAt", result instanceof Rejected r ? r.retryAt().orElse(null) : null);
        if (result instanceof Unknown unknown) {
            json.writeArrayFieldStart("settlement");
            for (Settlement way : unknown.settlement()) {
                json.writeString(way.name());
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("attempts");
        for (Attempt attempt : quoted ? List.<Attempt>of() : result.attempts()) {
            json.writeStartObject();
            json.writeStringField("provider", attempt.provider());
            json.writeStringField("outcome", word(attempt.outcome()));
            JsonLines.field(json, "reason", attempt.reason().orElse(null));
            JsonLines.field(json, "proof", attempt.proof().orElse(null));
            JsonLines.field(json, "providerCode", attempt.providerCode().orElse(null));
            JsonLines.field(json, "explanation", attempt.explanation().orElse(null));
            json.writeNumberField("millis", attempt.duration().toMillis());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void show(SendResult result, boolean quoted) {
        PrintStream out = shell.lines();
        if (quoted) {
            out.println("quote     nothing was sent");
        } else {
            String said = explanation(result);
            String id = providerMessageId(result);
            String with = provider(result);
            out.println(word(result.outcome())
                    + (with == null ? "" : " by " + with)
                    + (id == null ? "" : " as " + id)
                    + (said == null ? "" : ": " + said));
        }
        result.to().ifPresent(number -> out.println("to        " + number.e164()));
        result.quote()
                .ifPresent(quote -> out.printf(
                        "text      %s, %d segment%s%n",
                        quote.encoding().label(), quote.segments(), quote.segments() == 1 ? "" : "s"));
        for (Attempt attempt : quoted ? List.<Attempt>of() : result.attempts()) {
            out.printf(
                    "attempt %d %s: %s%s%s%n",
                    attempt.number(),
                    attempt.provider(),
                    word(attempt.outcome()),
                    attempt.reason().map(reason -> ", " + reason).orElse(""),
                    attempt.explanation().map(said -> ": " + said).orElse(""));
        }
        if (result instanceof Unknown) {
            out.println("It may have been sent: don't send it again before you know.");
        }
    }

    static String word(Enum<?> outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    static @Nullable String explanation(SendResult result) {
        return result.<Optional<String>>fold(
                        a -> Optional.empty(), r -> Optional.of(r.explanation()), u -> Optional.of(u.explanation()))
                .orElse(null);
    }

    static @Nullable String provider(SendResult result) {
        return result.fold(a -> Optional.of(a.provider()), Rejected::provider, u -> Optional.of(u.provider()))
                .orElse(null);
    }

    static @Nullable String providerMessageId(SendResult result) {
        return result.<Optional<String>>fold(
                        Accepted::providerMessageId, r -> Optional.empty(), Unknown::providerMessageId)
                .orElse(null);
    }
}
