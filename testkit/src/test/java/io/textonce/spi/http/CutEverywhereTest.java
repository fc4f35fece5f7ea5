package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawBehaviour.Ending;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cuts request and reply at every byte: never taken for unsent or whole when it was not, never sent twice. */
@Tag("once")
@Execution(ExecutionMode.CONCURRENT)
class CutEverywhereTest {
    private static final Duration PLENTY = Duration.ofSeconds(20);
    private static final byte[] BODY = "{\"id\":\"m1\"}".getBytes(StandardCharsets.UTF_8);

    record Way(boolean post, boolean reused, boolean tls, Ending ending) {}

    /** The end of each kind of reply is proven in another way, or not at all. */
    enum Framing {
        LENGTH(RawBehaviour.bytes(201, Map.of("Content-Type", "application/json"), BODY)),
        CHUNKS(RawBehaviour.bytes(
                201,
                Map.of("Transfer-Encoding", "chunked"),
                "5\r\n{\"id\"\r\n6;x=y\r\n:\"m1\"}\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8))),
        CLOSE(RawBehaviour.bytes(201, Map.of("Connection", "close"), BODY));

        private final byte[] reply;

        Framing(byte[] reply) {
            this.reply = reply;
        }

        int head() {
            return new String(reply, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        }
    }

    static Stream<Way> ways() {
        return Stream.of(Ending.values())
                .flatMap(ending -> Stream.of(
                        new Way(true, false, false, ending),
                        new Way(true, true, false, ending),
                        new Way(false, false, false, ending),
                        new Way(false, true, false, ending),
                        new Way(true, false, true, ending)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aRequestCutAtAnyByteIsUnansweredAndNeverSentAgain(Way way) {
        try (FaultCell.Rig rig = rig(way)) {
            rig.server.otherwise(RawBehaviour.raw(Fault.Wire.ACCEPTED));
            assertThat(rig.call(PLENTY)).isInstanceOf(HttpOutcome.Reply.class);
            int size = rig.server.awaitReceived(1).requests().get(0).size();
            int warm = 1;
            for (int offset = 0; offset < size; offset++) {
                if (way.reused() && offset > 0) {
                    assertThat(rig.call(PLENTY)).isInstanceOf(HttpOutcome.Reply.class);
                    warm++;
                } else {
                    rig.transport.client().connectionPool().evictAll();
                }
                rig.server.next(RawBehaviour.cutRequest(offset, way.ending()));
                HttpOutcome outcome = rig.call(PLENTY);
                assertThat(outcome)
                        .as("%s cut at %d of %d", way, offset, size)
                        .isInstanceOf(HttpOutcome.Unanswered.class);
            }
            assertThat(rig.receivedSinceInjected()).as("complete requests").isEqualTo(warm);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aReplyCutAtAnyByteIsNeverTakenForAWholeOne(Way way) {
        for (Framing framing : way.tls() ? List.of(Framing.LENGTH) : List.of(Framing.values())) {
            try (FaultCell.Rig rig = rig(way)) {
                rig.server.otherwise(RawBehaviour.raw(Fault.Wire.ACCEPTED));
                int calls = 0;
                for (int offset = 0; offset <= framing.reply.length; offset++) {
                    if (way.reused()) {
                        assertThat(rig.call(PLENTY)).isInstanceOf(HttpOutcome.Reply.class);
                        calls++;
                    }
                    rig.server.next(RawBehaviour.cutReply(framing.reply, offset, way.ending()));
                    HttpOutcome outcome = rig.call(PLENTY);
                    calls++;
                    assertThat(allowed(framing, offset, way.ending()))
                            .as("%s %s cut at %d of %d: %s", way, framing, offset, framing.reply.length, outcome)
                            .contains(describe(outcome));
                    // The next call must not meet the connection that this cut has left behind.
                    rig.transport.client().connectionPool().evictAll();
                }
                assertThat(rig.receivedSinceInjected()).as("complete requests").isEqualTo(calls);
            }
        }
    }

    private static List<String> allowed(Framing framing, int offset, Ending ending) {
        boolean all = offset == framing.reply.length;
        if (framing == Framing.CLOSE && offset >= framing.head()) {
            // Without a length a FIN is the end, and the outcome says that this proves nothing.
            return ending == Ending.FIN ? List.of("end not proven") : List.of("unanswered");
        }
        if (all) {
            // A reset may overtake what was sent before it; both are true then.
            return ending == Ending.FIN ? List.of("whole") : List.of("whole", "unanswered");
        }
        return List.of("unanswered");
    }

    private static String describe(HttpOutcome outcome) {
        return outcome.fold(
                reply -> reply.complete() ? "whole" : "end not proven",
                unsent -> "not transmitted",
                doubt -> "unanswered");
    }

    private static FaultCell.Rig rig(Way way) {
        FaultCell cell = new FaultCell(Fault.NONE, way.reused(), false, way.post(), way.tls());
        return new FaultCell.Rig(cell, Guards.ALL);
    }
}
