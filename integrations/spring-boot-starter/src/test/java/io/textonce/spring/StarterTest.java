package io.textonce.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.TenantId;
import io.textonce.client.PreferenceSource;
import io.textonce.client.Reconciliation;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.memory.InMemoryStore;
import io.textonce.micrometer.ObservedSmsSender;
import io.textonce.micrometer.SmsMetrics;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageState;
import io.textonce.webhook.WebhookReceiver;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ReflectionUtils;

/** Runs on Boot 3.5 here, and on 4.1 in the module boot4. */
class StarterTest {

    private static final String SANDBOX = "textonce.providers.sandbox.type=sandbox";

    private final ApplicationContextRunner app =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TextonceAutoConfiguration.class));

    private static SmsMessage hello(String to) {
        return SmsMessage.to(to).text("Hello").build();
    }

    @Test
    void runsOnTheGenerationThatTheBuildSays() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("boot.generation"));
    }

    @Test
    void sendsThroughASandboxAndRemembersInMemory() {
        app.withPropertyValues(SANDBOX, "textonce.default-region=US").run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(SmsClient.class).doesNotHaveBean(SmsOutbox.class);

            SendResult result = context.getBean(SmsSender.class).send(hello("(202) 555-0100"));

            assertThat(result.isAccepted()).isTrue();
            assertThat(result.recorded()).isTrue();
            assertThat(context.getBean(InMemoryStore.class).find(TenantId.DEFAULT, result.messageId()))
                    .isPresent();
        });
    }

    @Test
    void failsOverInTheOrderThatRoutingSays() {
        app.withPropertyValues(
                        "textonce.providers.first.type=sandbox",
                        "textonce.providers.second.type=sandbox",
                        "textonce.routing.order=second,first")
                .run(context -> {
                    SendResult result = context.getBean(SmsSender.class).send(hello("+12025550130"));
                    assertThat(result.attempts())
                            .extracting(attempt -> attempt.provider())
                            .startsWith("second")
                            .contains("first");
                });
    }

    @Test
    void appliesThePoliciesOfTheProperties() {
        app.withPropertyValues(
                        SANDBOX,
                        "textonce.allowed-countries=AU,US",
                        "textonce.max-segments=1",
                        "textonce.rate-limits[0].permits=2",
                        "textonce.rate-limits[0].window=1h",
                        "textonce.rate-limits[0].per=recipient",
                        "textonce.rates.currency=USD",
                        "textonce.rates.prices[0].prefix=+1",
                        "textonce.rates.prices[0].per-segment=0.01",
                        "textonce.spend-caps[0].amount=0.03",
                        "textonce.spend-caps[0].period=monthly")
                .run(context -> {
                    SmsSender sms = context.getBean(SmsSender.class);
                    assertThat(reason(sms.send(hello("+447700900123")))).isEqualTo(Reason.BLOCKED);
                    assertThat(reason(sms.send(SmsMessage.to("+12025550100")
                                    .text("x".repeat(161))
                                    .build())))
                            .isEqualTo(Reason.CONTENT);
                    assertThat(sms.send(hello("+12025550100")).isAccepted()).isTrue();
                    assertThat(sms.send(hello("+12025550100")).isAccepted()).isTrue();
                    assertThat(reason(sms.send(hello("+12025550100")))).isEqualTo(Reason.RATE_LIMITED);
                    assertThat(sms.send(hello("+12025550101")).isAccepted()).isTrue();
                    assertThat(reason(sms.send(hello("+12025550102")))).isEqualTo(Reason.BUDGET);
                });
    }

    private static Reason reason(SendResult result) {
        return ((SendResult.Rejected) result).reason();
    }

    @Test
    void quietHoursHoldForTheirCategoriesOnly() {
        app.withPropertyValues(
                        SANDBOX,
                        "textonce.quiet-hours.from=00:00",
                        "textonce.quiet-hours.to=23:59:59.999999999",
                        "textonce.quiet-hours.categories=marketing")
                .run(context -> {
                    SmsSender sms = context.getBean(SmsSender.class);
                    assertThat(sms.send(hello("+12025550100")).isAccepted()).isTrue();
                    assertThat(reason(sms.send(SmsMessage.to("+12025550100")
                                    .text("Hello")
                                    .category(Category.MARKETING)
                                    .build())))
                            .isEqualTo(Reason.QUIET_HOURS);
                });
    }

    @Test
    void disabledNeedsNoCredentialsAndSendsNothing() {
        app.withPropertyValues("textonce.enabled=false", "textonce.providers.main.type=twilio")
                .run(context -> {
                    SendResult result = context.getBean(SmsSender.class).send(hello("+12025550100"));
                    assertThat(reason(result)).isEqualTo(Reason.DISABLED);
                });
    }

    @Test
    void everyProblemIsToldAtOnceByTheNameOfItsProperty() {
        app.withPropertyValues(
                        "textonce.default-region=XX",
                        "textonce.allowed-countries=AU,QQ",
                        "textonce.max-segments=0",
                        "textonce.attempt-timeout=1ms",
                        "textonce.providers.otp.type=twilio",
                        "textonce.providers.otp.account-sid=AC00000000000000000000000000000000",
                        "textonce.providers.otp.auth-token=0123456789abcdef0123456789abcdef\u0007",
                        "textonce.providers.otp.access-key-id=AKIA",
                        "textonce.providers.other.from=Clinic",
                        "textonce.routing.order=otp,nobody",
                        "textonce.rate-limits[0].permits=5",
                        "textonce.rate-limits[1].permits=0",
                        "textonce.rate-limits[1].window=1h",
                        "textonce.quiet-hours.from=21:00",
                        "textonce.spend-caps[0].amount=5",
                        "textonce.webhooks.enabled=true",
                        "textonce.store.type=jdbc")
                .run(context -> {
                    assertThat(context).hasFailed();
                    FailureAnalysis shown = analysis(context.getStartupFailure());
                    assertThat(shown.getDescription())
                            .contains(
                                    "textonce.default-region: ",
                                    "textonce.allowed-countries: ",
                                    "textonce.max-segments: 0 is not 1 or more",
                                    "textonce.attempt-timeout: ",
                                    "textonce.providers.otp: TwilioProvider cannot be built",
                                    "textonce.providers.otp.access-key-id: isn't a setting of twilio",
                                    "textonce.providers.other.type: is missing",
                                    "textonce.routing.order: names nobody, but the providers are [other, otp]",
                                    "textonce.rate-limits[0]: set either permits and window, or per-second",
                                    "textonce.rate-limits[1]: ",
                                    "textonce.quiet-hours: set both",
                                    "textonce.spend-caps: need to know",
                                    "textonce.webhooks.public-base-url: is missing",
                                    "textonce.store.type: jdbc needs a DataSource")
                            .doesNotContain("0123456789abcdef");
                });
    }

    private static FailureAnalysis analysis(Throwable failure) {
        FailureAnalysis shown = new TextonceFailureAnalyzer().analyze(failure);
        assertThat(shown).as("shown without a stack trace: %s", failure).isNotNull();
        return shown;
    }

    @Test
    void saysWhichModuleAProviderNeeds() {
        ApplicationContextRunner bare = app.withClassLoader(new FilteredClassLoader(
                "io.textonce.twilio",
                "io.textonce.sns",
                "io.textonce.gateway",
                "io.textonce.smsbroadcast",
                "io.textonce.jdbc",
                "io.textonce.micrometer"));
        bare.withPropertyValues(
                        "textonce.providers.a.type=twilio",
                        "textonce.providers.b.type=sns",
                        "textonce.providers.c.type=gateway",
                        "textonce.providers.d.type=smsbroadcast",
                        "textonce.store.type=jdbc")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains(
                                "textonce.providers.a.type: twilio needs a module that isn't there: add the dependency"
                                        + " io.textonce:textonce-twilio",
                                "io.textonce:textonce-sns",
                                "io.textonce:textonce-http-gateway",
                                "io.textonce:textonce-smsbroadcast",
                                "textonce.store.type: jdbc needs a module that isn't there: add the dependency"
                                        + " io.textonce:textonce-jdbc"));
        bare.withPropertyValues(SANDBOX).run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void describesEachKindOfProvider() {
        app.withPropertyValues(
                        "textonce.providers.au.type=smsbroadcast",
                        "textonce.providers.au.api-key=key",
                        "textonce.providers.au.api-secret=secret",
                        "textonce.providers.au.from=", // as a variable that isn't set leaves it
                        "textonce.providers.aws.type=sns",
                        "textonce.providers.aws.region=us-east-1",
                        "textonce.providers.aws.access-key-id=AKIAIOSFODNN7EXAMPLE",
                        "textonce.providers.aws.secret-access-key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                        "textonce.providers.gw.type=gateway",
                        "textonce.providers.gw.base-url=https://gateway.example.org",
                        "textonce.providers.gw.from=Clinic")
                .run(context -> assertThat(context.getBean(SmsProviders.class).all())
                        .extracting(SmsProvider::name, SmsProvider::kind)
                        .containsExactly(tuple("au", "smsbroadcast"), tuple("aws", "sns"), tuple("gw", "base-url")));
    }

    @Test
    void noProviderAtAllIsAProblemThatNamesTheWayOut() {
        app.run(context -> {
            assertThat(context).hasFailed();
            assertThat(analysis(context.getStartupFailure()).getDescription())
                    .contains("textonce.providers: there is none", "textonce.providers.sandbox.type=sandbox");
        });
    }

    @Test
    void aPropertyThatDoesNotExistIsRefused() {
        app.withPropertyValues(SANDBOX, "textonce.defualt-region=AU")
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("textonce.defualt-region"));
    }

    @Test
    void backsOffToAnApplicationsOwnBeans() {
        app.withUserConfiguration(OwnEverything.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(SmsSender.class)).isSameAs(context.getBean("own"));
            assertThat(context).doesNotHaveBean("textonceSmsClient").doesNotHaveBean("textonceStore");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnEverything {
        @Bean
        SmsClient own() {
            return SmsClient.builder().provider(SandboxProvider.create()).build();
        }

        @Bean
        InMemoryStore ownStore() {
            return new InMemoryStore();
        }
    }

    @Test
    void collectsProvidersListenersCustomizersAndRepositoriesOfTheApplication() {
        app.withUserConfiguration(OwnParts.class)
                .withPropertyValues(SANDBOX, "textonce.rate-limits[0].permits=1", "textonce.rate-limits[0].window=1h")
                .run(context -> {
                    assertThat(context.getBean(SmsProviders.class).names()).containsExactly("sandbox", "own");
                    SmsSender sms = context.getBean(SmsSender.class);
                    assertThat(sms.send(hello("+12025550100")).isAccepted()).isTrue();
                    assertThat(reason(sms.send(hello("+12025550100")))).isEqualTo(Reason.RATE_LIMITED);
                    assertThat(context.getBean(OwnParts.class).seen)
                            .containsExactly(Outcome.ACCEPTED, Outcome.REJECTED);
                    assertThat(reason(sms.send(hello("+61491570156"))))
                            .as("the customizer allows one country")
                            .isEqualTo(Reason.BLOCKED);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnParts {
        final List<Outcome> seen = new ArrayList<>();

        @Bean
        SmsProvider own() {
            return SandboxProvider.builder().name("own").build();
        }

        @Bean
        SmsListener listener() {
            return new SmsListener() {
                @Override
                public void onResult(SmsMessage message, SendResult result) {
                    seen.add(result.outcome());
                }
            };
        }

        @Bean
        LimitStore limits() {
            return new InMemoryLimitStore();
        }

        @Bean
        TextonceCustomizer<SmsClient.Builder> northAmerica() {
            return client -> client.allowCountries("US");
        }
    }

    @Test
    void asksAnApplicationsPreferencesBeforeItSends() {
        app.withPropertyValues(SANDBOX)
                .withBean(
                        PreferenceSource.class,
                        () -> (message, languages) -> message.label("user").isPresent()
                                ? PreferenceSource.Choice.refusal("not wanted")
                                : PreferenceSource.Choice.NONE)
                .run(context -> {
                    SmsSender sms = context.getBean(SmsSender.class);
                    assertThat(reason(sms.send(SmsMessage.to("+12025550100")
                                    .text("Hello")
                                    .label("user", "7")
                                    .build())))
                            .isEqualTo(Reason.OPTED_OUT);
                    assertThat(sms.send(hello("+12025550100")).isAccepted()).isTrue();
                });
    }

    @Test
    void keepsInTheDatabaseWhereThereIsOne() {
        withDatabase().withPropertyValues(SANDBOX).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(JdbcStore.class).doesNotHaveBean(InMemoryStore.class);
            MessageId id =
                    context.getBean(SmsSender.class).send(hello("+12025550100")).messageId();
            assertThat(context.getBean(JdbcStore.class).find(TenantId.DEFAULT, id))
                    .isPresent();
        });
    }

    @Test
    void createsNoTablesUnlessItMay() {
        withDatabase()
                .withPropertyValues(SANDBOX, "textonce.store.migrate=false")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("migrate"));
    }

    @Test
    void staysInMemoryIfThatIsAskedForOrTheModuleIsMissing() {
        withDatabase()
                .withPropertyValues(SANDBOX, "textonce.store.type=memory")
                .run(context -> assertThat(context).hasSingleBean(InMemoryStore.class));
        withDatabase()
                .withClassLoader(new FilteredClassLoader("io.textonce.jdbc", "org.springframework.jdbc"))
                .withPropertyValues(SANDBOX, "textonce.outbox.enabled=true")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(InMemoryStore.class));
    }

    @Test
    void leavesStartingTheOutboxToPumpsOfAClusterIfAskedAndClosesItAllTheSame() {
        SmsOutbox[] outbox = new SmsOutbox[1];
        app.withPropertyValues(SANDBOX, "textonce.outbox.enabled=true", "textonce.outbox.auto-startup=false")
                .run(context -> {
                    outbox[0] = context.getBean(SmsOutbox.class);
                    outbox[0].start(); // would throw if somebody had
                });
        assertThat(outbox[0].toString()).contains("closed");
    }

    private ApplicationContextRunner withDatabase() {
        return app.withBean(
                DataSource.class,
                () -> JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", ""));
    }

    @Test
    void asksWhatBecameOfMessagesByItselfIfThatIsWanted() {
        BlockingQueue<SmsEvent> told = new LinkedBlockingQueue<>();
        app.withPropertyValues(
                        SANDBOX,
                        "textonce.reconcile.enabled=true",
                        "textonce.reconcile.every=10ms",
                        "textonce.reconcile.unknown-after=1ms")
                .withBean(SmsListener.class, () -> new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        told.add(event);
                    }
                })
                .run(context -> {
                    SendResult doubt = context.getBean(SmsSender.class).send(hello("+12025550141"));
                    assertThat(doubt.outcome()).isEqualTo(Outcome.UNKNOWN);
                    assertThat(told.poll(20, TimeUnit.SECONDS)).isNotNull();
                    assertThat(context.getBean(InMemoryStore.class)
                                    .find(TenantId.DEFAULT, doubt.messageId())
                                    .orElseThrow()
                                    .state())
                            .isEqualTo(MessageState.ACCEPTED);
                });
        assertThat(Thread.getAllStackTraces().keySet())
                .as("it stops with the application")
                .noneMatch(thread -> thread.getName().equals("textonce-reconcile") && thread.isAlive());
    }

    @Test
    void asksWhenItIsToldToOtherwiseAndSaysWhatIsWrongWithItsProperties() {
        app.withPropertyValues(SANDBOX, "textonce.reconcile.accepted-after=1ms").run(context -> {
            assertThat(context).doesNotHaveBean("textonceReconcileLifecycle");
            context.getBean(SmsSender.class).send(hello("+12025550102"));
            Reconciliation reconciliation = context.getBean(Reconciliation.class);
            int ended = 0;
            while (ended == 0) { // the clock is the system's
                ended = reconciliation.run().ended();
            }
            assertThat(ended).isEqualTo(1);
        });
        app.withPropertyValues(
                        "textonce.reconcile.horizon=1s",
                        "textonce.reconcile.every=0s",
                        "textonce.reconcile.unknown-after=0s",
                        "textonce.reconcile.most=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfies(failure -> assertThat(failure.getMessage())
                                .contains(
                                        "textonce.providers: there is none",
                                        "textonce.reconcile.every: PT0S is shorter than PT0.01S",
                                        "textonce.reconcile.unknown-after: PT0S is shorter than PT0.001S",
                                        "textonce.reconcile.horizon: PT1S is shorter than PT1H",
                                        "textonce.reconcile.most: 0 is not 1 or more")));
    }

    @Test
    void whatRunsGoesOnAfterSpringHasPausedTheContext() {
        Method pause = ReflectionUtils.findMethod(ConfigurableApplicationContext.class, "pause");
        Assumptions.assumeTrue(pause != null, "Spring 7 began with it");
        app.withPropertyValues(SANDBOX, "textonce.outbox.enabled=true", "textonce.reconcile.enabled=true")
                .run(context -> {
                    ReflectionUtils.invokeMethod(pause, context.getSourceApplicationContext());
                    ReflectionUtils.invokeMethod(
                            ConfigurableApplicationContext.class.getMethod("restart"),
                            context.getSourceApplicationContext());
                    SmsOutbox outbox = context.getBean(SmsOutbox.class);
                    MessageId id =
                            outbox.enqueue(hello("+12025550100")).orThrow().messageId();
                    assertThat(outbox.await(TenantId.DEFAULT, id, Duration.ofSeconds(20)))
                            .isPresent();
                });
    }

    @Test
    void metersAndObservationsNeedNothingButTheirRegistries() {
        app.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withPropertyValues(SANDBOX, "textonce.outbox.enabled=true")
                .run(context -> {
                    assertThat(context.getBean(SmsSender.class)).isInstanceOf(ObservedSmsSender.class);
                    context.getBean(SmsSender.class).send(hello("+12025550100"));
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    assertThat(meters.get("textonce.messages").counter().count())
                            .isEqualTo(1);
                    assertThat(meters.get("textonce.outbox.enqueued")
                                    .functionCounter()
                                    .count())
                            .isZero();
                });
        app.withPropertyValues(SANDBOX).run(context -> assertThat(context).doesNotHaveBean(SmsMetrics.class));
    }

    @Test
    void healthIsUpWhileAnybodyMayBeAskedAndDownWhenNobodyMay() {
        app.withPropertyValues(SANDBOX).run(context -> {
            assertThat(health(context))
                    .startsWith("UP")
                    .contains("breaker=closed")
                    .doesNotContain("lastAccepted");
            context.getBean(SmsSender.class).send(hello("+12025550100"));
            assertThat(health(context)).startsWith("UP").contains("lastAccepted=");

            context.getBean(SmsSender.class).send(hello("+12025550116")); // refuses our credentials
            assertThat(health(context)).startsWith("DOWN").contains("breaker=open for ");
        });
        app.withPropertyValues(SANDBOX, "management.health.textonce.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("textonceHealthIndicator"));
    }

    /** By reflection: its type is another one in each generation. */
    static String health(ApplicationContext context) {
        Object indicator = context.getBean("textonceHealthIndicator");
        try {
            for (String type : List.of(
                    "org.springframework.boot.actuate.health.HealthIndicator",
                    "org.springframework.boot.health.contributor.HealthIndicator")) {
                if (org.springframework.util.ClassUtils.isPresent(type, null)) {
                    Object health = Class.forName(type).getMethod("health").invoke(indicator);
                    Object status = health.getClass().getMethod("getStatus").invoke(health);
                    return status + " "
                            + health.getClass().getMethod("getDetails").invoke(health);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no HealthIndicator on the class path");
    }

    @Test
    void webhooksAreOffUnlessAskedFor() {
        app.withPropertyValues(SANDBOX).run(context -> assertThat(context).doesNotHaveBean(WebhookReceiver.class));
        app.withPropertyValues(
                        SANDBOX,
                        "textonce.webhooks.enabled=true",
                        "textonce.webhooks.public-base-url=https://sms.example.org")
                .run(context -> assertThat(context).hasSingleBean(WebhookReceiver.class));
    }

    @Test
    void keepsSecretsOutOfWhatItShows() {
        app.withPropertyValues(
                        "textonce.providers.otp.type=twilio",
                        "textonce.providers.otp.account-sid=AC00000000000000000000000000000000",
                        "textonce.providers.otp.auth-token=0123456789abcdef0123456789abcdef",
                        "textonce.providers.otp.from=+12025550199",
                        "textonce.providers.otp.sender-for.[+44]=+447700900123")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(TextonceProperties.class).toString())
                            .doesNotContain("0123456789abcdef");
                    assertThat(context.getBean(SmsProviders.class)
                                    .find("otp")
                                    .orElseThrow()
                                    .kind())
                            .isEqualTo("twilio");
                });
    }
}
