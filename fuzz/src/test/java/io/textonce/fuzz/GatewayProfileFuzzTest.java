package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.gateway.GatewayProfile;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatewayProfileFuzzTest {

    /** A profile, or one exception that says what is wrong; and what was read can be written and read again. */
    @FuzzTest
    void readsAnyTextOrSaysWhatIsWrong(byte[] text) {
        String json = new String(text, StandardCharsets.UTF_8);
        Bounded.run(() -> {
            GatewayProfile profile;
            try {
                profile = GatewayProfile.fromJson(json);
            } catch (IllegalArgumentException wrong) {
                assertThat(wrong.getMessage()).isNotBlank();
                return;
            }
            assertThat(GatewayProfile.fromJson(profile.toJson()).toJson()).isEqualTo(profile.toJson());
        });
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        readsAnyTextOrSaysWhatIsWrong(input);
    }

    /** Whole inputs of one token never reach a member of a profile; these do. */
    @ParameterizedTest
    @MethodSource("places")
    void staysBoundedInEveryPlaceOfAProfile(String profile) {
        readsAnyTextOrSaysWhatIsWrong(profile.getBytes(StandardCharsets.UTF_8));
    }

    static Stream<String> places() {
        String simple =
                "{\"id\":\"a\",\"send\":{\"url\":%s,\"body\":%s,\"response\":%s},\"settings\":%s,\"webhookAuth\":%s}";
        String url = "\"{baseUrl}/\"";
        String body = "{\"kind\":\"FORM\",\"fields\":{}}";
        String response = "{\"format\":\"TEXT\",\"accepted\":{\"status\":200}}";
        return Stream.of(
                simple.formatted(text("{to}", 60_000), body, response, "{}", "[]"),
                simple.formatted(text("{{", 60_000), body, response, "{}", "[]"),
                simple.formatted(text("/", 60_000), body, response, "{}", "[]"),
                simple.formatted(
                        url, "{\"kind\":\"JSON\",\"template\":" + list("\"{to}\"", 60_000) + "}", response, "{}", "[]"),
                simple.formatted(
                        url,
                        body,
                        "{\"format\":\"LINES\",\"lines\":[" + text("(a|b)*", 60_000)
                                + "],\"accepted\":{\"status\":200}}",
                        "{}",
                        "[]"),
                simple.formatted(
                        url,
                        body,
                        "{\"format\":\"TEXT\",\"accepted\":{\"match\":" + text("(a{1,1000}){1,9}", 900) + "}}",
                        "{}",
                        "[]"),
                simple.formatted(
                        url,
                        body,
                        "{\"format\":\"TEXT\",\"accepted\":{\"status\":" + list("200", 60_000) + "}}",
                        "{}",
                        "[]"),
                simple.formatted(url, body, response, "{}", list("{}", 60_000)),
                simple.formatted(url, body, response, "{}", list("1", 60_000)),
                simple.formatted(url, body, response, list("{}", 60_000), "[]"));
    }

    @Test
    void everyShippedProfileIsReadAgainAsItWasWritten() {
        for (String id : GatewayProfile.shipped()) {
            readsAnyTextOrSaysWhatIsWrong(GatewayProfile.shipped(id).toJson().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String text(String part, int length) {
        return '"' + part.repeat(length / part.length()) + '"';
    }

    private static String list(String part, int length) {
        return '[' + (part + ",").repeat(length / (part.length() + 1) - 1) + part + ']';
    }
}
