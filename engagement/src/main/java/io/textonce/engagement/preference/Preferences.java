package io.textonce.engagement.preference;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one person chose: languages in the order of preference, and for kinds of message whether to have them.
 *
 * <pre>{@code
 * Preferences.NONE.languages(Locale.forLanguageTag("tr"), Locale.ENGLISH).optOut("offers").optIn("reminders");
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Preferences {

    /** Nothing chosen: any language, and every kind of message that needs no opt-in. */
    public static final Preferences NONE = new Preferences(List.of(), Map.of());

    private final List<Locale> languages;
    private final Map<String, Boolean> choices;

    private Preferences(List<Locale> languages, Map<String, Boolean> choices) {
        this.languages = languages;
        this.choices = choices;
    }

    /**
     * Sets the languages.
     *
     * @param inOrder the one to be preferred first; none for any
     * @return a copy
     */
    public Preferences languages(Locale... inOrder) {
        return new Preferences(List.copyOf(new LinkedHashSet<>(List.of(inOrder))), choices);
    }

    /**
     * Chooses to have a kind of message.
     *
     * @param kind the host's name for it, such as {@code offers}; 1 to 64 characters without control characters
     * @return a copy
     * @throws IllegalArgumentException if the name is out of range
     */
    public Preferences optIn(String kind) {
        return choose(kind, true);
    }

    /**
     * Chooses not to have a kind of message.
     *
     * @param kind the host's name for it; 1 to 64 characters without control characters
     * @return a copy
     * @throws IllegalArgumentException if the name is out of range
     */
    public Preferences optOut(String kind) {
        return choose(kind, false);
    }

    private Preferences choose(String kind, boolean wanted) {
        if (kind.isEmpty() || kind.length() > 64 || kind.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("preferences: the kind of message has " + kind.length()
                    + " characters; 1 to 64 without control characters are allowed");
        }
        Map<String, Boolean> more = new TreeMap<>(choices);
        more.put(kind, wanted);
        return new Preferences(languages, Map.copyOf(more));
    }

    /**
     * The languages, the preferred one first.
     *
     * @return the languages; none if nothing was chosen
     */
    public List<Locale> languages() {
        return languages;
    }

    /**
     * The choices.
     *
     * @return by kind of message, true for those that are wanted
     */
    public Map<String, Boolean> choices() {
        return choices;
    }

    /**
     * Whether the person hasn't chosen to have none of a kind.
     *
     * @param kind the kind of message
     * @return false after an opt-out
     */
    public boolean allows(String kind) {
        return choices.getOrDefault(kind, true);
    }

    /**
     * Whether the person has chosen to have a kind.
     *
     * @param kind the kind of message
     * @return true after an opt-in
     */
    public boolean hasOptedIn(String kind) {
        return choices.getOrDefault(kind, false);
    }

    /**
     * The best of some languages, as RFC 4647, section 3.4, looks them up: {@code tr-CY}, then {@code tr}, then the next
     * preferred one.
     *
     * @param available the languages that there are; none if nobody knows, then the first one is the best
     * @return the language as it is available; empty if there is none that the person reads
     */
    public Optional<Locale> language(Set<Locale> available) {
        if (available.isEmpty() || languages.isEmpty()) {
            return languages.stream().findFirst();
        }
        List<Locale.LanguageRange> ranges = new ArrayList<>();
        for (Locale language : languages) {
            ranges.add(new Locale.LanguageRange(language.toLanguageTag()));
        }
        return Optional.ofNullable(Locale.lookup(ranges, available));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Preferences that && languages.equals(that.languages) && choices.equals(that.choices);
    }

    @Override
    public int hashCode() {
        return languages.hashCode() * 31 + choices.hashCode();
    }

    @Override
    public String toString() {
        return "Preferences" + languages + new TreeMap<>(choices);
    }
}
