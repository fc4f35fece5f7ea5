package io.textonce.examples.webhooks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** For the JDK's own HTTP server: {@code server.createContext("/hooks/", new JdkServerHooks(receiver))}. */
public final class JdkServerHooks implements HttpHandler {

    private final WebhookReceiver receiver;

    public JdkServerHooks(WebhookReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String endpoint = path.substring(path.lastIndexOf('/') + 1);
            WebhookRequest request = WebhookRequest.builder(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString())
                    .headers(exchange.getRequestHeaders())
                    .body(exchange.getRequestBody().readNBytes(receiver.maxBodyBytes(endpoint) + 1))
                    .remoteAddress(exchange.getRemoteAddress().getAddress().getHostAddress())
                    .build();
            WebhookReply reply = receiver.receive(endpoint, request);
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            if (!reply.contentType().isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", reply.contentType());
            }
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
