package io.textonce.jdbc;

import io.textonce.TenantId;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.testkit.Crash;
import io.textonce.testkit.Stores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.TestInstance;

/** The contracts on one database, which is there with its tables as long as the test class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseContract extends StoreContract {

    /** With the tables; the same for all tests. */
    abstract DataSource database();

    JdbcStore store(DataSource dataSource) {
        return JdbcStore.of(dataSource);
    }

    private JdbcStore empty() {
        return store(Databases.emptied(database()));
    }

    @Override
    Stores stores(Crash crash) {
        DataSource empty = Databases.emptied(database());
        JdbcStore store = store(crash == null ? empty : FaultyDataSource.on(empty, new FaultyDataSource.Fault() {
            @Override
            public void before(String call) {
                if (FaultyDataSource.writes(call)) {
                    crash.beforeWrite();
                }
            }
        }));
        return new Stores(store, store, store, store);
    }

    @Override
    IdempotencyRepository keys() {
        return empty().idempotencyKeys();
    }

    @Override
    LimitStore limits() {
        return empty().limits();
    }

    @Override
    TemplateRepository templates(List<Template> templates) {
        JdbcStore store = empty();
        templates.forEach(this::insert);
        return store.templates();
    }

    /** As a host does: it owns these tables. */
    private void insert(Template template) {
        TenantId tenant = template.tenant();
        try (Connection connection = database().getConnection();
                PreparedStatement row = connection.prepareStatement(
                        "insert into textonce_template (tenant, id, version, active) values (?, ?, ?, ?)");
                PreparedStatement text = connection.prepareStatement(
                        "insert into textonce_template_text (tenant, id, locale, text) values (?, ?, ?, ?)")) {
            row.setString(1, tenant.value());
            row.setString(2, template.id());
            row.setLong(3, template.version());
            row.setBoolean(4, template.active());
            row.executeUpdate();
            text.setString(1, tenant.value());
            text.setString(2, template.id());
            text.setString(3, Locale.ENGLISH.toLanguageTag());
            text.setString(4, template.render(Locale.ENGLISH, Map.of()).text());
            text.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
