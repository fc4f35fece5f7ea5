package io.textonce.outbox;

import io.textonce.SendResult;
import io.textonce.store.OutboxRepository.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Who waits for what becomes of rows. Of rows for which nobody waits, nothing is kept. */
final class Waiting {

    /** One that waits until something became of its row, once. */
    static final class Waiter {
        final CountDownLatch told = new CountDownLatch(1);
        private volatile @Nullable SendResult result;

        /** What became of the row; empty if that isn't known, or isn't the end. */
        Optional<SendResult> result() {
            return Optional.ofNullable(result);
        }
    }

    private final Map<RowKey, List<Waiter>> waiters = new ConcurrentHashMap<>();

    /** Whoever enters leaves; what is told in between isn't missed. */
    Waiter enter(RowKey key) {
        Waiter waiter = new Waiter();
        waiters.compute(key, (k, present) -> {
            List<Waiter> all = present == null ? new ArrayList<>(1) : new ArrayList<>(present);
            all.add(waiter);
            return all;
        });
        return waiter;
    }

    void leave(RowKey key, Waiter waiter) {
        waiters.computeIfPresent(key, (k, present) -> {
            List<Waiter> others = new ArrayList<>(present);
            others.remove(waiter);
            return others.isEmpty() ? null : others;
        });
    }

    /** Says that something was recorded; what, if that is the end. */
    void tell(RowKey key, @Nullable SendResult result) {
        for (Waiter waiter : waiters.getOrDefault(key, List.of())) {
            waiter.result = result;
            waiter.told.countDown();
        }
    }

    /** Has everybody look now. */
    void tellAll() {
        waiters.keySet().forEach(key -> tell(key, null));
    }

    int size() {
        return waiters.size();
    }
}
