package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.store.MessageQuery;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What reports on a month of messages take: with {@code -Dtextonce.reports.rows=1000000} the figures of docs/reporting.md. */
class ReportCostTest {

    private static final TenantId CLINIC = TenantId.of("clinic");
    private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");
    private static final int ROWS = Integer.getInteger("textonce.reports.rows", 20_000);

    /** Half of them of one tenant, all over March by UTC. */
    private static final String MESSAGES = """
            insert into textonce_message (tenant, id, created_at, to_number, text, form, category, template_id, labels, segments,
                estimated, estimated_currency, state, due_at, provider, provider_message_id, outcome, attempts,
                provider_segments, billed, billed_currency, status, reports, updated_at)
            select case when i %% 2 = 0 then 'clinic' else 'school' || i %% 9 end, lpad(i::text, 13, '0'),
                timestamptz '2026-03-01T00:00:00Z' + i * (interval '31 days' / %1$d),
                '+1202555' || lpad((100 + i %% 100)::text, 4, '0'), repeat('See you at 10:30. ', 5), 0,
                (array['OTP', 'TRANSACTIONAL', 'MARKETING'])[1 + i %% 3], 'template' || i %% 5,
                'type=' || (array['reminder', 'survey', 'code'])[1 + i %% 3] || chr(10) || 'user=' || i %% 5000 || chr(10),
                1, 0.0079, 'USD', case when i %% 50 = 1 then 'REJECTED' else 'ACCEPTED' end, null,
                (array['twilio', 'sns', 'smsbroadcast'])[1 + i %% 3], 'SM' || md5(i::text),
                case when i %% 50 = 1 then 'REJECTED' else 'ACCEPTED' end, repeat('x', 60), 1,
                case when i %% 50 <> 1 then 0.0075 end, case when i %% 50 <> 1 then 'USD' end,
                case when i %% 50 <> 1 then case when i %% 10 = 2 then 'UNDELIVERED' else 'DELIVERED' end end, '0=DELIVERED',
                timestamptz '2026-03-01T00:00:00Z' + i * (interval '31 days' / %1$d) + (i %% 40) * interval '1 second'
            from generate_series(0, %1$d - 1) i
            """;

    private static List<ReportRow> timed(String what, ReportRepository reports, ReportQuery query) {
        List<ReportRow> rows = List.of();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long begin = System.nanoTime();
            rows = reports.aggregate(query);
            best = Math.min(best, System.nanoTime() - begin);
        }
        System.out.println(String.format(
                Locale.ROOT, "%,d messages, %s: %,d rows, %,d ms", ROWS, what, rows.size(), best / 1_000_000));
        return rows;
    }

    @Test
    void aMonthIsSummedUpInTheDatabase() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            Databases.run(database, String.format(Locale.ROOT, MESSAGES, ROWS));
            Databases.run(database, "vacuum analyze textonce_message");
            ReportRepository reports = JdbcEngagement.on(JdbcStore.of(database)).reports();
            ReportQuery everybody = ReportQuery.ofAllTenants(MessageQuery.all())
                    .days(LocalDate.parse("2026-02-28"), LocalDate.parse("2026-04-02"), SYDNEY);
            ReportQuery march = ReportQuery.of(CLINIC, MessageQuery.all()).month(YearMonth.of(2026, 3), SYDNEY);
            assertThat(timed("total of all tenants", reports, everybody).get(0).messages())
                    .isEqualTo(ROWS);
            timed(
                    "by tenant, provider, category",
                    reports,
                    everybody.by(Dimension.TENANT, Dimension.PROVIDER, Dimension.CATEGORY));
            List<ReportRow> days = timed("by day, all tenants", reports, everybody.by(Dimension.DAY));
            assertThat(days).hasSize(32);
            assertThat(days.stream().mapToLong(ReportRow::messages).sum()).isEqualTo(ROWS);
            timed(
                    "by day, provider, country and type of one tenant",
                    reports,
                    march.by(Dimension.DAY, Dimension.PROVIDER, Dimension.COUNTRY, Dimension.label("type")));
            timed(
                    "one day of one tenant by provider",
                    reports,
                    ReportQuery.of(CLINIC, MessageQuery.all())
                            .days(LocalDate.parse("2026-03-10"), LocalDate.parse("2026-03-10"), SYDNEY)
                            .by(Dimension.PROVIDER));
            timed(
                    "today of all tenants, as alerts ask",
                    reports,
                    ReportQuery.ofAllTenants(MessageQuery.all())
                            .days(LocalDate.parse("2026-03-31"), LocalDate.parse("2026-03-31"), SYDNEY));
            timed(
                    "one user's reminders",
                    reports,
                    ReportQuery.of(
                                    CLINIC,
                                    MessageQuery.all().label("user", "456").label("type", "reminder"))
                            .by(Dimension.STATUS));
        }
    }
}
