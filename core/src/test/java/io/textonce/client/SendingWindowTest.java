package io.textonce.client;

import static java.time.DayOfWeek.FRIDAY;
import static java.time.DayOfWeek.MONDAY;
import static java.time.DayOfWeek.SATURDAY;
import static java.time.DayOfWeek.SUNDAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Category;
import io.textonce.SmsMessage;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SendingWindowTest {

    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
    private static final ZoneId LONDON = ZoneId.of("Europe/London");
    private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static LocalTime time(String text) {
        return LocalTime.parse(text);
    }

    private static SendingWindow daily(String from, String to) {
        return SendingWindow.daily(time(from), time(to));
    }

    private static Instant at(String instant) {
        return Instant.parse(instant);
    }

    @Test
    void theOpeningIsInsideAndTheClosingIsNot() {
        SendingWindow window = daily("08:00", "21:00");
        assertThat(window.isOpen(NEW_YORK, at("2026-01-15T12:59:59.999Z"))).isFalse();
        assertThat(window.isOpen(NEW_YORK, at("2026-01-15T13:00:00Z"))).isTrue();
        assertThat(window.isOpen(NEW_YORK, at("2026-01-16T01:59:59.999Z"))).isTrue();
        assertThat(window.isOpen(NEW_YORK, at("2026-01-16T02:00:00Z"))).isFalse();
        assertThat(window.nextOpening(NEW_YORK, at("2026-01-16T02:00:00Z"))).isEqualTo(at("2026-01-16T13:00:00Z"));
    }

    @Test
    void quietHoursAreTheRestOfTheDay() {
        SendingWindow window = SendingWindow.exceptQuietHours(time("21:00"), time("08:00"));
        assertThat(window.isOpen(LONDON, at("2026-01-15T20:59:59Z"))).isTrue();
        assertThat(window.isOpen(LONDON, at("2026-01-15T21:00:00Z"))).isFalse();
        assertThat(window.nextOpening(LONDON, at("2026-01-15T21:00:00Z"))).isEqualTo(at("2026-01-16T08:00:00Z"));
    }

    @Test
    void aWindowAcrossMidnightBelongsToTheDayOnWhichItOpens() {
        SendingWindow window = daily("22:00", "02:00").on(FRIDAY);
        assertThat(window.isOpen(LONDON, at("2026-01-16T21:59:00Z"))).isFalse();
        assertThat(window.isOpen(LONDON, at("2026-01-16T22:00:00Z"))).isTrue();
        assertThat(window.isOpen(LONDON, at("2026-01-17T01:59:59Z"))).isTrue();
        assertThat(window.isOpen(LONDON, at("2026-01-17T02:00:00Z"))).isFalse();
        assertThat(window.isOpen(LONDON, at("2026-01-16T01:00:00Z")))
                .as("Thursday's night")
                .isFalse();
        assertThat(window.nextOpening(LONDON, at("2026-01-17T02:00:00Z"))).isEqualTo(at("2026-01-23T22:00:00Z"));
    }

    @Test
    void anOpeningThatSummerTimeSkipsIsPutOffToWhereTheClockGoesOn() {
        // New York, 8 March 2026: after 01:59 comes 03:00, which is 07:00 UTC.
        SendingWindow window = daily("02:30", "05:00");
        assertThat(window.nextOpening(NEW_YORK, at("2026-03-08T06:00:00Z"))).isEqualTo(at("2026-03-08T07:00:00Z"));
        assertThat(daily("02:10", "02:50").nextOpening(NEW_YORK, at("2026-03-08T06:00:00Z")))
                .as("all of it is skipped: the day after")
                .isEqualTo(at("2026-03-09T06:10:00Z"));
    }

    @Test
    void aClosingThatSummerTimeSkipsIsWhereTheClockGoesOn() {
        SendingWindow window = daily("00:00", "02:30");
        assertThat(window.isOpen(NEW_YORK, at("2026-03-08T06:59:59Z"))).isTrue();
        assertThat(window.isOpen(NEW_YORK, at("2026-03-08T07:00:00Z"))).isFalse();
    }

    @Test
    void anHourThatIsRepeatedCountsBothTimes() {
        // London, 25 October 2026: 01:00 to 02:00 comes twice, from 00:00 and from 01:00 UTC.
        SendingWindow night = daily("01:30", "06:00");
        assertThat(night.isOpen(LONDON, at("2026-10-25T00:30:00Z"))).isTrue();
        assertThat(night.isOpen(LONDON, at("2026-10-25T01:00:00Z")))
                .as("01:00 again")
                .isFalse();
        assertThat(night.nextOpening(LONDON, at("2026-10-25T01:00:00Z"))).isEqualTo(at("2026-10-25T01:30:00Z"));
        SendingWindow evening = daily("20:00", "01:30");
        assertThat(evening.isOpen(LONDON, at("2026-10-25T00:30:00Z"))).isFalse();
        assertThat(evening.nextOpening(LONDON, at("2026-10-25T00:30:00Z")))
                .as("the clock shows 01:00 again")
                .isEqualTo(at("2026-10-25T01:00:00Z"));
        assertThat(evening.isOpen(LONDON, at("2026-10-25T01:30:00Z"))).isFalse();
    }

    @Test
    void halfAnHourOfSummerTimeIsRightToo() {
        // Lord Howe: from +10:30 to +11 on 4 October 2026 at 02:00, back on 5 April 2026 at 02:00.
        SendingWindow window = daily("02:15", "03:00");
        assertThat(window.nextOpening(LORD_HOWE, at("2026-10-03T15:00:00Z")))
                .as("after 01:59 comes 02:30")
                .isEqualTo(at("2026-10-03T15:30:00Z"));
        SendingWindow back = daily("01:45", "01:50");
        assertThat(back.nextOpening(LORD_HOWE, at("2026-04-04T14:50:00Z"))).isEqualTo(at("2026-04-04T15:15:00Z"));
    }

    @Test
    void hoursMayDifferFromDayToDay() {
        SendingWindow texas = daily("09:00", "21:00")
                .on(EnumSet.range(MONDAY, SATURDAY).toArray(new DayOfWeek[0]))
                .or(daily("12:00", "21:00").on(SUNDAY));
        ZoneId chicago = ZoneId.of("America/Chicago");
        assertThat(texas.isOpen(chicago, at("2026-01-17T15:00:00Z")))
                .as("Saturday at nine")
                .isTrue();
        assertThat(texas.isOpen(chicago, at("2026-01-18T15:00:00Z")))
                .as("Sunday at nine")
                .isFalse();
        assertThat(texas.nextOpening(chicago, at("2026-01-18T15:00:00Z"))).isEqualTo(at("2026-01-18T18:00:00Z"));
        assertThat(texas)
                .hasToString("SendingWindow[09:00 to 21:00 on monday, tuesday, wednesday, thursday, friday,"
                        + " saturday or 12:00 to 21:00 on sunday]");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> daily("08:00", "08:00")).hasMessageContaining("opens and closes at 08:00");
        assertThatThrownBy(() -> SendingWindow.exceptQuietHours(time("00:00"), time("00:00")))
                .hasMessageContaining("give two times");
        assertThatThrownBy(() -> daily("08:00", "20:00").on()).hasMessageContaining("name at least one");
        assertThatThrownBy(() -> daily("08:00", "20:00").inRegion("FRA", daily("08:00", "20:00")))
                .hasMessageContaining("two letters");
        assertThat(daily("00:00", "00:00").isOpen(LONDON, at("2026-01-15T23:59:59Z")))
                .isTrue();
        assertThat(daily("08:00", "20:00").only(Category.OTP).holdsFor(marketing()))
                .isFalse();
    }

    private static SmsMessage marketing() {
        return SmsMessage.to("+61491570156")
                .text("Hello")
                .category(Category.MARKETING)
                .build();
    }

    /** What is open on a day, laid out in the clock's own time, day by day. */
    private record Layout(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
        boolean shows(LocalDateTime clock) {
            for (LocalDate day = clock.toLocalDate().minusDays(1);
                    !day.isAfter(clock.toLocalDate());
                    day = day.plusDays(1)) {
                LocalDateTime opens = day.atTime(from);
                LocalDateTime closes = (to.isAfter(from) ? day : day.plusDays(1)).atTime(to);
                if (days.contains(day.getDayOfWeek()) && !clock.isBefore(opens) && clock.isBefore(closes)) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void agreesWithAClockThatIsReadMinuteByMinuteAroundEveryChange() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        List<ZoneId> zones = List.of(
                NEW_YORK,
                LONDON,
                LORD_HOWE,
                ZoneId.of("America/Havana"),
                ZoneId.of("Asia/Beirut"),
                ZoneId.of("America/Scoresbysund"),
                ZoneId.of("Asia/Kathmandu"));
        for (int round = 0; round < 400; round++) {
            ZoneId zone = zones.get(random.nextInt(zones.size()));
            LocalTime from = LocalTime.of(random.nextInt(24), random.nextInt(4) * 15);
            LocalTime to = from.plusMinutes(15 + 15L * random.nextInt(90));
            Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
            while (days.isEmpty()) {
                for (DayOfWeek day : DayOfWeek.values()) {
                    if (random.nextInt(4) > 0) {
                        days.add(day);
                    }
                }
            }
            SendingWindow window = SendingWindow.daily(from, to).on(days.toArray(new DayOfWeek[0]));
            Layout layout = new Layout(days, from, to);
            Instant any = at("2026-01-01T00:00:00Z").plusSeconds(60L * random.nextInt(700_000));
            var change = zone.getRules().nextTransition(any);
            Instant start = change == null || random.nextInt(4) == 0
                    ? any
                    : change.getInstant().minusSeconds(60L * random.nextInt(3000));
            String what = "seed " + seed + ", " + window + " in " + zone + " from " + start;
            Instant expected = null;
            Instant minute = start;
            for (int i = 0; i <= 8 * 24 * 60 && expected == null; i++, minute = minute.plus(MINUTE)) {
                boolean open = layout.shows(LocalDateTime.ofInstant(minute, zone));
                assertThat(window.isOpen(zone, minute))
                        .as(what + " at " + minute)
                        .isEqualTo(open);
                expected = open ? minute : null;
            }
            assertThat(window.nextOpening(zone, start)).as(what).isEqualTo(expected);
        }
    }
}
