package io.textonce.example.cases;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The host's own data: people and cases. It knows nothing of SMS. */
final class Cases {

    /** Somebody who works on cases, or has one; the phone may be blank. */
    record User(int id, String name, String role, String phone) {}

    /** What somebody wants to be helped with. */
    record Case(
            int id, String title, int customer, @Nullable Integer assignee, String status) {
        String number() {
            return String.format(Locale.ROOT, "CASE-%03d", id);
        }
    }

    private final DataSource database;

    /** Opens the tables; the first time it writes four people into them, with the seed's numbers only if nothing can go out. */
    Cases(DataSource database, boolean sandbox) {
        this.database = database;
        write("create table if not exists crm_user (id int generated always as identity primary key,"
                + " name varchar(60) not null, role varchar(12) not null, phone varchar(40) not null default '')");
        write("create table if not exists crm_case (id int generated always as identity primary key,"
                + " title varchar(200) not null, customer int not null references crm_user, assignee int references crm_user,"
                + " status varchar(12) not null default 'open')");
        write("create table if not exists crm_response (id int generated always as identity primary key,"
                + " case_id int not null references crm_case, text varchar(4000) not null)");
        if (users().isEmpty()) {
            addUser("Abel", "agent", sandbox ? "251911234567" : "");
            addUser("Sara", "manager", sandbox ? "251911234568" : "");
            addUser("Hana", "customer", sandbox ? "251911234569" : "");
            addUser("Dawit", "customer", "");
        }
    }

    int addUser(String name, String role, String phone) {
        return write("insert into crm_user (name, role, phone) values (?, ?, ?)", name, role, phone);
    }

    void setPhone(int user, String phone) {
        write("update crm_user set phone = ? where id = ?", phone, user);
    }

    List<User> users() {
        return read("select * from crm_user order by id", Cases::user);
    }

    User user(int id) {
        return one(read("select * from crm_user where id = ?", Cases::user, id), "user " + id);
    }

    User manager() {
        return one(read("select * from crm_user where role = 'manager' order by id limit 1", Cases::user), "manager");
    }

    Case open(String title, int customer) {
        return find(write(
                "insert into crm_case (title, customer) values (?, ?)",
                title,
                user(customer).id()));
    }

    Case assign(int id, int user) {
        write(
                "update crm_case set assignee = ?, status = 'assigned' where id = ?",
                user(user).id(),
                find(id).id());
        return find(id);
    }

    Case setStatus(int id, String status) {
        write("update crm_case set status = ? where id = ?", status, find(id).id());
        return find(id);
    }

    Case respond(int id, String text) {
        write("insert into crm_response (case_id, text) values (?, ?)", find(id).id(), text);
        return find(id);
    }

    List<Case> all() {
        return read("select * from crm_case order by id desc limit 200", Cases::crmCase);
    }

    Case find(int id) {
        return one(read("select * from crm_case where id = ?", Cases::crmCase, id), "case " + id);
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(row.getInt("id"), row.getString("name"), row.getString("role"), row.getString("phone"));
    }

    private static Case crmCase(ResultSet row) throws SQLException {
        return new Case(
                row.getInt("id"),
                row.getString("title"),
                row.getInt("customer"),
                row.getObject("assignee", Integer.class),
                row.getString("status"));
    }

    private static <T> T one(List<T> found, String what) {
        return found.stream().findFirst().orElseThrow(() -> new NotFound("there is no " + what));
    }

    /** Nothing of that name. */
    static final class NotFound extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotFound(String message) {
            super(message);
        }
    }

    private interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> read(String sql, Row<T> row, Object... values) {
        try (Connection c = database.getConnection();
                PreparedStatement select = c.prepareStatement(sql)) {
            fill(select, values);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(row.of(rows));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("the database failed", e);
        }
    }

    /** Returns the key of a new row, or 0. */
    private int write(String sql, Object... values) {
        try (Connection c = database.getConnection();
                PreparedStatement change = c.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
            fill(change, values);
            change.executeUpdate();
            try (ResultSet keys = change.getGeneratedKeys()) {
                return keys.next() ? keys.getInt(1) : 0;
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the database failed", e);
        }
    }

    private static void fill(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, Objects.requireNonNull(values[i]));
        }
    }
}
