package io.textonce.spi.http;

import io.textonce.spi.http.HttpOutcome.Kind;
import io.textonce.spi.http.HttpOutcome.Phase;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawBehaviour.Ending;
import io.textonce.testkit.RawServer.Greeting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The rows of the fault matrix: what a server does, and what exactly must come of one call. */
enum Fault {
    NONE(RawBehaviour.reply(201, "{\"id\":\"m1\"}"), Expected.reply(201)),
    RST(RawBehaviour.drop(Ending.RST), Expected.unanswered(Phase.REPLY_HEAD)),
    FIN(RawBehaviour.drop(Ending.FIN), Expected.unanswered(Phase.REPLY_HEAD)),
    CLOSE_MID_REPLY(
            RawBehaviour.cutReply(Wire.ACCEPTED, Wire.ACCEPTED.length - 3, Ending.FIN),
            Expected.unanswered(Phase.REPLY_BODY)),
    RESET_MID_REPLY(
            RawBehaviour.cutReply(Wire.ACCEPTED, Wire.ACCEPTED.length - 3, Ending.RST),
            Expected.unanswered(Phase.REPLY_BODY)),
    READ_TIMEOUT(RawBehaviour.hang(), Expected.timedOut(Phase.REPLY_HEAD)),
    DRIBBLED_HEAD(RawBehaviour.dribble(Wire.ACCEPTED, 5, Wire.SLOW), Expected.timedOut(Phase.REPLY_HEAD)),
    DRIBBLED_BODY(
            RawBehaviour.dribble(Wire.LONG_REPLY, Wire.LONG_REPLY.length - 90, Wire.SLOW),
            Expected.timedOut(Phase.REPLY_BODY)),
    REQUEST_TIMEOUT_408(RawBehaviour.reply(408), Expected.reply(408)),
    TOO_MANY_REQUESTS_429(RawBehaviour.reply(429, Map.of("Retry-After", "7"), "slow down"), Expected.reply(429)),
    SERVER_ERROR_500(RawBehaviour.reply(500, "oops"), Expected.reply(500)),
    UNAVAILABLE_503_RETRY_AFTER_0(RawBehaviour.reply(503, Map.of("Retry-After", "0"), "busy"), Expected.reply(503)),
    REDIRECT_307(RawBehaviour.reply(307, Map.of("Location", "/sms"), ""), Expected.reply(307)),
    UNAUTHORIZED_401(
            RawBehaviour.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"sms\""), ""), Expected.reply(401)),
    OK_EMPTY(RawBehaviour.reply(200), Expected.reply(200)),
    OK_WITHOUT_ID(RawBehaviour.reply(200, "{}"), Expected.reply(200)),
    OK_TOO_LARGE(RawBehaviour.reply(200, "x".repeat(Wire.MAX_REPLY + 1)), Expected.unanswered(Phase.REPLY_BODY)),

    /** The server ends the pooled connection while it is idle, long before the call. */
    STALE_POOLED(RawBehaviour.reply(201, "{\"id\":\"m1\"}"), Expected.reply(201)),

    REFUSED(Before.REFUSED, Expected.notTransmitted(Kind.CONNECT)),
    /** Only where there are two addresses: the second one serves. */
    FIRST_ADDRESS_REFUSED(Before.FIRST_REFUSED, Expected.reply(201)),
    DNS_FAILURE(Before.DNS, Expected.notTransmitted(Kind.DNS)),
    TLS_RESET(Greeting.RESET, Expected.notTransmitted(Kind.TLS)),
    TLS_CLOSED(Greeting.FIN, Expected.notTransmitted(Kind.TLS)),
    TLS_GARBAGE(Greeting.GARBAGE, Expected.notTransmitted(Kind.TLS)),
    TLS_HUNG(Greeting.SILENT, Expected.notTransmitted(Kind.TLS)),
    CERTIFICATE(Greeting.UNTRUSTED_CERTIFICATE, Expected.notTransmitted(Kind.CERTIFICATE));

    /** What happens before a request can start. */
    enum Before {
        NOTHING,
        REFUSED,
        FIRST_REFUSED,
        DNS
    }

    /** The exact result of one call. */
    record Expected(
            Optional<Integer> status, Optional<Kind> kind, Optional<Phase> phase, boolean timedOut, int received) {
        static Expected reply(int status) {
            return new Expected(Optional.of(status), Optional.empty(), Optional.empty(), false, 1);
        }

        static Expected unanswered(Phase phase) {
            return new Expected(Optional.empty(), Optional.empty(), Optional.of(phase), false, 1);
        }

        static Expected timedOut(Phase phase) {
            return new Expected(Optional.empty(), Optional.empty(), Optional.of(phase), true, 1);
        }

        static Expected notTransmitted(Kind kind) {
            return new Expected(Optional.empty(), Optional.of(kind), Optional.empty(), false, 0);
        }
    }

    final RawBehaviour behaviour;
    final Before before;
    final Greeting greeting;
    final Expected expected;

    Fault(RawBehaviour behaviour, Expected expected) {
        this(behaviour, Before.NOTHING, Greeting.NORMAL, expected);
    }

    Fault(Before before, Expected expected) {
        this(RawBehaviour.raw(Wire.ACCEPTED), before, Greeting.NORMAL, expected);
    }

    Fault(Greeting greeting, Expected expected) {
        this(RawBehaviour.raw(Wire.ACCEPTED), Before.NOTHING, greeting, expected);
    }

    Fault(RawBehaviour behaviour, Before before, Greeting greeting, Expected expected) {
        this.behaviour = behaviour;
        this.before = before;
        this.greeting = greeting;
        this.expected = expected;
    }

    boolean happensBeforeTheRequest() {
        return before != Before.NOTHING || greeting != Greeting.NORMAL;
    }

    boolean needsTls() {
        return greeting != Greeting.NORMAL;
    }

    /** Short enough for a test, long enough for a loaded machine to get past the connect. */
    Duration timeout() {
        return expected.timedOut() ? Duration.ofMillis(500) : Duration.ofSeconds(20);
    }

    Duration connectTimeout() {
        return this == TLS_HUNG ? Duration.ofMillis(500) : Duration.ofSeconds(20);
    }

    /** Bytes on the wire. */
    static final class Wire {
        static final int MAX_REPLY = 4096;
        static final Duration SLOW = Duration.ofMillis(100);
        static final byte[] ACCEPTED =
                RawBehaviour.bytes(201, Map.of(), "{\"id\":\"m1\"}".getBytes(StandardCharsets.UTF_8));

        static final byte[] LONG_REPLY = RawBehaviour.bytes(201, Map.of(), new byte[90]);

        private Wire() {}
    }
}
