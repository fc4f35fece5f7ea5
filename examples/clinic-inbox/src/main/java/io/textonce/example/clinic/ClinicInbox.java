package io.textonce.example.clinic;

import io.textonce.SmsListener;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.jdbc.JdbcStore;
import io.textonce.phone.PhoneNumbers;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spring.SmsProviders;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

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
    Conversations conversations(
            JdbcStore store,
            Patients patients,
            @Value("${clinic.region}") String region,
            @Value("${clinic.kept-for}") Duration keptFor) {
        return Conversations.builder(JdbcEngagement.on(store).conversations(), store, store)
                .directory(patients)
                .ownedBy(OWNER)
                .inboundOwner(message -> message.fromNumber().flatMap(patients::carer))
                .region(region)
                .retention(keptFor)
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

    @Bean
    ApplicationRunner welcome(Environment environment, Access.Password password, SmsProviders providers) {
        return arguments -> System.out.printf(
                "%n  The inbox is open: http://localhost:%s%n  Log in as ada, grace, or desk (who sees everything), %s%n"
                        + "  Messages go by %s%n  Stop with Ctrl+C%n%n",
                environment.getProperty("local.server.port"),
                password.made() ? "password " + password.value() : "with the password that you gave",
                providers.all().stream().map(ClinicInbox::shown).collect(Collectors.joining(", ")));
    }

    private static String shown(SmsProvider provider) {
        return provider.role(SandboxProvider.class).isPresent()
                ? provider.name() + ", from which nothing leaves this machine"
                : provider.name() + ", which sends REAL messages";
    }
}
