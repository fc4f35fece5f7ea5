package io.textonce.example.appointments;

import io.textonce.example.appointments.Appointment.Doctor;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;

/** From a form's fields to an appointment; what is wrong with them is said in the exception. */
record Booking(Appointments appointments, ZoneId zone) {

    Appointment book(Map<String, String> form) {
        Doctor doctor = Appointment.DOCTORS.stream()
                .filter(each -> each.name().equals(form.get("doctor")))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Choose a doctor."));
        return appointments.book(required(form, "patient", 60), required(form, "phone", 40), doctor, when(form));
    }

    Instant when(Map<String, String> form) {
        return appointments.future(LocalDateTime.of(
                        LocalDate.parse(form.getOrDefault("date", "")), LocalTime.parse(form.getOrDefault("time", "")))
                .atZone(zone)
                .toInstant());
    }

    private static String required(Map<String, String> form, String field, int longest) {
        String value = form.getOrDefault(field, "").strip();
        if (value.isEmpty() || value.length() > longest) {
            throw new IllegalArgumentException("The " + field + " needs 1 to " + longest + " characters.");
        }
        return value;
    }
}
