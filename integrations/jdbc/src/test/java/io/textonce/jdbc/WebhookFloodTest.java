package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.EventRepository.Stored;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reports of many messages at once, repeated and out of order, half of the outcomes recorded meanwhile: each database must
 * end where an oracle in memory ends. {@code -Dtextonce.flood=1000000} for the long form.
 */
@Tag("once")
class WebhookFloodTest {

    private static final int THREADS = 64;

    @Test
    void postgresEndsWhereTheOracleEnds() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            flood(JdbcStore.of(database), Integer.getInteger("textonce.flood", 20_000));
        }
    }

    @Test
    void h2EndsWhereTheOracleEnds(@TempDir Path folder) {
        try (HikariDataSource database = Databases.migrated(Databases.h2File(folder))) {
            flood(JdbcStore.of(database), 2_000);
        }
    }

    private static void flood(JdbcStore store, int events) {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        int messages = events / 2;
        List<DeliveryReport> reports = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            reports.add(Load.report(i, DeliveryStatus.SENT).build());
            DeliveryStatus end = i % 10 == 0 ? DeliveryStatus.UNDELIVERED : DeliveryStatus.DELIVERED;
            // Every third is known by the provider's id alone, as where a gateway echoes nothing of ours.
            DeliveryReport.Builder report = Load.report(i, end);
            reports.add((i % 3 == 0 ? report.messageId(null) : report).build());
        }
        List<DeliveryReport> sent = new ArrayList<>(reports);
        for (int i = 0; i < reports.size() * 3 / 10; i++) {
            sent.add(reports.get(random.nextInt(reports.size())));
        }
        for (int i = 0; i < sent.size() / 5; i++) {
            Collections.swap(sent, random.nextInt(sent.size()), random.nextInt(sent.size()));
        }
        Load.onThreads(THREADS, messages, i -> store.create(Load.TENANT, Load.row(i)));
        Load.onThreads(THREADS, messages / 2, i -> complete(store, i));

        Set<String> stored = ConcurrentHashMap.newKeySet();
        long start = System.nanoTime();
        Load.onThreads(THREADS, sent.size() + (messages - messages / 2), i -> {
            if (i >= sent.size()) {
                complete(store, messages / 2 + i - sent.size());
                return;
            }
            DeliveryReport report = sent.get(i);
            Effect effect = store.apply(Load.TENANT, List.of(new Entry(report, null)))
                    .get(0)
                    .effect();
            if (effect != Effect.DUPLICATE) {
                assertThat(stored.add(report.id()))
                        .as("stored once, seed %s", seed)
                        .isTrue();
            }
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s: %d webhooks in %.1f s, %.0f a second, seed %d%n",
                store,
                sent.size(),
                seconds,
                sent.size() / seconds,
                seed);

        assertThat(stored).as("seed %s", seed).hasSize(reports.size());
        assertThat(store.parked(Load.TENANT, Load.NOW.plusSeconds(60)))
                .as("seed %s", seed)
                .isZero();
        for (int i = 0; i < messages; i++) {
            MessageRecord row = store.find(Load.TENANT, Load.id(i)).orElseThrow();
            MessageRecord oracle = Load.row(i)
                    .completed(Load.accepted(i), Load.NOW)
                    .reported(reports.get(2 * i))
                    .reported(reports.get(2 * i + 1));
            assertThat(row.state()).isEqualTo(MessageState.ACCEPTED);
            assertThat(row.reports()).as("message %s, seed %s", i, seed).isEqualTo(oracle.reports());
            assertThat(row.providerMessageId()).isEqualTo(oracle.providerMessageId());
        }
        assertNumberedWithoutGaps(store, reports.size());
    }

    private static void complete(JdbcStore store, int i) {
        store.complete(Load.TENANT, Load.id(i), Load.accepted(i), Load.NOW);
    }

    private static void assertNumberedWithoutGaps(JdbcStore store, int events) {
        Set<String> read = new HashSet<>();
        long cursor = 0;
        List<Stored> page = store.since(Load.TENANT, 0, 1_000);
        while (!page.isEmpty()) {
            for (Stored each : page) {
                assertThat(each.seq()).isEqualTo(++cursor);
                assertThat(read.add(each.event().id())).isTrue();
            }
            page = store.since(Load.TENANT, cursor, 1_000);
        }
        assertThat(read).hasSize(events);
    }
}
