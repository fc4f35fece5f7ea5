package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.Origin;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.SignedTwilioRequest;
import io.textonce.twilio.TwilioProvider;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TwilioWebhookFuzzTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String HOOK = "https://sms.example.org/hooks/twilio";
    private static final Origin ORIGIN =
            new Origin(TenantId.DEFAULT, "twilio", "twilio", Instant.parse("2026-11-21T00:00:00Z"));
    private static final WebhookParser PARSER = TwilioProvider.builder()
            .accountSid("AC00000000000000000000000000000000")
            .authToken(TOKEN)
            .from(SenderId.of("+12025550199"))
            .build()
            .role(WebhookParser.class)
            .orElseThrow();

    /** Pairs as a form shows them, without escapes; the signer adds those. */
    @FuzzTest
    void readsAnySignedForm(byte[] pairs) {
        SignedTwilioRequest form = SignedTwilioRequest.post(HOOK);
        for (String pair : new String(pairs, StandardCharsets.UTF_8).split("&", 2000)) {
            int equals = pair.indexOf('=');
            form.param(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
        }
        WebhookRequest signed = form.sign(TOKEN);
        Bounded.run(() -> {
            ParsedWebhook parsed = PARSER.parse(signed, ORIGIN);
            if (parsed.refusal().isPresent()) {
                assertThat(parsed.refusal().get().status()).isBetween(400, 499);
                assertThat(parsed.events()).isEmpty();
            }
            parsed.events().forEach(event -> assertThat(event.origin()).isEqualTo(ORIGIN));
        });
    }

    @FuzzTest
    void readsAnySignedJson(byte[] body) {
        WebhookRequest signed = SignedTwilioRequest.json(HOOK, new String(body, StandardCharsets.UTF_8), TOKEN);
        Bounded.run(() -> PARSER.parse(signed, ORIGIN));
    }

    @FuzzTest
    void believesNothingUnsigned(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String line = text.replaceAll("[^\\x21-\\x7e]", "");
        for (String method : new String[] {"POST", "GET"}) {
            WebhookRequest request = WebhookRequest.builder(method, HOOK + "?" + line)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("X-Twilio-Signature", line.substring(0, Math.min(64, line.length())))
                    .body(body)
                    .build();
            Bounded.run(() -> {
                ParsedWebhook parsed = PARSER.parse(request, ORIGIN);
                assertThat(parsed.refusal()).isPresent();
                assertThat(parsed.events()).isEmpty();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        readsAnySignedForm(input);
        readsAnySignedJson(input);
        believesNothingUnsigned(input);
    }
}
