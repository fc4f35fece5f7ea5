package io.textonce.gateway;

import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.gateway.PreparedCall.Ready;
import io.textonce.gateway.PreparedCall.UnsendableException;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTransport;
import java.net.URI;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Sends through an HTTP gateway as a {@link GatewayProfile} describes it, verifies and reads its webhooks.
 *
 * <p>Guarantees: {@link #submit} writes at most one request; accepted and refused are reported only where the profile
 * documents them and the HTTP status allows it, everything else is unknown; an answer about several recipients is read for
 * each; webhooks are believed only with a secret, key or verifier of the host's. Not guaranteed: that an accepted message
 * arrives, or that a gateway keeps to its profile.
 *
 * <pre>{@code
 * GatewayProvider kannel = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
 *         .baseUrl("https://kannel.example.org:13013")
 *         .secret("username", "tester").secret("password", password)
 *         .callback(URI.create("https://sms.example.org/hooks/kannel")).webhookSecrets(hookSecret)
 *         .build();
 * }</pre>
 *
 * <p>Roles, where the profile has what they need: {@link io.textonce.spi.WebhookParser}, {@link BatchSubmitter},
 * {@link io.textonce.spi.BalanceQuery}; always {@link io.textonce.spi.SelfCheck}. Immutable and thread-safe; share one and
 * close it.
 */
public final class GatewayProvider implements SmsProvider {

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

    private final String name;
    private final Spec spec;
    private final Capabilities capabilities;
    private final HttpTransport transport;
    private final PreparedCall call;
    private final SubmitRequest request;
    private final SubmitResponse response;
    private final List<Object> roles;
    private final boolean enabled;
    private final @Nullable SenderId from;
    private final TreeMap<String, SenderId> senderByPrefix;
    private final Map<String, Supplier<String>> suppliers;
    private final @Nullable TokenSource tokens;
    private final @Nullable RequestCustomizer customizer;

    private GatewayProvider(Builder b, Settings settings, HttpTransport transport) {
        this.name = settings.name();
        this.spec = b.profile.spec();
        this.transport = transport;
        this.enabled = b.enabled;
        this.from = b.from;
        this.senderByPrefix = new TreeMap<>(b.senderByPrefix);
        this.suppliers = Map.copyOf(b.suppliers);
        this.tokens = b.tokens;
        this.customizer = b.customizer;
        this.call = new PreparedCall(spec.send().call(), settings.url(), settings::known, transport);
        this.request = new SubmitRequest(
                spec.send(),
                b.callback == null ? null : b.callback.toASCIIString(),
                settings.callbackQuery(),
                Set.copyOf(b.profile.named(Values.EXTRA)));
        Numbers numbers = new Numbers(spec.countryCode());
        this.response = new SubmitResponse(spec.displayName(), spec.send().response(), numbers, b.clock);
        Vouching vouching = new Vouching(
                spec.vouches(),
                List.copyOf(b.webhookSecrets),
                Map.copyOf(b.webhookKeys),
                settings.networks(),
                b.verifier,
                b.clock);
        this.capabilities = settings.capabilities(vouching.canVerify());
        this.roles = roles(settings, numbers, vouching);
    }

    private List<Object> roles(Settings settings, Numbers numbers, Vouching vouching) {
        List<Object> all = new ArrayList<>();
        if (spec.reports() != null || spec.inbound() != null) {
            all.add(new GatewayWebhooks(spec.reports(), spec.inbound(), numbers, vouching));
        }
        // A batch has one sender, which a rule for each destination would contradict.
        if (spec.send().maxRecipients() > 1 && spec.send().response().recipient() != null && senderByPrefix.isEmpty()) {
            all.add(new Batches());
        }
        Spec.Balance balance = spec.balance();
        Urls.Prepared balanceUrl = settings.balanceUrl();
        if (balance != null && balanceUrl != null) {
            PreparedCall asking = new PreparedCall(balance.call(), balanceUrl, settings::known, transport);
            all.add(new GatewayBalance(
                    spec.displayName(),
                    balance,
                    asking,
                    () -> new Values(List.of(), "", null, "", null, Map.of(), new Secrets(suppliers, tokens))));
        }
        all.add(settings.check(vouching.canVerify()));
        return List.copyOf(all);
    }

    /**
     * Starts a provider.
     *
     * @param profile how the gateway is spoken to
     * @return a builder with the defaults that its methods name
     */
    public static Builder builder(GatewayProfile profile) {
        return new Builder(profile);
    }

    /**
     * A provider from the process's environment variables; see {@link #fromEnvironment(Map)}.
     *
     * @return the provider
     * @throws IllegalArgumentException naming every variable that is missing or wrong
     */
    public static GatewayProvider fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /**
     * A provider from variables. {@code SMS_GATEWAY_PROFILE} names a shipped profile or the file of one; {@code base-url} if
     * it is missing. {@code BASE_SMS_URL} is the gateway's address, {@code DEFAULT_SMS_FROM_NUMBER} the sender,
     * {@code SMS_ENABLED} switches sending off unless it is true, yes or 1. Each secret and setting of the profile is
     * {@code SMS_GATEWAY_} and its name in capitals, such as {@code SMS_GATEWAY_API_KEY} for {@code apiKey}. Optional:
     * {@code SMS_GATEWAY_CALLBACK_URL}, {@code SMS_GATEWAY_WEBHOOK_SECRET},
     * {@code SMS_GATEWAY_WEBHOOK_SECRET_SECONDARY}, and {@code SMS_GATEWAY_ALLOW_INSECURE=true} for http.
     *
     * @param environment names to values; blank values count as missing
     * @return the provider
     * @throws IllegalArgumentException naming every variable that is missing or wrong
     */
    public static GatewayProvider fromEnvironment(Map<String, String> environment) {
        return Environment.read(environment).build();
    }

    @Override
    public String name() {
        return name;
    }

    /** The profile's id. */
    @Override
    public String kind() {
        return spec.id();
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public SubmitReply submit(Submission submission) {
        return submit(List.of(submission)).get(0);
    }

    private List<SubmitReply> submit(List<Submission> batch) {
        Submission first = batch.get(0);
        SubmitReply refusal = enabled
                ? request.refusal(first)
                : SubmitReply.invalid(Reason.DISABLED, "sending through " + name + " is switched off.");
        if (refusal != null) {
            return Collections.nCopies(batch.size(), refusal);
        }
        Secrets secrets = new Secrets(suppliers, tokens);
        Ready ready;
        try {
            Values values = request.values(batch, sender(first), secrets);
            ready = call.ready(values, request.params(first.text()), customizer);
        } catch (UnsendableException unfit) {
            String why = Objects.requireNonNullElse(unfit.getMessage(), "a value doesn't fit.");
            return Collections.nCopies(batch.size(), SubmitReply.invalid(Reason.REQUEST, why));
        } catch (RuntimeException hosts) {
            return Collections.nCopies(
                    batch.size(),
                    SubmitReply.notTransmitted(
                            Reason.UNAVAILABLE,
                            "a secret, the token source or the request customizer threw "
                                    + hosts.getClass().getSimpleName() + " before anything was sent."));
        }
        HttpOutcome outcome = ready.send(withinRange(first.timeout()));
        List<SubmitReply> replies = response.read(
                outcome, batch.stream().map(each -> each.to().e164()).toList());
        String token = secrets.token();
        return token != null && outcome instanceof HttpOutcome.Reply reply && reply.status() == 401
                ? afterRefusedToken(token, replies)
                : replies;
    }

    /** One submit is one request: what is renewed serves the next. The credentials themselves aren't wrong. */
    private List<SubmitReply> afterRefusedToken(String token, List<SubmitReply> replies) {
        try {
            Objects.requireNonNull(tokens, "tokens").refused(token);
        } catch (RuntimeException hosts) {
            return replies;
        }
        return replies.stream()
                .map(reply -> reply.reason().filter(Reason.CREDENTIAL::equals).isPresent()
                        ? SubmitReply.refused(
                                Reason.UNAVAILABLE,
                                reply.providerCode().orElse(null),
                                spec.displayName()
                                        + " doesn't accept the token any more; the next request takes a new one.")
                        : reply)
                .toList();
    }

    private @Nullable SenderId sender(Submission submission) {
        SenderId wanted = submission.from().orElse(null);
        if (wanted != null) {
            return wanted;
        }
        if (!senderByPrefix.isEmpty()) {
            String number = submission.to().e164();
            for (int end = number.length(); end > 1; end--) {
                SenderId sender = senderByPrefix.get(number.substring(0, end));
                if (sender != null) {
                    return sender;
                }
            }
        }
        return from;
    }

    private static Duration withinRange(Duration timeout) {
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0) {
            return SHORTEST_TIMEOUT;
        }
        return timeout.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : timeout;
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

    /** Name and profile; no address and no secret. */
    @Override
    public String toString() {
        return "GatewayProvider[" + name + ", " + spec.id() + "]";
    }

    private final class Batches implements BatchSubmitter {
        @Override
        public int maxRecipients() {
            return spec.send().maxRecipients();
        }

        @Override
        public List<SubmitReply> submit(List<Submission> batch) {
            return GatewayProvider.this.submit(batch);
        }
    }

    /**
     * Collects the options of a provider.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        final GatewayProfile profile;
        /** Found while options were read from text; {@link Settings} adds its own. */
        final List<String> problems = new ArrayList<>();

        String name;

        @Nullable
        String baseUrl;

        boolean allowInsecure;
        final Map<String, String> secrets = new LinkedHashMap<>();
        final Map<String, Supplier<String>> suppliers = new LinkedHashMap<>();
        final Map<String, String> settings = new LinkedHashMap<>();

        @Nullable
        SenderId from;

        final Set<SenderId> senders = new LinkedHashSet<>();
        final Map<String, SenderId> senderByPrefix = new LinkedHashMap<>();

        @Nullable
        URI callback;

        final List<String> webhookSecrets = new ArrayList<>();
        final Map<String, PublicKey> webhookKeys = new LinkedHashMap<>();
        final List<String> webhookNetworks = new ArrayList<>();

        @Nullable
        WebhookVerifier verifier;

        @Nullable
        TokenSource tokens;

        @Nullable
        RequestCustomizer customizer;

        boolean enabled = true;
        private @Nullable OkHttpClient client;
        private Duration connectTimeout = Duration.ofSeconds(5);
        Clock clock = Clock.systemUTC();

        private Builder(GatewayProfile profile) {
            this.profile = Objects.requireNonNull(profile, "profile");
            this.name = profile.id();
        }

        /**
         * Sets the instance's name, by which hosts route and store. Default: the profile's id.
         *
         * @param value 1 to 32 of {@code a-z 0-9 -}
         * @return this builder
         */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets where the gateway is. Required if the profile doesn't say; otherwise it replaces the profile's scheme and
         * host.
         *
         * @param url https, or http to this machine or with {@link #allowInsecure}
         * @return this builder
         */
        public Builder baseUrl(String url) {
            this.baseUrl = Objects.requireNonNull(url, "baseUrl");
            return this;
        }

        /**
         * Allows http, with which texts, numbers and credentials go unencrypted: for a gateway in a network of your own.
         *
         * @return this builder
         */
        public Builder allowInsecure() {
            this.allowInsecure = true;
            return this;
        }

        /**
         * Sets a secret that the profile names.
         *
         * @param secret its name, such as {@code password} for {@code {secret.password}}
         * @param value the secret; never shown
         * @return this builder
         */
        public Builder secret(String secret, String value) {
            secrets.put(Objects.requireNonNull(secret, "secret"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Sets where a secret that may change is read from, for each request.
         *
         * @param secret its name
         * @param source asked on the sending thread, concurrently; it should answer at once
         * @return this builder
         */
        public Builder secret(String secret, Supplier<String> source) {
            suppliers.put(Objects.requireNonNull(secret, "secret"), Objects.requireNonNull(source, "source"));
            return this;
        }

        /**
         * Sets a setting that the profile names, in place of the profile's own value if it has one.
         *
         * @param setting its name, such as {@code shortcodeId} for {@code {settings.shortcodeId}}
         * @param value the value
         * @return this builder
         */
        public Builder setting(String setting, String value) {
            settings.put(Objects.requireNonNull(setting, "setting"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Sets the default sender. Default: none, which leaves it to the gateway.
         *
         * @param sender a number, short code or name
         * @return this builder
         */
        public Builder from(SenderId sender) {
            this.from = Objects.requireNonNull(sender, "from");
            return this;
        }

        /**
         * Lists the senders that messages may name here; without a list, every sender is left to the gateway.
         *
         * @param owned senders of this account
         * @return this builder
         */
        public Builder senders(Collection<SenderId> owned) {
            senders.addAll(owned);
            return this;
        }

        /**
         * Sets the default sender for destinations that start with a prefix; the longest prefix wins.
         *
         * @param prefix a calling code or more, such as {@code +251}
         * @param sender the sender for them
         * @return this builder
         */
        public Builder senderFor(String prefix, SenderId sender) {
            senderByPrefix.put(Objects.requireNonNull(prefix, "prefix"), Objects.requireNonNull(sender, "sender"));
            return this;
        }

        /**
         * Sets the public URL to which the gateway reports, for profiles that send it along. It gets our message id and, if
         * the profile has one there, the first webhook secret.
         *
         * @param url an absolute URL; use https
         * @return this builder
         */
        public Builder callback(URI url) {
            this.callback = Objects.requireNonNull(url, "callback");
            return this;
        }

        /**
         * Adds secrets with which webhooks are verified: while one is rotated, name the new one first, then the old one.
         *
         * @param values what the profile's webhookAuth asks for, 8 to 200 visible ASCII characters each; never shown
         * @return this builder
         */
        public Builder webhookSecrets(String... values) {
            webhookSecrets.addAll(List.of(values));
            return this;
        }

        /**
         * Adds a public key with which webhooks are verified.
         *
         * @param id what the gateway calls it, or an empty text for any
         * @param key an RSA key
         * @return this builder
         */
        public Builder webhookKey(String id, PublicKey key) {
            webhookKeys.put(Objects.requireNonNull(id, "id"), Objects.requireNonNull(key, "key"));
            return this;
        }

        /**
         * Takes webhooks from some networks only, beside everything else that must hold.
         *
         * @param networks such as {@code 10.0.0.0/8} or a single address
         * @return this builder
         */
        public Builder webhookNetworks(String... networks) {
            webhookNetworks.addAll(List.of(networks));
            return this;
        }

        /**
         * Verifies webhooks by code of the host's instead of the profile's scheme.
         *
         * @param decides the verifier
         * @return this builder
         */
        public Builder webhookVerifier(WebhookVerifier decides) {
            this.verifier = Objects.requireNonNull(decides, "webhookVerifier");
            return this;
        }

        /**
         * Sets who gives {@code {secret.token}}.
         *
         * @param source the source
         * @return this builder
         */
        public Builder tokenSource(TokenSource source) {
            this.tokens = Objects.requireNonNull(source, "tokenSource");
            return this;
        }

        /**
         * Adds to each submit what the profile can't express.
         *
         * @param adds the customizer
         * @return this builder
         */
        public Builder requestCustomizer(RequestCustomizer adds) {
            this.customizer = Objects.requireNonNull(adds, "requestCustomizer");
            return this;
        }

        /**
         * Switches sending on or off. Default on. Switched off, each message is rejected as disabled, with no request.
         *
         * @param on false to send nothing
         * @return this builder
         */
        public Builder enabled(boolean on) {
            this.enabled = on;
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
         * Sets the clock against which {@code Retry-After} dates and signed timestamps are measured. Default: the system's.
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
        public GatewayProvider build() {
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
            Settings checked = new Settings(this, found);
            HttpTransport usable = Objects.requireNonNull(transport, "transport");
            usable.warmUp();
            try {
                return new GatewayProvider(this, checked, usable);
            } catch (IllegalArgumentException unfit) {
                usable.close();
                throw new IllegalArgumentException(
                        "GatewayProvider cannot be built:\n- "
                                + Objects.requireNonNullElse(unfit.getMessage(), "the profile doesn't fit."),
                        unfit);
            }
        }
    }
}
