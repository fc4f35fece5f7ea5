package io.textonce.example.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.spring.SmsProviders;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** What is understood of the settings before anything is sent. */
class SettingsTest {

    @Test
    void anAccountIsATenantsOwnOrThePlatformsAsAWhole() {
        assertThat(sendingThrough()).isEqualTo("sandbox; acme: sandbox; globex: sandbox");
        String[] everybodys = {
            "TWILIO_ACCOUNT_SID=AC00000000000000000000000000000001",
            "TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef",
            "TWILIO_PHONE_NUMBER=+12025550199",
            "AWS_ACCESS_KEY_ID=AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "AWS_REGION=us-east-1"
        };
        assertThat(sendingThrough(everybodys)).isEqualTo("twilio, sns; acme: twilio, sns; globex: twilio, sns");
        String[] acmes = {
            "ACME_TWILIO_ACCOUNT_SID=AC00000000000000000000000000000002",
            "ACME_TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef",
            "ACME_TWILIO_MESSAGING_SERVICE_SID=MG00000000000000000000000000000002"
        };
        assertThat(sendingThrough(acmes)).isEqualTo("sandbox; acme: twilio; globex: sandbox");
        assertThat(sendingThrough(
                        Stream.of(everybodys, acmes).flatMap(Stream::of).toArray(String[]::new)))
                .isEqualTo("twilio, sns; acme: twilio; globex: twilio, sns");
    }

    private static String sendingThrough(String... variables) {
        try (ConfigurableApplicationContext starter = new SpringApplicationBuilder(Starter.class)
                .web(WebApplicationType.NONE)
                .properties("logging.level.root=error", "textonce.store.type=memory", "textonce.outbox.enabled=false")
                .run(Stream.of(variables).map(each -> "--" + each).toArray(String[]::new))) {
            String shown = starter.getBean(SmsProviders.class).toString();
            return shown.substring("SmsProviders[".length(), shown.length() - 1);
        }
    }

    /** No component, so that the platform itself never finds it. */
    @EnableAutoConfiguration(exclude = {DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
    static class Starter {}

    @Test
    void aClusterDoesNotMakeUpItsSecrets() {
        Settings.Token token = new Settings.Token("00", "acme", "1", Caller.Role.ADMIN);
        assertThat(new Processes.Several(settings(List.of(token), "a key"))).isNotNull();
        assertThatThrownBy(() -> new Processes.Several(settings(List.of(token), "")))
                .hasMessageContaining("SMS_CODE_KEY");
        assertThatThrownBy(() -> new Processes.Several(settings(List.of(), "a key")))
                .hasMessageContaining("platform.tokens");
    }

    private static Settings settings(List<Settings.Token> tokens, String key) {
        return new Settings(
                tokens, 1, 1, key, "USD", ZoneOffset.UTC, BigDecimal.ONE, 1, Map.of(), List.of(), 2, Duration.ZERO);
    }
}
