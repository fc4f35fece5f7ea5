package io.textonce.example.platform;

import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.MonthlyReport;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.example.platform.Caller.Role;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.store.MessageQuery;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was sent, what came of it, what it cost. */
@RestController
@RequestMapping("/api/sms")
record ReportsApi(JdbcEngagement engagement, Settings settings) {

    private static final Dimension TYPE = Dimension.label(Composer.KIND);

    private static final Map<String, Dimension> BY = Map.of(
            "day", Dimension.DAY,
            "provider", Dimension.PROVIDER,
            "type", TYPE,
            "country", Dimension.COUNTRY,
            "state", Dimension.STATE,
            "status", Dimension.STATUS,
            "template", Dimension.TEMPLATE,
            "campaign", Dimension.label("campaign"),
            "variant", Dimension.label("variant"),
            "user", Dimension.label(Composer.USER));

    /** The last day counts too. */
    @GetMapping("/stats")
    List<Shown> stats(
            @RequestAttribute Caller caller,
            @RequestParam("start_date") LocalDate first,
            @RequestParam("end_date") LocalDate last,
            @RequestParam(name = "by", defaultValue = "") List<String> by) {
        Check check = new Check();
        by.stream()
                .filter(each -> !BY.containsKey(each))
                .forEach(each -> check.problem("by", each + " is none of " + BY.keySet()));
        ReportQuery query = check.attempt(
                "end_date",
                () -> ReportQuery.of(caller.tenant(), caller.visible()).days(first, last, settings.zone()));
        ReportQuery told = check.done(query).by(by.stream().map(BY::get).toArray(Dimension[]::new));
        return rows(engagement.reports().aggregate(told), by);
    }

    /** By provider and type; for operators of all tenants, and by tenant. */
    @GetMapping("/costs/{month}")
    Shown costs(@RequestAttribute Caller caller, @PathVariable YearMonth month) {
        MonthlyReport report = month(caller, month);
        return new Shown()
                .with("month", month.toString())
                .with("total", row(report.total(), List.of()))
                .with("by_provider", rows(report.by(Dimension.PROVIDER), List.of("provider")))
                .with("by_type", rows(report.by(TYPE), List.of("type")))
                .with("by_tenant", rows(report.by(Dimension.TENANT), List.of("tenant")));
    }

    @GetMapping(path = "/costs/{month}.csv", produces = "text/csv")
    String csv(@RequestAttribute Caller caller, @PathVariable YearMonth month) throws IOException {
        StringBuilder text = new StringBuilder();
        month(caller, month).writeCsv(text);
        return text.toString();
    }

    private MonthlyReport month(Caller caller, YearMonth month) {
        caller.mustBe(Role.ADMIN);
        ReportQuery query = caller.role() == Role.OPERATOR
                ? ReportQuery.ofAllTenants(MessageQuery.all())
                : ReportQuery.of(caller.tenant(), MessageQuery.all());
        return MonthlyReport.of(
                engagement.reports(), query, month, settings.zone(), Dimension.PROVIDER, TYPE, Dimension.TENANT);
    }

    private static List<Shown> rows(List<ReportRow> rows, List<String> by) {
        return rows.stream().map(each -> row(each, by)).toList();
    }

    private static Shown row(ReportRow row, List<String> by) {
        Shown shown = new Shown();
        for (int i = 0; i < by.size(); i++) {
            shown.with(by.get(i), row.value(row.dimensions().get(i)).orElse(""));
        }
        return shown.with("messages", row.messages())
                .with("accepted", row.accepted())
                .with("delivered", row.delivered())
                .with("failed", row.failed())
                .with("segments", row.segments())
                .with("delivery_rate", row.deliveryRate())
                .with("median_delivery_seconds", row.deliveredWithin(50).map(Duration::toSeconds))
                .with("cost", row.cost().stream().map(Shown::text).toList());
    }
}
