package io.textonce.jdbc;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRow;
import io.textonce.store.Standing;
import io.textonce.store.StatusFold;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code textonce_message} and its labels. */
final class MessageTable {

    /** A row's key. */
    record MessageKey(TenantId tenant, MessageId id) {
        static MessageKey of(MessageRecord row) {
            return new MessageKey(row.tenant(), row.id());
        }
    }

    /**
     * A row as it was read; {@code rev} tells whether somebody changed it since.
     *
     * @param outbox the same with what sending needs; null if it was never in the outbox
     */
    record Stored(MessageRecord row, @Nullable OutboxRow outbox, int rev) {
        static Stored fresh(MessageRecord row) {
            return new Stored(row, null, 0);
        }

        static Stored fresh(OutboxRow row) {
            return new Stored(row.message(), row, 0);
        }

        Stored with(MessageRecord next) {
            return new Stored(next, outbox == null ? null : outbox.with(next), rev);
        }

        Stored with(OutboxRow next) {
            return new Stored(next.message(), next, rev);
        }
    }

    /** What another row may be found by: a provider's id, perhaps with the recipient. */
    record Named(TenantId tenant, ProviderKey key, @Nullable PhoneNumber to) {}

    private static final int LONGEST_PROVIDER_ID = 400;

    /** What a row can be read from. */
    static final String COLUMNS = "m.tenant, m.id, m.created_at, m.to_number, m.sender, m.text, m.form, m.category,"
            + " m.template_id, m.reference, m.labels, m.not_after, m.extra, m.turn, m.segments, m.estimated,"
            + " m.estimated_currency, m.resent, m.tries, m.held_due, m.due_at, m.lookup_at, m.state, m.attempt,"
            + " m.lease_owner, m.lease_until, m.rev, m.begun_at, m.provider, m.updated_at, m.provider_message_id,"
            + " m.outcome, m.reason, m.proof, m.provider_code, m.explanation, m.attempts, m.provider_segments, m.billed,"
            + " m.billed_currency, m.reports, m.grp, m.stopped";

    /** Not what another application wrote and nobody has checked. */
    static final String IS_MESSAGE = "m.form < 3";

    private static final Columns KEPT = Columns.of(
            "tenant",
            "id",
            "created_at TIMESTAMPTZ",
            "to_number",
            "sender",
            "text",
            "form INT",
            "category",
            "template_id",
            "reference",
            "labels",
            "not_after TIMESTAMPTZ",
            "extra",
            "turn TIMESTAMPTZ",
            "attempt INT",
            "grp");

    private static final Columns CHANGING = Columns.of(
            "lease_owner",
            "lease_until TIMESTAMPTZ",
            "segments INT",
            "estimated NUMERIC",
            "estimated_currency",
            "resent BOOLEAN",
            "tries INT",
            "held_due TIMESTAMPTZ",
            "stopped",
            "due_at TIMESTAMPTZ",
            "lookup_at TIMESTAMPTZ",
            "state",
            "outcome",
            "provider",
            "provider_message_id",
            "reason",
            "proof",
            "provider_code",
            "explanation",
            "attempts",
            "provider_segments INT",
            "billed NUMERIC",
            "billed_currency",
            "status",
            "reports",
            "updated_at TIMESTAMPTZ");

    private static final Columns ALL = KEPT.and(CHANGING);

    private static final String INSERT = "insert into textonce_message (" + ALL.names() + ") values ("
            + "?,".repeat(ALL.all().size() - 1) + "?)";

    private final Dialect dialect;
    private final Content content;
    private final String insertIfFree;
    private final String byId;
    private final String byProvider;
    private final KeyedUpdate update;

    MessageTable(Dialect dialect, Content content) {
        this.dialect = dialect;
        this.content = content;
        this.insertIfFree = dialect.ignoringDuplicates(INSERT);
        this.byId = dialect.lookup(
                Bind.unnest(List.of("tenant", "id")),
                COLUMNS,
                "textonce_message",
                dialect.isOf("u.tenant") + " and m.id = u.id and " + IS_MESSAGE);
        this.byProvider = dialect.lookup(
                Bind.unnest(List.of("tenant", "provider", "pid", "number")),
                COLUMNS,
                "textonce_message",
                dialect.isOf("u.tenant")
                        + " and m.provider = u.provider and m.provider_message_id = u.pid"
                        + " and (u.number is null or m.to_number = u.number) and "
                        + IS_MESSAGE);
        this.update = new KeyedUpdate(
                dialect,
                "rev = m.rev + 1, " + CHANGING.assignments(),
                dialect.isOf(":tenant") + " and m.id = :id and m.rev = :known_rev",
                Columns.of("tenant", "id", "known_rev INT").and(CHANGING));
    }

    static @Nullable String providerId(@Nullable String id) {
        return id == null ? null : Content.fit(id, LONGEST_PROVIDER_ID);
    }

    // Writing.

    /**
     * Inserts rows with different keys; answers the keys that were free. On PostgreSQL one that is taken ends the
     * transaction: to ask for each would cost 48 bytes of log a message, and ids are new but for very few.
     */
    Set<MessageKey> insert(Connection connection, List<Stored> fresh) throws SQLException {
        List<MessageRecord> rows = fresh.stream().map(Stored::row).toList();
        Set<MessageKey> inserted = new HashSet<>();
        if (dialect.takesArrays()) {
            insertArrays(connection, fresh);
            rows.forEach(row -> inserted.add(MessageKey.of(row)));
        } else {
            try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
                Bind bind = new Bind(statement);
                for (Stored row : fresh) {
                    bindInsert(bind, row);
                    bind.add();
                }
                int[] counts = executeIgnoringDuplicates(statement);
                for (int i = 0; i < counts.length; i++) {
                    if (counts[i] != Statement.EXECUTE_FAILED) {
                        inserted.add(MessageKey.of(rows.get(i)));
                    }
                }
            }
        }
        insertLabels(connection, rows, inserted);
        return inserted;
    }

    /** Of the columns, most are null in most batches. The one that has a default stays: null there means something else. */
    private void insertArrays(Connection connection, List<Stored> fresh) throws SQLException {
        List<List<@Nullable Object>> rows = fresh.stream().map(this::all).toList();
        List<Integer> filled = ALL.filled(rows, "due_at");
        Columns columns = ALL.only(filled);
        String insert = "insert into textonce_message (" + columns.names() + ") select " + columns.names() + " from "
                + columns.unnest() + " order by place";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            columns.bindArrays(
                    statement, rows, row -> filled.stream().map(row::get).toList());
            statement.executeUpdate();
        }
    }

    /**
     * Inserts one after the other, which leaves the transaction as it is where a key is taken: it may be the host's.
     */
    Set<MessageKey> insertSingly(Connection connection, List<Stored> fresh) throws SQLException {
        Set<MessageKey> inserted = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(insertIfFree)) {
            for (Stored row : fresh) {
                bindInsert(new Bind(statement), row);
                try {
                    if (statement.executeUpdate() > 0) {
                        inserted.add(MessageKey.of(row.row()));
                    }
                } catch (SQLException e) {
                    if (dialect != Dialect.H2 || !dialect.isDuplicate(e)) {
                        throw e;
                    }
                }
            }
        }
        insertLabels(connection, fresh.stream().map(Stored::row).toList(), inserted);
        return inserted;
    }

    /** H2 goes on after a duplicate, and says so afterwards. */
    private int[] executeIgnoringDuplicates(PreparedStatement statement) throws SQLException {
        try {
            return statement.executeBatch();
        } catch (BatchUpdateException e) {
            for (SQLException each = e.getNextException(); each != null; each = each.getNextException()) {
                if (!dialect.isDuplicate(each)) {
                    throw each;
                }
            }
            return e.getUpdateCounts();
        }
    }

    private void bindInsert(Bind bind, Stored fresh) throws SQLException {
        List<@Nullable Object> values = all(fresh);
        for (int i = 0; i < values.size(); i++) {
            ALL.bind(bind, i, values.get(i));
        }
    }

    private List<@Nullable Object> all(Stored fresh) {
        MessageRecord row = fresh.row();
        OutboxRow outbox = fresh.outbox();
        SmsMessage options = outbox == null ? null : outbox.content();
        Content.Written text = content.seals()
                ? content.write(row.tenant(), row.to().e164() + '\n' + row.text())
                : content.write(row.tenant(), row.text());
        List<@Nullable Object> values = new ArrayList<>(ALL.all().size());
        values.add(row.tenant());
        values.add(row.id());
        values.add(row.createdAt());
        values.add(content.number(row.to()));
        values.add(Codec.sender(row.from().orElse(null)));
        values.add(text.text());
        values.add(text.form());
        values.add(row.category());
        values.add(row.templateId().orElse(null));
        values.add(row.reference().orElse(null));
        values.add(labels(row.labels()));
        values.add(options == null ? null : options.notAfter().orElse(null));
        values.add(options == null ? null : content.extra(row.tenant(), Codec.extra(options)));
        values.add(outbox == null ? null : outbox.turn().orElse(null));
        values.add(outbox == null ? null : outbox.attempt());
        values.add(outbox == null ? null : outbox.group().orElse(null));
        addChanging(values, fresh);
        return values;
    }

    private static void addChanging(List<@Nullable Object> values, Stored stored) {
        MessageRecord row = stored.row();
        OutboxRow outbox = stored.outbox();
        values.add(outbox == null ? null : outbox.owner().orElse(null));
        values.add(outbox == null ? null : outbox.leaseUntil().orElse(null));
        values.add(count(ownSegments(row)));
        values.add(row.estimated().map(Money::amount).orElse(null));
        values.add(row.estimated().map(Money::currency).orElse(null));
        values.add(outbox != null && outbox.resent());
        values.add(outbox == null ? 0 : outbox.tries());
        values.add(heldDue(stored));
        values.add(outbox == null ? null : outbox.stopped().orElse(null));
        values.add(dueAt(stored));
        values.add(lookupAt(stored));
        values.add(row.state());
        values.add(row.outcome().orElse(null));
        values.add(row.provider().orElse(null));
        values.add(providerId(row.providerMessageId().orElse(null)));
        values.add(row.reason().orElse(null));
        values.add(row.proof().orElse(null));
        values.add(row.providerCode().orElse(null));
        values.add(row.explanation().orElse(null));
        values.add(Codec.attempts(row));
        values.add(count(row.providerSegments().orElse(-1)));
        values.add(row.billed().map(Money::amount).orElse(null));
        values.add(row.billed().map(Money::currency).orElse(null));
        values.add(row.status().orElse(null));
        String reports = row.reports().encoded();
        values.add(reports.isEmpty() ? null : reports);
        values.add(row.updatedAt());
    }

    private static @Nullable Integer count(int number) {
        return number < 0 ? null : number;
    }

    /** Names who is asked next; answers how many rows that is. */
    int asking(Connection connection, TenantId tenant, MessageId id, String provider, Instant now) throws SQLException {
        String sql = "update textonce_message m set rev = rev + 1, provider = ?, provider_message_id = null,"
                + " updated_at = greatest(m.updated_at, ?) where m.tenant = ? and m.id = ? and m.state = 'SENDING' and "
                + IS_MESSAGE;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(provider).instant(now).text(tenant).text(id);
            return statement.executeUpdate();
        }
    }

    /** Writes rows back as they are now; one that somebody else changed since it was read is a conflict. */
    void update(Connection connection, List<Stored> changed) throws SQLException {
        if (changed.isEmpty()) {
            return;
        }
        List<Stored> updated = update.run(connection, changed, stored -> {
            List<@Nullable Object> values = new ArrayList<>();
            values.add(stored.row().tenant());
            values.add(stored.row().id());
            values.add(stored.rev());
            addChanging(values, stored);
            return values;
        });
        if (updated.size() < changed.size()) {
            throw new SQLException("a message changed meanwhile", "40001");
        }
    }

    /** Settled or in doubt: it isn't sent. Held, or never in the outbox: not by itself. */
    private static @Nullable Instant dueAt(Stored stored) {
        MessageState state = stored.row().state();
        OutboxRow outbox = stored.outbox();
        if (state.isSettled() || state == MessageState.UNKNOWN) {
            return null;
        }
        return outbox == null || state == MessageState.HELD ? Bind.LATEST : outbox.due();
    }

    private static @Nullable Instant heldDue(Stored stored) {
        OutboxRow outbox = stored.outbox();
        return outbox != null && stored.row().state() == MessageState.HELD ? outbox.due() : null;
    }

    private static @Nullable Instant lookupAt(Stored stored) {
        OutboxRow outbox = stored.outbox();
        if (stored.row().state() != MessageState.UNKNOWN) {
            return null;
        }
        return outbox == null ? Bind.LATEST : outbox.due();
    }

    /** Our own count, which the record shows only while the provider gave none. */
    private static int ownSegments(MessageRecord row) {
        return row.toBuilder().providerSegments(-1).build().segments().orElse(-1);
    }

    static @Nullable String labels(List<Label> labels) {
        if (labels.isEmpty()) {
            return null;
        }
        StringBuilder out = new StringBuilder();
        for (Label label : labels) {
            out.append(label.name()).append('=').append(label.value()).append('\n');
        }
        return out.toString();
    }

    static List<Label> labels(@Nullable String text) {
        List<Label> labels = new ArrayList<>();
        if (text != null) {
            text.lines().forEach(line -> {
                int equals = line.indexOf('=');
                labels.add(new Label(line.substring(0, equals), line.substring(equals + 1)));
            });
        }
        return labels;
    }

    private static void insertLabels(Connection connection, List<MessageRecord> rows, Set<MessageKey> inserted)
            throws SQLException {
        if (rows.stream().allMatch(row -> row.labels().isEmpty())) {
            return;
        }
        String sql = "insert into textonce_label (tenant, name, val, created_at, message_id) values (?,?,?,?,?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (MessageRecord row : rows) {
                if (inserted.contains(MessageKey.of(row))) {
                    for (Label label : new HashSet<>(row.labels())) {
                        bind.text(row.tenant())
                                .text(label.name())
                                .text(label.value())
                                .instant(row.createdAt())
                                .text(row.id())
                                .add();
                    }
                }
            }
            statement.executeBatch();
        }
    }

    /** Deletes rows that nobody changed since they were read, with their labels; answers how many. */
    int delete(Connection connection, List<Doomed> rows) throws SQLException {
        String message = "delete from textonce_message where tenant = ? and id = ? and rev = ?";
        String label = "delete from textonce_label where tenant = ? and name = ? and val = ? and created_at = ?"
                + " and message_id = ?";
        int deleted = 0;
        try (PreparedStatement messages = connection.prepareStatement(message);
                PreparedStatement labels = connection.prepareStatement(label)) {
            Bind bind = new Bind(messages);
            for (Doomed row : rows) {
                bind.text(row.tenant()).text(row.id()).number(row.rev()).add();
            }
            int[] counts = messages.executeBatch();
            bind = new Bind(labels);
            boolean any = false;
            for (int i = 0; i < counts.length; i++) {
                Doomed row = rows.get(i);
                deleted += counts[i];
                for (Label each : counts[i] == 0 ? List.<Label>of() : row.labels()) {
                    bind.text(row.tenant())
                            .text(each.name())
                            .text(each.value())
                            .instant(row.createdAt())
                            .text(row.id())
                            .add();
                    any = true;
                }
            }
            if (any) {
                labels.executeBatch();
            }
        }
        return deleted;
    }

    /** A row to be deleted, which may be one that can't be read as a message. */
    record Doomed(String tenant, String id, long rev, Instant createdAt, List<Label> labels) {
        static Doomed of(MessageRecord row) {
            return new Doomed(row.tenant().value(), row.id().value(), 0, row.createdAt(), row.labels());
        }
    }

    // Reading.

    Optional<Stored> find(Connection connection, TenantId tenant, MessageId id) throws SQLException {
        String select =
                "select " + COLUMNS + " from textonce_message m where m.tenant = ? and m.id = ? and " + IS_MESSAGE;
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).text(id);
            return readAll(statement).stream().findFirst();
        }
    }

    List<Stored> find(Connection connection, Collection<MessageKey> keys) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(byId)) {
            new Bind(statement).texts(keys, MessageKey::tenant).texts(keys, MessageKey::id);
            return readAll(statement);
        }
    }

    /** The rows that have a provider's id. */
    List<Stored> findByProvider(Connection connection, Collection<Named> names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(byProvider)) {
            new Bind(statement)
                    .texts(names, Named::tenant)
                    .texts(names, name -> name.key().provider())
                    .texts(names, name -> name.key().messageId())
                    .texts(names, name -> name.to() == null ? null : content.number(name.to()));
            return readAll(statement);
        }
    }

    List<MessageRecord> query(Connection connection, TenantId tenant, MessageQuery query) throws SQLException {
        StringBuilder sql = new StringBuilder(
                "select " + COLUMNS + " from textonce_message m where m.tenant = ? and " + IS_MESSAGE);
        List<Object> values = new ArrayList<>(List.of(tenant));
        where(sql, values, query);
        if (query.before().isPresent()) {
            MessageId id = query.before().get();
            Optional<Stored> last = find(connection, tenant, id);
            if (last.isEmpty()) {
                return List.of();
            }
            Instant created = last.get().row().createdAt();
            sql.append(" and m.created_at <= ? and (m.created_at < ? or m.id < ?)");
            values.addAll(List.of(created, created, id));
        }
        sql.append(" order by m.created_at desc, m.id desc limit ").append(query.limit());
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            new Bind(statement).all(values);
            return readAll(statement).stream().map(Stored::row).toList();
        }
    }

    /** The query's conditions, but for its page; each begins with and. */
    void where(StringBuilder sql, List<Object> values, MessageQuery query) {
        condition(sql, values, "m.reference = ?", query.reference().orElse(null));
        condition(
                sql, values, "m.to_number = ?", query.to().map(content::number).orElse(null));
        condition(sql, values, "m.provider = ?", query.provider().orElse(null));
        condition(
                sql,
                values,
                "m.provider_message_id = ?",
                providerId(query.providerMessageId().orElse(null)));
        condition(sql, values, "m.state = ?", query.state().orElse(null));
        if (query.state().filter(state -> !state.isSettled()).isPresent()) {
            // What isn't settled is in the index of what is due, or of what is looked up.
            boolean doubt = query.state().filter(MessageState.UNKNOWN::equals).isPresent();
            sql.append(doubt ? " and m.lookup_at is not null" : " and m.due_at is not null");
        }
        condition(sql, values, "m.status = ?", query.status().orElse(null));
        query.standing().ifPresent(standing -> stands(sql, values, standing));
        condition(sql, values, "m.category = ?", query.category().orElse(null));
        condition(sql, values, "m.template_id = ?", query.templateId().orElse(null));
        condition(sql, values, "m.created_at >= ?", query.from().orElse(null));
        condition(sql, values, "m.created_at < ?", query.until().orElse(null));
        for (Label label : query.labels()) {
            sql.append(" and exists (select 1 from textonce_label l where l.tenant = m.tenant and l.name = ?"
                    + " and l.val = ? and l.created_at = m.created_at and l.message_id = m.id)");
            values.add(label.name());
            values.add(label.value());
        }
    }

    /** What is reported goes before the state; OTHER says nothing. */
    private static void stands(StringBuilder sql, List<Object> values, Standing standing) {
        List<String> either = new ArrayList<>();
        if (!standing.statuses().isEmpty()) {
            either.add("m.status in " + marks(standing.statuses().size()));
            values.addAll(standing.statuses());
        }
        if (!standing.states().isEmpty()) {
            either.add("(m.status is null or m.status = 'OTHER') and m.state in "
                    + marks(standing.states().size()));
            values.addAll(standing.states());
        }
        sql.append(" and (").append(String.join(" or ", either)).append(')');
    }

    private static String marks(int count) {
        return "(" + String.join(", ", Collections.nCopies(count, "?")) + ")";
    }

    private static void condition(StringBuilder sql, List<Object> values, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(" and ").append(condition);
            values.add(value);
        }
    }

    List<Stored> readAll(PreparedStatement statement) throws SQLException {
        List<Stored> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(stored(rows));
            }
        }
        return found;
    }

    Stored stored(ResultSet row) throws SQLException {
        MessageRecord known = read(row);
        int attempt = Bind.count(row, "attempt");
        return new Stored(known, attempt < 0 ? null : outbox(row, known, attempt), row.getInt("rev"));
    }

    private OutboxRow outbox(ResultSet row, MessageRecord known, int attempt) throws SQLException {
        MessageState state = known.state();
        Instant due = Bind.instant(
                row, state == MessageState.HELD ? "held_due" : state == MessageState.UNKNOWN ? "lookup_at" : "due_at");
        return OutboxRow.builder(known, message(row, known), due == null ? OutboxRow.NEVER : due)
                .turn(Bind.instant(row, "turn"))
                .attempt(attempt)
                .tries(row.getInt("tries"))
                .resent(row.getBoolean("resent"))
                .lease(row.getString("lease_owner"), Bind.instant(row, "lease_until"))
                .begunAt(Bind.instant(row, "begun_at"))
                .group(row.getString("grp"))
                .stopped(Bind.as(row, "stopped", MessageState::valueOf))
                .build();
    }

    private SmsMessage message(ResultSet row, MessageRecord known) throws SQLException {
        SmsMessage.Builder message = SmsMessage.to(known.to())
                .tenant(known.tenant())
                .category(known.category())
                .text(known.text());
        known.from().ifPresent(message::from);
        known.reference().ifPresent(message::reference);
        known.labels().forEach(label -> message.label(label.name(), label.value()));
        Instant notAfter = Bind.instant(row, "not_after");
        if (notAfter != null) {
            message.notAfter(notAfter);
        }
        String extra = row.getString("extra");
        if (extra != null) {
            Codec.extra(content.readExtra(known.tenant(), extra), message);
        }
        return message.build();
    }

    private MessageRecord read(ResultSet row) throws SQLException {
        TenantId tenant = TenantId.of(row.getString("tenant"));
        MessageId id = MessageId.of(row.getString("id"));
        int form = row.getInt("form");
        String text = content.read(tenant, form, row.getString("text"));
        String number = row.getString("to_number");
        if (form == Content.SEALED) {
            int end = text.indexOf('\n');
            number = text.substring(0, end);
            text = text.substring(end + 1);
        }
        MessageRecord known = MessageRecord.sending(id, tenant, Bind.requiredInstant(row, "created_at"))
                .to(PhoneNumber.of(number))
                .from(Codec.sender(row.getString("sender")))
                .text(text)
                .category(Category.valueOf(row.getString("category")))
                .templateId(row.getString("template_id"))
                .reference(row.getString("reference"))
                .labels(labels(row.getString("labels")))
                .segments(Bind.count(row, "segments"))
                .providerSegments(Bind.count(row, "provider_segments"))
                .cost(money(row, "estimated"), money(row, "billed"))
                .state(MessageState.valueOf(row.getString("state")))
                .outcome(Bind.as(row, "outcome", Outcome::valueOf))
                .provider(row.getString("provider"), row.getString("provider_message_id"))
                .refusal(
                        Bind.as(row, "reason", Reason::valueOf),
                        Bind.as(row, "proof", Proof::valueOf),
                        row.getString("provider_code"))
                .explanation(row.getString("explanation"))
                .reports(StatusFold.decode(
                        Optional.ofNullable(row.getString("reports")).orElse("")))
                .updatedAt(Bind.requiredInstant(row, "updated_at"))
                .build();
        return Codec.withAttempts(known, row.getString("attempts"));
    }

    private static @Nullable Money money(ResultSet row, String column) throws SQLException {
        BigDecimal amount = row.getBigDecimal(column);
        return amount == null ? null : Money.of(amount.toPlainString(), row.getString(column + "_currency"));
    }
}
