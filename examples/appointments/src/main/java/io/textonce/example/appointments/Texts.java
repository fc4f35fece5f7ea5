package io.textonce.example.appointments;

import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What patients read: change it here. The page "Texts" shows what each one costs, and what its emoji cost. */
final class Texts {

    /** The seed's own example: India has no numbers that are reserved for examples. Nothing is sent to it. */
    static final PhoneNumber SAMPLE = PhoneNumber.of("+919876543210");

    private static final String CONFIRMATION = """
            🏥 Your appointment is booked

            Hello {{name}}, we expect you:

            👨‍⚕️ {{doctor}}, {{department}}
            📅 {{date}}
            🕒 {{time}}

            Booking {{booking}}. Please be here 10 minutes before, and call us if you can't come.\
            """;

    private static final String RESCHEDULE = """
            🔁 Your appointment has moved

            Hello {{name}}, {{doctor}} sees you at another time:

            ❌ {{oldDate}}, {{oldTime}}
            ✅ {{date}}, {{time}}

            Booking {{booking}}.\
            """;

    /** The last two keep to GSM-7: one segment each. */
    private static final String CANCELLATION =
            "Hello {{name}}, your appointment with {{doctor}} on {{date}} at {{time}} is cancelled. Booking {{booking}}.";

    private static final String REMINDER =
            "Hello {{name}}, we expect you on {{date}} at {{time}}: {{doctor}}, {{department}}. Booking {{booking}}.";

    /** In the order of an appointment's life. */
    static final List<String> TYPES = List.of("confirmation", "reminder", "reschedule", "cancellation");

    private final InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
    private final DateTimeFormatter date;
    private final DateTimeFormatter time;

    Texts(ZoneId zone) {
        this.date =
                DateTimeFormatter.ofPattern("EEE d MMM uuuu", Locale.ENGLISH).withZone(zone);
        this.time = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH).withZone(zone);
        put(Template.builder("confirmation"), CONFIRMATION, "department");
        put(Template.builder("reminder"), REMINDER, "department");
        put(Template.builder("reschedule"), RESCHEDULE, "oldDate", "oldTime");
        put(Template.builder("cancellation"), CANCELLATION);
    }

    private void put(Template.Builder template, String text, String... more) {
        List.of("name", "doctor", "date", "time", "booking").forEach(template::variable);
        List.of(more).forEach(template::variable);
        templates.put(template.text(Locale.ENGLISH, text).build());
    }

    TemplateRepository templates() {
        return templates;
    }

    SmsMessage confirmation(Appointment appointment) {
        return message("confirmation", appointment, appointment.at()).build();
    }

    SmsMessage reschedule(Appointment appointment, Instant before) {
        return message("reschedule", appointment, before).build();
    }

    SmsMessage cancellation(Appointment appointment) {
        return message("cancellation", appointment, appointment.at()).build();
    }

    SmsMessage reminder(Appointment appointment) {
        return message("reminder", appointment, appointment.at()).build();
    }

    /** Nobody is told anything once the appointment has begun. */
    private SmsMessage.Builder message(String template, Appointment appointment, Instant before) {
        return SmsMessage.to(appointment.phone())
                .template(template, Locale.ENGLISH, values(template, appointment, before))
                .label("type", template)
                .reference(appointment.booking())
                .notAfter(appointment.at());
    }

    /** What the template asks for. */
    private Map<String, String> values(String template, Appointment appointment, Instant before) {
        Map<String, String> values = new HashMap<>(Map.of(
                "name", appointment.patient(),
                "doctor", appointment.doctor().name(),
                "department", appointment.doctor().department(),
                "date", date(appointment.at()),
                "time", time.format(appointment.at()),
                "oldDate", date(before),
                "oldTime", time.format(before),
                "booking", appointment.booking()));
        values.keySet()
                .retainAll(
                        templates.find(TenantId.DEFAULT, template).orElseThrow().variables());
        return values;
    }

    String date(Instant at) {
        return date.format(at);
    }

    String dateAndTime(Instant at) {
        return date.format(at) + ", " + time.format(at);
    }

    /** The text as it is sent. */
    String rendered(SmsMessage message) {
        SmsMessage.TemplateUse use = message.template().orElseThrow();
        return templates
                .find(TenantId.DEFAULT, use.id())
                .orElseThrow()
                .render(use.locale(), use.variables())
                .text();
    }

    /** An example of each, for the page that shows what they cost. */
    SmsMessage sample(String template, Instant at) {
        Appointment example =
                new Appointment(1001, "Ada", SAMPLE.e164(), Appointment.DOCTORS.get(0), at, false, null, null);
        return message(template, example, at).build();
    }
}
