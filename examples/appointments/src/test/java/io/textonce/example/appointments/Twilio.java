package io.textonce.example.appointments;

import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Plays Twilio on a socket of this machine, and keeps what it received. */
final class Twilio implements AutoCloseable {

    static final String ACCOUNT = "AC0123456789abcdef0123456789abcdef";
    static final String AUTH_TOKEN = "fedcba9876543210fedcba9876543210";
    static final String PUBLIC = "https://clinic.example.org";

    private final RawServer server = RawServer.start();
    private final AtomicInteger count = new AtomicInteger();

    Twilio() {
        server.otherwise(RawBehaviour.answer(request -> request.target().endsWith("Balance.json")
                ? json(200, "{\"balance\":\"12.50\",\"currency\":\"USD\"}")
                : json(
                        201,
                        String.format(
                                Locale.ROOT, "{\"sid\":\"%s\",\"status\":\"queued\"}", sid(count.incrementAndGet())))));
    }

    static String sid(int number) {
        return String.format(Locale.ROOT, "SM%032x", number);
    }

    Map<String, String> settings() {
        return Map.of(
                "TWILIO_ACCOUNT_SID", ACCOUNT,
                "TWILIO_AUTH_TOKEN", AUTH_TOKEN,
                "TWILIO_PHONE_NUMBER", "+12025550100",
                "TWILIO_BASE_URL", server.url(""),
                "BACKEND_URL", PUBLIC);
    }

    /** Refuses the next message as Twilio does. */
    void refusesNext(int status, int code, String words) {
        server.next(RawBehaviour.answer(request -> json(
                status,
                "{\"code\":" + code + ",\"message\":\"" + words + "\",\"status\":" + status
                        + ",\"more_info\":\"https://www.twilio.com/docs/errors/" + code + "\"}")));
    }

    void isOut() {
        server.otherwise(RawBehaviour.reply(500, "{\"code\":20500,\"message\":\"\",\"status\":500}"));
    }

    /** What was posted, in the order of arrival, once there are so many. */
    List<Map<String, String>> received(int messages) {
        server.awaitReceived(messages);
        return received();
    }

    List<Map<String, String>> received() {
        return server.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .map(request -> form(new String(request.body(), StandardCharsets.UTF_8)))
                .toList();
    }

    static Map<String, String> form(String body) {
        Map<String, String> values = new HashMap<>();
        for (String pair : body.split("&")) {
            String[] parts = pair.split("=", 2);
            values.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return values;
    }

    private static byte[] json(int status, String body) {
        return RawBehaviour.bytes(
                status, Map.of("Content-Type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.close();
    }
}
