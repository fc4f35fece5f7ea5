package io.textonce.twilio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads variables and remembers all that are missing. A blank one is missing. */
final class Environment {

    /** Where the status callback lies below BACKEND_URL unless TWILIO_STATUS_CALLBACK_PATH says otherwise. */
    private static final String CALLBACK_PATH = "/api/v1/twilio/sms/status-callback";

    private final Map<String, String> variables;
    private final List<String> missing = new ArrayList<>();

    private Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** A builder with everything that the variables say; throws with all that are missing. */
    static TwilioProvider.Builder read(Map<String, String> variables) {
        Environment env = new Environment(variables);
        TwilioProvider.Builder builder = TwilioProvider.builder().accountSid(env.required("TWILIO_ACCOUNT_SID"));
        String apiKey = env.optional("TWILIO_API_KEY");
        String authToken = env.optional("TWILIO_AUTH_TOKEN");
        if (apiKey == null && authToken == null) {
            env.missing.add("TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET)");
        }
        if (authToken != null) {
            builder.authToken(authToken);
        }
        if (apiKey != null) {
            builder.apiKey(apiKey, env.required("TWILIO_API_SECRET"));
        }
        env.sender(builder);
        if (!env.missing.isEmpty()) {
            throw new IllegalArgumentException("TwilioProvider.fromEnvironment: not set are "
                    + String.join(", ", env.missing) + "; set them to the values in the Twilio console.");
        }
        String secondary = env.optional("TWILIO_AUTH_TOKEN_SECONDARY");
        if (secondary != null) {
            builder.webhookAuthTokens(secondary);
        }
        String callback = env.callback();
        if (callback != null) {
            builder.statusCallback("status callback from the environment", callback);
        }
        return builder.location(
                env.optional("TWILIO_REGION"), env.optional("TWILIO_EDGE"), env.optional("TWILIO_BASE_URL"));
    }

    private void sender(TwilioProvider.Builder builder) {
        String service = optional("TWILIO_MESSAGING_SERVICE_SID");
        String number = optional("TWILIO_PHONE_NUMBER");
        if (service != null) {
            builder.sender("TWILIO_MESSAGING_SERVICE_SID", service, true);
        } else if (number != null) {
            builder.sender("TWILIO_PHONE_NUMBER", number, false);
        } else {
            missing.add("TWILIO_PHONE_NUMBER (or TWILIO_MESSAGING_SERVICE_SID)");
        }
    }

    private @Nullable String callback() {
        String whole = optional("TWILIO_STATUS_CALLBACK_URL");
        String base = optional("BACKEND_URL");
        if (whole != null || base == null) {
            return whole;
        }
        String path = optional("TWILIO_STATUS_CALLBACK_PATH");
        String trimmed = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        return trimmed + (path == null ? CALLBACK_PATH : path);
    }

    private String required(String key) {
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
