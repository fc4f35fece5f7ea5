package io.textonce.engagement.campaign;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What goes to whom, when, how fast and for how much at most. How far it is stands in the {@link CampaignRepository}, under
 * its id: build the same again after a restart, and {@link Campaigns#launch} goes on where it was.
 *
 * <pre>{@code
 * Campaign spring = Campaign.builder("spring-2027", RecipientSource.of(patients))
 *         .audience(Audience.everybody().where("city", "Perth"))
 *         .variant("short", 1, "spring-short")
 *         .variant("long", 1, "spring-long")
 *         .throttle(600, Duration.ofMinutes(1))
 *         .mostCost(Money.of("250", "USD"))
 *         .build();
 * }</pre>
 *
 * <p>Immutable and thread-safe, as far as its source is.
 */
public final class Campaign {

    /** The label that every message of a campaign has; its value is the campaign's id. */
    public static final String LABEL = "campaign";

    /** The label that messages have where there is more than one variant. */
    public static final String VARIANT_LABEL = "variant";

    /** One text of several. */
    private record Variant(String name, int weight, String templateId) {}

    private final String id;
    private final TenantId tenant;
    private final RecipientSource source;
    private final Audience audience;
    private final List<Variant> variants;
    private final int weights;
    private final Category category;
    private final @Nullable String kind;
    private final boolean onlyOptedIn;
    private final @Nullable SenderId from;
    private final @Nullable Locale locale;
    private final @Nullable Instant startAt;
    private final @Nullable Instant notAfter;
    private final @Nullable Duration step;
    private final Duration interval;
    private final long mostMessages;
    private final @Nullable Money mostCost;
    private final int ahead;
    private final List<Label> labels;
    private final @Nullable String keyLabel;

    private Campaign(Builder b) {
        this.id = b.id;
        this.tenant = b.tenant;
        this.source = b.source;
        this.audience = b.audience;
        this.variants = List.copyOf(b.variants);
        this.weights = variants.stream().mapToInt(Variant::weight).sum();
        this.category = b.category;
        this.kind = b.kind;
        this.onlyOptedIn = b.onlyOptedIn;
        this.from = b.from;
        this.locale = b.locale;
        this.startAt = b.startAt;
        this.notAfter = b.notAfter;
        this.interval = b.interval;
        this.step = b.perInterval == null ? null : b.interval.dividedBy(b.perInterval);
        this.mostMessages = b.mostMessages;
        this.mostCost = b.mostCost;
        this.ahead = b.ahead;
        this.labels = List.copyOf(b.labels);
        this.keyLabel = b.keyLabel;
    }

    /**
     * Starts a campaign.
     *
     * @param id the host's name for it, unique for the tenant and never used again
     * @param source its recipients; one of its own
     * @return a builder
     */
    public static Builder builder(String id, RecipientSource source) {
        return new Builder(id, source);
    }

    /**
     * Its name.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    /**
     * Whose it is.
     *
     * @return the tenant
     */
    public TenantId tenant() {
        return tenant;
    }

    RecipientSource source() {
        return source;
    }

    Audience audience() {
        return audience;
    }

    Optional<String> kind() {
        return Optional.ofNullable(kind);
    }

    boolean onlyOptedIn() {
        return onlyOptedIn;
    }

    Instant start(Instant now) {
        return startAt == null ? now : startAt;
    }

    /** Between two messages; null if nothing keeps them apart. */
    @Nullable
    Duration step() {
        return step;
    }

    Duration interval() {
        return interval;
    }

    long mostMessages() {
        return mostMessages;
    }

    @Nullable
    Money mostCost() {
        return mostCost;
    }

    int ahead() {
        return ahead;
    }

    /** The language to write in, where the person chose none. */
    Locale locale(Recipient recipient) {
        return recipient.locale().orElse(locale == null ? Locale.ROOT : locale);
    }

    /** The template that a recipient gets: always the same one. */
    String templateId(Recipient recipient) {
        return variant(recipient).templateId();
    }

    SmsMessage message(Recipient recipient, Locale language) {
        Variant variant = variant(recipient);
        SmsMessage.Builder message = to(recipient)
                .tenant(tenant)
                .category(category)
                .template(variant.templateId(), language, recipient.variables())
                .label(LABEL, id);
        if (variants.size() > 1) {
            message.label(VARIANT_LABEL, variant.name());
        }
        labels.forEach(each -> message.label(each.name(), each.value()));
        recipient.key().ifPresent(key -> {
            message.reference(key);
            if (keyLabel != null) {
                message.label(keyLabel, key);
            }
        });
        recipient.zone().ifPresent(message::zone);
        if (from != null) {
            message.from(from);
        }
        if (notAfter != null) {
            message.notAfter(notAfter);
        }
        return message.build();
    }

    private static SmsMessage.Builder to(Recipient recipient) {
        String to = recipient.to();
        return PhoneNumber.isE164(to) ? SmsMessage.to(PhoneNumber.of(to)) : SmsMessage.to(to);
    }

    private Variant variant(Recipient recipient) {
        int bucket =
                variants.size() == 1 ? 0 : bucket(id + '\n' + recipient.key().orElse(recipient.to()));
        for (Variant each : variants) {
            bucket -= each.weight();
            if (bucket < 0) {
                return each;
            }
        }
        return variants.get(0);
    }

    private int bucket(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            int first =
                    (digest[0] & 0xff) << 24 | (digest[1] & 0xff) << 16 | (digest[2] & 0xff) << 8 | (digest[3] & 0xff);
            return Integer.remainderUnsigned(first, weights);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which every Java must have", e);
        }
    }

    @Override
    public String toString() {
        return "Campaign[" + tenant + " " + id + "]";
    }

    /**
     * Collects the options. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,50}");
        private static final int MOST_AHEAD = 1_000_000;
        private static final int MOST_LABELS = 8;
        /** Finer than any database tells two times apart. */
        private static final Duration LEAST_STEP = Duration.ofNanos(1_000);

        private final String id;
        private final RecipientSource source;
        private final List<Variant> variants = new ArrayList<>();
        private TenantId tenant = TenantId.DEFAULT;
        private Audience audience = Audience.everybody();
        private Category category = Category.MARKETING;
        private @Nullable String kind;
        private boolean onlyOptedIn;
        private @Nullable SenderId from;
        private @Nullable Locale locale;
        private @Nullable Instant startAt;
        private @Nullable Instant notAfter;
        private @Nullable Integer perInterval;
        private Duration interval = Duration.ofSeconds(1);
        private long mostMessages = Long.MAX_VALUE;
        private @Nullable Money mostCost;
        private int ahead = 10_000;
        private final List<Label> labels = new ArrayList<>();
        private @Nullable String keyLabel;

        private Builder(String id, RecipientSource source) {
            this.id = Objects.requireNonNull(id, "id");
            this.source = Objects.requireNonNull(source, "source");
        }

        /**
         * Sets whose campaign it is. Default {@link TenantId#DEFAULT}.
         *
         * @param value the tenant
         * @return this builder
         */
        public Builder tenant(TenantId value) {
            this.tenant = Objects.requireNonNull(value, "tenant");
            return this;
        }

        /**
         * Sets for whom it is. Default: everybody.
         *
         * @param value the audience
         * @return this builder
         */
        public Builder audience(Audience value) {
            this.audience = Objects.requireNonNull(value, "audience");
            return this;
        }

        /**
         * Sets the one template. This, or {@link #variant}, is required.
         *
         * @param templateId of the client's {@code TemplateRepository}
         * @return this builder
         */
        public Builder template(String templateId) {
            return variant("", 1, templateId);
        }

        /**
         * Adds one template of several. Who gets which is drawn by campaign and recipient, so that it stays the same.
         *
         * @param name its name, a label of its messages
         * @param weight its share, 1 to 1,000,000
         * @param templateId of the client's {@code TemplateRepository}
         * @return this builder
         */
        public Builder variant(String name, int weight, String templateId) {
            variants.add(new Variant(
                    Objects.requireNonNull(name, "name"), weight, Objects.requireNonNull(templateId, "templateId")));
            return this;
        }

        /**
         * Sets the category. Default {@link Category#MARKETING}.
         *
         * @param value TRANSACTIONAL or MARKETING
         * @return this builder
         */
        public Builder category(Category value) {
            this.category = Objects.requireNonNull(value, "category");
            return this;
        }

        /**
         * Names the kind of message, of which people may have chosen to have none. Needs
         * {@link Campaigns.Builder#preferences}.
         *
         * @param value such as {@code offers}
         * @return this builder
         */
        public Builder kind(String value) {
            this.kind = Objects.requireNonNull(value, "kind");
            return this;
        }

        /**
         * Leaves out whoever hasn't chosen to have messages of this {@link #kind}. Default: only those who chose not to.
         *
         * @return this builder
         */
        public Builder onlyOptedIn() {
            this.onlyOptedIn = true;
            return this;
        }

        /**
         * Sets the sender. Default: the provider's own.
         *
         * @param value the sender
         * @return this builder
         */
        public Builder from(SenderId value) {
            this.from = Objects.requireNonNull(value, "from");
            return this;
        }

        /**
         * Sets the language for those of whom none is known. Default: the template's own default.
         *
         * @param value the locale
         * @return this builder
         */
        public Builder locale(Locale value) {
            this.locale = Objects.requireNonNull(value, "locale");
            return this;
        }

        /**
         * Sets when it begins. Default: when it is launched. No message goes out earlier by the store's clock.
         *
         * @param value the instant
         * @return this builder
         */
        public Builder startAt(Instant value) {
            this.startAt = Objects.requireNonNull(value, "startAt");
            return this;
        }

        /**
         * Sets after when nothing is sent any more. Default: never.
         *
         * @param value the instant
         * @return this builder
         */
        public Builder notAfter(Instant value) {
            this.notAfter = Objects.requireNonNull(value, "notAfter");
            return this;
        }

        /**
         * Sends evenly, so many messages in each interval. What became due while nothing ran, or while it was paused, goes out
         * at once: at most what one interval or two seconds hold. Limits that must hold exactly are the client's.
         *
         * @param messages 1 or more, at most one a microsecond
         * @param each 1 s to 1 day
         * @return this builder
         */
        public Builder throttle(int messages, Duration each) {
            this.perInterval = messages;
            this.interval = Objects.requireNonNull(each, "interval");
            return this;
        }

        /**
         * Stops it at so many messages. What is rejected, expired or cancelled doesn't count.
         *
         * @param value 1 or more
         * @return this builder
         */
        public Builder mostMessages(long value) {
            this.mostMessages = value;
            return this;
        }

        /**
         * Stops it before it costs more, by the client's rate card and the provider that is asked first; a message without a
         * rate counts as invalid then. What is rejected, expired or cancelled doesn't count. Where another provider may be
         * dearer, give the client a {@code SpendCap} by the label {@link Campaign#LABEL} as well.
         *
         * @param value more than zero, in the rate card's currency
         * @return this builder
         */
        public Builder mostCost(Money value) {
            this.mostCost = Objects.requireNonNull(value, "mostCost");
            return this;
        }

        /**
         * Sets how many of its messages may wait in the outbox at once. The fewer there are, the sooner it is paused; those
         * that wait for the hours of their recipients count too. Default 10,000.
         *
         * @param value 1 to 1,000,000
         * @return this builder
         */
        public Builder ahead(int value) {
            this.ahead = value;
            return this;
        }

        /**
         * Labels each of its messages, beside its own two labels, for history, reports and limits.
         *
         * @param name 1 to 32 characters of {@code a-z 0-9 _ . -}
         * @param value 1 to 128 characters without control characters
         * @return this builder
         * @throws IllegalArgumentException if either is out of range
         */
        public Builder label(String name, String value) {
            labels.add(new Label(name, value));
            return this;
        }

        /**
         * Labels each message with the recipient's key too, such as {@code user}: by it a person's history has what campaigns
         * sent. Default: the key is the message's reference only.
         *
         * @param name of the label, 1 to 32 characters of {@code a-z 0-9 _ . -}
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder labelKey(String name) {
            this.keyLabel = new Label(name, "key").name();
            return this;
        }

        /**
         * Builds the campaign.
         *
         * @return the campaign
         * @throws IllegalArgumentException naming every problem at once
         */
        public Campaign build() {
            List<String> problems = new ArrayList<>();
            if (!NAME.matcher(id).matches()) {
                problems.add("id: \"" + id + "\" is not 1 to 50 letters, digits or . _ -");
            }
            if (variants.isEmpty()) {
                problems.add("template: none; give template(..) or variant(..)");
            }
            Set<String> names = new HashSet<>();
            for (Variant each : variants) {
                if (each.weight() < 1 || each.weight() > 1_000_000) {
                    problems.add("variant: the weight " + each.weight() + " is not 1 to 1,000,000");
                }
                if (!names.add(each.name())
                        || (variants.size() > 1 && !NAME.matcher(each.name()).matches())) {
                    problems.add(
                            "variant: \"" + each.name() + "\" is there twice, or not 1 to 50 letters, digits or . _ -");
                }
            }
            checkLabels(problems);
            if (category == Category.OTP) {
                problems.add("category: one-time codes aren't stored, so no campaign has them");
            }
            if (onlyOptedIn && kind == null) {
                problems.add("onlyOptedIn: there is no kind; give kind(..)");
            }
            if (startAt != null && notAfter != null && notAfter.isBefore(startAt)) {
                problems.add("notAfter: " + notAfter + " is before its start at " + startAt);
            }
            if (perInterval != null
                    && (perInterval < 1
                            || interval.compareTo(Duration.ofSeconds(1)) < 0
                            || interval.compareTo(Duration.ofDays(1)) > 0
                            || interval.dividedBy(perInterval).compareTo(LEAST_STEP) < 0)) {
                problems.add("throttle: " + perInterval + " in " + interval
                        + " is not 1 or more in 1 s to 1 day, at most one a microsecond");
            }
            if (mostMessages < 1) {
                problems.add("mostMessages: " + mostMessages + " is not 1 or more");
            }
            if (mostCost != null && mostCost.amount().signum() <= 0) {
                problems.add("mostCost: " + mostCost + " is not more than zero");
            }
            if (ahead < 1 || ahead > MOST_AHEAD) {
                problems.add("ahead: " + ahead + " is not 1 to 1,000,000");
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("Campaign: " + String.join("; ", problems));
            }
            return new Campaign(this);
        }

        /** Found out here, because later every message would fail. */
        private void checkLabels(List<String> problems) {
            Set<String> known = new HashSet<>(Set.of(LABEL, VARIANT_LABEL));
            for (Label each : labels) {
                if (!known.add(each.name())) {
                    problems.add("label: " + each.name() + " is there twice, or the campaign's own");
                }
            }
            if (keyLabel != null && !known.add(keyLabel)) {
                problems.add("labelKey: " + keyLabel + " is a label already");
            }
            if (known.size() > MOST_LABELS) {
                problems.add("label: a message has at most " + MOST_LABELS + ", " + LABEL + " and " + VARIANT_LABEL
                        + " included");
            }
        }
    }
}
