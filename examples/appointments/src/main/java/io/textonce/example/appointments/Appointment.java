package io.textonce.example.appointments;

import java.time.Instant;
import java.time.ZoneId;
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

    /** This one, if it is the one that was asked for before. */
    Appointment sameAs(String patient, String phone, Doctor doctor, Instant at) {
        if (this.patient.equals(patient)
                && this.phone.equals(phone)
                && this.doctor.equals(doctor)
                && this.at.equals(at)) {
            return this;
        }
        throw new IllegalArgumentException("This request has booked " + booking()
                + " already. For another one, load the page again or use another key.");
    }

    /** The day before at the same time of the clock, also where a night has 23 or 25 hours. */
    Instant reminderAt(ZoneId zone) {
        return at.atZone(zone).minusDays(1).toInstant();
    }
}
