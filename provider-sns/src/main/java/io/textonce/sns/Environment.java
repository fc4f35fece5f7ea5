package io.textonce.sns;

import io.textonce.SenderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads variables and remembers all that are missing or wrong. A blank one is missing. */
final class Environment {

    private final Map<String, String> variables;
    private final List<String> problems = new ArrayList<>();

    private Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** A builder with everything that the variables say; throws with all that are missing. */
    static SnsProvider.Builder read(Map<String, String> variables) {
        return new Environment(variables).builder();
    }

    private SnsProvider.Builder builder() {
        SnsProvider.Builder builder = flavour();
        String region = optional("AWS_REGION");
        if (region == null) {
            region = optional("AWS_DEFAULT_REGION");
        }
        if (region == null) {
            problems.add("AWS_REGION isn't set: set it to the region of the account's senders, such as us-east-1.");
        } else {
            builder.region(region);
        }
        credentials(builder);
        sender(builder);
        String type = optional("AWS_SNS_SMS_TYPE");
        if (type != null) {
            builder.option(Extra.SMS_TYPE.key(), type);
        }
        String configuration = optional("AWS_SMS_CONFIGURATION_SET");
        if (configuration != null) {
            builder.option(Extra.CONFIGURATION_SET.key(), configuration);
        }
        builder.topics(list("AWS_SNS_TOPIC_ARNS")).forwardSecrets(list("AWS_SMS_FORWARD_SECRETS"));
        String baseUrl = optional("AWS_SMS_BASE_URL");
        if (baseUrl != null) {
            builder.baseUrl(baseUrl);
        }
        return builder.problems(problems);
    }

    private SnsProvider.Builder flavour() {
        String api = optional("AWS_SMS_API");
        if (api != null && !api.equals(Flavour.PUBLISH.kind()) && !api.equals(Flavour.END_USER_MESSAGING.kind())) {
            problems.add("AWS_SMS_API isn't one of sns and end-user-messaging: correct it.");
        }
        return Flavour.END_USER_MESSAGING.kind().equals(api) ? SnsProvider.endUserMessaging() : SnsProvider.builder();
    }

    /** Without keys the default chain looks for a profile or a role, as AWS's own clients do. */
    private void credentials(SnsProvider.Builder builder) {
        String key = optional("AWS_ACCESS_KEY_ID");
        String secret = optional("AWS_SECRET_ACCESS_KEY");
        if (key == null && secret == null) {
            return;
        }
        if (key == null || secret == null) {
            problems.add((key == null ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY")
                    + " isn't set, and the other half of the key is: set both.");
            return;
        }
        String token = optional("AWS_SESSION_TOKEN");
        if (token == null) {
            builder.credentials(key, secret);
        } else {
            builder.credentials(key, secret, token);
        }
    }

    private void sender(SnsProvider.Builder builder) {
        String sender = optional("AWS_SMS_SENDER");
        if (sender == null) {
            return;
        }
        try {
            builder.from(sender.startsWith("pool-") ? SenderId.pool(sender) : SenderId.of(sender));
        } catch (IllegalArgumentException malformed) {
            problems.add("AWS_SMS_SENDER: " + malformed.getMessage());
        }
    }

    private String[] list(String key) {
        String value = optional(key);
        return value == null ? new String[0] : value.split("[,\\s]+");
    }

    private @Nullable String optional(String key) {
        String value = variables.get(key);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
