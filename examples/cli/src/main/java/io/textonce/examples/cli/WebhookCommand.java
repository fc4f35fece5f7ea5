package io.textonce.examples.cli;

import io.textonce.Origin;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.WebhookParser;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(
        name = "webhook",
        description = "Says whether a webhook request is genuine and what it tells. The raw body is read from standard "
                + "input.")
final class WebhookCommand extends Command {

    private static final String FORM = "application/x-www-form-urlencoded";

    @Option(names = "--provider", required = true, paramLabel = "P", description = Gateway.HELP)
    String provider = "";

    @Option(
            names = "--url",
            required = true,
            paramLabel = "U",
            description = "The URL that the provider called, query included, exactly as it was configured there.")
    String url = "";

    @Option(
            names = "--secret",
            paramLabel = "S",
            description = "What signs the webhooks, such as Twilio's auth token. Repeatable while it is rotated. "
                    + "Default: the provider's environment variable, which other users of the machine can't see.")
    List<String> secrets = new ArrayList<>();

    @Option(names = "--header", paramLabel = "\"NAME: VALUE\"", description = "A header of the request. Repeatable.")
    List<String> headers = new ArrayList<>();

    @Option(
            names = "--method",
            paramLabel = "M",
            defaultValue = "POST",
            description = "The request's method. Default: ${DEFAULT-VALUE}.")
    String method = "POST";

    WebhookCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws IOException {
        WebhookRequest.Builder request = request();
        try (SmsProvider opened = verifier()) {
            WebhookParser parser = opened.role(WebhookParser.class)
                    .orElseThrow(() -> usage("--provider: " + provider + " has no webhooks"));
            byte[] body = shell.in().readNBytes(parser.maxBodyBytes() + 1);
            Origin origin = new Origin(TenantId.DEFAULT, provider, "command-line", Instant.now());
            ParsedWebhook parsed = parser.parse(request.body(body).build(), origin);
            int status = parsed.refusal()
                    .map(ParsedWebhook.Refusal::status)
                    .orElse(parser.acknowledgement().status());
            @Nullable
            String explanation = parsed.refusal()
                    .map(refusal -> explained(refusal, request, parser, origin))
                    .orElse(null);
            answer(parsed, explanation, status);
            return parsed.refusal().isPresent() ? ExitCode.REJECTED : ExitCode.OK;
        }
    }

    private WebhookRequest.Builder request() {
        if (!url.startsWith("https://") && !url.startsWith("http://")) {
            throw usage("--url: \"" + url + "\" is no URL; give the whole of it, https:// included");
        }
        WebhookRequest.Builder request = WebhookRequest.builder(method, url);
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw usage("--header: \"" + header + "\" has no name; write it as \"Name: value\"");
            }
            request.header(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
        return request;
    }

    private SmsProvider verifier() {
        try {
            Gateway gateway = Route.gateway("--provider", provider);
            String variable = gateway.secretVariable();
            String kept = variable == null ? null : shell.environment().get(variable);
            if (secrets.isEmpty() && kept == null) {
                throw usage("--secret: missing; give what " + provider + " signs with"
                        + (variable == null ? "" : ", or set " + variable));
            }
            return gateway.verifier(secrets.isEmpty() && kept != null ? List.of(kept) : secrets);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** A server always hands over the type of a body, but who types a command may not know that it matters. */
    private static String explained(
            ParsedWebhook.Refusal refusal, WebhookRequest.Builder request, WebhookParser parser, Origin origin) {
        if (request.build().header("Content-Type").isPresent()) {
            return refusal.explanation();
        }
        ParsedWebhook asForm = parser.parse(request.header("Content-Type", FORM).build(), origin);
        boolean matters = !asForm.refusal().equals(Optional.of(refusal));
        return refusal.explanation() + (matters ? " Add --header \"Content-Type: " + FORM + "\"." : "");
    }

    private void answer(ParsedWebhook parsed, @Nullable String explanation, int status) throws IOException {
        if (json) {
            shell.print(out -> {
                out.writeStringField("verdict", explanation == null ? "verified" : "refused");
                out.writeNumberField("status", status);
                JsonLines.field(out, "explanation", explanation);
                out.writeArrayFieldStart("events");
                for (SmsEvent event : parsed.events()) {
                    out.writeStartObject();
                    Events.write(event, out);
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        shell.lines()
                .println(explanation == null ? "verified" : "refused, answer it with " + status + ": " + explanation);
        for (SmsEvent event : parsed.events()) {
            shell.lines().println(Events.line(event));
        }
    }
}
