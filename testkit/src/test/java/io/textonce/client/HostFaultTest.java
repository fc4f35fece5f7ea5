package io.textonce.client;

import static io.textonce.sandbox.Behaviour.notTransmitted;
import static io.textonce.sandbox.Behaviour.throttle;
import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryIdempotencyRepository;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.memory.InMemorySpendRepository;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.TimeSource;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.store.SpendRepository;
import io.textonce.store.SuppressionRepository;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the host gave the client throws, at every single call, before it did its work and after: the client never
 * submits a second time, and once something was submitted it says what became of it.
 */
class HostFaultTest {

    private static final PhoneNumber NUMBER = PhoneNumber.of("+61491570156");

    /** Throws at one call of all those that the client makes of its host. */
    private static final class Fault {
        private final Supplier<Throwable> what;
        private final int at;
        private int calls;
        private boolean off;
        private @Nullable String hit;

        Fault(Supplier<Throwable> what, int at) {
            this.what = what;
            this.at = at;
        }

        void pass(String where) throws Throwable {
            if (!off && hit == null && ++calls == at) {
                hit = where;
                throw what.get();
            }
        }

        /** The same object, but for the fault before or after one of its calls. */
        <T> T in(Class<T> type, T real) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, call, args) -> {
                        String name = type.getSimpleName() + "." + call.getName();
                        boolean counts = !call.getDeclaringClass().equals(Object.class)
                                && !name.matches("SmsProvider\\.(name|kind|capabilities|role|close)");
                        if (counts) {
                            pass("before " + name);
                        }
                        Object answer;
                        try {
                            answer = call.invoke(real, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                        if (counts) {
                            pass("after " + name);
                        }
                        return answer;
                    }));
        }
    }

    private record Scenario(String name, Consumer<FakeProvider> first) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Scenario> scenarios() {
        return Stream.of(
                new Scenario("accepted at once", provider -> {}),
                new Scenario("failed over", provider -> provider.script().then(notTransmitted())),
                new Scenario(
                        "tried again after a pause",
                        provider -> provider.script().then(throttle(Duration.ofSeconds(1)))));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void D1_aHostThatThrowsAnywhereCausesNoSecondMessageAndHidesNoOutcome(Scenario scenario) {
        List<String> logged = Collections.synchronizedList(new ArrayList<>());
        Handler listening = new Listening(logged);
        Logger ours = Logger.getLogger("io.textonce");
        ours.setLevel(Level.ALL);
        ours.setUseParentHandlers(false);
        ours.addHandler(listening);
        try {
            assertThat(broken(scenario)).isEmpty();
        } finally {
            ours.removeHandler(listening);
            ours.setUseParentHandlers(true);
            ours.setLevel(null);
        }
        assertThat(logged).isNotEmpty().noneMatch(line -> line.contains("491570156") || line.contains("See you"));
    }

    private static List<String> broken(Scenario scenario) {
        List<Supplier<Throwable>> kinds = List.of(
                () -> new IllegalStateException("can't store (+61491570156, See you at 10:30)"),
                () -> new AssertionError("can't store (+61491570156, See you at 10:30)"),
                () -> new IOException("checked, as other languages throw it: +61491570156"));
        List<String> broken = new ArrayList<>();
        for (Supplier<Throwable> kind : kinds) {
            int at = 0;
            Fault fault;
            do {
                fault = new Fault(kind, ++at);
                try {
                    check(scenario, fault);
                } catch (AssertionError e) {
                    broken.add(kind.get().getClass().getSimpleName() + " " + fault.hit + ": " + e.getMessage());
                }
            } while (fault.hit != null);
            assertThat(at).as("calls of the host that were made to fail").isGreaterThan(30);
        }
        return broken;
    }

    private static final class Listening extends Handler {
        private final List<String> lines;

        Listening(List<String> lines) {
            this.lines = lines;
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage() + " " + line.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static void check(Scenario scenario, Fault fault) {
        FakeProvider first = FakeProvider.named("first");
        FakeProvider second = FakeProvider.named("second");
        scenario.first().accept(first);
        InMemoryStore store = new InMemoryStore();
        InMemoryLimitStore limits = new InMemoryLimitStore();
        List<SendResult> told = new ArrayList<>();
        SmsListener listener = new SmsListener() {
            @Override
            public void onResult(SmsMessage message, SendResult result) {
                told.add(result);
            }
        };
        @SuppressWarnings("unchecked")
        Predicate<TenantId> enabled = fault.in(Predicate.class, (Predicate<TenantId>) tenant -> false);
        @SuppressWarnings("unchecked")
        Function<PhoneNumber, Set<ZoneId>> zones =
                fault.in(Function.class, (Function<PhoneNumber, Set<ZoneId>>) number -> Set.of(ZoneOffset.UTC));
        SmsMessage message = SmsMessage.to(NUMBER)
                .text("See you at 10:30")
                .idempotencyKey("k")
                .build();
        fault.off = true;
        try (SmsClient sms = SmsClient.builder()
                .provider(fault.in(SmsProvider.class, first))
                .provider(fault.in(SmsProvider.class, second))
                .rates(RateCard.in("USD").rate("+", "0.05").build())
                .spend(fault.in(SpendRepository.class, new InMemorySpendRepository()))
                .spendCap(SpendCap.daily(Money.of("1", "USD"), ZoneOffset.UTC))
                .sendingWindow(SendingWindow.daily(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT))
                .zones(zones)
                .routing(
                        scenario.name().startsWith("tried")
                                ? Routing.failover("first")
                                : Routing.failover("first", "second"))
                .time(fault.in(TimeSource.class, new VirtualClock()))
                .disabledWhen(enabled)
                .rateLimit(RateLimit.of(1, Duration.ofHours(1)))
                .rateLimit(RateLimit.of(5, Duration.ofHours(1)).keyedBy(RateLimit.Key.PROVIDER))
                .limitStore(fault.in(LimitStore.class, limits))
                .messages(fault.in(MessageRepository.class, store))
                .suppressions(fault.in(SuppressionRepository.class, store))
                .idempotency(
                        fault.in(IdempotencyRepository.class, new InMemoryIdempotencyRepository()), Duration.ofDays(1))
                .listener(fault.in(SmsListener.class, listener))
                .build()) {
            fault.off = false;
            SendResult result = null;
            Throwable thrown = null;
            try {
                result = sms.send(message);
            } catch (Throwable e) {
                thrown = e;
            }
            fault.off = true;
            String where = scenario + ", " + fault.what.get().getClass().getSimpleName() + " " + fault.hit;
            long created = created(first, second);
            assertThat(created).as(where).isLessThanOrEqualTo(1);
            if (thrown != null) {
                assertThat(first.submissions()).as(where + ": thrown " + thrown).isEmpty();
                assertThat(second.submissions())
                        .as(where + ": thrown " + thrown)
                        .isEmpty();
                if (thrown instanceof RuntimeException
                        && !String.valueOf(fault.hit).contains("TimeSource")) {
                    assertThat(thrown).as(where).isInstanceOf(SmsStoreException.class);
                }
            } else {
                boolean rejected = result instanceof SendResult.Rejected;
                assertThat(rejected).as(where).isEqualTo(created == 0 && !inDoubt(result));
                assertThat(requests(result))
                        .as(where)
                        .isGreaterThanOrEqualTo(first.submissions().size()
                                + second.submissions().size());
                if (!String.valueOf(fault.hit).contains("onResult")) {
                    assertThat(told).as(where).containsExactly(result);
                }
            }
            boolean said = thrown == null
                    ? !result.recorded()
                    : String.valueOf(fault.hit).contains("MessageRepository");
            assertThat(store.query(TenantId.DEFAULT, MessageQuery.all().state(MessageState.SENDING)))
                    .as(where + ": rows in SENDING that nobody was told of")
                    .hasSizeLessThanOrEqualTo(said ? 1 : 0);
            sms.send(message);
            assertThat(created(first, second)).as(where + ", then sent again").isLessThanOrEqualTo(1);
        }
    }

    private static long requests(SendResult result) {
        return result.attempts().stream()
                .filter(attempt -> attempt.reason().orElse(null) != Reason.RATE_LIMITED)
                .count();
    }

    private static boolean inDoubt(@Nullable SendResult result) {
        return result instanceof SendResult.Unknown;
    }

    private static long created(FakeProvider... providers) {
        return Stream.of(providers)
                .map(FakeProvider::sandbox)
                .map(SandboxProvider::tally)
                .mapToLong(SandboxProvider.Tally::created)
                .sum();
    }
}
