package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnoseCommandTest {

    @Test
    void saysWhatIsRightAndWrong() {
        Ran ran = Ran.of("diagnose", "--json", "--provider", "sandbox", "--region", "AU");
        JsonNode answer = ran.object();
        assertThat(answer.get("healthy").asBoolean()).isTrue();
        assertThat(answer.get("findings"))
                .anySatisfy(
                        finding -> assertThat(finding.get("detail").asText()).contains("AU"))
                .allSatisfy(finding -> assertThat(finding.get("level").asText()).isIn("ok", "warning", "error"));
        assertThat(ran.code()).isZero();
    }

    @Test
    void namesItsOwnOptionForAMissingRegion() {
        assertThat(Ran.of("diagnose", "--provider", "sandbox").out()).contains("add --region AU;");
        assertThat(Ran.of("diagnose", "--provider", "sandbox", "--region", "AU").out())
                .doesNotContain("--region");
    }

    @Test
    void aProviderWithoutCredentialsIsAFindingAndNotACrash() {
        Ran ran = Ran.with(
                Map.of("TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef"),
                "",
                "diagnose",
                "--json",
                "--provider=twilio");
        assertThat(ran.object().get("healthy").asBoolean()).isFalse();
        assertThat(ran.object().get("findings").get(0).get("detail").asText())
                .contains("TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER");
        assertThat(ran.out()).doesNotContain("0123456789abcdef");
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void refusesAnUnknownProvider() {
        Ran.of("diagnose", "--provider", "pigeon").isUsageError("--provider", "pigeon", "sandbox, twilio");
    }
}
