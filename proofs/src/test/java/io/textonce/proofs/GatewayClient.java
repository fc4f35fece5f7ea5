package io.textonce.proofs;

import io.textonce.DeliveryStatus;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** textonce-http-gateway on {@link Gateway}'s profile, and lookups by our reference, which profiles can't describe. */
final class GatewayClient implements SmsProvider {

    static final String HOOK_SECRET = "hook-secret-of-the-proofs";

    private static final String PROFILE = """
            {
              "id": "gateway",
              "displayName": "The proofs' gateway",
              "evidence": "Gateway.java",
              "send": {
                "method": "POST",
                "url": "{baseUrl}/send",
                "body": {
                  "kind": "FORM",
                  "fields": {"to": "{to}", "text": "{text}", "ref": "{ref}", "callback": "{callbackUrl}"}
                },
                "response": {
                  "format": "JSON",
                  "items": "",
                  "accepted": {"field": "/verdict", "in": ["ok"]},
                  "messageId": "/id",
                  "errors": [
                    {"when": {"status": 400}, "class": "INVALID_RECIPIENT"},
                    {"when": {"status": 429}, "class": "THROTTLED"}
                  ]
                },
                "callbackQuery": {"ref": "{ref}"}
              },
              "dlr": {
                "source": "FORM",
                "fields": {"messageId": "id", "status": "status", "ref": "?ref"},
                "statusMap": {"DELIVRD": "DELIVERED"}
              },
              "webhookAuth": [{"kind": "QUERY_SECRET", "param": "secret"}]
            }
            """;

    private final GatewayProvider provider;
    private final String url;

    private GatewayClient(GatewayProvider provider, String url) {
        this.provider = provider;
        this.url = url;
    }

    static GatewayClient on(int port, URI callback) {
        String url = "http://127.0.0.1:" + port;
        return new GatewayClient(
                GatewayProvider.builder(GatewayProfile.fromJson(PROFILE))
                        .baseUrl(url)
                        .allowInsecure()
                        .callback(callback)
                        .webhookSecrets(HOOK_SECRET)
                        .build(),
                url);
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public Capabilities capabilities() {
        return provider.capabilities();
    }

    @Override
    public SubmitReply submit(Submission submission) {
        return provider.submit(submission);
    }

    @Override
    public <R> Optional<R> role(Class<R> role) {
        StatusLookup lookup = this::find;
        return role.isInstance(lookup) ? Optional.of(role.cast(lookup)) : provider.role(role);
    }

    private StatusLookup.Answer find(StatusLookup.Query query) {
        try {
            HttpURLConnection call = (HttpURLConnection)
                    URI.create(url + "/find?ref=" + query.messageId()).toURL().openConnection();
            call.setReadTimeout(5_000);
            return switch (call.getResponseCode()) {
                case 200 ->
                    new StatusLookup.Found(
                            new String(call.getInputStream().readAllBytes(), StandardCharsets.US_ASCII),
                            DeliveryStatus.SENT,
                            1,
                            null);
                case 404 -> new StatusLookup.Absent();
                default -> new StatusLookup.Inconclusive("not now");
            };
        } catch (IOException e) {
            return new StatusLookup.Inconclusive("no answer");
        }
    }

    @Override
    public void close() {
        provider.close();
    }
}
