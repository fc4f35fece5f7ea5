package io.textonce.example.platform;

import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.MonthlyReport;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.example.platform.Caller.Role;
import io.textonce.store.MessageQuery;
import java.io.IOException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was sent, what came of it, what it cost. */
@RestController
@RequestMapping("/api/sms")
final class ReportsApi {

    private static final Map<String, Dimension> BY = Map.of(
            "day", Dimension.DAY,
            "provider", Dimension.PROVIDER,
            "type", Dimension.label(Composer.KIND),
            "country", Dimension.COUNTRY,
            "state", Dimension.STATE,
            "status", Dimension.STATUS,
            "template", Dimension.TEMPLATE,
            "campaign", Dimension.label("campaign"),
            "variant", Dimension.label("variant"),
            "user", Dimension.label(Composer.USER));

    private final ReportRepository reports;
    private final Settings settings;

    ReportsApi(ReportRepository reports, Settings settings) {
        this.reports = reports;
        this.settings = settings;
    }

    /** The last day counts too. */
    @GetMapping("/stats")
    List<Map<String, Object>> stats(
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
            @RequestParam("start_date") LocalDate first,
            @RequestParam("end_date") LocalDate last,
            @RequestParam(name = "by", defaultValue = "") List<String> by) {
        Check check = new Check();
        by.stream()
                .filter(each -> !BY.containsKey(each))
                .forEach(each -> check.problem("by", each + " is none of " + BY.keySet()));
        ReportQuery query = check.attempt("end_date", () -> ReportQuery.of(caller.tenant(), caller.visible())
                .days(first, last, settings.zone()));
        check.done();
        ReportQuery told = Objects.requireNonNull(query).by(by.stream().map(BY::get).toArray(Dimension[]::new));
        return rows(reports.aggregate(told), by);
    }

    /** By provider and type; for operators of all tenants, and by tenant. */
    @GetMapping("/costs/{month}")
    Map<String, Object> costs(
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("month") YearMonth month) {
        MonthlyReport report = month(caller, month);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("month", month.toString());
        answer.put("total", row(report.total(), List.of()));
        answer.put("by_provider", rows(report.by(Dimension.PROVIDER), List.of("provider")));
        answer.put("by_type", rows(report.by(Objects.requireNonNull(BY.get("type"))), List.of("type")));
        answer.put("by_tenant", rows(report.by(Dimension.TENANT), List.of("tenant")));
        return answer;
    }

    @GetMapping(path = "/costs/{month}.csv", produces = "text/csv")
    String csv(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("month") YearMonth month)
            throws IOException {
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
                reports,
                query,
                month,
                settings.zone(),
                Dimension.PROVIDER,
                Objects.requireNonNull(BY.get("type")),
                Dimension.TENANT);
    }

    private static List<Map<String, Object>> rows(List<ReportRow> rows, List<String> by) {
        return rows.stream().map(each -> row(each, by)).toList();
    }

    private static Map<String, Object> row(ReportRow row, List<String> by) {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (int i = 0; i < by.size(); i++) {
            shown.put(by.get(i), row.value(row.dimensions().get(i)).orElse(""));
        }
        shown.put("messages", row.messages());
        shown.put("accepted", row.accepted());
        shown.put("delivered", row.delivered());
        shown.put("failed", row.failed());
        shown.put("segments", row.segments());
        row.deliveryRate().ifPresent(rate -> shown.put("delivery_rate", rate));
        row.deliveredWithin(50).ifPresent(median -> shown.put("median_delivery_seconds", median.toSeconds()));
        shown.put("cost", row.cost().stream().map(MessagesApi::money).toList());
        return shown;
    }
}
