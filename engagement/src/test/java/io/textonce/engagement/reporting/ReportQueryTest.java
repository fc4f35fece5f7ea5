package io.textonce.engagement.reporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.TenantId;
import io.textonce.engagement.reporting.ReportQuery.Slice;
import io.textonce.store.MessageQuery;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportQueryTest {

    private static final ReportQuery ALL = ReportQuery.of(TenantId.DEFAULT, MessageQuery.all());

    private static List<Slice> days(String first, String last, String zone) {
        return ALL.days(LocalDate.parse(first), LocalDate.parse(last), ZoneId.of(zone))
                .by(Dimension.DAY)
                .slices();
    }

    @Test
    void daysHaveTwentyThreeOrTwentyFiveHoursWhenClocksChange() {
        List<Slice> spring = days("2026-03-28", "2026-03-30", "Europe/Berlin");
        assertThat(Duration.between(spring.get(1).from(), spring.get(2).from())).hasHours(23);
        List<Slice> autumn = days("2026-10-24", "2026-10-26", "Europe/Berlin");
        assertThat(Duration.between(autumn.get(1).from(), autumn.get(2).from())).hasHours(25);
    }

    @Test
    void aDayThatNeverWasIsLeftOut() {
        // Samoa went from the 29th to the 31st, across the date line.
        assertThat(days("2011-12-29", "2011-12-31", "Pacific/Apia"))
                .extracting(Slice::name)
                .containsExactly("2011-12-29", "2011-12-31");
    }

    @Test
    void aDayMayBeginAtOne() {
        // Clocks in Beirut went from midnight to one o'clock.
        assertThat(days("2022-03-26", "2022-03-28", "Asia/Beirut"))
                .extracting(Slice::name)
                .containsExactly("2022-03-26", "2022-03-27", "2022-03-28");
    }

    @Test
    void aMonthHasAllItsDays() {
        assertThat(ALL.month(YearMonth.of(2028, 2), ZoneOffset.UTC)
                        .by(Dimension.DAY)
                        .slices())
                .hasSize(29);
        assertThat(ALL.days(LocalDate.parse("2026-01-15"), LocalDate.parse("2026-03-01"), ZoneOffset.UTC)
                        .by(Dimension.MONTH)
                        .slices())
                .extracting(Slice::name)
                .containsExactly("2026-01", "2026-02", "2026-03");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> ALL.by(Dimension.DAY, Dimension.MONTH)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ALL.by(Dimension.STATE, Dimension.STATE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ALL.by(Dimension.DAY).slices()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> days("2026-01-02", "2026-01-01", "UTC")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> days("2016-01-02", "2026-01-01", "UTC"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("by month");
        assertThatThrownBy(() -> Dimension.label("No Name")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Dimension(Dimension.Kind.DAY, "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
