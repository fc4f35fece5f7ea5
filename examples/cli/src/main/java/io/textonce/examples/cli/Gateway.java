package io.textonce.examples.cli;

import io.textonce.SenderId;
import io.textonce.gateway.GatewayProvider;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.smsbroadcast.SmsBroadcastProvider;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.twilio.TwilioProvider;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The providers that the command line knows. One line each. */
@SuppressWarnings("ImmutableEnumChecker") // the functions hold no state
enum Gateway {
    SANDBOX(environment -> SandboxProvider.create(), Gateway::sandboxVerifier, null, null, null),
    TWILIO(
            TwilioProvider::fromEnvironment,
            Gateway::twilioVerifier,
            "TWILIO_BASE_URL",
            "TWILIO_PHONE_NUMBER",
            "TWILIO_AUTH_TOKEN"),
    SMSBROADCAST(
            SmsBroadcastProvider::fromEnvironment,
            Gateway::smsBroadcastVerifier,
            "SMS_BROADCAST_BASE_URL",
            "SMS_SENDER_ID",
            "SMS_BROADCAST_WEBHOOK_SECRET"),
    /** Any HTTP gateway: the variable SMS_GATEWAY_PROFILE names the profile. */
    GATEWAY(
            GatewayProvider::fromEnvironment,
            Gateway::gatewayVerifier,
            "BASE_SMS_URL",
            "DEFAULT_SMS_FROM_NUMBER",
            null),
    SNS(
            SnsProvider::fromEnvironment,
            Gateway::snsVerifier,
            "AWS_SMS_BASE_URL",
            "AWS_SMS_SENDER",
            "AWS_SMS_FORWARD_SECRETS");

    /** For the help of all commands: an annotation can't ask {@link #names}. */
    static final String HELP = "sandbox, twilio, smsbroadcast, gateway or sns.";

    private final Function<Map<String, String>, SmsProvider> sender;
    private final Function<List<String>, SmsProvider> verifier;
    private final @Nullable String baseUrlVariable;
    private final @Nullable String senderVariable;
    private final @Nullable String secretVariable;

    Gateway(
            Function<Map<String, String>, SmsProvider> sender,
            Function<List<String>, SmsProvider> verifier,
            @Nullable String baseUrlVariable,
            @Nullable String senderVariable,
            @Nullable String secretVariable) {
        this.sender = sender;
        this.verifier = verifier;
        this.baseUrlVariable = baseUrlVariable;
        this.senderVariable = senderVariable;
        this.secretVariable = secretVariable;
    }

    static Optional<Gateway> named(String name) {
        return Arrays.stream(values())
                .filter(gateway -> gateway.toString().equals(name))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(Gateway::toString).collect(Collectors.joining(", "));
    }

    /** Whether there is a server that another one can stand in for. */
    boolean hasServer() {
        return baseUrlVariable != null;
    }

    /** The variable in which the webhooks' secret is kept, for people; null if there is none. */
    @Nullable
    String secretVariable() {
        return secretVariable;
    }

    /**
     * The provider as the environment configures it.
     *
     * @param baseUrl a server instead of the provider's own, or null
     * @param from the sender, needed here only if the environment names none
     * @throws IllegalArgumentException naming every variable that is missing or wrong
     */
    SmsProvider open(Map<String, String> environment, @Nullable String baseUrl, @Nullable String from) {
        Map<String, String> variables = new HashMap<>(environment);
        if (baseUrlVariable != null && baseUrl != null) {
            variables.put(baseUrlVariable, baseUrl);
        }
        if (senderVariable != null && from != null) {
            variables.putIfAbsent(senderVariable, from);
        }
        return sender.apply(variables);
    }

    /**
     * A provider that only verifies webhooks.
     *
     * @param secrets one or more
     * @throws IllegalArgumentException if a secret can't be one
     */
    SmsProvider verifier(List<String> secrets) {
        return verifier.apply(secrets);
    }

    private static SmsProvider sandboxVerifier(List<String> secrets) {
        return SandboxProvider.builder()
                .secret(secrets.get(0), secrets.subList(1, secrets.size()).toArray(String[]::new))
                .build();
    }

    /** Account and sender play no part in verifying, but the builder asks for them. */
    private static SmsProvider twilioVerifier(List<String> secrets) {
        return TwilioProvider.builder()
                .accountSid("AC" + "0".repeat(32))
                .authToken(secrets.get(0))
                .webhookAuthTokens(secrets.subList(1, secrets.size()).toArray(String[]::new))
                .from(SenderId.of("+12025550100"))
                .build();
    }

    private static SmsProvider gatewayVerifier(List<String> secrets) {
        throw new IllegalArgumentException(
                "--provider: how a gateway's webhooks are verified depends on its profile, which"
                        + " this command doesn't take; name another provider");
    }

    private static SmsProvider smsBroadcastVerifier(List<String> secrets) {
        return SmsBroadcastProvider.builder()
                .credentials("none", "none")
                .webhookSecrets(secrets.toArray(String[]::new))
                .build();
    }

    /** Region and key play no part in what a forwarder vouches for, but the builder asks for them. */
    private static SmsProvider snsVerifier(List<String> secrets) {
        return SnsProvider.builder()
                .region("us-east-1")
                .credentials("none", "none")
                .forwardSecrets(secrets.toArray(String[]::new))
                .build();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
