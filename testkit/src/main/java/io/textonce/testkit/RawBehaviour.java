package io.textonce.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a {@link RawServer} does with one request.
 *
 * <pre>{@code
 * server.next(RawBehaviour.reply(503, Map.of("Retry-After", "0"), "busy"), RawBehaviour.reset());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class RawBehaviour {
    private static final int WHOLE_REQUEST = -1;

    private final String name;
    private final int requestBytes;
    private final Step step;

    private RawBehaviour(String name, int requestBytes, Step step) {
        this.name = name;
        this.requestBytes = requestBytes;
        this.step = step;
    }

    /** How a connection ends. */
    public enum Ending {
        /** An orderly end of stream. */
        FIN,
        /** A reset. */
        RST
    }

    /**
     * Replies without a body, apart from {@code Content-Length: 0}, and keeps the connection.
     *
     * @param status the status code
     * @return the behaviour
     */
    public static RawBehaviour reply(int status) {
        return reply(status, Map.of(), "");
    }

    /**
     * Replies and keeps the connection.
     *
     * @param status the status code
     * @param body the body in plain text, sent as UTF-8 with its length
     * @return the behaviour
     */
    public static RawBehaviour reply(int status, String body) {
        return reply(status, Map.of(), body);
    }

    /**
     * Replies and keeps the connection.
     *
     * @param status the status code
     * @param headers headers; {@code Content-Length} is added unless a length or a transfer coding is given
     * @param body the body in plain text, sent as UTF-8
     * @return the behaviour
     */
    public static RawBehaviour reply(int status, Map<String, String> headers, String body) {
        return raw(bytes(status, headers, body.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Replies with these very bytes and keeps the connection.
     *
     * @param reply status line, headers, empty line and body as they go on the wire
     * @return the behaviour
     */
    public static RawBehaviour raw(byte[] reply) {
        byte[] copy = reply.clone();
        return new RawBehaviour("reply", WHOLE_REQUEST, peer -> {
            peer.write(copy, copy.length);
            return true;
        });
    }

    /**
     * Replies with what a function makes of the request, and keeps the connection.
     *
     * @param answer called on the connection's thread; returns the reply's bytes, see {@link #bytes}
     * @return the behaviour
     */
    public static RawBehaviour answer(Function<RawServer.Request, byte[]> answer) {
        Objects.requireNonNull(answer, "answer");
        return new RawBehaviour("answer", WHOLE_REQUEST, peer -> {
            byte[] reply = answer.apply(peer.request());
            peer.write(reply, reply.length);
            return true;
        });
    }

    /**
     * Reads the whole request and ends the connection without a reply.
     *
     * @param ending how
     * @return the behaviour
     */
    public static RawBehaviour drop(Ending ending) {
        Objects.requireNonNull(ending, "ending");
        return new RawBehaviour("drop " + ending, WHOLE_REQUEST, peer -> {
            peer.end(ending);
            return false;
        });
    }

    /**
     * Ends the connection once so many bytes of the request have come; the request is never recorded.
     *
     * @param offset bytes read before the end, from 0; the request must be longer
     * @param ending how
     * @return the behaviour
     */
    public static RawBehaviour cutRequest(int offset, Ending ending) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is " + offset + "; allowed are 0 and more.");
        }
        return new RawBehaviour("cut request at " + offset + " by " + ending, offset, peer -> {
            peer.end(ending);
            return false;
        });
    }

    /**
     * Reads the whole request, sends part of a reply and ends the connection.
     *
     * @param reply the reply's bytes, see {@link #bytes}
     * @param offset bytes of the reply sent, from 0; more than it has means all
     * @param ending how
     * @return the behaviour
     */
    public static RawBehaviour cutReply(byte[] reply, int offset, Ending ending) {
        byte[] copy = reply.clone();
        int length = Math.min(offset, copy.length);
        return new RawBehaviour("cut reply at " + length + " by " + ending, WHOLE_REQUEST, peer -> {
            peer.write(copy, length);
            peer.end(ending);
            return false;
        });
    }

    /**
     * Sends a whole reply that promises to keep the connection, and ends it at once: the next use of the pooled
     * connection meets a stale one. {@link RawServer#awaitEnded} tells when that has happened.
     *
     * @param reply the reply's bytes
     * @param ending how
     * @return the behaviour
     */
    public static RawBehaviour replyThenEnd(byte[] reply, Ending ending) {
        return cutReply(reply, reply.length, ending);
    }

    /**
     * Reads the whole request and says nothing until the peer gives up.
     *
     * @return the behaviour
     */
    public static RawBehaviour hang() {
        return new RawBehaviour("hang", WHOLE_REQUEST, peer -> {
            peer.drain();
            return false;
        });
    }

    /**
     * Sends the start of a reply at once and the rest byte by byte.
     *
     * @param reply the reply's bytes
     * @param atOnce bytes sent at once, from 0
     * @param interval the pause before each further byte
     * @return the behaviour
     */
    public static RawBehaviour dribble(byte[] reply, int atOnce, Duration interval) {
        byte[] copy = reply.clone();
        return new RawBehaviour("dribble", WHOLE_REQUEST, peer -> {
            peer.write(copy, atOnce);
            for (int i = atOnce; i < copy.length; i++) {
                if (!peer.pause(interval)) {
                    return false;
                }
                peer.write(new byte[] {copy[i]}, 1);
            }
            return true;
        });
    }

    /**
     * A reply as it goes on the wire.
     *
     * @param status the status code
     * @param headers headers; {@code Content-Length} is added unless a length or a transfer coding is given
     * @param body the body
     * @return status line, headers, empty line and body
     */
    public static byte[] bytes(int status, Map<String, String> headers, byte[] body) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        boolean framed = all.keySet().stream()
                .anyMatch(name -> name.equalsIgnoreCase("Content-Length")
                        || name.equalsIgnoreCase("Transfer-Encoding")
                        || name.equalsIgnoreCase("Connection"));
        if (!framed) {
            all.put("Content-Length", Integer.toString(body.length));
        }
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
        all.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }

    /** What it does, for a failed test. */
    @Override
    public String toString() {
        return name;
    }

    boolean readsWholeRequest() {
        return requestBytes == WHOLE_REQUEST;
    }

    int requestBytes() {
        return requestBytes;
    }

    boolean run(RawConnection peer) throws IOException {
        return step.run(peer);
    }

    /** One act on a connection; false when the connection is done. */
    private interface Step {
        boolean run(RawConnection peer) throws IOException;
    }
}
