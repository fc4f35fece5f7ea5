package consumer;

import com.sun.net.httpserver.HttpServer;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends one message to a server of its own and fails unless exactly one request arrived. */
public final class Consumer {
    private Consumer() {}

    public static void main(String[] args) throws IOException {
        AtomicInteger received = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            received.incrementAndGet();
            byte[] reply = "{\"sid\":\"SM00000000000000000000000000000001\",\"status\":\"queued\"}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(201, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        server.start();
        try (HttpTransport transport = HttpTransport.builder().build()) {
            String url = "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + "/";
            HttpOutcome outcome = transport
                    .post(url, Map.of(), "application/x-www-form-urlencoded")
                    .call("Body=hello".getBytes(StandardCharsets.US_ASCII), Duration.ofSeconds(10));
            System.out.println(outcome + " from " + HttpTransport.class.getModule());
            if (!(outcome instanceof HttpOutcome.Reply) || received.get() != 1) {
                throw new IllegalStateException("expected one request and its reply, got " + received.get());
            }
        } finally {
            server.stop(0);
        }
    }
}
