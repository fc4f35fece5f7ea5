package io.textonce.engagement.verification;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.SmsStoreException;
import io.textonce.engagement.verification.CodeRepository.Code;
import io.textonce.engagement.verification.CodeRepository.Conversion;
import io.textonce.engagement.verification.CodeRepository.Event;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.phone.PhoneHash;
import io.textonce.spi.TimeSource;
import io.textonce.store.LimitStore;
import io.textonce.store.LimitStore.Limit;
import io.textonce.template.Template;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one-time codes and checks what people enter.
 *
 * <p>Guaranteed: a code is random, lives for a bounded time, confirms once, and takes a bounded number of guesses, counted
 * before they are looked at, over all machines that share the repository. A new code for the same subject voids the one
 * before. Neither code nor number is stored, only keyed hashes. The code is kept before the message leaves, so that it
 * counts whatever becomes of the send, and forgotten when it is proven that nothing was created. Nothing is sent past the
 * code's life. Against those who make money from texts ("pumping"): limits by recipient, by whoever asks, and by the first
 * digits of the number, and a guard on prefixes to which codes go but from which none come back.
 *
 * <p>Not guaranteed: that the person who enters the code is who they say; a number can be ported or its owner deceived.
 *
 * <pre>{@code
 * Verification codes = Verification.builder(sms, new InMemoryCodeRepository(100_000), key)
 *         .text(Template.builder("code")
 *                 .variable("code")
 *                 .text(Locale.ENGLISH, "Your Acme code is {{code}}. We never ask for it by phone.")
 *                 .build())
 *         .build();
 * codes.start(subject, Locale.ENGLISH, clientAddress);
 * boolean right = codes.check(subject, entered);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Verification {

    private static final Logger log = LoggerFactory.getLogger(Verification.class);
    private static final String VARIABLE = "code";
    private static final int SALT_BYTES = 16;

    /** Seven digits after the plus sign: what pumping moves within, while numbers change. */
    private static final int PREFIX = 8;

    private final SmsSender sms;
    private final CodeRepository codes;
    private final CodeMac mac;
    private final PhoneHash numbers;
    private final Template text;
    private final @Nullable String domain;
    private final int digits;
    private final Duration lifetime;
    private final int guesses;
    private final LimitStore limits;
    private final List<Limit> byRecipient;
    private final List<Limit> byActor;
    private final List<Limit> byPrefix;
    private final int conversionFrom;
    private final int conversionPercent;
    private final List<Label> labels;
    private final TimeSource time;
    private final SecureRandom random;

    private Verification(Builder b, Template text) {
        this.sms = b.sms;
        this.codes = b.codes;
        this.mac = new CodeMac(b.key);
        this.numbers = PhoneHash.withKey(b.key);
        this.text = text;
        this.domain = b.domain;
        this.digits = b.digits;
        this.lifetime = b.lifetime;
        this.guesses = b.guesses;
        this.limits = b.limits;
        this.byRecipient = List.copyOf(b.byRecipient);
        this.byActor = List.copyOf(b.byActor);
        this.byPrefix = List.copyOf(b.byPrefix);
        this.conversionFrom = b.conversionFrom;
        this.conversionPercent = b.conversionPercent;
        this.labels = List.copyOf(b.labels);
        this.time = b.time;
        this.random = new SecureRandom();
    }

    /**
     * Starts a configuration.
     *
     * @param sms sends the codes; also after its own policies, such as allowed countries
     * @param codes keeps them
     * @param key the host's secret for all hashes, at least 16 random bytes; whoever has it and the repository can find
     *     codes and numbers by trying all
     * @return a builder
     */
    public static Builder builder(SmsSender sms, CodeRepository codes, byte[] key) {
        return new Builder(sms, codes, key);
    }

    /**
     * Makes a code and sends it, unless a limit or a guard stands in the way.
     *
     * @param subject what it is for
     * @param locale the language to write in; the template decides what stands in for a missing one
     * @param actor who asks, in any form that is hard to change, such as a network address or an account; limits count by
     *     its hash. Null if nobody knows, which all such requests share
     * @return whether it is out
     * @throws SmsStoreException if a store failed before anything was sent
     */
    public Started start(Subject subject, Locale locale, @Nullable String actor) {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(locale, "locale");
        Instant now = time.now();
        String prefix = prefix(subject);
        String prefixKey = "code:prefix:" + prefix;
        String recipient = "code:recipient:" + numbers.of(subject.number());
        Started refusal = refusedByLimit(subject, "code:actor:" + (actor == null ? "" : mac.of(actor)), byActor, now);
        if (refusal == null) {
            refusal = refusedByConversion(subject, prefix, now);
        }
        if (refusal == null) {
            refusal = refusedByLimit(subject, recipient, byRecipient, now);
        }
        if (refusal != null) {
            return refusal;
        }
        // Last, because many share it: whom anything else refuses must use nothing of it up.
        refusal = refusedByLimit(subject, prefixKey, byPrefix, now);
        if (refusal != null) {
            giveBack(subject, recipient, byRecipient, now);
            return refusal;
        }
        String code = newCode();
        String salt = newSalt();
        Code kept = new Code(mac.of(subject, salt, code), salt, now.plus(lifetime), guesses);
        store("CodeRepository.put", () -> {
            codes.put(subject.tenant(), key(subject), kept);
            return kept;
        });
        SendResult result;
        try {
            result = sms.send(message(subject, locale, code, kept.expiresAt()));
        } catch (RuntimeException e) {
            // by its contract, a sender throws only when nothing was sent
            takeBack(subject, kept, recipient, prefixKey, now);
            throw e;
        }
        if (result.outcome() == Outcome.REJECTED) {
            takeBack(subject, kept, recipient, prefixKey, now);
        } else {
            afterwards("count", () -> codes.count(subject.tenant(), prefix, Event.SENT, now));
        }
        return Started.of(result);
    }

    /** Who asks keeps the loss: a number that can't be reached is no way around the limits. */
    private void takeBack(Subject subject, Code kept, String recipient, String prefixKey, Instant now) {
        afterwards("remove", () -> codes.remove(subject.tenant(), key(subject), kept.mac()));
        giveBack(subject, recipient, byRecipient, now);
        giveBack(subject, prefixKey, byPrefix, now);
    }

    private void giveBack(Subject subject, String key, List<Limit> limit, Instant takenAt) {
        if (!limit.isEmpty()) {
            afterwards("giveBack", () -> limits.giveBack(subject.tenant(), key, limit, 1, takenAt));
        }
    }

    /** What comes after the outcome is known mustn't hide it. */
    private static void afterwards(String operation, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            log.error(
                    "{} failed after the outcome of a code was known: {}",
                    operation,
                    e.getClass().getName());
        }
    }

    private SmsMessage message(Subject subject, Locale locale, String code, Instant expiresAt) {
        SmsMessage.Builder message = SmsMessage.to(subject.number())
                .tenant(subject.tenant())
                .category(Category.OTP)
                .text(text(locale, code))
                .label("template", text.id())
                .notAfter(expiresAt);
        labels.forEach(each -> message.label(each.name(), each.value()));
        return message.build();
    }

    /** The last line lets browsers fill the code in on that site only: WICG, "Origin-bound one-time codes". */
    private String text(Locale locale, String code) {
        String rendered = text.render(locale, Map.of(VARIABLE, code)).text();
        return domain == null ? rendered : rendered + "\n\n@" + domain + " #" + code;
    }

    /**
     * Says whether what somebody entered is the living code. Each call takes a guess, a right one takes the code.
     *
     * @param subject what it is for
     * @param entered as it was typed; blanks and hyphens don't matter, digits may be those of any script
     * @return true once for a code; false for every other cause alike: wrong, expired, used, too many guesses, none sent.
     *     Tell strangers nothing more
     * @throws SmsStoreException if the repository failed; nothing is confirmed then
     */
    public boolean check(Subject subject, String entered) {
        Objects.requireNonNull(subject, "subject");
        String guess = digits(entered);
        if (guess.length() != digits) {
            return false;
        }
        Instant now = time.now();
        Optional<Code> living =
                store("CodeRepository.spendGuess", () -> codes.spendGuess(subject.tenant(), key(subject), now));
        if (living.isEmpty()) {
            return false;
        }
        Code code = living.get();
        boolean right = CodeMac.same(code.mac(), mac.of(subject, code.salt(), guess))
                && store("CodeRepository.remove", () -> codes.remove(subject.tenant(), key(subject), code.mac()));
        if (right) {
            afterwards("count", () -> codes.count(subject.tenant(), prefix(subject), Event.VERIFIED, now));
        }
        return right;
    }

    private @Nullable Started refusedByLimit(Subject subject, String key, List<Limit> limit, Instant now) {
        if (limit.isEmpty()) {
            return null;
        }
        Duration wait = store("LimitStore.take", () -> limits.take(subject.tenant(), key, limit, 1, now, Category.OTP));
        return wait.isZero()
                ? null
                : Started.refused(
                        Reason.RATE_LIMITED,
                        "too many codes for this " + key.split(":", 3)[1] + "; the limits are " + limit,
                        now.plus(wait));
    }

    private @Nullable Started refusedByConversion(Subject subject, String prefix, Instant now) {
        Instant since = now.minus(Duration.ofHours(24));
        Conversion count = store("CodeRepository.conversion", () -> codes.conversion(subject.tenant(), prefix, since));
        return count.sent() < conversionFrom || count.verified() * 100 >= count.sent() * conversionPercent
                ? null
                : Started.refused(
                        Reason.BLOCKED,
                        "of " + count.sent() + " codes to numbers that begin alike, " + count.verified()
                                + " were entered in a day; that is what fraud looks like",
                        null);
    }

    private static <T> T store(String operation, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw new SmsStoreException(operation, e);
        }
    }

    private static String prefix(Subject subject) {
        String e164 = subject.number().e164();
        return e164.substring(1, Math.min(PREFIX, e164.length()));
    }

    private String key(Subject subject) {
        return subject.purpose() + ":" + numbers.of(subject.number());
    }

    private String newCode() {
        StringBuilder code = new StringBuilder(digits);
        for (int i = 0; i < digits; i++) {
            code.append((char) ('0' + random.nextInt(10)));
        }
        return code.toString();
    }

    private String newSalt() {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return CodeMac.hex(salt);
    }

    /** The digits in what was typed; empty if anything but blanks and hyphens stands between them. */
    private static String digits(String entered) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < entered.length() && i < 64; i++) {
            char c = entered.charAt(i);
            int digit = Character.digit(c, 10);
            if (digit >= 0) {
                out.append((char) ('0' + digit));
            } else if (!Character.isWhitespace(c) && !Character.isSpaceChar(c) && c != '-') {
                return "";
            }
        }
        return out.toString();
    }

    /**
     * Collects the options. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private static final Pattern LINK = Pattern.compile("://|www\\.|\\p{L}\\.\\p{L}{2,}/");
        private static final Pattern BIDI = Pattern.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]");
        private static final Pattern DOMAIN =
                Pattern.compile("(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}");
        private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);
        private static final int SHORTEST_KEY = 16;
        private static final int MOST_LABELS = 8;

        private final SmsSender sms;
        private final CodeRepository codes;
        private final byte[] key;
        private @Nullable Template text;
        private @Nullable String domain;
        private int digits = 6;
        private Duration lifetime = LONGEST_LIFE;
        private int guesses = 5;
        private LimitStore limits = new InMemoryLimitStore();
        private List<Limit> byRecipient = List.of(
                new Limit(1, Duration.ofMinutes(1), 0),
                new Limit(5, Duration.ofMinutes(15), 0),
                new Limit(12, Duration.ofHours(1), 0));
        private List<Limit> byActor = List.of(new Limit(10, Duration.ofHours(1), 0));
        private List<Limit> byPrefix = List.of(new Limit(100, Duration.ofHours(1), 0));
        private int conversionFrom = 30;
        private int conversionPercent = 10;
        private final List<Label> labels = new ArrayList<>();
        private TimeSource time = TimeSource.system();

        private Builder(SmsSender sms, CodeRepository codes, byte[] key) {
            this.sms = Objects.requireNonNull(sms, "sms");
            this.codes = Objects.requireNonNull(codes, "codes");
            this.key = key.clone();
        }

        /**
         * Sets the text, in every language that is needed. Required.
         *
         * @param value a template with the one variable {@code code}; no link in it, or people learn to follow links in
         *     such texts, and no control characters that turn the reading direction, which can hide digits
         * @return this builder
         */
        public Builder text(Template value) {
            this.text = Objects.requireNonNull(value, "text");
            return this;
        }

        /**
         * Lets browsers and phones fill the code in, on this site only. Adds a last line to the text.
         *
         * @param value the site's domain, such as {@code example.org}
         * @return this builder
         */
        public Builder autofillOn(String value) {
            this.domain = Objects.requireNonNull(value, "domain");
            return this;
        }

        /**
         * Sets how many digits a code has. Default: 6.
         *
         * @param value 4 to 10
         * @return this builder
         */
        public Builder digits(int value) {
            this.digits = value;
            return this;
        }

        /**
         * Sets how long a code lives. Default: 10 minutes, which is also the most.
         *
         * @param value 30 seconds to 10 minutes
         * @return this builder
         */
        public Builder lifetime(Duration value) {
            this.lifetime = Objects.requireNonNull(value, "lifetime");
            return this;
        }

        /**
         * Sets how many guesses a code takes. Default: 5.
         *
         * @param value 1 to 10
         * @return this builder
         */
        public Builder guesses(int value) {
            this.guesses = value;
            return this;
        }

        /**
         * Sets who counts the limits. Default: this process's memory.
         *
         * @param value a shared one for several machines
         * @return this builder
         */
        public Builder limitStore(LimitStore value) {
            this.limits = Objects.requireNonNull(value, "limitStore");
            return this;
        }

        /**
         * Sets how many codes a number gets. Default: 1 a minute, 5 in 15 minutes, 12 an hour.
         *
         * @param value limits that hold together; none for no limit
         * @return this builder
         */
        public Builder byRecipient(Limit... value) {
            this.byRecipient = List.of(value);
            return this;
        }

        /**
         * Sets how many codes one who asks gets, for whatever numbers. Default: 10 an hour.
         *
         * @param value limits that hold together; none for no limit
         * @return this builder
         */
        public Builder byActor(Limit... value) {
            this.byActor = List.of(value);
            return this;
        }

        /**
         * Sets how many codes go to numbers whose first seven digits are the same. Default: 100 an hour.
         *
         * @param value limits that hold together; none for no limit
         * @return this builder
         */
        public Builder byPrefix(Limit... value) {
            this.byPrefix = List.of(value);
            return this;
        }

        /**
         * Sets which prefixes are cut off: those to which codes go and from which too few come back within a day. Default:
         * from 30 codes on, fewer than 10 in a hundred.
         *
         * @param sent from how many codes on it is judged, 1 or more
         * @param percent how many of a hundred must come back, 0 (never cut off) to 100
         * @return this builder
         */
        public Builder conversion(int sent, int percent) {
            this.conversionFrom = sent;
            this.conversionPercent = percent;
            return this;
        }

        /**
         * Labels the messages, for reports and limits, beside the label {@code template}.
         *
         * @param name 1 to 32 characters of {@code a-z 0-9 _ . -}
         * @param value 1 to 128 characters without control characters; nothing that names a person
         * @return this builder
         * @throws IllegalArgumentException if either is out of range
         */
        public Builder label(String name, String value) {
            labels.add(new Label(name, value));
            return this;
        }

        /**
         * Sets the time.
         *
         * @param value tells the present
         * @return this builder
         */
        public Builder time(TimeSource value) {
            this.time = Objects.requireNonNull(value, "time");
            return this;
        }

        /**
         * Builds the verification.
         *
         * @return the verification
         * @throws IllegalArgumentException naming everything that is wrong
         */
        public Verification build() {
            List<String> problems = new ArrayList<>();
            require(problems, key.length >= SHORTEST_KEY, "key: has " + key.length + " bytes, at least 16 are needed");
            require(problems, digits >= 4 && digits <= 10, "digits: " + digits + " is not 4 to 10");
            require(
                    problems,
                    lifetime.compareTo(Duration.ofSeconds(30)) >= 0 && lifetime.compareTo(LONGEST_LIFE) <= 0,
                    "lifetime: " + lifetime + " is not 30 seconds to 10 minutes");
            require(problems, guesses >= 1 && guesses <= 10, "guesses: " + guesses + " is not 1 to 10");
            require(
                    problems,
                    conversionFrom >= 1 && conversionPercent >= 0 && conversionPercent <= 100,
                    "conversion: from " + conversionFrom + " codes, " + conversionPercent
                            + " percent; must be from 1 on, and 0 to 100");
            require(
                    problems,
                    domain == null || DOMAIN.matcher(domain).matches(),
                    "autofillOn: not a domain in lower case such as example.org");
            require(problems, labels.size() < MOST_LABELS, "label: there are " + labels.size() + ", at most 7 fit");
            if (text == null) {
                problems.add("text: none; give a template with the variable code");
            } else {
                check(text, problems);
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("Verification cannot be built: " + String.join("; ", problems));
            }
            return new Verification(this, Objects.requireNonNull(text));
        }

        private static void require(List<String> problems, boolean holds, String problem) {
            if (!holds) {
                problems.add(problem);
            }
        }

        private static void check(Template template, List<String> problems) {
            if (!template.variables().equals(List.of(VARIABLE))) {
                problems.add("text: template " + template.id() + " has the variables " + template.variables()
                        + "; it must have code and no other");
                return;
            }
            for (Locale locale : template.locales()) {
                String sample =
                        template.render(locale, Map.of(VARIABLE, "0000000000")).text();
                String where = "text: " + template.id() + " in " + locale.toLanguageTag();
                require(problems, sample.contains("0000000000"), where + " doesn't show the code");
                require(
                        problems,
                        !LINK.matcher(sample.toLowerCase(Locale.ROOT)).find(),
                        where + " has a link; people must not learn to follow links in such texts");
                require(
                        problems,
                        !BIDI.matcher(sample).find(),
                        where + " has a control character that turns the reading direction; take it out");
            }
        }
    }
}
