package io.textonce.engagement.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.client.SendingWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The hours of recipients hold for campaigns, also on the days on which clocks are changed. */
class CampaignWindowTest {

    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
    private static final ZoneId LOS_ANGELES = ZoneId.of("America/Los_Angeles");

    /** When each message went out, in steps of a quarter of an hour. */
    private static List<Instant> sent(Instant start, SendingWindow window, SendingWindow narrower, ZoneId... zones) {
        List<Instant> sent = new ArrayList<>();
        try (Bench bench =
                new Bench(start, client -> client.sendingWindow(window).sendingWindow(narrower))) {
            List<Recipient> all = new ArrayList<>();
            for (int i = 0; i < zones.length; i++) {
                all.add(Bench.recipient(i).zone(zones[i]).build());
            }
            bench.campaigns.launch(Bench.campaign(all).build());
            bench.run();
            for (int quarter = 0; quarter < 4 * 40; quarter++) {
                while (sent.size() < bench.texts().size()) {
                    sent.add(bench.clock.now());
                }
                bench.pass(Duration.ofMinutes(15));
            }
            assertThat(bench.progress().state()).isEqualTo(CampaignState.COMPLETED);
        }
        return sent;
    }

    private static SendingWindow daily(int from, int to) {
        return SendingWindow.daily(LocalTime.of(from, 0), LocalTime.of(to, 0));
    }

    private static Instant at(LocalDate day, int hour, ZoneId zone) {
        return day.atTime(hour, 0).atZone(zone).toInstant();
    }

    @Test
    void C4_eachRecipientsOwnHoursHoldAndACampaignMayNarrowThem() {
        LocalDate day = LocalDate.of(2026, 3, 3);
        Instant night = at(day, 3, NEW_YORK);
        SendingWindow narrower = daily(10, 12).onlyLabelled(Campaign.LABEL, "spring");
        assertThat(sent(night, daily(8, 21), narrower, NEW_YORK, LOS_ANGELES))
                .containsExactly(at(day, 10, NEW_YORK), at(day, 10, LOS_ANGELES));
        SendingWindow another = daily(10, 12).onlyLabelled(Campaign.LABEL, "summer");
        assertThat(sent(night, daily(8, 21), another, NEW_YORK, LOS_ANGELES))
                .containsExactly(at(day, 8, NEW_YORK), at(day, 8, LOS_ANGELES));
    }

    @Test
    void C4_anHourThatSummerTimeSkipsOpensWhenTheClockGoesOn() {
        LocalDate spring = LocalDate.of(2026, 3, 8); // 02:00 becomes 03:00
        SendingWindow night = SendingWindow.daily(LocalTime.of(2, 30), LocalTime.of(5, 0));
        assertThat(sent(at(spring, 0, NEW_YORK), night, daily(0, 23), NEW_YORK))
                .containsExactly(at(spring, 3, NEW_YORK))
                .containsExactly(at(spring, 0, NEW_YORK).plus(Duration.ofHours(2)));
    }

    @Test
    void C4_anHourThatComesTwiceIsOpenBothTimesAndNobodyGetsTwo() {
        LocalDate autumn = LocalDate.of(2026, 11, 1); // 02:00 becomes 01:00
        SendingWindow early = SendingWindow.daily(LocalTime.of(1, 0), LocalTime.of(2, 0));
        Instant midnight = at(autumn, 0, NEW_YORK);
        assertThat(sent(midnight, early, daily(0, 23), NEW_YORK, NEW_YORK))
                .containsExactly(midnight.plus(Duration.ofHours(1)), midnight.plus(Duration.ofHours(1)));
        // Launched after the first of the two hours has begun to come again.
        Instant second = midnight.plus(Duration.ofMinutes(135));
        assertThat(sent(second, early, daily(0, 23), NEW_YORK)).containsExactly(second);
    }
}
