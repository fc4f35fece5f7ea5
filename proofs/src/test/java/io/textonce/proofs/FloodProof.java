package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.jdbc.JdbcStore;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Webhooks in masses, repeated, out of order and forged, into a process with 128 MB. */
class FloodProof {

    private static final int CALLBACKS = Report.either(50_000, 1_000_000);

    @Test
    void aFloodOfWebhooksEndsWhereTheOracleEnds() throws SQLException, IOException {
        PostgresServer postgres = PostgresServer.shared();
        postgres.create("flood");
        Files.createDirectories(Report.FOLDER.resolve("flood"));
        try (HikariDataSource database = Worker.pool(postgres.url("flood"), 2)) {
            JdbcStore.migrate(database);
            Map<String, Long> result = new HashMap<>();
            try (Child flood = Child.start(
                    Flood.class,
                    Report.FOLDER.resolve("flood").resolve("flood.err"),
                    List.of("-Xmx128m"),
                    postgres.url("flood"),
                    CALLBACKS,
                    Report.SEED)) {
                flood.await("PREPARED", Report.either(300, 3_000));
                Duration[] before = {flood.cpu(), postgres.cpu()};
                flood.await("FLOODED", Report.either(300, 3_000));
                result.put("host", flood.cpu().minus(before[0]).toNanos() / 1_000 / CALLBACKS);
                result.put("database", postgres.cpu().minus(before[1]).toNanos() / 1_000 / CALLBACKS);
                for (String pair :
                        flood.await("RESULT", Report.either(300, 3_000)).split(" ")) {
                    result.put(pair.split("=")[0], Long.parseLong(pair.split("=")[1]));
                }
            }
            long messages = result.get("messages");
            long events = value(database, "select count(*) from textonce_event");
            Report.row(
                    "webhook flood, -Xmx128m",
                    "%,d callbacks for %,d messages: %,d taken, %,d forged refused, **forged accepted 0**; %,d events stored,"
                            + " %d messages unlike the oracle; %,d a second (goal: 5,000), at %d us of CPU in the host,"
                            + " signing included, and %d us in PostgreSQL a callback",
                    CALLBACKS,
                    messages,
                    result.get("taken"),
                    result.get("refused"),
                    events,
                    result.get("different"),
                    result.get("persecond"),
                    result.get("host"),
                    result.get("database"));
            assertThat(result.get("wrong")).as("wrong answers").isZero();
            assertThat(result.get("refused")).isEqualTo(CALLBACKS / 10);
            assertThat(result.get("different"))
                    .as("unlike the oracle, seed %s", Report.SEED)
                    .isZero();
            assertThat(result.get("parked")).isZero();
            assertThat(events).as("events, each once and none forged").isEqualTo(2 * messages);
            assertThat(value(database, "select max(seq) from textonce_event")).isEqualTo(2 * messages);
        }
    }

    private static long value(HikariDataSource database, String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
