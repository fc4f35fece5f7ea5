package io.textonce.example.platform;

import io.textonce.TenantId;
import io.textonce.client.ProviderSource;
import io.textonce.client.TenantProviders;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.EndpointSource;
import io.textonce.webhook.WebhookEndpoint;
import io.textonce.webhook.WebhookReceiver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Each tenant's accounts at the providers: Twilio first, then SNS. {@code ACME_TWILIO_ACCOUNT_SID} is that of the tenant acme,
 * {@code TWILIO_ACCOUNT_SID} that of all who have none of their own. Without any, a sandbox.
 *
 * <p>Webhooks come to {@code /textonce/webhooks/<tenant>.<provider>}, so that a report finds its tenant, and no other's message.
 */
@Component
final class Accounts implements ProviderSource, EndpointSource, DisposableBean {

    /** What the providers read; each may be a tenant's own. */
    private static final String VARIABLES = """
            TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_AUTH_TOKEN_SECONDARY TWILIO_API_KEY TWILIO_API_SECRET
            TWILIO_PHONE_NUMBER TWILIO_MESSAGING_SERVICE_SID TWILIO_REGION TWILIO_EDGE TWILIO_BASE_URL
            AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_SMS_SENDER AWS_SMS_BASE_URL
            AWS_SNS_TOPIC_ARNS AWS_SMS_FORWARD_SECRETS""";

    private static final Pattern WHITE = Pattern.compile("\\s+");

    private final Environment environment;
    private final ObjectProvider<WebhookReceiver> receiver;
    private final String webhooks;
    private final String sandboxSecret = UUID.randomUUID().toString();
    /** For webhooks and look-ups. The client makes, and closes, others. */
    private final Map<TenantId, List<SmsProvider>> desks = new LinkedHashMap<>();

    Accounts(
            Settings settings,
            Environment environment,
            ObjectProvider<WebhookReceiver> receiver,
            @Value("${textonce.webhooks.public-base-url}") String publicBaseUrl) {
        this.environment = environment;
        this.receiver = receiver;
        this.webhooks = publicBaseUrl + "/textonce/webhooks/";
        settings.tenantIds().forEach(tenant -> desks.put(tenant, open(tenant)));
    }

    private List<SmsProvider> open(TenantId tenant) {
        Map<String, String> given = new HashMap<>();
        for (String name : List.of(WHITE.split(VARIABLES))) {
            String own = tenant.value().toUpperCase(Locale.ROOT) + "_" + name;
            String value = environment.getProperty(own, environment.getProperty(name, ""));
            if (!value.isBlank()) {
                given.put(name, value);
            }
        }
        List<SmsProvider> all = new ArrayList<>();
        if (given.containsKey("TWILIO_ACCOUNT_SID")) {
            given.put("TWILIO_STATUS_CALLBACK_URL", webhooks + tenant + ".twilio");
            all.add(TwilioProvider.fromEnvironment(given));
        }
        if (given.containsKey("AWS_ACCESS_KEY_ID")) {
            all.add(SnsProvider.fromEnvironment(given));
        }
        return all.isEmpty() ? List.of(sandbox(tenant)) : all;
    }

    private SandboxProvider sandbox(TenantId tenant) {
        String endpoint = tenant + ".sandbox";
        return SandboxProvider.builder()
                .secret(sandboxSecret)
                .webhookTarget("/textonce/webhooks/" + endpoint)
                .build()
                .connect(request -> receiver.getObject().receive(endpoint, request))
                .live();
    }

    @Override
    public Optional<TenantProviders> forTenant(TenantId tenant) {
        return desks.containsKey(tenant) ? Optional.of(TenantProviders.of("1", () -> open(tenant))) : Optional.empty();
    }

    @Override
    public Optional<WebhookEndpoint> find(String endpoint) {
        int dot = endpoint.lastIndexOf('.');
        return desks.entrySet().stream()
                .filter(each -> dot > 0 && each.getKey().value().equals(endpoint.substring(0, dot)))
                .flatMap(each -> each.getValue().stream()
                        .filter(provider -> provider.name().equals(endpoint.substring(dot + 1)))
                        .flatMap(provider -> WebhookEndpoint.of(each.getKey(), provider).stream()))
                .filter(found -> found.parser().canVerify())
                .findFirst();
    }

    /** By tenant. */
    Map<TenantId, List<SmsProvider>> all() {
        return desks;
    }

    @Override
    public void destroy() {
        desks.values().forEach(each -> each.forEach(SmsProvider::close));
    }

    @Override
    public String toString() {
        return desks.entrySet().stream()
                .map(each -> each.getKey() + ": "
                        + each.getValue().stream().map(SmsProvider::name).toList())
                .collect(Collectors.joining(", "));
    }
}
