package io.textonce.example.appointments;

import io.textonce.SendResult;
import io.textonce.example.appointments.Appointment.Doctor;
import io.textonce.example.appointments.SmsLog.Row;
import io.textonce.store.MessageRecord;
import io.textonce.store.Standing;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the clerk's page and other applications ask for, and what they are answered. */
record Api(Appointments appointments, Booking booking, Texts texts, Sms sms, SmsLog log) {

    private static final Pattern ONE =
            Pattern.compile("(GET|POST) /api/appointments/APT-([0-9]{1,9})(?:/(move|cancel))?");

    /** What the page offers to choose from. */
    record Options(String mode, List<Doctor> doctors, List<String> types, List<String> statuses) {}

    record Shown(
            String booking,
            String patient,
            String phone,
            Doctor doctor,
            String when,
            String date,
            String time,
            boolean cancelled,
            @Nullable String problem) {}

    record Opened(Shown appointment, @Nullable String reminder, List<Row> sms) {}

    record Booked(String booking_id, @Nullable String error) {}

    /** Null is neither: nobody knows. */
    record Confirmed(
            @Nullable Boolean success,
            @Nullable String message_sid,
            @Nullable String error) {}

    record Text(String type, String text, String price, String warning) {}

    /**
     * Does what is asked.
     *
     * @throws IllegalArgumentException saying what is wrong
     * @throws NoSuchElementException if there is nothing of the kind
     */
    Object answer(String request, Map<String, String> given, @Nullable String key) {
        return switch (request) {
            case "GET /api/options" ->
                new Options(
                        sms.mode,
                        Appointment.DOCTORS,
                        Texts.TYPES,
                        Arrays.stream(Standing.values()).map(SmsLog::word).toList());
            case "GET /api/appointments" ->
                appointments.upcoming().stream().map(this::shown).toList();
            case "POST /api/appointments" -> booked(booking.book(key, given));
            case "POST /api/send-confirmation" -> confirm(key, given);
            case "GET /api/sms" -> log.find(given).stream().map(log::row).toList();
            case "GET /api/texts" -> prices(number("perDay", given.getOrDefault("perDay", "100")));
            case "GET /api/status" -> sms.client.diagnose().findings();
            default -> one(request, given);
        };
    }

    private Object one(String request, Map<String, String> given) {
        Matcher matcher = ONE.matcher(request);
        if (!matcher.matches()) {
            throw new NoSuchElementException("There is no such page.");
        }
        int id = Integer.parseInt(matcher.group(2));
        String change = matcher.group(3);
        if (change == null) {
            return opened(appointments
                    .find(id)
                    .orElseThrow(() -> new NoSuchElementException("There is no such appointment.")));
        }
        return booked(change.equals("move") ? appointments.move(id, booking.when(given)) : appointments.cancel(id));
    }

    private static Booked booked(Appointment one) {
        return new Booked(one.booking(), one.problem());
    }

    private Opened opened(Appointment one) {
        List<MessageRecord> told = log.of(one);
        boolean reminds = told.stream()
                .anyMatch(each ->
                        each.templateId().equals(Optional.of("reminder")) && each.standing() == Standing.WAITING);
        return new Opened(
                shown(one),
                reminds ? texts.dateAndTime(one.reminderAt(booking.zone())) : null,
                told.stream().map(log::row).toList());
    }

    private Shown shown(Appointment one) {
        var local = one.at().atZone(booking.zone());
        return new Shown(
                one.booking(),
                one.patient(),
                one.phone(),
                one.doctor(),
                texts.dateAndTime(one.at()),
                local.toLocalDate().toString(),
                local.toLocalTime().toString(),
                one.cancelled(),
                one.problem());
    }

    /** A repeated call with its key hears the first one's outcome; without a key each call sends. */
    private Confirmed confirm(@Nullable String key, Map<String, String> given) {
        int id = number("booking_id", given.getOrDefault("booking_id", "").replaceFirst("^APT-", ""));
        SendResult result = sms.client.send(texts.confirmation(appointments.standing(id), key));
        return result.fold(
                accepted -> new Confirmed(true, accepted.providerMessageId().orElse(null), null),
                rejected -> new Confirmed(false, null, rejected.explanation()),
                unknown -> new Confirmed(null, null, unknown.explanation()));
    }

    private static int number(String name, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(name + ": give a whole number.");
        }
        return Integer.parseInt(text);
    }

    /** What each text costs, and how much of that its emoji and other letters outside GSM-7 cost. */
    private List<Text> prices(int perDay) {
        Instant example =
                LocalDate.of(2030, 1, 15).atTime(10, 30).atZone(booking.zone()).toInstant();
        return Texts.TYPES.stream()
                .map(type -> {
                    Preview preview = Preview.of(sms, texts, texts.sample(type, example));
                    return new Text(type, preview.text(), preview.price(perDay), preview.warning(perDay));
                })
                .toList();
    }
}
