package io.textonce;

import java.util.Objects;

/**
 * What to answer a provider's webhook with.
 *
 * <pre>{@code
 * byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
 * if (!reply.contentType().isEmpty()) {
 *     exchange.getResponseHeaders().set("Content-Type", reply.contentType());
 * }
 * exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);   // the JDK's server
 * if (body.length > 0) {
 *     exchange.getResponseBody().write(body);
 * }
 * exchange.close();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param status the HTTP status
 * @param contentType the content type; empty for none
 * @param body the body as text, UTF-8; empty for none
 */
public record WebhookReply(int status, String contentType, String body) {

    /** Checks for nulls. */
    public WebhookReply {
        Objects.requireNonNull(contentType, "contentType");
        Objects.requireNonNull(body, "body");
    }

    /**
     * A reply without a body.
     *
     * @param status the HTTP status
     * @return the reply
     */
    public static WebhookReply of(int status) {
        return new WebhookReply(status, "", "");
    }
}
