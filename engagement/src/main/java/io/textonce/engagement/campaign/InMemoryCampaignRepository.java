package io.textonce.engagement.campaign;

import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Campaigns in this process's memory, beside an outbox: for one JVM, and lost on exit.
 *
 * <p>Guaranteed: a chunk and its messages are there together, as long as the process lives. Not guaranteed: a bound on
 * memory; the key of each recipient is kept.
 *
 * <pre>{@code
 * CampaignRepository campaigns = new InMemoryCampaignRepository(store);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemoryCampaignRepository implements CampaignRepository {

    private record Key(TenantId tenant, String id) {
        static Key of(Row row) {
            return new Key(row.tenant(), row.id());
        }
    }

    private final OutboxRepository outbox;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Row> rows = new HashMap<>();
    private final Map<Key, Set<String>> keys = new HashMap<>();

    /**
     * An empty repository.
     *
     * @param outbox where the messages are
     */
    public InMemoryCampaignRepository(OutboxRepository outbox) {
        this.outbox = Objects.requireNonNull(outbox, "outbox");
    }

    @Override
    public Row open(Row fresh) {
        lock.lock();
        try {
            Row known = rows.putIfAbsent(Key.of(fresh), fresh);
            return known == null ? fresh : known;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Standing> find(TenantId tenant, String id) {
        lock.lock();
        try {
            Row row = rows.get(new Key(tenant, id));
            return row == null
                    ? Optional.empty()
                    : Optional.of(new Standing(row, outbox.unsettled(tenant, row.group())));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Set<String> seen(TenantId tenant, String id, Collection<String> some) {
        lock.lock();
        try {
            Set<String> known = new HashSet<>(some);
            known.retainAll(keys.getOrDefault(new Key(tenant, id), Set.of()));
            return known;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean advance(Row next, Collection<String> fresh, List<OutboxRow> messages) {
        lock.lock();
        try {
            if (!isCurrent(next)
                    || (!messages.isEmpty()
                            && !outbox.enqueue(next.tenant(), messages).isEmpty())) {
                return false;
            }
            keys.computeIfAbsent(Key.of(next), k -> new LinkedHashSet<>()).addAll(fresh);
            replace(next);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Map<MessageState, Integer>> move(Row next) {
        lock.lock();
        try {
            if (!isCurrent(next)) {
                return Optional.empty();
            }
            Map<MessageState, Integer> unsettled = switch (next.state()) {
                case PAUSED -> outbox.holdGroup(next.tenant(), next.group());
                case RUNNING -> outbox.releaseGroup(next.tenant(), next.group());
                case CANCELLED -> outbox.cancelGroup(next.tenant(), next.group());
                default -> outbox.unsettled(next.tenant(), next.group());
            };
            replace(next);
            return Optional.of(unsettled);
        } finally {
            lock.unlock();
        }
    }

    private boolean isCurrent(Row next) {
        Row known = rows.get(Key.of(next));
        return known != null && known.version() == next.version();
    }

    private void replace(Row next) {
        rows.put(Key.of(next), next.next());
    }

    @Override
    public List<Outcome> outcomes(TenantId tenant, String id) {
        record Kind(
                String variant,
                MessageState state,
                @Nullable Reason reason,
                @Nullable Currency currency) {}
        Map<Kind, Outcome> sums = new LinkedHashMap<>();
        MessageQuery query = MessageQuery.all().label(Campaign.LABEL, id).limit(1000);
        List<MessageRecord> page = outbox.query(tenant, query);
        while (!page.isEmpty()) {
            for (MessageRecord message : page) {
                if (!isOf(message, Row.group(id))) {
                    continue;
                }
                Money cost = cost(message);
                Kind kind = new Kind(
                        message.labels().stream()
                                .filter(label -> label.name().equals(Campaign.VARIANT_LABEL))
                                .map(label -> label.value())
                                .findFirst()
                                .orElse(""),
                        message.state(),
                        message.state() == MessageState.REJECTED
                                ? message.reason().orElse(null)
                                : null,
                        cost == null ? null : cost.currency());
                sums.merge(
                        kind,
                        new Outcome(
                                kind.variant(),
                                kind.state(),
                                kind.reason(),
                                1,
                                message.segments().orElse(0),
                                cost),
                        InMemoryCampaignRepository::sum);
            }
            page = outbox.query(tenant, query.before(page.get(page.size() - 1).id()));
        }
        return new ArrayList<>(sums.values());
    }

    private boolean isOf(MessageRecord message, String group) {
        return outbox.row(message.tenant(), message.id())
                .flatMap(OutboxRow::group)
                .filter(group::equals)
                .isPresent();
    }

    @Override
    public boolean forget(TenantId tenant, String id) {
        lock.lock();
        try {
            Row row = rows.get(new Key(tenant, id));
            if (row == null || !row.state().isOver()) {
                return false;
            }
            keys.remove(new Key(tenant, id));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Money cost(MessageRecord message) {
        Money estimated = message.estimated().orElse(null);
        return message.billed()
                .filter(billed -> estimated == null || billed.currency().equals(estimated.currency()))
                .orElse(estimated);
    }

    private static Outcome sum(Outcome a, Outcome b) {
        return new Outcome(
                a.variant(),
                a.state(),
                a.reason(),
                a.messages() + b.messages(),
                a.segments() + b.segments(),
                Expansion.plus(a.cost(), b.cost()));
    }
}
