package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.OkHttpClient;

/**
 * One cell of the fault matrix.
 *
 * @param reused true: the transport has a pooled connection when the call is made. Where the fault comes before the
 *     request, that connection is dead, so that a new one has to be made.
 */
record FaultCell(Fault fault, boolean reused, boolean twoAddresses, boolean post, boolean tls) {

    static List<FaultCell> all() {
        List<FaultCell> cells = new ArrayList<>();
        boolean[] either = {false, true};
        for (Fault fault : Fault.values()) {
            for (boolean reused : either) {
                for (boolean twoAddresses : either) {
                    for (boolean post : either) {
                        for (boolean tls : either) {
                            FaultCell cell = new FaultCell(fault, reused, twoAddresses, post, tls);
                            if (cell.exists()) {
                                cells.add(cell);
                            }
                        }
                    }
                }
            }
        }
        return cells;
    }

    private boolean exists() {
        return (tls || !fault.needsTls())
                && (reused || fault != Fault.STALE_POOLED)
                && (twoAddresses || fault != Fault.FIRST_ADDRESS_REFUSED);
    }

    /** Runs the cell and asserts outcome and number of received requests. */
    void check(Guards guards) {
        try (Rig rig = new Rig(this, guards)) {
            rig.inject();
            HttpOutcome outcome = rig.call();
            int received = rig.receivedSinceInjected();
            assertMatches(outcome);
            assertThat(received).as("requests received of %s", this).isEqualTo(fault.expected.received());
        }
    }

    /** Runs the cell and asserts the number of received requests only. */
    void checkReceived(Guards guards) {
        try (Rig rig = new Rig(this, guards)) {
            rig.inject();
            HttpOutcome outcome = rig.call();
            assertThat(rig.receivedSinceInjected())
                    .as("requests received of %s: %s", this, outcome)
                    .isEqualTo(fault.expected.received());
        }
    }

    void assertMatches(HttpOutcome outcome) {
        Fault.Expected expected = fault.expected;
        String seen = outcome.fold(
                reply -> "reply " + reply.status(),
                unsent -> "not transmitted " + unsent.kind(),
                doubtful -> "unanswered " + doubtful.phase() + (doubtful.timedOut() ? " timed out" : ""));
        String wanted = expected.status()
                .map(status -> "reply " + status)
                .or(() -> expected.kind().map(kind -> "not transmitted " + kind))
                .or(() -> expected.phase()
                        .map(phase -> "unanswered " + phase + (expected.timedOut() ? " timed out" : "")))
                .orElseThrow();
        assertThat(seen).as("outcome of %s: %s", this, outcome).isEqualTo(wanted);
    }

    /** The server and the transport of one cell. */
    static final class Rig implements AutoCloseable {
        private static final Duration PLENTY = Duration.ofSeconds(20);

        final RawServer server;
        final HttpTransport transport;
        final HttpTarget target;
        private final FaultCell cell;
        private final AtomicBoolean dnsFails = new AtomicBoolean();
        private final AtomicLong idle = new AtomicLong();
        private int receivedBefore;

        Rig(FaultCell cell, Guards guards) {
            this.cell = cell;
            RawServer.Builder builder = RawServer.builder();
            if (cell.tls) {
                builder.tls();
            }
            if (cell.twoAddresses) {
                builder.twoAddresses();
            }
            this.server = builder.start();
            OkHttpClient way = new OkHttpClient.Builder()
                    .dns(host -> resolve())
                    .sslSocketFactory(RawServer.clientSockets(), RawServer.trustManager())
                    .build();
            this.transport = HttpTransport.builder()
                    .client(way)
                    .connectTimeout(cell.fault.connectTimeout())
                    .maxReplyBytes(Fault.Wire.MAX_REPLY)
                    .guards(guards)
                    .idleClock(() -> System.nanoTime() + idle.get())
                    .build();
            String url = (cell.tls ? "https" : "http") + "://localhost:" + server.port() + "/sms";
            this.target = cell.post
                    ? transport.post(url, Map.of("Authorization", "Basic c2VjcmV0"), "text/plain")
                    : transport.get(url + "?text=hello", Map.of("Authorization", "Basic c2VjcmV0"));
        }

        /** Brings the pool into the state that the cell asks for, and the fault onto the server. */
        void inject() {
            if (cell.reused) {
                boolean dead = cell.fault == Fault.STALE_POOLED || cell.fault.happensBeforeTheRequest();
                server.next(
                        dead
                                ? RawBehaviour.replyThenEnd(Fault.Wire.ACCEPTED, RawBehaviour.Ending.FIN)
                                : RawBehaviour.raw(Fault.Wire.ACCEPTED));
                assertThat(call(PLENTY)).isInstanceOf(HttpOutcome.Reply.class);
                if (dead) {
                    server.awaitEnded(1);
                    idle.set(Gate.LOOK_AFTER_NANOS + 1);
                }
            }
            receivedBefore = server.received();
            server.otherwise(cell.fault.behaviour).greet(cell.fault.greeting);
            switch (cell.fault.before) {
                case REFUSED -> server.refuse();
                case FIRST_REFUSED -> server.refuse(0);
                case DNS -> dnsFails.set(true);
                default -> {
                    // The fault is in the greeting or the behaviour.
                }
            }
        }

        HttpOutcome call() {
            return call(cell.fault.timeout());
        }

        HttpOutcome call(Duration timeout) {
            return cell.post
                    ? target.call("text=hello".getBytes(java.nio.charset.StandardCharsets.UTF_8), timeout)
                    : target.call(timeout);
        }

        int receivedSinceInjected() {
            transport.close();
            return server.settle().received() - receivedBefore;
        }

        private List<InetAddress> resolve() throws UnknownHostException {
            if (dnsFails.get()) {
                throw new UnknownHostException("localhost");
            }
            return server.addresses();
        }

        @Override
        public void close() {
            transport.close();
            server.close();
        }
    }
}
