package io.textonce.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Attempt;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.TenantId;
import io.textonce.client.ProviderSource;
import io.textonce.client.SmsClient;
import io.textonce.client.TenantProviders;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.webhook.EndpointSource;
import io.textonce.webhook.WebhookEndpoint;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tenants by properties. On Boot 3.5 here, and on 4.1 in the module boot4. */
class TenantsTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final TenantId GLOBEX = TenantId.of("globex");
    private static final TenantId UMBRELLA = TenantId.of("umbrella");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private final ApplicationContextRunner app =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TextonceAutoConfiguration.class));

    /** Acme has a provider of its own, globex everybody's. */
    private final ApplicationContextRunner two = app.withPropertyValues(
            "textonce.providers.house.type=sandbox",
            "textonce.providers.second.type=sandbox",
            "textonce.routing.order=second,house",
            "textonce.tenants.acme.providers.own.type=sandbox",
            "textonce.tenants.globex.enabled=true");

    private static final String[] WEBHOOKS = {
        "textonce.webhooks.enabled=true", "textonce.webhooks.public-base-url=https://sms.example.org/"
    };

    private static final String ALIVE = "+12025550100";
    private static final String NOT_REACHED = "+12025550130";
    private static final String REFUSES_CREDENTIALS = "+12025550116";

    private static SendResult send(ApplicationContext context, TenantId tenant, String to) {
        return context.getBean(SmsSender.class)
                .send(SmsMessage.to(to).tenant(tenant).text("Hello").build());
    }

    private static Reason refused(SendResult result) {
        assertThat(result).isInstanceOf(SendResult.Rejected.class);
        return ((SendResult.Rejected) result).reason();
    }

    private static List<String> asked(ApplicationContext context, TenantId tenant) {
        return send(context, tenant, NOT_REACHED).attempts().stream()
                .map(Attempt::provider)
                .distinct()
                .toList();
    }

    @Test
    void aTenantsProvidersAreItsOwnOrEverybodysAsAWholeAndInTheirOrder() {
        two.run(context -> {
            assertThat(asked(context, ACME)).containsExactly("own");
            assertThat(asked(context, GLOBEX)).containsExactly("second", "house");
            assertThat(asked(context, TenantId.DEFAULT)).containsExactly("second", "house");
        });
        two.withPropertyValues(
                        "textonce.tenants.globex.routing.order=house",
                        "textonce.tenants.acme.providers.another.type=sandbox",
                        "textonce.tenants.acme.routing.order=another,own")
                .run(context -> {
                    assertThat(asked(context, GLOBEX)).containsExactly("house");
                    assertThat(asked(context, ACME)).containsExactly("another", "own");
                });
    }

    @Test
    void whoIsNoneOfTheTenantsMayNotSend() {
        two.run(context -> {
            SendResult result = send(context, UMBRELLA, ALIVE);
            assertThat(refused(result)).isEqualTo(Reason.ROUTE);
            assertThat(((SendResult.Rejected) result).proof()).isEqualTo(Proof.LOCAL_POLICY);
        });
        app.withPropertyValues("textonce.tenants.acme.providers.own.type=sandbox")
                .run(context -> assertThat(refused(send(context, TenantId.DEFAULT, ALIVE)))
                        .as("nobody's message, where all accounts belong to tenants")
                        .isEqualTo(Reason.ROUTE));
    }

    @Test
    void aTenantThatIsSwitchedOffSendsNothingAndNeedsNoCredentials() {
        two.withPropertyValues(
                        "textonce.tenants.acme.enabled=false", "textonce.tenants.acme.providers.twilio.type=twilio")
                .run(context -> {
                    assertThat(refused(send(context, ACME, ALIVE))).isEqualTo(Reason.DISABLED);
                    assertThat(send(context, GLOBEX, ALIVE).isAccepted()).isTrue();
                });
    }

    @Test
    void whereAllTenantsAreSwitchedOffNoOtherMaySendInTheirPlace() {
        app.withPropertyValues("textonce.providers.house.type=sandbox", "textonce.tenants.acme.enabled=false")
                .run(context -> {
                    assertThat(refused(send(context, ACME, ALIVE))).isEqualTo(Reason.DISABLED);
                    assertThat(refused(send(context, UMBRELLA, ALIVE))).isEqualTo(Reason.ROUTE);
                    assertThat(send(context, TenantId.DEFAULT, ALIVE).isAccepted())
                            .isTrue();
                });
        app.withPropertyValues("textonce.tenants.acme.enabled=false")
                .run(context -> assertThat(refused(send(context, ACME, ALIVE))).isEqualTo(Reason.DISABLED));
    }

    @Test
    void aTenantWhoseOwnProvidersAreLeftOutHasTheOrderOfTheOnesThatItInherits() {
        two.withPropertyValues(
                        "textonce.tenants.acme.providers.own.if-set=${ACME_SID:}",
                        "textonce.tenants.acme.providers.other.if-set=${ACME_SID:}",
                        "textonce.tenants.acme.providers.other.type=sandbox",
                        "textonce.tenants.acme.routing.order=other,own")
                .run(context -> assertThat(asked(context, ACME)).containsExactly("second", "house"));
    }

    @Test
    void editorsKnowTheProperty() throws IOException {
        try (InputStream metadata =
                TextonceProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            assertThat(new String(metadata.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"textonce.tenants\"", "Tenants by id");
        }
    }

    @Test
    void aProviderWhoseVariableIsNotSetIsLeftOut() {
        ApplicationContextRunner some = app.withPropertyValues(
                "textonce.providers.twilio.if-set=${SID:}",
                "textonce.providers.twilio.type=twilio",
                "textonce.providers.twilio.account-sid=${SID:}",
                "textonce.providers.twilio.auth-token=" + TOKEN,
                "textonce.providers.twilio.api-key=",
                "textonce.providers.twilio.pool=",
                "textonce.providers.twilio.senders=",
                "textonce.providers.twilio.from=+12025550199",
                "textonce.providers.sandbox.unless-set=${SID:}",
                "textonce.providers.sandbox.type=sandbox",
                "textonce.routing.order=twilio,sandbox",
                "textonce.tenants.acme.providers.own.if-set=${ACME_SID:}",
                "textonce.tenants.acme.providers.own.type=sandbox");
        some.run(context ->
                assertThat(context.getBean(SmsProviders.class)).hasToString("SmsProviders[sandbox; acme: sandbox]"));
        some.withPropertyValues("SID=AC00000000000000000000000000000000")
                .run(context -> assertThat(context.getBean(SmsProviders.class))
                        .hasToString("SmsProviders[twilio; acme: twilio]"));
        some.withPropertyValues("ACME_SID=set")
                .run(context -> assertThat(context.getBean(SmsProviders.class))
                        .hasToString("SmsProviders[sandbox; acme: own]"));
    }

    @Test
    void everyProblemOfATenantIsToldByTheNameOfItsProperty() {
        app.withPropertyValues(WEBHOOKS)
                .withPropertyValues(
                        "textonce.providers.twilio.type=twilio",
                        "textonce.tenants.acme.providers.own.from=Clinic",
                        "textonce.tenants.acme.providers.aws.type=sandbox",
                        "textonce.tenants.acme.providers.aws.auth-token=" + TOKEN,
                        "textonce.tenants.acme.routing.order=nobody",
                        "textonce.tenants.globex.enabled=true",
                        "textonce.tenants.[a/b].enabled=true",
                        "textonce.tenants." + "a".repeat(60) + ".enabled=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfies(failure -> assertThat(failure.getMessage())
                                .contains(
                                        "textonce.tenants.acme.providers.own.type: is missing",
                                        "textonce.tenants.acme.providers.aws.auth-token: isn't a setting of sandbox",
                                        "textonce.tenants.acme.routing.order: names nobody, but the providers are [aws, own]",
                                        "textonce.tenants.a/b: can't be part of a webhook's address",
                                        "textonce.tenants." + "a".repeat(60) + ": the address of its webhooks, ")
                                .containsOnlyOnce("textonce.providers.twilio: TwilioProvider cannot be built")
                                .doesNotContain(TOKEN)));
        app.withPropertyValues("textonce.tenants.globex.enabled=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("textonce.tenants.globex.providers: there is none"));
    }

    @Test
    void reportsReachTheirTenantThroughItsOwnEndpoint() {
        Events events = new Events();
        two.withBean(SmsListener.class, () -> events)
                .withPropertyValues(WEBHOOKS)
                .run(context -> {
                    for (TenantId tenant : List.of(ACME, GLOBEX)) {
                        SendResult result = send(context, tenant, ALIVE);
                        DeliveryReport report = events.delivered();
                        assertThat(report.tenant()).isEqualTo(tenant);
                        assertThat(report.messageId()).contains(result.messageId());
                    }
                    WebhookReceiver receiver = context.getBean(WebhookReceiver.class);
                    assertThat(receiver.maxBodyBytes("acme.own")).isPositive();
                    assertThat(receiver.maxBodyBytes("globex.house")).isPositive();
                    assertThat(receiver.maxBodyBytes("globex.own")).isZero();
                    assertThat(receiver.maxBodyBytes("own")).isZero();
                });
    }

    private static final class Events implements SmsListener {
        private final BlockingQueue<SmsEvent> all = new LinkedBlockingQueue<>();

        @Override
        public void onEvent(SmsEvent event) {
            all.add(event);
        }

        DeliveryReport delivered() throws InterruptedException {
            while (true) {
                SmsEvent each = all.poll(30, TimeUnit.SECONDS);
                assertThat(each).as("an event within 30 s").isNotNull();
                if (each instanceof DeliveryReport report && report.status() == DeliveryStatus.DELIVERED) {
                    return report;
                }
            }
        }
    }

    @Test
    void twilioIsToldTheAddressOfTheTenant() {
        String created = "{\"sid\":\"SM00000000000000000000000000000001\",\"status\":\"queued\"}";
        byte[] answer = ("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: " + created.length()
                        + "\r\n\r\n" + created)
                .getBytes(StandardCharsets.US_ASCII);
        try (RawServer server = RawServer.start().otherwise(RawBehaviour.answer(request -> answer))) {
            app.withPropertyValues(WEBHOOKS)
                    .withPropertyValues(
                            "textonce.providers.twilio.type=twilio",
                            "textonce.providers.twilio.account-sid=AC00000000000000000000000000000000",
                            "textonce.providers.twilio.auth-token=" + TOKEN,
                            "textonce.providers.twilio.from=+12025550199",
                            "textonce.providers.twilio.base-url=" + server.url(""),
                            "textonce.tenants.acme.enabled=true")
                    .run(context -> {
                        assertThat(send(context, ACME, ALIVE).isAccepted()).isTrue();
                        assertThat(send(context, TenantId.DEFAULT, ALIVE).isAccepted())
                                .isTrue();
                    });
            String hooks = "https%3A%2F%2Fsms.example.org%2Ftextonce%2Fwebhooks%2F";
            assertThat(server.requests())
                    .extracting(RawServer.Request::text)
                    .satisfiesExactly(
                            own -> assertThat(own).contains(hooks + "acme.twilio"),
                            other -> assertThat(other).contains(hooks + "twilio"));
        }
    }

    @Test
    void healthShowsEachTenantsProvidersAndNoSecret() {
        two.withPropertyValues(
                        "textonce.tenants.globex.providers.twilio.type=twilio",
                        "textonce.tenants.globex.providers.twilio.account-sid=AC00000000000000000000000000000000",
                        "textonce.tenants.globex.providers.twilio.auth-token=" + TOKEN,
                        "textonce.tenants.globex.providers.twilio.from=+12025550199")
                .run(context -> {
                    send(context, ACME, ALIVE);
                    assertThat(StarterTest.health(context))
                            .startsWith("UP")
                            .containsPattern("tenants=\\{acme=\\{own=\\{breaker=closed, lastAccepted=[^}]*}},"
                                    + " globex=\\{twilio=\\{breaker=closed}}}")
                            .doesNotContain(TOKEN);
                    send(context, ACME, REFUSES_CREDENTIALS);
                    assertThat(StarterTest.health(context))
                            .as("globex may still send")
                            .startsWith("UP")
                            .containsPattern("acme=\\{own=\\{breaker=open for ");
                });
        app.withPropertyValues("textonce.providers.house.type=sandbox", "textonce.tenants.acme.enabled=true")
                .run(context -> {
                    send(context, ACME, REFUSES_CREDENTIALS);
                    assertThat(StarterTest.health(context)).startsWith("DOWN");
                });
    }

    @Test
    void aTenantsProvidersAreFoundForTheirRolesAndClosedWithTheApplication() {
        SmsProvider[] own = new SmsProvider[1];
        two.run(context -> {
            SmsProviders providers = context.getBean(SmsProviders.class);
            assertThat(providers.tenants()).containsExactly(ACME, GLOBEX);
            assertThat(providers.all(GLOBEX)).extracting(SmsProvider::name).containsExactly("house", "second");
            assertThat(providers.all(TenantId.DEFAULT)).isEqualTo(providers.all());
            assertThat(providers.all(UMBRELLA)).isEmpty();
            assertThat(providers.find(ACME, "house")).isEmpty();
            own[0] = providers.find(ACME, "own").orElseThrow();
        });
        SmsClient client = SmsClient.builder().provider(own[0]).build();
        SendResult result = client.send(SmsMessage.to(ALIVE).text("Hello").build());
        assertThat(refused(result)).isEqualTo(Reason.UNAVAILABLE);
        assertThat(((SendResult.Rejected) result).explanation()).contains("closed");
    }

    @Test
    void backsOffToAnApplicationsOwnSources() {
        two.withUserConfiguration(OwnSources.class).withPropertyValues(WEBHOOKS).run(context -> {
            assertThat(asked(context, UMBRELLA)).containsExactly("found");
            assertThat(refused(send(context, ACME, ALIVE))).isEqualTo(Reason.ROUTE);
            assertThat(context.getBean(SmsProviders.class).tenants()).isEmpty();
            WebhookReceiver receiver = context.getBean(WebhookReceiver.class);
            assertThat(receiver.maxBodyBytes("anything")).isPositive();
            assertThat(receiver.maxBodyBytes("acme.own")).isZero();
        });
        app.withUserConfiguration(OwnSources.class)
                .run(context -> assertThat(context).as("needs no provider else").hasNotFailed());
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSources {
        @Bean
        ProviderSource source() {
            return tenant -> tenant.equals(UMBRELLA)
                    ? Optional.of(TenantProviders.of(
                            "1",
                            () -> List.of(
                                    SandboxProvider.builder().name("found").build())))
                    : Optional.empty();
        }

        @Bean
        EndpointSource endpoints() {
            SandboxProvider desk = SandboxProvider.create();
            return name -> name.equals("anything") ? WebhookEndpoint.of(UMBRELLA, desk) : Optional.empty();
        }
    }
}
