package io.textonce.engagement.preference;

import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.PreferenceSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps what people chose, and tells the client: a message whose label {@code user} says to whom it goes is written in the
 * language that the person prefers among its template's, and rejected as {@link io.textonce.Reason#OPTED_OUT} if its label
 * {@code kind} says what the person chose not to have.
 *
 * <pre>{@code
 * SmsClient sms = SmsClient.builder().provider(provider).preferences(preferences).build();
 * sms.send(SmsMessage.to(number).template("reminder", Locale.ENGLISH, values).label("user", "456").label("kind", "reminders").build());
 * }</pre>
 *
 * <p>Contract: what was put is found by the next call, in every process; no method sees another tenant's choices. STOP and
 * START aren't these choices: they are the {@code SuppressionRepository}'s and hold for every kind of message.
 * {@code PreferenceRepositoryContract} in textonce-engagement-testkit checks an implementation.
 *
 * <p>Implementations are thread-safe. Methods may block; they are called on whichever thread sends,
 * enqueues or expands a campaign.
 */
public interface PreferenceRepository extends PreferenceSource {

    /**
     * Reads what some people chose, in one go.
     *
     * @param tenant to whom it was made known
     * @param users the host's names for them
     * @return by user; nothing for whom nothing is known
     */
    Map<String, Preferences> find(TenantId tenant, Collection<String> users);

    /**
     * Reads what somebody chose.
     *
     * @param tenant to whom it was made known
     * @param user the host's name for the person
     * @return the choices; {@link Preferences#NONE} if nothing is known
     */
    default Preferences find(TenantId tenant, String user) {
        return find(tenant, List.of(user)).getOrDefault(user, Preferences.NONE);
    }

    /**
     * Keeps what somebody chose, in place of what was there.
     *
     * @param tenant to whom it was made known
     * @param user the host's name for the person, 1 to 128 characters
     * @param preferences the choices; {@link Preferences#NONE} forgets the person
     */
    void put(TenantId tenant, String user, Preferences preferences);

    /**
     * Asks for one message. Without the label {@code user}, or where neither a {@code kind} nor a template's language is in
     * question, the repository isn't read.
     *
     * @param message the message
     * @param languages those that its template has
     * @return the person's choice; no language if they read none of these, so that the message keeps its own
     */
    @Override
    default Choice of(SmsMessage message, Set<Locale> languages) {
        Optional<String> user = message.label("user");
        Optional<String> kind = message.label("kind");
        if (user.isEmpty() || (kind.isEmpty() && languages.isEmpty())) {
            return Choice.NONE;
        }
        Preferences own = find(message.tenant(), user.get());
        if (kind.isPresent() && !own.allows(kind.get())) {
            return Choice.refusal("the person chose not to have messages of the kind " + kind.get());
        }
        return languages.isEmpty()
                ? Choice.NONE
                : own.language(languages).map(Choice::language).orElse(Choice.NONE);
    }
}
