package io.textonce.engagement.campaign;

import io.textonce.PhoneNumber;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whom a campaign may go to. {@link #toString()} shows neither number nor variables.
 *
 * <pre>{@code
 * Recipient.to("0491 570 156").key("patient-7").locale(Locale.ENGLISH).variable("name", "Ada").attribute("role", "nurse").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Recipient {

    private static final int LONGEST_KEY = 128;

    private final String to;
    private final @Nullable String key;
    private final @Nullable Locale locale;
    private final @Nullable ZoneId zone;
    private final Map<String, String> variables;
    private final Map<String, String> attributes;

    private Recipient(Builder b) {
        this.to = b.to;
        this.key = b.key;
        this.locale = b.locale;
        this.zone = b.zone;
        this.variables = Map.copyOf(b.variables);
        this.attributes = Map.copyOf(b.attributes);
    }

    /**
     * Starts a recipient.
     *
     * @param number as people write it; what isn't a number is counted as invalid
     * @return a builder
     */
    public static Builder to(@Nullable String number) {
        return new Builder(number == null ? "" : number);
    }

    /**
     * Starts a recipient.
     *
     * @param number in E.164
     * @return a builder
     */
    public static Builder to(PhoneNumber number) {
        return new Builder(number.e164());
    }

    /**
     * The number as it was given. Personal data.
     *
     * @return the number; empty if none was given
     */
    public String to() {
        return to;
    }

    /**
     * The host's name for the person, by which a campaign goes to nobody twice, preferences are found, and A/B variants are
     * drawn.
     *
     * @return the key; empty for the number itself
     */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /**
     * The language to write in, if the person chose none.
     *
     * @return the locale, or empty
     */
    public Optional<Locale> locale() {
        return Optional.ofNullable(locale);
    }

    /**
     * Where the person is.
     *
     * @return the time zone; empty to go by the number
     */
    public Optional<ZoneId> zone() {
        return Optional.ofNullable(zone);
    }

    /**
     * The values of the template's variables.
     *
     * @return by name
     */
    public Map<String, String> variables() {
        return variables;
    }

    /**
     * What an {@link Audience} asks for.
     *
     * @return by name
     */
    public Map<String, String> attributes() {
        return attributes;
    }

    @Override
    public String toString() {
        return "Recipient[" + PhoneNumber.mask(to) + (key == null ? "" : ", " + key) + "]";
    }

    /**
     * Collects what is known of a recipient.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final String to;
        private @Nullable String key;
        private @Nullable Locale locale;
        private @Nullable ZoneId zone;
        private final Map<String, String> variables = new LinkedHashMap<>();
        private final Map<String, String> attributes = new LinkedHashMap<>();

        private Builder(String to) {
            this.to = to;
        }

        /**
         * Names the person; also the reference of the message.
         *
         * @param value 1 to 128 characters, neither a number nor a name
         * @return this builder
         * @throws IllegalArgumentException if it is empty or too long
         */
        public Builder key(String value) {
            if (value.isEmpty() || value.length() > LONGEST_KEY) {
                throw new IllegalArgumentException(
                        "recipient: the key has " + value.length() + " characters, not 1 to " + LONGEST_KEY);
            }
            this.key = value;
            return this;
        }

        /**
         * Sets the language.
         *
         * @param value the locale
         * @return this builder
         */
        public Builder locale(Locale value) {
            this.locale = Objects.requireNonNull(value, "locale");
            return this;
        }

        /**
         * Sets where the person is.
         *
         * @param value the time zone
         * @return this builder
         */
        public Builder zone(ZoneId value) {
            this.zone = Objects.requireNonNull(value, "zone");
            return this;
        }

        /**
         * Sets a variable of the template.
         *
         * @param name the variable
         * @param value what stands for it
         * @return this builder
         */
        public Builder variable(String name, String value) {
            variables.put(name, value);
            return this;
        }

        /**
         * Sets something an audience may ask for, such as role and nurse.
         *
         * @param name what
         * @param value its value
         * @return this builder
         */
        public Builder attribute(String name, String value) {
            attributes.put(name, value);
            return this;
        }

        /**
         * Builds the recipient.
         *
         * @return the recipient
         */
        public Recipient build() {
            return new Recipient(this);
        }
    }
}
