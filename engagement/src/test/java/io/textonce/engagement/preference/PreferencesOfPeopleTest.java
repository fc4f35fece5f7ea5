package io.textonce.engagement.preference;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.spi.Submission;
import io.textonce.template.Template;
import io.textonce.testkit.FakeProvider;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the client makes of preferences. */
class PreferencesOfPeopleTest {

    private final AtomicInteger reads = new AtomicInteger();
    private final InMemoryPreferenceRepository preferences = new InMemoryPreferenceRepository();
    private final PreferenceRepository counted = new PreferenceRepository() {
        @Override
        public Map<String, Preferences> find(TenantId tenant, Collection<String> users) {
            reads.incrementAndGet();
            return preferences.find(tenant, users);
        }

        @Override
        public void put(TenantId tenant, String user, Preferences chosen) {
            preferences.put(tenant, user, chosen);
        }
    };
    private final FakeProvider provider = FakeProvider.named("fake");
    private final SmsClient sms = SmsClient.builder()
            .provider(provider)
            .preferences(counted)
            .templates(templates())
            .build();

    private static InMemoryTemplateRepository templates() {
        InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
        templates.put(Template.builder("reminder")
                .variable("name")
                .text(Locale.ENGLISH, "Hello {{name}}")
                .text(Locale.FRENCH, "Bonjour {{name}}")
                .text(Locale.forLanguageTag("tr"), "Merhaba {{name}}")
                .defaultLocale(Locale.ENGLISH)
                .build());
        return templates;
    }

    private static SmsMessage.Builder reminder() {
        return SmsMessage.to("+12025550100").template("reminder", Locale.ENGLISH, Map.of("name", "Ada"));
    }

    private List<String> texts() {
        return provider.submissions().stream().map(Submission::text).toList();
    }

    @Test
    void writesInTheFirstPreferredLanguageThatTheTemplateHas() {
        SmsMessage message = reminder().label("user", "456").build();
        preferences.put(
                TenantId.DEFAULT, "456", Preferences.NONE.languages(Locale.GERMAN, Locale.forLanguageTag("tr-CY")));
        sms.send(message);
        preferences.put(TenantId.DEFAULT, "456", Preferences.NONE.languages(Locale.GERMAN));
        sms.send(message);
        preferences.put(TenantId.DEFAULT, "456", Preferences.NONE);
        sms.send(message);
        assertThat(texts()).containsExactly("Merhaba Ada", "Hello Ada", "Hello Ada");
        assertThat(reads).as("once for each message").hasValue(3);
    }

    @Test
    void sendsNothingOfAKindThatSomebodyChoseNotToHave() {
        preferences.put(TenantId.DEFAULT, "456", Preferences.NONE.optOut("reminders"));
        SendResult result = sms.send(
                reminder().label("user", "456").label("kind", "reminders").build());
        assertThat(result)
                .isInstanceOfSatisfying(
                        SendResult.Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Reason.OPTED_OUT));
        sms.send(reminder().label("user", "456").label("kind", "bills").build());
        sms.send(reminder().label("user", "7").label("kind", "reminders").build());
        sms.send(SmsMessage.to("+12025550100")
                .text("Hello")
                .tenant(TenantId.of("another"))
                .label("user", "456")
                .label("kind", "reminders")
                .build());
        assertThat(texts()).containsExactly("Hello Ada", "Hello Ada", "Hello");
    }

    @Test
    void readsNothingForMessagesThatNoChoiceCanConcern() {
        sms.send(reminder().label("kind", "reminders").build());
        sms.send(reminder().build());
        sms.send(
                SmsMessage.to("+12025550100").text("Hello").label("user", "456").build());
        assertThat(texts()).hasSize(3);
        assertThat(reads).hasValue(0);
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
