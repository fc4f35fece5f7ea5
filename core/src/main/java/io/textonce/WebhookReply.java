package io.textonce;

import java.util.Objects;

/**
 * What to answer a provider's webhook with.
 *
 * <pre>{@code
 * exchange.getResponseHeaders().set("Content-Type", reply.contentType());
 * exchange.sendResponseHeaders(reply.status(), reply.body().length());
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
