package io.textonce.smsbroadcast;

import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.HttpTarget;
import io.textonce.spi.http.HttpTransport;
import io.textonce.text.SegmentPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
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
 * Sends through one account at SMS Broadcast, one recipient or many in a request, and verifies and reads its webhooks.
 *
 * <p>Guarantees: {@link #submit} writes at most one request and reports accepted only for the recipient's own OK line with
 * an id; a recipient without a line is unknown, and only that one. Webhooks are believed only with a configured secret or
 * a valid signature. Not guaranteed: that an accepted message arrives: an unregistered sender is accepted and rejected
 * later. SMS Broadcast takes no idempotency key and finds no message again, so only a delivery report settles an unknown
 * outcome; of a batch whose whole answer was lost, not even that.
 *
 * <pre>{@code
 * SmsBroadcastProvider clinic = SmsBroadcastProvider.builder()
 *         .credentials(apiKey, apiSecret)
 *         .from(SenderId.of("MyClinic"))
 *         .webhookSecrets(secret)
 *         .build();
 * }</pre>
 *
 * <p>Roles: {@link BatchSubmitter}, {@link io.textonce.spi.WebhookParser} (with a secret or a key),
 * {@link io.textonce.spi.BalanceQuery} (credits), {@link io.textonce.spi.SelfCheck}. Immutable and thread-safe; share one
 * and close it.
 */
public final class SmsBroadcastProvider implements SmsProvider {

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

    private final Settings settings;
    private final Capabilities capabilities;
    private final HttpTransport transport;
    private final HttpTarget api;
    private final SubmitResponse response;
    private final List<Object> roles;

    private SmsBroadcastProvider(Settings settings, HttpTransport transport, Clock clock) {
        this.settings = settings;
        this.capabilities = capabilities(settings);
        this.transport = transport;
        this.api = transport.post(settings.url(), Map.of(), "application/x-www-form-urlencoded");
        this.response = new SubmitResponse(settings);
        Balance balance = new Balance(settings, api);
        List<Object> all = new ArrayList<>(List.of(new Batch(), balance, new SmsBroadcastCheck(settings, balance)));
        if (settings.verifiesWebhooks()) {
            all.add(new SmsBroadcastWebhooks(settings, clock));
        }
        this.roles = List.copyOf(all);
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
    public static SmsBroadcastProvider fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /**
     * A provider from variables: {@code SMS_BROADCAST_USERNAME} and {@code SMS_BROADCAST_PASSWORD}. Optional:
     * {@code SMS_SENDER_ID}; {@code SMS_BROADCAST_MAXSPLIT}; {@code SMS_BROADCAST_WEBHOOK_SECRET} and
     * {@code SMS_BROADCAST_WEBHOOK_SECRET_SECONDARY}; {@code SMS_BROADCAST_WEBHOOK_HEADER};
     * {@code SMS_BROADCAST_WEBHOOK_KEYS}, each {@code id=key}, with blanks between; {@code SMS_BROADCAST_BASE_URL}.
     *
     * @param environment names to values; blank values count as missing
     * @return the provider
     * @throws IllegalArgumentException naming every variable that is missing or wrong
     */
    public static SmsBroadcastProvider fromEnvironment(Map<String, String> environment) {
        return Environment.read(environment).build();
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String kind() {
        return "smsbroadcast";
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public SubmitReply submit(Submission submission) {
        return submitAll(List.of(submission)).get(0);
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

    /** The name; never a credential. */
    @Override
    public String toString() {
        return "SmsBroadcastProvider[" + settings.name() + "]";
    }

    private List<SubmitReply> submitAll(List<Submission> batch) {
        SubmitRequest request = SubmitRequest.of(batch, settings);
        SubmitReply refusal = request.refusal();
        return refusal != null
                ? Collections.nCopies(batch.size(), refusal)
                : response.read(
                        api.call(request.form(), withinRange(batch.get(0).timeout())), batch);
    }

    private static Duration withinRange(Duration timeout) {
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0) {
            return SHORTEST_TIMEOUT;
        }
        return timeout.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : timeout;
    }

    private static Capabilities capabilities(Settings settings) {
        int parts = settings.maxSplit();
        Capabilities.Builder capabilities = Capabilities.builder(SegmentPolicy.SMS_BROADCAST
                        .withMaxSegments(parts)
                        .withMaxCharacters(parts == 1 ? 160 : parts * 153))
                .senderKinds(EnumSet.of(SenderId.Kind.NUMBER, SenderId.Kind.ALPHANUMERIC))
                .senders(settings.senders());
        return settings.verifiesWebhooks()
                ? capabilities.settlement(Settlement.DELIVERY_REPORT).build()
                : capabilities.build();
    }

    private final class Batch implements BatchSubmitter {
        @Override
        public int maxRecipients() {
            return settings.maxRecipients();
        }

        @Override
        public List<SubmitReply> submit(List<Submission> batch) {
            return batch.isEmpty() ? List.of() : submitAll(List.copyOf(batch));
        }
    }

    /**
     * Collects the options of a provider.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        /** Found while options were read from text; {@link Settings} adds its own. */
        private final List<String> problems = new ArrayList<>();

        String name = "smsbroadcast";
        String username = "";
        String password = "";

        @Nullable
        SenderId from;

        final Set<SenderId> senders = new LinkedHashSet<>();
        int maxSplit = 5;
        int maxRecipients = 100;
        final Set<String> webhookSecrets = new LinkedHashSet<>();
        String webhookHeader = "X-Webhook-Secret";
        final Map<String, String> webhookKeys = new LinkedHashMap<>();
        String baseUrl = "https://api.smsbroadcast.com.au";

        private @Nullable OkHttpClient client;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /**
         * Sets the instance's name, by which hosts route and store. Default {@code smsbroadcast}.
         *
         * @param value 1 to 32 of {@code a-z 0-9 -}
         * @return this builder
         */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets the credentials that the portal makes: an API key and its secret. Required. They travel in the body of each
         * request and are never shown.
         *
         * @param apiKey what the API calls the username
         * @param apiSecret what the API calls the password
         * @return this builder
         */
        public Builder credentials(String apiKey, String apiSecret) {
            this.username = Objects.requireNonNull(apiKey, "apiKey");
            this.password = Objects.requireNonNull(apiSecret, "apiSecret");
            return this;
        }

        /**
         * Sets the default sender: a number, or a name of at most 11 letters and digits. Default: none, which leaves it to
         * SMS Broadcast to pick a number of its pool.
         *
         * @param sender the sender ID
         * @return this builder
         */
        public Builder from(SenderId sender) {
            this.from = Objects.requireNonNull(sender, "from");
            return this;
        }

        /**
         * Lists the senders that this instance owns: a message that asks for another one is sent from the default. Default:
         * no list, and every number and name is passed on.
         *
         * @param owned the senders; the default one is added
         * @return this builder
         */
        public Builder senders(Collection<SenderId> owned) {
            this.senders.addAll(owned);
            return this;
        }

        /**
         * Sets how many parts a text may have. A longer one is rejected before any request; what SMS Broadcast would cut off
         * isn't documented. Default 5, the manual's maximum.
         *
         * @param parts 1 to 10; more than 5 isn't documented
         * @return this builder
         */
        public Builder maxSplit(int parts) {
            this.maxSplit = parts;
            return this;
        }

        /**
         * Sets how many recipients a batch may have. All of them are in doubt when its answer is lost. Default 100.
         *
         * @param most 2 to 1000
         * @return this builder
         */
        public Builder maxRecipients(int most) {
            this.maxRecipients = most;
            return this;
        }

        /**
         * Adds secrets that vouch for a webhook in the query as {@code secret=...}, as a segment of the path, or in the
         * header of {@link #webhookHeader}. Give two while one is replaced.
         *
         * @param secrets each 16 to 200 of {@code A-Z a-z 0-9 . _ ~ -}; never shown
         * @return this builder
         */
        public Builder webhookSecrets(String... secrets) {
            this.webhookSecrets.addAll(Arrays.asList(secrets));
            return this;
        }

        /**
         * Sets the header in which the portal sends a secret. Default {@code X-Webhook-Secret}.
         *
         * @param header the header's name
         * @return this builder
         */
        public Builder webhookHeader(String header) {
            this.webhookHeader = Objects.requireNonNull(header, "header");
            return this;
        }

        /**
         * Adds a key that verifies signed webhooks. Give two while one is replaced. A request that bears a signature is then
         * judged by it alone; one without needs a secret.
         *
         * @param id the key's id, as {@code X-MessageMedia-Key-Id} names it
         * @param publicKey the RSA public key, Base64 of X.509
         * @return this builder
         */
        public Builder webhookKey(String id, String publicKey) {
            this.webhookKeys.put(Objects.requireNonNull(id, "id"), Objects.requireNonNull(publicKey, "publicKey"));
            return this;
        }

        /**
         * Sets where the API is, for tests and sister brands. Default {@code https://api.smsbroadcast.com.au}.
         *
         * @param url https, or http to this machine; without the script's name
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
         * Sets the clock against which a signed webhook's date is measured. Default: the system's.
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
        public SmsBroadcastProvider build() {
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
            return new SmsBroadcastProvider(settings, usable, clock);
        }

        Builder from(String option, String sender) {
            try {
                from = SenderId.of(sender);
            } catch (IllegalArgumentException malformed) {
                problems.add(option + ": " + malformed.getMessage());
            }
            return this;
        }

        Builder maxSplit(String option, String number) {
            try {
                maxSplit = Integer.parseInt(number);
            } catch (NumberFormatException malformed) {
                problems.add(option + " isn't a whole number; allowed are 1 to 10.");
            }
            return this;
        }
    }
}
