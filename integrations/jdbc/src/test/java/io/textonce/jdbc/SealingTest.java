package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.InboundMessage;
import io.textonce.Origin;
import io.textonce.SenderId;
import io.textonce.phone.PhoneHash;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.LimitStore.Limit;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.Suppression;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** With a cipher, nothing that a person said, and no number, stands readable in any table. */
class SealingTest {

    private static final List<String> SECRETS = List.of("2025550", "My tooth", "Hi Ada");

    private static JdbcStore sealed(DataSource database) {
        return JdbcStore.builder(database)
                .sealedBy(new TestCipher(), PhoneHash.withKey(new byte[16]))
                .build();
    }

    private static void fill(JdbcStore store) {
        store.create(Load.TENANT, Load.row(1));
        store.complete(Load.TENANT, Load.id(1), Load.accepted(1), Load.NOW);
        store.idempotencyKeys()
                .claim(Load.TENANT, "order for +12025550101", "digest", Load.id(1), Load.NOW, Load.NOW.plusSeconds(9));
        store.idempotencyKeys().bind(Load.TENANT, "order for +12025550101", Load.id(1), Load.accepted(1));
        store.limits()
                .take(
                        Load.TENANT,
                        "recipient:+12025550101",
                        List.of(new Limit(1, Duration.ofHours(1), 0)),
                        1,
                        Load.NOW);
        Origin origin = new Origin(Load.TENANT, Load.PROVIDER, "hook", Load.NOW);
        InboundMessage answer = InboundMessage.builder(
                        origin, "in-1", SenderId.of(Load.number(1)), SenderId.of("+12025550199"), "My tooth hurts")
                .build();
        Suppression stop = new Suppression(Load.number(1), null, Suppression.Choice.OPT_OUT, Load.NOW, "keyword");
        store.apply(Load.TENANT, List.of(new Entry(answer, stop)));
    }

    private static String dump(DataSource database) throws SQLException {
        StringBuilder all = new StringBuilder();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("message", "event", "suppression", "idempotency", "limit")) {
                try (ResultSet rows = statement.executeQuery("select * from textonce_" + table)) {
                    while (rows.next()) {
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                            all.append(rows.getString(i)).append('|');
                        }
                        all.append('\n');
                    }
                }
            }
        }
        return all.toString();
    }

    @Test
    void nothingPersonalIsReadableInAnyTable() throws SQLException {
        try (HikariDataSource database = Databases.migrated(Databases.h2Memory());
                HikariDataSource plain = Databases.migrated(Databases.h2Memory())) {
            JdbcStore store = sealed(database);
            fill(store);
            assertThat(dump(database)).doesNotContain(SECRETS);
            fill(JdbcStore.of(plain));
            assertThat(dump(plain)).contains(SECRETS);

            MessageRecord row = store.query(Load.TENANT, MessageQuery.all().to(Load.number(1)))
                    .get(0);
            assertThat(row.to()).isEqualTo(Load.number(1));
            assertThat(row.text()).isEqualTo(Load.row(1).text());
            assertThat(store.isSuppressed(Load.TENANT, Load.number(1), null)).isTrue();
            assertThat(store.isSuppressed(Load.TENANT, Load.number(2), null)).isFalse();
        }
    }

    @Test
    void rowsFromBeforeTheCipherStayReadable() {
        try (HikariDataSource database = Databases.migrated(Databases.h2Memory())) {
            fill(JdbcStore.of(database));
            assertThat(sealed(database)
                            .find(Load.TENANT, Load.id(1))
                            .orElseThrow()
                            .text())
                    .isEqualTo(Load.row(1).text());
        }
    }

    @Test
    void withoutTheCipherASealedRowIsNotMisread() {
        try (HikariDataSource database = Databases.migrated(Databases.h2Memory())) {
            fill(sealed(database));
            JdbcStore blind = JdbcStore.of(database);
            assertThatThrownBy(() -> blind.find(Load.TENANT, Load.id(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("sealedBy");
        }
    }

    @Test
    void aTextThatNoColumnHoldsIsKeptAllTheSame() {
        for (HikariDataSource database : new HikariDataSource[] {Databases.postgres(), Databases.h2Memory()}) {
            try (database) {
                JdbcStore store = JdbcStore.of(Databases.migrated(database));
                MessageRecord odd =
                        Load.row(1).toBuilder().text("a\0b\tc\\N\n=").build();
                store.create(Load.TENANT, odd);
                assertThat(store.find(Load.TENANT, Load.id(1)).orElseThrow().text())
                        .isEqualTo(odd.text());
                Origin origin = new Origin(Load.TENANT, Load.PROVIDER, "hook", Load.NOW);
                InboundMessage answer = InboundMessage.builder(
                                origin, "x".repeat(3000), SenderId.of("12345"), SenderId.of("+12025550199"), odd.text())
                        .build();
                store.apply(Load.TENANT, List.of(new Entry(answer, null), new Entry(answer, null)));
                InboundMessage read =
                        (InboundMessage) store.since(Load.TENANT, 0, 9).get(0).event();
                assertThat(read.text()).isEqualTo(odd.text());
                assertThat(read.id()).isEqualTo(answer.id());
            }
        }
    }
}
