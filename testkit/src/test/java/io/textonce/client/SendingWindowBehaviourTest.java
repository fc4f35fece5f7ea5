package io.textonce.client;

import static io.textonce.sandbox.Behaviour.notTransmitted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.MessageQuery;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The hours in which somebody may be texted, seen from the provider that is asked or isn't. */
class SendingWindowBehaviourTest {

    private static final PhoneNumber AUSTRALIAN = PhoneNumber.of("+61491570156");
    private static final PhoneNumber NEW_YORKER = PhoneNumber.of("+12125550123");
    private static final SendingWindow DAY = SendingWindow.daily(LocalTime.of(8, 0), LocalTime.of(21, 0));

    private final FakeProvider first = FakeProvider.named("first");
    private final FakeProvider second = FakeProvider.named("second");

    private SmsClient.Builder client(VirtualClock clock) {
        return SmsClient.builder().provider(first).provider(second).time(clock).retry(RetryPolicy.none());
    }

    private static VirtualClock clock(String instant) {
        return new VirtualClock(Instant.parse(instant));
    }

    private static SmsMessage.Builder to(PhoneNumber number) {
        return SmsMessage.to(number).text("Sale ends on Friday");
    }

    private SendResult.Rejected quiet(SendResult result) {
        assertThat(result).isInstanceOf(SendResult.Rejected.class);
        SendResult.Rejected rejected = (SendResult.Rejected) result;
        assertThat(rejected.reason()).isEqualTo(Reason.QUIET_HOURS);
        assertThat(rejected.proof()).isEqualTo(Proof.LOCAL_POLICY);
        return rejected;
    }

    @Test
    void aMessageInQuietHoursIsRefusedAndSaysWhenTheyEnd() {
        VirtualClock clock = clock("2026-01-15T12:30:00Z");
        try (SmsClient sms = client(clock).sendingWindow(DAY).build()) {
            SendResult.Rejected rejected = quiet(sms.send(to(NEW_YORKER).build()));
            assertThat(rejected.retryAt()).contains(Instant.parse("2026-01-15T13:00:00Z"));
            assertThat(rejected.explanation())
                    .contains("08:00 to 21:00 in America/New_York", "2026-01-15T13:00:00Z")
                    .doesNotContain("2125550123");
            assertThat(first.submissions()).isEmpty();
            clock.advance(Duration.between(clock.now(), rejected.retryAt().orElseThrow()));
            assertThat(sms.send(to(NEW_YORKER).build()).isAccepted()).isTrue();
        }
    }

    @Test
    void everyZoneThatTheRecipientMayBeInMustBeOpen() {
        // 08:00 in Sydney is 05:00 in Perth; 20:00 in Perth is 23:00 in Sydney.
        VirtualClock clock = clock("2026-01-14T21:00:00Z");
        try (SmsClient sms = client(clock).sendingWindow(DAY).build()) {
            SendResult.Rejected rejected = quiet(sms.send(to(AUSTRALIAN).build()));
            assertThat(rejected.retryAt()).as("08:00 in Perth").contains(Instant.parse("2026-01-15T00:00:00Z"));
            assertThat(sms.send(to(AUSTRALIAN)
                                    .zone(ZoneId.of("Australia/Sydney"))
                                    .build())
                            .isAccepted())
                    .as("who knows better may say so")
                    .isTrue();
            clock.advance(Duration.ofHours(3));
            assertThat(sms.send(to(AUSTRALIAN).build()).isAccepted()).isTrue();
        }
    }

    @Test
    void zonesThatAreNeverOpenTogetherAreSaidToBe() {
        try (SmsClient sms = client(clock("2026-01-15T00:00:00Z"))
                .sendingWindow(SendingWindow.daily(LocalTime.of(9, 0), LocalTime.of(10, 0)))
                .build()) {
            SendResult.Rejected rejected = quiet(sms.send(to(AUSTRALIAN).build()));
            assertThat(rejected.retryAt()).isEmpty();
            assertThat(rejected.explanation()).contains("no time", "name the message's zone");
        }
    }

    @Test
    void aNumberOfNoKnownZoneIsNotSentTo() {
        try (SmsClient sms =
                client(clock("2026-01-15T12:00:00Z")).sendingWindow(DAY).build()) {
            PhoneNumber satellite = PhoneNumber.of("+881612345678");
            SendResult.Rejected rejected = quiet(sms.send(to(satellite).build()));
            assertThat(rejected.retryAt()).isEmpty();
            assertThat(rejected.explanation()).contains("isn't known", "name the message's zone");
            assertThat(sms.send(to(satellite).zone(ZoneId.of("Europe/Oslo")).build())
                            .isAccepted())
                    .isTrue();
        }
    }

    @Test
    void aHostMayKnowTheZonesBetter() {
        VirtualClock clock = clock("2026-01-15T12:30:00Z");
        try (SmsClient sms = client(clock)
                .sendingWindow(DAY)
                .zones(number -> Set.of(ZoneId.of("Europe/Paris")))
                .build()) {
            assertThat(sms.send(to(NEW_YORKER).build()).isAccepted()).isTrue();
        }
        try (SmsClient sms = client(clock)
                .sendingWindow(DAY)
                .zones(number -> {
                    throw new IllegalStateException("the directory is down");
                })
                .build()) {
            assertThatThrownBy(() -> sms.send(to(NEW_YORKER).build()))
                    .isInstanceOf(SmsStoreException.class)
                    .hasMessageContaining("zones");
        }
    }

    @Test
    void onlyTheNamedCategoriesAreHeldBack() {
        try (SmsClient sms = client(clock("2026-01-15T12:30:00Z"))
                .sendingWindow(DAY.only(Category.MARKETING))
                .build()) {
            quiet(sms.send(to(NEW_YORKER).category(Category.MARKETING).build()));
            assertThat(sms.send(to(NEW_YORKER).category(Category.OTP).build()).isAccepted())
                    .isTrue();
        }
    }

    @Test
    void severalWindowsHoldTogether() {
        // A Saturday, 09:30 in New York.
        try (SmsClient sms = client(clock("2026-01-17T14:30:00Z"))
                .sendingWindow(DAY)
                .sendingWindow(SendingWindow.daily(LocalTime.of(9, 0), LocalTime.of(17, 0))
                        .on(
                                DayOfWeek.MONDAY,
                                DayOfWeek.TUESDAY,
                                DayOfWeek.WEDNESDAY,
                                DayOfWeek.THURSDAY,
                                DayOfWeek.FRIDAY)
                        .only(Category.MARKETING))
                .build()) {
            assertThat(sms.send(to(NEW_YORKER).build()).isAccepted()).isTrue();
            assertThat(quiet(sms.send(
                                    to(NEW_YORKER).category(Category.MARKETING).build()))
                            .retryAt())
                    .contains(Instant.parse("2026-01-19T14:00:00Z"));
        }
    }

    @Test
    void aRegionMayHaveOtherHours() {
        SendingWindow window = DAY.inRegion("us", SendingWindow.daily(LocalTime.of(7, 0), LocalTime.of(20, 0)));
        try (SmsClient sms =
                client(clock("2026-01-15T12:30:00Z")).sendingWindow(window).build()) {
            assertThat(sms.send(to(NEW_YORKER).build()).isAccepted())
                    .as("07:30 in New York")
                    .isTrue();
            PhoneNumber jamaican = PhoneNumber.of("+18765550123");
            assertThat(quiet(sms.send(to(jamaican).build())).retryAt())
                    .as("the same country code, another region")
                    .contains(Instant.parse("2026-01-15T13:00:00Z"));
        }
    }

    @Test
    void theClockIsReadAgainBeforeAnotherProviderIsAsked() {
        VirtualClock clock = clock("2026-01-16T01:59:59Z");
        first.script().then(notTransmitted());
        try (SmsClient sms = client(clock)
                .sendingWindow(DAY)
                .listener(new SmsListener() {
                    @Override
                    public void onAttempt(MessageId id, Attempt attempt) {
                        clock.advance(Duration.ofSeconds(1));
                    }
                })
                .build()) {
            SendResult.Rejected rejected = quiet(sms.send(to(NEW_YORKER).build()));
            assertThat(rejected.attempts()).hasSize(1);
            assertThat(second.submissions()).isEmpty();
            assertThat(rejected.retryAt()).contains(Instant.parse("2026-01-16T13:00:00Z"));
        }
    }

    @Test
    void theClockIsReadAgainAfterWaitingForALimit() {
        for (RateLimit.Key key : List.of(RateLimit.Key.EVERYTHING, RateLimit.Key.PROVIDER)) {
            VirtualClock clock = clock("2026-01-16T01:59:30Z");
            FakeProvider provider = FakeProvider.named("only");
            try (SmsClient sms = SmsClient.builder()
                    .provider(provider)
                    .time(clock)
                    .sendingWindow(DAY)
                    .rateLimit(
                            RateLimit.of(1, Duration.ofMinutes(1)).keyedBy(key).waitUpTo(Duration.ofMinutes(2)))
                    .build()) {
                assertThat(sms.send(to(NEW_YORKER).build()).isAccepted()).isTrue();
                quiet(sms.send(to(NEW_YORKER).build()));
                assertThat(clock.now()).as("it did wait").isEqualTo(Instant.parse("2026-01-16T02:00:30Z"));
                assertThat(provider.submissions()).as("by " + key).hasSize(1);
            }
        }
    }

    @Test
    void theRefusalIsRecorded() {
        InMemoryStore store = new InMemoryStore();
        try (SmsClient sms = client(clock("2026-01-15T12:30:00Z"))
                .sendingWindow(DAY)
                .messages(store)
                .build()) {
            SmsMessage message = to(NEW_YORKER).build();
            quiet(sms.send(message));
            assertThat(store.query(message.tenant(), MessageQuery.all()).get(0).reason())
                    .contains(Reason.QUIET_HOURS);
        }
    }

    @Test
    void aRegionThatDoesNotExistIsRefusedWithEverythingElseThatIsWrong() {
        assertThatThrownBy(() -> client(clock("2026-01-15T12:30:00Z"))
                        .sendingWindow(DAY.inRegion("QQ", DAY))
                        .allowCountries("AU", "Mars")
                        .maxSegments(0)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "sendingWindow: region: \"QQ\"", "allowCountries: region: \"MARS\"", "maxSegments: 0");
        assertThatThrownBy(() -> SmsClient.builder().allowCountries()).hasMessageContaining("none is named");
    }
}
