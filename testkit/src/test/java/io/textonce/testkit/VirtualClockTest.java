package io.textonce.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VirtualClockTest {

    private static final Instant START = Instant.parse("2024-02-29T23:59:59Z");

    private final VirtualClock clock = new VirtualClock(START);

    @Test
    void standsStillUntilItIsMoved() {
        assertThat(clock.now()).isEqualTo(START).isEqualTo(clock.now());
        assertThat(clock.nanoTime()).isEqualTo(clock.nanoTime());

        long before = clock.nanoTime();
        clock.advance(Duration.ofSeconds(2).plusNanos(3));

        assertThat(clock.now()).isEqualTo(Instant.parse("2024-03-01T00:00:01.000000003Z"));
        assertThat(clock.nanoTime() - before).isEqualTo(2_000_000_003L);
        assertThat(clock).hasToString("VirtualClock[2024-03-01T00:00:01.000000003Z]");
    }

    @Test
    void sleepingMovesItAtOnce() throws Exception {
        long start = System.nanoTime();

        clock.sleep(Duration.ofDays(365));
        clock.sleep(Duration.ZERO);
        clock.sleep(Duration.ofDays(-1));

        assertThat(clock.now()).isEqualTo(START.plus(Duration.ofDays(365)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void sleepingHeedsAnInterrupt() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> clock.sleep(Duration.ofSeconds(1))).isInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).isFalse();
        assertThat(clock.now()).isEqualTo(START);
    }

    @Test
    void aJumpSetsTheWallClockAndNoTimePasses() {
        long before = clock.nanoTime();

        clock.jump(Duration.ofHours(-1));
        assertThat(clock.now()).isEqualTo(START.minusSeconds(3600));
        clock.jump(Duration.ofHours(2));
        assertThat(clock.now()).isEqualTo(START.plusSeconds(3600));

        assertThat(clock.nanoTime()).isEqualTo(before);
    }

    @Test
    void refusesToRunBackwards() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
                .withMessageContaining("advance")
                .withMessageContaining("jump");
        assertThat(clock.now()).isEqualTo(START);
    }

    @Test
    void showsItsTimeAsAJavaClockInAnyZone() {
        Clock view = clock.clock();
        Clock inSydney = view.withZone(ZoneId.of("Australia/Sydney"));

        clock.advance(Duration.ofHours(1));

        assertThat(view.instant()).isEqualTo(clock.now());
        assertThat(view.millis()).isEqualTo(clock.now().toEpochMilli());
        assertThat(view.getZone()).isEqualTo(ZoneOffset.UTC);
        assertThat(inSydney.instant()).isEqualTo(clock.now());
        assertThat(inSydney.getZone()).isEqualTo(ZoneId.of("Australia/Sydney"));
    }

    @Test
    void losesNoMoveOfManyThreads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                done.add(pool.submit(() -> {
                    for (int n = 0; n < 1_000; n++) {
                        clock.sleep(Duration.ofMillis(1));
                        clock.advance(Duration.ofMillis(1));
                        clock.jump(Duration.ofMillis(1));
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(32).toNanos());
        assertThat(clock.now()).isEqualTo(START.plusSeconds(48));
    }
}
