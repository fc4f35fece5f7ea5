package io.textonce.client;

import static io.textonce.sandbox.Behaviour.loseResponse;
import static io.textonce.sandbox.Behaviour.notTransmitted;
import static io.textonce.sandbox.Behaviour.refuse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.memory.InMemorySpendRepository;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SubmitReply;
import io.textonce.store.MessageQuery;
import io.textonce.store.SpendRepository;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import io.textonce.text.SegmentPolicy;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What caps on spending let through, seen from the providers that would have been paid. */
class SpendCapBehaviourTest {

    private static final PhoneNumber NUMBER = PhoneNumber.of("+61491570156");
    private static final RateCard RATES = RateCard.in("USD")
            .rate("first", "+61", "0.05")
            .rate("second", "+61", "0.08")
            .rate("counting", "+", "0.03")
            .build();

    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
    private final FakeProvider first = FakeProvider.named("first");
    private final FakeProvider second = FakeProvider.named("second");

    private SmsClient.Builder client() {
        return SmsClient.builder()
                .provider(first)
                .time(clock)
                .retry(RetryPolicy.none())
                .rates(RATES);
    }

    private static Money usd(String amount) {
        return Money.of(amount, "USD");
    }

    private static SpendCap daily(String amount) {
        return SpendCap.daily(usd(amount), ZoneOffset.UTC);
    }

    private static SmsMessage.Builder hello() {
        return SmsMessage.to(NUMBER).text("Hello");
    }

    private static SendResult.Rejected overBudget(SendResult result) {
        assertThat(result).isInstanceOf(SendResult.Rejected.class);
        SendResult.Rejected rejected = (SendResult.Rejected) result;
        assertThat(rejected.reason()).isEqualTo(Reason.BUDGET);
        assertThat(rejected.proof()).isEqualTo(Proof.LOCAL_POLICY);
        return rejected;
    }

    private static void committed(SmsClient sms, String amount) {
        Budget budget = sms.budgets(TenantId.DEFAULT).get(0);
        assertThat(budget.committed().amount()).isEqualByComparingTo(amount);
        assertThat(budget.remaining().amount())
                .isEqualByComparingTo(budget.limit().amount().subtract(new BigDecimal(amount)));
    }

    @Test
    void aCapForOneTenantStaysThatWhenItIsCountedByTenant() {
        TenantId clinic = TenantId.of("clinic");
        try (SmsClient sms =
                client().spendCap(daily("0.05").only(clinic).keyedByTenant()).build()) {
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            assertThat(sms.send(hello().tenant(clinic).build()).isAccepted()).isTrue();
            overBudget(sms.send(hello().tenant(clinic).build()));
        }
    }

    @Test
    void whatDoesNotFitIsRefusedUntilThePeriodEnds() {
        try (SmsClient sms = client().spendCap(daily("0.12")).build()) {
            committed(sms, "0");
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            committed(sms, "0.10");
            SendResult.Rejected rejected = overBudget(sms.send(hello().build()));
            assertThat(rejected.retryAt()).contains(Instant.parse("2026-03-02T00:00:00Z"));
            assertThat(rejected.explanation())
                    .isEqualTo(
                            "the spend cap of 0.12 USD a day is used up: 0.10 USD are spent or reserved, and the message"
                                    + " may cost 0.05 USD");
            assertThat(first.submissions()).hasSize(2);
            assertThat(sms.budgets(TenantId.DEFAULT).get(0).renewsAt()).contains(Instant.parse("2026-03-02T00:00:00Z"));
            clock.advance(Duration.ofHours(15));
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
        }
    }

    @Test
    void theDayIsThatOfTheStatedZone() {
        try (SmsClient sms = client().spendCap(SpendCap.monthly(usd("0.05"), ZoneId.of("Australia/Sydney")))
                .build()) {
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            assertThat(overBudget(sms.send(hello().build())).retryAt())
                    .as("1 April in Sydney, summer time")
                    .contains(Instant.parse("2026-03-31T13:00:00Z"));
        }
    }

    @Test
    void aRollingPeriodRenewsBitByBit() {
        try (SmsClient sms = client().spendCap(SpendCap.rolling(usd("0.10"), Duration.ofHours(24)))
                .build()) {
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            clock.advance(Duration.ofHours(6));
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            Instant retryAt = overBudget(sms.send(hello().build())).retryAt().orElseThrow();
            assertThat(retryAt).isBetween(Instant.parse("2026-03-02T09:00:00Z"), Instant.parse("2026-03-02T09:02:00Z"));
            assertThat(sms.budgets(TenantId.DEFAULT).get(0).renewsAt()).isEmpty();
            clock.advance(Duration.between(clock.now(), retryAt));
            assertThat(sms.send(hello().build()).isAccepted()).isTrue();
            overBudget(sms.send(hello().build()));
        }
    }

    @Test
    void theDearestProviderThatMayBeTriedIsReserved() {
        try (SmsClient sms = client().provider(second).spendCap(daily("0.07")).build()) {
            SendResult.Rejected rejected = overBudget(sms.send(hello().build()));
            assertThat(rejected.explanation()).contains("may cost 0.08 USD, more than the spend cap of 0.07 USD a day");
            assertThat(rejected.retryAt()).isEmpty();
            assertThat(first.submissions()).isEmpty();
            committed(sms, "0");
        }
    }

    @Test
    void theProviderThatTookItIsCounted() {
        InMemoryStore store = new InMemoryStore();
        try (SmsClient sms = client().provider(second)
                .messages(store)
                .spendCap(daily("1.00"))
                .build()) {
            SendResult cheap = sms.send(hello().build());
            assertThat(cheap.quote().orElseThrow().cost()).contains(usd("0.05"));
            committed(sms, "0.05");
            first.script().then(notTransmitted());
            SendResult dear = sms.send(hello().build());
            assertThat(dear.orThrow().provider()).isEqualTo("second");
            assertThat(dear.quote().orElseThrow().cost())
                    .as("the estimate is that of the provider that took it")
                    .contains(usd("0.08"));
            committed(sms, "0.13");
            assertThat(store.query(TenantId.DEFAULT, MessageQuery.all()))
                    .extracting(row -> row.estimated().orElseThrow())
                    .containsExactlyInAnyOrder(usd("0.05"), usd("0.08"));
        }
    }

    @Test
    void aPriceThatTheProviderNamesIsCounted() {
        CountingProvider provider = new CountingProvider(
                submission -> SubmitReply.accepted("id").segments(2).price(usd("0.041")));
        CountingProvider foreign = new CountingProvider(
                submission -> SubmitReply.accepted("id").segments(2).price(Money.of("9", "AUD")));
        for (CountingProvider each : List.of(provider, foreign)) {
            try (SmsClient sms = SmsClient.builder()
                    .provider(each)
                    .time(clock)
                    .rates(RATES)
                    .spendCap(daily("1.00"))
                    .build()) {
                assertThat(sms.send(hello().build()).isAccepted()).isTrue();
                committed(sms, each == provider ? "0.041" : "0.06");
            }
        }
    }

    @Test
    void whatIsRejectedIsGivenBackAndWhatIsUnknownStaysReserved() {
        try (SmsClient sms = client().spendCap(daily("0.15")).build()) {
            first.script()
                    .then(refuse(Reason.RECIPIENT, "1"))
                    .then(notTransmitted())
                    .then(loseResponse());
            assertThat(sms.send(hello().build())).isInstanceOf(SendResult.Rejected.class);
            committed(sms, "0");
            assertThat(sms.send(hello().build())).isInstanceOf(SendResult.Rejected.class);
            committed(sms, "0");
            assertThat(sms.send(hello().build())).isInstanceOf(SendResult.Unknown.class);
            committed(sms, "0.05");
        }
    }

    @Test
    void aMessageWithoutARateIsRefused() {
        try (SmsClient sms = client().provider(FakeProvider.named("unpriced"))
                .spendCap(daily("1"))
                .build()) {
            assertThat(overBudget(sms.send(hello().build())).explanation())
                    .isEqualTo(
                            "the rate card has no rate of unpriced for this destination, so the spend cap can't be kept;"
                                    + " add one");
            assertThat(overBudget(sms.send(SmsMessage.to(PhoneNumber.of("+12025550123"))
                                    .text("Hello")
                                    .build()))
                            .explanation())
                    .contains("first, unpriced");
            assertThat(first.submissions()).isEmpty();
        }
    }

    @Test
    void capsCountByTenantByLabelAndByCategory() {
        TenantId clinic = TenantId.of("clinic");
        TenantId school = TenantId.of("school");
        try (SmsClient sms = client().spendCap(daily("0.30"))
                .spendCap(daily("0.20").keyedByTenant())
                .spendCap(daily("0.05").only(school))
                .spendCap(daily("0.05").keyedByLabel("user").only(Category.OTP))
                .build()) {
            SmsMessage code = hello().tenant(clinic)
                    .category(Category.OTP)
                    .label("user", "456")
                    .build();
            assertThat(sms.send(code).isAccepted()).isTrue();
            assertThat(overBudget(sms.send(code)).explanation()).contains("0.05 USD a day by label user");
            assertThat(sms.send(hello().tenant(clinic)
                                    .category(Category.OTP)
                                    .label("user", "457")
                                    .build())
                            .isAccepted())
                    .isTrue();
            assertThat(sms.send(hello().tenant(clinic).build()).isAccepted()).isTrue();
            assertThat(sms.send(hello().tenant(clinic).build()).isAccepted()).isTrue();
            assertThat(overBudget(sms.send(hello().tenant(clinic).build())).explanation())
                    .contains("0.20 USD a day by tenant");
            assertThat(sms.send(hello().tenant(school).build()).isAccepted()).isTrue();
            assertThat(overBudget(sms.send(hello().tenant(school).build())).explanation())
                    .contains("0.05 USD a day for tenant school");
            assertThat(sms.budgets(clinic, new Label("user", "456")))
                    .extracting(Budget::toString)
                    .containsExactly(
                            "Budget[0.05 USD left of 0.30 USD a day]",
                            "Budget[0.00 USD left of 0.20 USD a day by tenant]",
                            "Budget[0.00 USD left of 0.05 USD a day by label user]");
            assertThat(first.submissions()).hasSize(5);
        }
    }

    @Test
    void aSendThatWaitsIntoTheNextDayIsCountedThere() {
        VirtualClock late = new VirtualClock(Instant.parse("2026-03-01T23:59:50Z"));
        for (RateLimit.Key key : List.of(RateLimit.Key.EVERYTHING, RateLimit.Key.PROVIDER)) {
            try (SmsClient sms = SmsClient.builder()
                    .provider(FakeProvider.named("first"))
                    .time(late)
                    .rates(RATES)
                    .rateLimit(
                            RateLimit.of(1, Duration.ofSeconds(20)).keyedBy(key).waitUpTo(Duration.ofMinutes(1)))
                    .spendCap(daily("0.10"))
                    .build()) {
                assertThat(sms.send(hello().build()).isAccepted()).isTrue();
                assertThat(sms.send(hello().build()).isAccepted()).isTrue();
                committed(sms, "0.05");
                late.advance(Duration.between(
                        late.now(),
                        late.now()
                                .plus(Duration.ofDays(1))
                                .truncatedTo(ChronoUnit.DAYS)
                                .minusSeconds(10)));
            }
        }
    }

    @Test
    void theNextProviderIsAskedOnlyIfTheNewDayHasRoom() {
        VirtualClock late = new VirtualClock(Instant.parse("2026-03-01T23:59:59Z"));
        InMemorySpendRepository spend = new InMemorySpendRepository();
        first.script().then(notTransmitted());
        AtomicInteger attempts = new AtomicInteger();
        try (SmsClient sms = SmsClient.builder()
                .provider(first)
                .provider(second)
                .retry(RetryPolicy.none())
                .time(late)
                .rates(RATES)
                .spend(spend)
                .spendCap(daily("0.10"))
                .listener(new SmsListener() {
                    @Override
                    public void onAttempt(MessageId id, Attempt attempt) {
                        // Midnight passes, and another process spends the new day's money.
                        attempts.incrementAndGet();
                        late.advance(Duration.ofSeconds(1));
                        spend.reserve(
                                TenantId.DEFAULT,
                                new SpendRepository.Budget(
                                        "everything/DAY Z", usd("0.10"), Instant.parse("2026-03-03T00:00:00Z")),
                                MessageId.next(),
                                usd("0.05"),
                                late.now());
                    }
                })
                .build()) {
            overBudget(sms.send(hello().build()));
            assertThat(attempts).hasValue(1);
            assertThat(second.submissions()).isEmpty();
            committed(sms, "0.05");
        }
    }

    /** Fails when told to. */
    private static final class Failing implements SpendRepository {
        private final SpendRepository store = new InMemorySpendRepository();
        private boolean reserving;
        private boolean settling;

        @Override
        public Decision reserve(TenantId tenant, Budget budget, MessageId message, Money amount, Instant now) {
            if (reserving) {
                throw new IllegalStateException("down");
            }
            return store.reserve(tenant, budget, message, amount, now);
        }

        @Override
        public void settle(TenantId tenant, String key, MessageId message, Money amount) {
            if (settling) {
                throw new IllegalStateException("down");
            }
            store.settle(tenant, key, message, amount);
        }

        @Override
        public void release(TenantId tenant, String key, MessageId message) {
            if (settling) {
                throw new IllegalStateException("down");
            }
            store.release(tenant, key, message);
        }

        @Override
        public Optional<Money> committed(TenantId tenant, String key, Instant now) {
            return store.committed(tenant, key, now);
        }
    }

    @Test
    void aRepositoryThatFailsBeforeTheSubmitSendsNothing() {
        Failing spend = new Failing();
        spend.reserving = true;
        InMemoryStore store = new InMemoryStore();
        try (SmsClient sms =
                client().messages(store).spend(spend).spendCap(daily("1")).build()) {
            assertThatThrownBy(() -> sms.send(hello().build()))
                    .isInstanceOf(SmsStoreException.class)
                    .hasMessageContaining("SpendRepository.reserve");
            assertThat(first.submissions()).isEmpty();
            assertThat(store.query(TenantId.DEFAULT, MessageQuery.all()).get(0).reason())
                    .contains(Reason.UNAVAILABLE);
        }
    }

    @Test
    void aRepositoryThatFailsAfterTheSubmitLeavesTheOutcomeAndTheReservation() {
        Failing spend = new Failing();
        spend.settling = true;
        try (SmsClient sms =
                client().provider(second).spend(spend).spendCap(daily("1")).build()) {
            SendResult result = sms.send(hello().build());
            assertThat(result.isAccepted()).isTrue();
            assertThat(result.recorded()).isFalse();
            committed(sms, "0.08");
            first.script().then(refuse(Reason.RECIPIENT, "1"));
            assertThat(sms.send(hello().build()).recorded()).isFalse();
            committed(sms, "0.16");
        }
    }

    @Test
    void racingThreadsNeverOverspendByACent() throws Exception {
        int threads = 64;
        ConcurrentLinkedQueue<Integer> cents = new ConcurrentLinkedQueue<>();
        CountingProvider provider = new CountingProvider(submission -> {
            // A third is refused, a third lost, a third accepted: what may have been charged counts.
            int fate = Math.floorMod(submission.messageId().hashCode(), 3);
            if (fate == 0) {
                return SubmitReply.refused(Reason.RECIPIENT, "1", "no such number");
            }
            cents.add(3 * submission.segments());
            return fate == 1 ? SubmitReply.unknown(null, "lost") : SubmitReply.accepted("id");
        });
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .time(clock)
                .breaker(null)
                .rates(RATES)
                .spendCap(daily("20.00"))
                .spendCap(SpendCap.rolling(usd("50.00"), Duration.ofHours(1)).keyedByTenant())
                .build()) {
            CyclicBarrier line = new CyclicBarrier(threads);
            List<Future<Integer>> futures = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                futures.add(pool.submit(() -> {
                    line.await();
                    int refused = 0;
                    for (int i = 0; i < 40; i++) {
                        String text = "x".repeat(i % 2 == 0 ? 100 : 300);
                        SendResult result = sms.send(hello().text(text).build());
                        refused += result instanceof SendResult.Rejected rejected && rejected.reason() == Reason.BUDGET
                                ? 1
                                : 0;
                    }
                    return refused;
                }));
            }
            int refused = 0;
            for (Future<Integer> future : futures) {
                refused += future.get(60, TimeUnit.SECONDS);
            }
            int charged = cents.stream().mapToInt(Integer::intValue).sum();
            assertThat(charged).isLessThanOrEqualTo(2000).isGreaterThan(1900);
            assertThat(refused).isPositive();
            committed(sms, BigDecimal.valueOf(charged, 2).toPlainString());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void mediaHaveNoRate() {
        FakeProvider pictures = FakeProvider.of(SandboxProvider.builder()
                .name("first")
                .capabilities(
                        Capabilities.builder(SegmentPolicy.GENERIC).maxMedia(1).build()));
        try (SmsClient sms = SmsClient.builder()
                .provider(pictures)
                .rates(RATES)
                .spendCap(daily("1"))
                .build()) {
            SmsMessage picture =
                    hello().media(URI.create("https://example.org/a.png")).build();
            assertThat(overBudget(sms.send(picture)).explanation()).contains("no prices of media");
            assertThat(pictures.submissions()).isEmpty();
        }
    }

    @Test
    void aCapNeedsRatesInItsCurrency() {
        assertThatThrownBy(() ->
                        SmsClient.builder().provider(first).spendCap(daily("1")).build())
                .hasMessageContaining("spendCap: 1 USD a day needs to know what messages cost; set rates");
        assertThatThrownBy(() -> client().spendCap(SpendCap.daily(Money.of("1", "AUD"), ZoneOffset.UTC))
                        .build())
                .hasMessageContaining("isn't in the rate card's currency, USD");
        assertThatThrownBy(() -> daily("0")).hasMessageContaining("more than zero");
        assertThatThrownBy(() -> SpendCap.rolling(usd("1"), Duration.ofMillis(5)))
                .hasMessageContaining("1 s to 366 days");
        try (SmsClient sms = client().build()) {
            assertThat(sms.budgets(TenantId.DEFAULT)).isEmpty();
        }
    }
}
