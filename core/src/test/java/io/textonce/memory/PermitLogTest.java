package io.textonce.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.store.LimitStore.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PermitLogTest {

    private static final int PERMITS = 7;
    private static final long WINDOW = 1_000;

    /** Each permit by the instant at which it was taken: what the log must agree with, added up anew each time. */
    private final List<Long> model = new ArrayList<>();

    private final PermitLog log = new PermitLog(new Limit(PERMITS, Duration.ofNanos(WINDOW), 0));

    @Test
    void agreesWithPermitsAddedUpOneByOneWhenCallersAreLateAndPermitsComeBack() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        long latest = 0;
        for (int step = 0; step < 200_000; step++) {
            latest += random.nextInt(random.nextInt(50) == 0 ? 3_000 : 150);
            long now = latest - (random.nextInt(3) == 0 ? random.nextInt((int) WINDOW) : 0);
            int more = 1 + random.nextInt(3);
            long wait = log.waitFor(more, now);
            assertThat(wait).as("seed %d, step %d", seed, step).isEqualTo(wait(more, now));
            if (wait == 0) {
                log.add(more, now);
                for (int i = 0; i < more; i++) {
                    model.add(now);
                }
            }
            if (!model.isEmpty() && random.nextInt(4) == 0) {
                long takenAt = model.remove(random.nextInt(model.size()));
                log.remove(1, takenAt);
            }
            long forgotten = latest - 4 * WINDOW;
            model.removeIf(taken -> taken < forgotten);
        }
    }

    /** Until so many of the latest have left the window that the others and the new ones fit. */
    private long wait(int more, long now) {
        List<Long> newestFirst = model.stream()
                .filter(taken -> taken + WINDOW > now)
                .sorted((a, b) -> Long.compare(b, a))
                .toList();
        int allowed = PERMITS - more;
        return newestFirst.size() <= allowed ? 0 : newestFirst.get(allowed) + WINDOW - now;
    }
}
