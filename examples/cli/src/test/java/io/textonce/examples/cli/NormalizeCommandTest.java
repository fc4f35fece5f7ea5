package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NormalizeCommandTest {

    @Test
    void answersEachLineWithALine() {
        Ran ran = Ran.with(Map.of(), """
                {"number":"0491 570 156"}
                {"number":"61491570156"}
                {"number":"(02) 5550 0001"}
                {"number":"+1 202 555 0100"}
                """, "normalize", "--json", "--region", "AU");
        assertThat(ran.out())
                .startsWith("{\"number\":\"0491 570 156\",\"e164\":\"+61491570156\",\"possible\":true,\"valid\":true,"
                        + "\"type\":\"MOBILE\",\"region\":\"AU\",\"problem\":null}\n");
        assertThat(ran.objects())
                .extracting(answer -> answer.get("e164").asText())
                .containsExactly("+61491570156", "+61491570156", "+61255500001", "+12025550100");
        assertThat(ran.objects().get(2).get("type").asText()).isEqualTo("FIXED_LINE");
        assertThat(ran.objects().get(3).get("region").asText()).isEqualTo("US");
        assertThat(ran.code()).isZero();
        assertThat(ran.errors()).isEmpty();
    }

    @Test
    void aNumberThatCannotBeIsAnAnswerToo() {
        Ran ran = Ran.with(Map.of(), "{\"number\":\"call me\"}\n", "normalize", "--json", "--region", "au");
        JsonNode answer = ran.object();
        assertThat(answer.get("possible").asBoolean()).isFalse();
        assertThat(answer.get("valid").asBoolean()).isFalse();
        assertThat(answer.get("e164").isNull()).isTrue();
        assertThat(answer.get("region").isNull()).isTrue();
        assertThat(answer.get("problem").asText()).isNotEmpty();
        assertThat(ran.code()).isZero();
    }

    @Test
    void withoutARegionOnlyInternationalNumbersAreUnderstood() {
        Ran ran = Ran.of("normalize", "--json", "+61 491 570 156", "0491 570 156");
        assertThat(ran.objects())
                .extracting(answer -> answer.get("possible").asBoolean())
                .containsExactly(true, false);
    }

    @Test
    void aLineWithoutANumberIsAnsweredWithAnError() {
        Ran ran = Ran.with(Map.of(), "{\"text\":\"x\"}\n", "normalize", "--json");
        assertThat(ran.object().get("error").asText()).startsWith("line 1: \"number\" is missing");
        assertThat(ran.code()).isEqualTo(2);
    }

    @Test
    void refusesARegionThatIsNone() {
        Ran.of("normalize", "--json", "--region", "QQ", "1").isUsageError("--region", "\"QQ\"", "AU");
    }

    @Test
    void saysWhichOfSeveralNumbersItMeans() {
        assertThat(Ran.of("normalize", "--region", "AU", "nobody", "0491 570 156")
                        .out()
                        .lines())
                .satisfiesExactly(
                        nobody -> assertThat(nobody).startsWith("nobody: -  "),
                        mobile -> assertThat(mobile).isEqualTo("0491 570 156: +61491570156  AU  MOBILE"));
        assertThat(Ran.of("normalize", "--region", "AU", "0491 570 156").out().lines())
                .containsExactly("+61491570156  AU  MOBILE");
    }

    @Test
    void answersPeopleLineByLine() {
        Ran ran = Ran.with(Map.of(), "0491 570 156\nnobody\n", "normalize", "--region", "AU");
        assertThat(ran.out().lines()).hasSize(2).first().isEqualTo("+61491570156  AU  MOBILE");
    }
}
