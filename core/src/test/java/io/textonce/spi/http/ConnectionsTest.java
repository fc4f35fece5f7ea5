package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Connection;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Route;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final long KEPT = 1_000;

    private final AtomicLong now = new AtomicLong();
    private final Connections connections = new Connections(now::get, KEPT, 2);

    @Test
    void aConnectionThatIsBeingEndedIsRefusedAtEveryMoment() {
        long[] whileClosing = {0};
        Fake fake = new Fake() {
            @Override
            void closing() {
                whileClosing[0] = connections.of(this).take(exchange());
            }
        };
        connections.of(fake);
        now.set(KEPT + 1);
        connections.tidy(1);

        assertThat(fake.socket().isClosed()).isTrue();
        assertThat(whileClosing[0]).isNegative();
        assertThat(connections.isEmpty()).isTrue();
        assertThat(connections.of(fake).take(exchange()))
                .as("forgotten, then handed to a call by OkHttp")
                .isNegative();
    }

    @Test
    void aConnectionInUseIsNeverEnded() {
        Fake fake = new Fake();
        Exchange first = exchange();
        Exchange second = exchange();
        assertThat(connections.of(fake).take(first)).isZero();
        now.set(10 * KEPT);
        connections.tidy(1);
        assertThat(fake.socket().isClosed()).isFalse();

        assertThat(connections.of(fake).take(second))
                .as("handed on before the first let go")
                .isZero();
        connections.of(fake).release(first);
        now.set(20 * KEPT);
        connections.endIdle();
        assertThat(fake.socket().isClosed()).isFalse();

        connections.of(fake).release(second);
        connections.endIdle();
        assertThat(fake.socket().isClosed()).isTrue();
    }

    @Test
    void aConnectionIdleForTooLongIsRefusedEvenBeforeItIsEnded() {
        Fake fake = new Fake();
        connections.of(fake);
        now.set(KEPT);
        assertThat(connections.of(fake).take(exchange())).isEqualTo(KEPT);
        Fake older = new Fake();
        connections.of(older);
        now.addAndGet(KEPT + 1);
        assertThat(connections.of(older).take(exchange())).isNegative();
    }

    @Test
    void ofTooManyIdleOnesTheOldestEnd() {
        Fake[] fakes = new Fake[4];
        for (int i = 0; i < fakes.length; i++) {
            now.set(i);
            fakes[i] = new Fake();
            connections.of(fakes[i]);
        }
        connections.tidy(1);
        assertThat(fakes).extracting(fake -> fake.socket().isClosed()).containsExactly(true, true, false, false);
    }

    private Exchange exchange() {
        return new Exchange(connections, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private static class Fake implements Connection {
        private final Socket socket = new Socket() {
            @Override
            public synchronized void close() throws java.io.IOException {
                closing();
                super.close();
            }
        };

        void closing() {
            // Most don't look.
        }

        @Override
        public Route route() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket socket() {
            return socket;
        }

        @Override
        public Handshake handshake() {
            return null;
        }

        @Override
        public Protocol protocol() {
            return Protocol.HTTP_1_1;
        }
    }
}
