package io.textonce.checks.snippets;

import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.AlertRule;
import io.textonce.engagement.reporting.Alerts;
import io.textonce.engagement.reporting.CsvExport;
import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.MonthlyReport;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.jdbc.JdbcStore;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import java.io.IOException;
import java.io.Writer;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The code of docs/reporting.md and engagement/README.md. */
final class ReportingSnippets {

    private ReportingSnippets() {}

    static void statistics(JdbcStore store, TenantId tenant) {
        // spotless:off
        ReportRepository reports = JdbcEngagement.on(store).reports();
        ZoneId zone = ZoneId.of("Australia/Sydney");

        ReportQuery march = ReportQuery.of(tenant, MessageQuery.all())
                .month(YearMonth.of(2026, 3), zone)
                .by(Dimension.DAY, Dimension.PROVIDER);
        for (ReportRow row : reports.aggregate(march)) {
            System.out.println(row.value(Dimension.DAY).orElse("") + ": " + row.messages() + " sent, " + row.failed()
                    + " failed, " + row.cost());
        }
        // spotless:on
    }

    static void oneUser(JdbcStore store, ReportRepository reports, TenantId tenant) {
        // spotless:off
        MessageQuery reminders = MessageQuery.all().label("type", "reminder").label("user", "456");
        List<MessageRecord> messages = store.query(tenant, reminders.limit(50));
        ReportRow sums = reports.aggregate(ReportQuery.of(tenant, reminders)).get(0);
        // spotless:on
        System.out.println(messages.size() + " of " + sums.messages());
    }

    static void month(ReportRepository reports, TenantId tenant, ZoneId zone, Writer file) throws IOException {
        // spotless:off
        MonthlyReport report = MonthlyReport.of(
                reports,
                ReportQuery.of(tenant, MessageQuery.all()),
                YearMonth.of(2026, 3),
                zone,
                Dimension.PROVIDER,
                Dimension.COUNTRY,
                Dimension.label("type"));
        report.writeCsv(file);
        // spotless:on
    }

    static void alerts(
            ReportRepository reports,
            TenantId tenant,
            ZoneId zone,
            Consumer<Alerts.Alert> pager,
            ScheduledExecutorService scheduler) {
        // spotless:off
        Alerts alerts = Alerts.on(
                reports,
                List.of(
                        AlertRule.cost("spend", Money.of("50", "USD")).daily(zone),
                        AlertRule.cost("spend", Money.of("500", "USD"))
                                .monthly(zone)
                                .of(tenant),
                        AlertRule.failed("failures", 100).daily(zone)),
                pager);
        scheduler.scheduleWithFixedDelay(alerts::check, 1, 1, TimeUnit.MINUTES);
        // spotless:on
    }

    static void export(JdbcStore store, TenantId tenant, ZoneId zone, Writer file) throws IOException {
        // spotless:off
        new CsvExport(store).write(tenant, MessageQuery.all().label("user", "456"), file); // masked, without texts
        new CsvExport(store)
                .fullNumbers()
                .withTexts()
                .write(
                        tenant,
                        MessageQuery.all()
                                .from(LocalDate.of(2026, 3, 1)
                                        .atStartOfDay(zone)
                                        .toInstant()),
                        file);
        // spotless:on
    }
}
