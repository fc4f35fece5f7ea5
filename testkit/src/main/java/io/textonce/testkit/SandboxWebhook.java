package io.textonce.testkit;

import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.WebhookRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Builds webhook requests as the sandbox signs them, for tests of a host's endpoint without a sandbox that runs: reports
 * out of nowhere, forged and stale ones too.
 *
 * <pre>{@code
 * WebhookRequest stop = SandboxWebhook.to("/webhooks/sandbox").inbound("+12025550100", "+12025550199", "STOP")
 *         .sign("secret", clock.now());
 * }</pre>
 *
 * <p>Written from the format that {@link io.textonce.sandbox.SandboxProvider} documents, apart from its code. Not
 * thread-safe.
 */
public final class SandboxWebhook {

    private final String target;
    private final StringBuilder body = new StringBuilder();

    private SandboxWebhook(String target) {
        this.target = target;
    }

    /**
     * Starts a request.
     *
     * @param target path and query
     * @return a builder without events
     */
    public static SandboxWebhook to(String target) {
        return new SandboxWebhook(Objects.requireNonNull(target, "target"));
    }

    /**
     * Adds a delivery report with an event id of its own.
     *
     * @param messageId our id, or null
     * @param providerMessageId the provider's id, or null
     * @param status how far the message has come
     * @return this builder
     */
    public SandboxWebhook report(
            @Nullable MessageId messageId, @Nullable String providerMessageId, DeliveryStatus status) {
        return event(
                "type",
                "report",
                "event",
                newId(),
                "ref",
                messageId == null ? null : messageId.value(),
                "id",
                providerMessageId,
                "status",
                status.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Adds an inbound message with an event id of its own.
     *
     * @param from who texts
     * @param to which of the host's numbers
     * @param text what it says
     * @return this builder
     */
    public SandboxWebhook inbound(String from, String to, String text) {
        String id = newId();
        return event("type", "inbound", "event", id, "id", id, "from", from, "to", to, "text", text);
    }

    /**
     * Adds an event field by field.
     *
     * @param namesAndValues names and values in turn; a null value leaves the field out
     * @return this builder
     * @throws IllegalArgumentException if a name has no value
     */
    public SandboxWebhook event(@Nullable String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("event: the last name has no value; give names and values in turn");
        }
        String separator = "";
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null) {
                body.append(separator)
                        .append(namesAndValues[i])
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
                separator = "&";
            }
        }
        body.append('\n');
        return this;
    }

    /**
     * Builds the request, signed.
     *
     * @param secret the sandbox's first secret; another one makes a forgery
     * @param at when it is signed; more than five minutes from now makes it stale
     * @return the request
     */
    public WebhookRequest sign(String secret, Instant at) {
        String time = Long.toString(at.getEpochSecond());
        return request()
                .header("Sandbox-Signature", "t=" + time + ",v1=" + digest(secret, time))
                .build();
    }

    /**
     * Builds the request without a signature.
     *
     * @return the request
     */
    public WebhookRequest unsigned() {
        return request().build();
    }

    private WebhookRequest.Builder request() {
        return WebhookRequest.builder("POST", target).body(bytes());
    }

    private byte[] bytes() {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String digest(String secret, String time) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((time + "\nPOST\n" + target + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(bytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing, which every Java platform must have", e);
        }
    }

    private static String newId() {
        return "ev-" + UUID.randomUUID();
    }
}
