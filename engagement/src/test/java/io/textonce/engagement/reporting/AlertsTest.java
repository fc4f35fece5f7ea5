package io.textonce.engagement.reporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.Alerts.Alert;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AlertsTest {

    private static final TenantId CLINIC = TenantId.of("clinic");
    private static final TenantId SCHOOL = TenantId.of("school");
    private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final InMemoryStore store = new InMemoryStore();
    private final ReportRepository reports = new InMemoryReportRepository(store);
    private final List<Alert> told = new ArrayList<>();

    private Alerts alerts(AlertRule... rules) {
        return Alerts.on(reports, List.of(rules), told::add, clock);
    }

    private MessageRecord spend(TenantId tenant, String amount, String currency) {
        MessageRecord row = MessageRecord.sending(MessageId.next(), tenant, clock.now())
                .to(PhoneNumber.of("+61491570156"))
                .text("Hello")
                .provider("alpha", null)
                .cost(Money.of(amount, currency), null)
                .build();
        store.create(tenant, row);
        return row;
    }

    private void report(MessageRecord row, DeliveryStatus status, Money price) {
        Origin origin = new Origin(row.tenant(), "alpha", "hook", clock.now());
        store.apply(
                row.tenant(),
                List.of(new Entry(
                        DeliveryReport.builder(origin, row.id() + " " + status, status)
                                .messageId(row.id())
                                .price(price)
                                .build(),
                        null)));
    }

    @Test
    void tellsOnceWhenTheDayReachesTheThreshold() {
        Alerts alerts = alerts(AlertRule.cost("spend", Money.of("1", "USD")));
        spend(CLINIC, "0.6", "USD");
        assertThat(alerts.check()).isZero();
        spend(SCHOOL, "0.4", "USD");
        assertThat(alerts.check()).isEqualTo(1);
        spend(SCHOOL, "5", "USD");
        assertThat(alerts.check()).isZero();
        assertThat(told).singleElement().satisfies(alert -> {
            assertThat(alert.period()).isEqualTo(LocalDate.parse("2026-03-10"));
            assertThat(alert.rule().name()).isEqualTo("spend");
            assertThat(alert.sums().messages()).isEqualTo(2);
        });
    }

    @Test
    void aNewDayIsANewChanceAndSoIsAnotherThreshold() {
        AlertRule rule = AlertRule.cost("spend", Money.of("1", "USD"));
        spend(CLINIC, "2", "USD");
        assertThat(alerts(rule).check()).isEqualTo(1);
        assertThat(alerts(AlertRule.cost("spend", Money.of("2", "USD"))).check())
                .isEqualTo(1);
        clock.advance(Duration.ofDays(1));
        assertThat(alerts(rule).check()).isZero();
        spend(CLINIC, "2", "USD");
        assertThat(alerts(rule).check()).isEqualTo(1);
    }

    @Test
    void severalProcessesTellOnce() {
        AlertRule rule = AlertRule.cost("spend", Money.of("1", "USD"));
        spend(CLINIC, "2", "USD");
        Alerts one = alerts(rule);
        Alerts other = alerts(rule);
        assertThat(one.check() + other.check() + one.check()).isEqualTo(1);
    }

    @Test
    void otherCurrenciesAreNotAdded() {
        spend(CLINIC, "0.9", "USD");
        spend(CLINIC, "900", "JPY");
        assertThat(alerts(AlertRule.cost("spend", Money.of("1", "USD"))).check())
                .isZero();
        assertThat(alerts(AlertRule.cost("spend", Money.of("900", "JPY"))).check())
                .isEqualTo(1);
    }

    @Test
    void daysAndMonthsAreThoseOfTheRulesZone() {
        AlertRule daily = AlertRule.cost("day", Money.of("2", "USD")).daily(SYDNEY);
        AlertRule monthly =
                AlertRule.cost("month", Money.of("2", "USD")).monthly(SYDNEY).of(CLINIC);
        spend(CLINIC, "1", "USD");
        spend(SCHOOL, "0.5", "USD");
        clock.advance(Duration.ofHours(2)); // in Sydney it is the 11th since 13:00 UTC
        spend(CLINIC, "1", "USD");
        assertThat(alerts(daily, monthly).check()).isEqualTo(1);
        assertThat(told.get(0).rule().name()).isEqualTo("month");
        assertThat(told.get(0).period()).isEqualTo(LocalDate.parse("2026-03-01"));
        assertThat(told.get(0).sums().messages()).isEqualTo(2);
    }

    @Test
    void aPriceOrAFailureThatComesAfterMidnightStillCountsForItsDay() {
        Alerts alerts = alerts(
                AlertRule.cost("spend", Money.of("1", "USD")),
                AlertRule.failed("failures", 1)
                        .daily(ZoneOffset.UTC)
                        .only(MessageQuery.all().provider("alpha")));
        MessageRecord row = spend(CLINIC, "0.1", "USD");
        assertThat(alerts.check()).isZero();
        clock.advance(Duration.ofHours(20));
        report(row, DeliveryStatus.UNDELIVERED, Money.of("1.5", "USD"));
        assertThat(alerts.check()).isEqualTo(2);
        assertThat(told).allSatisfy(alert -> assertThat(alert.period()).isEqualTo(LocalDate.parse("2026-03-10")));
        assertThat(alerts.check()).isZero();
    }

    @Test
    void aListenerThatThrowsIsToldAgainLater() {
        AlertRule rule = AlertRule.failed("failures", 1);
        report(spend(CLINIC, "1", "USD"), DeliveryStatus.UNDELIVERED, null);
        int[] calls = {0};
        Consumer<Alert> failsOnce = alert -> {
            if (calls[0]++ == 0) {
                throw new IllegalStateException("the pager is broken");
            }
            told.add(alert);
        };
        Alerts alerts = Alerts.on(reports, List.of(rule), failsOnce, clock);
        assertThat(alerts.check()).isZero();
        assertThat(alerts.check()).isZero();
        assertThat(calls[0]).isEqualTo(1);
        clock.advance(Duration.ofMinutes(5));
        assertThat(alerts.check()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(5));
        assertThat(alerts.check()).isZero();
        assertThat(told).hasSize(1);
    }

    @Test
    void aRuleThatCannotBeCheckedKeepsNoOtherFromBeingTold() {
        spend(CLINIC, "2", "USD");
        ReportRepository failsForSchool = new ReportRepository() {
            @Override
            public List<ReportRow> aggregate(ReportQuery query) {
                if (query.tenant().isPresent()) {
                    throw new IllegalStateException("the database is away");
                }
                return reports.aggregate(query);
            }

            @Override
            public boolean claimAlert(AlertKey alert, Instant now, Instant until) {
                return reports.claimAlert(alert, now, until);
            }

            @Override
            public void alertRaised(AlertKey alert) {
                reports.alertRaised(alert);
            }
        };
        AlertRule rule = AlertRule.cost("spend", Money.of("1", "USD"));
        Alerts alerts = Alerts.on(failsForSchool, List.of(rule.of(SCHOOL), rule), told::add, clock);
        assertThat(alerts.check()).isEqualTo(1);
    }

    @Test
    void refusesThresholdsThatMakeNoSense() {
        assertThatThrownBy(() -> AlertRule.cost("spend", Money.of("0", "USD")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AlertRule.failed("failures", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AlertRule.failed(" ", 1)).isInstanceOf(IllegalArgumentException.class);
        AlertRule rule = AlertRule.failed("failures", 1);
        assertThatThrownBy(() -> alerts(rule, AlertRule.failed("failures", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different names");
    }
}
