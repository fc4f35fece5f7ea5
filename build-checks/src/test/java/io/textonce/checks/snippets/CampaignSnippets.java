package io.textonce.checks.snippets;

import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SendingWindow;
import io.textonce.client.SmsClient;
import io.textonce.engagement.campaign.Audience;
import io.textonce.engagement.campaign.Campaign;
import io.textonce.engagement.campaign.CampaignChange;
import io.textonce.engagement.campaign.Campaigns;
import io.textonce.engagement.campaign.Recipient;
import io.textonce.engagement.campaign.RecipientSource;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.preference.Preferences;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.SmsProvider;
import io.textonce.store.TemplateRepository;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The code of docs/campaigns.md. */
final class CampaignSnippets {

    private CampaignSnippets() {}

    /** What a host has. */
    interface Directory {
        List<Person> after(TenantId tenant, Audience audience, String place, int most);
    }

    /** Somebody in it. */
    record Person(String id, String mobile, String name, Locale language) {}

    static void launch(SmsClient client, SmsOutbox outbox, JdbcStore store, RecipientSource patients, Instant start) {
        Campaigns campaigns = Campaigns.builder(
                        client, outbox, JdbcEngagement.on(store).campaigns())
                .preferences(JdbcEngagement.on(store).preferences())
                .templates(store.templates())
                .build();
        campaigns.start();

        Campaign spring = Campaign.builder("spring-2027", patients)
                .audience(Audience.everybody().role("patient").where("city", "Perth"))
                .variant("short", 1, "spring-short")
                .variant("long", 1, "spring-long")
                .kind("offers")
                .startAt(start)
                .throttle(600, Duration.ofMinutes(1))
                .mostCost(Money.of("250", "USD"))
                .build();
        System.out.println(campaigns.preview(spring));
        campaigns.launch(spring);
    }

    static RecipientSource source(Directory directory) {
        RecipientSource patients =
                (tenant, audience, place, most) -> directory.after(tenant, audience, place, most).stream()
                        .map(person -> new RecipientSource.Placed(
                                Recipient.to(person.mobile())
                                        .key(person.id())
                                        .locale(person.language())
                                        .variable("name", person.name())
                                        .build(),
                                person.id()))
                        .toList();
        return patients;
    }

    static void change(Campaigns campaigns) {
        CampaignChange change = campaigns.cancel(TenantId.DEFAULT, "spring-2027");
        System.out.println(change.inFlight() + " were on their way");
        campaigns.pause(TenantId.DEFAULT, "summer-2027");
        campaigns.resume(TenantId.DEFAULT, "summer-2027");
        campaigns.progress(TenantId.DEFAULT, "summer-2027").ifPresent(System.out::println);
        System.out.println(campaigns.report(TenantId.DEFAULT, "summer-2027").spent());
    }

    static SmsClient.Builder hours() {
        return SmsClient.builder()
                .sendingWindow(SendingWindow.daily(LocalTime.of(8, 0), LocalTime.of(21, 0)))
                .sendingWindow(SendingWindow.daily(LocalTime.of(10, 0), LocalTime.of(16, 0))
                        .onlyLabelled(Campaign.LABEL, "spring-2027"));
    }

    static void preferences(
            SmsProvider provider,
            PreferenceRepository preferences,
            TemplateRepository templates,
            PhoneNumber number,
            Map<String, String> values) {
        preferences.put(
                TenantId.DEFAULT,
                "456",
                Preferences.NONE.languages(Locale.GERMAN, Locale.ENGLISH).optOut("offers"));

        SmsClient sms = SmsClient.builder()
                .provider(provider)
                .templates(templates)
                .preferences(preferences)
                .build();
        sms.send(SmsMessage.to(number)
                .template("reminder", Locale.ENGLISH, values)
                .label("user", "456")
                .label("kind", "reminders")
                .build());
    }
}
