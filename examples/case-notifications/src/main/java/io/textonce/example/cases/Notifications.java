package io.textonce.example.cases;

import io.textonce.MessageId;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.Bulk;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.example.cases.Cases.Case;
import io.textonce.example.cases.Cases.User;
import io.textonce.gateway.GatewayProvider;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.EnqueueReceipt;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.store.MessageRecord;
import io.textonce.webhook.WebhookReceiver;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SDK, wired once, and what this host says with it. */
final class Notifications implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String OFF = "SMS are switched off by SMS_ENABLED.";
    private static final Told WAITING = new Told(false, "it isn't sent yet, but will be");

    /** What a case's answer says about the SMS: sent or not, and if not, why. */
    record Told(boolean smsSent, String reason) {
        static Told of(SendResult result) {
            return result.fold(
                    accepted -> new Told(true, ""),
                    rejected -> new Told(false, rejected.explanation()),
                    unknown -> new Told(false, "it may have been sent all the same: " + unknown.explanation()));
        }
    }

    /** Whether it is on the sandbox, which needs no account. */
    final boolean sandbox;

    /** Where SMS go, for people. */
    final String mode;

    /** Nothing is stored for later then: what nobody was told for weeks would all go out on the day it is switched on. */
    private final boolean off;

    final JdbcStore store;
    final SmsClient client;
    final SmsOutbox outbox;
    final PreferenceRepository preferences;
    final ReportRepository reports;
    final Texts texts;

    /** Where the gateway's delivery reports go, if its profile knows any that can be verified. */
    final @Nullable WebhookReceiver hooks;

    Notifications(Map<String, String> settings, DataSource database) {
        boolean configured = !blank(settings, "BASE_SMS_URL") || !blank(settings, "SMS_GATEWAY_PROFILE");
        String enabled = settings.getOrDefault("SMS_ENABLED", "").strip().toLowerCase(Locale.ROOT);
        this.sandbox = enabled.isEmpty() && !configured;
        this.off = !enabled.isEmpty() && !Set.of("true", "yes", "1", "on").contains(enabled);
        SmsProvider provider;
        if (sandbox) {
            provider = SandboxProvider.create().live();
            this.mode = "Sandbox: SMS are delivered within a second, and none leaves this machine.";
        } else if (configured || !off) {
            provider = GatewayProvider.fromEnvironment(settings); // or names what is missing
            this.mode = off ? OFF : "SMS go out through the gateway.";
        } else {
            this.mode = OFF;
            provider = SandboxProvider.builder()
                    .name("off")
                    .behaviour(any -> Behaviour.answer(SubmitReply.invalid(Reason.CREDENTIAL, mode)))
                    .build();
        }
        JdbcStore.migrate(database);
        this.store = JdbcStore.builder(database).templatesKeptFor(Duration.ZERO).build();
        this.preferences = JdbcEngagement.on(store).preferences();
        this.reports = JdbcEngagement.on(store).reports();
        this.texts = new Texts(store.templates());
        this.client = SmsClient.builder()
                .provider(provider)
                .defaultRegion(settings.getOrDefault("SMS_DEFAULT_REGION", "ET"))
                .attemptTimeout(Duration.ofSeconds(10))
                .deadline(Duration.ofSeconds(15)) // somebody waits for the case's answer
                .templates(store.templates())
                .messages(store)
                .suppressions(store)
                .preferences(preferences)
                .idempotency(store.idempotencyKeys(), Duration.ofDays(30))
                .limitStore(store.limits())
                .rateLimit(RateLimit.of(20, Duration.ofHours(1)).keyedBy(RateLimit.Key.RECIPIENT))
                .listener(new Log())
                .build();
        this.outbox = SmsOutbox.builder(client, store)
                .retry(25, Duration.ofMinutes(1), Duration.ofMinutes(15)) // nobody waits for a gateway that is down
                .build();
        this.hooks = provider.role(WebhookParser.class)
                        .filter(WebhookParser::canVerify)
                        .isEmpty()
                ? null
                : receiver(settings, provider);
    }

    /** From now on what is due goes out. */
    void start() {
        outbox.start();
    }

    private WebhookReceiver receiver(Map<String, String> settings, SmsProvider provider) {
        WebhookReceiver.Builder builder =
                WebhookReceiver.builder(store).suppressions(store).endpoint("sms", TenantId.DEFAULT, provider);
        String address = settings.getOrDefault("PUBLIC_URL", "");
        WebhookReceiver receiver = address.isBlank()
                ? builder.build()
                : builder.publicBaseUrl(address).build();
        if (provider instanceof SandboxProvider carrier) {
            carrier.connect(request -> receiver.receive("sms", request));
        }
        return receiver;
    }

    private static boolean blank(Map<String, String> settings, String name) {
        return settings.getOrDefault(name, "").isBlank();
    }

    /**
     * Tells somebody about a change of a case, in their language and unless they chose not to be told. The SMS is stored with
     * the change, and goes out once both are committed, whatever crashes then; what stands in its way never keeps the case back.
     */
    final class Telling implements Cases.Along {
        private final String kind;
        private final Function<Case, User> to;
        private Told told = new Told(false, "nothing has changed by this request; who is told was told before");
        private @Nullable MessageId waiting;

        Telling(String kind, Function<Case, User> to) {
            this.kind = kind;
            this.to = to;
        }

        @Override
        public void write(Connection transaction, Case changed) {
            if (off) {
                told = new Told(false, mode);
                return;
            }
            try {
                EnqueueReceipt receipt =
                        outbox.in(store.in(transaction)).enqueue(message(kind, changed, to.apply(changed)));
                told = receipt.refusal().map(Told::of).orElse(WAITING);
                waiting = receipt.refusal().isEmpty() ? receipt.messageId() : null;
            } catch (Cases.NotFound | IllegalArgumentException e) {
                told = new Told(false, Objects.requireNonNullElse(e.getMessage(), "it couldn't be prepared"));
            }
        }

        /** What became of it, as far as that is known soon after the commit; else what stands in its way. */
        Told told() throws InterruptedException {
            MessageId id = waiting;
            if (id == null) {
                return told;
            }
            try {
                return outbox.await(TenantId.DEFAULT, id, PATIENCE)
                        .map(Told::of)
                        .orElseGet(() -> new Told(false, WAITING.reason() + why(id)));
            } catch (RuntimeException e) {
                // Case and SMS are stored, so whoever changed the case mustn't be told otherwise.
                LOG.warn("message {}: what became of it can't be read now: {}", id, e.toString());
                return WAITING;
            }
        }

        private String why(MessageId sms) {
            return store.find(TenantId.DEFAULT, sms)
                    .flatMap(MessageRecord::explanation)
                    .map(why -> ": " + why)
                    .orElse("");
        }
    }

    SmsMessage message(String kind, Case about, User to) {
        return SmsMessage.to(to.phone())
                .template(kind, Locale.ENGLISH, texts.values(kind, about))
                .reference(about.number())
                .label("user", Integer.toString(to.id()))
                .label("kind", kind)
                .build();
    }

    /** Sends now, unless the person chose not to have it. */
    Told send(SmsMessage message) {
        return Told.of(client.send(message));
    }

    /** Puts a message off, unless the person has chosen by now, or by then, not to have it. */
    Told later(SmsMessage message, Instant at) {
        return outbox.enqueue(message, at)
                .refusal()
                .map(Told::of)
                .orElseGet(() -> new Told(false, "it goes out at " + at));
    }

    /** A text of the staff's own, to one person. */
    static SmsMessage.Builder free(String text, User to) {
        return SmsMessage.to(to.phone())
                .text(text)
                .label("user", Integer.toString(to.id()))
                .label("kind", Texts.MESSAGE);
    }

    /**
     * One text to many: what became of it, by user. One that fails never stops the others. A repeated call with its key
     * sends nothing again and hears the same; without a key each call sends.
     */
    Map<Integer, Told> bulk(Collection<User> users, String text, @Nullable String key) {
        Map<Integer, Told> told = new ConcurrentSkipListMap<>();
        List<SmsMessage> messages =
                users.stream().distinct().map(user -> free(text, user).build()).toList();
        Bulk bulk = client.bulk();
        if (key != null) {
            bulk.idempotencyKeys(message -> key + " " + message.label("user").orElse(""));
        }
        try {
            bulk.start(
                            messages,
                            (message, result) -> told.put(
                                    Integer.valueOf(message.label("user").orElse("0")), Told.of(result)))
                    .await()
                    .orThrow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return told;
    }

    @Override
    public void close() {
        outbox.close();
        client.close();
    }

    /** A line for each SMS: who by the host's id, never a number or a text. */
    private static final class Log implements SmsListener {
        @Override
        public void onResult(SmsMessage message, SendResult result) {
            Told told = Told.of(result);
            String what = message.label("kind").orElse("other") + " to user "
                    + message.label("user").orElse("?");
            if (told.smsSent()) {
                LOG.info("{}: sent", what);
            } else {
                LOG.warn("{}: not sent: {}", what, told.reason());
            }
        }
    }
}
