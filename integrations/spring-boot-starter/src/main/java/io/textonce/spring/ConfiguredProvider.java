package io.textonce.spring;

import io.textonce.SenderId;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.smsbroadcast.SmsBroadcastProvider;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spring.TextonceProperties.Kind;
import io.textonce.spring.TextonceProperties.ProviderSettings;
import io.textonce.twilio.TwilioProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/** Makes a provider of its properties. The kinds are classes of their own, because their modules may be absent. */
final class ConfiguredProvider {

    /** What every provider finds here. The secret is that of all sandboxes, so that a tenant's instances verify each other's. */
    record Surroundings(TextonceProperties.Webhooks webhooks, ResourceLoader resources, String sandboxSecret) {}

    private static final Set<String> OF_ALL = Set.of("type", "ifSet", "unlessSet");

    private static final Set<String> OF_ALL_REMOTE = Set.of("from", "senders", "baseUrl", "connectTimeout");

    /** What each kind takes beside those. */
    private static final Map<Kind, Set<String>> OWN = new EnumMap<>(Map.of(
            Kind.TWILIO,
            Set.of(
                    "pool",
                    "senderFor",
                    "accountSid",
                    "authToken",
                    "apiKey",
                    "apiSecret",
                    "webhookAuthTokens",
                    "statusCallback",
                    "smartEncoded",
                    "region",
                    "edge"),
            Kind.SMSBROADCAST,
            Set.of(
                    "apiKey",
                    "apiSecret",
                    "maxSplit",
                    "maxRecipients",
                    "webhookSecrets",
                    "webhookHeader",
                    "webhookKeys"),
            Kind.SNS,
            Set.of(
                    "pool",
                    "senderFor",
                    "region",
                    "endUserMessaging",
                    "accessKeyId",
                    "secretAccessKey",
                    "sessionToken",
                    "options",
                    "topics",
                    "requireSha256",
                    "forwardSecrets",
                    "optOutList"),
            Kind.GATEWAY,
            Set.of(
                    "senderFor",
                    "profile",
                    "secrets",
                    "settings",
                    "callback",
                    "allowInsecure",
                    "webhookSecrets",
                    "webhookNetworks"),
            Kind.SANDBOX,
            Set.of("from")));

    private static final Map<Kind, String> CLASSES = Map.of(
            Kind.TWILIO, "io.textonce.twilio.TwilioProvider",
            Kind.SMSBROADCAST, "io.textonce.smsbroadcast.SmsBroadcastProvider",
            Kind.SNS, "io.textonce.sns.SnsProvider",
            Kind.GATEWAY, "io.textonce.gateway.GatewayProvider",
            Kind.SANDBOX, "io.textonce.sandbox.SandboxProvider");

    private static final Map<Kind, String> ARTIFACTS = Map.of(
            Kind.TWILIO, "textonce-twilio",
            Kind.SMSBROADCAST, "textonce-smsbroadcast",
            Kind.SNS, "textonce-sns",
            Kind.GATEWAY, "textonce-http-gateway",
            Kind.SANDBOX, "textonce-core");

    private final String property;
    private final String name;
    private final String endpoint;
    private final ProviderSettings given;
    private final TextonceProperties.Webhooks webhooks;
    private final ResourceLoader resources;
    private final String sandboxSecret;
    private final Problems problems;

    /**
     * Reads the settings when it is made.
     *
     * @param owner of the property, such as "tenants.acme."; empty for textonce.providers
     * @param endpoint where its webhooks arrive
     */
    ConfiguredProvider(
            String owner,
            String name,
            String endpoint,
            ProviderSettings given,
            Surroundings surroundings,
            Problems problems) {
        this.property = owner + "providers." + name;
        this.name = name;
        this.endpoint = endpoint;
        this.given = given;
        this.webhooks = surroundings.webhooks();
        this.resources = surroundings.resources();
        this.sandboxSecret = surroundings.sandboxSecret();
        this.problems = problems;
    }

    /** Null, with the reasons noted down, if it can't be made. */
    @Nullable
    SmsProvider make() {
        Kind kind = problems.required(
                property + ".type", given.type(), "set it to twilio, smsbroadcast, sns, gateway or sandbox");
        if (kind == null) {
            return null;
        }
        refuseWhatOthersTake(kind);
        String needed = Objects.requireNonNull(CLASSES.get(kind));
        if (!ClassUtils.isPresent(needed, resources.getClassLoader())) {
            problems.add(
                    property + ".type",
                    word(kind) + " needs a module that isn't there: add the dependency io.textonce:"
                            + ARTIFACTS.get(kind));
            return null;
        }
        return problems.attempt(property, () -> switch (kind) {
            case TWILIO -> Twilio.make(this);
            case SMSBROADCAST -> SmsBroadcast.make(this);
            case SNS -> Sns.make(this);
            case GATEWAY -> Gateway.make(this);
            case SANDBOX -> sandbox();
        });
    }

    private static String word(Kind kind) {
        return Kebab.of(kind.name());
    }

    private void refuseWhatOthersTake(Kind kind) {
        Set<String> own = Objects.requireNonNull(OWN.get(kind));
        for (RecordComponent each : ProviderSettings.class.getRecordComponents()) {
            boolean ours = OF_ALL.contains(each.getName())
                    || own.contains(each.getName())
                    || (kind != Kind.SANDBOX && OF_ALL_REMOTE.contains(each.getName()));
            if (!ours && isSet(each)) {
                problems.add(
                        property + "." + Kebab.of(each.getName()),
                        "isn't a setting of " + word(kind) + ", whose own are " + kebabs(own));
            }
        }
    }

    private static String kebabs(Set<String> names) {
        Set<String> all = new TreeSet<>();
        names.forEach(each -> all.add(Kebab.of(each)));
        return String.join(", ", all);
    }

    private boolean isSet(RecordComponent component) {
        try {
            Object value = component.getAccessor().invoke(given);
            return value != null
                    && !(value instanceof String text && text.isBlank())
                    && !(value instanceof Collection<?> some && some.isEmpty())
                    && !(value instanceof Map<?, ?> map && map.isEmpty());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's accessor failed", e);
        }
    }

    private @Nullable SenderId sender() {
        return has(given.pool())
                ? SenderId.pool(orEmpty(given.pool()))
                : has(given.from()) ? SenderId.of(orEmpty(given.from())) : null;
    }

    /** What is blank isn't there: a variable that isn't set leaves it so. */
    private static boolean has(@Nullable String value) {
        return value != null && !value.isBlank();
    }

    private List<SenderId> senders() {
        return given.senders().stream().map(SenderId::of).toList();
    }

    private static <T> void give(@Nullable T value, Consumer<T> setting) {
        if (value != null && !(value instanceof String text && text.isBlank())) {
            setting.accept(value);
        }
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }

    private SandboxProvider sandbox() {
        SandboxProvider.Builder sandbox =
                SandboxProvider.builder().name(name).secret(sandboxSecret).webhookTarget(webhooks.pathOf(endpoint));
        give(sender(), sandbox::sender);
        return sandbox.build().live();
    }

    private static final class Twilio {
        static SmsProvider make(ConfiguredProvider with) {
            ProviderSettings given = with.given;
            TwilioProvider.Builder twilio = TwilioProvider.builder()
                    .name(with.name)
                    .accountSid(orEmpty(given.accountSid()))
                    .senders(with.senders())
                    .webhookAuthTokens(given.webhookAuthTokens().toArray(new String[0]));
            give(given.authToken(), twilio::authToken);
            if (has(given.apiKey()) || has(given.apiSecret())) {
                twilio.apiKey(orEmpty(given.apiKey()), orEmpty(given.apiSecret()));
            }
            give(with.sender(), twilio::from);
            given.senderFor().forEach((prefix, sender) -> twilio.senderFor(prefix, SenderId.of(sender)));
            give(given.statusCallback() != null ? given.statusCallback() : with.reports(), twilio::statusCallback);
            give(given.smartEncoded(), twilio::smartEncoded);
            give(given.region(), twilio::region);
            give(given.edge(), twilio::edge);
            give(given.baseUrl(), twilio::baseUrl);
            give(given.connectTimeout(), twilio::connectTimeout);
            return twilio.build();
        }
    }

    /** Where this application takes a provider's reports. */
    private @Nullable URI reports() {
        String base = webhooks.publicBaseUrl();
        if (!webhooks.enabled() || base == null) {
            return null;
        }
        return URI.create(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + webhooks.pathOf(endpoint));
    }

    private static final class SmsBroadcast {
        static SmsProvider make(ConfiguredProvider with) {
            ProviderSettings given = with.given;
            SmsBroadcastProvider.Builder broadcast = SmsBroadcastProvider.builder()
                    .name(with.name)
                    .credentials(orEmpty(given.apiKey()), orEmpty(given.apiSecret()))
                    .senders(with.senders())
                    .webhookSecrets(given.webhookSecrets().toArray(new String[0]));
            give(with.sender(), broadcast::from);
            give(given.maxSplit(), broadcast::maxSplit);
            give(given.maxRecipients(), broadcast::maxRecipients);
            give(given.webhookHeader(), broadcast::webhookHeader);
            given.webhookKeys().forEach(broadcast::webhookKey);
            give(given.baseUrl(), broadcast::baseUrl);
            give(given.connectTimeout(), broadcast::connectTimeout);
            return broadcast.build();
        }
    }

    private static final class Sns {
        static SmsProvider make(ConfiguredProvider with) {
            ProviderSettings given = with.given;
            SnsProvider.Builder sns = (Boolean.TRUE.equals(given.endUserMessaging())
                            ? SnsProvider.endUserMessaging()
                            : SnsProvider.builder())
                    .name(with.name)
                    .region(orEmpty(given.region()))
                    .senders(with.senders())
                    .topics(given.topics().toArray(new String[0]))
                    .forwardSecrets(given.forwardSecrets().toArray(new String[0]));
            if (has(given.sessionToken())) {
                sns.credentials(
                        orEmpty(given.accessKeyId()), orEmpty(given.secretAccessKey()), orEmpty(given.sessionToken()));
            } else if (has(given.accessKeyId()) || has(given.secretAccessKey())) {
                sns.credentials(orEmpty(given.accessKeyId()), orEmpty(given.secretAccessKey()));
            }
            give(with.sender(), sns::from);
            given.senderFor().forEach((prefix, sender) -> sns.senderFor(prefix, SenderId.of(sender)));
            given.options().forEach(sns::option);
            give(given.requireSha256(), sns::requireSha256);
            give(given.optOutList(), sns::optOutList);
            give(given.baseUrl(), sns::baseUrl);
            give(given.connectTimeout(), sns::connectTimeout);
            return sns.build();
        }
    }

    private static final class Gateway {
        static SmsProvider make(ConfiguredProvider with) {
            ProviderSettings given = with.given;
            GatewayProvider.Builder gateway = GatewayProvider.builder(profile(with))
                    .name(with.name)
                    .senders(with.senders())
                    .webhookSecrets(given.webhookSecrets().toArray(new String[0]))
                    .webhookNetworks(given.webhookNetworks().toArray(new String[0]));
            given.secrets().forEach(gateway::secret);
            given.settings().forEach(gateway::setting);
            give(with.sender(), gateway::from);
            given.senderFor().forEach((prefix, sender) -> gateway.senderFor(prefix, SenderId.of(sender)));
            give(given.callback(), gateway::callback);
            give(given.baseUrl(), gateway::baseUrl);
            give(given.connectTimeout(), gateway::connectTimeout);
            return (Boolean.TRUE.equals(given.allowInsecure()) ? gateway.allowInsecure() : gateway).build();
        }

        private static GatewayProfile profile(ConfiguredProvider with) {
            String named = has(with.given.profile()) ? orEmpty(with.given.profile()) : "base-url";
            if (GatewayProfile.shipped().contains(named)) {
                return GatewayProfile.shipped(named);
            }
            try {
                return GatewayProfile.fromJson(
                        with.resources.getResource(named).getContentAsString(StandardCharsets.UTF_8));
            } catch (IOException | UncheckedIOException unreadable) {
                throw new IllegalArgumentException(
                        "profile is neither a resource that can be read nor one of "
                                + String.join(", ", GatewayProfile.shipped()),
                        unreadable);
            }
        }
    }
}
