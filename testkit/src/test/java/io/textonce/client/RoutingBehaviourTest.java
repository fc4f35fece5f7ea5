package io.textonce.client;

import static io.textonce.sandbox.Behaviour.accept;
import static io.textonce.sandbox.Behaviour.answer;
import static io.textonce.sandbox.Behaviour.loseResponse;
import static io.textonce.sandbox.Behaviour.notTransmitted;
import static io.textonce.sandbox.Behaviour.refuse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.phone.PhoneNumbers;
import io.textonce.sandbox.Behaviour;
import io.textonce.spi.SelfCheck.Level;
import io.textonce.spi.SubmitReply;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which provider gets a message, seen from the providers. */
class RoutingBehaviourTest {

    private static final PhoneNumber AUSTRALIAN = PhoneNumber.of("+61491570156");
    private static final PhoneNumber BRITISH = PhoneNumber.of("+447700900123");
    private static final PhoneNumber WASHINGTON = PhoneNumber.of("+12025550123");
    private static final PhoneNumber OTTAWA = PhoneNumber.of("+16135550123");

    private final long seed = Long.getLong("textonce.seed", 20_261_121L);
    private final VirtualClock clock = new VirtualClock();
    private final FakeProvider a = FakeProvider.named("a");
    private final FakeProvider b = FakeProvider.named("b");
    private final FakeProvider c = FakeProvider.named("c");

    private SmsClient client(Routing routing) {
        return client(routing, new Random(seed)::nextDouble);
    }

    private SmsClient client(Routing routing, DoubleSupplier random) {
        return SmsClient.builder()
                .provider(a)
                .provider(b)
                .provider(c)
                .routing(routing)
                .time(clock)
                .random(random)
                .breaker(null)
                .retry(RetryPolicy.none())
                .build();
    }

    private static SmsMessage.Builder hello(PhoneNumber to) {
        return SmsMessage.to(to).text("See you at 10:30");
    }

    private static String provider(SmsClient sms, SmsMessage message) {
        return sms.send(message).orThrow().provider();
    }

    @Test
    void anExceptionForACountryTakesItsNumbersAndOnlyThose() {
        SmsClient sms = client(Routing.failover("a").inCountry("au", Routing.failover("b")));
        assertThat(provider(sms, hello(AUSTRALIAN).build())).isEqualTo("b");
        assertThat(provider(sms, hello(BRITISH).build())).isEqualTo("a");
    }

    @Test
    void countriesThatShareACodeAreToldApartByTheNumber() {
        SmsClient sms = client(
                Routing.failover("a").inCountry("CA", Routing.failover("b")).inCountry("US", Routing.failover("c")));
        assertThat(provider(sms, hello(OTTAWA).build())).isEqualTo("b");
        assertThat(provider(sms, hello(WASHINGTON).build())).isEqualTo("c");
    }

    @Test
    void aNumberOfNoKnownCountryGoesByTheDefault() {
        PhoneNumber nowhere = PhoneNumber.of("+10005550123");
        assertThat(PhoneNumbers.international().regionOf(nowhere)).isEmpty();
        SmsClient sms = client(Routing.failover("a").inCountry("US", Routing.failover("b")));
        assertThat(provider(sms, hello(nowhere).build())).isEqualTo("a");
    }

    @Test
    void aCategoryAndATenantHaveWaysOfTheirOwn() {
        SmsClient sms = client(Routing.failover("a")
                .forCategory(Category.OTP, Routing.failover("b"))
                .forTenant(TenantId.of("clinic"), Routing.failover("c")));
        assertThat(provider(sms, hello(BRITISH).build())).isEqualTo("a");
        assertThat(provider(sms, hello(BRITISH).category(Category.OTP).build())).isEqualTo("b");
        assertThat(provider(sms, hello(BRITISH).tenant(TenantId.of("clinic")).build()))
                .isEqualTo("c");
    }

    @Test
    void theFirstExceptionThatFitsDecidesAloneWithItsOwnExceptions() {
        Routing marketing = Routing.failover("b").inCountry("AU", Routing.failover("c", "b"));
        SmsClient sms = client(Routing.failover("a")
                .forCategory(Category.MARKETING, marketing)
                .inCountry("AU", Routing.failover("a", "b")));
        c.script().then(notTransmitted());
        SendResult result =
                sms.send(hello(AUSTRALIAN).category(Category.MARKETING).build());
        assertThat(result.attempts()).extracting(Attempt::provider).containsExactly("c", "b");
        assertThat(provider(sms, hello(AUSTRALIAN).build())).isEqualTo("a");
    }

    @Test
    void aProviderThatTheWayDoesNotNameIsNotTried() {
        SmsClient sms = client(Routing.failover("a", "b").inCountry("AU", Routing.failover("c")));
        c.script().then(notTransmitted());
        assertThat(sms.send(hello(AUSTRALIAN).build()).isAccepted()).isFalse();
        assertThat(a.submissions()).isEmpty();
        assertThat(b.submissions()).isEmpty();
    }

    @Test
    void buildReportsEverythingThatIsWrongWithARouting() {
        Routing wrong = Routing.failover("a", "a", "nobody")
                .inCountry("Atlantis", Routing.failover())
                .inCountry("GB", Routing.weighted(Map.of("a", 0, "b", 0)))
                .inCountry("gb", Routing.failover("a"))
                .forCategory(Category.OTP, Routing.weighted(Map.of("b", 1001, "c", -1), Duration.ZERO));
        assertThatThrownBy(() -> client(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("routing: names a twice")
                .hasMessageContaining("routing: names nobody, but the providers are")
                .hasMessageContaining("inCountry(\"ATLANTIS\") is no region")
                .hasMessageContaining("routing in ATLANTIS: names no provider")
                .hasMessageContaining("routing in GB: all weights are 0")
                .hasMessageContaining("has two exceptions in GB")
                .hasMessageContaining("routing for OTP: the weight 1001 of b is not 0 to 1000")
                .hasMessageContaining("routing for OTP: the weight -1 of c")
                .hasMessageContaining("routing for OTP: slowAfter PT0S");
        assertThat(wrong.toString()).contains("a, a, nobody", "in GB: Routing[a 0, b 0]", "for OTP");
    }

    @Test
    void weightsDecideHowOftenAProviderIsTriedFirst() {
        System.out.println("weightsDecideHowOftenAProviderIsTriedFirst: seed " + seed);
        SmsClient sms = client(Routing.weighted(Map.of("a", 70, "b", 20, "c", 10)));
        int messages = 20_000;
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < messages; i++) {
            counts.merge(provider(sms, hello(BRITISH).build()), 1, Integer::sum);
        }
        // five standard deviations of a binomial count: false alarm once in millions of seeds
        counts.forEach((name, count) -> {
            double share = Map.of("a", 0.7, "b", 0.2, "c", 0.1).get(name);
            assertThat((double) count)
                    .as("seed %d, %s", seed, name)
                    .isCloseTo(messages * share, within(5 * Math.sqrt(messages * share * (1 - share))));
        });
        assertThat(counts).hasSize(3);
    }

    @Test
    void theOthersFollowAFailedProviderByTheirWeights() {
        a.script().otherwise(refuse(Reason.SENDER, "1"));
        SmsClient sms = client(Routing.weighted(Map.of("a", 500, "b", 300, "c", 100)));
        Map<String, Integer> second = new HashMap<>();
        int messages = 8_000;
        int failedOver = 0;
        for (int i = 0; i < messages; i++) {
            SendResult result = sms.send(hello(BRITISH).build());
            if (result.attempts().size() == 2) {
                failedOver++;
                second.merge(result.orThrow().provider(), 1, Integer::sum);
            }
        }
        assertThat((double) second.get("b"))
                .as("seed %d: of %d that failed over", seed, failedOver)
                .isCloseTo(failedOver * 0.75, within(5 * Math.sqrt(failedOver * 0.75 * 0.25)));
        assertThat(second).containsOnlyKeys("b", "c");
    }

    @Test
    void aWeightOfZeroStandsBy() {
        SmsClient sms = client(Routing.weighted(Map.of("a", 0, "b", 1, "c", 0)));
        for (int i = 0; i < 200; i++) {
            assertThat(provider(sms, hello(BRITISH).build())).isEqualTo("b");
        }
        b.script().then(notTransmitted());
        a.script().then(notTransmitted());
        assertThat(sms.send(hello(BRITISH).build()).attempts())
                .extracting(Attempt::provider)
                .containsExactly("b", "a", "c");
    }

    @Test
    void theSameRandomNumbersDrawTheSameProviders() {
        Routing routing = Routing.weighted(Map.of("a", 3, "b", 2, "c", 1));
        assertThat(drawn(client(routing, new Random(7)::nextDouble)))
                .isEqualTo(drawn(client(routing, new Random(7)::nextDouble)))
                .isNotEqualTo(drawn(client(routing, new Random(8)::nextDouble)));
    }

    private static List<String> drawn(SmsClient sms) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            names.add(provider(sms, hello(BRITISH).build()));
        }
        return names;
    }

    @Test
    void everyEdgeOfTheDrawChoosesAProviderThatMayBeChosen() {
        Routing routing = Routing.weighted(Map.of("a", 1, "b", 0, "c", 1));
        for (double draw : new double[] {0, 0.4999999, 0.5, Math.nextDown(1.0)}) {
            assertThat(provider(client(routing, () -> draw), hello(BRITISH).build()))
                    .isEqualTo(draw < 0.5 ? "a" : "c");
        }
    }

    @ParameterizedTest
    @CsvSource({"UNAVAILABLE", "CREDENTIAL", "TRANSPORT"})
    void aProviderThatFailsLosesItsWeightAndKeepsATenth(Reason reason) {
        a.script().otherwise(answer(SubmitReply.refused(reason, "1", "broken")));
        assertThat(firstTries(Routing.weighted(Map.of("a", 100, "b", 100)))).isCloseTo(1 / 11.0, within(0.02));
    }

    @Test
    void unknownOutcomesCountAsBad() {
        a.script().otherwise(loseResponse());
        assertThat(firstTries(Routing.weighted(Map.of("a", 100, "b", 100)))).isCloseTo(1 / 11.0, within(0.02));
    }

    @ParameterizedTest
    @CsvSource({"RECIPIENT", "OPTED_OUT", "CONTENT", "SENDER", "ROUTE", "TEMPLATE", "REQUEST", "BLOCKED"})
    void whatARecipientOrATextCausedNeverCounts(Reason reason) {
        a.script().otherwise(refuse(reason, "1"));
        assertThat(firstTries(Routing.weighted(Map.of("a", 100, "b", 100)))).isCloseTo(0.5, within(0.03));
    }

    @Test
    void whatTheProviderRefusedBeforeAnyRequestNeverCounts() {
        a.script().otherwise(answer(SubmitReply.invalid(Reason.REQUEST, "can't be expressed")));
        assertThat(firstTries(Routing.weighted(Map.of("a", 100, "b", 100)))).isCloseTo(0.5, within(0.03));
    }

    @Test
    void slowAnswersCountAsBad() {
        a.script().otherwise(submission -> takes(Duration.ofMillis(301)));
        b.script().otherwise(submission -> takes(Duration.ofMillis(1)));
        Routing routing = Routing.weighted(Map.of("a", 100, "b", 100), Duration.ofMillis(300));
        assertThat(firstTries(routing)).isCloseTo(1 / 11.0, within(0.03));
    }

    @Test
    void answersInTimeAreNotSlow() {
        a.script().otherwise(submission -> takes(Duration.ofMillis(300)));
        Routing routing = Routing.weighted(Map.of("a", 100, "b", 100), Duration.ofMillis(300));
        assertThat(firstTries(routing)).isCloseTo(0.5, within(0.03));
    }

    private Behaviour takes(Duration time) {
        clock.advance(time);
        return accept();
    }

    /** The share of messages that a is tried for first, once its weight has settled. */
    private double firstTries(Routing routing) {
        SmsClient sms = client(routing);
        for (int i = 0; i < 200; i++) {
            sms.send(hello(numbered(i)).build());
        }
        int first = 0;
        int messages = 10_000;
        for (int i = 0; i < messages; i++) {
            Attempt attempt =
                    sms.send(hello(numbered(i + 200)).build()).attempts().get(0);
            first += attempt.provider().equals("a") ? 1 : 0;
        }
        return first / (double) messages;
    }

    /** Another one each time: an opt-out at the provider is remembered. */
    private static PhoneNumber numbered(int i) {
        return PhoneNumber.of("+1202555" + (1_000_000 + i));
    }

    @Test
    void aHalfOfBadAnswersCostsAllOfTheWeightAndAQuarterHalf() {
        assertThat(weightLeftAfter(4)).isBetween(30L, 70L);
        assertThat(weightLeftAfter(2)).isEqualTo(10L);
    }

    /** Every nth answer is bad. */
    private long weightLeftAfter(int nth) {
        Drift drift = new Drift(clock, Duration.ofSeconds(5));
        double least = 1;
        for (int i = 1; i <= 400; i++) {
            drift.answered(i % nth == 0, clock.nanoTime());
            least = Math.min(least, drift.left());
        }
        return Math.round(least * 100);
    }

    @Test
    void aWeightComesBackByItselfAndDiagnoseShowsIt() {
        SmsClient sms = client(Routing.weighted(Map.of("a", 100, "b", 100)));
        a.script().otherwise(refuse(Reason.UNAVAILABLE, "1"));
        for (int i = 0; i < 300; i++) {
            sms.send(hello(BRITISH).build());
        }
        assertThat(sms.diagnose().toString()).contains("a: no breaker, keeps 10 % of its weight");
        assertThat(sms.diagnose().findings())
                .anySatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.WARNING))
                .noneMatch(finding ->
                        finding.subject().equals("c") && finding.detail().contains("weight"));
        clock.advance(Duration.ofMinutes(2));
        assertThat(sms.diagnose().toString()).containsPattern("a: no breaker, keeps (4[5-9]|5[0-9]) % of its weight");
        clock.advance(Duration.ofMinutes(10));
        assertThat(sms.diagnose().toString()).contains("a: no breaker, keeps 100 % of its weight");
        assertThat(a.submissions()).as("it was asked all the while").hasSizeGreaterThan(15);
    }

    @Test
    void goodAnswersBringTheWeightBackSooner() {
        SmsClient sms = client(Routing.weighted(Map.of("a", 100, "b", 1)));
        a.script().then(20, refuse(Reason.UNAVAILABLE, "1"));
        while (a.script().remaining() > 0) {
            sms.send(hello(BRITISH).build());
        }
        for (int i = 0; i < 200; i++) {
            sms.send(hello(BRITISH).build());
        }
        assertThat(sms.diagnose().toString()).contains("a: no breaker, keeps 100 % of its weight");
    }

    @Test
    void aWeightThatLayIdleForYearsIsWhole() {
        Drift drift = new Drift(clock, Duration.ofSeconds(5));
        for (int i = 0; i < 50; i++) {
            drift.answered(true, clock.nanoTime());
        }
        assertThat(drift.left()).isEqualTo(0.1);
        clock.advance(Duration.ofDays(3 * 365));
        assertThat(drift.left()).isEqualTo(1);
    }

    @Test
    void withoutWeightsAndExceptionsARouteMakesNothingNew() {
        ProviderSlots slots = ProviderSlots.of(
                List.of(a, b),
                Routing.failover("b", "a"),
                null,
                new ProviderSlots.Settings(null, clock, PhoneNumbers.international(), () -> 0));
        SmsMessage message = hello(BRITISH).build();
        assertThat(slots.order(message, BRITISH))
                .isSameAs(slots.order(message, AUSTRALIAN))
                .extracting(ProviderSlot::name)
                .containsExactly("b", "a");
    }

    @Test
    void everyFailedAttemptIsToldEvenWhenTheMessageIsAccepted() {
        Map<MessageId, List<String>> told = new LinkedHashMap<>();
        SmsListener listener = new SmsListener() {
            @Override
            public void onAttempt(MessageId id, Attempt attempt) {
                told.computeIfAbsent(id, unused -> new ArrayList<>())
                        .add(attempt.provider() + " " + attempt.reason().orElse(null));
            }
        };
        a.script().then(notTransmitted());
        b.script().then(refuse(Reason.ROUTE, "21408"));
        SmsClient sms = SmsClient.builder()
                .provider(a)
                .provider(b)
                .provider(c)
                .listener(listener)
                .time(clock)
                .build();
        SendResult result = sms.send(hello(BRITISH).build());
        assertThat(result.isAccepted()).isTrue();
        assertThat(told).containsExactly(Map.entry(result.messageId(), List.of("a TRANSPORT", "b ROUTE", "c null")));
    }

    @Test
    void aRepeatedMessageIsTheSameWhateverOrderWasDrawn() {
        Random random = new Random(seed);
        SmsClient sms = client(Routing.weighted(Map.of("a", 1, "b", 1, "c", 1)), random::nextDouble);
        SmsMessage message = hello(BRITISH)
                .idempotencyKey("booking-7")
                .extra("a", Map.of("x", "1"))
                .extra("b", Map.of("y", "2"))
                .build();
        SendResult first = sms.send(message);
        for (int i = 0; i < 50; i++) {
            assertThat(sms.send(message).messageId()).isEqualTo(first.messageId());
        }
    }

    @Test
    void anOpenBreakerIsNotWaitedForWhenTheWaitIsLongerThanTheRetryPolicysLongest() {
        SmsClient sms = breaking(Duration.ofSeconds(30), Duration.ofSeconds(5));
        a.script().then(refuse(Reason.CREDENTIAL, "20003"));
        sms.send(hello(BRITISH).build());
        long before = clock.nanoTime();
        SendResult result = sms.send(hello(BRITISH).build());
        assertThat(clock.nanoTime()).as("nobody slept").isEqualTo(before);
        assertThat(result.attempts()).hasSize(1);
        assertThat(((SendResult.Rejected) result).retryAt())
                .contains(clock.now().plusMillis(30_001));
    }

    @Test
    void anOpenBreakerIsWaitedForWhenThatFitsTheRetryPolicy() {
        SmsClient sms = breaking(Duration.ofSeconds(4), Duration.ofSeconds(5));
        a.script().then(refuse(Reason.CREDENTIAL, "20003"));
        sms.send(hello(BRITISH).build());
        long before = clock.nanoTime();
        SendResult result = sms.send(hello(BRITISH).build());
        assertThat(result.isAccepted()).isTrue();
        assertThat(result.attempts()).hasSize(2);
        assertThat(Duration.ofNanos(clock.nanoTime() - before)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
    }

    @Test
    void anOpenBreakerNeverHoldsUpAFailover() {
        SmsClient sms = SmsClient.builder()
                .provider(a)
                .provider(b)
                .time(clock)
                .breaker(BreakerPolicy.of(50, 20, Duration.ofSeconds(4)))
                .build();
        a.script().then(refuse(Reason.CREDENTIAL, "20003"));
        sms.send(hello(BRITISH).build());
        long before = clock.nanoTime();
        assertThat(provider(sms, hello(BRITISH).build())).isEqualTo("b");
        assertThat(clock.nanoTime()).isEqualTo(before);
    }

    @Test
    void anAnswerThatComesLateDoesNotKeepTheBreakerOpenForLonger() {
        ProviderSlot slot = new ProviderSlot(a, null, BreakerPolicy.of(50, 20, Duration.ofSeconds(30)), null, clock);
        SubmitReply refused = SubmitReply.refused(Reason.CREDENTIAL, "20003", "wrong token");
        assertThat(slot.tryEnter()).isTrue();
        assertThat(slot.tryEnter()).isTrue();
        slot.leave(refused, clock.nanoTime());
        clock.advance(Duration.ofSeconds(10));
        slot.leave(refused, clock.nanoTime());
        assertThat(slot.openFor()).isEqualTo(Duration.ofMillis(20_001));
    }

    private SmsClient breaking(Duration open, Duration longest) {
        return SmsClient.builder()
                .provider(a)
                .time(clock)
                .breaker(BreakerPolicy.of(50, 20, open))
                .retry(RetryPolicy.backoff(3, Duration.ofMillis(200), longest))
                .build();
    }
}
