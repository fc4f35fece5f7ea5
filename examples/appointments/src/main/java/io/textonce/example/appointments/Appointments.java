package io.textonce.example.appointments;

import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.example.appointments.Appointment.Doctor;
import io.textonce.outbox.SmsEnqueuer;
import io.textonce.spi.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
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
    private final ZoneId zone;
    private final TimeSource time = TimeSource.system();

    Appointments(DataSource database, Sms sms, Texts texts, ZoneId zone) {
        this.database = database;
        this.sms = sms;
        this.texts = texts;
        this.zone = zone;
        execute(Web.resource("appointment.sql"));
    }

    /** Books once for a request, however often it comes; null if nothing tells whether it is a repeated one. */
    Appointment book(@Nullable String request, String patient, String phone, Doctor doctor, Instant at) {
        Work<Appointment> booking = c -> {
            if (request != null) {
                Optional<Appointment> before = find(c, "request = ?", request);
                if (before.isPresent()) {
                    return before.get().sameAs(patient, phone, doctor, at);
                }
            }
            Appointment booked = one(
                    c,
                    "insert into appointment (request, patient, phone, doctor, department, starts_at)"
                            + " values (?, ?, ?, ?, ?, ?)",
                    request,
                    patient,
                    phone,
                    doctor.name(),
                    doctor.department(),
                    utc(at));
            return tell(c, booked, texts::confirmation);
        };
        try {
            return change(booking);
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof SQLIntegrityConstraintViolationException) {
                return change(booking); // the same request came twice at once: now the first one's row is there
            }
            throw e;
        }
    }

    Appointment move(int id, Instant at) {
        return change(c -> {
            Appointment before = live(c, id);
            if (before.at().equals(at)) {
                return before;
            }
            Appointment now = one(c, "update appointment set starts_at = ? where id = ?", utc(at), id);
            return tell(c, now, moved -> texts.reschedule(moved, before.at()));
        });
    }

    Appointment cancel(int id) {
        return change(c -> {
            live(c, id);
            return tell(c, one(c, "update appointment set cancelled = true where id = ?", id), texts::cancellation);
        });
    }

    /** Other applications log in as {@code writer} and insert rows. Reading, moving and cancelling goes through us. */
    void letWrite(String password) {
        String quoted = "'" + password.replace("'", "''") + "'";
        execute("create user if not exists writer password " + quoted);
        execute("alter user writer set password " + quoted);
        execute("grant insert on appointment, textonce_message to writer");
    }

    /** Confirms what another application has written into the table. Returns how many. */
    int announceWritten() {
        return inTransaction(c -> {
            List<Appointment> written = list(
                    c,
                    "select * from appointment where not announced and not cancelled and starts_at > ? for update",
                    utc(time.now()));
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

    /** One that is neither cancelled nor over. */
    Appointment standing(int id) {
        return inTransaction(c -> live(c, id));
    }

    Optional<Appointment> find(int id) {
        return inTransaction(c -> find(c, "id = ?", id));
    }

    List<Appointment> upcoming() {
        return inTransaction(c -> list(
                c, "select * from appointment where starts_at > ? order by starts_at, id limit 200", utc(time.now())));
    }

    /**
     * Enqueues the SMS, and puts the reminder where it belongs now. What still waits tells of how it was, and is cancelled.
     * Nothing of all this is there if the transaction fails.
     */
    private Appointment tell(Connection c, Appointment appointment, Function<Appointment, SmsMessage> text)
            throws SQLException {
        sms.store.in(c).cancelByReference(TenantId.DEFAULT, appointment.booking());
        SmsEnqueuer outbox = sms.outbox.in(sms.store.in(c));
        String problem = outbox.enqueue(text.apply(appointment))
                .refusal()
                .map(refused -> refused.explanation())
                .orElse(null);
        Instant reminderAt = appointment.reminderAt(zone);
        if (!appointment.cancelled() && reminderAt.isAfter(time.now())) {
            outbox.enqueue(texts.reminder(appointment), reminderAt);
        }
        return one(c, "update appointment set announced = true, problem = ? where id = ?", problem, appointment.id());
    }

    /** The appointment, locked. */
    private Appointment live(Connection c, int id) throws SQLException {
        return find(c, "id = ? and not cancelled and starts_at > ? for update", id, utc(time.now()))
                .orElseThrow(
                        () -> new IllegalArgumentException("this appointment is over, cancelled, or was never there"));
    }

    private static Optional<Appointment> find(Connection c, String where, Object... values) throws SQLException {
        return list(c, "select * from appointment where " + where, values).stream()
                .findFirst();
    }

    /** The row as a change has left it. */
    private static Appointment one(Connection c, String change, @Nullable Object... values) throws SQLException {
        return list(c, "select * from final table (" + change + ")", values).get(0);
    }

    private static List<Appointment> list(Connection c, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement select = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                select.setObject(i + 1, values[i]);
            }
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
                            row.getString("problem")));
                }
            }
            return found;
        }
    }

    private void execute(String sql) {
        inTransaction(c -> {
            try (Statement statement = c.createStatement()) {
                return statement.execute(sql);
            }
        });
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
