package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Money;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {

    @Test
    void readsAnEventOfEndUserMessagingWhole() throws Exception {
        DeliveryReport report = report(Fixtures.text("event-delivered.json"));
        assertThat(report.status()).isEqualTo(DeliveryStatus.DELIVERED);
        assertThat(report.providerStatus()).isEqualTo("TEXT_DELIVERED");
        assertThat(report.messageId().orElseThrow().value()).isEqualTo("0123456789abc");
        assertThat(report.providerMessageId()).contains("567f41de-8e41-4717-b839-0a2d77cf0edf");
        assertThat(report.recipient()).contains(PhoneNumber.of("+12025550123"));
        assertThat(report.segments()).hasValue(2);
        assertThat(report.price()).contains(Money.of("0.0226", "USD"));
        assertThat(report.occurredAt()).contains(Instant.ofEpochMilli(1_795_262_400_123L));
        assertThat(report.reason()).isEmpty();
        assertThat(report.origin()).isEqualTo(Fixtures.origin());
    }

    @ParameterizedTest
    @CsvSource({
        "TEXT_QUEUED, false, QUEUED, ",
        "TEXT_PENDING, false, QUEUED, ",
        "TEXT_SENT, false, SENT, ",
        "TEXT_SUCCESSFUL, false, SENT, ",
        "TEXT_SUCCESSFUL, true, SENT, ",
        "TEXT_DELIVERED, true, DELIVERED, ",
        "TEXT_BLOCKED, true, UNDELIVERED, BLOCKED",
        "TEXT_CARRIER_BLOCKED, true, UNDELIVERED, BLOCKED",
        "TEXT_SPAM, true, UNDELIVERED, BLOCKED",
        "TEXT_PROTECT_BLOCKED, true, UNDELIVERED, BLOCKED",
        "TEXT_INVALID, true, UNDELIVERED, RECIPIENT",
        "TEXT_INVALID_MESSAGE, true, UNDELIVERED, CONTENT",
        "TEXT_UNREACHABLE, true, UNDELIVERED, OTHER",
        "TEXT_UNREACHABLE, false, QUEUED, ",
        "TEXT_CARRIER_UNREACHABLE, true, UNDELIVERED, UNAVAILABLE",
        "TEXT_CARRIER_UNREACHABLE, false, QUEUED, ",
        "TEXT_TTL_EXPIRED, true, EXPIRED, EXPIRED",
        "TEXT_UNKNOWN, true, OTHER, ",
        "TEXT_SOMETHING_NEW, true, OTHER, "
    })
    void knowsEachTypeAndWhetherItIsTheLastWord(String type, boolean last, DeliveryStatus status, Reason reason)
            throws Exception {
        DeliveryReport report = report(Fixtures.text("event-delivered.json")
                .replace("TEXT_DELIVERED", type)
                .replace("\"isFinal\":true", "\"isFinal\":" + last));
        assertThat(report.status()).isEqualTo(status);
        assertThat(report.reason()).isEqualTo(Optional.ofNullable(reason));
    }

    @Test
    void knowsEachTextEventOfAwsModel() {
        Fixtures.json("sms_voice_v2_model.json").at("/shapes/EventType/enum").forEach(each -> {
            String type = each.asText();
            if (type.startsWith("TEXT_") && !type.equals("TEXT_ALL") && !type.equals("TEXT_UNKNOWN")) {
                try {
                    assertThat(report(Fixtures.text("event-delivered.json").replace("TEXT_DELIVERED", type))
                                    .status())
                            .as(type)
                            .isNotEqualTo(DeliveryStatus.OTHER);
                } catch (Events.TooLargeException impossible) {
                    throw new AssertionError(impossible);
                }
            }
        });
    }

    @Test
    void tellsAPassingFailureFromTheLastWordByItsId() throws Exception {
        String event = Fixtures.text("event-delivered.json").replace("TEXT_DELIVERED", "TEXT_UNREACHABLE");
        String passing = event.replace("\"isFinal\":true", "\"isFinal\":false");
        assertThat(report(event).id()).isNotEqualTo(report(passing).id());
        assertThat(report(event).id()).isEqualTo(report(event).id());
    }

    @Test
    void readsAnEventWithinAnEventOfEventBridge() throws Exception {
        String inner =
                Fixtures.text("event-delivered.json").replace("\"destinationPhoneNumber\":\"+12025550123\",", "");
        DeliveryReport report =
                report("{\"version\":\"0\",\"id\":\"e1\",\"detail-type\":\"Text Message Delivery Status Updated\","
                        + "\"source\":\"aws.sms-voice\",\"account\":\"123456789012\",\"detail\":" + inner + "}");
        assertThat(report.status()).isEqualTo(DeliveryStatus.DELIVERED);
        assertThat(report.recipient()).isEmpty();
        assertThat(report.messageId()).isPresent();
    }

    @Test
    void readsARecordOfTheDeliveryLog() throws Exception {
        DeliveryReport report = report(Fixtures.text("log-delivered.json"));
        assertThat(report.status()).isEqualTo(DeliveryStatus.DELIVERED);
        assertThat(report.providerMessageId()).contains("34d9b400-c6dd-5444-820d-fbeb0f1f54cf");
        assertThat(report.messageId()).isEmpty();
        assertThat(report.price()).contains(Money.of("0.00645", "USD"));
        assertThat(report.occurredAt()).contains(Instant.parse("2026-11-21T12:00:34.558Z"));
        assertThat(report.segments()).hasValue(1);
        assertThat(report.recipient()).contains(PhoneNumber.of("+12025550123"));
    }

    @Test
    void takesAcceptanceByTheCarrierForSent() throws Exception {
        String log = Fixtures.text("log-delivered.json").replace(",\"dwellTimeMsUntilDeviceAck\":1344", "");
        assertThat(report(log).status()).isEqualTo(DeliveryStatus.SENT);
    }

    @ParameterizedTest
    @CsvSource({
        "Blocked as spam by phone carrier, BLOCKED",
        "Phone carrier has blocked this message, BLOCKED",
        "Destination is on a blocked list, BLOCKED",
        "Destination is blacklisted, BLOCKED",
        "Phone is on a blocked list, BLOCKED",
        "Phone has blocked SMS, BLOCKED",
        "Invalid phone number, RECIPIENT",
        "Message body is invalid, CONTENT",
        "Phone carrier is currently unreachable/unavailable, UNAVAILABLE",
        "Phone is currently unreachable/unavailable, OTHER",
        "Phone number is opted out, OPTED_OUT",
        "PHONE NUMBER IS OPTED OUT, OPTED_OUT",
        "This delivery would exceed max price, BUDGET",
        "Unknown error attempting to reach phone, OTHER",
        "Something new about +12025550123, OTHER"
    })
    void knowsWhyALogSaysFailure(String text, Reason reason) throws Exception {
        DeliveryReport report =
                report(Fixtures.text("log-failed.json").replace("Unknown error attempting to reach phone", text));
        assertThat(report.status()).isEqualTo(DeliveryStatus.UNDELIVERED);
        assertThat(report.reason()).contains(reason);
        assertThat(report.providerCode().orElse("")).doesNotContain("2025550123");
    }

    @Test
    void readsLogsAsCloudWatchPacksThem() throws Exception {
        String wrapper = wrapper(Fixtures.text("log-delivered.json"), Fixtures.text("log-failed.json"));
        byte[] packed = gzip(wrapper);
        String base64 = Base64.getEncoder().encodeToString(packed);
        for (byte[] body : List.of(
                utf8(wrapper),
                packed,
                utf8(base64),
                utf8("{\"awslogs\":{\"data\":\"" + base64 + "\"}}"),
                utf8("[{\"awslogs\":{\"data\":\"" + base64 + "\"}}]"))) {
            List<SmsEvent> events = Events.ofForwarded(body, Fixtures.origin());
            assertThat(events).hasSize(2).allMatch(DeliveryReport.class::isInstance);
        }
        String lines = Fixtures.text("log-delivered.json") + "\n" + Fixtures.text("log-failed.json") + "\n";
        assertThat(Events.ofForwarded(utf8(lines), Fixtures.origin())).hasSize(2);
    }

    @Test
    void saysNothingToATrialOfCloudWatch() throws Exception {
        String wrapper = "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"id\":\"\",\"timestamp\":1,"
                + "\"message\":\"CWL CONTROL MESSAGE: Checking health of destination\"}]}";
        assertThat(Events.ofForwarded(utf8(wrapper), Fixtures.origin())).isEmpty();
    }

    @Test
    void unpacksNoBomb() throws Exception {
        byte[] bomb = gzip(" ".repeat(50 << 20));
        assertThat(bomb.length).isLessThan(64 * 1024);
        assertThatThrownBy(() -> Events.ofForwarded(bomb, Fixtures.origin()))
                .isInstanceOf(Events.TooLargeException.class);
        String one = "{\"awslogs\":{\"data\":\"" + Base64.getEncoder().encodeToString(gzip(wrapper(" ".repeat(60_000))))
                + "\"}}";
        String many = "[" + one + ("," + one).repeat(200) + "]";
        assertThatThrownBy(() -> Events.ofForwarded(utf8(many), Fixtures.origin()))
                .as("many small ones")
                .isInstanceOf(Events.TooLargeException.class);
        SnsProvider provider = Fixtures.publish("https://x.invalid")
                .forwardSecrets(Fixtures.FORWARD_SECRET)
                .build();
        assertThat(Fixtures.parser(provider)
                        .parse(Fixtures.forwarded(bomb, Fixtures.FORWARD_SECRET), Fixtures.origin())
                        .refusal()
                        .orElseThrow()
                        .status())
                .isEqualTo(413);
    }

    @Test
    void unpacksAFullBatchOfGenuineRecords() throws Exception {
        Random random = new Random(7);
        String[] records = new String[1000];
        for (int i = 0; i < records.length; i++) {
            records[i] = Fixtures.text("log-delivered.json")
                    .replace(
                            "34d9b400-c6dd-5444-820d-fbeb0f1f54cf",
                            new java.util.UUID(random.nextLong(), random.nextLong()).toString());
        }
        assertThat(Events.ofForwarded(gzip(wrapper(records)), Fixtures.origin()))
                .hasSize(1000);
    }

    @Test
    void readsAnInboundMessage() throws Exception {
        InboundMessage message =
                (InboundMessage) Events.ofNotification(Fixtures.text("inbound.json"), "n1", Fixtures.origin())
                        .get(0);
        assertThat(message.from()).isEqualTo(SenderId.of("+12025550177"));
        assertThat(message.to()).isEqualTo(SenderId.of("+12025550100"));
        assertThat(message.text()).isEqualTo("Yes, see you then");
        assertThat(message.id()).isEqualTo("cae173d2-66b9-564c-8309-21f858e9fb84");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Hello",
                "",
                "null",
                "1",
                "[]",
                "{}",
                "{\"eventType\":\"VOICE_COMPLETED\",\"messageId\":\"x\"}",
                "{\"eventType\":\"TEXT_SENT\"}",
                "{\"inboundMessageId\":\"x\"}",
                "{\"notification\":{},\"delivery\":{}}",
                "{\"eventType\":1,\"messageId\":[]}",
                "{\"a\":1,\"a\":2}",
                "{\"detail-type\":\"x\",\"detail\":\"y\"}",
                "{\"awslogs\":{\"data\":\"H4sIxx\"}}",
                "{\"awslogs\":1}",
                "H4sIAAAA",
                "{\"eventType\":\"TEXT_SENT\",\"messageId\":\"x\",\"totalMessagePrice\":1E99999999999}"
            })
    void keepsWhatItDoesNotKnow(String message) throws Exception {
        List<SmsEvent> notified = Events.ofNotification(message, "n1", Fixtures.origin());
        assertThat(notified).hasSize(1).allMatch(OtherEvent.class::isInstance);
        assertThat(((OtherEvent) notified.get(0)).raw()).isEqualTo(message);
        assertThat(notified.get(0).id()).isEqualTo("sns:n1");
        if (!message.equals("[]")) {
            assertThat(Events.ofForwarded(utf8(message), Fixtures.origin()))
                    .hasSize(1)
                    .allMatch(OtherEvent.class::isInstance);
        }
    }

    @Test
    void keepsABodyOnceHoweverManyPartsOfItAreUnknown() throws Exception {
        String body = "[" + "1,".repeat(30_000) + Fixtures.text("log-failed.json") + "]";
        List<SmsEvent> events = Events.ofForwarded(utf8(body), Fixtures.origin());
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOf(DeliveryReport.class);
        assertThat(((OtherEvent) events.get(1)).raw()).isEqualTo(body);
        assertThat(Events.ofForwarded(utf8("1\n".repeat(30_000)), Fixtures.origin()))
                .hasSize(1);
    }

    @Test
    void takesNoAbsurdNumberForAPriceOrATime() throws Exception {
        DeliveryReport report = report("{\"eventType\":\"TEXT_SENT\",\"messageId\":\"x\",\"totalMessagePrice\":1E9999,"
                + "\"eventTimestamp\":1E99,\"totalMessageParts\":1E9}");
        assertThat(report.price()).isEmpty();
        assertThat(report.occurredAt()).isEmpty();
        assertThat(report.segments()).isEmpty();
    }

    private static DeliveryReport report(String message) throws Events.TooLargeException {
        List<SmsEvent> events = Events.ofNotification(message, "n1", Fixtures.origin());
        assertThat(events).hasSize(1);
        return (DeliveryReport) events.get(0);
    }

    private static String wrapper(String... records) {
        StringBuilder json = new StringBuilder("{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"123456789012\","
                + "\"logGroup\":\"sns/us-east-1/123456789012/DirectPublishToPhoneNumber\",\"logStream\":\"s\","
                + "\"subscriptionFilters\":[\"f\"],\"logEvents\":[");
        for (int i = 0; i < records.length; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"id\":\"")
                    .append(i)
                    .append("\",\"timestamp\":1795262400123,\"message\":\"")
                    .append(records[i].replace("\"", "\\\""))
                    .append("\"}");
        }
        return json.append("]}").toString();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(utf8(text));
        }
        return packed.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
