package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.smsbroadcast.SmsBroadcastProvider;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.Capabilities;
import io.textonce.spi.MediaFetcher;
import io.textonce.spi.OptOutQuery;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.Validator;
import io.textonce.spi.WebhookParser;
import io.textonce.twilio.TwilioProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of providers in README.md says what the providers themselves say. */
class ProviderTableTest {

    private static final Path README =
            Path.of(System.getProperty("basedir", "."), "..", "README.md").normalize();
    private static final String BEGIN = "<!-- made by ProviderTableTest -->\n";
    private static final String END = "<!-- end -->\n";
    private static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:sms";
    private static final String NOWHERE = "https://sms.example.org";

    private static final Map<String, Function<SmsProvider, String>> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put("senders", ProviderTableTest::senders);
        COLUMNS.put("pictures out", provider -> media(provider.capabilities()));
        COLUMNS.put(
                "many at once",
                provider -> provider.role(BatchSubmitter.class)
                        .map(batch -> "up to " + batch.maxRecipients())
                        .orElse("-"));
        COLUMNS.put("reports and inbound", has(WebhookParser.class));
        COLUMNS.put("fetches pictures", has(MediaFetcher.class));
        COLUMNS.put("finds a lost message", has(StatusLookup.class));
        COLUMNS.put("balance", has(BalanceQuery.class));
        COLUMNS.put("opt-out list", has(OptOutQuery.class));
        COLUMNS.put("dry run", has(Validator.class));
        COLUMNS.put("what settles a doubt", ProviderTableTest::settlement);
    }

    private static Map<String, SmsProvider> rows() {
        Map<String, SmsProvider> rows = new LinkedHashMap<>();
        rows.put(
                "[`textonce-twilio`](provider-twilio/README.md)",
                TwilioProvider.builder()
                        .accountSid("AC00000000000000000000000000000001")
                        .authToken("0123456789abcdef0123456789abcdef")
                        .from(SenderId.of("+12025550100"))
                        .statusCallback(URI.create(NOWHERE + "/hooks"))
                        .build());
        rows.put(
                "[`textonce-smsbroadcast`](provider-smsbroadcast/README.md)",
                SmsBroadcastProvider.builder()
                        .credentials("user", "secret")
                        .from(SenderId.of("ClinicSMS"))
                        .webhookSecrets("0123456789abcdef")
                        .build());
        rows.put(
                "[`textonce-sns`](provider-sns/README.md), Publish",
                SnsProvider.builder()
                        .region("us-east-1")
                        .credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
                        .topics(TOPIC)
                        .build());
        rows.put(
                "the same, End User Messaging",
                SnsProvider.endUserMessaging()
                        .region("us-east-1")
                        .credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
                        .from(SenderId.of("+12025550100"))
                        .topics(TOPIC)
                        .build());
        rows.put(
                "[`textonce-http-gateway`](provider-http-gateway/README.md), as Kannel",
                GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                        .baseUrl(NOWHERE)
                        .secret("username", "tester")
                        .secret("password", "foobar")
                        .callback(URI.create(NOWHERE + "/hooks"))
                        .webhookSecrets("0123456789abcdef")
                        .build());
        rows.put("sandbox, in `textonce-core`", SandboxProvider.create());
        return rows;
    }

    @Test
    void theReadmeShowsWhatTheProvidersSay() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertThat(end).as("the marks in README.md").isGreaterThanOrEqualTo(begin);
        if (Boolean.getBoolean("api.update")) {
            Files.writeString(README, readme.substring(0, begin) + table() + readme.substring(end));
            return;
        }
        assertThat(readme.substring(begin, end))
                .as("README.md's table of providers; -Dapi.update writes it anew")
                .isEqualTo(table());
    }

    private static String table() {
        StringBuilder out = new StringBuilder();
        out.append("| | ").append(String.join(" | ", COLUMNS.keySet())).append(" |\n|---");
        out.append("|---".repeat(COLUMNS.size())).append("|\n");
        rows().forEach((name, provider) -> {
            out.append("| ").append(name);
            COLUMNS.values().forEach(column -> out.append(" | ").append(column.apply(provider)));
            out.append(" |\n");
            provider.close();
        });
        return out.toString();
    }

    private static Function<SmsProvider, String> has(Class<?> role) {
        return provider -> provider.role(role).isPresent() ? "yes" : "-";
    }

    private static String senders(SmsProvider provider) {
        return Arrays.stream(SenderId.Kind.values())
                .filter(provider.capabilities().senderKinds()::contains)
                .map(kind -> switch (kind) {
                    case NUMBER -> "number";
                    case SHORT_CODE -> "short code";
                    case ALPHANUMERIC -> "name";
                    case POOL -> "pool";
                    default -> kind.name().toLowerCase(Locale.ROOT);
                })
                .collect(Collectors.joining(", "));
    }

    private static String media(Capabilities capabilities) {
        return capabilities.maxMedia() == 0 ? "-" : "up to " + capabilities.maxMedia();
    }

    private static String settlement(SmsProvider provider) {
        List<String> ways = Arrays.stream(Settlement.values())
                .filter(provider.capabilities().settlement()::contains)
                .map(way -> way == Settlement.LOOKUP ? "lookup" : "report")
                .toList();
        return ways.isEmpty() ? "nothing" : String.join(", ", ways);
    }
}
