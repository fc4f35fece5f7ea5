package io.textonce.example.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.WebhookRequest;
import io.textonce.engagement.reporting.Alerts;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** The whole application on a free port, asked over HTTP. The tenant acme sends to two servers here, globex to a sandbox. */
final class Platform implements AutoCloseable {

    static final String TWILIO_TOKEN = "0123456789abcdef0123456789abcdef";
    static final String FORWARD_SECRET = "a-forwarders-secret-0123456789";
    static final String PUBLIC = "https://sms.example.org";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final AtomicInteger SIDS = new AtomicInteger();

    final ConfigurableApplicationContext app;

    Platform(RawServer twilio, RawServer sns, Map<String, String> more, String... profiles) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("server.port", "0");
        all.put("logging.level.root", "warn");
        all.put("BACKEND_URL", PUBLIC);
        all.put("ACME_TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001");
        all.put("ACME_TWILIO_AUTH_TOKEN", TWILIO_TOKEN);
        all.put("ACME_TWILIO_PHONE_NUMBER", "+12025550199");
        all.put("ACME_TWILIO_BASE_URL", twilio.url(""));
        all.put("ACME_AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        all.put("ACME_AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        all.put("ACME_AWS_REGION", "us-east-1");
        all.put("ACME_AWS_SMS_BASE_URL", sns.url(""));
        all.put("ACME_AWS_SMS_FORWARD_SECRETS", FORWARD_SECRET);
        all.put("SMS_CODE_KEY", "a key of more than sixteen bytes");
        String[][] callers = {
            {"acme", "chief", "admin"},
            {"acme", "ben", "user"},
            {"acme", "mia", "user"},
            {"globex", "boss", "admin"},
            {"operations", "ops", "operator"}
        };
        for (int i = 0; i < callers.length; i++) {
            String key = "platform.tokens[" + i + "].";
            all.put(key + "sha256", sha256("token of " + callers[i][1]));
            all.put(key + "tenant", callers[i][0]);
            all.put(key + "user", callers[i][1]);
            all.put(key + "role", callers[i][2]);
        }
        all.putAll(more);
        app = new SpringApplicationBuilder(App.class, Signals.class)
                .profiles(profiles)
                .run(all.entrySet().stream()
                        .map(each -> "--" + each.getKey() + "=" + each.getValue())
                        .toArray(String[]::new));
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Takes whatever comes, as Twilio does. */
    static RawServer twilio() {
        return RawServer.start().otherwise(accepts());
    }

    static RawBehaviour accepts() {
        return RawBehaviour.answer(request -> http(
                "201 Created",
                "application/json",
                "{\"sid\":\"" + sid() + "\",\"status\":\"queued\",\"num_segments\":\"1\",\"price\":null}"));
    }

    static String sid() {
        return String.format(java.util.Locale.ROOT, "SM%032d", SIDS.incrementAndGet());
    }

    /** Takes whatever comes, as SNS does. */
    static RawServer sns() {
        return RawServer.start()
                .otherwise(RawBehaviour.answer(request -> http(
                        "200 OK",
                        "text/xml",
                        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>"
                                + java.util.UUID.randomUUID()
                                + "</MessageId></PublishResult><ResponseMetadata><RequestId>f187a3c1-376f-11df-8963-01868b7c937a"
                                + "</RequestId></ResponseMetadata></PublishResponse>")));
    }

    static byte[] http(String status, String type, String body) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The forms that were sent to a number. */
    static List<Map<String, String>> sentTo(RawServer server, String number) {
        List<Map<String, String>> all = new ArrayList<>();
        for (RawServer.Request request : server.requests()) {
            Map<String, String> form = new LinkedHashMap<>();
            for (String pair : request.text().split("&")) {
                String[] parts = pair.split("=", 2);
                if (parts.length == 2) {
                    form.put(decoded(parts[0]), decoded(parts[1]));
                }
            }
            if (number.equals(form.get("To")) || number.equals(form.get("PhoneNumber"))) {
                all.add(form);
            }
        }
        return all;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** An answer, and its body as JSON. */
    record Answer(int status, HttpResponse<String> response) {
        JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new AssertionError(response.body(), e);
            }
        }

        String text(String field) {
            return json().path(field).asText();
        }

        Answer expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("answered " + status + " instead of " + wanted + ": " + response.body());
            }
            return this;
        }
    }

    Answer get(String who, String path) {
        return send(who, request(path).GET());
    }

    Answer post(String who, String path, String json) {
        return send(
                who, request(path).header("Content-Type", "application/json").POST(body(json)));
    }

    Answer postWithKey(String who, String path, String json, String key) {
        HttpRequest.Builder request = request(path).header("Idempotency-Key", key);
        return send(who, request.header("Content-Type", "application/json").POST(body(json)));
    }

    Answer put(String who, String path, String json) {
        return send(
                who, request(path).header("Content-Type", "application/json").PUT(body(json)));
    }

    /** A provider's call, as it was signed. */
    Answer hook(String path, WebhookRequest signed) {
        HttpRequest.Builder call = request(path).POST(HttpRequest.BodyPublishers.ofByteArray(signed.body()));
        signed.headers().forEach((name, values) -> values.forEach(value -> call.header(name, value)));
        return send("", call);
    }

    private static HttpRequest.BodyPublisher body(String json) {
        return HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'), StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        String port = app.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static Answer send(String who, HttpRequest.Builder request) {
        if (!who.isEmpty()) {
            request.header("Authorization", "Bearer token of " + who);
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Signals signals() {
        return app.getBean(Signals.class);
    }

    /** What happens inside, to wait for. */
    @Configuration(proxyBeanMethods = false)
    static class Signals {
        private final BlockingQueue<Object> all = new LinkedBlockingQueue<>();
        private final List<Object> seen = new ArrayList<>();

        @Bean
        SmsListener events() {
            return new SmsListener() {
                @Override
                public void onEvent(SmsEvent event) {
                    all.add(event);
                }

                @Override
                public void onResult(SmsMessage message, SendResult result) {
                    all.add(result);
                }
            };
        }

        @EventListener
        void on(Alerts.Alert alert) {
            all.add(alert);
        }

        /** Whatever comes before is kept for later. */
        <T> T await(Class<T> type, Predicate<T> wanted) {
            try {
                for (int i = 0; ; i++) {
                    Object each = i < seen.size() ? seen.get(i) : next();
                    if (each == null) {
                        throw new AssertionError("no such " + type.getSimpleName() + " within 20 s");
                    }
                    if (i == seen.size()) {
                        seen.add(each);
                    }
                    if (type.isInstance(each) && wanted.test(type.cast(each))) {
                        return type.cast(each);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        private Object next() throws InterruptedException {
            return all.poll(20, TimeUnit.SECONDS);
        }

        void awaitSent(String id) {
            await(SendResult.Accepted.class, each -> each.messageId().value().equals(id));
        }
    }

    @Override
    public void close() {
        app.close();
    }
}
