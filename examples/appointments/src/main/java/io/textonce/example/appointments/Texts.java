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
import org.jspecify.annotations.Nullable;

/** What patients read: change it in the folder texts. The page "Texts" shows what each one costs, and what its emoji cost. */
final class Texts {

    /** The seed's own example: India has no numbers that are reserved for examples. Nothing is sent to it. */
    static final PhoneNumber SAMPLE = PhoneNumber.of("+919876543210");

    /** In the order of an appointment's life. */
    static final List<String> TYPES = List.of("confirmation", "reminder", "reschedule", "cancellation");

    /** What each of them may use. */
    private static final List<String> VARIABLES =
            List.of("name", "doctor", "department", "date", "time", "oldDate", "oldTime", "booking");

    private final InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
    private final DateTimeFormatter date;
    private final DateTimeFormatter time;

    Texts(ZoneId zone) {
        this.date =
                DateTimeFormatter.ofPattern("EEE d MMM uuuu", Locale.ENGLISH).withZone(zone);
        this.time = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH).withZone(zone);
        TYPES.forEach(type -> templates.put(template(type)));
    }

    private static Template template(String type) {
        String text = Web.resource("texts/" + type + ".txt").strip();
        Template.Builder template = Template.builder(type).text(Locale.ENGLISH, text);
        VARIABLES.stream().filter(name -> text.contains("{{" + name + "}}")).forEach(template::variable);
        return template.build();
    }

    private Template find(String type) {
        return templates.find(TenantId.DEFAULT, type).orElseThrow();
    }

    TemplateRepository templates() {
        return templates;
    }

    SmsMessage confirmation(Appointment appointment) {
        return confirmation(appointment, null);
    }

    /** Sent once for a key; as often as it is asked for without one. */
    SmsMessage confirmation(Appointment appointment, @Nullable String key) {
        SmsMessage.Builder message = message("confirmation", appointment, appointment.at());
        return key == null
                ? message.build()
                : message.idempotencyKey(appointment.booking() + " " + key).build();
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
        Map<String, String> values = new HashMap<>(Map.of(
                "name", appointment.patient(),
                "doctor", appointment.doctor().name(),
                "department", appointment.doctor().department(),
                "date", date.format(appointment.at()),
                "time", time.format(appointment.at()),
                "oldDate", date.format(before),
                "oldTime", time.format(before),
                "booking", appointment.booking()));
        values.keySet().retainAll(find(template).variables());
        return SmsMessage.to(appointment.phone())
                .template(template, Locale.ENGLISH, values)
                .label("type", template)
                .reference(appointment.booking())
                .notAfter(appointment.at());
    }

    String dateAndTime(Instant at) {
        return date.format(at) + ", " + time.format(at);
    }

    /** The text as it is sent. */
    String rendered(SmsMessage message) {
        SmsMessage.TemplateUse use = message.template().orElseThrow();
        return find(use.id()).render(use.locale(), use.variables()).text();
    }

    /** An example of each, for the page that shows what they cost. */
    SmsMessage sample(String template, Instant at) {
        Appointment example = new Appointment(1001, "Ada", SAMPLE.e164(), Appointment.DOCTORS.get(0), at, false, null);
        return message(template, example, at).build();
    }
}
