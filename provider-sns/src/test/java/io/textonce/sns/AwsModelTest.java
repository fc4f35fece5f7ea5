package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What AWS's service models say, beside what is written and understood here. */
class AwsModelTest {

    private static final JsonNode SNS = Fixtures.json("sns_sms_model.json");
    private static final JsonNode TEXTS = Fixtures.json("sms_voice_v2_model.json");

    @Test
    void everyErrorOfTheOperationsInUseHasAClass() {
        List<String> missing = new ArrayList<>();
        for (String operation : List.of(
                "Publish",
                "CheckIfPhoneNumberIsOptedOut",
                "ListPhoneNumbersOptedOut",
                "GetSMSSandboxAccountStatus",
                "ConfirmSubscription")) {
            SNS.at("/operations/" + operation + "/errors").forEach(error -> {
                String shape = error.get("shape").asText();
                String code = SNS.at("/shapes/" + shape + "/error/code").asText(shape);
                if (ErrorCodes.find(code, "").isEmpty() && !ErrorCodes.isAmbiguous(code)) {
                    missing.add(code);
                }
            });
        }
        for (String operation : List.of("SendTextMessage", "DescribeOptedOutNumbers", "DescribeSpendLimits")) {
            TEXTS.at("/operations/" + operation + "/errors").forEach(error -> {
                String code = error.get("shape").asText();
                if (ErrorCodes.find(code, "").isEmpty() && !ErrorCodes.isAmbiguous(code)) {
                    missing.add(code);
                }
            });
        }
        assertThat(missing).isEmpty();
        assertThat(ErrorCodes.codes()).hasSizeGreaterThan(50);
    }

    @Test
    void everyReasonThatIsListedIsAwsOwnWord() {
        for (String code : ErrorCodes.codes()) {
            int slash = code.indexOf('/');
            if (slash > 0) {
                assertThat(TEXTS.at("/shapes/" + code.substring(0, slash) + "Reason/enum"))
                        .as(code)
                        .extracting(JsonNode::asText)
                        .contains(code.substring(slash + 1));
            }
        }
    }

    @Test
    void aMeaningSaysWhatToDo() {
        for (String code : ErrorCodes.codes()) {
            int slash = code.indexOf('/');
            ErrorCodes.Meaning meaning = ErrorCodes.find(
                            slash < 0 ? code : code.substring(0, slash), slash < 0 ? "" : code.substring(slash + 1))
                    .orElseThrow();
            assertThat(meaning.hint()).as(code).isNotBlank().endsWith(".");
        }
        assertThat(ErrorCodes.find("ConflictException", "SOMETHING_NEW")
                        .orElseThrow()
                        .reason())
                .isEqualTo(Reason.REQUEST);
        assertThat(ErrorCodes.find("NeverHeardOf", "")).isEmpty();
    }

    @Test
    void everyFieldOfATextMessageFitsAwsModel() throws IOException {
        SnsProvider.Builder everything = Fixtures.endUserMessaging("https://x.invalid")
                .option("ConfigurationSetName", "texts")
                .option("MaxPrice", "0.05")
                .option("Keyword", "KEYWORD_1")
                .option("ProtectConfigurationId", "protect-1")
                .option("MessageFeedbackEnabled", "true")
                .option("IN_ENTITY_ID", "1101")
                .option("IN_TEMPLATE_ID", "1107");
        Settings settings = new Settings(everything, List.of());
        Submission submission = Submission.builder(
                        MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), "Hello ñ€😀 \"x\"\n")
                .from(SenderId.pool("pool-0123456789abcdef0123456789abcdef"))
                .category(Category.MARKETING)
                .validity(Duration.ofDays(30))
                .build();
        JsonNode request = new ObjectMapper()
                .readTree(SubmitRequest.of(submission, settings, true).body());
        assertThat(request.size()).isEqualTo(13);
        check(request, "SendTextMessageRequest");
        assertThat(request.get("TimeToLive").asInt()).isEqualTo(259_200);
        assertThat(request.get("DryRun").asBoolean()).isTrue();
        assertThat(request.get("MessageType").asText()).isEqualTo("PROMOTIONAL");
        assertThat(request.get("MessageBody").asText()).isEqualTo("Hello ñ€😀 \"x\"\n");
    }

    private static void check(JsonNode value, String shapeName) {
        JsonNode shape = TEXTS.at("/shapes/" + shapeName);
        String type = shape.get("type").asText();
        switch (type) {
            case "structure" ->
                value.properties().forEach(field -> {
                    JsonNode member = shape.at("/members/" + field.getKey());
                    assertThat(member.isMissingNode())
                            .as(shapeName + " knows " + field.getKey())
                            .isFalse();
                    check(field.getValue(), member.get("shape").asText());
                });
            case "map" ->
                value.properties().forEach(field -> {
                    text(field.getKey(), shape.at("/key/shape").asText());
                    check(field.getValue(), shape.at("/value/shape").asText());
                });
            case "string" -> text(value.asText(), shapeName);
            case "integer" ->
                assertThat(value.asLong())
                        .as(shapeName)
                        .isBetween(
                                shape.path("min").asLong(Long.MIN_VALUE),
                                shape.path("max").asLong(Long.MAX_VALUE));
            case "boolean" -> assertThat(value.isBoolean()).as(shapeName).isTrue();
            default -> throw new AssertionError(shapeName + " is a " + type);
        }
    }

    private static void text(String value, String shapeName) {
        JsonNode shape = TEXTS.at("/shapes/" + shapeName);
        assertThat(value.length())
                .as(shapeName)
                .isBetween(shape.path("min").asInt(0), shape.path("max").asInt(1600));
        if (shape.has("pattern")) {
            assertThat(Pattern.matches(shape.get("pattern").asText(), value))
                    .as(shapeName + " " + value)
                    .isTrue();
        }
        if (shape.has("enum")) {
            assertThat(shape.get("enum")).extracting(JsonNode::asText).contains(value);
        }
    }
}
