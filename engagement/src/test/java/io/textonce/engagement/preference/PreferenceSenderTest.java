package io.textonce.engagement.preference;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.template.Template;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreferenceSenderTest {

    private final List<SmsMessage> sent = new ArrayList<>();
    private final InMemoryPreferenceRepository preferences = new InMemoryPreferenceRepository();
    private final PreferenceSender sms = PreferenceSender.of(
            message -> {
                sent.add(message);
                return SendResult.accepted("fake", "1");
            },
            preferences);

    private static SmsMessage.Builder reminder() {
        return SmsMessage.to("+1 202 555 0100")
                .region("US")
                .template("reminder", Locale.ENGLISH, Map.of("name", "Ada"))
                .label("user", "456")
                .label("kind", "reminders")
                .reference("appt-42")
                .notAfter(Instant.EPOCH)
                .zone(ZoneId.of("America/New_York"));
    }

    @Test
    void writesInThePreferredLanguageAndChangesNothingElse() {
        preferences.put(TenantId.DEFAULT, "456", Preferences.NONE.languages(Locale.GERMAN, Locale.ENGLISH));
        assertThat(sms.send(reminder().build()).isAccepted()).isTrue();
        SmsMessage message = sent.get(0);
        assertThat(message.template().orElseThrow().locale()).isEqualTo(Locale.GERMAN);
        assertThat(message.template().orElseThrow().variables()).isEqualTo(Map.of("name", "Ada"));
        assertThat(message)
                .usingRecursiveComparison()
                .ignoringFields("template")
                .isEqualTo(reminder().build());
    }

    @Test
    void writesInTheFirstPreferredLanguageThatTheTemplateHas() {
        InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
        templates.put(Template.builder("reminder")
                .variable("name")
                .text(Locale.ENGLISH, "Hello {{name}}")
                .text(Locale.FRENCH, "Bonjour {{name}}")
                .defaultLocale(Locale.ENGLISH)
                .build());
        PreferenceSender knowing = PreferenceSender.of(
                message -> {
                    sent.add(message);
                    return SendResult.accepted("fake", "1");
                },
                preferences,
                templates);
        preferences.put(TenantId.DEFAULT, "456", Preferences.NONE.languages(Locale.GERMAN, Locale.FRENCH));
        knowing.send(reminder().build());
        preferences.put(TenantId.DEFAULT, "456", Preferences.NONE.languages(Locale.GERMAN));
        knowing.send(reminder().build());
        assertThat(sent)
                .extracting(message -> message.template().orElseThrow().locale())
                .containsExactly(Locale.FRENCH, Locale.ENGLISH);
    }

    @Test
    void sendsNothingOfAKindThatSomebodyChoseNotToHave() {
        preferences.put(TenantId.DEFAULT, "456", Preferences.NONE.optOut("reminders"));
        SendResult result = sms.send(reminder().build());
        assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(((SendResult.Rejected) result).reason()).isEqualTo(Reason.OPTED_OUT);
        assertThat(sent).isEmpty();
        sms.send(SmsMessage.to("+12025550100")
                .text("Hello")
                .label("user", "456")
                .label("kind", "bills")
                .build());
        sms.send(SmsMessage.to("+12025550100").text("Hello").build());
        assertThat(sent).hasSize(2);
    }

    @Test
    void looksTheBestLanguageUp() {
        Preferences chosen = Preferences.NONE.languages(Locale.forLanguageTag("tr-CY"), Locale.ENGLISH);
        assertThat(chosen.language(Set.of(Locale.ENGLISH, Locale.forLanguageTag("tr"))))
                .hasValue(Locale.forLanguageTag("tr"));
        assertThat(chosen.language(Set.of(Locale.ENGLISH, Locale.GERMAN))).hasValue(Locale.ENGLISH);
        assertThat(chosen.language(Set.of(Locale.GERMAN))).isEmpty();
        assertThat(chosen.language(Set.of())).hasValue(Locale.forLanguageTag("tr-CY"));
    }
}
