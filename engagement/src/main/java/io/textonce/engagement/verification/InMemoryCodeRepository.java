package io.textonce.engagement.verification;

import io.textonce.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Codes in this process's memory: for one JVM, and lost on exit, which costs those who wait for a code another one.
 *
 * <p>Guaranteed: bounded. A living code is never evicted; when all places are taken by living codes, a new one is refused
 * by {@link IllegalStateException}. Counts are kept for a day.
 *
 * <pre>{@code
 * CodeRepository codes = new InMemoryCodeRepository(100_000);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemoryCodeRepository implements CodeRepository {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration COUNTED_FOR = Duration.ofHours(25);
    private static final int MOST_COUNTS = 100_000;

    private record Key(TenantId tenant, String key) {}

    private record Hour(TenantId tenant, String prefix, long number) {}

    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Code> codes = new HashMap<>();
    private final Map<Hour, Conversion> counts = new HashMap<>();
    private Instant present = Instant.EPOCH;

    /**
     * A repository with room for a number of codes.
     *
     * @param most how many codes may live at once, 1 or more
     * @throws IllegalArgumentException if out of range
     */
    public InMemoryCodeRepository(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("codes: " + most + " is not 1 or more");
        }
        this.most = most;
    }

    @Override
    public void put(TenantId tenant, String key, Code code) {
        lock.lock();
        try {
            Key whole = new Key(tenant, key);
            if (codes.size() >= most && !codes.containsKey(whole)) {
                codes.values().removeIf(old -> !old.expiresAt().isAfter(present));
                if (codes.size() >= most) {
                    throw new IllegalStateException(
                            "all " + most + " places for one-time codes are taken by living ones");
                }
            }
            codes.put(whole, code);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Code> spendGuess(TenantId tenant, String key, Instant now) {
        lock.lock();
        try {
            passes(now);
            Key whole = new Key(tenant, key);
            Code code = codes.get(whole);
            if (code == null || !code.expiresAt().isAfter(now) || code.guessesLeft() < 1) {
                return Optional.empty();
            }
            Code spent = new Code(code.mac(), code.salt(), code.expiresAt(), code.guessesLeft() - 1);
            codes.put(whole, spent);
            return Optional.of(spent);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean remove(TenantId tenant, String key, String mac) {
        lock.lock();
        try {
            Key whole = new Key(tenant, key);
            @Nullable Code code = codes.get(whole);
            if (code == null || !code.mac().equals(mac)) {
                return false;
            }
            codes.remove(whole);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void count(TenantId tenant, String prefix, Event what, Instant now) {
        lock.lock();
        try {
            passes(now);
            if (counts.size() >= MOST_COUNTS) {
                forget(now);
            }
            boolean sent = what == Event.SENT;
            counts.merge(
                    new Hour(tenant, prefix, hour(now)),
                    new Conversion(sent ? 1 : 0, sent ? 0 : 1),
                    (a, b) -> new Conversion(a.sent() + b.sent(), a.verified() + b.verified()));
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is a day old; if strangers fill the rest with ever new prefixes, half of it. */
    private void forget(Instant now) {
        long oldest = hour(now.minus(COUNTED_FOR));
        counts.keySet().removeIf(hour -> hour.number() < oldest);
        Iterator<Hour> rest = counts.keySet().iterator();
        while (counts.size() > MOST_COUNTS / 2 && rest.hasNext()) {
            rest.next();
            rest.remove();
        }
    }

    @Override
    public Conversion conversion(TenantId tenant, String prefix, Instant since) {
        lock.lock();
        try {
            long sent = 0;
            long verified = 0;
            for (long hour = hour(since); hour <= hour(present); hour++) {
                Conversion count = counts.get(new Hour(tenant, prefix, hour));
                sent += count == null ? 0 : count.sent();
                verified += count == null ? 0 : count.verified();
            }
            return new Conversion(sent, verified);
        } finally {
            lock.unlock();
        }
    }

    private void passes(Instant now) {
        present = now.isAfter(present) ? now : present;
    }

    private static long hour(Instant when) {
        return Math.floorDiv(when.getEpochSecond(), HOUR.toSeconds());
    }
}
