package io.textonce;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One message to one recipient, as the host wants it: who, what, and under which conditions.
 *
 * <p>Guaranteed: mistakes in code (text and template both set) fail here; mistakes in data (a wrong number, a missing
 * template variable, too long a text) don't, they come back as a rejected {@link SendResult} so that one bad row never
 * stops a run. {@link #toString()} shows neither text nor number.
 *
 * <pre>{@code
 * SmsMessage message = SmsMessage.to("0491 570 156")
 *         .text("See you on Tuesday at 10:30")
 *         .reference("appt-42")
 *         .notAfter(appointment)
 *         .build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SmsMessage {

    private static final int MAX_LABELS = 8;

    private final String to;
    private final @Nullable PhoneNumber number;
    private final @Nullable String region;
    private final TenantId tenant;
    private final Category category;
    private final @Nullable SenderId from;
    private final boolean senderRequired;
    private final @Nullable String text;
    private final @Nullable TemplateUse template;
    private final List<URI> media;
    private final @Nullable String reference;
    private final @Nullable String idempotencyKey;
    private final List<Label> labels;
    private final Map<String, Map<String, String>> extras;
    private final @Nullable Instant notAfter;
    private final @Nullable ZoneId zone;

    private SmsMessage(Builder b) {
        this.to = b.to;
        this.number = b.number;
        this.region = b.region;
        this.tenant = b.tenant;
        this.category = b.category;
        this.from = b.from;
        this.senderRequired = b.senderRequired;
        this.text = b.text;
        this.template = b.template;
        this.media = b.media;
        this.reference = b.reference;
        this.idempotencyKey = b.idempotencyKey;
        this.labels = b.labels;
        this.extras = b.extras;
        this.notAfter = b.notAfter;
        this.zone = b.zone;
    }

    /**
     * Starts a message to a number as people write it; the client normalises it with its default region.
     *
     * @param recipient such as {@code 0491 570 156} or {@code +61 491 570 156}; null and blank are data, not mistakes in
     *     code, and are rejected on sending
     * @return a builder
     */
    public static Builder to(@Nullable String recipient) {
        return new Builder(recipient == null ? "" : recipient, null);
    }

    /**
     * Starts a message to a number that is E.164 already; no normalisation is done on sending.
     *
     * @param recipient the number
     * @return a builder
     */
    public static Builder to(PhoneNumber recipient) {
        return new Builder(recipient.e164(), recipient);
    }

    /**
     * The recipient as the host gave it. Personal data.
     *
     * @return the number as people write it; empty when none was given
     */
    public String to() {
        return to;
    }

    /**
     * The recipient when it was given as E.164.
     *
     * @return the number, or empty when it is still to be normalised
     */
    public Optional<PhoneNumber> number() {
        return Optional.ofNullable(number);
    }

    /**
     * The region in whose way the recipient is written.
     *
     * @return an ISO 3166 code of two letters, or empty for the client's default
     */
    public Optional<String> region() {
        return Optional.ofNullable(region);
    }

    /**
     * Whose message this is.
     *
     * @return the tenant, {@link TenantId#DEFAULT} unless set
     */
    public TenantId tenant() {
        return tenant;
    }

    /**
     * What the message is for.
     *
     * @return the category, {@link Category#TRANSACTIONAL} unless set
     */
    public Category category() {
        return category;
    }

    /**
     * The wanted sender ID.
     *
     * @return the sender ID, or empty for the provider's own default
     */
    public Optional<SenderId> from() {
        return Optional.ofNullable(from);
    }

    /**
     * Whether only {@link #from()} will do: providers that don't own it are passed over instead of using their default.
     *
     * @return true if required
     */
    public boolean senderRequired() {
        return senderRequired;
    }

    /**
     * The text, when it was given as such. Personal data.
     *
     * @return the text, or empty when a template makes it or the message has none
     */
    public Optional<String> text() {
        return Optional.ofNullable(text);
    }

    /**
     * The template that makes the text.
     *
     * @return the template's use, or empty when the text was given
     */
    public Optional<TemplateUse> template() {
        return Optional.ofNullable(template);
    }

    /**
     * Addresses of media to attach; providers without MMS refuse them before any request.
     *
     * @return the addresses, possibly none
     */
    public List<URI> media() {
        return media;
    }

    /**
     * The host's own name for the message: stored and queryable, never sent, and need not be unique.
     *
     * @return the reference, or empty
     */
    public Optional<String> reference() {
        return Optional.ofNullable(reference);
    }

    /**
     * The key that makes a repeated send return the first outcome instead of sending again.
     *
     * @return the key, or empty
     */
    public Optional<String> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /**
     * The labels, in the order they were set.
     *
     * @return at most 8 labels
     */
    public List<Label> labels() {
        return labels;
    }

    /**
     * The value of one label.
     *
     * @param name a label's name
     * @return its value, or empty
     */
    public Optional<String> label(String name) {
        for (Label label : labels) {
            if (label.name().equals(name)) {
                return Optional.of(label.value());
            }
        }
        return Optional.empty();
    }

    /**
     * Options for one provider that other providers don't know.
     *
     * @param provider a provider's kind or instance name, such as {@code twilio}
     * @return the options, possibly none
     */
    public Map<String, String> extra(String provider) {
        return extras.getOrDefault(provider, Map.of());
    }

    /**
     * The options of all providers, for stores that keep a message to send it later.
     *
     * @return a provider's kind or instance name to its options, possibly none
     */
    public Map<String, Map<String, String>> extras() {
        return extras;
    }

    /**
     * When the message stops being of use: neither retry nor failover nor schedule sends it later.
     *
     * @return the last instant, or empty for no limit
     */
    public Optional<Instant> notAfter() {
        return Optional.ofNullable(notAfter);
    }

    /**
     * This message with everything decided that is decided once: for queues, which keep it to send it later.
     *
     * @param recipient the recipient as normalised
     * @param finalText the text as rendered, empty if there is none
     * @return a copy to that number, with that text in place of a template
     */
    public SmsMessage rendered(PhoneNumber recipient, String finalText) {
        Builder copy = copy(recipient.e164(), recipient);
        copy.text = Objects.requireNonNull(finalText, "finalText");
        return new SmsMessage(copy);
    }

    /**
     * This message in another language.
     *
     * @param locale the wanted locale
     * @return a copy whose template is asked for that locale; without a template, this message
     */
    public SmsMessage inLanguage(Locale locale) {
        TemplateUse use = template;
        if (use == null) {
            return this;
        }
        Builder copy = copy(to, number);
        copy.region = region;
        return copy.template(use.id(), locale, use.variables()).build();
    }

    /** All but region, text and template. */
    private Builder copy(String recipient, @Nullable PhoneNumber known) {
        Builder copy = new Builder(recipient, known);
        copy.tenant = tenant;
        copy.category = category;
        copy.from = from;
        copy.senderRequired = senderRequired;
        copy.media = media;
        copy.reference = reference;
        copy.idempotencyKey = idempotencyKey;
        copy.labels = labels;
        copy.extras = extras;
        copy.notAfter = notAfter;
        copy.zone = zone;
        return copy;
    }

    /**
     * Where the recipient is, for quiet hours.
     *
     * @return the time zone, or empty to go by the number
     */
    public Optional<ZoneId> zone() {
        return Optional.ofNullable(zone);
    }

    /**
     * What the message is, without who and what.
     *
     * @return tenant, category and masked recipient
     */
    @Override
    public String toString() {
        return "SmsMessage[to=" + PhoneNumber.mask(to) + ", tenant=" + tenant + ", category=" + category + "]";
    }

    /**
     * A template, the wanted locale and the values of its variables.
     *
     * <p>Immutable and thread-safe.
     */
    public static final class TemplateUse {
        private final String id;
        private final Locale locale;
        private final Map<String, String> variables;

        private TemplateUse(String id, Locale locale, Map<String, String> variables) {
            this.id = id;
            this.locale = locale;
            this.variables = variables;
        }

        /**
         * The template's id.
         *
         * @return the id
         */
        public String id() {
            return id;
        }

        /**
         * The wanted locale; the template falls back along its chain.
         *
         * @return the locale
         */
        public Locale locale() {
            return locale;
        }

        /**
         * The values, as text. Personal data.
         *
         * @return name to value
         */
        public Map<String, String> variables() {
            return variables;
        }

        @Override
        public String toString() {
            return "TemplateUse[" + id + ", " + locale.toLanguageTag() + "]";
        }
    }

    /**
     * Collects what a message says. Problems with the code are all reported at once by {@link #build()}.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final String to;
        private final @Nullable PhoneNumber number;
        private List<String> problems = List.of();
        private @Nullable String region;
        private TenantId tenant = TenantId.DEFAULT;
        private Category category = Category.TRANSACTIONAL;
        private @Nullable SenderId from;
        private boolean senderRequired;
        private @Nullable String text;
        private @Nullable TemplateUse template;
        private List<URI> media = List.of();
        private @Nullable String reference;
        private @Nullable String idempotencyKey;
        private List<Label> labels = List.of();
        private Map<String, Map<String, String>> extras = Map.of();
        private @Nullable Instant notAfter;
        private @Nullable ZoneId zone;

        private Builder(String to, @Nullable PhoneNumber number) {
            this.to = to;
            this.number = number;
        }

        /**
         * Sets the region in whose way the recipient is written, for lists of numbers from several countries. Default:
         * the client's.
         *
         * @param iso an ISO 3166 code of two letters, such as {@code IN}; one without telephone numbers is data, and is
         *     rejected on sending
         * @return this builder
         */
        public Builder region(String iso) {
            this.region = Objects.requireNonNull(iso, "region");
            return this;
        }

        /**
         * Sets the tenant. Default: {@link TenantId#DEFAULT}.
         *
         * @param value the tenant
         * @return this builder
         */
        public Builder tenant(TenantId value) {
            this.tenant = Objects.requireNonNull(value, "tenant");
            return this;
        }

        /**
         * Sets what the message is for. Default: {@link Category#TRANSACTIONAL}.
         *
         * @param value the category
         * @return this builder
         */
        public Builder category(Category value) {
            this.category = Objects.requireNonNull(value, "category");
            return this;
        }

        /**
         * Sets the wanted sender. Providers configured as owning it use it, the others use their own default; to forbid
         * that, add {@link #senderRequired()}.
         *
         * @param value the sender ID
         * @return this builder
         */
        public Builder from(SenderId value) {
            this.from = Objects.requireNonNull(value, "from");
            return this;
        }

        /**
         * Forbids any other sender than the one given to {@link #from(SenderId)}.
         *
         * @return this builder
         */
        public Builder senderRequired() {
            this.senderRequired = true;
            return this;
        }

        /**
         * Sets the text.
         *
         * @param value the text; null, empty and too long texts are data, and are rejected on sending
         * @return this builder
         */
        public Builder text(@Nullable String value) {
            this.text = value == null ? "" : value;
            return this;
        }

        /**
         * Has a template make the text, once, when the message is sent.
         *
         * @param id the template's id
         * @param locale the wanted locale, such as {@code Locale.forLanguageTag("tr-CY")}
         * @param variables name to value; each value is turned into text by {@link String#valueOf(Object)} now, a null
         *     value counts as missing
         * @return this builder
         */
        public Builder template(String id, Locale locale, Map<String, ?> variables) {
            Map<String, String> values = new LinkedHashMap<>();
            variables.forEach((name, value) -> {
                if (value != null) {
                    values.put(name, String.valueOf(value));
                }
            });
            this.template = new TemplateUse(
                    Objects.requireNonNull(id, "template id"),
                    Objects.requireNonNull(locale, "template locale"),
                    Map.copyOf(values));
            return this;
        }

        /**
         * Attaches media by address. The provider fetches them, so they must be public and https.
         *
         * @param addresses absolute https addresses, replacing earlier ones
         * @return this builder
         */
        public Builder media(URI... addresses) {
            for (URI address : addresses) {
                if (!"https".equalsIgnoreCase(address.getScheme()) || address.getHost() == null) {
                    problems = and(
                            problems, "media: an address is not an absolute https URL; the provider fetches it itself");
                }
            }
            this.media = List.of(addresses);
            return this;
        }

        /**
         * Sets the host's own name for the message.
         *
         * @param value at most 128 characters
         * @return this builder
         */
        public Builder reference(String value) {
            this.reference = text("reference", value, 128);
            return this;
        }

        /**
         * Makes a repeated send with the same key and payload return the first outcome. Keys are per tenant; a rejected
         * message releases its key.
         *
         * @param value 1 to 200 characters, such as {@code reminder-appt-42}
         * @return this builder
         */
        public Builder idempotencyKey(String value) {
            this.idempotencyKey = text("idempotencyKey", value, 200);
            return this;
        }

        /**
         * Hangs a label on the message, replacing one of the same name; at most 8.
         *
         * @param name 1 to 32 characters of {@code a-z 0-9 _ . -}
         * @param value 1 to 128 characters
         * @return this builder
         * @throws IllegalArgumentException if name or value is out of range
         */
        public Builder label(String name, String value) {
            List<Label> next = new ArrayList<>(labels.size() + 1);
            for (Label label : labels) {
                if (!label.name().equals(name)) {
                    next.add(label);
                }
            }
            next.add(new Label(name, value));
            this.labels = List.copyOf(next);
            return this;
        }

        /**
         * Passes options that only one provider knows, under that provider's own names.
         *
         * @param provider a provider's kind or instance name, such as {@code twilio}
         * @param options such as {@code ContentSid} to its value
         * @return this builder
         */
        public Builder extra(String provider, Map<String, String> options) {
            Map<String, Map<String, String>> next = new LinkedHashMap<>(extras);
            next.put(provider, Map.copyOf(options));
            this.extras = Map.copyOf(next);
            return this;
        }

        /**
         * Sets when the message stops being of use.
         *
         * @param value the last instant at which a submit may start
         * @return this builder
         */
        public Builder notAfter(Instant value) {
            this.notAfter = Objects.requireNonNull(value, "notAfter");
            return this;
        }

        /**
         * Says where the recipient is, for quiet hours. Without it the number tells, often several zones, all of which must
         * be out of their quiet hours.
         *
         * @param value the recipient's time zone, such as {@code Australia/Perth}
         * @return this builder
         */
        public Builder zone(ZoneId value) {
            this.zone = Objects.requireNonNull(value, "zone");
            return this;
        }

        /**
         * Builds the message.
         *
         * @return the message
         * @throws IllegalArgumentException naming every problem at once: text and template both set, nothing to send, a
         *     required sender that isn't given, more than 8 labels, an overlong key, media that aren't https
         */
        public SmsMessage build() {
            List<String> all = problems;
            if (text != null && template != null) {
                all = and(all, "text and template are both set; set one");
            }
            if (text == null && template == null && media.isEmpty() && extras.isEmpty()) {
                all = and(all, "nothing to send; set text, template or media");
            }
            if (senderRequired && from == null) {
                all = and(all, "senderRequired without from; name the sender");
            }
            if (labels.size() > MAX_LABELS) {
                all = and(all, "labels: " + labels.size() + " are set, at most " + MAX_LABELS + " are allowed");
            }
            if (!all.isEmpty()) {
                throw new IllegalArgumentException("message: " + String.join("; ", all));
            }
            return new SmsMessage(this);
        }

        private static List<String> and(List<String> problems, String another) {
            List<String> longer = new ArrayList<>(problems);
            longer.add(another);
            return longer;
        }

        private String text(String option, String value, int longest) {
            Objects.requireNonNull(value, option);
            if (value.isEmpty() || value.length() > longest || value.chars().anyMatch(Character::isISOControl)) {
                problems = and(
                        problems,
                        option + ": \"" + Printable.of(value) + "\" is not 1 to " + longest
                                + " characters without control characters");
            }
            return value;
        }
    }
}
