package io.textonce.client;

import static io.textonce.sandbox.Behaviour.accept;
import static io.textonce.sandbox.Behaviour.answer;
import static io.textonce.sandbox.Behaviour.loseRequest;
import static io.textonce.sandbox.Behaviour.loseResponse;
import static io.textonce.sandbox.Behaviour.notTransmitted;
import static io.textonce.sandbox.Behaviour.refuse;
import static io.textonce.sandbox.Behaviour.throttle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsNotAcceptedException;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SelfCheck.Level;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import io.textonce.template.Template;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.SmartEncoding;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the client does with a message, seen from the providers that it asks and the stores that it writes. */
class SendingBehaviourTest {

    private static final PhoneNumber NUMBER = PhoneNumber.of("+61491570156");
    private static final Suppression.Choice OUT = Suppression.Choice.OPT_OUT;

    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
    private final FakeProvider first = FakeProvider.named("first");
    private final FakeProvider second = FakeProvider.named("second");
    private final InMemoryStore store = new InMemoryStore();

    private SmsClient.Builder client() {
        return SmsClient.builder().provider(first).time(clock).retry(RetryPolicy.none());
    }

    private SmsClient.Builder pair() {
        return client().provider(second);
    }

    private static SmsMessage.Builder hello() {
        return SmsMessage.to(NUMBER).text("See you at 10:30");
    }

    private static SendResult.Rejected rejected(SendResult result) {
        assertThat(result).isInstanceOf(SendResult.Rejected.class);
        return (SendResult.Rejected) result;
    }

    @Test
    void theTimeToTryAgainIsWhenTheFirstProviderIsReady() {
        first.script().then(throttle(Duration.ofMinutes(1)));
        second.script().then(throttle(Duration.ofHours(5)));
        SendResult.Rejected both = rejected(pair().build().send(hello().build()));
        assertThat(both.retryAt()).contains(clock.now().plus(Duration.ofMinutes(1)));
        first.script().then(notTransmitted());
        second.script().then(throttle(Duration.ofHours(5)));
        assertThat(rejected(pair().build().send(hello().build())).retryAt())
                .as("the first may be asked at any time")
                .isEmpty();
        first.script().then(refuse(Reason.ROUTE, "1"));
        second.script().then(throttle(Duration.ofHours(5)));
        assertThat(rejected(pair().build().send(hello().build())).retryAt())
                .as("the first won't take it")
                .contains(clock.now().plus(Duration.ofHours(5)));
    }

    @Test
    void aRequestThatWasMadeKeepsItsPermitWhateverFailsAfterwards() {
        AtomicBoolean failing = new AtomicBoolean();
        TimeSource time = new TimeSource() {
            @Override
            public Instant now() {
                return clock.now();
            }

            @Override
            public long nanoTime() {
                if (failing.getAndSet(false)) {
                    throw new IllegalStateException("the host's clock");
                }
                return clock.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                clock.sleep(duration);
            }
        };
        first.script().otherwise(submission -> {
            failing.set(true);
            return accept();
        });
        SmsClient sms = client().time(time)
                .breaker(null)
                .rateLimit(RateLimit.of(1, Duration.ofHours(1)).keyedBy(RateLimit.Key.PROVIDER))
                .build();
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        assertThat(failing).isFalse();
        assertThat(rejected(sms.send(hello().build())).reason()).isEqualTo(Reason.RATE_LIMITED);
    }

    @Test
    void noValueOfALabelIsTakenForTheKeyOfAnotherLimit() {
        SmsClient sms = client().rateLimit(
                        RateLimit.of(100, Duration.ofHours(1)).keyedByLabel("user"))
                .rateLimit(RateLimit.of(1, Duration.ofHours(1))
                        .keyedByLabel("user")
                        .only(Category.MARKETING))
                .build();
        SmsMessage marketing =
                hello().category(Category.MARKETING).label("user", "456").build();
        assertThat(sms.send(marketing).isAccepted()).isTrue();
        sms.send(hello().label("user", "[MARKETING]:456").build());
        assertThat(rejected(sms.send(marketing)).reason()).isEqualTo(Reason.RATE_LIMITED);
    }

    @Test
    void aLimitMayWaitForAsLongAsTheSendLasts() {
        SmsClient sms = client().rateLimit(
                        RateLimit.of(1, Duration.ofSeconds(2)).waitUpTo(Duration.ofSeconds(Long.MAX_VALUE)))
                .build();
        sms.send(hello().build());
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
    }

    @Test
    void anAcceptedMessageNamesProviderAndId() {
        SendResult result = client().build().send(hello().build());
        SendResult.Accepted accepted = result.orThrow();
        assertThat(accepted.provider()).isEqualTo("first");
        assertThat(accepted.providerMessageId()).isPresent();
        assertThat(accepted.attempts()).hasSize(1);
        assertThat(accepted.to()).contains(NUMBER);
        assertThat(accepted.quote().orElseThrow().segments()).isEqualTo(1);
        assertThat(first.submissions()).hasSize(1);
        assertThat(first.submissions().get(0).messageId()).isEqualTo(result.messageId());
    }

    @Test
    void orThrowCarriesTheResultOfWhatWasNotAccepted() {
        first.script().then(loseResponse());
        SendResult result = client().build().send(hello().build());
        assertThatThrownBy(result::orThrow)
                .isInstanceOfSatisfying(
                        SmsNotAcceptedException.class,
                        e -> assertThat(e.result()).isSameAs(result))
                .hasMessageNotContainingAny("See you", "491570156");
    }

    @Test
    void D1_anUnknownOutcomeIsNeitherRetriedNorFailedOver() {
        first.script().then(loseResponse());
        SendResult result = pair().retry(RetryPolicy.backoff(5, Duration.ofMillis(10), Duration.ofSeconds(1)))
                .build()
                .send(hello().build());
        assertThat(result.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(first.submissions()).hasSize(1);
        assertThat(second.submissions()).isEmpty();
        assertThat(((SendResult.Unknown) result).settlement()).isNotEmpty();
    }

    @Test
    void aRequestThatWasLostIsAsUnknownAsALostResponse() {
        first.script().then(loseRequest());
        assertThat(pair().build().send(hello().build()).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(second.submissions()).isEmpty();
    }

    @Test
    void aClientThatWouldFailOverOnUnknownSubmitsTwice() {
        first.script().then(loseResponse());
        pair().permissions(reply -> reply.outcome() == Outcome.ACCEPTED ? Next.STOP : Next.OTHER)
                .build()
                .send(hello().build());
        assertThat(second.submissions())
                .as("the mutant that the matrix prevents: without it the message goes out twice")
                .hasSize(1);
    }

    @Test
    void aProviderThatThrowsLeavesTheOutcomeUnknown() {
        SmsProvider broken = new Broken(() -> {
            throw new IllegalStateException("text: See you at 10:30");
        });
        SendResult result =
                SmsClient.builder().provider(broken).provider(second).build().send(hello().build());
        assertThat(result.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(result.toString()).doesNotContain("See you");
        assertThat(second.submissions()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway")
    void aProviderThatAnswersNullLeavesTheOutcomeUnknown() {
        SendResult result =
                SmsClient.builder().provider(new Broken(() -> null)).build().send(hello().build());
        assertThat(result.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void D3_failsOverWhenNothingWasTransmittedAndListsBothAttempts() {
        first.script().then(notTransmitted());
        SendResult result = pair().build().send(hello().build());
        assertThat(result.orThrow().provider()).isEqualTo("second");
        assertThat(result.attempts()).extracting(Attempt::provider).containsExactly("first", "second");
        assertThat(result.attempts()).extracting(Attempt::outcome).containsExactly(Outcome.REJECTED, Outcome.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyRefusalFollowsTheMatrix(Reason reason) {
        boolean other = switch (reason) {
            case SENDER, ROUTE, CREDENTIAL, ACCOUNT, UNAVAILABLE, THROTTLED -> true;
            default -> false;
        };
        first.script().then(answer(SubmitReply.refused(reason, "1", "hint")));
        SendResult result = pair().build().send(hello().build());
        assertThat(second.submissions()).hasSize(other ? 1 : 0);
        assertThat(first.submissions()).hasSize(1);
        assertThat(result.outcome()).isEqualTo(other ? Outcome.ACCEPTED : Outcome.REJECTED);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void onlyThrottlingAndFailedConnectionsAreTriedAgainAtTheSameProvider(Reason reason) {
        RetryPolicy three = RetryPolicy.backoff(3, Duration.ofMillis(10), Duration.ofMillis(20));
        first.script().otherwise(answer(SubmitReply.refused(reason, "1", "hint")));
        client().retry(three).breaker(null).build().send(hello().build());
        assertThat(first.submissions()).hasSize(reason == Reason.THROTTLED ? 3 : 1);
        second.script().otherwise(answer(SubmitReply.notTransmitted(reason, "hint")));
        SmsClient.builder()
                .provider(second)
                .time(clock)
                .retry(three)
                .breaker(null)
                .build()
                .send(hello().build());
        assertThat(second.submissions()).hasSize(reason == Reason.CREDENTIAL ? 1 : 3);
    }

    @Test
    void anInvalidSubmissionNeverFailsOver() {
        first.script().then(answer(SubmitReply.invalid(Reason.REQUEST, "unknown option")));
        SendResult.Rejected result = rejected(pair().build().send(hello().build()));
        assertThat(result.proof()).isEqualTo(Proof.LOCAL_POLICY);
        assertThat(second.submissions()).isEmpty();
    }

    @Test
    void triesTheOtherProviderBeforeItWaits() {
        first.script().then(notTransmitted());
        Instant before = clock.now();
        pair().retry(RetryPolicy.backoff(3, Duration.ofSeconds(10), Duration.ofSeconds(20)))
                .build()
                .send(hello().build());
        assertThat(clock.now()).isEqualTo(before);
    }

    @Test
    void waitsAtLeastAsLongAsTheProviderAsked() {
        first.script().then(throttle(Duration.ofSeconds(7))).then(accept());
        Instant before = clock.now();
        SendResult result = client().retry(RetryPolicy.backoff(2, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build()
                .send(hello().build());
        assertThat(result.isAccepted()).isTrue();
        assertThat(Duration.between(before, clock.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(7));
        assertThat(first.submissions()).hasSize(2);
    }

    @Test
    void aThrottledProviderIsLeftAloneByLaterSendsUntilItsTimeHasCome() {
        first.script().then(throttle(Duration.ofSeconds(7)));
        SmsClient sms = client().build();
        SendResult.Rejected refused = rejected(sms.send(hello().build()));
        assertThat(refused.retryAt()).contains(clock.now().plusSeconds(7));
        SendResult.Rejected tooEarly = rejected(sms.send(hello().build()));
        assertThat(tooEarly.proof()).isEqualTo(Proof.NOT_TRANSMITTED);
        assertThat(first.submissions()).hasSize(1);
        clock.advance(Duration.ofSeconds(7));
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
    }

    @Test
    void D2_theDeadlineEndsTheTrying() {
        first.script().otherwise(throttle(Duration.ofSeconds(50)));
        Instant before = clock.now();
        SendResult result = client().retry(RetryPolicy.backoff(10, Duration.ofMillis(1), Duration.ofSeconds(1)))
                .deadline(Duration.ofMinutes(2))
                .build()
                .send(hello().build());
        assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(Duration.between(before, clock.now())).isLessThanOrEqualTo(Duration.ofMinutes(2));
        assertThat(first.submissions().size()).isBetween(2, 3);
    }

    @Test
    void interruptingEndsTheWaitBetweenAttemptsAndKeepsTheFlag() {
        first.script().otherwise(notTransmitted());
        Thread.currentThread().interrupt();
        SendResult result = client().retry(RetryPolicy.backoff(5, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .build()
                .send(hello().build());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(first.submissions()).hasSize(1);
    }

    @Test
    void theKillSwitchActsBetweenAttempts() {
        AtomicBoolean off = new AtomicBoolean();
        first.script().otherwise(s -> {
            off.set(true);
            return notTransmitted();
        });
        SendResult.Rejected result =
                rejected(pair().disabledWhen(tenant -> off.get()).build().send(hello().build()));
        assertThat(result.reason()).isEqualTo(Reason.DISABLED);
        assertThat(second.submissions()).isEmpty();
        assertThat(result.attempts()).hasSize(1);
    }

    @Test
    void anOptOutBetweenTwoAttemptsStopsTheFailover() {
        first.script().otherwise(s -> {
            store.record(TenantId.DEFAULT, new Suppression(NUMBER, null, OUT, clock.now(), "test"));
            return notTransmitted();
        });
        SendResult.Rejected result = rejected(pair().suppressions(store).build().send(hello().build()));
        assertThat(result.reason()).isEqualTo(Reason.OPTED_OUT);
        assertThat(second.submissions()).isEmpty();
    }

    @Test
    void anOptOutThatTheProviderKnowsOfIsRememberedAndNeverFailsOver() {
        first.script().then(refuse(Reason.OPTED_OUT, "21610"));
        SmsClient sms = pair().suppressions(store).build();
        assertThat(rejected(sms.send(hello().build())).reason()).isEqualTo(Reason.OPTED_OUT);
        assertThat(store.isSuppressed(TenantId.DEFAULT, NUMBER, null)).isTrue();
        assertThat(rejected(sms.send(hello().build())).proof()).isEqualTo(Proof.LOCAL_POLICY);
        assertThat(first.submissions()).hasSize(1);
        assertThat(second.submissions()).isEmpty();
    }

    @Test
    void anotherTenantsOptOutDoesNotCount() {
        store.record(TenantId.of("a"), new Suppression(NUMBER, null, OUT, clock.now(), "test"));
        SmsClient sms = client().suppressions(store).build();
        assertThat(sms.send(hello().tenant(TenantId.of("b")).build()).isAccepted())
                .isTrue();
        assertThat(sms.send(hello().tenant(TenantId.of("a")).build()).isAccepted())
                .isFalse();
    }

    @Test
    void neverSendsLaterThanNotAfter() {
        first.script().then(throttle(Duration.ofSeconds(30)));
        SmsClient sms = client().retry(RetryPolicy.backoff(3, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build();
        sms.send(hello().notAfter(clock.now().plusSeconds(10)).build());
        assertThat(first.submissions()).hasSize(1);
        SendResult late = sms.send(hello().notAfter(clock.now().minusSeconds(1)).build());
        assertThat(rejected(late).reason()).isEqualTo(Reason.EXPIRED);
        assertThat(first.submissions()).hasSize(1);
    }

    @Test
    void passesTheRestOfTheValidityToTheProvider() {
        client().build().send(hello().notAfter(clock.now().plusSeconds(600)).build());
        assertThat(first.submissions().get(0).validity()).contains(Duration.ofSeconds(600));
    }

    @Test
    void aRateLimitRejectsWithTheTimeAtWhichItPasses() {
        SmsClient sms = client().rateLimit(
                        RateLimit.of(2, Duration.ofMinutes(1)).keyedBy(RateLimit.Key.RECIPIENT))
                .build();
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        clock.advance(Duration.ofSeconds(10));
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        SendResult.Rejected third = rejected(sms.send(hello().build()));
        assertThat(third.reason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(third.proof()).isEqualTo(Proof.LOCAL_POLICY);
        assertThat(third.retryAt()).contains(clock.now().plusSeconds(50));
        assertThat(sms.send(SmsMessage.to(PhoneNumber.of("+61491570157"))
                                .text("x")
                                .build())
                        .isAccepted())
                .isTrue();
        clock.advance(Duration.ofSeconds(50));
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        assertThat(first.submissions()).hasSize(4);
    }

    @Test
    void aRateLimitByLabelCountsEachUserApart() {
        SmsClient sms = client().rateLimit(RateLimit.of(1, Duration.ofHours(1)).keyedByLabel("user"))
                .build();
        assertThat(sms.send(hello().label("user", "1").build()).isAccepted()).isTrue();
        assertThat(sms.send(hello().label("user", "2").build()).isAccepted()).isTrue();
        assertThat(sms.send(hello().label("user", "1").build()).isAccepted()).isFalse();
        assertThat(rejected(sms.send(hello().label("user", "1").build())).explanation())
                .isEqualTo("the rate limit by label user is used up; it would pass in 1 h");
    }

    @Test
    void messagesWithoutTheLabelShareOneCountAndAreToldSo() {
        SmsClient sms = client().rateLimit(RateLimit.of(2, Duration.ofHours(1)).keyedByLabel("user"))
                .build();
        sms.send(hello().build());
        sms.send(hello().build());
        assertThat(rejected(sms.send(hello().build())).explanation())
                .isEqualTo("the rate limit by label user (messages without label user share one count) is used up;"
                        + " it would pass in 1 h");
    }

    @Test
    void aLimitMayWaitInsteadOfRejecting() {
        SmsClient sms = client().rateLimit(
                        RateLimit.of(1, Duration.ofSeconds(30)).waitUpTo(Duration.ofSeconds(30)))
                .build();
        Instant before = clock.now();
        sms.send(hello().build());
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        assertThat(clock.now()).isEqualTo(before.plusSeconds(30));
    }

    @Test
    void aProvidersOwnLimitFailsOver() {
        SmsClient sms = pair().rateLimit(RateLimit.perSecond(1, 1).keyedBy(RateLimit.Key.PROVIDER))
                .build();
        assertThat(sms.send(hello().build()).orThrow().provider()).isEqualTo("first");
        SendResult.Accepted other = sms.send(hello().build()).orThrow();
        assertThat(other.provider()).isEqualTo("second");
        assertThat(other.attempts().get(0).reason()).contains(Reason.RATE_LIMITED);
        assertThat(first.submissions()).hasSize(1);
    }

    @Test
    void aMessageThatNeverLeftGivesItsPermitBack() {
        first.script().then(notTransmitted());
        SmsClient sms = client().rateLimit(RateLimit.of(1, Duration.ofHours(1))).build();
        assertThat(sms.send(hello().build()).isAccepted()).isFalse();
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        assertThat(rejected(sms.send(hello().build())).reason()).isEqualTo(Reason.RATE_LIMITED);
    }

    @Test
    void anUnknownMessageKeepsItsPermit() {
        first.script().then(loseResponse());
        SmsClient sms = client().rateLimit(RateLimit.of(1, Duration.ofHours(1))).build();
        assertThat(sms.send(hello().build()).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(rejected(sms.send(hello().build())).reason()).isEqualTo(Reason.RATE_LIMITED);
    }

    @Test
    void theBreakerLeavesAFailingProviderAloneAndTriesItAgainLater() {
        first.script().then(4, notTransmitted());
        SmsClient sms =
                pair().breaker(BreakerPolicy.of(50, 8, Duration.ofSeconds(30))).build();
        for (int i = 0; i < 4; i++) {
            assertThat(sms.send(hello().build()).orThrow().provider()).isEqualTo("second");
        }
        assertThat(first.submissions()).hasSize(4);
        SendResult alone = sms.send(hello().build());
        assertThat(alone.attempts().get(0).reason()).contains(Reason.UNAVAILABLE);
        assertThat(first.submissions()).hasSize(4);
        clock.advance(Duration.ofSeconds(31));
        assertThat(sms.send(hello().build()).orThrow().provider()).isEqualTo("first");
    }

    @Test
    void refusedCredentialsOpenTheBreakerAtOnce() {
        first.script().then(refuse(Reason.CREDENTIAL, "20003"));
        SmsClient sms = pair().build();
        sms.send(hello().build());
        sms.send(hello().build());
        assertThat(first.submissions()).hasSize(1);
        assertThat(sms.diagnose().toString()).contains("OPEN");
    }

    @Test
    void tellsForHowLongABreakerStaysOpen() {
        first.script().then(refuse(Reason.CREDENTIAL, "20003"));
        SmsClient sms = pair().build();
        assertThat(sms.openBreakers()).isEmpty();
        sms.send(hello().build());
        Duration left = sms.openBreakers().get("first");
        assertThat(sms.openBreakers()).containsOnlyKeys("first");
        assertThat(sms.openBreakers(TenantId.of("anybody"))).isEqualTo(sms.openBreakers());
        clock.advance(left);
        assertThat(sms.openBreakers()).isEmpty();
    }

    @Test
    void whatRecipientsCauseNeverOpensTheBreaker() {
        first.script().otherwise(refuse(Reason.RECIPIENT, "21211"));
        SmsClient sms =
                client().breaker(BreakerPolicy.of(1, 2, Duration.ofSeconds(30))).build();
        for (int i = 0; i < 20; i++) {
            sms.send(hello().build());
        }
        assertThat(first.submissions()).hasSize(20);
    }

    @Test
    void wrongDataIsRejectedAndNothingIsAsked() {
        SmsClient sms = client().defaultRegion("AU").build();
        assertThat(rejected(sms.send(SmsMessage.to((String) null).text("x").build()))
                        .reason())
                .isEqualTo(Reason.RECIPIENT);
        assertThat(rejected(sms.send(SmsMessage.to(" ").text("x").build())).reason())
                .isEqualTo(Reason.RECIPIENT);
        assertThat(rejected(sms.send(SmsMessage.to("12").text("x").build())).reason())
                .isEqualTo(Reason.RECIPIENT);
        assertThat(rejected(sms.send(SmsMessage.to(NUMBER).text(" ").build())).reason())
                .isEqualTo(Reason.CONTENT);
        assertThat(rejected(sms.send(SmsMessage.to(NUMBER).text(null).build())).reason())
                .isEqualTo(Reason.CONTENT);
        SendResult.Rejected tooLong =
                rejected(sms.send(SmsMessage.to(NUMBER).text("x".repeat(50_000)).build()));
        assertThat(tooLong.reason()).isEqualTo(Reason.CONTENT);
        assertThat(tooLong.explanation()).contains("255");
        assertThat(first.submissions()).isEmpty();
    }

    @Test
    void explanationsHoldNeitherNumberNorText() {
        SmsClient sms = client().defaultRegion("AU").build();
        for (String wrong : List.of("0491 570 1", "+614915701561234567", "call 0491570156 ext 5", "04915701560000")) {
            String shown =
                    sms.send(SmsMessage.to(wrong).text("secret words").build()).toString();
            assertThat(shown).doesNotContain("491570", "secret");
        }
    }

    @Test
    void normalisesNumbersAsPeopleWriteThem() {
        client().defaultRegion("AU")
                .build()
                .send(SmsMessage.to("0491 570 156").text("x").build());
        assertThat(first.submissions().get(0).to()).isEqualTo(NUMBER);
    }

    @Test
    void aMessageMayNameTheRegionOfItsRecipient() {
        SmsClient sms = client().defaultRegion("AU").build();
        sms.send(SmsMessage.to("(202) 555-0160").region("US").text("x").build());
        assertThat(first.submissions().get(0).to()).isEqualTo(PhoneNumber.of("+12025550160"));
        SendResult.Rejected nowhere = rejected(sms.send(
                SmsMessage.to("0491 570 156").region("Atlantis").text("x").build()));
        assertThat(nowhere.reason()).isEqualTo(Reason.RECIPIENT);
        assertThat(nowhere.explanation()).contains("ISO 3166");
        assertThat(first.submissions()).hasSize(1);
    }

    @Test
    void aQuoteSaysWhyAMessageWouldBeRefused() {
        SmsClient sms = client().build();
        assertThat(sms.quote(hello().build()).refusal()).isEmpty();
        assertThat(sms.quote(SmsMessage.to(NUMBER).text("x".repeat(50_000)).build())
                        .refusal())
                .isPresent();
        assertThat(sms.quote(SmsMessage.to("nobody").text("x").build()).refusal())
                .isPresent();
    }

    @Test
    void mobileOnlyRefusesLandlines() {
        SmsClient sms = client().defaultRegion("AU").mobileOnly().build();
        assertThat(rejected(sms.send(SmsMessage.to("(02) 5550 1234").text("x").build()))
                        .reason())
                .isEqualTo(Reason.RECIPIENT);
        assertThat(sms.send(SmsMessage.to("0491 570 156").text("x").build()).isAccepted())
                .isTrue();
    }

    @Test
    void wrongCodeThrowsWithAllProblems() {
        assertThatThrownBy(() -> SmsMessage.to(NUMBER)
                        .text("a")
                        .template("t", Locale.ENGLISH, Map.of())
                        .senderRequired()
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text and template")
                .hasMessageContaining("senderRequired");
        SmsClient sms = client().build();
        sms.close();
        assertThatThrownBy(() -> sms.send(hello().build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(first.submissions()).isEmpty();
    }

    @Test
    void warnsOfOptOutsThatAReceiverCannotRecordOrThatAreLostOnExit() {
        Level sandbox = level(client().build());
        assertThat(sandbox).isEqualTo(Level.OK);
        SmsClient.Builder real = SmsClient.builder().provider(new Broken(() -> SubmitReply.accepted("1")));
        assertThat(level(real.build())).isEqualTo(Level.WARNING);
        SmsClient shared = real.suppressions(store).build();
        assertThat(level(shared)).isEqualTo(Level.WARNING);
        assertThat(shared.diagnose().isHealthy()).isTrue();
        assertThat(shared.diagnose().toString()).contains("lost on exit");
    }

    private static Level level(SmsClient sms) {
        return sms.diagnose().findings().stream()
                .filter(finding -> finding.subject().equals("suppressions"))
                .findFirst()
                .orElseThrow()
                .level();
    }

    @Test
    void reportsEverySubstitutionOfSmartEncoding() {
        SmsClient sms = client().smartEncoding(SmartEncoding.TYPOGRAPHIC).build();
        String text = "It\u2019s at 10".repeat(8);
        SendResult result = sms.send(SmsMessage.to(NUMBER).text(text).build());
        assertThat(first.submissions().get(0).text()).isEqualTo(text.replace('\u2019', '\''));
        assertThat(result.quote().orElseThrow().warnings()).hasSize(8).allMatch(w -> w.contains("U+2019"));
        assertThat(sms.quote(SmsMessage.to(NUMBER).text(text).build()).warnings())
                .hasSize(8);
    }

    @Test
    void theBuilderNamesEveryProblemAtOnce() {
        assertThatThrownBy(() -> SmsClient.builder()
                        .provider(FakeProvider.named("same"))
                        .provider(FakeProvider.named("same"))
                        .routing(Routing.failover("elsewhere"))
                        .defaultRegion("Atlantis")
                        .deadline(Duration.ofMillis(1))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two instances are named same")
                .hasMessageContaining("names elsewhere")
                .hasMessageContaining("defaultRegion")
                .hasMessageContaining("deadline: PT0.001S");
        assertThatThrownBy(() -> SmsClient.builder().build()).hasMessageContaining("provider: none is set");
    }

    @Test
    void rendersTemplatesOnceInTheBestLocale() {
        InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
        templates.put(Template.builder("reminder")
                .variable("name")
                .text(Locale.ENGLISH, "Hello {{name}}")
                .text(Locale.forLanguageTag("tr"), "Merhaba {{name}}")
                .defaultLocale(Locale.ENGLISH)
                .build());
        SmsClient sms = client().templates(templates).build();
        Locale cyprus = Locale.forLanguageTag("tr-CY");
        sms.send(SmsMessage.to(NUMBER)
                .template("reminder", cyprus, Map.of("name", "{{name}}"))
                .build());
        assertThat(first.submissions().get(0).text()).isEqualTo("Merhaba {{name}}");
        SendResult.Rejected missing = rejected(sms.send(SmsMessage.to(NUMBER)
                .template("reminder", cyprus, Map.of("nane", "Ada"))
                .build()));
        assertThat(missing.reason()).isEqualTo(Reason.TEMPLATE);
        assertThat(missing.explanation()).contains("name").contains("nane").doesNotContain("Ada");
        assertThat(rejected(sms.send(SmsMessage.to(NUMBER)
                                .template("gone", cyprus, Map.of())
                                .build()))
                        .reason())
                .isEqualTo(Reason.TEMPLATE);
        assertThat(rejected(client().build()
                                .send(SmsMessage.to(NUMBER)
                                        .template("reminder", cyprus, Map.of())
                                        .build()))
                        .explanation())
                .contains("the client has no TemplateRepository");
        assertThat(first.submissions()).hasSize(1);
    }

    @Test
    void aSenderGoesOnlyToProvidersThatOwnIt() {
        SenderId name = SenderId.of("ClinicSMS");
        FakeProvider owner = FakeProvider.of(SandboxProvider.builder()
                .name("owner")
                .capabilities(capabilities().senders(Set.of(name)).build()));
        FakeProvider stranger = FakeProvider.of(SandboxProvider.builder()
                .name("stranger")
                .capabilities(
                        capabilities().senders(Set.of(SenderId.of("12345"))).build()));
        SmsClient sms = SmsClient.builder()
                .provider(stranger)
                .provider(owner)
                .time(clock)
                .build();
        sms.send(hello().from(name).build());
        assertThat(stranger.submissions().get(0).from()).isEmpty();
        sms.send(hello().from(name).senderRequired().build());
        assertThat(stranger.submissions()).hasSize(1);
        assertThat(owner.submissions().get(0).from()).contains(name);
        SendResult.Rejected nobody = rejected(
                sms.send(hello().from(SenderId.of("Other")).senderRequired().build()));
        assertThat(nobody.reason()).isEqualTo(Reason.SENDER);
    }

    @Test
    void mediaGoOnlyToProvidersThatTakeThem() {
        FakeProvider plain = FakeProvider.of(SandboxProvider.builder()
                .name("plain")
                .capabilities(capabilities().build()));
        SmsClient sms = SmsClient.builder().provider(plain).time(clock).build();
        SendResult.Rejected result = rejected(
                sms.send(hello().media(URI.create("https://example.org/a.png")).build()));
        assertThat(result.reason()).isEqualTo(Reason.REQUEST);
        assertThat(result.proof()).isEqualTo(Proof.LOCAL_POLICY);
        assertThat(plain.submissions()).isEmpty();
    }

    private static Capabilities.Builder capabilities() {
        return Capabilities.builder(SegmentPolicy.GENERIC);
    }

    @Test
    void writesTheRowBeforeTheSubmitAndCompletesItAfterwards() {
        List<MessageState> seen = new ArrayList<>();
        first.script().otherwise(s -> {
            seen.add(store.find(TenantId.DEFAULT, s.messageId()).orElseThrow().state());
            return accept();
        });
        SendResult result = client().messages(store)
                .build()
                .send(hello().reference("appt-42").label("user", "7").build());
        assertThat(seen).containsExactly(MessageState.SENDING);
        MessageRecord row = store.find(TenantId.DEFAULT, result.messageId()).orElseThrow();
        assertThat(row.state()).isEqualTo(MessageState.ACCEPTED);
        assertThat(row.reference()).contains("appt-42");
        assertThat(row.text()).isEqualTo("See you at 10:30");
        assertThat(row.attempts()).hasSize(1);
        assertThat(store.query(TenantId.DEFAULT, MessageQuery.all().label("user", "7")))
                .hasSize(1);
        assertThat(store.query(TenantId.of("other"), MessageQuery.all())).isEmpty();
    }

    @Test
    void neverStoresTheTextOfAOneTimeCode() {
        SendResult result = client().messages(store)
                .build()
                .send(SmsMessage.to(NUMBER)
                        .category(Category.OTP)
                        .text("Your code is 123456")
                        .build());
        assertThat(store.find(TenantId.DEFAULT, result.messageId())
                        .orElseThrow()
                        .text())
                .doesNotContain("123456");
        assertThat(first.submissions().get(0).text()).contains("123456");
    }

    @Test
    void recordsWhatWasRejectedBeforeAnySubmit() {
        SmsClient sms = client().messages(store).disabledWhen(t -> true).build();
        SendResult result = sms.send(hello().build());
        MessageRecord row = store.find(TenantId.DEFAULT, result.messageId()).orElseThrow();
        assertThat(row.state()).isEqualTo(MessageState.REJECTED);
        assertThat(row.reason()).contains(Reason.DISABLED);
        SendResult empty = sms.send(SmsMessage.to(NUMBER).text("").build());
        assertThat(store.find(TenantId.DEFAULT, empty.messageId()).orElseThrow().reason())
                .contains(Reason.CONTENT);
    }

    @Test
    void aStoreThatFailsBeforeTheSubmitSendsNothingAndThrows() {
        SmsClient sms = client().messages(new Failing(store, true, false)).build();
        assertThatThrownBy(() -> sms.send(hello().build()))
                .isInstanceOf(SmsStoreException.class)
                .hasMessageContaining("MessageRepository.create")
                .hasMessageNotContainingAny("See you", "491570156");
        assertThat(first.submissions()).isEmpty();
    }

    @Test
    void aStoreThatFailsAfterTheSubmitNeverHidesTheOutcome() {
        List<SendResult> told = new ArrayList<>();
        SmsClient sms = client().messages(new Failing(store, false, true))
                .listener(new SmsListener() {
                    @Override
                    public void onResult(SmsMessage message, SendResult result) {
                        told.add(result);
                    }
                })
                .build();
        SendResult result = sms.send(hello().build());
        assertThat(result.isAccepted()).isTrue();
        assertThat(result.recorded()).isFalse();
        assertThat(told).containsExactly(result);
        assertThat(store.find(TenantId.DEFAULT, result.messageId())
                        .orElseThrow()
                        .state())
                .as("D5: nobody can mistake it for not sent")
                .isEqualTo(MessageState.SENDING);
    }

    @Test
    void anOptOutStoreThatFailsSendsNothingAndLeavesNoRowSending() {
        SuppressionRepository broken = new SuppressionRepository() {
            @Override
            public void record(TenantId tenant, Suppression suppression) {}

            @Override
            public boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender) {
                throw new IllegalStateException("the database is down");
            }
        };
        SmsClient sms = client().messages(store).suppressions(broken).build();
        assertThatThrownBy(() -> sms.send(hello().build())).isInstanceOf(SmsStoreException.class);
        assertThat(first.submissions()).isEmpty();
        assertThat(store.query(TenantId.DEFAULT, MessageQuery.all().state(MessageState.SENDING)))
                .isEmpty();
    }

    @Test
    void aRefusedMessageNeverAnswersWithTheIdOfAnother() {
        MessageId taken = MessageId.next();
        MessageId free = MessageId.next();
        List<MessageId> ids = new ArrayList<>(List.of(taken, taken, free));
        SmsClient sms = client().messages(store).ids(() -> ids.remove(0)).build();
        sms.send(hello().build());
        SendResult refused = sms.send(SmsMessage.to(NUMBER).text("").build());
        assertThat(refused.messageId()).isEqualTo(free);
        assertThat(store.find(TenantId.DEFAULT, free).orElseThrow().reason()).contains(Reason.CONTENT);
        assertThat(store.find(TenantId.DEFAULT, taken).orElseThrow().state()).isEqualTo(MessageState.ACCEPTED);
    }

    @Test
    void anIdThatIsTakenIsMintedAgainBeforeAnythingIsSent() {
        MessageId taken = MessageId.next();
        MessageId free = MessageId.next();
        List<MessageId> ids = new ArrayList<>(List.of(taken, taken, free));
        SmsClient sms = client().messages(store).ids(() -> ids.remove(0)).build();
        assertThat(sms.send(hello().build()).messageId()).isEqualTo(taken);
        assertThat(sms.send(hello().build()).messageId()).isEqualTo(free);
        assertThat(first.submissions()).hasSize(2);
    }

    @Test
    void listenersHearAttemptsThenTheResultAndCanBreakNothing() {
        List<String> heard = new ArrayList<>();
        first.script().then(notTransmitted());
        SmsClient sms = pair().listener(new SmsListener() {
                    @Override
                    public void onAttempt(MessageId id, Attempt attempt) {
                        heard.add(attempt.provider() + " " + attempt.outcome());
                        throw new IllegalStateException("a listener's own fault");
                    }

                    @Override
                    public void onResult(SmsMessage message, SendResult result) {
                        heard.add("result " + result.outcome());
                        throw new IllegalStateException("a listener's own fault");
                    }
                })
                .build();
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        assertThat(heard).containsExactly("first REJECTED", "second ACCEPTED", "result ACCEPTED");
    }

    @Test
    void aQuoteCountsAndPricesWithoutSending() {
        SmsClient sms = client().rates(RateCard.in("AUD")
                        .rate("+61", "0.05")
                        .rate("first", "+", "0.10")
                        .build())
                .build();
        var quote =
                sms.quote(SmsMessage.to(NUMBER).text("\u00C7a va? ş".repeat(20)).build());
        assertThat(quote.segments()).isEqualTo(3);
        assertThat(quote.cost().orElseThrow()).hasToString("0.30 AUD");
        assertThat(quote.warnings()).anySatisfy(w -> assertThat(w).contains("U+015F"));
        assertThat(first.submissions()).isEmpty();
    }

    @Test
    void theTimeoutOfAnAttemptNeverExceedsWhatIsLeftOfTheDeadline() {
        client().attemptTimeout(Duration.ofSeconds(30))
                .deadline(Duration.ofSeconds(4))
                .build()
                .send(hello().build());
        assertThat(first.submissions().get(0).timeout()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void nothingPersonalIsInToString() {
        SendResult result = client().build().send(hello().build());
        for (Object o : List.of(result, result.attempts(), first.submissions(), hello().build(), result.quote())) {
            assertThat(o.toString()).doesNotContain("491570156", "See you");
        }
    }

    /** A clock on which something happens in every sleep. */
    private TimeSource sleeping(Runnable meanwhile) {
        return new TimeSource() {
            @Override
            public Instant now() {
                return clock.now();
            }

            @Override
            public long nanoTime() {
                return clock.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                clock.sleep(duration);
                meanwhile.run();
            }
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = RateLimit.Key.class,
            names = {"EVERYTHING", "PROVIDER"})
    void anOptOutThatComesWhileALimitIsWaitedForCounts(RateLimit.Key key) {
        Runnable stop =
                () -> store.record(TenantId.DEFAULT, new Suppression(NUMBER, null, OUT, clock.now(), "keyword"));
        SmsClient sms = client().suppressions(store)
                .time(sleeping(stop))
                .rateLimit(RateLimit.of(1, Duration.ofSeconds(30)).keyedBy(key).waitUpTo(Duration.ofSeconds(30)))
                .build();
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        assertThat(rejected(sms.send(hello().build())).reason()).isEqualTo(Reason.OPTED_OUT);
        assertThat(first.submissions()).hasSize(1);
        SmsMessage other =
                SmsMessage.to(PhoneNumber.of("+61491570157")).text("x").build();
        Instant before = clock.now();
        assertThat(sms.send(other).isAccepted()).isTrue();
        assertThat(clock.now()).as("the permit came back, nobody waits for it").isEqualTo(before);
    }

    @Test
    void D2_aWaitForTheProvidersLimitIsTakenOffTheTimeoutAndTheValidity() {
        SmsClient sms = client().attemptTimeout(Duration.ofSeconds(30))
                .deadline(Duration.ofSeconds(40))
                .rateLimit(RateLimit.of(1, Duration.ofSeconds(30))
                        .keyedBy(RateLimit.Key.PROVIDER)
                        .waitUpTo(Duration.ofSeconds(30)))
                .build();
        sms.send(hello().build());
        sms.send(hello().notAfter(clock.now().plusSeconds(100)).build());
        assertThat(first.submissions().get(1).timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(first.submissions().get(1).validity()).contains(Duration.ofSeconds(70));
    }

    @Test
    void aProviderThatIsLeftAloneGivesItsPermitBack() {
        first.script().then(refuse(Reason.CREDENTIAL, "20003"));
        SmsClient sms = client().breaker(BreakerPolicy.of(50, 20, Duration.ofSeconds(5)))
                .rateLimit(RateLimit.of(2, Duration.ofHours(1)).keyedBy(RateLimit.Key.PROVIDER))
                .build();
        for (int i = 0; i < 5; i++) {
            sms.send(hello().build());
        }
        clock.advance(Duration.ofSeconds(6));
        assertThat(sms.send(hello().build()).isAccepted())
                .as("one permit went to the refused submit, none to those that were never made")
                .isTrue();
    }

    @Test
    void D2_aWallClockThatIsSetBackDoesNotProlongASend() {
        first.script().otherwise(submission -> {
            clock.advance(Duration.ofSeconds(9));
            clock.jump(Duration.ofHours(-1));
            return notTransmitted();
        });
        long before = clock.nanoTime();
        client().deadline(Duration.ofSeconds(20))
                .retry(RetryPolicy.backoff(10, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build()
                .send(hello().build());
        assertThat(Duration.ofNanos(clock.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void aSenselessRetryAfterNeitherThrowsNorSwitchesTheProviderOffForGood() {
        first.script().then(throttle(Duration.ofSeconds(Long.MAX_VALUE)));
        SmsClient sms = client().build();
        assertThat(rejected(sms.send(hello().build())).reason()).isEqualTo(Reason.THROTTLED);
        clock.advance(Duration.ofDays(1));
        assertThat(sms.send(hello().build()).isAccepted()).isTrue();
    }

    @Test
    void interruptingEndsTheFailoverAndKeepsTheFlag() {
        first.script().otherwise(submission -> {
            Thread.currentThread().interrupt();
            return notTransmitted();
        });
        SendResult result = pair().build().send(hello().build());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(rejected(result).proof()).isEqualTo(Proof.NOT_TRANSMITTED);
        assertThat(second.submissions()).isEmpty();
    }

    @Test
    void anAttemptLongerThanATransportTakesIsRefusedBeforeItMakesEverySendADoubt() {
        assertThatThrownBy(() -> client().attemptTimeout(Duration.ofHours(2)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("attemptTimeout: PT2H is longer than PT1H");
    }

    @Test
    void aDeadlineThatOutlivesItsIdempotencyKeyIsRefused() {
        assertThatThrownBy(() -> client().deadline(Duration.ofDays(40)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deadline");
    }

    @Test
    void aProviderThatCannotBeClosedDoesNotKeepTheOthersOpen() {
        AtomicBoolean closed = new AtomicBoolean();
        SmsProvider stuck = new Closing("stuck", () -> {
            throw new IllegalStateException("stuck");
        });
        SmsProvider good = new Closing("good", () -> closed.set(true));
        SmsClient.builder().provider(stuck).provider(good).build().close();
        assertThat(closed).isTrue();
    }

    private record Closing(String name, Runnable closing) implements SmsProvider {
        @Override
        public Capabilities capabilities() {
            return SendingBehaviourTest.capabilities().build();
        }

        @Override
        public SubmitReply submit(Submission submission) {
            return SubmitReply.accepted("id");
        }

        @Override
        public void close() {
            closing.run();
        }
    }

    /** A provider that breaks its contract. */
    private record Broken(Supplier<@Nullable SubmitReply> answer) implements SmsProvider {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public Capabilities capabilities() {
            return SendingBehaviourTest.capabilities().build();
        }

        @Override
        @SuppressWarnings("NullAway")
        public SubmitReply submit(Submission submission) {
            return answer.get();
        }
    }

    /** A repository that fails before or after the submit. */
    private record Failing(MessageRepository inner, boolean onCreate, boolean onComplete) implements MessageRepository {
        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            if (onCreate) {
                throw new IllegalStateException("the database is down");
            }
            return inner.create(tenant, row);
        }

        @Override
        public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
            inner.asking(tenant, id, provider, now);
        }

        @Override
        public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
            if (onComplete) {
                throw new IllegalStateException("the database is down");
            }
            inner.complete(tenant, id, result, now);
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            return inner.find(tenant, id);
        }

        @Override
        public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
            return inner.query(tenant, query);
        }
    }
}
