package io.textonce.engagement.reporting;

import io.textonce.DeliveryStatus;
import io.textonce.Label;
import io.textonce.Money;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import java.io.IOException;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages and reports as comma-separated values (RFC 4180), with a line of titles.
 *
 * <p>Guaranteed: what would be a formula to a spreadsheet begins with an apostrophe; numbers are masked unless asked for;
 * texts are left out unless asked for. Messages are read a thousand at a time, newest first, and never all held.
 *
 * <pre>{@code
 * new CsvExport(store).fullNumbers().write(tenant, MessageQuery.all().label("user", "456"), writer);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class CsvExport {

    private static final int PAGE = 1_000;

    private static final List<String> TITLES = List.of(
            "id",
            "created_at",
            "to",
            "from",
            "category",
            "template",
            "reference",
            "labels",
            "state",
            "status",
            "provider",
            "provider_message_id",
            "reason",
            "provider_code",
            "segments",
            "estimated",
            "estimated_currency",
            "billed",
            "billed_currency",
            "updated_at");

    private final MessageRepository messages;
    private final boolean numbers;
    private final boolean texts;

    /**
     * Exports with masked numbers and without texts.
     *
     * @param messages where the messages are
     */
    public CsvExport(MessageRepository messages) {
        this(messages, false, false);
    }

    private CsvExport(MessageRepository messages, boolean numbers, boolean texts) {
        this.messages = Objects.requireNonNull(messages, "messages");
        this.numbers = numbers;
        this.texts = texts;
    }

    /**
     * Writes numbers in full, recipients and senders alike.
     *
     * @return a copy
     */
    public CsvExport fullNumbers() {
        return new CsvExport(messages, true, texts);
    }

    /**
     * Writes texts, as the last column.
     *
     * @return a copy
     */
    public CsvExport withTexts() {
        return new CsvExport(messages, numbers, true);
    }

    /**
     * Writes messages.
     *
     * @param tenant whose messages
     * @param query which of them; its limit and page don't count
     * @param out where to, by UTF-8 if it is a file; it isn't closed
     * @return how many
     * @throws IOException if it can't be written
     * @throws IllegalStateException if messages were purged meanwhile, so that it can't be told what comes next
     */
    public long write(TenantId tenant, MessageQuery query, Appendable out) throws IOException {
        Csv csv = new Csv(out);
        for (String title : TITLES) {
            csv.cell(title);
        }
        if (texts) {
            csv.cell("text");
        }
        csv.end();
        long written = 0;
        List<MessageRecord> page = messages.query(tenant, query.limit(PAGE));
        while (!page.isEmpty()) {
            for (MessageRecord row : page) {
                write(row, csv);
            }
            written += page.size();
            MessageRecord last = page.get(page.size() - 1);
            page = page.size() < PAGE
                    ? List.of()
                    : messages.query(tenant, query.limit(PAGE).before(last.id()));
            if (page.isEmpty() && messages.find(tenant, last.id()).isEmpty()) {
                throw new IllegalStateException("export: messages were purged while they were read, after " + written
                        + " of them; ask for those after from(..), or repeat it");
            }
        }
        return written;
    }

    private void write(MessageRecord row, Csv csv) throws IOException {
        csv.cell(row.id())
                .cell(row.createdAt())
                .cell(numbers ? row.to().e164() : row.to())
                .cell(row.from().map(this::sender).orElse(""))
                .cell(row.category())
                .cell(row.templateId().orElse(""))
                .cell(row.reference().orElse(""))
                .cell(row.labels().stream().map(CsvExport::label).collect(Collectors.joining(" ")))
                .cell(row.state())
                .cell(row.status().map(DeliveryStatus::name).orElse(""))
                .cell(row.provider().orElse(""))
                .cell(row.providerMessageId().orElse(""))
                .cell(row.reason().map(Enum::name).orElse(""))
                .cell(row.providerCode().orElse(""))
                .cell(row.segments().isPresent() ? row.segments().getAsInt() : "");
        money(row.estimated().orElse(null), csv);
        money(row.billed().orElse(null), csv);
        csv.cell(row.updatedAt());
        if (texts) {
            csv.cell(row.text());
        }
        csv.end();
    }

    private String sender(SenderId from) {
        return numbers
                ? from.value()
                : from.toString().substring(from.kind().name().length() + 1);
    }

    private static String label(Label label) {
        return label.name() + "=" + label.value();
    }

    private static void money(@Nullable Money amount, Csv csv) throws IOException {
        csv.cell(amount == null ? "" : amount.amount().toPlainString()).cell(amount == null ? "" : amount.currency());
    }

    /**
     * Writes a report's rows: what was told apart, the counts, and three columns for each currency.
     *
     * @param rows rows of one query
     * @param out where to, by UTF-8 if it is a file; it isn't closed
     * @throws IOException if it can't be written
     */
    public static void rows(List<ReportRow> rows, Appendable out) throws IOException {
        List<Dimension> dimensions = rows.isEmpty() ? List.of() : rows.get(0).dimensions();
        TreeSet<Currency> currencies = new TreeSet<>(Comparator.comparing(Currency::getCurrencyCode));
        rows.forEach(row -> Stream.of(row.estimated(), row.billed(), row.cost())
                .flatMap(List::stream)
                .map(Money::currency)
                .forEach(currencies::add));
        Csv csv = new Csv(out);
        for (Dimension dimension : dimensions) {
            csv.cell(dimension);
        }
        for (String title : List.of("messages", "accepted", "rejected", "unknown", "delivered", "failed", "segments")) {
            csv.cell(title);
        }
        for (Currency currency : currencies) {
            csv.cell("estimated_" + currency).cell("billed_" + currency).cell("cost_" + currency);
        }
        csv.end();
        for (ReportRow row : rows) {
            for (Dimension dimension : dimensions) {
                csv.cell(row.value(dimension).orElse(""));
            }
            csv.cell(row.messages())
                    .cell(row.accepted())
                    .cell(row.inState(MessageState.REJECTED))
                    .cell(row.inState(MessageState.UNKNOWN))
                    .cell(row.delivered())
                    .cell(row.failed())
                    .cell(row.segments());
            for (Currency currency : currencies) {
                csv.cell(amount(row, ReportRow::estimated, currency))
                        .cell(amount(row, ReportRow::billed, currency))
                        .cell(amount(row, ReportRow::cost, currency));
            }
            csv.end();
        }
    }

    private static String amount(ReportRow row, Function<ReportRow, List<Money>> which, Currency currency) {
        return which.apply(row).stream()
                .filter(money -> money.currency().equals(currency))
                .map(money -> money.amount().toPlainString())
                .findFirst()
                .orElse("0");
    }
}
