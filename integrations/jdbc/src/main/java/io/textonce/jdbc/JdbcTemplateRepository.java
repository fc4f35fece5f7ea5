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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Templates in the tables {@code textonce_template} and {@code textonce_template_text}, compiled and kept for a while. Got from
 * {@link JdbcStore#templates()}.
 *
 * <p>Guaranteed: {@link #put} and {@link #remove} change a template with all its texts or not at all, and this repository
 * finds it so at once. Not guaranteed: that other processes do; they find it when what they keep is too old
 * ({@link JdbcStore.Builder#templatesKeptFor}). They are transactions of their own, whatever transaction of yours is open.
 *
 * <pre>{@code
 * store.templates().put(Template.builder("reminder").text(Locale.ENGLISH, "See you at 10:30").build());
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class JdbcTemplateRepository implements TemplateRepository {

    private record Key(TenantId tenant, String id) {}

    private record Kept(Optional<Template> template, long until) {}

    private static final int MOST_KEPT = 10_000;
    private static final String SELECT =
            "select t.id, t.version, t.active, t.default_locale, t.variables, x.locale, x.text from textonce_template t"
                    + " join textonce_template_text x on x.tenant = t.tenant and x.id = t.id where t.tenant = ?";

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
        Optional<Template> template = database
                .read(
                        "finding a template",
                        connection -> read(connection, tenant, " and t.id = ? order by x.locale", id))
                .stream()
                .findFirst();
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

    /**
     * All templates of a tenant, inactive ones included, as they stand in the database now.
     *
     * @param tenant whose
     * @return by id
     * @throws JdbcStoreException if the database fails
     */
    public List<Template> all(TenantId tenant) {
        return database.read(
                "listing templates", connection -> read(connection, tenant, " order by t.id, x.locale", null));
    }

    /**
     * Puts a template under its own tenant and id, in place of the one that is there.
     *
     * @param template the template
     * @throws JdbcStoreException if the database fails
     */
    public void put(Template template) {
        database.write("storing a template", connection -> {
            put(connection, template);
            return template;
        });
        kept.remove(new Key(template.tenant(), template.id()));
    }

    /**
     * Removes a template. Messages that were made by it stay; those in the outbox were rendered when they were enqueued.
     *
     * @param tenant whose
     * @param id the template's id
     * @return false if there was none
     * @throws JdbcStoreException if the database fails
     */
    public boolean remove(TenantId tenant, String id) {
        boolean removed = database.write(
                "removing a template",
                connection -> update(
                                connection,
                                "delete from textonce_template where tenant = ? and id = ?",
                                bind -> bind.text(tenant).text(id))
                        > 0);
        kept.remove(new Key(tenant, id));
        return removed;
    }

    private void put(Connection connection, Template template) throws SQLException {
        String tenant = template.tenant().value();
        // The row's lock keeps apart who puts the same one.
        int there = update(
                connection,
                "update textonce_template set version = ?, active = ?, default_locale = ?, variables = ?"
                        + " where tenant = ? and id = ?",
                bind -> header(bind, template).text(tenant).text(template.id()));
        if (there == 0) {
            try {
                update(
                        connection,
                        "insert into textonce_template (version, active, default_locale, variables, tenant, id)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        bind -> header(bind, template).text(tenant).text(template.id()));
            } catch (SQLException e) {
                // Somebody else put it meanwhile; the step is taken again, and the later one stays.
                throw database.dialect().isDuplicate(e)
                        ? new SQLException("a template changed meanwhile", "40001", e)
                        : e;
            }
        }
        update(
                connection,
                "delete from textonce_template_text where tenant = ? and id = ?",
                bind -> bind.text(tenant).text(template.id()));
        for (Locale locale : template.locales()) {
            update(
                    connection,
                    "insert into textonce_template_text (tenant, id, locale, text) values (?, ?, ?, ?)",
                    bind -> bind.text(tenant)
                            .text(template.id())
                            .text(locale.toLanguageTag())
                            .text(template.source(locale)));
        }
    }

    private static Bind header(Bind bind, Template template) throws SQLException {
        String variables = template.variables().stream()
                .map(name -> {
                    OptionalInt most = template.maxLength(name);
                    return most.isPresent() ? name + " " + most.getAsInt() : name;
                })
                .collect(Collectors.joining("\n"));
        return bind.number(template.version())
                .bool(template.active())
                .text(template.defaultLocale().toLanguageTag())
                .text(variables);
    }

    private static List<Template> read(Connection connection, TenantId tenant, String rest, @Nullable String id)
            throws SQLException {
        Map<String, Template.Builder> found = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT + rest)) {
            Bind bind = new Bind(statement).text(tenant);
            if (id != null) {
                bind.text(id);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString("id");
                    Template.Builder template = found.get(name);
                    if (template == null) {
                        template = header(rows, tenant, name);
                        found.put(name, template);
                    }
                    template.text(Locale.forLanguageTag(rows.getString("locale")), rows.getString("text"));
                }
            }
        }
        return found.values().stream().map(Template.Builder::build).toList();
    }

    private static Template.Builder header(ResultSet row, TenantId tenant, String id) throws SQLException {
        Template.Builder template = Template.builder(id)
                .tenant(tenant)
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

    private interface Parameters {
        Bind set(Bind bind) throws SQLException;
    }

    private static int update(Connection connection, String sql, Parameters parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            parameters.set(new Bind(statement));
            return statement.executeUpdate();
        }
    }
}
