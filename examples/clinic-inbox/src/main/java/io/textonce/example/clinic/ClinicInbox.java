package io.textonce.example.clinic;

import io.textonce.SmsListener;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.jdbc.JdbcStore;
import io.textonce.phone.PhoneNumbers;
import java.time.Clock;
import java.time.ZoneId;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Starts the inbox. The starter makes client, store and webhooks of the properties; what is the clinic's own is here. */
@SpringBootApplication(proxyBeanMethods = false)
public class ClinicInbox {

    /** One clinic, one tenant. */
    static final TenantId CLINIC = TenantId.DEFAULT;

    /** The label that says whose a message is, and so who may see it. */
    static final String OWNER = "user";

    /**
     * Starts the application.
     *
     * @param args properties, such as {@code --server.port=9090}
     */
    public static void main(String[] args) {
        SpringApplication.run(ClinicInbox.class, args);
    }

    @Bean
    Conversations conversations(JdbcStore store, Patients patients, @Value("${clinic.region}") String region) {
        return Conversations.builder(JdbcEngagement.on(store).conversations(), store, store)
                .directory(patients)
                .ownedBy(OWNER)
                .region(region)
                .build();
    }

    /** So that an open inbox shows at once what this process sends and receives. */
    @Bean
    SmsListener openInboxes(Conversations conversations) {
        return conversations.listener();
    }

    @Bean
    ReportRepository reports(JdbcStore store) {
        return JdbcEngagement.on(store).reports();
    }

    @Bean
    PhoneNumbers numbers(@Value("${clinic.region}") String region) {
        return PhoneNumbers.region(region);
    }

    @Bean
    Clock clock(@Value("${clinic.zone}") ZoneId zone) {
        return Clock.system(zone);
    }
}
