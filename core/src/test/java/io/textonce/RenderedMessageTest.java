package io.textonce;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A message that waits in a queue loses none of its options, also none that is added to the type later. */
class RenderedMessageTest {

    /** What rendering decides. */
    private static final Set<String> DECIDED = Set.of("to", "number", "region", "text", "template");

    @Test
    void keepsEveryOptionButWhatRenderingDecides() throws IllegalAccessException {
        SmsMessage message = SmsMessage.to("0491 570 156")
                .region("AU")
                .tenant(TenantId.of("clinic"))
                .category(Category.MARKETING)
                .from(SenderId.of("ClinicSMS"))
                .senderRequired()
                .text("Hello")
                .media(URI.create("https://host.example/a.png"))
                .reference("appt-42")
                .idempotencyKey("key-42")
                .label("user", "456")
                .extra("twilio", Map.of("a", "b"))
                .notAfter(Instant.parse("2026-03-01T09:00:00Z"))
                .zone(ZoneId.of("Australia/Perth"))
                .build();
        SmsMessage rendered = message.rendered(PhoneNumber.of("+61491570156"), "Hello!");
        assertThat(rendered.number()).contains(PhoneNumber.of("+61491570156"));
        assertThat(rendered.text()).contains("Hello!");
        for (Field field : SmsMessage.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !DECIDED.contains(field.getName())) {
                field.setAccessible(true);
                Object value = field.get(message);
                assertThat(value)
                        .as(field.getName() + " must be set here, so that losing it is noticed")
                        .isNotNull()
                        .isNotEqualTo(field.get(SmsMessage.to("").text("").build()));
                assertThat(field.get(rendered)).as(field.getName()).isEqualTo(value);
            }
        }
    }
}
