package io.textonce.jdbc;

import io.textonce.Attempt;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.store.MessageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/** Messages and reports as a busy host has them, with fictitious numbers. */
final class Load {

    static final TenantId TENANT = TenantId.of("clinic");
    static final String PROVIDER = "twilio";
    static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    private Load() {}

    /** Seven of these digits are free; none is a number that people have. */
    static PhoneNumber number(int i) {
        return PhoneNumber.of(String.format(Locale.ROOT, "+1202555%04d", 100 + i % 100));
    }

    static MessageId id(int i) {
        return MessageId.of(String.format(Locale.ROOT, "%013d", i));
    }

    static String theirId(int i) {
        return String.format(Locale.ROOT, "SM%032x", i);
    }

    static MessageRecord row(int i) {
        return MessageRecord.sending(id(i), TENANT, NOW.plusMillis(i))
                .to(number(i))
                .text("Hi Ada, see you on Tuesday at 10:30. Reply C to confirm or R to change the appointment.")
                .segments(1)
                .build();
    }

    static SendResult accepted(int i) {
        Attempt attempt = Attempt.builder(1, PROVIDER, Outcome.ACCEPTED)
                .at(NOW.plusMillis(i), Duration.ofMillis(120))
                .providerMessageId(theirId(i))
                .build();
        return new SendResult.Accepted(
                SendResult.Details.of(id(i), number(i), List.of(attempt), null), PROVIDER, theirId(i), 1, null);
    }

    static DeliveryReport.Builder report(int i, DeliveryStatus status) {
        Origin origin = new Origin(
                TENANT, PROVIDER, "twilio-status", NOW.plusSeconds(60).plusMillis(i));
        return DeliveryReport.builder(origin, theirId(i) + ":" + status, status)
                .providerStatus(status.name().toLowerCase(Locale.ROOT))
                .messageId(id(i))
                .providerMessageId(theirId(i));
    }

    /** Runs 0 to count - 1 on so many threads; the first failure fails all. */
    static void onThreads(int threads, int count, IntConsumer each) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int first = t;
                futures.add(pool.submit(() -> {
                    for (int i = first; i < count; i += threads) {
                        each.accept(i);
                    }
                }));
            }
            for (Future<?> future : futures) {
                future.get(300, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a thread failed", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        } finally {
            pool.shutdownNow();
        }
    }
}
