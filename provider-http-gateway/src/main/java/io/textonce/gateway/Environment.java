package io.textonce.gateway;

import io.textonce.SenderId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads variables; a blank one is missing, and what is missing is named together with all else by the builder. */
final class Environment {

    static final String PREFIX = "SMS_GATEWAY_";

    private final Map<String, String> variables;

    private Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    static GatewayProvider.Builder read(Map<String, String> variables) {
        Environment env = new Environment(variables);
        GatewayProfile profile = env.profile();
        GatewayProvider.Builder builder = GatewayProvider.builder(profile);
        for (String secret : profile.secrets()) {
            String value = env.optional(variable(secret));
            if (value == null) {
                builder.problems.add(variable(secret) + " is missing: set it to the gateway's " + secret + ".");
                builder.secret(secret, "missing");
            } else {
                builder.secret(secret, value);
            }
        }
        for (String setting : profile.settings()) {
            String value = env.optional(variable(setting));
            if (value != null) {
                builder.setting(setting, value);
            }
        }
        env.address(profile, builder);
        env.sender(builder);
        env.webhooks(builder);
        String enabled = env.optional("SMS_ENABLED");
        return builder.enabled(
                enabled == null || Set.of("true", "yes", "1", "on").contains(enabled.toLowerCase(Locale.ROOT)));
    }

    private GatewayProfile profile() {
        String named = optional(PREFIX + "PROFILE");
        if (named == null) {
            return GatewayProfile.shipped("base-url");
        }
        if (GatewayProfile.shipped().contains(named)) {
            return GatewayProfile.shipped(named);
        }
        try {
            return GatewayProfile.fromJson(Files.readString(java.nio.file.Path.of(named), StandardCharsets.UTF_8));
        } catch (InvalidPathException unreadable) {
            throw unreadable(named, unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    PREFIX + "PROFILE, the file " + JsonObject.shown(named) + ": " + wrong.getMessage(), wrong);
        } catch (IOException unreadable) {
            throw unreadable(named, unreadable);
        }
    }

    private static IllegalArgumentException unreadable(String named, Exception why) {
        return new IllegalArgumentException(
                PREFIX + "PROFILE is " + JsonObject.shown(named)
                        + ", which is neither a file that can be read nor one of "
                        + String.join(", ", GatewayProfile.shipped()) + ".",
                why);
    }

    private void address(GatewayProfile profile, GatewayProvider.Builder builder) {
        String url = optional("BASE_SMS_URL");
        if (url != null) {
            builder.baseUrl(url);
        } else if (profile.spec().send().call().url().variables().contains(Values.BASE_URL)) {
            builder.problems.add("BASE_SMS_URL is missing: set it to the gateway's address.");
            builder.baseUrl("https://missing.invalid");
        }
        if ("true".equalsIgnoreCase(optional(PREFIX + "ALLOW_INSECURE"))) {
            builder.allowInsecure();
        }
    }

    private void sender(GatewayProvider.Builder builder) {
        String from = optional("DEFAULT_SMS_FROM_NUMBER");
        if (from != null) {
            try {
                builder.from(SenderId.of(from));
            } catch (IllegalArgumentException malformed) {
                builder.problems.add("DEFAULT_SMS_FROM_NUMBER: " + malformed.getMessage());
            }
        }
    }

    private void webhooks(GatewayProvider.Builder builder) {
        for (String name : new String[] {"WEBHOOK_SECRET", "WEBHOOK_SECRET_SECONDARY"}) {
            String secret = optional(PREFIX + name);
            if (secret != null) {
                builder.webhookSecrets(secret);
            }
        }
        String callback = optional(PREFIX + "CALLBACK_URL");
        if (callback != null) {
            try {
                builder.callback(URI.create(callback));
            } catch (IllegalArgumentException malformed) {
                builder.problems.add(PREFIX + "CALLBACK_URL isn't a URL: give the public address of your endpoint.");
            }
        }
    }

    /** {@code apiKey} to {@code SMS_GATEWAY_API_KEY}. */
    static String variable(String name) {
        return PREFIX + name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    private @Nullable String optional(String key) {
        String value = variables.get(key);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
