package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTransport;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SnsCertificate;
import io.textonce.testkit.VirtualClock;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CertificatesTest {

    private static final String PEM = Fixtures.CERTIFICATE.pem();
    private static final PublicKey KEY = Fixtures.CERTIFICATE.x509().getPublicKey();

    private RawServer server;
    private HttpTransport transport;
    private VirtualClock clock;
    private Certificates certificates;

    @BeforeEach
    void start() {
        server = RawServer.start();
        transport = HttpTransport.builder().build();
        clock = new VirtualClock(Fixtures.NOW);
        certificates = new Certificates(fetch(), Map.of(), clock);
    }

    @AfterEach
    void stop() {
        transport.close();
        server.close();
    }

    private Function<String, HttpOutcome> fetch() {
        return url -> transport
                .get(server.url("/" + url), Map.of())
                .maxReplyBytes(64 * 1024)
                .call(Duration.ofSeconds(5));
    }

    @Test
    void fetchesOnceForSixtyFourWhoAskAtTheSameTime() throws Exception {
        CountDownLatch allAsked = new CountDownLatch(64);
        CountDownLatch answer = new CountDownLatch(1);
        server.next(RawBehaviour.answer(request -> {
                    awaitQuietly(answer);
                    return RawBehaviour.bytes(200, Map.of(), PEM.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                }))
                .otherwise(RawBehaviour.reply(500));
        ExecutorService pool = Executors.newFixedThreadPool(64);
        try {
            List<CompletableFuture<SigningCertificate>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                all.add(CompletableFuture.supplyAsync(
                        () -> {
                            allAsked.countDown();
                            return get("a.pem");
                        },
                        pool));
            }
            assertThat(allAsked.await(10, TimeUnit.SECONDS)).isTrue();
            answer.countDown();
            for (CompletableFuture<SigningCertificate> each : all) {
                assertThat(each.get(10, TimeUnit.SECONDS).key()).isEqualTo(KEY);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(server.received()).isEqualTo(1);
        get("a.pem");
        assertThat(server.received()).isEqualTo(1);
    }

    @Test
    void remembersAFailureForAMinute() {
        server.next(RawBehaviour.reply(404)).otherwise(RawBehaviour.reply(200, PEM));
        assertUnavailable("a.pem", false);
        assertUnavailable("a.pem", false);
        assertThat(server.received()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(61));
        assertThat(get("a.pem").key()).isEqualTo(KEY);
        assertThat(server.received()).isEqualTo(2);
    }

    @Test
    void nobodyWaitsForAFetchThatBroke() {
        Certificates broken = new Certificates(
                url -> {
                    throw new StackOverflowError();
                },
                Map.of(),
                clock);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> broken.get("a.pem")).isInstanceOf(Certificates.UnavailableException.class);
            clock.advance(Duration.ofSeconds(20));
        }
    }

    /** SNS's default policy: three retries, 20 s apart. One reset must not cost a message. */
    @Test
    void triesAgainWhenSnsDoesAfterAFailureThatPasses() {
        server.next(RawBehaviour.reply(503), RawBehaviour.drop(RawBehaviour.Ending.RST))
                .otherwise(RawBehaviour.reply(200, PEM));
        assertUnavailable("a.pem", true);
        assertUnavailable("a.pem", true);
        assertThat(server.received()).as("not asked twice at once").isEqualTo(1);
        clock.advance(Duration.ofSeconds(20));
        assertUnavailable("a.pem", true);
        clock.advance(Duration.ofSeconds(20));
        assertThat(get("a.pem").key()).isEqualTo(KEY);
    }

    @Test
    void fetchesNoMoreThanTwentyInAMinuteWhateverAddressesAreMadeUp() {
        server.otherwise(RawBehaviour.reply(404));
        for (int i = 0; i < 500; i++) {
            String madeUp = i + ".pem";
            assertThatThrownBy(() -> certificates.get(madeUp)).isInstanceOf(Certificates.UnavailableException.class);
        }
        assertThat(server.received()).isEqualTo(Certificates.MOST_FETCHES);
        assertUnavailable("one-more.pem", true);
        clock.advance(Duration.ofSeconds(61));
        server.otherwise(RawBehaviour.reply(200, PEM));
        assertThat(get("genuine.pem")).isNotNull();
    }

    @Test
    void keepsGoodCertificatesWhileAddressesAreMadeUp() {
        server.next(RawBehaviour.reply(200, PEM)).otherwise(RawBehaviour.reply(404));
        get("genuine.pem");
        for (int i = 0; i < 500; i++) {
            clock.advance(Duration.ofSeconds(10));
            String madeUp = i + ".pem";
            assertThatThrownBy(() -> certificates.get(madeUp)).isInstanceOf(Certificates.UnavailableException.class);
        }
        int before = server.received();
        get("genuine.pem");
        assertThat(server.received()).isEqualTo(before);
    }

    @Test
    void keepsAsManyAsAreInUseAndNoMore() {
        server.otherwise(RawBehaviour.reply(200, PEM));
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(10));
            get(i + ".pem");
        }
        assertThat(server.received()).isEqualTo(100);
        get("99.pem");
        assertThat(server.received()).isEqualTo(100);
        clock.advance(Duration.ofSeconds(61));
        get("0.pem");
        assertThat(server.received()).isEqualTo(101);
    }

    @Test
    void followsNoRedirectAndTakesNothingButOneCertificate() throws Exception {
        List<RawBehaviour> wrong = List.of(
                RawBehaviour.reply(302, Map.of("Location", server.url("/good.pem")), PEM),
                RawBehaviour.reply(201, PEM),
                RawBehaviour.reply(200, ""),
                RawBehaviour.reply(200, "<html>"),
                RawBehaviour.reply(200, PEM + PEM),
                RawBehaviour.reply(200, "x" + PEM),
                RawBehaviour.reply(200, PEM + "x"),
                RawBehaviour.reply(200, PEM.substring(0, PEM.length() / 2)),
                RawBehaviour.reply(200, PEM.replaceFirst("MII", "AAA")));
        for (int i = 0; i < wrong.size(); i++) {
            clock.advance(Duration.ofMinutes(2));
            server.next(wrong.get(i)).otherwise(RawBehaviour.reply(200, PEM));
            assertUnavailable("wrong" + i + ".pem", false);
            assertThat(server.received()).as("requests").isEqualTo(i + 1);
        }
    }

    @Test
    void asksAgainLaterForWhatFailedInPassing() {
        List<RawBehaviour> passing = List.of(
                RawBehaviour.reply(503),
                RawBehaviour.reply(200, PEM + " ".repeat(70_000)),
                RawBehaviour.drop(RawBehaviour.Ending.RST));
        for (int i = 0; i < passing.size(); i++) {
            clock.advance(Duration.ofMinutes(2));
            server.next(passing.get(i));
            assertUnavailable("passing" + i + ".pem", true);
        }
    }

    @Test
    void neverFetchesWhatWasGiven() throws Exception {
        SnsCertificate given = Fixtures.NEW_CERTIFICATE;
        Certificates closed = new Certificates(
                url -> {
                    throw new AssertionError("fetched");
                },
                Map.of("given.pem", new SigningCertificate(given.x509())),
                clock);
        assertThat(closed.get("given.pem").key()).isEqualTo(given.x509().getPublicKey());
    }

    private SigningCertificate get(String url) {
        try {
            return certificates.get(url);
        } catch (Certificates.UnavailableException none) {
            throw new IllegalStateException(none);
        }
    }

    private void assertUnavailable(String url, boolean passing) {
        assertThatThrownBy(() -> certificates.get(url))
                .isInstanceOfSatisfying(Certificates.UnavailableException.class, why -> {
                    assertThat(why.isPassing()).as(why.explanation()).isEqualTo(passing);
                    assertThat(why.explanation()).isNotBlank();
                });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody asked");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
