package io.textonce.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/**
 * Lets threads start at the same moment, and collects what they come back with. What one of them throws, and what takes longer
 * than a minute, fails the test.
 *
 * <pre>{@code
 * assertEquals(1, Race.count(64, () -> claims.take(key)));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Race {

    private static final long MOST_SECONDS = 60;

    private Race() {}

    /**
     * Runs what a boolean comes of.
     *
     * @param runners how many threads, 1 or more
     * @param run what each of them does
     * @return how many of them came back with true
     * @throws AssertionError if one threw, or took longer than a minute
     */
    public static int count(int runners, Callable<Boolean> run) {
        return (int) of(runners, runner -> run).stream().filter(yes -> yes).count();
    }

    /**
     * Runs what may differ from runner to runner.
     *
     * @param <T> what a runner comes back with
     * @param runners how many threads, 1 or more
     * @param runner what each of them does, by its number from 0 on
     * @return what they came back with, in the order of their numbers
     * @throws AssertionError if one threw, or took longer than a minute
     */
    public static <T> List<T> of(int runners, IntFunction<Callable<T>> runner) {
        ExecutorService threads = Executors.newFixedThreadPool(runners);
        try {
            CyclicBarrier line = new CyclicBarrier(runners);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < runners; i++) {
                Callable<T> run = runner.apply(i);
                futures.add(threads.submit(() -> {
                    line.await();
                    return run.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(MOST_SECONDS, TimeUnit.SECONDS));
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError("a racing thread threw", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("a racing thread took more than " + MOST_SECONDS + " seconds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
