package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.spi.MediaFetcher;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import javax.net.SocketFactory;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwilioMediaTest {

    private final RawServer server = RawServer.start();
    private final TwilioProvider twilio =
            TwilioProviderTest.provider().baseUrl(server.url("")).build();
    private final MediaFetcher media = twilio.role(MediaFetcher.class).orElseThrow();

    @AfterEach
    void close() {
        twilio.close();
        server.close();
    }

    @Test
    void fetchesFromTheApiWithCredentials() throws IOException {
        server.next(RawBehaviour.reply(200, "png"));
        assertThat(media.fetch(URI.create(server.url("/Media/ME1")), 3).readAllBytes())
                .hasSize(3);
        assertThat(server.requests().get(0).header("Authorization")).isPresent();
    }

    @Test
    void refusesALargerMedium() {
        server.next(RawBehaviour.reply(200, "four"));
        assertThatThrownBy(() -> media.fetch(URI.create(server.url("/Media/ME1")), 3))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("larger than 3 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.twilio.com/x",
                "https://example.org/x",
                "https://twilio.com.example.org/x",
                "https://api.twilio.com.example.org/x",
                "https://apixtwilio.com/x",
                "https://user@api.twilio.com/x",
                "https://api.twilio.com:8443/x",
                "http://127.0.0.1:1/x",
                "http://169.254.169.254/latest/meta-data",
                "file:///etc/passwd",
                "//api.twilio.com/x",
                "mailto:a"
            })
    void asksNobodyElse(String address) {
        assertThatThrownBy(() -> media.fetch(URI.create(address), 1000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("isn't fetched");
        assertThat(server.received()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/elsewhere",
                "http://media.twiliocdn.com/x",
                "https://twiliocdn.com.example.org/x",
                "https://twiliocdn.com@example.org/x",
                "https://127.0.0.1/x",
                "::"
            })
    void followsNoRedirectToAnotherHost(String location) {
        server.next(RawBehaviour.reply(307, Map.of("Location", location), ""));
        assertThatThrownBy(() -> media.fetch(URI.create(server.url("/Media/ME1")), 1000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("isn't followed");
        assertThat(server.received()).isEqualTo(1);
    }

    @Test
    void saysWhatTwilioAnswered() {
        server.next(RawBehaviour.reply(404, ""), RawBehaviour.reply(302));
        URI medium = URI.create(server.url("/Media/ME1"));
        assertThatThrownBy(() -> media.fetch(medium, 1000)).hasMessageContaining("404");
        assertThatThrownBy(() -> media.fetch(medium, 1000)).hasMessageContaining("isn't followed");
    }

    /** All hosts are this server, behind a certificate that isn't theirs. */
    @Test
    void takesOneRedirectToTheContentNetworkWithoutCredentials() throws IOException {
        try (RawServer tls = RawServer.builder().tls().start();
                TwilioProvider real =
                        TwilioProviderTest.provider().client(wayTo(tls)).build()) {
            tls.next(
                    RawBehaviour.reply(307, Map.of("Location", "https://media.twiliocdn.com/AC/x"), ""),
                    RawBehaviour.reply(200, "png"),
                    RawBehaviour.reply(307, Map.of("Location", "https://media.twiliocdn.com/AC/x"), ""),
                    RawBehaviour.reply(307, Map.of("Location", "https://media.twiliocdn.com/AC/y"), ""));
            MediaFetcher fetcher = real.role(MediaFetcher.class).orElseThrow();
            URI medium = URI.create("https://api.twilio.com/2010-04-01/Media/ME1");

            assertThat(fetcher.fetch(medium, 1000).readAllBytes()).hasSize(3);
            assertThatThrownBy(() -> fetcher.fetch(medium, 1000)).hasMessageContaining("307");

            assertThat(tls.requests())
                    .extracting(request -> request.header("Host").orElse("")
                            + request.header("Authorization")
                                    .map(any -> " with credentials")
                                    .orElse(""))
                    .containsExactly(
                            "api.twilio.com with credentials",
                            "media.twiliocdn.com",
                            "api.twilio.com with credentials",
                            "media.twiliocdn.com");
        }
    }

    private static OkHttpClient wayTo(RawServer server) {
        SocketFactory toServer = new SocketFactory() {
            @Override
            public Socket createSocket() {
                return new Socket() {
                    @Override
                    public void connect(SocketAddress wanted, int timeout) throws IOException {
                        super.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), timeout);
                    }
                };
            }

            @Override
            public Socket createSocket(String host, int port) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Socket createSocket(String host, int port, InetAddress local, int localPort) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Socket createSocket(InetAddress host, int port) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
                throw new UnsupportedOperationException();
            }
        };
        return new OkHttpClient.Builder()
                .dns(host -> List.of(InetAddress.getLoopbackAddress()))
                .socketFactory(toServer)
                .sslSocketFactory(RawServer.clientSockets(), RawServer.trustManager())
                .hostnameVerifier((host, session) -> true)
                .build();
    }
}
