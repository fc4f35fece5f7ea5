package io.textonce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookRequestTest {

    @ParameterizedTest
    @CsvSource({
        "/hooks/twilio?x=1%202, https://sms.example.org/hooks/twilio?x=1%202",
        "https://sms.example.org/hooks/twilio?x=1, https://sms.example.org/hooks/twilio?x=1",
        "https://elsewhere.example/hooks/twilio?x=1, https://sms.example.org/hooks/twilio?x=1",
        "https://sms.example.org.evil.example/hooks, https://sms.example.org/hooks",
        "http://elsewhere.example?x=1, https://sms.example.org?x=1",
        "https://sms.example.org?x=1, https://sms.example.org?x=1",
        "/redirect?to=https://elsewhere.example/a, https://sms.example.org/redirect?to=https://elsewhere.example/a",
    })
    void aConfiguredBaseWinsOverTheOriginInTheRequestLine(String target, String url) {
        WebhookRequest request = WebhookRequest.builder("POST", target).build();
        assertThat(request.withPublicBaseUrl("https://sms.example.org").url()).isEqualTo(url);
        assertThat(request.withPublicBaseUrl("https://sms.example.org/").url()).isEqualTo(url);
    }

    @Test
    void withoutABaseTheTargetIsTakenAsItIs() {
        assertThat(WebhookRequest.builder("POST", "https://sms.example.org/a?b=c")
                        .build()
                        .url())
                .isEqualTo("https://sms.example.org/a?b=c");
        assertThat(WebhookRequest.builder("POST", "/a?b=c").build().url()).isEqualTo("/a?b=c");
    }

    @Test
    void headersAreFoundInAnyCaseAndKeepEveryValue() {
        WebhookRequest request = WebhookRequest.builder("POST", "/")
                .headers(Map.of("X-Sign", List.of("one", "two")))
                .header("x-sign", "three")
                .header("Absent", null)
                .build();
        assertThat(request.header("X-SIGN")).contains("one");
        assertThat(request.headers().get("x-sign")).containsExactly("one", "two", "three");
        assertThat(request.header("absent")).isEmpty();
    }

    @Test
    void theRawQueryIsWhatFollowsTheFirstQuestionMark() {
        assertThat(WebhookRequest.builder("GET", "/a?b=c?d&e=%20#f").build().rawQuery())
                .isEqualTo("b=c?d&e=%20");
        assertThat(WebhookRequest.builder("GET", "/a").build().rawQuery()).isEmpty();
    }

    @Test
    void showsNeitherQueryNorBody() {
        WebhookRequest request = WebhookRequest.builder("POST", "/hooks?From=%2B61491570156")
                .body("Body=secret".getBytes(StandardCharsets.UTF_8))
                .build();
        assertThat(request).hasToString("POST /hooks, 11 bytes");
    }
}
