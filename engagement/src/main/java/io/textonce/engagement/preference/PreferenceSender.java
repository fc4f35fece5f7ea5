package io.textonce.engagement.preference;

import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.SmsStoreException;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends as people chose: a message whose label {@code user} says to whom it goes is written in the language that the person
 * prefers, and rejected as {@link Reason#OPTED_OUT} if its label {@code kind} says what the person chose not to have.
 * Messages without these labels pass as they are.
 *
 * <pre>{@code
 * SmsSender sms = PreferenceSender.of(client, preferences);
 * sms.send(SmsMessage.to(number).template("reminder", Locale.ENGLISH, values).label("user", "456").label("kind", "reminders").build());
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class PreferenceSender implements SmsSender {

    private static final String USER = "user";
    private static final String KIND = "kind";

    private final SmsSender sms;
    private final PreferenceRepository preferences;
    private final @Nullable TemplateRepository templates;

    private PreferenceSender(SmsSender sms, PreferenceRepository preferences, @Nullable TemplateRepository templates) {
        this.sms = Objects.requireNonNull(sms, "sms");
        this.preferences = Objects.requireNonNull(preferences, "preferences");
        this.templates = templates;
    }

    /**
     * A sender that asks first what people chose. It doesn't know which languages a template has, and asks for the first one
     * that the person chose; the template decides what stands in for a missing one.
     *
     * @param sms sends what is wanted
     * @param preferences what people chose
     * @return the sender
     */
    public static PreferenceSender of(SmsSender sms, PreferenceRepository preferences) {
        return new PreferenceSender(sms, preferences, null);
    }

    /**
     * A sender that asks first what people chose, and writes in the first language they chose that the template has; in the
     * message's own if it has none of them.
     *
     * @param sms sends what is wanted
     * @param preferences what people chose
     * @param templates where the client finds its templates
     * @return the sender
     */
    public static PreferenceSender of(SmsSender sms, PreferenceRepository preferences, TemplateRepository templates) {
        return new PreferenceSender(sms, preferences, Objects.requireNonNull(templates, "templates"));
    }

    /**
     * {@inheritDoc}
     *
     * @throws SmsStoreException if the preferences, or the templates, can't be read; nothing was sent
     */
    @Override
    public SendResult send(SmsMessage message) {
        Optional<String> user = message.label(USER);
        if (user.isEmpty()) {
            return sms.send(message);
        }
        Preferences own = read("PreferenceRepository.find", () -> preferences.find(message.tenant(), user.get()));
        String kind = message.label(KIND).orElse(null);
        if (kind != null && !own.allows(kind)) {
            return SendResult.rejected(
                    Reason.OPTED_OUT, Proof.LOCAL_POLICY, "the person chose not to have messages of the kind " + kind);
        }
        return sms.send(
                own.language(languages(message)).map(message::inLanguage).orElse(message));
    }

    /** The languages that there are; none if nobody knows. */
    private Set<Locale> languages(SmsMessage message) {
        TemplateRepository known = templates;
        Optional<SmsMessage.TemplateUse> use = message.template();
        return known == null || use.isEmpty()
                ? Set.of()
                : read(
                                "TemplateRepository.find",
                                () -> known.find(message.tenant(), use.get().id()))
                        .map(Template::locales)
                        .orElse(Set.of());
    }

    private static <T> T read(String operation, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw new SmsStoreException(operation, e);
        }
    }
}
