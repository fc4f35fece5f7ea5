package io.textonce.example.appointments;

import io.textonce.example.appointments.Appointment.Doctor;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From a request's fields to an appointment; what is wrong with them is said in the exception. */
record Booking(Appointments appointments, ZoneId zone) {

    /** Books once for a key, which its sender made for this one booking; each time without one. */
    Appointment book(@Nullable String key, Map<String, String> form) {
        if (key != null && (key.isBlank() || key.length() > 100)) {
            throw new IllegalArgumentException("The key of a request needs 1 to 100 characters.");
        }
        Doctor doctor = Appointment.DOCTORS.stream()
                .filter(each -> each.name().equals(form.get("doctor")))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Choose a doctor."));
        return appointments.book(key, required(form, "patient", 60), required(form, "phone", 40), doctor, when(form));
    }

    Instant when(Map<String, String> form) {
        LocalDateTime local = LocalDateTime.of(
                LocalDate.parse(form.getOrDefault("date", "")), LocalTime.parse(form.getOrDefault("time", "")));
        if (zone.getRules().getValidOffsets(local).isEmpty()) {
            throw new IllegalArgumentException(
                    "Clocks are put forward then: that time doesn't exist. Choose another one.");
        }
        return appointments.future(local.atZone(zone).toInstant());
    }

    private static String required(Map<String, String> form, String field, int longest) {
        String value = form.getOrDefault(field, "").strip();
        if (value.isEmpty() || value.length() > longest) {
            throw new IllegalArgumentException("The " + field + " needs 1 to " + longest + " characters.");
        }
        return value;
    }
}
