package io.textonce.example.cases;

import java.sql.Connection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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

    /** What is written along with a change of a case, in the same transaction; nothing if a request changes nothing. */
    interface Along {
        void write(Connection transaction, Case changed);
    }

    private final DataSource pool;
    private final JdbcClient database;
    private final TransactionTemplate transaction;

    /** Opens the tables; the first time it writes four people into them, with the seed's numbers only if nothing can go out. */
    Cases(DataSource pool, boolean sandbox) {
        this.pool = pool;
        this.database = JdbcClient.create(pool);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        write("create table if not exists crm_user (id int generated always as identity primary key,"
                + " name varchar(60) not null, role varchar(12) not null, phone varchar(40) not null default '')");
        write("create table if not exists crm_case (id int generated always as identity primary key,"
                + " title varchar(200) not null, customer int not null references crm_user, assignee int references crm_user,"
                + " status varchar(12) not null default 'open')");
        write(
                "create table if not exists crm_response (id int generated always as identity primary key,"
                        + " case_id int not null references crm_case, text varchar(4000) not null, request varchar(100) unique)");
        if (users().isEmpty()) {
            addUser("Abel", "agent", sandbox ? "251911234567" : "");
            addUser("Sara", "manager", sandbox ? "251911234568" : "");
            addUser("Hana", "customer", sandbox ? "251911234569" : "");
            addUser("Dawit", "customer", "");
        }
    }

    private void addUser(String name, String role, String phone) {
        write("insert into crm_user (name, role, phone) values (?, ?, ?)", name, role, phone);
    }

    void setPhone(int user, String phone) {
        write("update crm_user set phone = ? where id = ?", phone, user);
    }

    List<User> users() {
        return database.sql("select * from crm_user order by id")
                .query(User.class)
                .list();
    }

    User user(int id) {
        return one(User.class, "user " + id, "select * from crm_user where id = ?", id);
    }

    User manager() {
        return one(User.class, "manager", "select * from crm_user where role = 'manager' order by id limit 1");
    }

    Case open(String title, int customer) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        database.sql("insert into crm_case (title, customer) values (?, ?)")
                .params(title, user(customer).id())
                .update(key, "id");
        return find(Objects.requireNonNull(key.getKey()).intValue());
    }

    Case assign(int id, int user, Along along) {
        String sql = "update crm_case set assignee = ?, status = 'assigned'"
                + " where id = ? and (assignee is distinct from ? or status <> 'assigned')";
        return change(id, along, sql, user(user).id(), find(id).id(), user);
    }

    Case setStatus(int id, String status, Along along) {
        String sql = "update crm_case set status = ? where id = ? and status <> ?";
        return change(id, along, sql, status, find(id).id(), status);
    }

    /** Once for a request, however often it comes; null if nothing tells whether it is a repeated one. */
    Case respond(int id, String text, @Nullable String request, Along along) {
        String sql = "insert into crm_response (case_id, text, request) select ?, ?, ? where not exists"
                + " (select 1 from crm_response where request = ? and case_id = ? and text = ?)";
        try {
            return change(id, along, sql, find(id).id(), text, request, request, id, text);
        } catch (DuplicateKeyException e) {
            throw new IllegalArgumentException("Idempotency-Key: it is another response's, or came twice at once", e);
        }
    }

    private Case change(int id, Along along, String sql, @Nullable Object... values) {
        return Objects.requireNonNull(transaction.execute(open -> {
            boolean happened = write(sql, values) > 0;
            Case now = find(id);
            if (happened) {
                along.write(DataSourceUtils.getConnection(pool), now);
            }
            return now;
        }));
    }

    List<Case> all() {
        return database.sql("select * from crm_case order by id desc limit 200")
                .query(Case.class)
                .list();
    }

    Case find(int id) {
        return one(Case.class, "case " + id, "select * from crm_case where id = ?", id);
    }

    private int write(String sql, @Nullable Object... values) {
        return database.sql(sql).params(values).update();
    }

    private <T> T one(Class<T> type, String what, String sql, Object... values) {
        Optional<T> found = database.sql(sql).params(values).query(type).optional();
        return found.orElseThrow(() -> new NotFound("there is no " + what));
    }

    /** Nothing of that name. */
    static final class NotFound extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotFound(String message) {
            super(message);
        }
    }
}
