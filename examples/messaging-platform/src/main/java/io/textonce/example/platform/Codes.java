package io.textonce.example.platform;

import io.textonce.PhoneNumber;
import io.textonce.SmsSender;
import io.textonce.TenantId;
import io.textonce.engagement.verification.Started;
import io.textonce.engagement.verification.Subject;
import io.textonce.engagement.verification.Verification;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.store.LimitStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** One-time codes to sign in and to set a new password. Their texts are ours, not the tenants', and are never stored. */
@Component
final class Codes {

    private static final Logger LOG = LoggerFactory.getLogger(Codes.class);

    /** The template of each purpose. */
    static final Map<String, String> PURPOSES = Map.of("two-factor", "2fa_code", "password-reset", "password_reset");

    private static final Map<String, Duration> LIFETIMES =
            Map.of("two-factor", Duration.ofMinutes(5), "password-reset", Duration.ofMinutes(10));

    private final Map<String, Verification> byPurpose = new HashMap<>();

    Codes(Settings settings, SmsSender sms, JdbcEngagement engagement, LimitStore limits) {
        String secret = settings.codeKey().isBlank() ? UUID.randomUUID().toString() : settings.codeKey();
        PURPOSES.forEach((purpose, template) -> byPurpose.put(
                purpose,
                Verification.builder(sms, engagement.codes(), secret.getBytes(StandardCharsets.UTF_8))
                        .text(settings.template(template).compiled(TenantId.DEFAULT))
                        .lifetime(Objects.requireNonNull(LIFETIMES.get(purpose)))
                        .limitStore(limits)
                        .label(Composer.KIND, template)
                        .build()));
    }

    /** Who asks is told nothing; we are, without the number. */
    void start(TenantId tenant, @Nullable String purpose, PhoneNumber number, Locale locale, String address) {
        Started started = of(purpose).start(subject(tenant, purpose, number), locale, address);
        if (!started.isOut()) {
            LOG.warn("No code for {} of {}: {}", purpose, tenant, started);
        }
    }

    boolean check(TenantId tenant, @Nullable String purpose, PhoneNumber number, String entered) {
        return of(purpose).check(subject(tenant, purpose, number), entered);
    }

    private Verification of(@Nullable String purpose) {
        return Objects.requireNonNull(byPurpose.get(String.valueOf(purpose)));
    }

    private static Subject subject(TenantId tenant, @Nullable String purpose, PhoneNumber number) {
        return new Subject(tenant, String.valueOf(purpose), number);
    }
}
