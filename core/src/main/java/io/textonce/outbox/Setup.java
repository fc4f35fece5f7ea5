package io.textonce.outbox;

import io.textonce.Category;
import io.textonce.SmsMessage;
import io.textonce.internal.ClientDoor;
import io.textonce.internal.Trace;
import io.textonce.spi.TimeSource;
import io.textonce.store.OutboxRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all parts of one outbox share. */
record Setup(
        ClientDoor client,
        OutboxRepository repository,
        String owner,
        int inFlight,
        int claimSize,
        Duration lease,
        Duration margin,
        int maxTries,
        Duration firstPause,
        Duration longestPause,
        Predicate<SmsMessage> inOrder,
        Map<Category, OnUnknown> onUnknown,
        Duration settle,
        Duration lookFor,
        Duration retention,
        List<OutboxListener> listeners,
        Set<Line> reverted,
        Waiting waiting,
        Counters counters) {

    static final Logger LOG = LoggerFactory.getLogger(SmsOutbox.class);

    /** The lines that keep messages from being sent twice and that aren't the store's; a test shows that each is needed. */
    enum Line {
        FENCE,
        WRITE_AHEAD
    }

    TimeSource time() {
        return client.time();
    }

    Instant now() {
        return client.time().now();
    }

    OnUnknown onUnknown(Category category) {
        return onUnknown.getOrDefault(category, OnUnknown.HOLD);
    }

    /** Exponential, up to the longest, with the upper half drawn at random so that a crowd disperses. */
    Duration pause(int tries) {
        Duration whole = firstPause;
        for (int i = 1; i < tries && whole.compareTo(longestPause) < 0; i++) {
            whole = whole.multipliedBy(2);
        }
        whole = whole.compareTo(longestPause) > 0 ? longestPause : whole;
        long half = whole.toMillis() / 2;
        return Duration.ofMillis(half + ThreadLocalRandom.current().nextLong(half + 1));
    }

    void tell(Consumer<OutboxListener> call) {
        for (OutboxListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (Throwable e) {
                LOG.warn(
                        "listener {} threw; nothing else is affected: {}",
                        listener.getClass().getName(),
                        Trace.of(e));
            }
        }
    }
}
