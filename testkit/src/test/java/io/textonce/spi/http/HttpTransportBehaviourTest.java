package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.spi.http.HttpOutcome.Kind;
import io.textonce.spi.http.HttpOutcome.NotTransmitted;
import io.textonce.spi.http.HttpOutcome.Reply;
import io.textonce.spi.http.HttpOutcome.Unanswered;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawBehaviour.Ending;
import io.textonce.testkit.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import javax.net.SocketFactory;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class HttpTransportBehaviourTest {
    private static final Duration PLENTY = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    void writesMethodTargetHeadersAndBodyExactly() {
        try (RawServer server = RawServer.start();
                HttpTransport transport = HttpTransport.builder().build()) {
            server.otherwise(RawBehaviour.reply(202, Map.of("Retry-After", "7"), "ok"));
            HttpOutcome posted = transport
                    .post(server.url("/v1?fixed=1"), Map.of("X-Key", "k"), "application/x-www-form-urlencoded")
                    .path("a/b", "c d")
                    .header("X-Call", "9")
                    .query(FormWriter.query().add("text", "1+1=2 & \u20ac"))
                    .call("To=%2B1".getBytes(StandardCharsets.US_ASCII), PLENTY);
            transport.get(server.url("/plain"), Map.of()).call(PLENTY);

            RawServer.Request post = server.awaitReceived(2).requests().get(0);
            assertThat(post.method()).isEqualTo("POST");
            assertThat(post.target()).isEqualTo("/v1/a%2Fb/c%20d?fixed=1&text=1%2B1%3D2%20%26%20%E2%82%AC");
            assertThat(post.text()).isEqualTo("To=%2B1");
            assertThat(post.headers())
                    .containsOnlyKeys(
                            "host",
                            "connection",
                            "accept-encoding",
                            "user-agent",
                            "x-key",
                            "x-call",
                            "content-type",
                            "content-length")
                    .containsEntry("host", List.of("127.0.0.1:" + server.port()))
                    .containsEntry("accept-encoding", List.of("identity"))
                    .containsEntry("content-type", List.of("application/x-www-form-urlencoded"))
                    .containsEntry("content-length", List.of("7"));
            RawServer.Request get = server.requests().get(1);
            assertThat(get.method() + " " + get.target()).isEqualTo("GET /plain");
            assertThat(get.connection()).as("the connection is reused").isEqualTo(post.connection());
            assertThat(posted).isInstanceOfSatisfying(Reply.class, reply -> {
                assertThat(reply.text()).isEqualTo("ok");
                assertThat(reply.isSuccessful()).isTrue();
                assertThat(reply.retryAfter(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)))
                        .hasValue(Duration.ofSeconds(7));
            });
        }
    }

    @Test
    void aSlowNameLookupPastTheDeadlineSendsNothing() {
        try (RawServer server = RawServer.start()) {
            CountDownLatch never = new CountDownLatch(1);
            OkHttpClient slowDns = new OkHttpClient.Builder()
                    .dns(host -> {
                        waitFor(never, 2 * SHORT.toMillis());
                        return server.addresses();
                    })
                    .build();
            try (HttpTransport transport = HttpTransport.builder()
                    .client(slowDns)
                    .connectTimeout(SHORT)
                    .build()) {
                HttpOutcome outcome = transport
                        .get("http://provider.example:" + server.port() + "/", Map.of())
                        .call(PLENTY);

                assertNotTransmitted(outcome, Kind.DNS, "provider.example:" + server.port());
            }
            assertThat(server.settle().received()).isZero();
        }
    }

    @Test
    void anAddressThatNeverConnectsEndsWithTheConnectDeadline() {
        OkHttpClient client = new OkHttpClient.Builder()
                .socketFactory(new HangingSockets(Integer.MAX_VALUE))
                .build();
        try (HttpTransport transport =
                HttpTransport.builder().client(client).connectTimeout(SHORT).build()) {
            HttpTarget target = transport.get("http://127.0.0.1:9/", Map.of());
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                HttpOutcome outcome = target.call(PLENTY);

                assertNotTransmitted(outcome, Kind.CONNECT, "127.0.0.1:9");
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, PLENTY.dividedBy(2));
            }
        }
    }

    @Test
    void aFirstAddressThatNeverConnectsDoesNotUseUpTheTimeOfTheSecond() {
        try (RawServer server = RawServer.builder().twoAddresses().start()) {
            OkHttpClient client = new OkHttpClient.Builder()
                    .dns(host -> server.addresses())
                    .socketFactory(new HangingSockets(1))
                    .build();
            try (HttpTransport transport =
                    HttpTransport.builder().client(client).build()) {
                HttpOutcome outcome = transport
                        .get("http://localhost:" + server.port() + "/", Map.of())
                        .call(PLENTY);

                assertThat(outcome).isInstanceOf(Reply.class);
            }
            assertThat(server.settle().received()).isEqualTo(1);
        }
    }

    @Test
    void anInterruptedThreadSendsNothingAndStaysInterrupted() {
        try (RawServer server = RawServer.start();
                HttpTransport transport = HttpTransport.builder().build()) {
            HttpTarget target = transport.get(server.url("/"), Map.of());
            Thread.currentThread().interrupt();
            HttpOutcome outcome = target.call(PLENTY);

            assertThat(Thread.interrupted()).isTrue();
            assertNotTransmitted(outcome, Kind.LOCAL, "interrupted");
            assertThat(settled(server, transport).received()).isZero();
        }
    }

    @Test
    void anInterruptAfterTheRequestBeganNeverLooksUnsent() throws Exception {
        CountDownLatch mayReply = new CountDownLatch(1);
        try (RawServer server = RawServer.start();
                HttpTransport transport = HttpTransport.builder().build()) {
            server.otherwise(RawBehaviour.answer(request -> {
                waitFor(mayReply, PLENTY.toMillis());
                return Fault.Wire.ACCEPTED;
            }));
            AtomicReference<HttpOutcome> outcome = new AtomicReference<>();
            AtomicReference<Boolean> stillInterrupted = new AtomicReference<>();
            HttpTarget target = transport.post(server.url("/"), Map.of(), "text/plain");
            Thread caller = new Thread(() -> {
                outcome.set(target.call(new byte[1], PLENTY));
                stillInterrupted.set(Thread.currentThread().isInterrupted());
            });
            caller.start();
            server.awaitReceived(1);
            caller.interrupt();
            mayReply.countDown();
            caller.join(PLENTY.toMillis());

            assertThat(outcome.get()).isNotNull().isNotInstanceOf(NotTransmitted.class);
            assertThat(stillInterrupted.get()).isTrue();
            assertThat(settled(server, transport).received()).isEqualTo(1);
        }
    }

    @Test
    void aProxyThatRefusesProvesThatNothingReachedTheServer() {
        for (int status : new int[] {403, 407, 502}) {
            try (RawServer proxy = RawServer.start()) {
                proxy.otherwise(RawBehaviour.reply(status, Map.of("Proxy-Authenticate", "Basic realm=\"p\""), "no"));
                try (HttpTransport transport = through(proxy)) {
                    HttpOutcome outcome = transport
                            .post("https://provider.example/secret", Map.of("Authorization", "secret"), "text/plain")
                            .call(new byte[3], PLENTY);

                    assertNotTransmitted(outcome, Kind.PROXY, "provider.example:443");
                }
                assertThat(proxy.settle().requests())
                        .isNotEmpty()
                        .allSatisfy(request -> assertThat(request.method()).isEqualTo("CONNECT"));
            }
        }
    }

    @Test
    void aProxyThatWantsCredentialsForAPlainRequestIsToldApartAndAskedOnce() {
        try (RawServer proxy = RawServer.start()) {
            proxy.otherwise(RawBehaviour.reply(407, Map.of("Proxy-Authenticate", "Basic realm=\"p\""), ""));
            try (HttpTransport transport = through(proxy)) {
                HttpOutcome outcome = transport
                        .post("http://provider.example/", Map.of(), "text/plain")
                        .call(new byte[3], PLENTY);

                assertNotTransmitted(outcome, Kind.PROXY, "407");
            }
            assertThat(proxy.settle().received()).isEqualTo(1);
        }
    }

    @Test
    void manyStalePooledConnectionsAreReplacedWithinOneCall() throws Exception {
        int pooled = 5;
        AtomicLong idle = new AtomicLong();
        CountDownLatch allHere = new CountDownLatch(pooled);
        try (RawServer server = RawServer.start();
                HttpTransport transport = HttpTransport.builder()
                        .idleClock(() -> System.nanoTime() + idle.get())
                        .build()) {
            HttpTarget target = transport.post(server.url("/"), Map.of(), "text/plain");
            server.otherwise(RawBehaviour.answer(request -> {
                allHere.countDown();
                waitFor(allHere, PLENTY.toMillis());
                return RawBehaviour.bytes(200, Map.of(), new byte[0]);
            }));
            ExecutorService callers = Executors.newFixedThreadPool(pooled);
            try {
                List<Future<HttpOutcome>> warm = new ArrayList<>();
                for (int i = 0; i < pooled; i++) {
                    warm.add(callers.submit(() -> target.call(new byte[1], PLENTY)));
                }
                for (Future<HttpOutcome> call : warm) {
                    assertThat(call.get()).isInstanceOf(Reply.class);
                }
            } finally {
                callers.shutdownNow();
            }
            assertThat(server.connections()).isEqualTo(pooled);
            server.endIdleConnections();
            idle.set(Gate.LOOK_AFTER_NANOS + 1);

            assertThat(target.call(new byte[1], PLENTY)).isInstanceOf(Reply.class);
            assertThat(settled(server, transport).received()).isEqualTo(pooled + 1);
        }
    }

    @Test
    void aYoungConnectionThatTheServerEndedIsDoubtNotProof() {
        try (RawServer server = RawServer.start();
                HttpTransport transport =
                        HttpTransport.builder().idleClock(() -> 0).build()) {
            HttpTarget target = transport.post(server.url("/"), Map.of(), "text/plain");
            server.next(RawBehaviour.replyThenEnd(Fault.Wire.ACCEPTED, Ending.FIN));
            assertThat(target.call(new byte[1], PLENTY)).isInstanceOf(Reply.class);
            server.awaitEnded(1);

            assertThat(target.call(new byte[1], PLENTY)).isInstanceOf(Unanswered.class);
            assertThat(settled(server, transport).received()).isEqualTo(1);
        }
    }

    @Test
    void readsACompressedReplyAndCountsWhatItGrowsTo() throws Exception {
        try (RawServer server = RawServer.start();
                HttpTransport transport =
                        HttpTransport.builder().maxReplyBytes(10_000).build()) {
            HttpTarget target = transport.get(server.url("/"), Map.of());
            server.next(RawBehaviour.raw(
                    RawBehaviour.bytes(200, Map.of("Content-Encoding", "gzip"), gzip(new byte[10_000]))));
            assertThat(target.call(PLENTY))
                    .isInstanceOfSatisfying(
                            Reply.class, reply -> assertThat(reply.body()).hasSize(10_000));

            server.next(RawBehaviour.raw(
                    RawBehaviour.bytes(200, Map.of("Content-Encoding", "gzip"), gzip(new byte[3_000_000]))));
            assertThat(target.call(PLENTY)).isInstanceOfSatisfying(Unanswered.class, doubt -> {
                assertThat(doubt.status()).hasValue(200);
                assertThat(doubt.explanation()).contains("larger than 10000 bytes");
            });
        }
    }

    @Test
    void noTextOfAnOutcomeShowsRequestOrReplyContent() {
        try (RawServer server = RawServer.start();
                HttpTransport transport = HttpTransport.builder().build()) {
            HttpTarget target =
                    transport.post(server.url("/secret?key=secret"), Map.of("Authorization", "secret"), "text/plain");
            byte[] body = "secret".getBytes(StandardCharsets.UTF_8);
            List<HttpOutcome> outcomes = new ArrayList<>();
            for (RawBehaviour behaviour : List.of(
                    RawBehaviour.raw("secret is not a status line\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                    RawBehaviour.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6secret\r\n"
                            .getBytes(StandardCharsets.US_ASCII)),
                    RawBehaviour.cutReply(RawBehaviour.bytes(200, Map.of("X", "secret"), body), 60, Ending.FIN),
                    RawBehaviour.drop(Ending.RST),
                    RawBehaviour.reply(200, "secret"))) {
                server.next(behaviour);
                outcomes.add(target.call(body, PLENTY));
            }
            server.refuse();
            transport.client().connectionPool().evictAll();
            outcomes.add(target.call(body, PLENTY));

            assertThat(outcomes).hasAtLeastOneElementOfType(Reply.class);
            assertThat(outcomes).hasAtLeastOneElementOfType(NotTransmitted.class);
            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(texts(outcome)).doesNotContain("secret"));
            assertThat(target.toString()).doesNotContain("secret");
        }
    }

    @Test
    void deadlinesThatFallAtAnyMomentNeverMixUpCallsOrSendOneTwice() throws Exception {
        long seed = 4711;
        int threads = 6;
        int callsEach = 300;
        Map<String, HttpOutcome> outcomes = new ConcurrentHashMap<>();
        try (RawServer server = RawServer.start();
                HttpTransport transport =
                        HttpTransport.builder().maxIdleConnections(2).build()) {
            transport.warmUp();
            server.otherwise(RawBehaviour.answer(request -> RawBehaviour.bytes(200, Map.of(), request.body())));
            HttpTarget target = transport.post(server.url("/"), Map.of(), "text/plain");
            ExecutorService callers = Executors.newFixedThreadPool(threads);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    int number = thread;
                    running.add(callers.submit(() -> {
                        Random random = new Random(seed + number);
                        for (int i = 0; i < callsEach; i++) {
                            String ref = number + "-" + i;
                            outcomes.put(
                                    ref,
                                    target.call(
                                            ref.getBytes(StandardCharsets.UTF_8),
                                            Duration.ofNanos(1_000_000 + random.nextInt(2_500_000))));
                        }
                    }));
                }
                for (Future<?> caller : running) {
                    caller.get();
                }
            } finally {
                callers.shutdownNow();
            }
            Map<String, Integer> received = new ConcurrentHashMap<>();
            settled(server, transport).requests().forEach(request -> received.merge(request.text(), 1, Integer::sum));

            assertThat(outcomes).hasSize(threads * callsEach);
            outcomes.forEach((ref, outcome) -> {
                int count = received.getOrDefault(ref, 0);
                assertThat(count).as("seed %d: %s %s", seed, ref, outcome).isLessThanOrEqualTo(1);
                if (outcome instanceof Reply reply) {
                    assertThat(reply.text()).isEqualTo(ref);
                    assertThat(count).isEqualTo(1);
                } else if (outcome instanceof NotTransmitted) {
                    assertThat(count).as("seed %d: %s %s", seed, ref, outcome).isZero();
                } else {
                    assertThat(((Unanswered) outcome).timedOut())
                            .as("seed %d: only deadlines end calls here: %s", seed, outcome)
                            .isTrue();
                }
            });
        }
    }

    private static void assertNotTransmitted(HttpOutcome outcome, Kind kind, String named) {
        assertThat(outcome).isInstanceOfSatisfying(NotTransmitted.class, unsent -> {
            assertThat(unsent.kind()).as("%s", unsent).isEqualTo(kind);
            assertThat(unsent.explanation()).contains(named).doesNotContain("secret");
        });
    }

    private static HttpTransport through(RawServer proxy) {
        return HttpTransport.builder()
                .client(new OkHttpClient.Builder()
                        .proxy(new Proxy(
                                Proxy.Type.HTTP,
                                new InetSocketAddress(proxy.addresses().get(0), proxy.port())))
                        .proxyAuthenticator(
                                (route, response) -> response.request().header("Proxy-Authorization") != null
                                        ? null
                                        : response.request()
                                                .newBuilder()
                                                .header("Proxy-Authorization", Credentials.basic("user", "secret"))
                                                .build())
                        .build())
                .build();
    }

    /** All that was sent is counted once the client has let go of its connections. */
    private static RawServer settled(RawServer server, HttpTransport transport) {
        transport.close();
        return server.settle();
    }

    private static String texts(HttpOutcome outcome) {
        StringWriter all = new StringWriter();
        PrintWriter writer = new PrintWriter(all);
        writer.println(outcome);
        outcome.fold(
                reply -> "",
                unsent -> {
                    writer.println(unsent.explanation());
                    unsent.cause().printStackTrace(writer);
                    return "";
                },
                doubt -> {
                    writer.println(doubt.explanation());
                    doubt.cause().printStackTrace(writer);
                    return "";
                });
        return all.toString();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    private static void waitFor(CountDownLatch latch, long millis) {
        try {
            boolean ignored = latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sockets whose first connects last until somebody closes them. */
    private static final class HangingSockets extends SocketFactory {
        private final AtomicLong left;

        HangingSockets(int hanging) {
            this.left = new AtomicLong(hanging);
        }

        @Override
        public Socket createSocket() {
            return left.getAndDecrement() > 0 ? new HangingSocket() : new Socket();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class HangingSocket extends Socket {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            waitFor(closed, PLENTY.toMillis());
            throw new SocketException("Socket closed");
        }

        @Override
        public void close() throws IOException {
            closed.countDown();
            super.close();
        }
    }
}
