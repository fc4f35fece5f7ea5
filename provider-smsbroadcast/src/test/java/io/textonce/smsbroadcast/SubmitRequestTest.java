package io.textonce.smsbroadcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitRequestTest {

    private static final MessageId ID = MessageId.of("0123456789abc");

    @Test
    void writesOurIdAsReferenceAndNoSenderByDefault() {
        assertThat(form(submission().build())).endsWith("&to=61491570156&message=Hi&ref=0123456789abc");
    }

    @ParameterizedTest
    @CsvSource({"0,", "1,", "2, 2", "5, 5"})
    void sendsMaxsplitOnlyAboveOne(int segments, String written) {
        String form = form(submission().segments(segments).build());
        if (written == null) {
            assertThat(form).doesNotContain("maxsplit");
        } else {
            assertThat(form).endsWith("&maxsplit=" + written);
        }
    }

    @Test
    void refusesMoreThanFivePartsUnlessTheHostRaisedTheCap() {
        SubmitReply refusal = refusal(submission().segments(6).build());
        assertThat(refusal.reason()).contains(Reason.CONTENT);
        assertThat(refusal.explanation()).contains("6 parts; allowed are 5");
        SubmitRequest raised = SubmitRequest.of(
                List.of(submission().segments(6).build()),
                settings(Fixtures.provider().maxSplit(10)));
        assertThat(new String(raised.form(), StandardCharsets.US_ASCII)).endsWith("&maxsplit=6");
        try (SmsBroadcastProvider provider = Fixtures.provider().maxSplit(10).build()) {
            assertThat(provider.capabilities().segments().maxSegments()).isEqualTo(10);
            assertThat(provider.capabilities().segments().maxCharacters()).isEqualTo(1530);
        }
        try (SmsBroadcastProvider provider = Fixtures.provider().build()) {
            assertThat(provider.capabilities().segments()).isEqualTo(io.textonce.text.SegmentPolicy.SMS_BROADCAST);
        }
    }

    @ParameterizedTest
    @CsvSource({"+61491570157, 61491570157", "MyClinic, MyClinic", "+447700900123, 447700900123"})
    void writesTheSender(String sender, String written) {
        assertThat(form(submission().from(SenderId.of(sender)).build())).contains("&from=" + written + "&");
    }

    @ParameterizedTest
    @ValueSource(strings = {"My Clinic", "Clinic.AU", "A&B", "A_B", "A-B", "A+B", "12345"})
    void refusesASenderWithAnythingButLettersAndDigits(String sender) {
        SubmitReply refusal = refusal(submission().from(SenderId.of(sender)).build());
        assertThat(refusal.reason()).contains(Reason.SENDER);
        assertThat(refusal.explanation()).contains("Invalid sender ID").contains("11");
    }

    @Test
    void refusesAPool() {
        assertThat(refusal(submission().from(SenderId.pool("shared")).build()).reason())
                .contains(Reason.SENDER);
    }

    @Test
    void takesAReferenceOfTwentyCharactersAndRefusesALongerOneUncut() {
        String twenty = "appointment-00000042";
        assertThat(form(submission().extra(Map.of("ref", twenty)).build())).contains("&ref=" + twenty);
        SubmitReply refusal =
                refusal(submission().extra(Map.of("ref", twenty + "3")).build());
        assertThat(refusal.reason()).contains(Reason.REQUEST);
        assertThat(refusal.proof()).contains(Proof.LOCAL_POLICY);
        assertThat(refusal.explanation()).contains("21 characters").doesNotContain(twenty);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with blank", "caf\u00e9", "0123456789abd", "b0123456789abd", "a\nb"})
    void refusesAReferenceThatIsUnreadableOrLooksLikeOurs(String ref) {
        assertThat(refusal(submission().extra(Map.of("ref", ref)).build()).reason())
                .contains(Reason.REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"username", "password", "to", "from", "message", "maxsplit", "delay", "action", "x", "\u0007"})
    void refusesEveryOtherOption(String option) {
        SubmitReply refusal = refusal(submission().extra(Map.of(option, "15")).build());
        assertThat(refusal.reason()).contains(Reason.REQUEST);
        assertThat(refusal.explanation()).contains("isn't").doesNotContain("\u0007");
    }

    @Test
    void refusesPicturesAndEmptyTexts() {
        assertThat(refusal(submission()
                                .media(List.of(URI.create("https://sms.example.org/a.png")))
                                .build())
                        .reason())
                .contains(Reason.CONTENT);
        assertThat(refusal(Submission.builder(ID, PhoneNumber.of("+61491570156"), "")
                                .build())
                        .reason())
                .contains(Reason.CONTENT);
    }

    @Test
    void writesABatchWithOneReferenceThatNobodyReadsAsAMessage() {
        List<Submission> batch = Fixtures.batch("Hi", "+61491570156", "+61491570157");
        String form = new String(
                SubmitRequest.of(batch, settings(Fixtures.provider())).form(), StandardCharsets.US_ASCII);
        String ref = "b" + batch.get(0).messageId();
        assertThat(form).endsWith("&to=61491570156%2C61491570157&message=Hi&ref=" + ref);
        assertThat(MessageId.isWellFormed(ref)).isFalse();
        assertThat(SubmitRequest.isBatch(ref)).isTrue();
        assertThat(ref).hasSizeLessThanOrEqualTo(SubmitRequest.LONGEST_REF);
    }

    @Test
    void refusesABatchThatItCouldNotReadTheAnswerOf() {
        assertRefused(Fixtures.batch("Hi", "+61491570156", "+61491570156"), "twice");
        List<Submission> mixed = Fixtures.batch("Hi", "+61491570156");
        mixed.addAll(Fixtures.batch("Ho", "+61491570157"));
        assertRefused(mixed, "id and recipient only");
        List<Submission> many = Fixtures.batch("Hi");
        for (int i = 0; i < 101; i++) {
            many.add(Fixtures.submission("+614915" + (70_000 + i), "Hi"));
        }
        assertRefused(many, "101 recipients; allowed are 100");
    }

    private static void assertRefused(List<Submission> batch, String why) {
        SubmitReply refusal =
                SubmitRequest.of(batch, settings(Fixtures.provider())).refusal();
        assertThat(Objects.requireNonNull(refusal).explanation()).contains(why);
        assertThat(refusal.proof()).contains(Proof.LOCAL_POLICY);
    }

    private static Submission.Builder submission() {
        return Submission.builder(ID, PhoneNumber.of("+61491570156"), "Hi")
                .segments(1)
                .timeout(Duration.ofSeconds(5));
    }

    private static String form(Submission submission) {
        SubmitRequest request = SubmitRequest.of(List.of(submission), settings(Fixtures.provider()));
        assertThat(request.refusal()).isNull();
        return new String(request.form(), StandardCharsets.US_ASCII);
    }

    private static SubmitReply refusal(Submission submission) {
        return Objects.requireNonNull(SubmitRequest.of(List.of(submission), settings(Fixtures.provider()))
                .refusal());
    }

    private static Settings settings(SmsBroadcastProvider.Builder builder) {
        return new Settings(builder, List.of());
    }
}
