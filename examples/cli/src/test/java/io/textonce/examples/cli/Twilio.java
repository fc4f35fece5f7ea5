package io.textonce.examples.cli;

import io.textonce.testkit.RawBehaviour;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An account at a server of the test's own. */
final class Twilio {

    static final Map<String, String> ACCOUNT = Map.of(
            "TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef",
            "TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef",
            "TWILIO_PHONE_NUMBER", "+12025550100");

    private Twilio() {}

    /** Accepts each message under an id of its own. */
    static RawBehaviour accepts() {
        AtomicInteger count = new AtomicInteger();
        return RawBehaviour.answer(request -> RawBehaviour.bytes(
                201,
                Map.of(),
                String.format(Locale.ROOT, "{\"sid\":\"SM%032x\",\"status\":\"queued\"}", count.incrementAndGet())
                        .getBytes(StandardCharsets.UTF_8)));
    }
}
