package io.textonce.testkit;

import static io.textonce.testkit.SmsAssertions.assertThatSms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.Settlement;
import io.textonce.sandbox.Behaviour;
import io.textonce.spi.Submission;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SmsAssertionsTest {

    private static final PhoneNumber RECIPIENT = PhoneNumber.of("+12025550100");

    private static final SendResult.Details DETAILS = SendResult.Details.of(
            MessageId.next(),
            RECIPIENT,
            List.of(
                    Attempt.builder(1, "first", Outcome.REJECTED)
                            .rejected(Reason.TRANSPORT, Proof.NOT_TRANSMITTED)
                            .build(),
                    Attempt.builder(2, "second", Outcome.ACCEPTED).build()),
            null);

    private static final SendResult ACCEPTED = new SendResult.Accepted(DETAILS, "second", "SM1", 1, null);
    private static final SendResult REJECTED = new SendResult.Rejected(
            DETAILS, Reason.SENDER, Proof.PROVIDER_REFUSED, "no such sender", "second", "21606", null);
    private static final SendResult UNKNOWN =
            new SendResult.Unknown(DETAILS, "second", Set.of(Settlement.LOOKUP), "lost", "SM1");

    @Test
    void everyTrueAssertionAboutAResultHolds() {
        assertThatSms(ACCEPTED)
                .isAccepted()
                .by("second")
                .hasProviderMessageId("SM1")
                .hasAttempts(2)
                .attempted("first", "second")
                .isRecorded();
        assertThatSms(REJECTED)
                .isRejected()
                .by("second")
                .hasReason(Reason.SENDER)
                .hasProof(Proof.PROVIDER_REFUSED)
                .hasProviderCode("21606")
                .explains("such sender");
        assertThatSms(UNKNOWN)
                .isUnknown()
                .by("second")
                .hasProviderMessageId("SM1")
                .settlesBy(Settlement.LOOKUP)
                .explains("lost");
        assertThatSms(ACCEPTED.notRecorded()).isNotRecorded();
        assertThatSms(SendResult.unknown("x")).settlesBy();
        assertThatSms(SendResult.unknown("x", Settlement.LOOKUP, Settlement.DELIVERY_REPORT))
                .settlesBy(Settlement.DELIVERY_REPORT, Settlement.LOOKUP);
    }

    @Test
    void everyFalseAssertionAboutAResultFails() {
        List<SendResult> all = List.of(ACCEPTED, REJECTED, UNKNOWN);
        for (SendResult result : all) {
            fails(result, a -> a.by("first"));
            fails(result, a -> a.hasAttempts(1));
            fails(result, a -> a.attempted("second", "first"));
            fails(result, a -> a.attempted("first"));
            fails(result, a -> a.isNotRecorded());
            fails(result.notRecorded(), a -> a.isRecorded());
            fails(result, a -> a.explains("other words"));
            fails(result, a -> a.hasProviderMessageId("SM2"));
            fails(result, a -> a.hasReason(Reason.RECIPIENT));
            fails(result, a -> a.hasProof(Proof.NOT_TRANSMITTED));
            fails(result, a -> a.hasProviderCode("1"));
            fails(result, a -> a.settlesBy(Settlement.DELIVERY_REPORT));
            fails(result, a -> a.settlesBy());
            if (result != ACCEPTED) {
                fails(result, a -> a.isAccepted());
            }
            if (result != REJECTED) {
                fails(result, a -> a.isRejected());
                fails(result, a -> a.hasReason(Reason.SENDER));
            }
            if (result != UNKNOWN) {
                fails(result, a -> a.isUnknown());
                fails(result, a -> a.settlesBy(Settlement.LOOKUP));
            }
        }
        fails(REJECTED, a -> a.hasProviderMessageId("SM1"));
        fails(SendResult.rejected(Reason.DISABLED, Proof.LOCAL_POLICY, "off"), a -> a.by("second"));
        assertThatThrownBy(() -> assertThatSms((SendResult) null)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThatSms((FakeProvider) null)).isInstanceOf(AssertionError.class);
    }

    private static void fails(SendResult result, Consumer<SmsAssertions.ResultAssert> assertion) {
        assertThatThrownBy(() -> assertion.accept(assertThatSms(result))).isInstanceOf(AssertionError.class);
    }

    @Test
    void aFailureListsFactsOneALine() {
        assertThatThrownBy(() -> assertThatSms(REJECTED).isAccepted())
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("""
                        expected : accepted
                        but was  : Rejected[%s SENDER PROVIDER_REFUSED by second code 21606: no such sender]
                        recipient: ***100
                        attempts : [Attempt[1 first REJECTED TRANSPORT], Attempt[2 second ACCEPTED]]
                        recorded : true""".formatted(DETAILS_ID));
    }

    private static final MessageId DETAILS_ID = ACCEPTED.messageId();

    private static FakeProvider after(Behaviour behaviour, String... texts) {
        FakeProvider fake = FakeProvider.named("fake");
        fake.script().otherwise(behaviour);
        for (String text : texts) {
            fake.submit(Submission.builder(MessageId.next(), RECIPIENT, text).build());
        }
        return fake;
    }

    @Test
    void everyTrueAssertionAboutAProviderHolds() {
        assertThatSms(after(Behaviour.accept(), "one", "two"))
                .sent("+12025550100", "one")
                .sent("+12025550100", "two")
                .sentTo("+12025550100")
                .hasSubmits(2)
                .created(2)
                .createdNothingTwice()
                .usedItsScript();
        assertThatSms(after(Behaviour.notTransmitted(), "one")).hasSubmits(1).created(0);
        assertThatSms(after(Behaviour.accept())).sentNothing();
    }

    @Test
    void everyFalseAssertionAboutAProviderFails() {
        FakeProvider fake = after(Behaviour.accept(), "one");
        fake.script().then(Behaviour.accept());
        MessageId id = fake.submissions().get(0).messageId();

        failsFor(fake, a -> a.sent("+12025550100", "One"));
        failsFor(fake, a -> a.sent("+12025550101", "one"));
        failsFor(fake, a -> a.sentTo("+12025550101"));
        failsFor(fake, a -> a.sentNothing());
        failsFor(fake, a -> a.hasSubmits(2));
        failsFor(fake, a -> a.created(0));
        failsFor(fake, a -> a.usedItsScript());
        fake.submit(Submission.builder(id, RECIPIENT, "one").build());
        failsFor(fake, a -> a.createdNothingTwice());
    }

    private static void failsFor(FakeProvider fake, Consumer<SmsAssertions.ProviderAssert> assertion) {
        assertThatThrownBy(() -> assertion.accept(assertThatSms(fake))).isInstanceOf(AssertionError.class);
    }

    @Test
    void aFailureShowsWhereTextsPartButNeitherTextNorNumber() {
        FakeProvider fake = after(Behaviour.accept(), "canary sings");

        assertThatThrownBy(() -> assertThatSms(fake).sent("+12025550100", "canary sang loudly"))
                .message()
                .contains("another text: 12 characters, not 18, different from index 8 on", "***100")
                .doesNotContain("canary", "2025550");
        assertThatThrownBy(() -> assertThatSms(fake).sent("+12025550111", "canary"))
                .message()
                .contains("no submit to this number", "***111")
                .doesNotContain("canary", "2025550");
        assertThat(fake.submissions()).hasSize(1);
    }
}
