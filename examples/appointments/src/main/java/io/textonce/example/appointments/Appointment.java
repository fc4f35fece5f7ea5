package io.textonce.example.appointments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One row of the clinic's own table. The number is kept as the clerk wrote it; the SDK reads it when it sends. */
record Appointment(
        int id,
        String patient,
        String phone,
        Doctor doctor,
        Instant at,
        boolean cancelled,
        @Nullable String reminder,
        @Nullable String problem) {

    /** Whom one can see, and in which department. */
    record Doctor(String name, String department) {}

    static final List<Doctor> DOCTORS = List.of(
            new Doctor("Dr. Asha", "Cardiology"),
            new Doctor("Dr. Meera", "Paediatrics"),
            new Doctor("Dr. Ravi", "General medicine"));

    /** What the patient is told, and what ties every SMS to its appointment. */
    String booking() {
        return "APT-" + id;
    }

    Instant reminderAt() {
        return at.minus(Duration.ofDays(1));
    }
}
