package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Limits as the client states them, audited from outside: by what was accepted, when, for whom. */
@Tag("once")
class LimiterAuditTest {

    private static final int THREADS = 8;
    private static final List<String> AREAS = List.of("202", "212", "310");
    private static final Label ADMIN = new Label("role", "admin");

    /** One message that a provider took. */
    private record Admission(Instant at, TenantId tenant, String user, boolean admin, Category category, String to) {}

    /** What a limit promises, in words that don't use the client's. */
    private record Promise(
            String name, int permits, Duration window, Predicate<Admission> counted, Function<Admission, Object> key) {

        /** The most that any window admitted; a window holds its beginning and not its end. */
        int most(List<Admission> all) {
            Map<Object, List<Instant>> byKey = new HashMap<>();
            for (Admission each : all) {
                if (counted.test(each)) {
                    byKey.computeIfAbsent(key.apply(each), k -> new ArrayList<>())
                            .add(each.at());
                }
            }
            int most = 0;
            for (List<Instant> instants : byKey.values()) {
                instants.sort(null);
                for (int first = 0; first < instants.size(); first++) {
                    Instant end = instants.get(first).plus(window);
                    int count = 0;
                    for (int i = first; i < instants.size() && instants.get(i).isBefore(end); i++) {
                        count++;
                    }
                    most = Math.max(most, count);
                }
            }
            return most;
        }
    }

    private static final Predicate<Admission> OTP = each -> each.category() == Category.OTP;

    private static final List<Promise> PROMISES = List.of(
            new Promise("a code a minute", 1, Duration.ofMinutes(1), OTP, a -> List.of(a.tenant(), a.to())),
            new Promise("5 codes in 15 minutes", 5, Duration.ofMinutes(15), OTP, a -> List.of(a.tenant(), a.to())),
            new Promise("12 codes an hour", 12, Duration.ofHours(1), OTP, a -> List.of(a.tenant(), a.to())),
            new Promise(
                    "20 an hour to a user",
                    20,
                    Duration.ofHours(1),
                    a -> !a.admin(),
                    a -> List.of(a.tenant(), a.user())),
            new Promise(
                    "60 an hour to an admin", 60, Duration.ofHours(1), a -> true, a -> List.of(a.tenant(), a.user())),
            new Promise(
                    "40 in 10 minutes to a range",
                    40,
                    Duration.ofMinutes(10),
                    a -> true,
                    a -> List.of(a.tenant(), a.to().substring(0, 10))),
            new Promise("150 in 30 minutes for a tenant", 150, Duration.ofMinutes(30), a -> true, Admission::tenant),
            new Promise("250 in 20 minutes for all", 250, Duration.ofMinutes(20), a -> true, a -> "all"));

    private static SmsClient.Builder limited(SmsClient.Builder client) {
        return client.rateLimit(codes(RateLimit.of(1, Duration.ofMinutes(1))))
                .rateLimit(codes(RateLimit.of(5, Duration.ofMinutes(15))))
                .rateLimit(codes(RateLimit.of(12, Duration.ofHours(1))))
                .rateLimit(RateLimit.of(20, Duration.ofHours(1))
                        .keyedByLabel("user")
                        .tier(ADMIN, 60))
                .rateLimit(RateLimit.of(40, Duration.ofMinutes(10)).keyedByPrefix(9))
                .rateLimit(RateLimit.of(150, Duration.ofMinutes(30)).keyedBy(RateLimit.Key.TENANT))
                .rateLimit(RateLimit.of(250, Duration.ofMinutes(20)));
    }

    private static RateLimit codes(RateLimit limit) {
        return limit.keyedBy(RateLimit.Key.RECIPIENT).only(Category.OTP);
    }

    @Test
    void noWindowOfTheStatedLengthEverAdmitsMoreThanStated() throws Exception {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        List<Admission> all = audited(seed, client -> limited(client).build());
        for (Promise promise : PROMISES) {
            int most = promise.most(all);
            assertThat(most).as("seed " + seed + ": " + promise.name()).isLessThanOrEqualTo(promise.permits());
            assertThat(most)
                    .as("seed " + seed + ": " + promise.name() + " never came near its limit, which proves little")
                    .isGreaterThan(promise.permits() / 2);
        }
    }

    @Test
    void theAuditNoticesALimitThatIsMissing() throws Exception {
        List<Admission> all = audited(7, SmsClient.Builder::build);
        for (Promise promise : PROMISES) {
            assertThat(promise.most(all)).as(promise.name()).isGreaterThan(promise.permits());
        }
    }

    /** Eight threads in step, so that what they admit is known to the instant; the clock moves between two steps. */
    private static List<Admission> audited(long seed, Function<SmsClient.Builder, SmsClient> limits) throws Exception {
        VirtualClock clock = new VirtualClock();
        Random steps = new Random(seed);
        CyclicBarrier step = new CyclicBarrier(
                THREADS,
                () -> clock.advance(
                        steps.nextInt(12) == 0
                                ? Duration.ofMinutes(steps.nextInt(15))
                                : Duration.ofMillis(steps.nextInt(20_000))));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (SmsClient sms = limits.apply(SmsClient.builder()
                .provider(FakeProvider.named("only"))
                .time(clock)
                .retry(RetryPolicy.none()))) {
            List<Future<List<Admission>>> futures = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random own = new Random(seed + 31L * thread);
                futures.add(threads.submit(() -> admissions(sms, clock, step, own)));
            }
            List<Admission> all = new ArrayList<>();
            for (Future<List<Admission>> future : futures) {
                all.addAll(future.get(60, TimeUnit.SECONDS));
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Admission> admissions(SmsClient sms, VirtualClock clock, CyclicBarrier step, Random random)
            throws Exception {
        List<Admission> mine = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            step.await(60, TimeUnit.SECONDS);
            for (int k = 0; k < 3; k++) {
                Instant now = clock.now();
                TenantId tenant = TenantId.of(random.nextInt(4) == 0 ? "school" : "clinic");
                String user = "u" + random.nextInt(random.nextInt(3) == 0 ? 3 : 30);
                boolean admin = random.nextInt(2) == 0;
                Category category = random.nextInt(3) == 0 ? Category.OTP : Category.TRANSACTIONAL;
                String area = AREAS.get(random.nextInt(AREAS.size()));
                String to = "+1" + area + "55501" + (50 + random.nextInt(random.nextInt(2) == 0 ? 1 : 9));
                SmsMessage.Builder message = SmsMessage.to(PhoneNumber.of(to))
                        .text("Hello")
                        .tenant(tenant)
                        .category(category)
                        .label("user", user);
                if (admin) {
                    message.label(ADMIN.name(), ADMIN.value());
                }
                SendResult result = sms.send(message.build());
                if (result.isAccepted()) {
                    mine.add(new Admission(now, tenant, user, admin, category, to));
                } else {
                    SendResult.Rejected rejected = (SendResult.Rejected) result;
                    assertThat(rejected.reason()).isEqualTo(Reason.RATE_LIMITED);
                    assertThat(rejected.proof()).isEqualTo(Proof.LOCAL_POLICY);
                    assertThat(rejected.retryAt().orElseThrow()).isAfter(now);
                }
            }
        }
        return mine;
    }

    @Test
    void aMillionKeysPassThroughRoomForTenThousand() {
        VirtualClock clock = new VirtualClock();
        CountingProvider provider = new CountingProvider();
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .time(clock)
                .limitStore(new InMemoryLimitStore(10_000))
                .rateLimit(RateLimit.of(2, Duration.ofSeconds(2)).keyedByLabel("user"))
                .build()) {
            for (int i = 0; i < 1_000_000; i++) {
                clock.advance(Duration.ofNanos(500_000));
                SmsMessage message =
                        hello(CountingProvider.number(i)).label("user", "u" + i).build();
                if (!sms.send(message).isAccepted()) {
                    throw new AssertionError("refused at " + i);
                }
            }
        }
    }

    private static SendResult.Rejected limited(SendResult result) {
        assertThat(result).isInstanceOf(SendResult.Rejected.class);
        assertThat(((SendResult.Rejected) result).reason()).isEqualTo(Reason.RATE_LIMITED);
        return (SendResult.Rejected) result;
    }

    private static SmsMessage.Builder hello(String to) {
        return SmsMessage.to(PhoneNumber.of(to)).text("Hello");
    }

    @Test
    void aRangeOfNumbersSharesItsLimit() {
        FakeProvider provider = FakeProvider.named("only");
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .time(new VirtualClock())
                .rateLimit(RateLimit.of(2, Duration.ofHours(1)).keyedByPrefix(7))
                .build()) {
            assertThat(sms.send(hello("+61491570156").build()).isAccepted()).isTrue();
            assertThat(sms.send(hello("+61491570157").build()).isAccepted()).isTrue();
            SendResult.Rejected rejected =
                    limited(sms.send(hello("+61491570158").build()));
            assertThat(rejected.explanation())
                    .contains("the recipient's first 7 digits")
                    .doesNotContain("6149157");
            assertThat(sms.send(hello("+61491580156").build()).isAccepted()).isTrue();
            assertThat(provider.submissions()).hasSize(3);
        }
    }

    @Test
    void administratorsHaveMoreAndNobodyGetsTheSumOfBoth() {
        try (SmsClient sms = SmsClient.builder()
                .provider(new CountingProvider())
                .time(new VirtualClock())
                .rateLimit(RateLimit.of(100, Duration.ofHours(1))
                        .keyedByLabel("user")
                        .tier(ADMIN, 1000))
                .build()) {
            SmsMessage user = hello("+61491570156").label("user", "456").build();
            SmsMessage admin = hello("+61491570156")
                    .label("user", "456")
                    .label("role", "admin")
                    .build();
            for (int i = 0; i < 100; i++) {
                assertThat(sms.send(user).isAccepted()).isTrue();
            }
            limited(sms.send(user));
            for (int i = 0; i < 900; i++) {
                assertThat(sms.send(admin).isAccepted()).as("admin %s", i).isTrue();
            }
            limited(sms.send(admin));
        }
    }

    @Test
    void aCategoryCountsForItself() {
        try (SmsClient sms = SmsClient.builder()
                .provider(new CountingProvider())
                .time(new VirtualClock())
                .rateLimit(codes(RateLimit.of(1, Duration.ofMinutes(1))))
                .build()) {
            assertThat(sms.send(hello("+61491570156").build()).isAccepted()).isTrue();
            assertThat(sms.send(hello("+61491570156").category(Category.OTP).build())
                            .isAccepted())
                    .isTrue();
            limited(sms.send(hello("+61491570156").category(Category.OTP).build()));
            assertThat(sms.send(hello("+61491570156").build()).isAccepted()).isTrue();
        }
    }

    @Test
    void refusesLimitsThatMakeNoSense() {
        RateLimit hourly = RateLimit.of(100, Duration.ofHours(1));
        assertThatThrownBy(() -> hourly.keyedByPrefix(0)).hasMessageContaining("1 to 15 digits");
        assertThatThrownBy(() -> hourly.keyedBy(RateLimit.Key.PREFIX)).hasMessageContaining("keyedByPrefix(7)");
        assertThatThrownBy(() -> hourly.tier(ADMIN, 1001)).hasMessageContaining("1 to 1000");
        assertThatThrownBy(() -> RateLimit.perSecond(5, 5).tier(ADMIN, 10)).hasMessageContaining("RateLimit.of");
        assertThat(hourly.keyedByPrefix(7).only(Category.OTP))
                .hasToString("RateLimit[100 in 1 h by 7 digits, only [OTP]]");
    }
}
