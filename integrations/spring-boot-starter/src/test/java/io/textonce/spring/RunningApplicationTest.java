package io.textonce.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsEnqueuer;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.store.EventRepository;
import io.textonce.testkit.SignedTwilioRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** An application as Boot runs it: web server, database, transactions. Nothing but properties configures Textonce. */
class RunningApplicationTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String PUBLIC = "https://sms.example.org/edge";
    private static final String HOOK = "/textonce/webhooks/otp";

    private static ConfigurableApplicationContext app;

    @BeforeAll
    static void start() {
        app = new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
                        "management.endpoint.health.show-details=always",
                        "textonce.providers.sandbox.type=sandbox",
                        "textonce.providers.otp.type=twilio",
                        "textonce.providers.otp.account-sid=AC00000000000000000000000000000000",
                        "textonce.providers.otp.auth-token=" + TOKEN,
                        "textonce.providers.otp.from=+12025550199",
                        "textonce.routing.order=sandbox",
                        "textonce.tenants.acme.enabled=true",
                        "textonce.webhooks.enabled=true",
                        "textonce.webhooks.public-base-url=" + PUBLIC,
                        "textonce.outbox.enabled=true",
                        "textonce.outbox.poll=1m")
                .run();
    }

    @AfterAll
    static void stop() {
        SmsOutbox outbox = app.getBean(SmsOutbox.class);
        app.close();
        assertThat(outbox.toString()).contains("closed");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Bookings bookings(SmsEnqueuer outbox) {
            return new Bookings(outbox);
        }

        @Bean
        Seen seen() {
            return new Seen();
        }
    }

    static class Bookings {
        private final SmsEnqueuer outbox;

        Bookings(SmsEnqueuer outbox) {
            this.outbox = outbox;
        }

        @Transactional
        public MessageId book(MessageId[] told, boolean fails) {
            told[0] = outbox.enqueue(SmsMessage.to("+12025550100")
                            .text("Your appointment is booked")
                            .build())
                    .orThrow()
                    .messageId();
            if (fails) {
                throw new IllegalStateException("no room");
            }
            return told[0];
        }
    }

    static class Seen implements SmsListener {
        private final BlockingQueue<SmsEvent> events = new LinkedBlockingQueue<>();

        @Override
        public void onEvent(SmsEvent event) {
            events.add(event);
        }

        SmsEvent await(Predicate<SmsEvent> wanted) throws InterruptedException {
            for (SmsEvent event = next(); event != null; event = next()) {
                if (wanted.test(event)) {
                    return event;
                }
            }
            throw new AssertionError("no such event within 30 s");
        }

        private SmsEvent next() throws InterruptedException {
            return events.poll(30, TimeUnit.SECONDS);
        }
    }

    private static SandboxProvider sandbox() {
        return app.getBean(SmsProviders.class)
                .find("sandbox")
                .flatMap(each -> each.role(SandboxProvider.class))
                .orElseThrow();
    }

    @Test
    void whatIsEnqueuedInATransactionIsSentWithItsCommitAndNeverAfterItsRollback() throws InterruptedException {
        Bookings bookings = app.getBean(Bookings.class);
        JdbcStore store = app.getBean(JdbcStore.class);
        MessageId[] lost = new MessageId[1];
        MessageId[] kept = new MessageId[1];

        assertThatThrownBy(() -> bookings.book(lost, true)).hasMessage("no room");
        bookings.book(kept, false);

        // The store is polled once a minute: only the commit can have woken the outbox.
        app.getBean(Seen.class)
                .await(event -> event instanceof DeliveryReport report
                        && report.status() == DeliveryStatus.DELIVERED
                        && report.messageId().filter(kept[0]::equals).isPresent());
        assertThat(sandbox().tally(kept[0]).created()).isEqualTo(1);
        assertThat(sandbox().tally(lost[0]).submits()).isZero();
        assertThat(store.find(TenantId.DEFAULT, lost[0])).isEmpty();
    }

    @Test
    void nothingOfAnOpenTransactionIsSent() {
        TransactionTemplate transaction = new TransactionTemplate(app.getBean(DataSourceTransactionManager.class));
        SmsOutbox outbox = app.getBean(SmsOutbox.class);
        MessageId[] told = new MessageId[1];
        transaction.executeWithoutResult(status -> {
            told[0] = outbox.enqueue(
                            SmsMessage.to("+12025550101").text("Not yet").build())
                    .orThrow()
                    .messageId();
            outbox.pump();
            status.setRollbackOnly();
        });
        outbox.pump();
        assertThat(sandbox().tally(told[0]).submits()).isZero();
    }

    @Test
    void aTransactionElsewhereIsRefusedBecauseItsRollbackWouldNotCount() {
        TransactionTemplate elsewhere = new TransactionTemplate(new DataSourceTransactionManager(
                JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", "")));
        SmsOutbox outbox = app.getBean(SmsOutbox.class);
        assertThatThrownBy(() -> elsewhere.execute(status -> outbox.enqueue(
                        SmsMessage.to("+12025550100").text("Hello").build())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("textonce.outbox.join-transactions");
    }

    @Test
    void whatIsEnqueuedJoinsATransactionOfTheApplicationsOwnStoreToo() {
        try (ConfigurableApplicationContext own = new SpringApplicationBuilder(OwnStore.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
                        "textonce.providers.sandbox.type=sandbox",
                        "textonce.outbox.enabled=true",
                        "textonce.outbox.auto-startup=false")
                .run()) {
            TransactionTemplate transaction = new TransactionTemplate(own.getBean(DataSourceTransactionManager.class));
            JdbcStore store = own.getBean(JdbcStore.class);
            SmsEnqueuer outbox = own.getBean(SmsEnqueuer.class);
            for (boolean rollsBack : new boolean[] {true, false}) {
                MessageId told = transaction.execute(status -> {
                    MessageId id = outbox.enqueue(
                                    SmsMessage.to("+12025550101").text("Booked").build())
                            .orThrow()
                            .messageId();
                    assertThat(store.find(TenantId.DEFAULT, id))
                            .as("seen from outside")
                            .isEmpty();
                    if (rollsBack) {
                        status.setRollbackOnly();
                    }
                    return id;
                });
                assertThat(store.find(TenantId.DEFAULT, told).isEmpty()).isEqualTo(rollsBack);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OwnStore {
        @Bean
        JdbcStore store(DataSource dataSource) {
            JdbcStore.migrate(dataSource);
            return JdbcStore.builder(dataSource).build();
        }
    }

    @Test
    void aTenantsWebhookHasAnAddressOfItsOwn() throws Exception {
        String hook = "/textonce/webhooks/acme.otp";
        assertThat(post(hook, inbound(PUBLIC + hook, "SM00000000000000000000000000000004", "For acme"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(app.getBean(EventRepository.class).since(TenantId.of("acme"), 0, 1000))
                .extracting(EventRepository.Stored::event)
                .filteredOn(InboundMessage.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(((InboundMessage) event).text()).isEqualTo("For acme"));
    }

    @Test
    void sendsAtOnceToo() {
        SendResult result = app.getBean(io.textonce.SmsSender.class)
                .send(SmsMessage.to("+12025550100").text("Hello").build());
        assertThat(result.isAccepted()).isTrue();
    }

    @Test
    void takesAWebhookThatIsSignedForThePublicAddressAndNoOther() throws Exception {
        assertThat(post(HOOK, inbound(PUBLIC + HOOK, "SM00000000000000000000000000000001", "Yes & no + 50%"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(app.getBean(EventRepository.class).since(TenantId.DEFAULT, 0, 1000))
                .extracting(EventRepository.Stored::event)
                .filteredOn(InboundMessage.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(((InboundMessage) event).text()).isEqualTo("Yes & no + 50%"));

        WebhookRequest elsewhere =
                inbound("https://other.example.org" + HOOK, "SM00000000000000000000000000000002", "x");
        assertThat(post(HOOK, elsewhere).statusCode()).isEqualTo(403);
        WebhookRequest huge = inbound(PUBLIC + HOOK, "SM00000000000000000000000000000003", "x".repeat(80_000));
        assertThat(post(HOOK, huge).statusCode()).isEqualTo(413);
        assertThat(post("/textonce/webhooks/nobody", elsewhere).statusCode()).isEqualTo(404);
    }

    @Test
    void showsItsHealth() throws Exception {
        HttpResponse<String> health =
                send(HttpRequest.newBuilder(local("/actuator/health")).build());
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"textonce\"", "\"breaker\":\"closed\"");
    }

    private static WebhookRequest inbound(String url, String sid, String text) {
        return SignedTwilioRequest.post(url)
                .param("MessageSid", sid)
                .param("From", "+12025550101")
                .param("To", "+12025550199")
                .param("Body", text)
                .param("NumMedia", "0")
                .sign(TOKEN);
    }

    private static HttpResponse<String> post(String path, WebhookRequest signed) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(local(path)).POST(HttpRequest.BodyPublishers.ofByteArray(signed.body()));
        signed.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return send(request.timeout(Duration.ofSeconds(20)).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static URI local(String path) {
        return URI.create("http://127.0.0.1:" + app.getEnvironment().getProperty("local.server.port") + path);
    }
}
