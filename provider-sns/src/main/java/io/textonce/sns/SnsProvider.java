package io.textonce.sns;

import io.textonce.OtherEvent;
import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.spi.Validator;
import io.textonce.spi.http.FormWriter;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTransport;
import io.textonce.text.SegmentPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;

/**
 * Sends through one AWS account and region, by SNS Publish ({@link #builder}) or by AWS End User Messaging
 * ({@link #endUserMessaging}), and verifies and reads what AWS reports.
 *
 * <p>Guarantees: {@link #submit} writes at most one request, signed by AWS's own signer, and reports accepted only for a
 * whole 200 with a well-formed id; a webhook is believed only with a valid signature of AWS's from one of the configured
 * topics, or with the secret of the host's own forwarder. Not guaranteed: that an accepted message arrives, or that a
 * message whose answer was lost is found again; neither API takes an idempotency key or tells of a message afterwards.
 *
 * <pre>{@code
 * SnsProvider aws = SnsProvider.endUserMessaging()
 *         .region("us-east-1").credentials(DefaultCredentialsProvider.create())
 *         .from(SenderId.of("+12025550100"))
 *         .option("ConfigurationSetName", "texts").topics("arn:aws:sns:us-east-1:123456789012:texts")
 *         .build();
 * }</pre>
 *
 * <p>Roles: {@link io.textonce.spi.WebhookParser} (with topics or a forwarder's secret),
 * {@link io.textonce.spi.OptOutQuery}, {@link io.textonce.spi.SelfCheck}, and with End User Messaging {@link Validator}.
 * Immutable and thread-safe; share one and close it.
 */
public final class SnsProvider implements SmsProvider {

    private static final Duration CERTIFICATE_TIMEOUT = Duration.ofSeconds(5);
    private static final int LARGEST_CERTIFICATE = 64 * 1024;
    private static final Duration CONFIRMATION_TIMEOUT = Duration.ofSeconds(15);

    private final Settings settings;
    private final Capabilities capabilities;
    private final HttpTransport transport;
    private final Credentials credentials;
    private final TimeSource time;
    private final Endpoint submissions;
    private final SubmitResponse response;
    private final EnvelopeVerifier verifier;
    private final List<Object> roles;

    private SnsProvider(Settings settings, HttpTransport transport, Credentials credentials, TimeSource time) {
        this.settings = settings;
        this.capabilities = capabilities(settings);
        this.transport = transport;
        this.credentials = credentials;
        this.time = time;
        this.submissions = endpoint("SendTextMessage");
        this.response = new SubmitResponse(settings.flavour(), new Present(time));
        this.verifier = new EnvelopeVerifier(
                settings.topics(),
                settings.requireSha256(),
                new Certificates(this::fetch, settings.certificates(), time),
                time);
        List<Object> all = new ArrayList<>();
        all.add(new OptOuts(settings.flavour(), this::endpoint, settings.optOutList()));
        all.add(new SnsCheck(settings, credentials.source(), this::endpoint));
        if (settings.flavour() == Flavour.END_USER_MESSAGING) {
            Validator dryRun = this::validate;
            all.add(dryRun);
        }
        if (settings.hasWebhooks()) {
            all.add(new SnsWebhooks(verifier, !settings.topics().isEmpty(), settings.forwardSecrets()));
        }
        this.roles = List.copyOf(all);
    }

    /**
     * Starts a provider that sends by SNS Publish: nothing has to be set up but the account. It has no dry run, no
     * validity period, and its reports don't carry our id.
     *
     * @return a builder with the defaults that its methods name
     */
    public static Builder builder() {
        return new Builder(Flavour.PUBLISH);
    }

    /**
     * Starts a provider that sends by AWS End User Messaging SMS (SendTextMessage), which refuses opted-out numbers at
     * once, tries messages without sending, limits their life, and repeats our id in each report.
     *
     * @return a builder with the defaults that its methods name
     */
    public static Builder endUserMessaging() {
        return new Builder(Flavour.END_USER_MESSAGING);
    }

    /**
     * A provider from the process's environment variables; see {@link #fromEnvironment(Map)}.
     *
     * @return the provider
     * @throws IllegalArgumentException naming everything that is missing or wrong
     */
    public static SnsProvider fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /**
     * A provider from variables: {@code AWS_REGION}; {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, perhaps
     * with {@code AWS_SESSION_TOKEN}; without them AWS's default chain. Optional: {@code AWS_SMS_API}, {@code sns} or
     * {@code end-user-messaging}; {@code AWS_SMS_SENDER}; {@code AWS_SNS_SMS_TYPE}; {@code AWS_SMS_CONFIGURATION_SET};
     * {@code AWS_SNS_TOPIC_ARNS} and {@code AWS_SMS_FORWARD_SECRETS}, separated by commas; {@code AWS_SMS_BASE_URL}.
     *
     * @param environment names to values; blank values count as missing
     * @return the provider
     * @throws IllegalArgumentException naming everything that is missing or wrong
     */
    public static SnsProvider fromEnvironment(Map<String, String> environment) {
        return Environment.read(environment).build();
    }

    @Override
    public String name() {
        return settings.name();
    }

    /** {@code sns} or {@code end-user-messaging}. */
    @Override
    public String kind() {
        return settings.flavour().kind();
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public SubmitReply submit(Submission submission) {
        return submit(submission, false);
    }

    @Override
    public <R> Optional<R> role(Class<R> role) {
        return roles.stream().filter(role::isInstance).map(role::cast).findFirst();
    }

    /**
     * Confirms a topic's subscription to our endpoint. Nothing does this by itself: call it once somebody wants the
     * subscription that an event announces. The event is verified again, and SNS is called at the topic's own region, never
     * at an address that stands in the event. Needs the IAM permission {@code sns:ConfirmSubscription}; only the account
     * can then end the subscription.
     *
     * @param event the event of kind {@code SubscriptionConfirmation}, not older than three days
     * @return the subscription, or why it isn't confirmed
     */
    public Confirmation confirmSubscription(OtherEvent event) {
        EnvelopeVerifier.Verified verified;
        try {
            verified = verifier.verify(event.raw().getBytes(StandardCharsets.UTF_8), false);
        } catch (EnvelopeVerifier.RefusedException refused) {
            return new Confirmation(null, refused.explanation());
        }
        Envelope envelope = verified.envelope();
        if (!envelope.get("Type").equals("SubscriptionConfirmation")) {
            return new Confirmation(null, "The event is no SubscriptionConfirmation.");
        }
        byte[] form = FormWriter.body()
                .add("Action", "ConfirmSubscription")
                .add("Version", Query.VERSION)
                .add("TopicArn", verified.topic().text())
                .add("Token", envelope.get("Token"))
                .add("AuthenticateOnUnsubscribe", "true")
                .toByteArray();
        Endpoint sns = endpoint(Flavour.PUBLISH, verified.topic().region(), "ConfirmSubscription");
        try {
            byte[] reply = Query.call(sns, Flavour.PUBLISH, form, CONFIRMATION_TIMEOUT);
            String arn = Query.text(reply, "/ConfirmSubscriptionResponse/ConfirmSubscriptionResult/SubscriptionArn");
            return arn.isBlank()
                    ? new Confirmation(null, "AWS's answer names no subscription.")
                    : new Confirmation(arn.strip(), "");
        } catch (IOException failed) {
            return new Confirmation(null, OptOuts.explain(failed));
        }
    }

    /** Closes connections; a submission made later is not transmitted. Credentials of the host's stay open. */
    @Override
    public void close() {
        transport.close();
        credentials.close();
    }

    /** Name, API and region; never a credential. */
    @Override
    public String toString() {
        return "SnsProvider[" + settings.name() + ", " + kind() + ", "
                + settings.region().name() + "]";
    }

    /**
     * What became of confirming a subscription.
     *
     * <p>Immutable and thread-safe.
     *
     * @param subscriptionArn the subscription, or null if it isn't confirmed
     * @param explanation why it isn't, for people; empty if it is
     */
    public record Confirmation(@Nullable String subscriptionArn, String explanation) {}

    private SubmitReply submit(Submission submission, boolean dryRun) {
        SubmitRequest request = SubmitRequest.of(submission, settings, dryRun);
        SubmitReply refusal = request.refusal();
        if (refusal != null) {
            return refusal;
        }
        try {
            return response.read(submissions.call(request.body(), submission.timeout()));
        } catch (Credentials.UnavailableException none) {
            return SubmitReply.notTransmitted(Reason.CREDENTIAL, none.explanation());
        }
    }

    private Validator.Verdict validate(Submission submission) {
        SubmitReply reply = submit(submission, true);
        Reason reason = reply.reason().orElse(null);
        boolean silent = reason == Reason.THROTTLED || reason == Reason.TRANSPORT || reason == Reason.UNAVAILABLE;
        return new Validator.Verdict(
                silent ? Outcome.UNKNOWN : reply.outcome(),
                silent ? null : reason,
                reply.providerCode().orElse(null),
                reply.explanation());
    }

    private HttpOutcome fetch(String certificate) {
        return transport
                .get(certificate, Map.of())
                .maxReplyBytes(LARGEST_CERTIFICATE)
                .call(CERTIFICATE_TIMEOUT);
    }

    private Endpoint endpoint(String operation) {
        return endpoint(settings.flavour(), settings.region(), operation);
    }

    private Endpoint endpoint(Flavour flavour, Region region, String operation) {
        return new Endpoint(
                transport,
                settings.url(flavour.service(), region),
                flavour.service(),
                region.name(),
                flavour.contentType(),
                flavour.headers(operation),
                credentials,
                time);
    }

    private static Capabilities capabilities(Settings settings) {
        Capabilities.Builder capabilities = Capabilities.builder(SegmentPolicy.SNS)
                .senderKinds(settings.flavour().senderKinds())
                .senders(settings.senders());
        // A report of SNS names its own id only, so that it can't settle a message whose answer was lost.
        return settings.flavour() == Flavour.END_USER_MESSAGING && settings.hasWebhooks()
                ? capabilities.settlement(Settlement.DELIVERY_REPORT).build()
                : capabilities.build();
    }

    /**
     * Collects the options of a provider.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        /** Found while options were read from text; {@link Settings} adds its own. */
        private final List<String> problems = new ArrayList<>();

        final Flavour flavour;
        String name;
        String region = "";

        @Nullable
        SenderId from;

        final Set<SenderId> senders = new LinkedHashSet<>();
        final Map<String, SenderId> senderByPrefix = new LinkedHashMap<>();
        final Map<String, String> options = new LinkedHashMap<>();
        final Set<String> topics = new LinkedHashSet<>();
        boolean requireSha256;
        final List<String> forwardSecrets = new ArrayList<>();
        final Map<URI, String> certificates = new LinkedHashMap<>();
        String optOutList = "Default";

        @Nullable
        String baseUrl;

        private @Nullable Credentials credentials;
        private @Nullable OkHttpClient client;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private TimeSource time = TimeSource.system();

        private Builder(Flavour flavour) {
            this.flavour = flavour;
            this.name = flavour.kind();
        }

        /**
         * Sets the instance's name, by which hosts route and store. Default {@code sns} or {@code end-user-messaging}.
         *
         * @param value 1 to 32 of {@code a-z 0-9 -}
         * @return this builder
         */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets the region. Required. Senders, opt-outs and spending limits are each region's own.
         *
         * @param value a region of AWS, AWS in China, GovCloud or the European Sovereign Cloud, such as {@code us-east-1}
         * @return this builder
         */
        public Builder region(String value) {
            this.region = Objects.requireNonNull(value, "region");
            return this;
        }

        /**
         * Takes credentials from AWS's own interface, which every {@code AwsCredentialsProvider} of its SDK implements. It
         * is asked for each request and does the caching; its owner closes it. Default: AWS's default chain, which needs
         * {@code software.amazon.awssdk:auth} at run time.
         *
         * @param provider where credentials come from
         * @return this builder
         */
        public Builder credentials(IdentityProvider<? extends AwsCredentialsIdentity> provider) {
            this.credentials = Credentials.of(Objects.requireNonNull(provider, "credentials"));
            return this;
        }

        /**
         * Sets a lasting key.
         *
         * @param accessKeyId the key's id
         * @param secretAccessKey its secret; never shown
         * @return this builder
         */
        public Builder credentials(String accessKeyId, String secretAccessKey) {
            return keys(accessKeyId, secretAccessKey, null);
        }

        /**
         * Sets a key that lasts some hours, for tests and short jobs.
         *
         * @param accessKeyId the key's id
         * @param secretAccessKey its secret; never shown
         * @param sessionToken its token; never shown
         * @return this builder
         */
        public Builder credentials(String accessKeyId, String secretAccessKey, String sessionToken) {
            return keys(accessKeyId, secretAccessKey, Objects.requireNonNull(sessionToken, "sessionToken"));
        }

        /**
         * Sets the default sender. Default: AWS picks one of the account's.
         *
         * @param sender a number, short code or name; with End User Messaging also a {@link SenderId#pool}
         * @return this builder
         */
        public Builder from(SenderId sender) {
            this.from = Objects.requireNonNull(sender, "from");
            return this;
        }

        /**
         * Lists the senders that messages may name here; without a list, every sender is left to AWS.
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
         * @param prefix a calling code or more, such as {@code +44}
         * @param sender the sender for them
         * @return this builder
         */
        public Builder senderFor(String prefix, SenderId sender) {
            senderByPrefix.put(Objects.requireNonNull(prefix, "prefix"), Objects.requireNonNull(sender, "sender"));
            return this;
        }

        /**
         * Sets an option of every message, by AWS's own name; a message's {@code extra} replaces it. Known are
         * {@code AWS.SNS.SMS.SMSType}, {@code AWS.SNS.SMS.MaxPrice}, {@code AWS.MM.SMS.EntityId} and
         * {@code AWS.MM.SMS.TemplateId}; with End User Messaging {@code ConfigurationSetName}, {@code MessageType},
         * {@code MaxPrice}, {@code Keyword}, {@code ProtectConfigurationId}, {@code MessageFeedbackEnabled},
         * {@code IN_ENTITY_ID} and {@code IN_TEMPLATE_ID}.
         *
         * @param key AWS's name of it
         * @param value its value
         * @return this builder
         */
        public Builder option(String key, String value) {
            options.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Adds topics whose envelopes are believed. A signature says only that some topic of some AWS customer sent a
         * message; these are ours.
         *
         * @param arns whole ARNs, such as {@code arn:aws:sns:us-east-1:123456789012:texts}
         * @return this builder
         */
        public Builder topics(String... arns) {
            topics.addAll(List.of(arns));
            return this;
        }

        /**
         * Refuses envelopes that are signed with SHA-1. Default false, because it is what SNS signs with unless a topic's
         * SignatureVersion is set to 2.
         *
         * @param required true to refuse them
         * @return this builder
         */
        public Builder requireSha256(boolean required) {
            this.requireSha256 = required;
            return this;
        }

        /**
         * Adds secrets by which the host's own forwarder (a function that subscribes to delivery logs, an EventBridge API
         * destination) vouches for what it posts, as {@code Authorization: Bearer <secret>}. Name the old and the new one
         * while it is rotated.
         *
         * @param values 16 to 200 visible ASCII characters each; never shown
         * @return this builder
         */
        public Builder forwardSecrets(String... values) {
            forwardSecrets.addAll(List.of(values));
            return this;
        }

        /**
         * Gives a signing certificate that then is never fetched: for networks without a way out, and for tests with
         * textonce-testkit. All other rules apply to it too.
         *
         * @param address where envelopes say that it lies
         * @param pem the certificate as PEM text
         * @return this builder
         */
        public Builder signingCertificate(URI address, String pem) {
            certificates.put(Objects.requireNonNull(address, "address"), Objects.requireNonNull(pem, "pem"));
            return this;
        }

        /**
         * Sets the opt-out list of End User Messaging that {@link io.textonce.spi.OptOutQuery} reads. Default
         * {@code Default}. SNS has one list for each account and region.
         *
         * @param nameOrArn the list
         * @return this builder
         */
        public Builder optOutList(String nameOrArn) {
            this.optOutList = Objects.requireNonNull(nameOrArn, "optOutList");
            return this;
        }

        /**
         * Sets the address of the API instead of the region's, for tests, private endpoints and gateways.
         *
         * @param url https, or http to this machine; scheme and host
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
         * Sets the time that requests are signed for, and by which envelopes and certificates are fresh. Default: the
         * system's.
         *
         * @param source the time
         * @return this builder
         */
        public Builder time(TimeSource source) {
            this.time = Objects.requireNonNull(source, "time");
            return this;
        }

        /**
         * Builds the provider. No connection is opened and no credentials are fetched.
         *
         * @return the provider, to be closed by its owner
         * @throws IllegalArgumentException if options are missing or wrong; the message names all of them, secrets hidden
         */
        public SnsProvider build() {
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
            Credentials own = credentials == null && found.isEmpty() ? Credentials.defaultChain() : credentials;
            if (own == null && found.isEmpty()) {
                found.add("credentials are missing, and AWS's default chain isn't on the path: set credentials (in the"
                        + " environment AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or add"
                        + " software.amazon.awssdk:auth.");
            }
            Settings settings = new Settings(this, found);
            HttpTransport usable = Objects.requireNonNull(transport, "transport");
            usable.warmUp();
            return new SnsProvider(settings, usable, Objects.requireNonNull(own, "credentials"), time);
        }

        Builder problems(List<String> more) {
            problems.addAll(more);
            return this;
        }

        private Builder keys(String id, String secret, @Nullable String token) {
            if (id.isBlank() || secret.isBlank() || (token != null && token.isBlank())) {
                problems.add("credentials are blank: give the access key's id, its secret, and a token if it has one.");
                return this;
            }
            this.credentials = Credentials.of(
                    token == null
                            ? AwsCredentialsIdentity.create(id, secret)
                            : AwsSessionCredentialsIdentity.create(id, secret, token));
            return this;
        }
    }
}
