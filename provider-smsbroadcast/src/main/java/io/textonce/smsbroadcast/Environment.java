package io.textonce.smsbroadcast;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads variables and remembers all that are missing or wrong. A blank one is missing. */
final class Environment {

    /** A number as the dashboard shows it, without the plus sign, or as it is dialled at home. */
    private static final Pattern DIGITS = Pattern.compile("[1-9][0-9]{9,14}");

    private static final Pattern AT_HOME = Pattern.compile("04[0-9]{8}");

    private final Map<String, String> variables;

    private Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** A builder with everything that the variables say; throws with all that are missing. */
    static SmsBroadcastProvider.Builder read(Map<String, String> variables) {
        Environment env = new Environment(variables);
        List<String> missing = new ArrayList<>();
        String username = env.required("SMS_BROADCAST_USERNAME", missing);
        String password = env.required("SMS_BROADCAST_PASSWORD", missing);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("SmsBroadcastProvider.fromEnvironment: not set are "
                    + String.join(", ", missing) + "; set them to the API key and the secret that the portal makes.");
        }
        SmsBroadcastProvider.Builder builder = SmsBroadcastProvider.builder().credentials(username, password);
        env.sender(builder);
        env.webhooks(builder);
        String parts = env.optional("SMS_BROADCAST_MAXSPLIT");
        if (parts != null) {
            builder.maxSplit("SMS_BROADCAST_MAXSPLIT", parts);
        }
        String baseUrl = env.optional("SMS_BROADCAST_BASE_URL");
        return baseUrl == null ? builder : builder.baseUrl(baseUrl);
    }

    private void sender(SmsBroadcastProvider.Builder builder) {
        String sender = optional("SMS_SENDER_ID");
        if (sender == null) {
            return;
        }
        String written = DIGITS.matcher(sender).matches() ? "+" + sender : sender;
        builder.from("SMS_SENDER_ID", AT_HOME.matcher(written).matches() ? "+61" + written.substring(1) : written);
    }

    private void webhooks(SmsBroadcastProvider.Builder builder) {
        for (String name : List.of("SMS_BROADCAST_WEBHOOK_SECRET", "SMS_BROADCAST_WEBHOOK_SECRET_SECONDARY")) {
            String secret = optional(name);
            if (secret != null) {
                builder.webhookSecrets(secret);
            }
        }
        String header = optional("SMS_BROADCAST_WEBHOOK_HEADER");
        if (header != null) {
            builder.webhookHeader(header);
        }
        String keys = optional("SMS_BROADCAST_WEBHOOK_KEYS");
        for (String pair : keys == null ? List.<String>of() : List.of(keys.split("[\\s,]+"))) {
            int equals = pair.indexOf('=');
            builder.webhookKey(pair.substring(0, Math.max(equals, 0)), pair.substring(equals + 1));
        }
    }

    private String required(String key, List<String> missing) {
        String value = optional(key);
        if (value == null) {
            missing.add(key);
            return "";
        }
        return value;
    }

    private @Nullable String optional(String key) {
        String value = variables.get(key);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
