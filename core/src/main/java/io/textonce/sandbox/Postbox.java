package io.textonce.sandbox;

import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.internal.Trace;
import io.textonce.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps webhook requests until they are due, signs and posts them, and posts again what the host didn't take. */
final class Postbox {

    private static final Logger LOG = LoggerFactory.getLogger(SandboxProvider.class);
    private static final int MOST_TRIES = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    /** Well below what the parser takes. */
    private static final int BODY_CHARACTERS = 32 * 1024;
    /** How often the thread looks at a clock that may not be the system's. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long CLOSE_MILLIS = 5_000;

    /** One request, with the same events in it however often it is tried. */
    private record Posting(Instant due, long number, int tries, String body) {}

    private final String provider;
    private final String target;
    private final Signatures signatures;
    private final TimeSource time;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Posting> waiting =
            new PriorityQueue<>(Comparator.comparing(Posting::due).thenComparingLong(Posting::number));
    private @Nullable Function<WebhookRequest, WebhookReply> host;
    private @Nullable Thread thread;
    private long numbers;
    private long lost;
    private boolean closed;

    Postbox(String provider, String target, Signatures signatures, TimeSource time, int capacity) {
        this.provider = provider;
        this.target = target;
        this.signatures = signatures;
        this.time = time;
        this.capacity = capacity;
    }

    void connect(Function<WebhookRequest, WebhookReply> to) {
        withLock(() -> host = to);
    }

    boolean isConnected() {
        return locked(() -> host != null);
    }

    boolean isClosed() {
        return locked(() -> closed);
    }

    int size() {
        return locked(waiting::size);
    }

    long lost() {
        return locked(() -> lost);
    }

    /** Queues events that fall due together, in as few requests as their size allows, each as often as told. */
    void add(Instant due, List<String> lines, int copies) {
        List<String> bodies = bodies(lines);
        withLock(() -> {
            for (int copy = 0; copy < copies; copy++) {
                bodies.forEach(body -> enqueue(new Posting(due, numbers++, 0, body)));
            }
        });
    }

    /** Posts events at once, on this thread. */
    void postNow(List<String> lines) {
        Function<WebhookRequest, WebhookReply> to = locked(() -> host);
        Instant now = time.now();
        for (String body : bodies(lines)) {
            Posting posting = new Posting(now, locked(() -> numbers++), 0, body);
            if (to == null) {
                withLock(() -> enqueue(posting));
            } else {
                post(posting, to);
            }
        }
    }

    private static List<String> bodies(List<String> lines) {
        List<String> bodies = new ArrayList<>(1);
        StringBuilder body = new StringBuilder();
        for (String line : lines) {
            if (body.length() > 0 && body.length() + line.length() > BODY_CHARACTERS) {
                bodies.add(body.toString());
                body.setLength(0);
            }
            body.append(line).append('\n');
        }
        bodies.add(body.toString());
        return bodies;
    }

    private void enqueue(Posting posting) {
        if (closed) {
            return;
        }
        if (waiting.size() >= capacity) {
            waiting.poll();
            lost++;
        }
        waiting.add(posting);
        changed.signalAll();
    }

    /** Posts what is due by an instant and says how many requests that took. */
    int run(Instant until) {
        int posted = 0;
        while (true) {
            Function<WebhookRequest, WebhookReply> to = locked(() -> host);
            Posting next = to == null ? null : locked(() -> pollDue(until));
            if (to == null || next == null) {
                return posted;
            }
            post(next, to);
            posted++;
        }
    }

    /** When the next request falls due, or null if there is none or nobody to take it. */
    @Nullable
    Instant nextDue() {
        return locked(() -> closed || host == null || waiting.isEmpty()
                ? null
                : waiting.element().due());
    }

    private @Nullable Posting pollDue(Instant until) {
        Posting first = waiting.peek();
        return closed || first == null || first.due().isAfter(until) ? null : waiting.poll();
    }

    /** Never under the lock: the host may submit from within. */
    private void post(Posting posting, Function<WebhookRequest, WebhookReply> to) {
        Instant now = time.now();
        byte[] body = posting.body().getBytes(StandardCharsets.US_ASCII);
        WebhookRequest request = WebhookRequest.builder("POST", target)
                .header("Content-Type", "text/plain; charset=us-ascii")
                .header(Signatures.HEADER, signatures.header(now.getEpochSecond(), "POST", target, body))
                .body(body)
                .build();
        int status = status(to, request);
        if (status >= 200 && status < 300) {
            return;
        }
        int tries = posting.tries() + 1;
        if (tries < MOST_TRIES) {
            Instant again = now.plus(FIRST_PAUSE.multipliedBy(1L << posting.tries()));
            withLock(() -> enqueue(new Posting(again, numbers++, tries, posting.body())));
        } else {
            withLock(() -> lost++);
            LOG.warn("{}: gave up a webhook after {} tries; the host's last answer was {}", provider, tries, status);
        }
    }

    private int status(Function<WebhookRequest, WebhookReply> to, WebhookRequest request) {
        try {
            return to.apply(request).status();
        } catch (RuntimeException e) { // as a server would: the host's failure is a 500 to its caller
            LOG.warn("{}: the host failed on a webhook with {}", provider, Trace.of(e));
            return 500;
        }
    }

    void start() {
        withLock(() -> {
            if (thread == null && !closed) {
                Thread started = new Thread(this::live, "textonce-sandbox-" + provider);
                started.setDaemon(true);
                thread = started;
                started.start();
            }
        });
    }

    private void live() {
        try {
            while (awaitDue()) {
                run(time.now());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until something is due; false once closed. */
    private boolean awaitDue() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Posting first = host == null ? null : waiting.peek();
                if (first == null) {
                    changed.await();
                } else {
                    long nanos = Duration.between(time.now(), first.due()).toNanos();
                    if (nanos <= 0) {
                        return true;
                    }
                    changed.awaitNanos(Math.min(nanos, TICK_NANOS));
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        Thread running = locked(this::shut);
        if (running != null && running != Thread.currentThread()) {
            try {
                // Not interrupted: the host may be writing to its database on that thread.
                running.join(CLOSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private @Nullable Thread shut() {
        closed = true;
        waiting.clear();
        changed.signalAll();
        return thread;
    }

    private void withLock(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
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
