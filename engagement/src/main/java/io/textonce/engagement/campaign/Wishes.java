package io.textonce.engagement.campaign;

import io.textonce.SmsMessage;
import io.textonce.engagement.campaign.RecipientSource.Placed;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.preference.Preferences;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks what recipients chose: whether they want the message, and in which language. */
final class Wishes {

    private final @Nullable PreferenceRepository preferences;
    private final @Nullable TemplateRepository templates;

    Wishes(@Nullable PreferenceRepository preferences, @Nullable TemplateRepository templates) {
        this.preferences = preferences;
        this.templates = templates;
    }

    /** For each recipient the message; empty for one who doesn't want it. */
    List<Optional<SmsMessage>> messages(Campaign campaign, List<Placed> page) {
        Map<String, Preferences> chosen = Map.of();
        if (preferences != null) {
            List<String> users = new ArrayList<>();
            page.forEach(each -> each.recipient().key().ifPresent(users::add));
            chosen = users.isEmpty() ? Map.of() : preferences.find(campaign.tenant(), users);
        }
        List<Optional<SmsMessage>> messages = new ArrayList<>(page.size());
        for (Placed each : page) {
            messages.add(message(campaign, each.recipient(), chosen));
        }
        return messages;
    }

    private Optional<SmsMessage> message(Campaign campaign, Recipient recipient, Map<String, Preferences> chosen) {
        Preferences own = recipient.key().map(chosen::get).orElse(Preferences.NONE);
        String kind = campaign.kind().orElse(null);
        if (kind != null && !(campaign.onlyOptedIn() ? own.hasOptedIn(kind) : own.allows(kind))) {
            return Optional.empty();
        }
        Locale language = own.languages().isEmpty()
                ? campaign.locale(recipient)
                : own.language(locales(campaign, recipient)).orElseGet(() -> campaign.locale(recipient));
        return Optional.of(campaign.message(recipient, language));
    }

    /** The languages that there are; none if nobody knows. */
    private Set<Locale> locales(Campaign campaign, Recipient recipient) {
        return templates == null
                ? Set.of()
                : templates
                        .find(campaign.tenant(), campaign.templateId(recipient))
                        .map(Template::locales)
                        .orElse(Set.of());
    }
}
