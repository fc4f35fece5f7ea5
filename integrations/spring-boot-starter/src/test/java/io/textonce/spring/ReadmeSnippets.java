package io.textonce.spring;

import io.textonce.Label;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.outbox.SmsOutbox;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The Java of the README, so that it compiles; DocumentSnippetsTest holds the two together. */
final class ReadmeSnippets {

    private ReadmeSnippets() {}

    // spotless:off
    @Service
    class Reminders {
        private final SmsSender sms;

        Reminders(SmsSender sms) {
            this.sms = sms;
        }

        boolean remind(String number) {
            return sms.send(SmsMessage.to(number).text("See you at 10:30").build())
                    .isAccepted();
        }
    }
    // spotless:on

    record Appointment(String number) {}

    interface Appointments {
        void save(Appointment appointment);
    }

    static final class Configured {
        // spotless:off
        @Bean
        TextonceCustomizer<SmsClient.Builder> tiers() {
            return client -> client.rateLimit(
                    RateLimit.of(100, Duration.ofHours(1)).keyedByLabel("user").tier(new Label("role", "admin"), 1000));
        }
        // spotless:on
    }

    static class Bookings {
        private final Appointments appointments;
        private final SmsOutbox outbox;

        Bookings(Appointments appointments, SmsOutbox outbox) {
            this.appointments = appointments;
            this.outbox = outbox;
        }

        // spotless:off
        @Transactional
        public void book(Appointment appointment) {
            appointments.save(appointment);
            outbox.enqueue(SmsMessage.to(appointment.number())
                    .text("Your appointment is booked")
                    .build());
        }
        // spotless:on
    }
}
