package io.textonce.sns;

import io.textonce.spi.SelfCheck;
import io.textonce.spi.http.FormWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says what is right and wrong with the options, and makes one free call to try credentials and account. */
final class SnsCheck implements SelfCheck {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final Settings settings;
    private final String credentials;
    private final Endpoint endpoint;

    SnsCheck(Settings settings, String credentials, Function<String, Endpoint> endpoints) {
        this.settings = settings;
        this.credentials = credentials;
        this.endpoint = endpoints.apply("DescribeSpendLimits");
    }

    @Override
    public List<Finding> check() {
        List<Finding> findings = new ArrayList<>();
        findings.add(ok("region", settings.region().name()));
        findings.add(ok("credentials", credentials));
        findings.add(settings.from()
                .map(sender -> ok("from", sender.toString()))
                .orElseGet(() -> ok("from", "not set: AWS picks one of the account's senders")));
        findings.add(webhooks());
        try {
            findings.add(settings.flavour() == Flavour.PUBLISH ? sandbox() : limit());
        } catch (IOException failed) {
            findings.add(warning(
                    "account", OptOuts.explain(failed), "check credentials, their IAM policy, region and network"));
        }
        return findings;
    }

    private Finding webhooks() {
        if (!settings.hasWebhooks()) {
            return warning(
                    "webhooks",
                    "neither topics nor forwardSecrets are set: no delivery report comes",
                    "set the ARN of the topic that events go to");
        }
        if (!settings.topics().isEmpty() && !settings.requireSha256()) {
            return warning(
                    "webhooks",
                    settings.topics().size() + " topic(s); signatures with SHA-1 are believed too",
                    "set SignatureVersion 2 on the topics, then requireSha256");
        }
        return ok(
                "webhooks",
                settings.topics().size() + " topic(s), "
                        + settings.forwardSecrets().size() + " forwarder's secret(s) (hidden)");
    }

    private Finding sandbox() throws IOException {
        byte[] reply = Query.call(
                endpoint,
                Flavour.PUBLISH,
                FormWriter.body()
                        .add("Action", "GetSMSSandboxAccountStatus")
                        .add("Version", Query.VERSION)
                        .toByteArray(),
                TIMEOUT);
        String word =
                Query.text(reply, "/GetSMSSandboxAccountStatusResponse/GetSMSSandboxAccountStatusResult/IsInSandbox");
        return switch (word) {
            case "true" ->
                warning(
                        "account",
                        "AWS accepts the credentials; the account is in the SMS sandbox, which sends to verified numbers"
                                + " only",
                        "verify numbers, or ask AWS to move the account out of the sandbox");
            case "false" -> ok("account", "AWS accepts the credentials; the account isn't in the SMS sandbox");
            default -> throw new IOException("AWS's answer doesn't say whether the account is in the SMS sandbox");
        };
    }

    private Finding limit() throws IOException {
        Map<String, @Nullable Object> reply =
                Json.object(Query.call(endpoint, Flavour.END_USER_MESSAGING, Json.write(json -> {}), TIMEOUT));
        for (Object each : Json.asList(reply.get("SpendLimits"))) {
            Map<String, @Nullable Object> limit = Json.asObject(each);
            BigDecimal dollars = Json.number(limit, "EnforcedLimit");
            if (Json.text(limit, "Name").equals("TEXT_MESSAGE_MONTHLY_SPEND_LIMIT") && dollars != null) {
                return ok(
                        "account",
                        "AWS accepts the credentials; texts may cost " + dollars.toPlainString() + " USD a month");
            }
        }
        return ok("account", "AWS accepts the credentials");
    }

    private static Finding ok(String subject, String detail) {
        return new Finding(Level.OK, subject, detail, "");
    }

    private static Finding warning(String subject, String detail, String remedy) {
        return new Finding(Level.WARNING, subject, detail, remedy);
    }
}
