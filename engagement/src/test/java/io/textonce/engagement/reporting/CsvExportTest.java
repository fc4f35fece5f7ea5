package io.textonce.engagement.reporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import java.io.IOException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvExportTest {

    private static final TenantId CLINIC = TenantId.of("clinic");
    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    private final InMemoryStore store = new InMemoryStore();

    private void create(int i, String reference, String text) {
        store.create(
                CLINIC,
                MessageRecord.sending(MessageId.of(String.format(Locale.ROOT, "%013d", i)), CLINIC, NOW.plusSeconds(i))
                        .to(PhoneNumber.of("+61491570156"))
                        .from(SenderId.of("+61491570006"))
                        .text(text)
                        .reference(reference)
                        .labels(List.of(new Label("type", "reminder"), new Label("user", "456")))
                        .segments(1)
                        .cost(Money.of("0.0515", "AUD"), null)
                        .build());
    }

    private static String cell(String value) throws IOException {
        StringBuilder out = new StringBuilder();
        new Csv(out).cell(value).end();
        return out.substring(0, out.length() - 2);
    }

    @Test
    void quotesAsRfc4180Says() throws IOException {
        assertThat(cell("plain")).isEqualTo("plain");
        assertThat(cell("a,b")).isEqualTo("\"a,b\"");
        assertThat(cell("she said \"hi\"")).isEqualTo("\"she said \"\"hi\"\"\"");
        assertThat(cell("two\r\nlines")).isEqualTo("\"two\r\nlines\"");
        assertThat(cell(" blank ")).isEqualTo("\" blank \"");
        assertThat(cell("")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            =1+1            | '=1+1
            =cmd('/c calc') | '=cmd('/c calc')
            @SUM(A1)        | '@SUM(A1)
            +1+cmd          | '+1+cmd
            -2+3            | '-2+3
            ＝1             | '＝1
            -0.5            | -0.5
            +61491570156    | +61491570156
            a=b             | a=b
            """, quoteCharacter = '`')
    void whatASpreadsheetWouldRunIsMadeText(String value, String written) throws IOException {
        assertThat(cell(value)).isEqualTo(written);
    }

    @Test
    void whatBeginsWithATabOrABlankBeforeAFormulaIsMadeText() throws IOException {
        assertThat(cell("\t=1")).isEqualTo("'\t=1");
        assertThat(cell("\rx")).isEqualTo("\"'\rx\"");
        assertThat(cell(" =1")).isEqualTo("' =1");
    }

    @Test
    void masksNumbersAndLeavesTextsOutUnlessAsked() throws IOException {
        create(1, "=appt", "Your results, \"Ada\"");
        StringBuilder masked = new StringBuilder();
        new CsvExport(store).write(CLINIC, MessageQuery.all(), masked);
        assertThat(masked.toString())
                .startsWith("id,created_at,to,from,")
                .doesNotContain("61491570")
                .doesNotContain("Ada")
                .contains(",'=appt,")
                .contains("type=reminder user=456")
                .contains(",0.0515,AUD,")
                .endsWith("\r\n");

        StringBuilder full = new StringBuilder();
        new CsvExport(store).fullNumbers().withTexts().write(CLINIC, MessageQuery.all(), full);
        assertThat(full.toString()).contains(",+61491570156,+61491570006,").contains("\"Your results, \"\"Ada\"\"\"");
        assertThat(full.toString().lines().map(line -> line.split(",").length > 19))
                .containsOnly(true);
    }

    @Test
    void writesEveryMessageOnceWhateverThePage() throws IOException {
        for (int i = 0; i < 2_500; i++) {
            create(i, null, "Hello");
        }
        StringBuilder out = new StringBuilder();
        assertThat(new CsvExport(store).write(CLINIC, MessageQuery.all().limit(3), out))
                .isEqualTo(2_500);
        assertThat(out.toString().lines().skip(1).map(line -> line.substring(0, 13)))
                .hasSize(2_500)
                .doesNotHaveDuplicates();
    }

    @Test
    void saysSoWhenMessagesWerePurgedMeanwhile() {
        for (int i = 0; i < 1_500; i++) {
            create(i, null, "Hello");
        }
        MessageRepository purging = new Purging(store);
        assertThatThrownBy(() -> new CsvExport(purging).write(CLINIC, MessageQuery.all(), new StringBuilder()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("after 1000");
    }

    /** Finds nothing more after the first page. */
    private record Purging(MessageRepository store) implements MessageRepository {
        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            return store.create(tenant, row);
        }

        @Override
        public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
            store.asking(tenant, id, provider, now);
        }

        @Override
        public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
            store.complete(tenant, id, result, now);
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            return Optional.empty();
        }

        @Override
        public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
            return query.before().isPresent() ? List.of() : store.query(tenant, query);
        }
    }

    @Test
    void aMonthlyReportHasItsTotalAndItsSections() throws IOException {
        create(1, null, "Hello");
        create(2, null, "Hello");
        store.create(
                CLINIC,
                MessageRecord.sending(MessageId.next(), CLINIC, NOW)
                        .to(PhoneNumber.of("+12025550123"))
                        .text("Hello")
                        .provider("alpha", null)
                        .segments(2)
                        .cost(Money.of("0.0079", "USD"), Money.of("0.01", "USD"))
                        .build());
        MonthlyReport report = MonthlyReport.of(
                new InMemoryReportRepository(store),
                ReportQuery.of(CLINIC, MessageQuery.all()),
                YearMonth.of(2026, 3),
                ZoneOffset.UTC,
                Dimension.COUNTRY,
                Dimension.label("type"));
        assertThat(report.total().messages()).isEqualTo(3);
        assertThat(report.by(Dimension.COUNTRY)).hasSize(2);
        assertThatThrownBy(() -> report.by(Dimension.PROVIDER)).isInstanceOf(IllegalArgumentException.class);
        StringBuilder out = new StringBuilder();
        report.writeCsv(out);
        List<String> lines = new ArrayList<>(out.toString().lines().toList());
        assertThat(lines)
                .containsExactly(
                        "messages,accepted,rejected,unknown,delivered,failed,segments,"
                                + "estimated_AUD,billed_AUD,cost_AUD,estimated_USD,billed_USD,cost_USD",
                        "3,0,0,0,0,0,4,0.1030,0,0.1030,0.0079,0.01,0.01",
                        "",
                        "country,messages,accepted,rejected,unknown,delivered,failed,segments,"
                                + "estimated_AUD,billed_AUD,cost_AUD,estimated_USD,billed_USD,cost_USD",
                        "AU,2,0,0,0,0,0,2,0.1030,0,0.1030,0,0,0",
                        "US,1,0,0,0,0,0,2,0,0,0,0.0079,0.01,0.01",
                        "",
                        "label:type,messages,accepted,rejected,unknown,delivered,failed,segments,"
                                + "estimated_AUD,billed_AUD,cost_AUD,estimated_USD,billed_USD,cost_USD",
                        ",1,0,0,0,0,0,2,0,0,0,0.0079,0.01,0.01",
                        "reminder,2,0,0,0,0,0,2,0.1030,0,0.1030,0,0,0");
    }
}
