package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Category;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Capabilities;
import io.textonce.testkit.FakeProvider;
import io.textonce.text.SegmentPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where messages may go, and how long they may be. */
class AllowedBehaviourTest {

    private static final PhoneNumber AUSTRALIAN = PhoneNumber.of("+61491570156");
    private static final PhoneNumber AMERICAN = PhoneNumber.of("+12125550123");
    private static final PhoneNumber CANADIAN = PhoneNumber.of("+14165550123");

    private final FakeProvider provider = FakeProvider.named("only");

    private static SmsMessage.Builder to(PhoneNumber number) {
        return SmsMessage.to(number).text("Hello");
    }

    private static SendResult.Rejected rejected(SendResult result, Reason reason) {
        assertThat(result).isInstanceOf(SendResult.Rejected.class);
        SendResult.Rejected rejected = (SendResult.Rejected) result;
        assertThat(rejected.reason()).isEqualTo(reason);
        assertThat(rejected.proof()).isEqualTo(Proof.LOCAL_POLICY);
        assertThat(rejected.attempts()).isEmpty();
        return rejected;
    }

    @Test
    void aCountryThatIsNotAllowedIsBlocked() {
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .allowCountries("AU", "ca")
                .build()) {
            assertThat(rejected(sms.send(to(AMERICAN).build()), Reason.BLOCKED).explanation())
                    .isEqualTo("messages to US aren't allowed; allowed are AU, CA");
            assertThat(sms.send(to(CANADIAN).build()).isAccepted())
                    .as("it shares +1 and is told apart")
                    .isTrue();
            assertThat(sms.send(to(AUSTRALIAN).build()).isAccepted()).isTrue();
            assertThat(rejected(sms.send(to(PhoneNumber.of("+881612345678")).build()), Reason.BLOCKED)
                            .explanation())
                    .contains("isn't known");
            assertThat(provider.submissions()).hasSize(2);
        }
    }

    @Test
    void aCategoryMayHaveCountriesOfItsOwn() {
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .allowCountries("AU", "US")
                .allowCountries(Category.OTP, "AU")
                .build()) {
            rejected(sms.send(to(AMERICAN).category(Category.OTP).build()), Reason.BLOCKED);
            assertThat(sms.send(to(AMERICAN).build()).isAccepted()).isTrue();
        }
        try (SmsClient sms = SmsClient.builder()
                .provider(FakeProvider.named("other"))
                .allowCountries(Category.OTP, "AU")
                .build()) {
            rejected(sms.send(to(AMERICAN).category(Category.OTP).build()), Reason.BLOCKED);
            assertThat(sms.send(to(AMERICAN).build()).isAccepted())
                    .as("nothing was said of other categories")
                    .isTrue();
        }
    }

    @Test
    void moreSegmentsThanAllowedAreRefused() {
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .maxSegments(2)
                .maxSegments(Category.OTP, 1)
                .build()) {
            String three = "x".repeat(307);
            assertThat(rejected(sms.send(to(AUSTRALIAN).text(three).build()), Reason.CONTENT)
                            .explanation())
                    .isEqualTo("the text has 3 segments in GSM-7, at most 2 are allowed; shorten it");
            String two = "x".repeat(306);
            assertThat(sms.send(to(AUSTRALIAN).text(two).build()).isAccepted()).isTrue();
            assertThat(rejected(
                                    sms.send(to(AUSTRALIAN)
                                            .text(two)
                                            .category(Category.OTP)
                                            .build()),
                                    Reason.CONTENT)
                            .explanation())
                    .contains("at most 1 is allowed");
            assertThat(provider.submissions()).hasSize(1);
        }
    }

    @Test
    void aProviderThatWouldCountMoreIsNotAsked() {
        SandboxProvider appending = SandboxProvider.builder()
                .name("appending")
                .capabilities(Capabilities.builder(SegmentPolicy.GENERIC.withReservedUnits(20))
                        .build())
                .build();
        try (SmsClient sms = SmsClient.builder()
                .provider(appending)
                .provider(provider)
                .maxSegments(1)
                .build()) {
            SendResult result = sms.send(to(AUSTRALIAN).text("x".repeat(150)).build());
            assertThat(result.orThrow().provider()).isEqualTo("only");
            assertThat(result.attempts()).hasSize(1);
        }
    }

    @Test
    void quoteAndCheckSayItBeforehand() {
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .allowCountries("AU")
                .maxSegments(1)
                .build()) {
            SmsMessage abroad = to(AMERICAN).build();
            SmsMessage tooLong = to(AUSTRALIAN).text("x".repeat(161)).build();
            assertThat(sms.quote(abroad).refusal().orElseThrow()).contains("US aren't allowed");
            assertThat(sms.quote(tooLong).refusal().orElseThrow()).contains("2 segments");
            assertThat(sms.quote(tooLong).segments()).isEqualTo(2);
            BulkCheck check =
                    sms.bulk().check(List.of(abroad, tooLong, to(AUSTRALIAN).build()));
            assertThat(check.invalid()).isEqualTo(2);
            assertThat(check.problems().get(0).explanation()).contains("BLOCKED", "US aren't allowed");
            assertThat(check.problems().get(1).explanation()).contains("CONTENT", "2 segments");
            assertThat(provider.submissions()).isEmpty();
        }
    }
}
