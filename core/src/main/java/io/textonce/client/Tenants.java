package io.textonce.client;

import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.internal.Trace;
import io.textonce.spi.SmsProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers of the tenants that send: what {@link ProviderSource} promises. The invariants:
 *
 * <ul>
 *   <li>Whoever takes an entry out of {@link #held}, by replacing or removing it, leaves its slots once, on behalf of the
 *       cache. So slots are closed once: when that has happened and the last message is through.
 *   <li>Only the thread whose future stands in {@link #flights} puts an entry of that tenant in. It never waits for another
 *       flight, and nothing is locked while the source, a supplier or a provider's close runs.
 * </ul>
 */
final class Tenants {

    /** How much is kept, and how long. */
    record Cache(int most, Duration refresh, Duration idle) {}

    /** What is known of one tenant. Compared by identity, which {@link ConcurrentHashMap#replace} relies on. */
    private static final class Held {
        private final String version;
        private final ProviderSlots slots;
        private volatile long asked;
        private volatile long used;

        Held(String version, ProviderSlots slots, long now) {
            this.version = version;
            this.slots = slots;
            this.asked = now;
            this.used = now;
        }
    }

    /** A source's answer that can't be used. Unlike what a host throws, it says nothing personal. */
    private static final class Unusable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Unusable(TenantId tenant, List<String> problems) {
            super("tenant " + tenant + ": " + String.join("; ", problems));
        }
    }

    private record Aged(TenantId tenant, Held held, long age) {}

    private static final Logger log = LoggerFactory.getLogger(SmsClient.class);
    private static final String ASK = "ProviderSource.forTenant";

    private final ProviderSource source;
    private final Cache cache;
    private final Duration patience;
    private final ProviderSlots own;
    private final ProviderSlots.Settings settings;
    private final Map<TenantId, Held> held = new ConcurrentHashMap<>();
    private final Map<TenantId, CompletableFuture<Void>> flights = new ConcurrentHashMap<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private volatile long swept;
    private volatile boolean closed;

    /**
     * Begins with no tenant known.
     *
     * @param patience how long a message waits for a source that another message asks
     * @param own the client's own providers, for tenants that share them
     */
    Tenants(ProviderSource source, Cache cache, Duration patience, ProviderSlots own, ProviderSlots.Settings settings) {
        this.source = source;
        this.cache = cache;
        this.patience = patience;
        this.own = own;
        this.settings = settings;
        this.swept = settings.time().nanoTime();
    }

    /** The providers of a tenant, entered; {@link #leave} must follow. */
    ProviderSlots enter(TenantId tenant) {
        while (true) {
            long now = settings.time().nanoTime();
            if (now - swept >= cache.idle().toNanos() / 4) {
                sweep(now);
            }
            Held present = held.get(tenant);
            ProviderSlots slots =
                    present == null || now - present.asked >= cache.refresh().toNanos() ? ask(tenant, present) : null;
            if (slots == null && present != null && enter(present.slots)) {
                present.used = now;
                slots = present.slots;
            }
            if (slots != null) {
                return slots;
            }
        }
    }

    /** What is known of a tenant, without asking. */
    Optional<ProviderSlots> present(TenantId tenant) {
        return Optional.ofNullable(held.get(tenant)).map(known -> known.slots);
    }

    private boolean isDue(@Nullable Held present) {
        return present == null
                || settings.time().nanoTime() - present.asked >= cache.refresh().toNanos();
    }

    private boolean enter(ProviderSlots slots) {
        return slots == own || slots.enter();
    }

    /** Ends what {@link #enter} began. */
    void leave(ProviderSlots slots) {
        if (slots != own) {
            slots.leave();
        }
    }

    /** Asks the source, unless somebody does already. The slots entered, or null: then see what is held now. */
    private @Nullable ProviderSlots ask(TenantId tenant, @Nullable Held present) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = flights.putIfAbsent(tenant, mine);
        if (other != null) {
            if (present == null) {
                await(other);
            }
            return null;
        }
        try {
            // somebody may have asked since
            return held.get(tenant) == present && isDue(present) ? load(tenant, mine) : land(tenant, mine, null);
        } catch (SmsStoreException e) {
            if (present == null) {
                throw e;
            }
            present.asked = settings.time().nanoTime();
            Throwable cause = Objects.requireNonNull(e.getCause());
            log.warn(
                    "{} failed for tenant {}; the providers known so far go on serving: {}",
                    ASK,
                    tenant,
                    cause instanceof Unusable ? cause.getMessage() : Trace.of(cause));
            return null;
        }
    }

    /** Asks again now. Whatever is sent after this goes by an answer that the source began after this was called. */
    void reload(TenantId tenant) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        for (CompletableFuture<Void> other = flights.putIfAbsent(tenant, mine);
                other != null;
                other = flights.putIfAbsent(tenant, mine)) {
            try {
                await(other);
            } catch (SmsStoreException e) {
                if (!other.isDone()) {
                    throw e;
                }
                log.debug("an earlier {} failed", ASK);
            }
        }
        ProviderSlots slots = held.containsKey(tenant) ? load(tenant, mine) : land(tenant, mine, null);
        if (slots != null) {
            leave(slots);
        }
    }

    private void await(CompletableFuture<Void> other) {
        try {
            other.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SmsStoreException(ASK, e);
        } catch (ExecutionException e) {
            throw new SmsStoreException(ASK, Objects.requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException e) {
            throw new SmsStoreException(ASK, e);
        }
    }

    /** Asks the source and puts the answer in, as the owner of the tenant's flight, which ends. The slots are entered. */
    private ProviderSlots load(TenantId tenant, CompletableFuture<Void> mine) {
        try {
            ProviderSlots slots = put(tenant, source.forTenant(tenant).orElse(null));
            land(tenant, mine, null);
            return slots;
        } catch (Throwable e) {
            land(tenant, mine, e);
            throw new SmsStoreException(ASK, e);
        }
    }

    private @Nullable ProviderSlots land(TenantId tenant, CompletableFuture<Void> mine, @Nullable Throwable failure) {
        flights.remove(tenant, mine);
        if (failure == null) {
            mine.complete(null);
        } else {
            mine.completeExceptionally(failure);
        }
        return null;
    }

    private ProviderSlots put(TenantId tenant, @Nullable TenantProviders found) {
        Held present = held.get(tenant);
        String version = found == null ? "none" : found.isShared() ? "shared" : "version " + found.version();
        if (present != null && present.version.equals(version) && enter(present.slots)) {
            present.asked = settings.time().nanoTime();
            return present.slots;
        }
        ProviderSlots slots = found == null
                ? ProviderSlots.none(tenant, settings)
                : found.isShared() ? own : create(tenant, found, present);
        enter(slots);
        Held next = new Held(version, slots, settings.time().nanoTime());
        Held old = held.put(tenant, next);
        if (old != null) {
            leave(old.slots);
        }
        if (closed) {
            drop(tenant, next);
        }
        if (held.size() > cache.most()) {
            sweep(next.used);
        }
        return slots;
    }

    private ProviderSlots create(TenantId tenant, TenantProviders found, @Nullable Held present) {
        List<SmsProvider> providers = found.create();
        List<SmsProvider> inUse = present == null
                ? List.of()
                : present.slots.all().stream().map(ProviderSlot::provider).toList();
        try {
            List<String> problems = new ArrayList<>();
            ProviderSlots.check(providers, found.routing(), problems);
            if (providers.isEmpty()) {
                problems.add("provider: the supplier made none; a tenant without providers is an empty answer");
            }
            if (providers.stream().anyMatch(each -> isAmong(inUse, each))) {
                problems.add("provider: the supplier returned an instance of the version before; make new ones");
            }
            if (!problems.isEmpty()) {
                throw new Unusable(tenant, problems);
            }
            return ProviderSlots.of(providers, found.routing(), tenant, settings);
        } catch (Throwable e) {
            providers.stream().filter(each -> !isAmong(inUse, each)).forEach(ProviderSlots::close);
            throw e;
        }
    }

    private static boolean isAmong(List<SmsProvider> some, SmsProvider wanted) {
        return some.stream().anyMatch(each -> each == wanted);
    }

    /** Drops tenants that were idle for long, and those idle the longest while there are too many. */
    private void sweep(long now) {
        if (!sweeping.compareAndSet(false, true)) {
            return;
        }
        try {
            swept = now;
            List<Aged> ages = new ArrayList<>();
            held.forEach((tenant, each) -> ages.add(new Aged(tenant, each, now - each.used)));
            ages.sort(Comparator.comparingLong(Aged::age).reversed());
            // a few more than necessary, so that not every new tenant makes everybody be looked at
            int over = ages.size() > cache.most() ? ages.size() - cache.most() + cache.most() / 16 : 0;
            for (Aged each : ages) {
                if (over-- > 0 || each.age() >= cache.idle().toNanos()) {
                    drop(each.tenant(), each.held());
                }
            }
        } finally {
            sweeping.set(false);
        }
    }

    private void drop(TenantId tenant, Held which) {
        if (held.remove(tenant, which)) {
            leave(which.slots);
        }
    }

    int size() {
        return held.size();
    }

    /** Closes what no message uses now; the rest is closed by its last message. */
    void close() {
        closed = true;
        for (TenantId tenant : List.copyOf(held.keySet())) {
            Held last = held.remove(tenant);
            if (last != null) {
                leave(last.slots);
            }
        }
    }
}
