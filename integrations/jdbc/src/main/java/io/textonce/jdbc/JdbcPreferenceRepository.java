package io.textonce.jdbc;

import io.textonce.TenantId;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.preference.Preferences;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Keeps {@code textonce_preference}. */
final class JdbcPreferenceRepository implements PreferenceRepository {

    private final Database database;
    private final String select;

    JdbcPreferenceRepository(Database database) {
        this.database = database;
        this.select = database.dialect()
                .lookup(
                        Bind.unnest(List.of("person")),
                        "m.person, m.languages, m.choices",
                        "textonce_preference",
                        "m.tenant = ? and m.person = u.person");
    }

    @Override
    public Map<String, Preferences> find(TenantId tenant, Collection<String> users) {
        return users.isEmpty() ? Map.of() : database.read("reading preferences", c -> find(c, tenant, users));
    }

    private Map<String, Preferences> find(Connection connection, TenantId tenant, Collection<String> users)
            throws SQLException {
        Map<String, Preferences> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).texts(users, user -> user).text(tenant);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getString(1), read(rows.getString(2), rows.getString(3)));
                }
            }
        }
        return found;
    }

    private static Preferences read(String languages, String choices) {
        Preferences read = Preferences.NONE;
        if (!languages.isEmpty()) {
            read = read.languages(Arrays.stream(languages.split(" "))
                    .map(Locale::forLanguageTag)
                    .toArray(Locale[]::new));
        }
        for (String line : choices.lines().toList()) {
            read = line.startsWith("+") ? read.optIn(line.substring(1)) : read.optOut(line.substring(1));
        }
        return read;
    }

    @Override
    public void put(TenantId tenant, String user, Preferences preferences) {
        if (user.isEmpty() || user.length() > 128) {
            throw new IllegalArgumentException(
                    "preferences: the user has " + user.length() + " characters, not 1 to 128");
        }
        String languages =
                preferences.languages().stream().map(Locale::toLanguageTag).collect(Collectors.joining(" "));
        String choices = preferences.choices().entrySet().stream()
                .map(each -> (each.getValue() ? "+" : "-") + each.getKey() + "\n")
                .sorted()
                .collect(Collectors.joining());
        database.write("keeping preferences", c -> {
            delete(c, tenant, user);
            return preferences.equals(Preferences.NONE) || insert(c, tenant, user, languages, choices);
        });
    }

    private static void delete(Connection connection, TenantId tenant, String user) throws SQLException {
        String delete = "delete from textonce_preference where tenant = ? and person = ?";
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            new Bind(statement).text(tenant).text(user);
            statement.executeUpdate();
        }
    }

    private boolean insert(Connection connection, TenantId tenant, String user, String languages, String choices)
            throws SQLException {
        String insert = "insert into textonce_preference (tenant, person, languages, choices) values (?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            new Bind(statement).text(tenant).text(user).text(languages).text(choices);
            return statement.executeUpdate() > 0;
        } catch (SQLException e) {
            // Somebody else chose for the same person meanwhile; the step is taken again, and the later one stays.
            throw database.dialect().isDuplicate(e)
                    ? new SQLException("a preference changed meanwhile", "40001", e)
                    : e;
        }
    }
}
