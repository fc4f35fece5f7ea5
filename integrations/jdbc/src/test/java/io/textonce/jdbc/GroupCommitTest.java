package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    @Test
    void whoeverComesMeanwhileSharesTheNextGroup() throws InterruptedException {
        List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch firstRuns = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        GroupCommit<Integer, Integer> group = new GroupCommit<>(
                wanted -> {
                    sizes.add(wanted.size());
                    firstRuns.countDown();
                    await(goOn);
                    return wanted.stream().map(i -> i * i).toList();
                },
                e -> true);
        List<Thread> threads = new ArrayList<>();
        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        for (int i = 1; i <= 10; i++) {
            int number = i;
            Thread thread = new Thread(() -> answers.add(group.run(number) - number * number));
            thread.start();
            threads.add(thread);
            if (i == 1) {
                await(firstRuns);
            } else {
                while (thread.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }
        }
        goOn.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sizes).containsExactly(1, 9);
        assertThat(answers).hasSize(10).containsOnly(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneThatCannotBeDoneDoesNotSpoilTheOthers() {
        AtomicInteger done = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        GroupCommit<Integer, Integer> group = new GroupCommit<>(
                wanted -> {
                    if (wanted.contains(0)) {
                        throw new IllegalArgumentException("zero");
                    }
                    return wanted;
                },
                e -> false);
        Load.onThreads(16, 8_000, i -> {
            try {
                assertThat(group.run(i % 100)).isEqualTo(i % 100);
                done.incrementAndGet();
            } catch (IllegalArgumentException e) {
                refused.incrementAndGet();
            }
        });
        assertThat(refused).hasValue(80);
        assertThat(done).hasValue(7_920);
    }

    @Test
    void whatWouldMeetAllIsToldToAllAtOnce() {
        AtomicInteger runs = new AtomicInteger();
        GroupCommit<Integer, Integer> group = new GroupCommit<>(
                wanted -> {
                    runs.incrementAndGet();
                    throw new IllegalStateException("the database is gone");
                },
                e -> true);
        assertThatThrownBy(() -> group.run(1)).hasMessage("the database is gone");
        assertThat(runs).hasValue(1);
    }

    @Test
    void nobodyIsForgottenUnderAStormOfCallers() {
        AtomicInteger running = new AtomicInteger();
        GroupCommit<Integer, Integer> group = new GroupCommit<>(
                wanted -> {
                    assertThat(running.incrementAndGet()).as("groups at a time").isEqualTo(1);
                    running.decrementAndGet();
                    return wanted;
                },
                e -> true);
        Load.onThreads(64, 64_000, i -> {
            if (i % 7 == 0) {
                Thread.currentThread().interrupt();
            }
            assertThat(group.run(i)).isEqualTo(i);
            assertThat(Thread.interrupted()).isEqualTo(i % 7 == 0);
        });
    }
}
