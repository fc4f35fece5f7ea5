package io.textonce.twilio;

import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.spi.http.HttpTarget;
import io.textonce.spi.http.HttpTransport;
import io.textonce.text.SegmentPolicy;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Sends through one account at Twilio, verifies and reads its webhooks, and looks messages up.
 *
 * <p>Guarantees: {@link #submit} writes at most one request and reports accepted only for a 2xx with a well-formed sid;
 * webhooks are believed only with a valid signature. Not guaranteed: that an accepted message arrives, or that a message
 * whose answer was lost is found again; Twilio takes no idempotency key.
 *
 * <pre>{@code
 * TwilioProvider twilio = TwilioProvider.builder()
 *         .accountSid("AC...").authToken(token)
 *         .from(SenderId.of("+12025550100"))
 *         .statusCallback(URI.create("https://sms.example.org/hooks/twilio"))
 *         .build();
 * }</pre>
 *
 * <p>Roles: {@link io.textonce.spi.WebhookParser} (with an auth token), {@link io.textonce.spi.StatusLookup},
 * {@link io.textonce.spi.BalanceQuery}, {@link io.textonce.spi.MediaFetcher}, {@link io.textonce.spi.SelfCheck}.
 * Immutable and thread-safe; share one and close it.
 */
public final class TwilioProvider implements SmsProvider {

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

    private final Settings settings;
    private final Capabilities capabilities;
    private final HttpTransport transport;
    private final HttpTarget messages;
    private final SubmitResponse response;
    private final List<Object> roles;

    private TwilioProvider(Settings settings, HttpTransport transport, Clock clock) {
        this.settings = settings;
        this.capabilities = capabilities(settings);
        this.transport = transport;
        this.messages = transport.post(
                settings.accountUrl() + "/Messages.json",
                Map.of("Authorization", settings.authorization(), "Accept", "application/json"),
                "application/x-www-form-urlencoded");
        this.response = new SubmitResponse(clock);
        MessageLookup lookup = new MessageLookup(settings, transport);
        TwilioMedia media = new TwilioMedia(settings, transport);
        TwilioCheck check = new TwilioCheck(settings, lookup);
        this.roles = settings.webhookTokens().isEmpty()
                ? List.of(lookup, media, check)
                : List.of(lookup, media, check, new TwilioWebhooks(settings.webhookTokens(), media));
    }

    /**
     * Starts a provider.
     *
     * @return a builder with the defaults that its methods name
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A provider from the process's environment variables; see {@link #fromEnvironment(Map)}.
     *
     * @return the provider
     * @throws IllegalArgumentException naming every variable that is missing or wrong
     */
    public static TwilioProvider fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /**
     * A provider from variables: {@code TWILIO_ACCOUNT_SID}; {@code TWILIO_AUTH_TOKEN}, or {@code TWILIO_API_KEY} and
     * {@code TWILIO_API_SECRET}; {@code TWILIO_MESSAGING_SERVICE_SID} or {@code TWILIO_PHONE_NUMBER}. Optional:
     * {@code TWILIO_STATUS_CALLBACK_URL}, or {@code BACKEND_URL} with {@code TWILIO_STATUS_CALLBACK_PATH};
     * {@code TWILIO_AUTH_TOKEN_SECONDARY}; {@code TWILIO_REGION}, {@code TWILIO_EDGE} or {@code TWILIO_BASE_URL}.
     *
     * @param environment names to values; blank values count as missing
     * @return the provider
     * @throws IllegalArgumentException naming every variable that is missing or wrong
     */
    public static TwilioProvider fromEnvironment(Map<String, String> environment) {
        return Environment.read(environment).build();
    }

    /**
     * Verifies and reads webhooks without a provider: for endpoints that are found at run time, where only the token of the
     * account matters. A webhook is believed if any of the tokens signed it. Media of inbound messages can't be opened this
     * way, because fetching them takes the account's credentials: where they matter, use the provider's own role.
     *
     * <pre>{@code
     * EndpointSource endpoints = name -> accounts.find(name)
     *         .map(a -> new WebhookEndpoint(a.tenant(), "twilio", TwilioProvider.webhooks(a.oldToken(), a.newToken())));
     * }</pre>
     *
     * @param authTokens auth tokens, at least one; the old and the new one while a token is rotated
     * @return the parser, immutable and thread-safe
     * @throws IllegalArgumentException if there is none or one can't be a token; it is not shown
     */
    public static WebhookParser webhooks(String... authTokens) {
        List<String> problems = new ArrayList<>();
        for (String token : authTokens) {
            Settings.checkSecret("authTokens", token, problems);
        }
        if (authTokens.length == 0) {
            problems.add("authTokens is empty: give the auth token of the account.");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "Twilio's webhooks cannot be verified:\n- " + String.join("\n- ", problems));
        }
        return new TwilioWebhooks(List.of(authTokens), (source, maxBytes) -> {
            throw new IOException("the medium isn't fetched: this endpoint has tokens to verify with, but no provider");
        });
    }

    @Override
    public String name() {
        return settings.name();
    }

    /** {@code twilio}, whatever the instance is called. */
    @Override
    public String kind() {
        return "twilio";
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public SubmitReply submit(Submission submission) {
        SubmitRequest request = SubmitRequest.of(submission, settings);
        SubmitReply refusal = request.refusal();
        return refusal != null
                ? refusal
                : response.read(messages.call(request.form(), withinRange(submission.timeout())));
    }

    @Override
    public <R> Optional<R> role(Class<R> role) {
        return roles.stream().filter(role::isInstance).map(role::cast).findFirst();
    }

    /** Closes connections; a submission made later is not transmitted. */
    @Override
    public void close() {
        transport.close();
    }

    /** Name and account; never a credential. */
    @Override
    public String toString() {
        return "TwilioProvider[" + settings.name() + ", " + settings.accountSid() + "]";
    }

    private static Duration withinRange(Duration timeout) {
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0) {
            return SHORTEST_TIMEOUT;
        }
        return timeout.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : timeout;
    }

    private static Capabilities capabilities(Settings settings) {
        Capabilities.Builder capabilities = Capabilities.builder(SegmentPolicy.TWILIO)
                .maxMedia(SubmitRequest.MOST_MEDIA)
                .senderKinds(EnumSet.of(
                        SenderId.Kind.NUMBER, SenderId.Kind.SHORT_CODE, SenderId.Kind.ALPHANUMERIC, SenderId.Kind.POOL))
                .senders(settings.senders())
                .settlement(Settlement.LOOKUP);
        return settings.statusCallback() == null
                ? capabilities.build()
                : capabilities.settlement(Settlement.DELIVERY_REPORT).build();
    }

    /**
     * Collects the options of a provider.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        /** Found while options were read from text; {@link Settings} adds its own. */
        private final List<String> problems = new ArrayList<>();

        String name = "twilio";
        String accountSid = "";
        String authToken = "";
        String apiKeySid = "";
        String apiKeySecret = "";
        final List<String> webhookAuthTokens = new ArrayList<>();

        @Nullable
        SenderId from;

        final Set<SenderId> senders = new LinkedHashSet<>();
        final Map<String, SenderId> senderByPrefix = new LinkedHashMap<>();

        @Nullable
        URI statusCallback;

        boolean smartEncoded;

        @Nullable
        String region;

        @Nullable
        String edge;

        @Nullable
        String baseUrl;

        private @Nullable OkHttpClient client;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /**
         * Sets the instance's name, by which hosts route and store. Default {@code twilio}.
         *
         * @param value 1 to 32 of {@code a-z 0-9 -}
         * @return this builder
         */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets the account. Required.
         *
         * @param value {@code AC} and 32 hexadecimal digits
         * @return this builder
         */
        public Builder accountSid(String value) {
            this.accountSid = Objects.requireNonNull(value, "accountSid");
            return this;
        }

        /**
         * Sets the account's auth token: it signs webhooks, and authenticates requests unless {@link #apiKey} is set.
         *
         * @param value the token; never shown
         * @return this builder
         */
        public Builder authToken(String value) {
            this.authToken = Objects.requireNonNull(value, "authToken");
            return this;
        }

        /**
         * Sets the API key that authenticates requests. Webhooks still need the auth token: Twilio never signs with a
         * key's secret.
         *
         * @param sid {@code SK} and 32 hexadecimal digits
         * @param secret the key's secret; never shown
         * @return this builder
         */
        public Builder apiKey(String sid, String secret) {
            this.apiKeySid = Objects.requireNonNull(sid, "apiKey sid");
            this.apiKeySecret = Objects.requireNonNull(secret, "apiKey secret");
            return this;
        }

        /**
         * Adds auth tokens that webhooks may be signed with, beside {@link #authToken}: while a token is rotated, name
         * the old and the new one.
         *
         * @param values tokens; never shown
         * @return this builder
         */
        public Builder webhookAuthTokens(String... values) {
            webhookAuthTokens.addAll(List.of(values));
            return this;
        }

        /**
         * Sets the default sender. Required unless {@link #senders} lists some and every message names its own.
         *
         * @param sender a number, short code, name, or {@link SenderId#pool} of a Messaging Service
         * @return this builder
         */
        public Builder from(SenderId sender) {
            this.from = Objects.requireNonNull(sender, "from");
            return this;
        }

        /**
         * Lists the senders that messages may name here; without a list, every sender is left to Twilio.
         *
         * @param owned senders of this account
         * @return this builder
         */
        public Builder senders(Collection<SenderId> owned) {
            senders.addAll(owned);
            return this;
        }

        /**
         * Sets the default sender for destinations that start with a prefix; the longest prefix wins. A message's own sender
         * goes before it, unless {@link #senders} lists others. Countries that share a code, such as +1, are told apart by
         * longer prefixes, or by an instance for each and {@code Routing.inCountry}.
         *
         * @param prefix a calling code or more, such as {@code +44}
         * @param sender the sender for them
         * @return this builder
         */
        public Builder senderFor(String prefix, SenderId sender) {
            senderByPrefix.put(Objects.requireNonNull(prefix, "prefix"), Objects.requireNonNull(sender, "sender"));
            return this;
        }

        /**
         * Sets the public URL to which Twilio reports each message's status. The query gets our message id, so that a
         * report finds its message even if the answer to the submit was lost. A fragment with Twilio's connection
         * overrides is kept.
         *
         * @param url an absolute URL whose host has no underscore; use https
         * @return this builder
         */
        public Builder statusCallback(URI url) {
            this.statusCallback = Objects.requireNonNull(url, "statusCallback");
            return this;
        }

        /**
         * Lets Twilio replace look-alike characters so that a text fits GSM-7. Default false. The text that arrives may
         * then differ from the text sent, and a lookup without a sid won't find it.
         *
         * @param replace true to replace
         * @return this builder
         */
        public Builder smartEncoded(boolean replace) {
            this.smartEncoded = replace;
            return this;
        }

        /**
         * Sets Twilio's region, for example {@code ie1}; its credentials are its own. Default: {@code us1}.
         *
         * @param value the region
         * @return this builder
         */
        public Builder region(String value) {
            this.region = Objects.requireNonNull(value, "region");
            return this;
        }

        /**
         * Sets the edge by which Twilio is reached, for example {@code dublin}.
         *
         * @param value the edge
         * @return this builder
         */
        public Builder edge(String value) {
            this.edge = Objects.requireNonNull(value, "edge");
            return this;
        }

        /**
         * Sets the whole base URL instead of region and edge, for tests and gateways.
         *
         * @param url https, or http to this machine
         * @return this builder
         */
        public Builder baseUrl(String url) {
            this.baseUrl = Objects.requireNonNull(url, "baseUrl");
            return this;
        }

        /**
         * Takes proxy, DNS, socket and TLS settings from a client of the host; see {@link HttpTransport.Builder#client}.
         *
         * @param host a client without interceptors, authenticator, cookie jar and cache
         * @return this builder
         */
        public Builder client(OkHttpClient host) {
            this.client = Objects.requireNonNull(host, "client");
            return this;
        }

        /**
         * Sets the time for name lookup, connection and TLS. Default 5 s.
         *
         * @param limit 1 ms to 1 h
         * @return this builder
         */
        public Builder connectTimeout(Duration limit) {
            this.connectTimeout = Objects.requireNonNull(limit, "connectTimeout");
            return this;
        }

        /**
         * Sets the clock against which a {@code Retry-After} date is measured. Default: the system's.
         *
         * @param present the clock
         * @return this builder
         */
        public Builder clock(Clock present) {
            this.clock = Objects.requireNonNull(present, "clock");
            return this;
        }

        /**
         * Builds the provider. No connection is opened.
         *
         * @return the provider, to be closed by its owner
         * @throws IllegalArgumentException if options are missing or wrong; the message names all of them, secrets hidden
         */
        public TwilioProvider build() {
            HttpTransport.Builder http = HttpTransport.builder().connectTimeout(connectTimeout);
            if (client != null) {
                http.client(client);
            }
            List<String> found = new ArrayList<>(problems);
            HttpTransport transport = null;
            try {
                transport = http.build();
            } catch (IllegalArgumentException refused) {
                found.add(Objects.requireNonNullElse(refused.getMessage(), "the HTTP client isn't usable."));
            }
            Settings settings = new Settings(this, found);
            HttpTransport usable = Objects.requireNonNull(transport, "transport");
            usable.warmUp();
            return new TwilioProvider(settings, usable, clock);
        }

        Builder sender(String option, String value, boolean pool) {
            try {
                from = pool ? SenderId.pool(value) : SenderId.of(value);
            } catch (IllegalArgumentException malformed) {
                problems.add(option + ": " + malformed.getMessage());
            }
            return this;
        }

        Builder statusCallback(String option, String url) {
            try {
                statusCallback = URI.create(url);
            } catch (IllegalArgumentException malformed) {
                problems.add(option + " isn't a URL: give the public address of your endpoint.");
            }
            return this;
        }

        Builder location(@Nullable String itsRegion, @Nullable String itsEdge, @Nullable String itsBaseUrl) {
            this.region = itsRegion;
            this.edge = itsEdge;
            this.baseUrl = itsBaseUrl;
            return this;
        }
    }
}
