package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.ReportRepository.AlertKey;
import io.textonce.engagement.verification.CodeRepository;
import io.textonce.engagement.verification.CodeRepository.Code;
import io.textonce.engagement.verification.CodeRepository.Event;
import io.textonce.store.SpendRepository;
import io.textonce.store.SpendRepository.Budget;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class JdbcEngagementTest {

    private static final TenantId TENANT = TenantId.of("clinic");
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    private static int count(DataSource database, String table) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HikariDataSource[] databases() {
        return new HikariDataSource[] {
            Databases.migrated(Databases.postgres()), Databases.migrated(Databases.h2Memory())
        };
    }

    /** Frameworks look at all methods of their beans: without the module, that must find no missing class. */
    @Test
    void theStoreIsWholeWithoutTheModule() throws IOException, ClassNotFoundException {
        URL[] path = {JdbcStore.class.getProtectionDomain().getCodeSource().getLocation()};
        ClassLoader parent = new ClassLoader(getClass().getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("io.textonce.engagement.") || name.startsWith("io.textonce.jdbc.")) {
                    throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
            }
        };
        try (URLClassLoader without = new URLClassLoader(path, parent)) {
            Class<?> store = without.loadClass("io.textonce.jdbc.JdbcStore");
            assertThat(store.getDeclaredMethods()).isNotEmpty();
            Class<?> engagement = without.loadClass("io.textonce.jdbc.JdbcEngagement");
            assertThatThrownBy(engagement::getDeclaredMethods).isInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void deadCodesAreForgottenWhenNewOnesCome() {
        for (HikariDataSource database : databases()) {
            try (database) {
                JdbcEngagement first = JdbcEngagement.on(JdbcStore.of(database));
                first.codes().put(TENANT, "old", new Code("aa", "bb", NOW, 5));
                first.codes().put(TENANT, "living", new Code("aa", "bb", NOW.plus(Duration.ofHours(3)), 5));
                first.codes().count(TENANT, "1202555", Event.SENT, NOW.minus(Duration.ofDays(3)));
                first.codes().count(TENANT, "1202555", Event.SENT, NOW);
                assertThat(count(database, "textonce_code")).isEqualTo(2);
                // The first code of each process, and each thousandth.
                CodeRepository restarted =
                        JdbcEngagement.on(JdbcStore.of(database)).codes();
                restarted.put(TENANT, "new", new Code("aa", "bb", NOW.plus(Duration.ofHours(2)), 5));
                assertThat(count(database, "textonce_code")).isEqualTo(2);
                assertThat(restarted.spendGuess(TENANT, "living", NOW)).isPresent();
                assertThat(count(database, "textonce_code_count")).isEqualTo(1);
            }
        }
    }

    @Test
    void keysOfPeriodsThatAreLongOverAreForgotten() {
        for (HikariDataSource database : databases()) {
            try (database) {
                Money cap = Money.of("1", "USD");
                SpendRepository first = JdbcStore.of(database).spending();
                first.reserve(TENANT, new Budget("monday", cap, NOW), MessageId.next(), cap, NOW.minusSeconds(9));
                Instant later = NOW.plus(Duration.ofHours(2));
                SpendRepository restarted = JdbcStore.of(database).spending();
                Budget tuesday = new Budget("tuesday", cap, later.plusSeconds(60));
                assertThat(restarted
                                .reserve(TENANT, tuesday, MessageId.next(), cap, later)
                                .granted())
                        .isTrue();
                assertThat(count(database, "textonce_spend")).isEqualTo(1);
                assertThat(count(database, "textonce_spend_sum")).isEqualTo(1);
                assertThat(count(database, "textonce_spend_open")).isEqualTo(1);
                assertThat(restarted.committed(TENANT, "tuesday", later)).isPresent();
            }
        }
    }

    @Test
    void anAlertIsRememberedAcrossARestart() {
        for (HikariDataSource database : databases()) {
            try (database) {
                AlertKey alert = new AlertKey(null, "spend: 10 USD", NOW);
                JdbcEngagement first = JdbcEngagement.on(JdbcStore.of(database));
                assertThat(first.reports().claimAlert(alert, NOW, NOW.plusSeconds(60)))
                        .isTrue();
                first.reports().alertRaised(alert);
                JdbcEngagement restarted = JdbcEngagement.on(JdbcStore.of(database));
                assertThat(restarted.reports().claimAlert(alert, NOW.plusSeconds(600), NOW.plusSeconds(660)))
                        .isFalse();
                AlertKey muchLater = new AlertKey(null, "spend: 10 USD", NOW.plus(Duration.ofDays(401)));
                assertThat(restarted.reports().claimAlert(muchLater, NOW, NOW.plusSeconds(60)))
                        .isTrue();
                restarted.reports().alertRaised(muchLater);
                assertThat(count(database, "textonce_alert")).isEqualTo(1);
            }
        }
    }
}
