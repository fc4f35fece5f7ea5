package io.textonce.sandbox;

import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.sandbox.Behaviour.Step;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the sandbox received and created: the truth that a test compares everything else with. */
final class Ledger {

    private static final char[] DIGITS = "0123456789abcdefghijklmnopqrstuv".toCharArray();

    /** A message that exists at this carrier. */
    record Message(
            String providerMessageId,
            int segments,
            @Nullable Money price,
            List<Due> dues) {

        /** What the carrier itself knows by now. */
        DeliveryStatus status(Instant now) {
            DeliveryStatus status = DeliveryStatus.QUEUED;
            for (Due due : dues) {
                DeliveryStatus next = due.step().status();
                if (next != null && !due.at().isAfter(now)) {
                    status = split(due.step(), segments)
                            ? DeliveryStatus.PARTIAL
                            : next.compareTo(status) > 0 ? next : status;
                }
            }
            return status;
        }

        private static boolean split(Step step, int segments) {
            return step.parts().stream().limit(segments).distinct().count() > 1;
        }
    }

    /** A step with its time. */
    record Due(Instant at, Step step) {}

    private static final class Entry {
        private long submits;
        private long received;
        private final List<Message> messages = new ArrayList<>(1);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final SplittableRandom random;
    private final int remember;
    private final Map<MessageId, Entry> entries = new LinkedHashMap<>();
    private final Set<MessageId> duplicates = new LinkedHashSet<>();
    private final Map<URI, byte[]> media = new LinkedHashMap<>();
    private final @Nullable Money perSegment;
    private Money balance;
    private boolean forgot;
    private long submits;
    private long received;
    private long created;

    Ledger(SplittableRandom random, int remember, Money balance, @Nullable Money perSegment) {
        this.random = random;
        this.remember = remember;
        this.balance = balance;
        this.perSegment = perSegment;
    }

    /** Notes a submit and says which one of this message it is, from 1. */
    int submitted(MessageId id) {
        return locked(() -> {
            submits++;
            return (int) ++entry(id).submits;
        });
    }

    void received(MessageId id) {
        locked(() -> {
            received++;
            return ++entry(id).received;
        });
    }

    /** Creates a message with its future, or null if it can't be paid. */
    @Nullable
    Message create(
            MessageId id,
            @Nullable String wantedId,
            int segments,
            List<Step> steps,
            boolean atOnce,
            Instant now,
            Range gaps) {
        return locked(() -> {
            Money price = perSegment == null ? null : perSegment.times(segments);
            if (price != null) {
                Money left = balance.plus(price.times(-1));
                if (left.amount().signum() < 0) {
                    return null;
                }
                balance = left;
            }
            List<Due> dues = new ArrayList<>(steps.size());
            Instant at = now;
            for (Step step : steps) {
                Duration gap = step.gap();
                at = at.plus(atOnce ? Duration.ZERO : gap == null ? gaps.draw(random) : gap);
                dues.add(new Due(at, step));
            }
            Message message = new Message(wantedId == null ? newId("sb-") : wantedId, segments, price, dues);
            List<Message> messages = entry(id).messages;
            messages.add(message);
            created++;
            if (messages.size() > 1) {
                duplicates.add(id);
            }
            return message;
        });
    }

    private Entry entry(MessageId id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            forgot |= dropEldest(entries, remember);
            entry = new Entry();
            entries.put(id, entry);
        }
        return entry;
    }

    private static <K> boolean dropEldest(Map<K, ?> map, int most) {
        if (map.size() < most) {
            return false;
        }
        map.remove(map.keySet().iterator().next());
        return true;
    }

    String newId() {
        return locked(() -> newId("sb-"));
    }

    private String newId(String prefix) {
        char[] digits = new char[13];
        long bits = random.nextLong();
        for (int i = 0; i < digits.length; i++, bits >>>= 5) {
            digits[i] = DIGITS[(int) (bits & 31)];
        }
        return prefix + new String(digits);
    }

    Duration draw(Range range) {
        return locked(() -> range.draw(random));
    }

    @Nullable
    Message find(MessageId id) {
        return locked(() -> {
            Entry entry = entries.get(id);
            return entry == null || entry.messages.isEmpty() ? null : entry.messages.get(0);
        });
    }

    /** Whether a message that isn't found may have existed. */
    boolean mayHaveForgotten(MessageId id) {
        return locked(() -> forgot && !entries.containsKey(id));
    }

    URI keep(String base, byte[] content) {
        return locked(() -> {
            dropEldest(media, Math.min(remember, 1_000));
            URI address = URI.create(base + newId(""));
            media.put(address, content);
            return address;
        });
    }

    byte @Nullable [] media(URI address) {
        return locked(() -> media.get(address));
    }

    Money balance() {
        return locked(() -> balance);
    }

    SandboxProvider.Tally tally(MessageId id) {
        return locked(() -> {
            Entry entry = entries.get(id);
            return entry == null
                    ? new SandboxProvider.Tally(0, 0, 0)
                    : new SandboxProvider.Tally(entry.submits, entry.received, entry.messages.size());
        });
    }

    SandboxProvider.Tally tally() {
        return locked(() -> new SandboxProvider.Tally(submits, received, created));
    }

    Set<MessageId> duplicates() {
        return locked(() -> Set.copyOf(duplicates));
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
