package io.textonce.engagement.preference;

import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.SmsStoreException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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

    private PreferenceSender(SmsSender sms, PreferenceRepository preferences) {
        this.sms = Objects.requireNonNull(sms, "sms");
        this.preferences = Objects.requireNonNull(preferences, "preferences");
    }

    /**
     * A sender that asks first what people chose.
     *
     * @param sms sends what is wanted
     * @param preferences what people chose
     * @return the sender
     */
    public static PreferenceSender of(SmsSender sms, PreferenceRepository preferences) {
        return new PreferenceSender(sms, preferences);
    }

    /**
     * {@inheritDoc}
     *
     * @throws SmsStoreException if the preferences can't be read; nothing was sent
     */
    @Override
    public SendResult send(SmsMessage message) {
        Optional<String> user = message.label(USER);
        if (user.isEmpty()) {
            return sms.send(message);
        }
        Preferences own;
        try {
            own = preferences.find(message.tenant(), user.get());
        } catch (RuntimeException e) {
            throw new SmsStoreException("PreferenceRepository.find", e);
        }
        String kind = message.label(KIND).orElse(null);
        if (kind != null && !own.allows(kind)) {
            return SendResult.rejected(
                    Reason.OPTED_OUT, Proof.LOCAL_POLICY, "the person chose not to have messages of the kind " + kind);
        }
        return sms.send(own.language(Set.of()).map(message::inLanguage).orElse(message));
    }
}
