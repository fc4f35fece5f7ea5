package io.textonce.example.appointments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may do what: the clerk's page by a password, the API by that or a token. */
record Web(Api api, String password, String token) implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Web.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> FIELDS = new TypeReference<>() {};
    private static final int LARGEST = 16 * 1024;
    private static final String NO_FIELDS = "Send a JSON object whose values are text.";
    private static final Map<String, String> PAGE = Map.of(
            "/", "text/html; charset=utf-8",
            "/app.js", "text/javascript; charset=utf-8",
            "/style.css", "text/css");

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            secure(exchange.getResponseHeaders());
            String path = exchange.getRequestURI().getPath();
            String type = PAGE.get(path);
            if (!mayIn(exchange)) {
                answer(exchange, 401, new Problem("Log in with the clinic's password, or send the API token."));
            } else if (type == null) {
                call(exchange, path);
            } else {
                respond(exchange, 200, type, resource(path.equals("/") ? "index.html" : path.substring(1)));
            }
        }
    }

    private static void secure(Headers headers) {
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                        + " form-action 'none'; frame-ancestors 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Cache-Control", "no-store");
    }

    /** A wrong password or token costs time. */
    private boolean mayIn(HttpExchange exchange) {
        String given = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "");
        boolean right =
                same("Bearer " + token, given) || (given.startsWith("Basic ") && isPassword(given.substring(6)));
        if (!right) {
            if (!given.isEmpty()) {
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            }
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"clinic\", charset=\"UTF-8\"");
        }
        return right;
    }

    private boolean isPassword(String credentials) {
        try {
            String userAndPassword = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return same(password, userAndPassword.substring(userAndPassword.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Compares in constant time. */
    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    record Problem(String error) {}

    private void call(HttpExchange exchange, String path) throws IOException {
        try {
            String method = exchange.getRequestMethod();
            String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            Map<String, String> given = method.equals("POST") ? body(exchange) : query(exchange);
            answer(exchange, 200, api.answer(method + " " + path, given, key));
        } catch (NoSuchElementException absent) {
            answer(exchange, 404, new Problem(said(absent)));
        } catch (IllegalArgumentException | DateTimeException wrong) {
            answer(exchange, 400, new Problem(said(wrong)));
        } catch (RuntimeException failed) {
            log(failed);
            answer(exchange, 500, new Problem("Something failed here; look whether it was done before you try again."));
        }
    }

    /** JSON alone: no page of another site's can send it with the clerk's password. */
    private static Map<String, String> body(HttpExchange exchange) throws IOException {
        String type = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Content-Type"), "");
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST + 1);
        if (!type.startsWith("application/json") || body.length > LARGEST) {
            throw new IllegalArgumentException("Send application/json, at most " + LARGEST + " bytes.");
        }
        try {
            Map<String, String> fields = JSON.readValue(body, FIELDS);
            if (fields != null && !fields.containsValue(null)) {
                return fields;
            }
            throw new IllegalArgumentException(NO_FIELDS);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(NO_FIELDS, e);
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> values = new HashMap<>();
        String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
        Stream.of(query.split("&")).map(each -> each.split("=", 2)).forEach(pair -> {
            if (pair.length == 2) {
                values.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
            }
        });
        return values;
    }

    private static String said(RuntimeException wrong) {
        return Objects.requireNonNullElse(wrong.getMessage(), "That isn't possible.");
    }

    /** Which classes and where, without their messages: a database's may quote what somebody typed. */
    static void log(Throwable failed) {
        StringBuilder trace = new StringBuilder();
        for (Throwable each = failed; each != null; each = each.getCause()) {
            trace.append(each.getClass().getName());
            Stream.of(each.getStackTrace())
                    .limit(5)
                    .forEach(at -> trace.append(" at ").append(at));
            trace.append("; ");
        }
        LOG.error("failed: {}", trace);
    }

    /** No password here: Twilio's signature is the authentication, and the SDK checks it. */
    static void webhook(HttpExchange exchange, WebhookReceiver hooks) throws IOException {
        try (exchange) {
            WebhookRequest request = WebhookRequest.builder(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString())
                    .headers(exchange.getRequestHeaders())
                    .body(exchange.getRequestBody().readNBytes(hooks.maxBodyBytes("sms") + 1))
                    .build();
            WebhookReply reply = hooks.receive("sms", request);
            respond(exchange, reply.status(), reply.contentType(), reply.body());
        }
    }

    static String resource(String name) {
        try (InputStream file = Objects.requireNonNull(Web.class.getResourceAsStream(name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, Object value) throws IOException {
        respond(exchange, status, "application/json", JSON.writeValueAsString(value));
    }

    private static void respond(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) {
            exchange.getResponseHeaders().set("Content-Type", type);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
