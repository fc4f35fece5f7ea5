package io.textonce.example.appointments;

import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.example.appointments.Appointment.Doctor;
import io.textonce.outbox.EnqueueReceipt;
import io.textonce.outbox.SmsEnqueuer;
import io.textonce.spi.TimeSource;
import io.textonce.store.OutboxRepository;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The clinic's table. An appointment and the SMS about it are written in one transaction: there is never one without the
 * other, and what happens when they are sent can't harm the appointment any more.
 */
final class Appointments {

    private interface Work<T> {
        T in(Connection transaction) throws SQLException;
    }

    private final DataSource database;
    private final Sms sms;
    private final Texts texts;
    private final TimeSource time = TimeSource.system();

    Appointments(DataSource database, Sms sms, Texts texts) {
        this.database = database;
        this.sms = sms;
        this.texts = texts;
        inTransaction(c -> {
            try (Statement statement = c.createStatement()) {
                return statement.execute(Pages.resource("appointment.sql"));
            }
        });
    }

    Appointment book(String patient, String phone, Doctor doctor, Instant at) {
        return change(c -> {
            int id = insert(c, patient, phone, doctor, at);
            return tell(c, one(c, id), texts::confirmation);
        });
    }

    Appointment move(int id, Instant at) {
        return change(c -> {
            Appointment before = live(c, id);
            update(c, "update appointment set starts_at = ? where id = ?", utc(at), id);
            return tell(c, one(c, id), moved -> texts.reschedule(moved, before.at()));
        });
    }

    Appointment cancel(int id) {
        return change(c -> {
            live(c, id);
            update(c, "update appointment set cancelled = true where id = ?", id);
            return tell(c, one(c, id), texts::cancellation);
        });
    }

    /** Confirms what another application has written into the table. Returns how many. */
    int announceWritten() {
        return inTransaction(c -> {
            List<Appointment> written =
                    list(c, "where not announced and not cancelled and starts_at > ? for update", utc(time.now()));
            for (Appointment each : written) {
                tell(c, each, texts::confirmation);
            }
            return written.size();
        });
    }

    /** The same instant, if it is one that a patient can still come at. */
    Instant future(Instant at) {
        if (!at.isAfter(time.now())) {
            throw new IllegalArgumentException("That time is over. Choose a later one.");
        }
        return at;
    }

    Optional<Appointment> find(int id) {
        return inTransaction(c -> list(c, "where id = ?", id).stream().findFirst());
    }

    List<Appointment> upcoming() {
        return inTransaction(c -> list(c, "where starts_at > ? order by starts_at, id limit 200", utc(time.now())));
    }

    /** Enqueues the SMS, and puts the reminder where it belongs now. Nothing of it is there if the transaction fails. */
    private Appointment tell(Connection c, Appointment appointment, Function<Appointment, SmsMessage> text)
            throws SQLException {
        OutboxRepository joined = sms.store.in(c);
        SmsEnqueuer outbox = sms.outbox.in(joined);
        if (appointment.reminder() != null) {
            joined.cancel(TenantId.DEFAULT, MessageId.of(appointment.reminder()));
        }
        EnqueueReceipt receipt = outbox.enqueue(text.apply(appointment));
        String reminder = null;
        if (!appointment.cancelled() && appointment.reminderAt().isAfter(time.now())) {
            EnqueueReceipt later = outbox.enqueue(texts.reminder(appointment), appointment.reminderAt());
            reminder = later.refusal().isPresent() ? null : later.messageId().value();
        }
        update(
                c,
                "update appointment set announced = true, reminder = ?, problem = ? where id = ?",
                reminder,
                receipt.refusal().map(refused -> refused.explanation()).orElse(null),
                appointment.id());
        return one(c, appointment.id());
    }

    private static Appointment one(Connection c, int id) throws SQLException {
        return list(c, "where id = ?", id).get(0);
    }

    /** The appointment, locked. */
    private Appointment live(Connection c, int id) throws SQLException {
        return list(c, "where id = ? and not cancelled and starts_at > ? for update", id, utc(time.now())).stream()
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("this appointment is over, cancelled, or was never there"));
    }

    private static int insert(Connection c, String patient, String phone, Doctor doctor, Instant at)
            throws SQLException {
        try (PreparedStatement insert = c.prepareStatement(
                "insert into appointment (patient, phone, doctor, department, starts_at) values (?, ?, ?, ?, ?)",
                Statement.RETURN_GENERATED_KEYS)) {
            fill(insert, patient, phone, doctor.name(), doctor.department(), utc(at));
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                return keys.getInt(1);
            }
        }
    }

    private static void update(Connection c, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement update = c.prepareStatement(sql)) {
            fill(update, values);
            update.executeUpdate();
        }
    }

    private static List<Appointment> list(Connection c, String where, Object... values) throws SQLException {
        try (PreparedStatement select = c.prepareStatement("select * from appointment " + where)) {
            fill(select, values);
            List<Appointment> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Appointment(
                            row.getInt("id"),
                            row.getString("patient"),
                            row.getString("phone"),
                            new Doctor(row.getString("doctor"), row.getString("department")),
                            row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                            row.getBoolean("cancelled"),
                            row.getString("reminder"),
                            row.getString("problem")));
                }
            }
            return found;
        }
    }

    private static void fill(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    /** What was enqueued by another way than the outbox itself needn't wait for its next look. */
    private Appointment change(Work<Appointment> work) {
        Appointment changed = inTransaction(work);
        sms.outbox.wake();
        return changed;
    }

    private <T> T inTransaction(Work<T> work) {
        try (Connection c = database.getConnection()) {
            c.setAutoCommit(false);
            try {
                T result = work.in(c);
                c.commit();
                return result;
            } finally {
                c.rollback(); // of what wasn't committed; the pool sets automatic commits again
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the clinic's database failed", e);
        }
    }
}
