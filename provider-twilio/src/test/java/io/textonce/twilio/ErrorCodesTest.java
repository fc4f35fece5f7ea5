package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ErrorCodesTest {

    @Test
    void mapsEachDocumentedCode() {
        Map<Integer, Reason> actual = new TreeMap<>();
        ErrorCodes.codes()
                .forEach(code ->
                        actual.put(code, ErrorCodes.find(code).orElseThrow().reason()));
        Map<Integer, Reason> expected = new TreeMap<>();
        Fixtures.text("error-codes.txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    String[] words = line.split(" ");
                    for (int i = 1; i < words.length; i++) {
                        expected.put(Integer.parseInt(words[i]), Reason.valueOf(words[0]));
                    }
                });
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void saysWhatToDoWithoutQuotingTwilio() {
        for (int code : ErrorCodes.codes()) {
            String hint = ErrorCodes.find(code).orElseThrow().hint();
            assertThat(hint).endsWith(".").hasSizeGreaterThan(15);
            assertThat(ErrorCodes.explain(code, hint)).contains(Integer.toString(code));
        }
    }

    @Test
    void readsACodeOnlyFromAnErrorObject() {
        assertThat(code("{\"code\":21211}")).isEqualTo(21211);
        assertThat(code("{\"code\":\"21211\"}")).isEqualTo(21211);
        for (String body : new String[] {
            "",
            "null",
            "[]",
            "{\"code\":null}",
            "{\"code\":-1}",
            "{\"code\":12345678901}",
            "{\"error\":{\"code\":21211}}",
            "{\"code\":21211",
            "<html>21211</html>"
        }) {
            assertThat(code(body)).as(body).isEqualTo(-1);
        }
    }

    private static int code(String body) {
        return SubmitResponse.errorCode(body.getBytes(StandardCharsets.UTF_8));
    }
}
