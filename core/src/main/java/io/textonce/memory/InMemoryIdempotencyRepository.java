package io.textonce.memory;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.store.IdempotencyRepository;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Idempotency keys of one JVM, lost on exit: after a restart a repeated key counts as new, so a host that retries across
 * restarts needs a database.
 *
 * <p>Guaranteed: a live key is never dropped. When full of live keys, a new one is refused by throwing, so that nothing is
 * sent.
 *
 * <pre>{@code
 * IdempotencyRepository keys = new InMemoryIdempotencyRepository(100_000);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemoryIdempotencyRepository implements IdempotencyRepository {

    private record Key(TenantId tenant, String name) {}

    private record Taken(
            Key key,
            long number,
            String payload,
            MessageId holder,
            Instant expiresAt,
            @Nullable SendResult result) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final int most;
    private final Map<Key, Taken> keys = new HashMap<>();
    private final NavigableSet<Taken> byExpiry =
            new TreeSet<>(Comparator.comparing(Taken::expiresAt).thenComparing(Taken::number));
    private long lastNumber;

    /** Room for 1,000,000 live keys of all tenants together. */
    public InMemoryIdempotencyRepository() {
        this(1_000_000);
    }

    /**
     * Room for some live keys.
     *
     * @param most how many, of all tenants together, 1 or more
     * @throws IllegalArgumentException if less than 1
     */
    public InMemoryIdempotencyRepository(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("idempotency keys: " + most + " is not 1 or more");
        }
        this.most = most;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if there is no room for another live key
     */
    @Override
    public Claim claim(
            TenantId tenant, String key, String payload, MessageId messageId, Instant now, Instant expiresAt) {
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(messageId, "messageId");
        Key wanted = new Key(tenant, key);
        lock.lock();
        try {
            forgetExpired(now);
            Taken taken = keys.get(wanted);
            if (taken != null) {
                return standing(taken, payload, messageId);
            }
            if (keys.size() >= most) {
                throw new IllegalStateException("in-memory idempotency keys: all " + most
                        + " are live, and none may be dropped; allow more, keep them for less time, or use a database");
            }
            put(new Taken(wanted, ++lastNumber, payload, messageId, expiresAt, null));
            return new Acquired();
        } finally {
            lock.unlock();
        }
    }

    private static Claim standing(Taken taken, String payload, MessageId messageId) {
        if (!taken.payload.equals(payload)) {
            return new Conflict(taken.holder);
        }
        if (taken.result != null) {
            return new Bound(taken.result);
        }
        return taken.holder.equals(messageId) ? new Acquired() : new Held(taken.holder);
    }

    @Override
    public void bind(TenantId tenant, String key, MessageId messageId, SendResult result) {
        if (result.outcome() == Outcome.REJECTED) {
            throw new IllegalArgumentException("idempotency key: a rejected outcome releases the key, it isn't bound");
        }
        lock.lock();
        try {
            Taken taken = unsettled(tenant, key, messageId);
            if (taken != null) {
                remove(taken);
                put(new Taken(taken.key, taken.number, taken.payload, taken.holder, taken.expiresAt, result));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(TenantId tenant, String key, MessageId messageId) {
        lock.lock();
        try {
            Taken taken = unsettled(tenant, key, messageId);
            if (taken != null) {
                remove(taken);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The key, if the message holds it and isn't known to be accepted. */
    private @Nullable Taken unsettled(TenantId tenant, String key, MessageId messageId) {
        Taken taken = keys.get(new Key(tenant, key));
        boolean open =
                taken != null && taken.holder.equals(messageId) && (taken.result == null || !taken.result.isAccepted());
        return open ? taken : null;
    }

    private void forgetExpired(Instant now) {
        while (!byExpiry.isEmpty() && !byExpiry.first().expiresAt().isAfter(now)) {
            remove(byExpiry.first());
        }
    }

    private void put(Taken taken) {
        keys.put(taken.key, taken);
        byExpiry.add(taken);
    }

    private void remove(Taken taken) {
        keys.remove(taken.key);
        byExpiry.remove(taken);
    }
}
