package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.spi.http.HttpOutcome.Reply;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import okhttp3.ConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pins what {@link ParkedCloser} relies on in OkHttp, and that nothing is lost while OkHttp's clean-up sleeps. */
@Timeout(30)
class ParkedCloserTest {
    private static final Duration PLENTY = Duration.ofSeconds(20);
    private static final Duration KEPT = Duration.ofMillis(200);

    @Test
    void steadyCallsPutOkHttpsCleanUpToSleepAndItLeavesNothingBehind() {
        try (RawServer server = RawServer.start()) {
            server.otherwise(RawBehaviour.reply(200, "ok"));
            HttpTransport transport = HttpTransport.builder().keepAlive(KEPT).build();
            try (transport) {
                callUntil(transport, server, transport::closerIsParked);
            }
            await(() -> !transport.closerIsParked());
            assertThat(transport.client().connectionPool().connectionCount()).isZero();
            server.settle();
        }
    }

    @Test
    void idleConnectionsEndWhileTheCleanUpSleepsAndItWakesWhenNoneIsLeft() {
        try (RawServer server = RawServer.start();
                HttpTransport transport =
                        HttpTransport.builder().keepAlive(KEPT).build()) {
            server.otherwise(RawBehaviour.reply(200, "ok"));
            callUntil(transport, server, transport::closerIsParked);

            server.settle();

            await(() -> !transport.closerIsParked());
            await(() -> transport.client().connectionPool().connectionCount() == 0);
            callUntil(transport, server, transport::closerIsParked);
        }
    }

    @Test
    void onlyOkHttpsCleanUpEverWaits() {
        try (RawServer server = RawServer.start();
                HttpTransport transport =
                        HttpTransport.builder().keepAlive(Duration.ofMinutes(1)).build()) {
            server.otherwise(RawBehaviour.reply(200, "ok"));
            ConnectionPool pool = transport.client().connectionPool();
            callUntil(transport, server, () -> pool.connectionCount() == 2);

            pool.evictAll();

            assertThat(pool.connectionCount()).isZero();
            assertThat(transport.closerIsParked()).isFalse();
        }
    }

    private static void callUntil(HttpTransport transport, RawServer server, BooleanSupplier reached) {
        HttpTarget target = transport.get(server.url("/"), Map.of());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!reached.getAsBoolean() && System.nanoTime() - end < 0) {
            assertThat(target.call(PLENTY)).isInstanceOf(Reply.class);
        }
        assertThat(reached.getAsBoolean()).isTrue();
    }

    private static void await(BooleanSupplier reached) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!reached.getAsBoolean() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        assertThat(reached.getAsBoolean()).isTrue();
    }
}
