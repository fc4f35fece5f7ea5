package io.textonce.jdbc;

import io.textonce.TenantId;
import io.textonce.spi.TimeSource;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Templates that the host writes into two tables, compiled and kept for a while. */
final class JdbcTemplateRepository implements TemplateRepository {

    private record Key(TenantId tenant, String id) {}

    private record Kept(Optional<Template> template, long until) {}

    private static final int MOST_KEPT = 10_000;

    private final Database database;
    private final TimeSource time;
    private final long keptFor;
    private final Map<Key, Kept> kept = new ConcurrentHashMap<>();

    JdbcTemplateRepository(Database database, TimeSource time, Duration keptFor) {
        this.database = database;
        this.time = time;
        this.keptFor = keptFor.toNanos();
    }

    @Override
    public Optional<Template> find(TenantId tenant, String id) {
        Key key = new Key(tenant, id);
        long now = time.nanoTime();
        Kept known = kept.get(key);
        if (known != null && now - known.until < 0) {
            return known.template;
        }
        Optional<Template> template = database.read("finding a template", connection -> read(connection, key));
        if (template.isEmpty()) {
            kept.remove(key); // who has just stored it wants to use it
            return template;
        }
        if (kept.size() >= MOST_KEPT) {
            kept.clear();
        }
        kept.put(key, new Kept(template, now + keptFor));
        return template;
    }

    private static Optional<Template> read(Connection connection, Key key) throws SQLException {
        String sql =
                "select t.version, t.active, t.default_locale, t.variables, x.locale, x.text from textonce_template t"
                        + " join textonce_template_text x on x.tenant = t.tenant and x.id = t.id"
                        + " where t.tenant = ? and t.id = ? order by x.locale";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(key.tenant()).text(key.id());
            try (ResultSet rows = statement.executeQuery()) {
                Template.Builder template = null;
                while (rows.next()) {
                    if (template == null) {
                        template = header(rows, key);
                    }
                    template.text(Locale.forLanguageTag(rows.getString("locale")), rows.getString("text"));
                }
                return Optional.ofNullable(template).map(Template.Builder::build);
            }
        }
    }

    private static Template.Builder header(ResultSet row, Key key) throws SQLException {
        Template.Builder template = Template.builder(key.id())
                .tenant(key.tenant())
                .version(row.getLong("version"))
                .active(row.getBoolean("active"));
        String locale = row.getString("default_locale");
        if (locale != null) {
            template.defaultLocale(Locale.forLanguageTag(locale));
        }
        row.getString("variables")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(line -> {
                    int blank = line.indexOf(' ');
                    if (blank < 0) {
                        template.variable(line);
                    } else {
                        template.variable(
                                line.substring(0, blank),
                                Integer.parseInt(line.substring(blank + 1).strip()));
                    }
                });
        return template;
    }
}
