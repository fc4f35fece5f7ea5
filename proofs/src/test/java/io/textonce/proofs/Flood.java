package io.textonce.proofs;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.Attempt;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.jdbc.JdbcStore;
import io.textonce.store.MessageRecord;
import io.textonce.testkit.SignedTwilioRequest;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookEndpoint;
import io.textonce.webhook.WebhookReceiver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A host with little memory that takes Twilio's status callbacks on many threads. Everything is derived from the number of
 * a message, so that a million callbacks need no memory: a message gets {@code sent}, and in the end {@code delivered}, or
 * {@code undelivered} if its number ends with 0.
 *
 * <p>Of all callbacks 10 % are forged, 30 % of the genuine ones are repeats, and 20 % stand in another place. Half of the
 * outcomes are recorded meanwhile, so that reports come before and after them.
 */
final class Flood {

    private static final int THREADS = 64;
    private static final TenantId TENANT = TenantId.of("clinic");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String FORGER = "fedcba9876543210fedcba9876543210";
    private static final String URL = "https://sms.example.org/hooks/twilio?messageId=";
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    private Flood() {}

    /** Database, number of callbacks, seed. */
    public static void main(String[] args) throws Exception {
        Logger.getLogger("com.zaxxer.hikari").setLevel(Level.SEVERE);
        Logger.getLogger("io.textonce").setLevel(Level.SEVERE); // each forged call is a warning
        int callbacks = Integer.parseInt(args[1]);
        try (HikariDataSource pool = Worker.pool(args[0], 8)) {
            run(JdbcStore.of(pool), callbacks, new Random(Long.parseLong(args[2])));
        }
    }

    private static void run(JdbcStore store, int callbacks, Random random) throws Exception {
        int forged = callbacks / 10;
        int genuine = callbacks - forged;
        int messages = genuine * 7 / 10 / 2;
        // A callback is the number of its message and its place there: sent, end, forged.
        int[] plan = new int[callbacks];
        int next = 0;
        for (int i = 0; i < messages; i++) {
            plan[next++] = 3 * i;
            plan[next++] = 3 * i + 1;
        }
        while (next < genuine) {
            plan[next++] = plan[random.nextInt(2 * messages)];
        }
        while (next < callbacks) {
            plan[next++] = 3 * random.nextInt(messages) + 2;
        }
        // Repeats and forgeries all over the place; of the rest a fifth.
        for (int i = 2 * messages; i < callbacks; i++) {
            swap(plan, i, random.nextInt(callbacks));
        }
        for (int i = 0; i < callbacks / 10; i++) {
            swap(plan, random.nextInt(callbacks), random.nextInt(callbacks));
        }
        onThreads(messages, i -> store.create(TENANT, row(i)));
        onThreads(messages / 2, i -> complete(store, i));
        System.out.println("PREPARED " + messages);

        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store)
                .endpoint("twilio", new WebhookEndpoint(TENANT, "twilio", TwilioProvider.webhooks(TOKEN)))
                .build();
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        long start = System.nanoTime();
        int outcomes = messages - messages / 2;
        int all = callbacks + outcomes;
        onThreads(all, i -> {
            // One in so many calls is an outcome.
            int before = (int) ((long) i * outcomes / all);
            if ((long) (i + 1) * outcomes / all > before) {
                complete(store, messages / 2 + before);
                return;
            }
            int number = i - before;
            int message = plan[number] / 3;
            int place = plan[number] % 3;
            int status =
                    receiver.receive("twilio", request(message, place, number)).status();
            if (place == 2) {
                (status == 403 ? refused : wrong).incrementAndGet();
            } else {
                (status == 200 ? taken : wrong).incrementAndGet();
            }
            int sofar = done.incrementAndGet();
            if (sofar % 50_000 == 0) {
                System.out.printf(
                        Locale.ROOT, "PROGRESS %,d callbacks, %,.0f a second%n", sofar, sofar / seconds(start));
            }
        });
        double seconds = seconds(start);
        System.out.println("FLOODED");

        AtomicInteger different = new AtomicInteger();
        onThreads(messages, i -> {
            MessageRecord row = store.find(TENANT, id(i)).orElseThrow();
            boolean same = row.status().filter(end(i)::equals).isPresent()
                    && row.providerMessageId().filter(sid(i)::equals).isPresent()
                    && row.outcome().filter(Outcome.ACCEPTED::equals).isPresent();
            if (!same) {
                different.incrementAndGet();
            }
        });
        System.out.printf(
                Locale.ROOT,
                "RESULT messages=%d taken=%d refused=%d wrong=%d different=%d parked=%d persecond=%.0f%n",
                messages,
                taken.get(),
                refused.get(),
                wrong.get(),
                different.get(),
                store.parked(TENANT, Instant.now()),
                callbacks / seconds);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void swap(int[] plan, int a, int b) {
        int kept = plan[a];
        plan[a] = plan[b];
        plan[b] = kept;
    }

    private static DeliveryStatus end(int i) {
        return i % 10 == 0 ? DeliveryStatus.UNDELIVERED : DeliveryStatus.DELIVERED;
    }

    /** What is forged would change the state: the opposite end, signed by somebody else, altered, or not signed. */
    private static WebhookRequest request(int i, int place, int number) {
        boolean delivered = (end(i) == DeliveryStatus.DELIVERED) != (place == 2);
        String status = place == 0 ? "sent" : delivered ? "delivered" : "undelivered";
        // Every third is known by the provider's id alone.
        String url = URL + (i % 3 == 0 ? "" : id(i));
        if (place == 2 && number % 3 == 0) {
            WebhookRequest signed = form(url, i, "sent").sign(TOKEN);
            return WebhookRequest.builder("POST", url)
                    .headers(signed.headers())
                    .body(form(url, i, status).sign(TOKEN).body())
                    .build();
        }
        if (place == 2 && number % 3 == 1) {
            return WebhookRequest.builder("POST", url)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .body(form(url, i, status).sign(FORGER).body())
                    .build();
        }
        return form(url, i, status).sign(place == 2 ? FORGER : TOKEN);
    }

    private static SignedTwilioRequest form(String url, int i, String status) {
        return SignedTwilioRequest.post(url)
                .param("MessageSid", sid(i))
                .param("MessageStatus", status)
                .param("To", number(i).e164())
                .param("AccountSid", "AC0123456789abcdef0123456789abcdef");
    }

    private static PhoneNumber number(int i) {
        return PhoneNumber.of(Fleet.number(i));
    }

    private static MessageId id(int i) {
        return MessageId.of(String.format(Locale.ROOT, "%013d", i));
    }

    private static String sid(int i) {
        return String.format(Locale.ROOT, "SM%032x", i);
    }

    private static MessageRecord row(int i) {
        return MessageRecord.sending(id(i), TENANT, NOW.plusMillis(i))
                .to(number(i))
                .text("See you on Tuesday at 10:30.")
                .segments(1)
                .build();
    }

    private static void complete(JdbcStore store, int i) {
        Attempt attempt = Attempt.builder(1, "twilio", Outcome.ACCEPTED)
                .at(NOW.plusMillis(i), Duration.ofMillis(120))
                .providerMessageId(sid(i))
                .build();
        store.complete(
                TENANT,
                id(i),
                new SendResult.Accepted(
                        SendResult.Details.of(id(i), number(i), List.of(attempt), null), "twilio", sid(i), 1, null),
                NOW);
    }

    private static void onThreads(int count, IntConsumer each) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                all.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        each.accept(i);
                    }
                }));
            }
            for (Future<?> future : all) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
