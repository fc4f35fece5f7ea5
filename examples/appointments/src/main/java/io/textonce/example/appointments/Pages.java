package io.textonce.example.appointments;

import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.client.Diagnosis;
import io.textonce.example.appointments.Appointment.Doctor;
import io.textonce.store.MessageRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The clerk's pages, from the HTML beside style.css. Whatever people typed goes through {@link #e}. */
final class Pages {

    private final Texts texts;
    private final ZoneId zone;
    private final String mode;

    /** What a form of another site's doesn't know. */
    private final String hidden;

    Pages(Texts texts, ZoneId zone, String mode, String formToken) {
        this.texts = texts;
        this.zone = zone;
        this.mode = mode;
        this.hidden = "<input type=\"hidden\" name=\"token\" value=\"" + formToken + "\">";
    }

    ZoneId zone() {
        return zone;
    }

    String problem(String sentence) {
        return page("That didn't work", alert(sentence) + "<p><a href=\"/\">Back to the appointments</a></p>");
    }

    String home(List<Appointment> upcoming) {
        String doctors = Appointment.DOCTORS.stream()
                .map(each -> "<option value=\"" + e(each.name()) + "\">" + e(described(each)) + "</option>")
                .collect(Collectors.joining());
        String rows = upcoming.stream()
                .map(each -> row(
                        link(each),
                        e(texts.dateAndTime(each.at())),
                        e(each.patient()),
                        e(each.doctor().name()),
                        each.cancelled() ? badge("cancelled") : badge("booked")))
                .collect(Collectors.joining());
        return page(
                "Appointments",
                resource("book.html").formatted(hidden, App.secret(), doctors)
                        + table("No appointments ahead.", rows, "Booking", "When", "Patient", "Doctor", ""));
    }

    String appointment(Appointment one, List<MessageRecord> sms) {
        String path = "/appointments/" + one.id();
        String forms = one.cancelled() ? "" : resource("change.html").formatted(path, hidden, path, hidden);
        return page(
                one.booking(),
                alert(Optional.ofNullable(one.problem())
                                .map(why -> "The appointment stands, but no SMS went out: " + why)
                                .orElse(""))
                        + "<p><strong>" + e(one.patient()) + "</strong>, " + e(one.phone()) + "<br>"
                        + e(texts.dateAndTime(one.at())) + "<br>" + e(described(one.doctor())) + " "
                        + badge(one.cancelled() ? "cancelled" : "booked") + "</p>"
                        + (sms.stream().noneMatch(Pages::isReminderThatWaits)
                                ? ""
                                : "<p>The reminder is set for " + e(texts.dateAndTime(one.reminderAt(zone))) + ".</p>")
                        + forms
                        + "<h2>SMS of this appointment</h2>"
                        + smsTable(sms));
    }

    private static boolean isReminderThatWaits(MessageRecord row) {
        return row.templateId().filter("reminder"::equals).isPresent()
                && SmsLog.Status.of(row) == SmsLog.Status.WAITING;
    }

    String log(List<MessageRecord> sms, Map<String, String> filter) {
        String statuses = options(
                Stream.of(SmsLog.Status.values()).map(each -> each.name().toLowerCase(Locale.ROOT)),
                filter.get("status"));
        return page(
                "SMS log",
                resource("filter.html")
                                .formatted(
                                        options(Texts.TYPES.stream(), filter.get("type")),
                                        statuses,
                                        e(filter.getOrDefault("from", "")),
                                        e(filter.getOrDefault("to", "")))
                        + smsTable(sms));
    }

    private String smsTable(List<MessageRecord> sms) {
        return table(
                "No SMS.",
                sms.stream().map(this::smsRow).collect(Collectors.joining()),
                "Created",
                "Booking",
                "Type",
                "To",
                "Text",
                "Status",
                "Cost");
    }

    /** Twilio's codes are numbers; the sandbox has words. */
    private static String why(MessageRecord sms, String code) {
        String reason = code + ": " + sms.reports().reason().map(Reason::name).orElse("OTHER");
        return code.matches("\\d+")
                ? "Twilio error " + reason + ". See https://www.twilio.com/docs/api/errors/" + code
                : "error " + reason;
    }

    private String smsRow(MessageRecord sms) {
        String status = SmsLog.Status.of(sms).name().toLowerCase(Locale.ROOT);
        String why = sms.explanation()
                .or(() -> sms.reports().providerCode().map(code -> why(sms, code)))
                .map(text -> "<small>" + e(text) + "</small>")
                .orElse("");
        String sid = sms.providerMessageId()
                .map(id -> "<small>" + e(id) + "</small>")
                .orElse("");
        Optional<Money> cost = sms.billed().or(sms::estimated);
        return row(
                e(texts.dateAndTime(sms.createdAt())) + "<small>changed " + e(texts.dateAndTime(sms.updatedAt()))
                        + "</small>",
                e(sms.reference().orElse("")),
                e(sms.templateId().orElse("other")),
                e(sms.to().e164()),
                "<details><summary>"
                        + (sms.segments().isPresent() ? sms.segments().getAsInt() + " segment(s)" : "text")
                        + "</summary><pre>" + e(sms.text()) + "</pre></details>",
                badge(status) + why + sid,
                e(cost.map(Money::toString).orElse("")));
    }

    /** What each text costs, and how much of that its emoji and other letters outside GSM-7 cost. */
    String texts(Sms sms, int perDay) {
        StringBuilder cards = new StringBuilder();
        Instant example = LocalDate.of(2030, 1, 15).atTime(10, 30).atZone(zone).toInstant();
        for (String type : Texts.TYPES) {
            Preview preview = Preview.of(sms, texts, texts.sample(type, example));
            cards.append("<section class=\"card\"><h2>").append(e(type)).append("</h2><pre>");
            cards.append(e(preview.text())).append("</pre><p>").append(e(preview.price(perDay)));
            cards.append("</p>").append(alert(preview.warning(perDay))).append("</section>");
        }
        return page("Texts and what they cost", resource("perday.html").formatted(perDay) + cards);
    }

    String status(Diagnosis diagnosis) {
        String rows = diagnosis.findings().stream()
                .map(each -> row(
                        badge(each.level().toString().toLowerCase(Locale.ROOT)),
                        e(each.subject()),
                        e(each.detail()),
                        e(each.remedy())))
                .collect(Collectors.joining());
        return page("SMS status", table("Nothing to say.", rows, "", "What", "Found", "What to do"));
    }

    private String page(String title, String body) {
        return resource("page.html").formatted(e(title), e(mode), e(title), body);
    }

    static String resource(String name) {
        try (InputStream file = Objects.requireNonNull(Pages.class.getResourceAsStream(name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String described(Doctor doctor) {
        return doctor.name() + ", " + doctor.department();
    }

    private static String link(Appointment one) {
        return "<a href=\"/appointments/" + one.id() + "\">" + one.booking() + "</a>";
    }

    private static String alert(String sentence) {
        return sentence.isEmpty() ? "" : "<p class=\"alert\" role=\"alert\">" + e(sentence) + "</p>";
    }

    private static String badge(String word) {
        return "<span class=\"badge " + word + "\">" + word + "</span>";
    }

    private static String options(Stream<String> values, @Nullable String chosen) {
        return "<option value=\"\">all</option>"
                + values.map(each -> "<option" + (Objects.equals(each, chosen) ? " selected" : "") + ">" + each
                                + "</option>")
                        .collect(Collectors.joining());
    }

    private static String row(String... cells) {
        return "<tr><td>" + String.join("</td><td>", cells) + "</td></tr>";
    }

    private static String table(String none, String rows, String... headings) {
        return rows.isEmpty()
                ? "<p>" + none + "</p>"
                : "<div class=\"scroll\"><table><thead><tr><th>" + String.join("</th><th>", headings)
                        + "</th></tr></thead><tbody>" + rows + "</tbody></table></div>";
    }

    private static String e(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
