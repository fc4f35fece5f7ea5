package io.textonce.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * A provider's reply to one request, for fixtures.
 *
 * <pre>{@code
 * new ScriptedReply(201, Map.of("Content-Type", "application/json"), "{\"sid\":\"SM...\"}");
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param status the HTTP status
 * @param headers the headers, without a length
 * @param body the body
 */
public record ScriptedReply(int status, Map<String, String> headers, String body) {

    /** Copies the headers. */
    public ScriptedReply {
        headers = Map.copyOf(headers);
        Objects.requireNonNull(body, "body");
    }

    /**
     * A JSON reply.
     *
     * @param status the HTTP status
     * @param body the body
     * @return the reply
     */
    public static ScriptedReply json(int status, String body) {
        return new ScriptedReply(status, Map.of("Content-Type", "application/json"), body);
    }

    /**
     * A plain text reply.
     *
     * @param status the HTTP status
     * @param body the body
     * @return the reply
     */
    public static ScriptedReply text(int status, String body) {
        return new ScriptedReply(status, Map.of("Content-Type", "text/plain"), body);
    }

    /**
     * The same reply with another body.
     *
     * @param other the body
     * @return a copy
     */
    public ScriptedReply withBody(String other) {
        return new ScriptedReply(status, headers, other);
    }

    /**
     * The same reply with another status.
     *
     * @param other the status
     * @return a copy
     */
    public ScriptedReply withStatus(int other) {
        return new ScriptedReply(other, headers, body);
    }

    RawBehaviour behaviour() {
        return RawBehaviour.reply(status, headers, body);
    }

    byte[] bytes() {
        return RawBehaviour.bytes(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }
}
