package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.spi.SubmitReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitResponseTest {

    @Test
    void takesSidSegmentsAndPriceOfAnAcceptedMessage() {
        SubmitReply reply = success("{\"sid\":\"MM0123456789ABCDEF0123456789abcdef\",\"num_segments\":\"3\","
                + "\"price\":\"-0.02250\",\"price_unit\":\"usd\",\"new\":{\"deep\":[1,{}]},\"status\":\"queued\"}");
        assertThat(reply.outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(reply.providerMessageId()).hasValue("MM0123456789ABCDEF0123456789abcdef");
        assertThat(reply.segments()).hasValue(3);
        assertThat(reply.price()).hasValue(Money.of("0.02250", "USD"));
    }

    @Test
    void readsNoCountFromTheZeroOfAMessagingServiceAndNoPriceFromNull() {
        SubmitReply reply =
                success("{\"sid\":\"" + Fixtures.SID + "\",\"num_segments\":\"0\",\"price\":null,\"price_unit\":null}");
        assertThat(reply.outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(reply.segments()).isEmpty();
        assertThat(reply.price()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sid\":null}",
                "{\"sid\":\"\"}",
                "{\"sid\":12}",
                "{\"sid\":[\"SM0123456789abcdef0123456789abcdef\"]}",
                "{\"sid\":\"SM0123456789abcdef0123456789abcde\"}",
                "{\"sid\":\"SM0123456789abcdef0123456789abcdefa\"}",
                "{\"sid\":\"SM0123456789abcdef0123456789abcdeg\"}",
                "{\"sid\":\"AC0123456789abcdef0123456789abcdef\"}",
                "{\"message\":{\"sid\":\"SM0123456789abcdef0123456789abcdef\"}}",
                "{\"sid\":\"SM0123456789abcdef0123456789abcdef\",\"sid\":\"SM1123456789abcdef0123456789abcdef\"}",
                "{\"sid\":\"SM0123456789abcdef0123456789abcdef\"",
                "{\"sid\":\"SM0123456789abcdef0123456789abcdef\"}{}",
                "[{\"sid\":\"SM0123456789abcdef0123456789abcdef\"}]",
                "<html>SM0123456789abcdef0123456789abcdef</html>"
            })
    void takesNothingElseForASuccess(String body) {
        assertThat(success(body).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void survivesDeepAndLongJson() {
        assertThat(success("[".repeat(100_000)).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(success("{\"a\":".repeat(50)).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(success("{\"sid\":\"" + "S".repeat(200_000) + "\"}").outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(success("{\"sid\":\"" + Fixtures.SID + "\",\"price\":\"1e999999999\",\"price_unit\":\"USD\"}")
                        .price())
                .isEmpty();
    }

    @Test
    void letsTheStatusDecideBeforeTheCode() {
        assertThat(failure(500, 21211).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failure(503, 20429).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failure(408, 21610).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failure(409, 21610).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failure(499, 21610).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failure(302, 21610).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failure(429, 21610).reason()).hasValue(Reason.THROTTLED);
        assertThat(failure(403, 21408).reason()).hasValue(Reason.ROUTE);
        assertThat(failure(401, 99999).reason()).hasValue(Reason.CREDENTIAL);
    }

    @Test
    void believesATwilioErrorWithAnyOtherStatusOfTheClientButNothingElse() {
        assertThat(failure(418, 99999).reason()).hasValue(Reason.REQUEST);
        assertThat(SubmitResponse.failure(418, new byte[0], null).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(SubmitResponse.failure(407, bytes("<html>"), null).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(SubmitResponse.failure(400, bytes("<html>"), null).reason()).hasValue(Reason.REQUEST);
    }

    @Test
    void doubtsCodesByWhichTwilioFailedInside() {
        for (int code : Set.of(20500, 20503, 30410)) {
            assertThat(failure(400, code).outcome()).as("%d", code).isEqualTo(Outcome.UNKNOWN);
        }
    }

    @Test
    void takesMisdirectedAndTooEarlyForNotTransmitted() {
        assertThat(failure(421, 1).proof()).hasValue(Proof.NOT_TRANSMITTED);
        assertThat(failure(425, 1).proof()).hasValue(Proof.NOT_TRANSMITTED);
    }

    @Test
    void passesOnTheWaitOfAThrottlingCodeToo() {
        SubmitReply reply = SubmitResponse.failure(400, bytes(Fixtures.error(21611)), Duration.ofSeconds(9));
        assertThat(reply.reason()).hasValue(Reason.THROTTLED);
        assertThat(reply.retryAfter()).hasValue(Duration.ofSeconds(9));
    }

    @Test
    void explainsTheTroublesOfTheSeedSystems() {
        assertThat(failure(401, 20003).explanation()).contains("Authenticate").contains("authToken");
        assertThat(failure(400, 21608).explanation()).contains("trial").contains("Verified Caller IDs");
        assertThat(failure(400, 21219).explanation()).contains("trial");
        assertThat(failure(400, 21408).explanation()).contains("Geo permissions");
        assertThat(failure(400, 21211).explanation()).contains("country code").contains("docs/api/errors/21211");
    }

    private static SubmitReply success(String body) {
        return SubmitResponse.success(201, bytes(body));
    }

    private static SubmitReply failure(int status, int code) {
        return SubmitResponse.failure(status, bytes(Fixtures.error(code)), null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
