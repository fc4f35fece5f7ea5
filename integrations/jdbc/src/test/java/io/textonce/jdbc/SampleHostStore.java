package io.textonce.jdbc;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventJournal;
import io.textonce.store.EventRepository;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.store.StatusFold;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * How a clinic that had SMS tables long before Textonce might do it: its own names and types, a number of its own as the
 * primary key, one lock for everything, reports matched by reading the rows. Deliberately unlike textonce-jdbc; the contracts
 * are the same.
 */
final class SampleHostStore implements MessageRepository, EventJournal, EventRepository, SuppressionRepository {

    static final String TABLES = """
        create table if not exists clinic_lock (only_row int primary key);
        create table if not exists clinic_sms (
            sms_no bigint generated always as identity primary key, clinic varchar(64) not null,
            our_ref varchar(13) not null, patient_phone varchar(16) not null, body varchar(4000) not null,
            kind varchar(20) not null, sender varchar(80), letter varchar(64), appointment varchar(128),
            marks varchar(1400) not null, sent_on timestamp not null, changed_on timestamp not null,
            progress varchar(20) not null, verdict varchar(20), carrier varchar(64), carrier_ref varchar(200),
            refusal varchar(500), tries varchar(4000), parts int, parts_billed int, guess varchar(40), bill varchar(40),
            news varchar(2000) not null, unique (clinic, our_ref));
        create table if not exists clinic_news (
            clinic varchar(64) not null, line bigint not null, carrier varchar(64) not null, ticket varchar(300) not null,
            channel varchar(64) not null, came_on timestamp not null, sort varchar(10) not null, content varchar(9000),
            pending int not null, primary key (clinic, line), unique (clinic, carrier, ticket));
        create table if not exists clinic_do_not_text (
            clinic varchar(64) not null, phone varchar(16) not null, about varchar(100) not null, no_texts int not null,
            asked_on timestamp not null, primary key (clinic, phone, about));
        """;

    private final DataSource clinic;

    SampleHostStore(DataSource clinic) {
        this.clinic = clinic;
    }

    private interface Work<T> {
        T run(Connection c) throws SQLException;
    }

    /** One transaction; those that write stand in line. */
    private <T> T inLine(boolean writes, Work<T> work) {
        try (Connection c = clinic.getConnection()) {
            c.setAutoCommit(false);
            boolean committed = false;
            try {
                if (writes) {
                    rows(c, "select only_row from clinic_lock for update", r -> r);
                }
                T result = work.run(c);
                c.commit();
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    c.rollback();
                }
                c.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("clinic database", e);
        }
    }

    private interface Reader<T> {
        T read(ResultSet r) throws SQLException;
    }

    private static <T> List<T> rows(Connection c, String sql, Reader<T> reader, Object... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            bind(s, values);
            List<T> all = new ArrayList<>();
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    all.add(reader.read(r));
                }
            }
            return all;
        }
    }

    private static int run(Connection c, String sql, Object... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            bind(s, values);
            return s.executeUpdate();
        }
    }

    private static void bind(PreparedStatement s, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            s.setObject(i + 1, values[i] instanceof Instant at ? Timestamp.from(at) : values[i]);
        }
    }

    // Messages.

    @Override
    public boolean create(TenantId tenant, MessageRecord row) {
        return inLine(true, c -> {
            if (read(c, tenant, row.id()).isPresent()) {
                return false;
            }
            run(
                    c,
                    "insert into clinic_sms (clinic, our_ref, patient_phone, body, kind, sender, letter, appointment,"
                            + " marks, sent_on, changed_on, progress, news) values (?,?,?,?,?,?,?,?,?,?,?,?,'')",
                    tenant.value(),
                    row.id().value(),
                    row.to().e164(),
                    row.text(),
                    row.category().name(),
                    Codec.sender(row.from().orElse(null)),
                    row.templateId().orElse(null),
                    row.reference().orElse(null),
                    String.join(
                            "\n",
                            row.labels().stream()
                                    .map(l -> l.name() + "=" + l.value())
                                    .toList()),
                    row.createdAt(),
                    row.updatedAt(),
                    row.state().name());
            write(c, row);
            join(c, row, row.createdAt());
            return true;
        });
    }

    private static void write(Connection c, MessageRecord row) throws SQLException {
        Fields.Writer refusal = new Fields.Writer()
                .add(row.reason().orElse(null))
                .add(row.proof().orElse(null))
                .add(row.providerCode().orElse(null))
                .add(row.explanation().orElse(null))
                .endRecord();
        run(
                c,
                "update clinic_sms set changed_on = ?, progress = ?, verdict = ?, carrier = ?, carrier_ref = ?,"
                        + " refusal = ?, tries = ?, parts = ?, parts_billed = ?, guess = ?, bill = ?, news = ? where"
                        + " clinic = ? and our_ref = ?",
                row.updatedAt(),
                row.state().name(),
                row.outcome().map(Enum::name).orElse(null),
                row.provider().orElse(null),
                row.providerMessageId().orElse(null),
                refusal.toString(),
                Codec.attempts(row),
                row.toBuilder().providerSegments(-1).build().segments().orElse(-1),
                row.providerSegments().orElse(-1),
                row.estimated().map(Object::toString).orElse(null),
                row.billed().map(Object::toString).orElse(null),
                row.reports().encoded(),
                row.tenant().value(),
                row.id().value());
    }

    private static MessageRecord message(ResultSet r) throws SQLException {
        List<io.textonce.Label> labels = new ArrayList<>();
        r.getString("marks")
                .lines()
                .forEach(l -> labels.add(
                        new io.textonce.Label(l.substring(0, l.indexOf('=')), l.substring(l.indexOf('=') + 1))));
        Fields.Reader refusal = Fields.read(r.getString("refusal")).get(0);
        MessageRecord.Builder row = MessageRecord.sending(
                        MessageId.of(r.getString("our_ref")),
                        TenantId.of(r.getString("clinic")),
                        r.getTimestamp("sent_on").toInstant())
                .to(PhoneNumber.of(r.getString("patient_phone")))
                .text(r.getString("body"))
                .category(io.textonce.Category.valueOf(r.getString("kind")))
                .from(Codec.sender(r.getString("sender")))
                .templateId(r.getString("letter"))
                .reference(r.getString("appointment"))
                .labels(labels)
                .updatedAt(r.getTimestamp("changed_on").toInstant())
                .state(MessageState.valueOf(r.getString("progress")))
                .outcome(Bind.as(r, "verdict", Outcome::valueOf))
                .provider(r.getString("carrier"), r.getString("carrier_ref"))
                .refusal(
                        refusal.as(io.textonce.Reason::valueOf), refusal.as(io.textonce.Proof::valueOf), refusal.text())
                .explanation(refusal.text())
                .segments(r.getInt("parts"))
                .providerSegments(r.getInt("parts_billed"))
                .cost(money(r.getString("guess")), money(r.getString("bill")))
                .reports(StatusFold.decode(r.getString("news")));
        return Codec.withAttempts(row.build(), r.getString("tries"));
    }

    private static io.textonce.Money money(String text) {
        return text == null ? null : io.textonce.Money.of(text.split(" ", -1)[0], text.split(" ", -1)[1]);
    }

    private static Optional<MessageRecord> read(Connection c, TenantId tenant, MessageId id) throws SQLException {
        return rows(
                        c,
                        "select * from clinic_sms where clinic = ? and our_ref = ?",
                        SampleHostStore::message,
                        tenant.value(),
                        id.value())
                .stream()
                .findFirst();
    }

    private static List<MessageRecord> all(Connection c, TenantId tenant) throws SQLException {
        return rows(
                c,
                "select * from clinic_sms where clinic = ? order by sent_on desc, our_ref desc",
                SampleHostStore::message,
                tenant.value());
    }

    @Override
    public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
        inLine(
                true,
                c -> run(
                        c,
                        "update clinic_sms set carrier = ?, carrier_ref = null, changed_on = greatest(changed_on, ?)"
                                + " where clinic = ? and our_ref = ? and progress = 'SENDING'",
                        provider,
                        now,
                        tenant.value(),
                        id.value()));
    }

    @Override
    public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
        inLine(true, c -> {
            MessageRecord row = read(c, tenant, id)
                    .orElseThrow(() -> new IllegalStateException("message " + id + " was never created"))
                    .completed(result, now);
            write(c, row);
            join(c, row, now);
            return row;
        });
    }

    @Override
    public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
        return inLine(false, c -> read(c, tenant, id));
    }

    @Override
    public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
        return inLine(false, c -> {
            List<MessageRecord> found = new ArrayList<>();
            boolean begun = query.before().isEmpty();
            for (MessageRecord row : all(c, tenant)) {
                if (begun && query.matches(row) && found.size() < query.limit()) {
                    found.add(row);
                }
                begun |= query.before().filter(row.id()::equals).isPresent();
            }
            return found;
        });
    }

    // News from the carriers.

    @Override
    public List<Applied> apply(TenantId tenant, List<Entry> entries) {
        for (Entry entry : entries) {
            if (!entry.event().tenant().equals(tenant)) {
                throw new IllegalArgumentException("another clinic's event");
            }
        }
        return inLine(true, c -> {
            List<Applied> applied = new ArrayList<>();
            for (Entry entry : entries) {
                applied.add(apply(c, tenant, entry));
            }
            return applied;
        });
    }

    private static Applied apply(Connection c, TenantId tenant, Entry entry) throws SQLException {
        SmsEvent event = entry.event();
        long line = rows(
                                c,
                                "select coalesce(max(line), 0) from clinic_news where clinic = ?",
                                r -> r.getLong(1),
                                tenant.value())
                        .get(0)
                + 1;
        if (!rows(
                        c,
                        "select line from clinic_news where clinic = ? and carrier = ? and ticket = ?",
                        r -> r.getLong(1),
                        tenant.value(),
                        event.provider(),
                        event.id())
                .isEmpty()) {
            return new Applied(Effect.DUPLICATE, null);
        }
        MessageRecord row = event instanceof DeliveryReport report ? match(c, report) : null;
        boolean pending = event instanceof DeliveryReport && row == null;
        run(
                c,
                "insert into clinic_news (clinic, line, carrier, ticket, channel, came_on, sort, content, pending)"
                        + " values (?,?,?,?,?,?,?,?,?)",
                tenant.value(),
                line,
                event.provider(),
                event.id(),
                event.origin().endpoint(),
                event.receivedAt(),
                Codec.kind(event),
                Codec.event(event, event.id()),
                pending ? 1 : 0);
        if (entry.suppression() != null) {
            choose(c, tenant, entry.suppression());
        }
        if (row != null && event instanceof DeliveryReport report) {
            MessageRecord reported = row.reported(report);
            write(c, reported);
            join(c, reported, report.receivedAt());
            return new Applied(Effect.MATCHED, row.id());
        }
        return new Applied(pending ? Effect.PARKED : Effect.STORED, null);
    }

    /** Reads every message of the clinic: it has few. */
    private static MessageRecord match(Connection c, DeliveryReport report) throws SQLException {
        List<MessageRecord> theirs = new ArrayList<>();
        for (MessageRecord row : all(c, report.tenant())) {
            if (ProviderKey.fits(report, row)) {
                if (report.messageId().filter(row.id()::equals).isPresent()) {
                    return row;
                }
                if (isTheirs(report, row)) {
                    theirs.add(row);
                }
            }
        }
        return theirs.size() == 1 ? theirs.get(0) : null;
    }

    private static boolean isTheirs(DeliveryReport report, MessageRecord row) {
        ProviderKey key = ProviderKey.of(report);
        return key != null && key.equals(ProviderKey.of(row));
    }

    private static void join(Connection c, MessageRecord joined, Instant now) throws SQLException {
        MessageRecord row = joined;
        boolean more = true;
        while (more) {
            more = false;
            for (Stored waiting : rows(
                    c,
                    "select * from clinic_news where clinic = ? and pending = 1 and came_on >= ? order by line",
                    SampleHostStore::stored,
                    row.tenant().value(),
                    now.minus(PARKED_FOR))) {
                DeliveryReport report = (DeliveryReport) waiting.event();
                boolean ours = report.messageId().filter(row.id()::equals).isPresent();
                if (!more && ProviderKey.fits(report, row) && (ours || isTheirs(report, row))) {
                    row = row.reported(report);
                    write(c, row);
                    run(
                            c,
                            "update clinic_news set pending = 0 where clinic = ? and line = ?",
                            row.tenant().value(),
                            waiting.seq());
                    more = true;
                }
            }
        }
    }

    private static Stored stored(ResultSet r) throws SQLException {
        io.textonce.Origin origin = new io.textonce.Origin(
                TenantId.of(r.getString("clinic")),
                r.getString("carrier"),
                r.getString("channel"),
                r.getTimestamp("came_on").toInstant());
        return new Stored(
                r.getLong("line"),
                Codec.event(origin, r.getString("ticket"), r.getString("sort"), r.getString("content")));
    }

    @Override
    public int parked(TenantId tenant, Instant now) {
        return inLine(
                false,
                c -> rows(
                                c,
                                "select count(*) from clinic_news where clinic = ? and pending = 1 and came_on >= ?",
                                r -> r.getInt(1),
                                tenant.value(),
                                now.minus(PARKED_FOR))
                        .get(0));
    }

    @Override
    public List<Stored> since(TenantId tenant, long cursor, int limit) {
        return inLine(
                false,
                c -> rows(
                        c,
                        "select * from clinic_news where clinic = ? and line > ? order by line limit " + limit,
                        SampleHostStore::stored,
                        tenant.value(),
                        cursor));
    }

    // Who asked for no texts.

    private static void choose(Connection c, TenantId tenant, Suppression choice) throws SQLException {
        String about = choice.scope() == null ? "everything" : Codec.sender(choice.scope());
        int out = choice.choice() == Suppression.Choice.OPT_OUT ? 1 : 0;
        String whose = " where clinic = ? and phone = ? and about = ?";
        Object[] key = {tenant.value(), choice.number().e164(), about};
        List<Suppression> known = rows(
                c,
                "select * from clinic_do_not_text" + whose,
                r -> new Suppression(
                        choice.number(),
                        choice.scope(),
                        r.getInt("no_texts") == 1 ? Suppression.Choice.OPT_OUT : Suppression.Choice.OPT_IN,
                        r.getTimestamp("asked_on").toInstant(),
                        "table"),
                key);
        if (known.isEmpty()) {
            run(c, "insert into clinic_do_not_text values (?, ?, ?, ?, ?)", key[0], key[1], key[2], out, choice.at());
        } else if (SuppressionTable.later(choice, known.get(0)) == choice) {
            run(
                    c,
                    "update clinic_do_not_text set no_texts = ?, asked_on = ?" + whose,
                    out,
                    choice.at(),
                    key[0],
                    key[1],
                    key[2]);
        }
    }

    @Override
    public void record(TenantId tenant, Suppression suppression) {
        inLine(true, c -> {
            choose(c, tenant, suppression);
            return suppression;
        });
    }

    /** The rule itself is borrowed: the rows of this number, asked of the store in memory. */
    @Override
    public boolean isSuppressed(TenantId tenant, PhoneNumber number, SenderId sender) {
        InMemoryStore rule = new InMemoryStore();
        inLine(
                        false,
                        c -> rows(
                                c,
                                "select * from clinic_do_not_text where clinic = ? and phone = ?",
                                r -> new Suppression(
                                        number,
                                        r.getString("about").equals("everything")
                                                ? null
                                                : Codec.sender(r.getString("about")),
                                        r.getInt("no_texts") == 1
                                                ? Suppression.Choice.OPT_OUT
                                                : Suppression.Choice.OPT_IN,
                                        r.getTimestamp("asked_on").toInstant(),
                                        "table"),
                                tenant.value(),
                                number.e164()))
                .forEach(choice -> rule.record(tenant, choice));
        return rule.isSuppressed(tenant, number, sender);
    }
}
