package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import okhttp3.Authenticator;
import okhttp3.Cache;
import okhttp3.CookieJar;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class HttpTransportTest {

    @Test
    void warmUpRunsAWholeExchangeInMemory() {
        try (HttpTransport transport = HttpTransport.builder().build()) {
            transport.warmUp();
            HttpTarget target = transport.post("http://warm-up.invalid/", Map.of(), "text/plain");
            HttpOutcome outcome = transport.executeOn(WarmUp.client(transport), target, new byte[3]);

            assertThat(outcome).isInstanceOfSatisfying(HttpOutcome.Reply.class, reply -> {
                assertThat(reply.status()).isEqualTo(201);
                assertThat(reply.text()).isEqualTo("{}");
                assertThat(reply.complete()).isTrue();
                assertThat(reply.header("retry-after")).hasValue("0");
            });
        }
    }

    @Test
    void refusesAnInjectedClientThatCouldSendTwiceAndNamesEachReason() {
        OkHttpClient client = new OkHttpClient.Builder()
                .addInterceptor(chain -> chain.proceed(chain.request()))
                .addNetworkInterceptor(chain -> chain.proceed(chain.request()))
                .authenticator(Authenticator.JAVA_NET_AUTHENTICATOR)
                .cookieJar(new CookieJar() {
                    @Override
                    public void saveFromResponse(okhttp3.HttpUrl url, java.util.List<okhttp3.Cookie> cookies) {}

                    @Override
                    public java.util.List<okhttp3.Cookie> loadForRequest(okhttp3.HttpUrl url) {
                        return java.util.List.of();
                    }
                })
                .cache(new Cache(new java.io.File("target/unused-cache"), 1024))
                .build();

        assertThatThrownBy(() -> HttpTransport.builder().client(client).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 interceptor(s)")
                .hasMessageContaining("1 network interceptor(s)")
                .hasMessageContaining("an authenticator")
                .hasMessageContaining("a cookie jar")
                .hasMessageContaining("a cache");
    }

    @Test
    void reportsAllOptionsOutOfRangeAtOnce() {
        assertThatThrownBy(() -> HttpTransport.builder()
                        .connectTimeout(Duration.ZERO)
                        .keepAlive(Duration.ofHours(2))
                        .maxIdleConnections(-1)
                        .maxReplyBytes(0)
                        .userAgent("a\nb")
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("connectTimeout is PT0S; allowed are 1 ms to 1 h")
                .hasMessageContaining("keepAlive is PT2H")
                .hasMessageContaining("maxIdleConnections is -1")
                .hasMessageContaining("maxReplyBytes is 0")
                .hasMessageContaining("User-Agent");
    }

    @Test
    void refusesUrlsItCannotUseWithoutShowingWhatMayBeSecret() {
        try (HttpTransport transport = HttpTransport.builder().build()) {
            for (String url : java.util.List.of(
                    "ftp://host.example/secret?key=secret",
                    "host.example/secret",
                    "https://user:secret@host.example/")) {
                assertThatThrownBy(() -> transport.get(url, Map.of()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("host.example")
                        .hasMessageNotContaining("secret");
            }
        }
    }

    @Test
    void refusesHeadersThatBelongToTheTransportOrEndALine() {
        try (HttpTransport transport = HttpTransport.builder().build()) {
            assertThatThrownBy(() -> transport.get("https://host.example/", Map.of("Expect", "100-continue")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Expect belongs to the transport");
            assertThatThrownBy(() -> transport.get("https://host.example/", Map.of("Authorization", "secret\r\nX: y")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Authorization")
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> transport.get("https://host.example/", Map.of("X Y", "z")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aTargetShowsNeitherPathNorQuery() {
        try (HttpTransport transport = HttpTransport.builder().build()) {
            assertThat(transport.get("https://host.example/secret?key=secret", Map.of()))
                    .hasToString("GET https://host.example:443");
        }
    }

    @Test
    void aClosedTransportSendsNothing() {
        HttpTransport transport = HttpTransport.builder().build();
        HttpTarget target = transport.get("http://127.0.0.1:9/", Map.of());
        transport.close();

        assertThat(target.call(Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        HttpOutcome.NotTransmitted.class,
                        unsent -> assertThat(unsent.kind()).isEqualTo(HttpOutcome.Kind.LOCAL));
    }

    @Test
    void refusesBodiesAndTimeoutsThatDoNotFit() {
        try (HttpTransport transport = HttpTransport.builder().build()) {
            HttpTarget get = transport.get("https://host.example/", Map.of());
            HttpTarget post = transport.post("https://host.example/", Map.of(), "text/plain");

            assertThatThrownBy(() -> get.call(new byte[0], Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> post.call(Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> get.call(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> get.call(Duration.ofHours(2))).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
