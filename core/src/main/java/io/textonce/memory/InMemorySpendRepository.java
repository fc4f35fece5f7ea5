package io.textonce.memory;

import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.store.SpendRepository;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What messages cost against caps in one JVM, lost on exit: after a restart every cap is whole again, and several JVMs spend
 * as many times as much.
 *
 * <p>Guaranteed: no more is granted than a cap holds, whoever races. A key is forgotten when all that it counted has
 * stopped counting and room is needed; when none can be, a new one is refused by throwing, so that nothing is sent. What
 * was neither settled nor released is remembered by message until its period is over: it may be many if many outcomes are
 * unknown, and counts as room.
 *
 * <pre>{@code
 * SmsClient.builder().spend(new InMemorySpendRepository());
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemorySpendRepository implements SpendRepository {

    /** How late a caller may be and still find what counted at its instant. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private record Key(TenantId tenant, String name) {
        Key {
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(name, "key");
        }
    }

    private record Held(BigDecimal amount, Instant until) {}

    /** The sums of one key by the instant at which they stop counting, settled or not, and what is still open. */
    private static final class Account {
        private final Currency currency;
        private final NavigableMap<Instant, BigDecimal> sums = new TreeMap<>();
        private final Map<MessageId, Held> open = new HashMap<>();

        Account(Currency currency) {
            this.currency = currency;
        }

        BigDecimal counting(Instant now) {
            BigDecimal sum = BigDecimal.ZERO;
            for (BigDecimal each : sums.tailMap(now, false).values()) {
                sum = sum.add(each);
            }
            return sum;
        }

        void add(Instant until, BigDecimal amount) {
            sums.merge(until, amount, BigDecimal::add);
        }

        /** When the sum, from which the oldest fall away, leaves room; null if never. */
        @Nullable
        Instant whenFree(BigDecimal excess, Instant now) {
            BigDecimal gone = BigDecimal.ZERO;
            for (Map.Entry<Instant, BigDecimal> each : sums.tailMap(now, false).entrySet()) {
                gone = gone.add(each.getValue());
                if (gone.compareTo(excess) >= 0) {
                    return each.getKey();
                }
            }
            return null;
        }

        /** How many messages were forgotten with their periods. */
        int forgetBefore(Instant then) {
            NavigableMap<Instant, BigDecimal> over = sums.headMap(then, true);
            if (over.isEmpty()) {
                return 0;
            }
            over.clear();
            int before = open.size();
            open.values().removeIf(held -> !held.until().isAfter(then));
            return before - open.size();
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Account> accounts = new HashMap<>();
    private final int most;
    private int openOnes;

    /** Room for 1,000,000 keys and open reservations together. */
    public InMemorySpendRepository() {
        this(1_000_000);
    }

    /**
     * Room for some keys and open reservations.
     *
     * @param most how many, of all tenants together, 1 or more
     * @throws IllegalArgumentException if less than 1
     */
    public InMemorySpendRepository(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("spend keys: " + most + " is not 1 or more");
        }
        this.most = most;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException {@inheritDoc}
     * @throws IllegalStateException if there is no room
     */
    @Override
    public Decision reserve(TenantId tenant, Budget budget, MessageId message, Money amount, Instant now) {
        Currency currency = budget.limit().currency();
        BigDecimal wanted = checked(amount, currency);
        Key key = new Key(tenant, budget.key());
        lock.lock();
        try {
            Account account = account(key, currency, now);
            openOnes -= account.forgetBefore(now.minus(GRACE));
            Held held = account.open.get(message);
            BigDecimal counting = account.counting(now);
            BigDecimal own = held == null || !held.until().isAfter(now) ? BigDecimal.ZERO : held.amount();
            BigDecimal then = counting.subtract(own).add(wanted);
            BigDecimal excess = then.subtract(budget.limit().amount());
            if (excess.signum() > 0) {
                boolean never = wanted.compareTo(budget.limit().amount()) > 0;
                return new Decision(false, new Money(counting, currency), never ? null : account.whenFree(excess, now));
            }
            if (held != null) {
                account.add(held.until(), held.amount().negate());
            } else {
                openOnes++;
            }
            account.open.put(message, new Held(wanted, budget.until()));
            account.add(budget.until(), wanted);
            return new Decision(true, new Money(then, currency), null);
        } finally {
            lock.unlock();
        }
    }

    private Account account(Key key, Currency currency, Instant now) {
        Account known = accounts.get(key);
        if (known == null || known.sums.isEmpty()) {
            makeRoom(now);
            known = new Account(currency);
            accounts.put(key, known);
        } else if (!known.currency.equals(currency)) {
            throw new IllegalArgumentException(
                    "budget " + key.name() + ": is in " + known.currency + " and can't be asked in " + currency);
        } else if (openOnes >= most) {
            makeRoom(now);
        }
        return known;
    }

    private void makeRoom(Instant now) {
        if (accounts.size() + openOnes < most) {
            return;
        }
        for (Iterator<Account> it = accounts.values().iterator(); it.hasNext(); ) {
            Account account = it.next();
            openOnes -= account.forgetBefore(now.minus(GRACE));
            if (account.sums.isEmpty()) {
                it.remove();
            }
        }
        if (accounts.size() + openOnes >= most) {
            throw new IllegalStateException("in-memory spend: " + most + " keys and reservations all still count;"
                    + " allow more, cap by something that has fewer values, or use a database");
        }
    }

    @Override
    public void settle(TenantId tenant, String key, MessageId message, Money amount) {
        lock.lock();
        try {
            Account account = accounts.get(new Key(tenant, key));
            if (account == null || !account.open.containsKey(message)) {
                return;
            }
            close(account, message, checked(amount, account.currency));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(TenantId tenant, String key, MessageId message) {
        lock.lock();
        try {
            Account account = accounts.get(new Key(tenant, key));
            if (account != null) {
                close(account, message, BigDecimal.ZERO);
            }
        } finally {
            lock.unlock();
        }
    }

    private void close(Account account, MessageId message, BigDecimal spent) {
        Held held = account.open.remove(message);
        if (held != null) {
            openOnes--;
            account.add(held.until(), spent.subtract(held.amount()));
        }
    }

    @Override
    public Optional<Money> committed(TenantId tenant, String key, Instant now) {
        lock.lock();
        try {
            Account account = accounts.get(new Key(tenant, key));
            if (account == null || account.sums.tailMap(now, false).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Money(account.counting(now), account.currency));
        } finally {
            lock.unlock();
        }
    }

    private static BigDecimal checked(Money amount, Currency currency) {
        if (!amount.currency().equals(currency) || amount.amount().signum() < 0) {
            throw new IllegalArgumentException(
                    "spend: " + amount + " must be zero or more, in " + currency.getCurrencyCode());
        }
        return amount.amount();
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return "InMemorySpendRepository[" + accounts.size() + " keys, " + openOnes + " open]";
        } finally {
            lock.unlock();
        }
    }
}
