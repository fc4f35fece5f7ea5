package io.textonce.example.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.TenantId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What is understood of the settings before anything is sent. */
class SettingsTest {

    @Test
    void anAccountIsATenantsOwnOrThePlatformsAsAWhole() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test",
                        Map.of(
                                "TWILIO_ACCOUNT_SID", "the platform's",
                                "TWILIO_API_KEY", "the platform's key",
                                "TWILIO_MESSAGING_SERVICE_SID", "the platform's service",
                                "AWS_ACCESS_KEY_ID", "the platform's",
                                "AWS_REGION", "us-east-1",
                                "ACME_TWILIO_ACCOUNT_SID", "acme's",
                                "ACME_TWILIO_AUTH_TOKEN", "acme's token",
                                "GLOBEX_AWS_REGION", "belongs to no account of globex")));
        assertThat(Accounts.given(environment, TenantId.of("acme")))
                .containsEntry("TWILIO_ACCOUNT_SID", "acme's")
                .containsEntry("TWILIO_AUTH_TOKEN", "acme's token")
                .containsEntry("AWS_ACCESS_KEY_ID", "the platform's")
                .doesNotContainKeys("TWILIO_API_KEY", "TWILIO_MESSAGING_SERVICE_SID");
        assertThat(Accounts.given(environment, TenantId.of("globex")))
                .containsEntry("TWILIO_ACCOUNT_SID", "the platform's")
                .containsEntry("TWILIO_API_KEY", "the platform's key")
                .containsEntry("AWS_REGION", "us-east-1");
    }

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
                List.of("acme"),
                tokens,
                1,
                1,
                key,
                "USD",
                ZoneOffset.UTC,
                BigDecimal.ONE,
                1,
                Map.of(),
                2,
                Duration.ZERO);
    }
}
