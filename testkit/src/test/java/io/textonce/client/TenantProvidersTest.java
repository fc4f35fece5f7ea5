package io.textonce.client;

import static io.textonce.sandbox.Behaviour.notTransmitted;
import static io.textonce.sandbox.Behaviour.refuse;
import static io.textonce.sandbox.Behaviour.throttle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.sandbox.Behaviour;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import io.textonce.text.SegmentPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Providers that are found, replaced and closed at run time. */
class TenantProvidersTest {

    private static final PhoneNumber NUMBER = PhoneNumber.of("+61491570156");
    private static final TenantId CLINIC = TenantId.of("clinic");
    private static final TenantId SCHOOL = TenantId.of("school");

    private final VirtualClock clock = new VirtualClock();
    private final FakeProvider shared = FakeProvider.named("shared");
    private final Accounts accounts = new Accounts();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private SmsClient.Builder client() {
        return SmsClient.builder().providers(accounts).time(clock).retry(RetryPolicy.none());
    }

    private static SmsMessage hello(TenantId tenant) {
        return SmsMessage.to(NUMBER).tenant(tenant).text("See you at 10:30").build();
    }

    private static SendResult.Rejected rejected(SendResult result) {
        assertThat(result).isInstanceOf(SendResult.Rejected.class);
        return (SendResult.Rejected) result;
    }

    @Test
    void aProviderThatBreaksInCloseHidesNoOutcome() {
        FakeProvider fake = FakeProvider.named("twilio");
        SmsProvider old = new SmsProvider() {
            @Override
            public String name() {
                return "twilio";
            }

            @Override
            public Capabilities capabilities() {
                return fake.capabilities();
            }

            @Override
            public SubmitReply submit(Submission submission) {
                return fake.submit(submission);
            }

            @Override
            public void close() {
                throw new NoClassDefFoundError("of a library that was unloaded");
            }
        };
        accounts.answers.put(CLINIC, () -> Optional.of(TenantProviders.of("1", () -> List.of(old))));
        SmsClient sms = client().build();
        fake.script().otherwise(submission -> {
            accounts.open(CLINIC, "2");
            sms.reload(CLINIC);
            return Behaviour.accept();
        });
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
    }

    @Test
    void eachTenantSendsThroughItsOwnProviders() {
        Account clinic = accounts.open(CLINIC, "1");
        Account school = accounts.open(SCHOOL, "1");
        SmsClient sms = client().build();
        assertThat(sms.send(hello(CLINIC)).orThrow().provider()).isEqualTo("twilio");
        sms.send(hello(CLINIC));
        sms.send(hello(SCHOOL));
        assertThat(clinic.fake.submissions())
                .hasSize(2)
                .allMatch(each -> each.tenant().equals(CLINIC));
        assertThat(school.fake.submissions()).hasSize(1);
        assertThat(accounts.asked.get()).as("once for each tenant").isEqualTo(2);
    }

    @Test
    void aTenantWithoutProvidersIsRejectedAndTheClientsOwnAreNotUsed() {
        SendResult.Rejected result = rejected(client().provider(shared).build().send(hello(CLINIC)));
        assertThat(result.reason()).isEqualTo(Reason.ROUTE);
        assertThat(result.proof()).isEqualTo(Proof.LOCAL_POLICY);
        assertThat(result.explanation()).contains("tenant clinic has no providers");
        assertThat(shared.submissions()).isEmpty();
    }

    @Test
    void theClientsOwnProvidersServeTheTenantsForWhichTheSourceSaysSo() {
        accounts.answers.put(CLINIC, () -> Optional.of(TenantProviders.shared()));
        SmsClient sms = client().provider(shared).build();
        assertThat(sms.send(hello(CLINIC)).orThrow().provider()).isEqualTo("shared");
        assertThat(rejected(sms.send(hello(TenantId.DEFAULT))).reason())
                .as("the default tenant is asked for like any other")
                .isEqualTo(Reason.ROUTE);
        sms.close();
        assertThat(sms.toString()).contains("shared");
    }

    @Test
    void sharedProvidersTakeNoRouting() {
        assertThatThrownBy(() -> TenantProviders.shared().routing(Routing.failover("a")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTenantHasARoutingOfItsOwn() {
        FakeProvider one = FakeProvider.named("one");
        FakeProvider two = FakeProvider.named("two");
        accounts.answers.put(
                CLINIC,
                () -> Optional.of(TenantProviders.of("1", () -> List.of(one, two))
                        .routing(Routing.failover("one").inCountry("AU", Routing.failover("two", "one")))));
        SmsClient sms = client().build();
        assertThat(sms.send(hello(CLINIC)).orThrow().provider()).isEqualTo("two");
        assertThat(sms.quote(hello(CLINIC)).segments()).isEqualTo(1);
        assertThat(sms.bulk().check(List.of(hello(CLINIC), hello(SCHOOL)))).satisfies(check -> {
            assertThat(check.sendable()).isEqualTo(1);
            assertThat(check.invalid()).isEqualTo(1);
        });
    }

    @Test
    void theSourceIsAskedAgainWhenItsAnswerIsOldAndTheSameVersionKeepsItsInstances() {
        Account first = accounts.open(CLINIC, "1");
        SmsClient sms = client().tenantCache(10, Duration.ofMinutes(1), Duration.ofHours(1))
                .build();
        sms.send(hello(CLINIC));
        clock.advance(Duration.ofSeconds(59));
        sms.send(hello(CLINIC));
        assertThat(accounts.asked.get()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        sms.send(hello(CLINIC));
        assertThat(accounts.asked.get()).isEqualTo(2);
        assertThat(accounts.made).containsExactly(first);
        assertThat(first.fake.submissions()).hasSize(3);

        Account second = accounts.open(CLINIC, "2");
        clock.advance(Duration.ofMinutes(1));
        sms.send(hello(CLINIC));
        assertThat(second.fake.submissions()).hasSize(1);
        assertThat(first.closed.get()).isEqualTo(1);
    }

    @Test
    void aTenantThatIsTakenAwayIsRejectedFromThenOn() {
        Account clinic = accounts.open(CLINIC, "1");
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        accounts.answers.remove(CLINIC);
        sms.reload(CLINIC);
        assertThat(clinic.closed.get()).isEqualTo(1);
        assertThat(rejected(sms.send(hello(CLINIC))).reason()).isEqualTo(Reason.ROUTE);
    }

    @Test
    void messagesUnderWayFinishOnTheOldProvidersWhichAreClosedAfterThem() throws Exception {
        Account old = accounts.open(CLINIC, "1");
        CountDownLatch submitted = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        old.fake.script().otherwise(submission -> {
            submitted.countDown();
            wait(answer);
            return Behaviour.accept();
        });
        SmsClient sms = client().build();
        Future<SendResult> underWay = threads.submit(() -> sms.send(hello(CLINIC)));
        wait(submitted);
        Account next = accounts.open(CLINIC, "2");
        sms.reload(CLINIC);
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
        assertThat(next.fake.submissions()).hasSize(1);
        assertThat(old.closed.get()).as("a message still uses it").isZero();
        answer.countDown();
        assertThat(underWay.get(30, TimeUnit.SECONDS).isAccepted()).isTrue();
        assertThat(old.closed.get()).isEqualTo(1);
        sms.close();
        assertThat(old.closed.get()).isEqualTo(1);
        assertThat(next.closed.get()).isEqualTo(1);
    }

    @Test
    void aMessageUnderWayKeepsItsProvidersWhenTheClientIsClosed() throws Exception {
        Account clinic = accounts.open(CLINIC, "1");
        CountDownLatch submitted = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        clinic.fake.script().otherwise(submission -> {
            submitted.countDown();
            wait(answer);
            return Behaviour.accept();
        });
        SmsClient sms = client().build();
        Future<SendResult> underWay = threads.submit(() -> sms.send(hello(CLINIC)));
        wait(submitted);
        sms.close();
        assertThat(clinic.closed.get()).isZero();
        answer.countDown();
        assertThat(underWay.get(30, TimeUnit.SECONDS).isAccepted()).isTrue();
        assertThat(clinic.closed.get()).isEqualTo(1);
        assertThatThrownBy(() -> sms.reload(CLINIC)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void providersThatArriveAfterTheClientWasClosedAreClosedByTheirMessage() throws Exception {
        Account clinic = accounts.open(CLINIC, "1");
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        accounts.after = () -> {
            read.countDown();
            wait(answer);
        };
        SmsClient sms = client().build();
        Future<SendResult> underWay = threads.submit(() -> sms.send(hello(CLINIC)));
        wait(read);
        sms.close();
        answer.countDown();
        assertThat(underWay.get(30, TimeUnit.SECONDS).isAccepted()).isTrue();
        assertThat(clinic.closed.get()).isEqualTo(1);
    }

    @Test
    void aSourceThatFailsForAnUnknownTenantSendsNothingAndThrows() {
        accounts.failing = true;
        SmsClient sms = client().provider(shared).build();
        assertThatThrownBy(() -> sms.send(hello(CLINIC)))
                .isInstanceOf(SmsStoreException.class)
                .hasMessageContaining("ProviderSource.forTenant")
                .hasCauseInstanceOf(IllegalStateException.class);
        accounts.failing = false;
        Account clinic = accounts.open(CLINIC, "1");
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
        assertThat(clinic.fake.submissions()).hasSize(1);
        assertThat(shared.submissions()).isEmpty();
    }

    @Test
    void aSourceThatFailsLaterLeavesTheLastKnownProvidersServing() {
        Account clinic = accounts.open(CLINIC, "1");
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        accounts.failing = true;
        clock.advance(Duration.ofMinutes(2));
        for (int i = 0; i < 5; i++) {
            assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
        }
        assertThat(accounts.asked.get()).as("not by every message").isEqualTo(2);
        clock.advance(Duration.ofMinutes(1));
        sms.send(hello(CLINIC));
        assertThat(accounts.asked.get()).isEqualTo(3);
        assertThatThrownBy(() -> sms.reload(CLINIC)).isInstanceOf(SmsStoreException.class);
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
        assertThat(clinic.fake.submissions()).hasSize(8);
        assertThat(clinic.closed.get()).isZero();
    }

    @Test
    void providersThatCannotBeUsedAreReportedTogetherAndClosed() {
        Account working = accounts.open(CLINIC, "1");
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        Account one = new Account("twilio");
        Account two = new Account("twilio");
        accounts.answers.put(
                CLINIC,
                () -> Optional.of(TenantProviders.of("2", () -> List.of(one, two))
                        .routing(Routing.failover("sns").inCountry("XX", Routing.failover("twilio")))));
        assertThatThrownBy(() -> sms.reload(CLINIC))
                .cause()
                .hasMessageContaining("tenant clinic")
                .hasMessageContaining("two instances are named twilio")
                .hasMessageContaining("names sns")
                .hasMessageContaining("inCountry(\"XX\")");
        assertThat(one.closed.get()).isEqualTo(1);
        assertThat(two.closed.get()).isEqualTo(1);
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
        assertThat(working.fake.submissions()).hasSize(2);

        accounts.answers.put(CLINIC, () -> Optional.of(TenantProviders.of("3", List::of)));
        assertThatThrownBy(() -> sms.reload(CLINIC)).cause().hasMessageContaining("made none");
    }

    @Test
    void anInstanceThatIsInUseIsRefusedInTheNextVersionAndStaysOpen() {
        Account clinic = accounts.open(CLINIC, "1");
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        Account fresh = new Account("other");
        accounts.answers.put(CLINIC, () -> Optional.of(TenantProviders.of("2", () -> List.of(clinic, fresh))));
        assertThatThrownBy(() -> sms.reload(CLINIC)).cause().hasMessageContaining("make new ones");
        assertThat(clinic.closed.get()).isZero();
        assertThat(fresh.closed.get()).isEqualTo(1);
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
    }

    @Test
    void manyMessagesOfAnUnknownTenantAskOnce() throws Exception {
        accounts.open(CLINIC, "1");
        CountDownLatch answer = new CountDownLatch(1);
        accounts.before = () -> wait(answer);
        SmsClient sms = client().build();
        List<Thread> senders = new ArrayList<>();
        AtomicInteger accepted = new AtomicInteger();
        for (int i = 0; i < 16; i++) {
            Thread sender = new Thread(() -> {
                if (sms.send(hello(CLINIC)).isAccepted()) {
                    accepted.incrementAndGet();
                }
            });
            senders.add(sender);
            sender.start();
        }
        for (Thread sender : senders) {
            while (sender.getState() != Thread.State.WAITING && sender.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        assertThat(rejected(sms.send(hello(SCHOOL))).reason())
                .as("a tenant waits for no other; its own answer comes at once")
                .isEqualTo(Reason.ROUTE);
        answer.countDown();
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(accepted.get()).isEqualTo(16);
        assertThat(accounts.askedFor(CLINIC)).isEqualTo(1);
        assertThat(accounts.made).hasSize(1);
    }

    @Test
    void anOldAnswerIsAskedForOnceHoweverManyMessagesFindItOld() throws Exception {
        int rounds = 200;
        accounts.open(CLINIC, "1");
        SmsClient sms = client().tenantCache(10, Duration.ofMinutes(1), Duration.ofDays(1))
                .build();
        sms.send(hello(CLINIC));
        CyclicBarrier together = new CyclicBarrier(8, () -> clock.advance(Duration.ofMinutes(1)));
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            running.add(threads.submit(() -> {
                for (int round = 0; round < rounds; round++) {
                    together.await(30, TimeUnit.SECONDS);
                    sms.send(hello(CLINIC));
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get(60, TimeUnit.SECONDS);
        }
        assertThat(accounts.askedFor(CLINIC)).isEqualTo(1 + rounds);
    }

    @Test
    void messagesGoOnWithWhatIsKnownWhileOneOfThemAsksAgain() throws Exception {
        Account old = accounts.open(CLINIC, "1");
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        Account next = accounts.open(CLINIC, "2");
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        accounts.before = () -> {
            asking.countDown();
            wait(answer);
        };
        clock.advance(Duration.ofMinutes(1));
        Future<SendResult> asker = threads.submit(() -> sms.send(hello(CLINIC)));
        wait(asking);
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
        assertThat(old.fake.submissions()).hasSize(2);
        answer.countDown();
        assertThat(asker.get(30, TimeUnit.SECONDS).isAccepted()).isTrue();
        assertThat(next.fake.submissions()).hasSize(1);
    }

    @Test
    void whatIsSentAfterAReloadGoesByAnAnswerThatBeganAfterIt() throws Exception {
        Account stale = accounts.open(CLINIC, "1");
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        AtomicBoolean once = new AtomicBoolean();
        accounts.after = () -> {
            if (once.compareAndSet(false, true)) {
                read.countDown();
                wait(answer);
            }
        };
        SmsClient sms = client().build();
        Future<SendResult> early = threads.submit(() -> sms.send(hello(CLINIC)));
        wait(read); // the old credentials were read, and are on their way
        Account rotated = accounts.open(CLINIC, "2");
        Thread reload = new Thread(() -> sms.reload(CLINIC));
        reload.start();
        while (reload.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        answer.countDown();
        reload.join();
        early.get(30, TimeUnit.SECONDS);
        sms.send(hello(CLINIC));
        assertThat(rotated.fake.submissions()).isNotEmpty();
        assertThat(stale.closed.get()).isEqualTo(1);
    }

    @Test
    void reloadingATenantThatIsNotHeldAsksNobody() {
        accounts.open(CLINIC, "1");
        SmsClient sms = client().build();
        sms.reload(CLINIC);
        assertThat(accounts.asked.get()).isZero();
        SmsClient fixed = SmsClient.builder().provider(shared).build();
        fixed.reload(CLINIC);
        assertThat(shared.submissions()).isEmpty();
    }

    @Test
    void noMessageFailsOrMeetsAClosedProviderWhileCredentialsRotateAThousandTimes() throws Exception {
        int rotations = 1_000;
        accounts.open(CLINIC, "0");
        SmsClient sms = client().build();
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong sent = new AtomicLong();
        List<Callable<@Nullable String>> senders = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            senders.add(() -> {
                while (!over.get()) {
                    SendResult result = sms.send(hello(CLINIC));
                    sent.incrementAndGet();
                    if (!result.isAccepted() || result.attempts().size() != 1) {
                        return result.toString();
                    }
                }
                return null;
            });
        }
        List<Future<@Nullable String>> running = new ArrayList<>();
        senders.forEach(sender -> running.add(threads.submit(sender)));
        for (int i = 1; i <= rotations; i++) {
            long before = sent.get();
            accounts.open(CLINIC, String.valueOf(i));
            sms.reload(CLINIC);
            while (sent.get() == before && running.stream().noneMatch(Future::isDone)) {
                Thread.onSpinWait();
            }
        }
        over.set(true);
        for (Future<@Nullable String> each : running) {
            assertThat(each.get(60, TimeUnit.SECONDS)).isNull();
        }
        assertThat(accounts.made.stream().filter(each -> each.closed.get() == 0))
                .as("only the last one is open")
                .hasSize(1);
        sms.close();
        assertThat(accounts.made).hasSize(rotations + 1);
        assertThat(accounts.made).allMatch(each -> each.closed.get() == 1, "closed exactly once");
        assertThat(accounts.made).allMatch(each -> each.submittedWhileClosed.get() == 0, "never used when closed");
        assertThat(accounts.made.stream()
                        .mapToLong(each -> each.fake.submissions().size())
                        .sum())
                .isEqualTo(sent.get());
        System.out.println(sent.get() + " messages during " + rotations + " rotations");
    }

    @Test
    void aBreakerThatOpensForOneTenantLeavesTheOthersAlone() {
        Account clinic = accounts.open(CLINIC, "1");
        Account school = accounts.open(SCHOOL, "1");
        clinic.fake.script().otherwise(refuse(Reason.CREDENTIAL, "20003"));
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        sms.send(hello(CLINIC));
        assertThat(clinic.fake.submissions()).as("its breaker is open").hasSize(1);
        assertThat(sms.send(hello(SCHOOL)).isAccepted()).isTrue();
        assertThat(school.fake.submissions()).hasSize(1);
        assertThat(sms.diagnose(CLINIC).toString()).contains("twilio: breaker OPEN");
        assertThat(sms.diagnose(SCHOOL).toString()).contains("twilio: breaker CLOSED");
        assertThat(sms.diagnose(TenantId.of("nobody")).isHealthy()).isFalse();
        assertThat(sms.diagnose().toString()).contains("tenants: 3 with providers at hand");
    }

    @Test
    void tellsWhoseBreakersAreOpenWithoutAskingTheSource() {
        Account clinic = accounts.open(CLINIC, "1");
        accounts.open(SCHOOL, "1");
        clinic.fake.script().otherwise(refuse(Reason.CREDENTIAL, "20003"));
        SmsClient sms = client().build();
        assertThat(sms.openBreakers(CLINIC)).as("nothing was sent yet").isEmpty();
        sms.send(hello(CLINIC));
        sms.send(hello(SCHOOL));
        assertThat(sms.openBreakers(CLINIC))
                .containsOnlyKeys("twilio")
                .allSatisfy((name, left) -> assertThat(left).isPositive());
        assertThat(sms.openBreakers(SCHOOL)).isEmpty();
        assertThat(sms.openBreakers(TenantId.of("nobody"))).isEmpty();
        assertThat(sms.openBreakers()).as("the client's own").isEmpty();
        assertThat(sms.diagnose().toString()).contains("tenants: 2 with providers at hand");
        clock.advance(Duration.ofMinutes(10));
        assertThat(sms.openBreakers(CLINIC)).isEmpty();
    }

    @Test
    void newCredentialsBeginWithAClosedBreaker() {
        Account wrong = accounts.open(CLINIC, "1");
        wrong.fake.script().otherwise(refuse(Reason.CREDENTIAL, "20003"));
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        accounts.open(CLINIC, "2");
        sms.reload(CLINIC);
        assertThat(sms.send(hello(CLINIC)).isAccepted()).isTrue();
    }

    @Test
    void aProviderThatAsksOneTenantToWaitIsNotLeftAloneByTheOthers() {
        Account clinic = accounts.open(CLINIC, "1");
        accounts.open(SCHOOL, "1");
        clinic.fake.script().then(throttle(Duration.ofMinutes(5)));
        SmsClient sms = client().build();
        sms.send(hello(CLINIC));
        assertThat(rejected(sms.send(hello(CLINIC))).reason()).isEqualTo(Reason.THROTTLED);
        assertThat(clinic.fake.submissions()).hasSize(1);
        assertThat(sms.send(hello(SCHOOL)).isAccepted()).isTrue();
    }

    @Test
    void limitsByProviderCountForEachTenantsCredentialsApart() {
        accounts.open(CLINIC, "1");
        accounts.open(SCHOOL, "1");
        accounts.open(TenantId.DEFAULT, "1");
        TenantId guest = TenantId.of("guest");
        accounts.answers.put(guest, () -> Optional.of(TenantProviders.shared()));
        FakeProvider common = FakeProvider.named("twilio");
        SmsClient sms = client().provider(common)
                .rateLimit(RateLimit.of(2, Duration.ofHours(1)).keyedBy(RateLimit.Key.PROVIDER))
                .build();
        for (TenantId tenant : List.of(CLINIC, SCHOOL, TenantId.DEFAULT, guest)) {
            assertThat(sms.send(hello(tenant)).isAccepted()).as("%s", tenant).isTrue();
            assertThat(sms.send(hello(tenant)).isAccepted()).as("%s", tenant).isTrue();
            assertThat(rejected(sms.send(hello(tenant))).reason()).isEqualTo(Reason.RATE_LIMITED);
        }
        accounts.open(CLINIC, "2");
        sms.reload(CLINIC);
        assertThat(rejected(sms.send(hello(CLINIC))).reason())
                .as("a new token of the same account has no new allowance")
                .isEqualTo(Reason.RATE_LIMITED);
    }

    @Test
    void aWeightThatDriftsForOneTenantStaysForTheOthers() {
        for (TenantId tenant : List.of(CLINIC, SCHOOL)) {
            FakeProvider one = FakeProvider.named("one");
            FakeProvider two = FakeProvider.named("two");
            if (tenant.equals(CLINIC)) {
                one.script().otherwise(notTransmitted());
            }
            accounts.answers.put(
                    tenant,
                    () -> Optional.of(TenantProviders.of("1", () -> List.of(one, two))
                            .routing(Routing.weighted(Map.of("one", 100, "two", 10)))));
        }
        SmsClient sms = client().breaker(null).build();
        for (int i = 0; i < 300; i++) {
            sms.send(hello(CLINIC));
            sms.send(hello(SCHOOL));
        }
        assertThat(sms.diagnose(CLINIC).toString()).contains("one: no breaker, keeps 10 % of its weight");
        assertThat(sms.diagnose(SCHOOL).toString()).contains("one: no breaker, keeps 100 % of its weight");
    }

    @Test
    void aHundredThousandTenantsAreHeldInBoundedMemoryAndEachProviderIsClosedOnce() {
        int tenants = 100_000;
        int most = 500;
        AtomicInteger open = new AtomicInteger();
        AtomicInteger mostOpen = new AtomicInteger();
        AtomicLong closedAgain = new AtomicLong();
        ProviderSource source = tenant -> Optional.of(TenantProviders.of("1", () -> {
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            return List.of(new Light(open::decrementAndGet, closedAgain));
        }));
        SmsClient sms = SmsClient.builder()
                .providers(source)
                .tenantCache(most, Duration.ofHours(1), Duration.ofHours(1))
                .time(clock)
                .build();
        for (int i = 0; i < tenants; i++) {
            assertThat(sms.send(hello(TenantId.of("t" + i))).isAccepted()).isTrue();
        }
        assertThat(mostOpen.get()).isLessThanOrEqualTo(most + 1);
        assertThat(open.get()).isBetween(most / 2, most);
        sms.close();
        assertThat(open.get()).isZero();
        assertThat(closedAgain.get()).isZero();
    }

    @Test
    void theTenantThatSentLeastLatelyGoesFirst() {
        Account busy = accounts.open(CLINIC, "1");
        Account quiet = accounts.open(SCHOOL, "1");
        SmsClient sms = client().tenantCache(2, Duration.ofHours(1), Duration.ofHours(1))
                .build();
        sms.send(hello(SCHOOL));
        clock.advance(Duration.ofSeconds(1));
        sms.send(hello(CLINIC));
        clock.advance(Duration.ofSeconds(1));
        TenantId third = TenantId.of("third");
        accounts.open(third, "1");
        sms.send(hello(third));
        assertThat(quiet.closed.get()).isEqualTo(1);
        assertThat(busy.closed.get()).isZero();
    }

    @Test
    void idleTenantsAreClosedWithTheNextMessageOfAnybody() {
        Account idle = accounts.open(CLINIC, "1");
        accounts.open(SCHOOL, "1");
        SmsClient sms = client().tenantCache(10, Duration.ofHours(9), Duration.ofMinutes(8))
                .build();
        sms.send(hello(CLINIC));
        for (int minute = 1; minute <= 7; minute++) {
            clock.advance(Duration.ofMinutes(1));
            sms.send(hello(SCHOOL));
        }
        assertThat(idle.closed.get()).isZero();
        clock.advance(Duration.ofMinutes(3));
        sms.send(hello(SCHOOL));
        assertThat(idle.closed.get()).isEqualTo(1);
        accounts.open(CLINIC, "1");
        assertThat(sms.send(hello(CLINIC)).isAccepted())
                .as("it comes back when it sends again")
                .isTrue();
    }

    @Test
    void evictionAndRotationUnderLoadCloseEverythingOnce() throws Exception {
        System.out.println("evictionAndRotationUnderLoadCloseEverythingOnce: 8 threads, 12 tenants, room for 4");
        AtomicInteger open = new AtomicInteger();
        AtomicLong closedAgain = new AtomicLong();
        AtomicLong version = new AtomicLong();
        ProviderSource source = tenant -> Optional.of(TenantProviders.of(String.valueOf(version.get() / 5), () -> {
            open.incrementAndGet();
            return List.of(new Light(open::decrementAndGet, closedAgain));
        }));
        SmsClient sms = SmsClient.builder()
                .providers(source)
                .tenantCache(4, Duration.ofHours(1), Duration.ofHours(1))
                .build();
        List<Future<Integer>> running = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            int start = thread;
            running.add(threads.submit(() -> {
                int failed = 0;
                for (int i = 0; i < 3_000; i++) {
                    TenantId tenant = TenantId.of("t" + (start + i) % 12);
                    failed += sms.send(hello(tenant)).isAccepted() ? 0 : 1;
                    if (i % 7 == 0) {
                        version.incrementAndGet();
                        sms.reload(tenant);
                    }
                }
                return failed;
            }));
        }
        for (Future<Integer> each : running) {
            assertThat(each.get(60, TimeUnit.SECONDS)).isZero();
        }
        assertThat(open.get()).isLessThanOrEqualTo(4 + 8);
        sms.close();
        assertThat(open.get()).isZero();
        assertThat(closedAgain.get()).isZero();
    }

    @Test
    void theCachesRangesAreChecked() {
        assertThatThrownBy(() -> client().tenantCache(0, Duration.ofMillis(1), Duration.ZERO)
                        .build())
                .hasMessageContaining("tenantCache: most 0")
                .hasMessageContaining("tenantCache refresh: PT0.001S")
                .hasMessageContaining("tenantCache idle: PT0S");
    }

    private static void wait(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A tenant's provider: a fake one that counts how it is closed. */
    private static final class Account implements SmsProvider {
        final FakeProvider fake;
        final AtomicInteger closed = new AtomicInteger();
        final AtomicInteger submittedWhileClosed = new AtomicInteger();

        Account(String name) {
            this.fake = FakeProvider.named(name);
        }

        @Override
        public String name() {
            return fake.name();
        }

        @Override
        public Capabilities capabilities() {
            return fake.capabilities();
        }

        @Override
        public SubmitReply submit(Submission submission) {
            SubmitReply reply = fake.submit(submission);
            submittedWhileClosed.addAndGet(closed.get());
            return reply;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            fake.close();
        }
    }

    /** The host's table of accounts. */
    private static final class Accounts implements ProviderSource {
        final Map<TenantId, Supplier<Optional<TenantProviders>>> answers = new ConcurrentHashMap<>();
        final List<Account> made = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger asked = new AtomicInteger();
        final Map<TenantId, AtomicInteger> askedFor = new ConcurrentHashMap<>();
        volatile boolean failing;
        volatile Runnable before = () -> {};
        volatile Runnable after = () -> {};

        Account open(TenantId tenant, String version) {
            Account account = new Account("twilio");
            TenantProviders providers = TenantProviders.of(version, () -> {
                made.add(account);
                return List.of(account);
            });
            answers.put(tenant, () -> Optional.of(providers));
            return account;
        }

        int askedFor(TenantId tenant) {
            return askedFor.get(tenant).get();
        }

        @Override
        public Optional<TenantProviders> forTenant(TenantId tenant) {
            asked.incrementAndGet();
            askedFor.computeIfAbsent(tenant, unused -> new AtomicInteger()).incrementAndGet();
            if (answers.containsKey(tenant)) {
                before.run();
            }
            if (failing) {
                throw new IllegalStateException("the database is down");
            }
            Optional<TenantProviders> found =
                    answers.getOrDefault(tenant, Optional::empty).get();
            after.run();
            return found;
        }
    }

    /** As little as a provider can be. */
    private static final class Light implements SmsProvider {
        private static final Capabilities LIMITS =
                Capabilities.builder(SegmentPolicy.GENERIC).build();
        private final Runnable onClose;
        private final AtomicLong closedAgain;
        private final AtomicBoolean closed = new AtomicBoolean();

        Light(Runnable onClose, AtomicLong closedAgain) {
            this.onClose = onClose;
            this.closedAgain = closedAgain;
        }

        @Override
        public String name() {
            return "light";
        }

        @Override
        public Capabilities capabilities() {
            return LIMITS;
        }

        @Override
        public SubmitReply submit(Submission submission) {
            return closed.get() ? SubmitReply.notTransmitted("closed") : SubmitReply.accepted("id");
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                onClose.run();
            } else {
                closedAgain.incrementAndGet();
            }
        }
    }
}
