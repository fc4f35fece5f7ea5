package io.textonce.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.Settlement;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.EventRepository.Stored;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore.Limit;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.Suppression;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the stores in memory do when they are full. */
class InMemoryBoundsTest {

    private static final TenantId TENANT = TenantId.DEFAULT;
    private static final PhoneNumber ANN = PhoneNumber.of("+61491570156");
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    private static MessageId create(InMemoryStore store) {
        MessageId id = MessageId.next();
        store.create(TENANT, MessageRecord.sending(id, TENANT, NOW).to(ANN).build());
        return id;
    }

    private static void accept(InMemoryStore store, MessageId id) {
        store.complete(TENANT, id, new SendResult.Accepted(SendResult.Details.of(id), "alpha", "p" + id, 1, null), NOW);
    }

    private static Entry event(String id) {
        return new Entry(OtherEvent.of(new Origin(TENANT, "alpha", "hook", NOW), id, "kind", ""), null);
    }

    private static Entry report(String id, String providerMessageId) {
        return new Entry(
                DeliveryReport.builder(new Origin(TENANT, "alpha", "hook", NOW), id, DeliveryStatus.SENT)
                        .providerMessageId(providerMessageId)
                        .build(),
                null);
    }

    @Test
    void dropsWhatWasSettledFirstAndNeverADoubt() {
        InMemoryStore store = InMemoryStore.builder().messages(3).build();
        MessageId sending = create(store);
        MessageId doubt = create(store);
        store.complete(TENANT, doubt, SendResult.unknown("alpha", Settlement.LOOKUP), NOW);
        MessageId first = create(store);
        accept(store, first);
        MessageId second = create(store);
        assertThat(store.find(TENANT, first)).isEmpty();
        assertThat(store.find(TENANT, sending)).isPresent();
        assertThat(store.find(TENANT, doubt)).isPresent();
        assertThatIllegalStateException()
                .isThrownBy(() -> create(store))
                .withMessageContaining("none of them may be dropped");
        accept(store, second);
        create(store);
        assertThat(store.query(TENANT, MessageQuery.all())).hasSize(3);
        assertThat(store.apply(TENANT, List.of(report("e1", "p" + second)))
                        .get(0)
                        .messageId())
                .as("a dropped message isn't found by the provider's id either")
                .isNull();
    }

    @Test
    void dropsTheOldestEventsAndShowsTheGap() {
        InMemoryStore store = InMemoryStore.builder().events(3).build();
        for (int i = 1; i <= 5; i++) {
            store.apply(TENANT, List.of(event("e" + i)));
        }
        assertThat(store.since(TENANT, 0, 10)).extracting(Stored::seq).containsExactly(3L, 4L, 5L);
        assertThat(store.since(TENANT, 0, 10))
                .extracting(Stored::event)
                .extracting(SmsEvent::id)
                .containsExactly("e3", "e4", "e5");
    }

    @Test
    void dropsTheOldestWaitingReport() {
        InMemoryStore store = InMemoryStore.builder().waitingReports(2).build();
        store.apply(TENANT, List.of(report("e1", "p1"), report("e2", "p2"), report("e3", "p3")));
        assertThat(store.parked(TENANT, NOW)).isEqualTo(2);
        assertThat(store.since(TENANT, 0, 10)).hasSize(3);
    }

    @Test
    void refusesAnOptOutThatDoesNotFitTogetherWithItsEvent() {
        InMemoryStore store = InMemoryStore.builder().suppressions(1).build();
        Suppression ann = new Suppression(ANN, null, Suppression.Choice.OPT_OUT, NOW, "keyword");
        Suppression bob =
                new Suppression(PhoneNumber.of("+61491570157"), null, Suppression.Choice.OPT_OUT, NOW, "keyword");
        assertThatIllegalStateException()
                .isThrownBy(() -> store.apply(
                        TENANT,
                        List.of(
                                new Entry(event("e1").event(), ann),
                                new Entry(event("e2").event(), bob))));
        assertThat(store.since(TENANT, 0, 10)).isEmpty();
        assertThat(store.isSuppressed(TENANT, ANN, null)).isFalse();
        store.record(TENANT, ann);
        store.record(TENANT, ann);
        assertThatIllegalStateException().isThrownBy(() -> store.record(TENANT, bob));
    }

    @Test
    void refusesANewKeyWhenAllAreLiveAndTakesItWhenOneExpired() {
        InMemoryIdempotencyRepository keys = new InMemoryIdempotencyRepository(2);
        keys.claim(TENANT, "a", "d", MessageId.next(), NOW, NOW.plusSeconds(10));
        keys.claim(TENANT, "b", "d", MessageId.next(), NOW, NOW.plusSeconds(20));
        assertThatIllegalStateException()
                .isThrownBy(() -> keys.claim(TENANT, "c", "d", MessageId.next(), NOW, NOW.plusSeconds(30)));
        assertThat(keys.claim(TENANT, "c", "d", MessageId.next(), NOW.plusSeconds(10), NOW.plusSeconds(30)))
                .isInstanceOf(IdempotencyRepository.Acquired.class);
    }

    @Test
    void forgetsLimitKeysThatAreWholeAndRefusesNewOnesWhenNoneIs() {
        InMemoryLimitStore limits = new InMemoryLimitStore(64);
        List<Limit> minute = List.of(new Limit(1, Duration.ofMinutes(1), 0));
        List<Limit> burst = List.of(new Limit(1, Duration.ofMinutes(1), 1));
        assertThatIllegalStateException().isThrownBy(() -> {
            for (int i = 0; i < 10_000; i++) {
                limits.take(TENANT, "k" + i, i % 2 == 0 ? minute : burst, 1, NOW);
            }
        });
        Instant later = NOW.plus(Duration.ofMinutes(2));
        for (int i = 0; i < 64; i++) {
            assertThat(limits.take(TENANT, "later" + i, minute, 1, later)).isZero();
        }
    }

    @Test
    void aRollingMillionOfKeysFitsIntoTwentyThousand() {
        InMemoryLimitStore limits = new InMemoryLimitStore(20_000);
        List<Limit> second = List.of(new Limit(1, Duration.ofSeconds(1), 0), new Limit(5, Duration.ofSeconds(1), 2));
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(limits.take(TENANT, "k" + i, second, 1, NOW.plusNanos(i * 500_000L))
                            .isZero())
                    .isTrue();
        }
    }

    @Test
    void aLargeWindowNeverAdmitsMoreAndGivesBackAThousandthLate() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        InMemoryLimitStore limits = new InMemoryLimitStore();
        int permits = 5_000;
        Duration window = Duration.ofSeconds(10);
        List<Limit> limit = List.of(new Limit(permits, window, 0));
        List<Long> admitted = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 60_000; i++) {
            now += random.nextInt(1_500_000);
            if (limits.take(TENANT, "k", limit, 1, NOW.plusNanos(now)).isZero()) {
                admitted.add(now);
            }
        }
        long length = window.toNanos();
        for (int first = 0; first + permits < admitted.size(); first++) {
            assertThat(admitted.get(first + permits) - admitted.get(first))
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(length);
        }
        double windows = (double) now / length;
        assertThat(admitted.size()).as("seed %d", seed).isGreaterThan((int) (permits * windows * 0.97));
    }

    @Test
    void refusesSizesBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemoryStore.builder().messages(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new InMemoryLimitStore(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new InMemoryIdempotencyRepository(0));
    }
}
