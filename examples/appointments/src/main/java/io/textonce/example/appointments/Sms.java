package io.textonce.example.appointments;

import io.textonce.DeliveryReport;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.SubmitReply;
import io.textonce.store.TemplateRepository;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookReceiver;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of the SDK that this host uses, wired once: provider, client, outbox and webhooks on one store. */
final class Sms implements AutoCloseable {

    static final String CALLBACK_PATH = "/hooks/sms";

    private static final Logger LOG = LoggerFactory.getLogger(Sms.class);

    final SmsProvider provider;
    final JdbcStore store;
    final SmsClient client;
    final SmsOutbox outbox;
    final WebhookReceiver hooks;

    /** Which provider, or why none, for people. */
    final String mode;

    Sms(Map<String, String> settings, DataSource database, TemplateRepository templates) {
        JdbcStore.migrate(database);
        boolean configured = Stream.of("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER")
                .anyMatch(name -> !settings.getOrDefault(name, "").isBlank());
        String wanted = settings.getOrDefault("SMS_ENABLED", configured ? "true" : "sandbox");
        SmsProvider chosen;
        String said;
        if (wanted.equalsIgnoreCase("sandbox")) {
            chosen = SandboxProvider.create().live();
            said = "Sandbox: every SMS is delivered at once, and none leaves this machine.";
        } else if (wanted.equalsIgnoreCase("true")) {
            try {
                Map<String, String> twilio = new HashMap<>(settings);
                twilio.putIfAbsent("TWILIO_STATUS_CALLBACK_PATH", CALLBACK_PATH);
                chosen = TwilioProvider.fromEnvironment(twilio);
                said = "SMS go out through Twilio.";
            } catch (IllegalArgumentException incomplete) {
                said = "SMS are off. " + incomplete.getMessage();
                chosen = off(said);
            }
        } else {
            said = "SMS are off: SMS_ENABLED is not true.";
            chosen = off(said);
        }
        this.provider = chosen;
        this.mode = said;
        this.store = JdbcStore.of(database);
        SmsListener log = new Log();
        this.client = SmsClient.builder()
                .provider(provider)
                .defaultRegion(settings.getOrDefault("SMS_DEFAULT_REGION", "IN"))
                .templates(templates)
                .messages(store)
                .suppressions(store)
                .idempotency(store.idempotencyKeys(), Duration.ofDays(30))
                .limitStore(store.limits())
                .rateLimit(RateLimit.of(20, Duration.ofHours(1)).keyedBy(RateLimit.Key.RECIPIENT))
                .rates(RateCard.in("USD")
                        .rate("+", settings.getOrDefault("SMS_PRICE", "0.0075"))
                        .build())
                .listener(log)
                .build();
        this.outbox = SmsOutbox.builder(client, store).inOrder(message -> true).build();
        WebhookReceiver.Builder receiver = WebhookReceiver.builder(store)
                .suppressions(store)
                .endpoint("sms", TenantId.DEFAULT, provider)
                .listener(log);
        String address = settings.getOrDefault("BACKEND_URL", "");
        this.hooks = address.isBlank()
                ? receiver.build()
                : receiver.publicBaseUrl(address).build();
        if (provider instanceof SandboxProvider sandbox) {
            sandbox.connect(request -> hooks.receive("sms", request));
        }
    }

    /** From now on what is due goes out. */
    void start() {
        outbox.start();
    }

    /** Refuses every SMS with the reason that the clerk should read; appointments go on as ever. */
    private static SmsProvider off(String why) {
        return SandboxProvider.builder()
                .name("off")
                .behaviour(any -> Behaviour.answer(SubmitReply.invalid(Reason.CREDENTIAL, why)))
                .build();
    }

    @Override
    public void close() {
        outbox.close();
        client.close(); // and the provider
    }

    /** A line for each SMS and each report: references and ids, never a number or a text. */
    private static final class Log implements SmsListener {
        @Override
        public void onResult(SmsMessage message, SendResult result) {
            LOG.info("SMS of {}: {}", message.reference().orElse("no appointment"), result);
        }

        @Override
        public void onEvent(SmsEvent event) {
            if (event instanceof DeliveryReport report) {
                LOG.info("{}", report);
            }
        }
    }
}
