package io.textonce.webhook;

import io.textonce.DeliveryReport;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.Media;
import io.textonce.Origin;
import io.textonce.Reason;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.internal.Trace;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.TimeSource;
import io.textonce.spi.WebhookParser;
import io.textonce.store.EventJournal;
import io.textonce.store.EventJournal.Applied;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes providers' webhook calls: a function from request to reply that any web framework can call.
 *
 * <p>Guaranteed: nothing is stored, told or fetched before the request is verified. A 2xx is answered only after the
 * {@link EventJournal} has stored the events with all their effects, opt-outs included, in one step, and after the
 * {@link MediaKeeper} has kept what came inside them; a repeat is answered alike, without any effect. When either fails, 503
 * makes the provider come again. No request makes {@link #receive} throw. Logs hold no text, number or secret.
 *
 * <p>Not guaranteed: that a listener hears of an event; it is told after the fact, and a crash loses the call. Nothing is
 * answered to the person who texted STOP or HELP: providers do that.
 *
 * <pre>{@code
 * WebhookReceiver receiver = WebhookReceiver.builder(store)
 *         .suppressions(store)
 *         .publicBaseUrl("https://sms.example.org")
 *         .endpoint("twilio", TenantId.DEFAULT, twilio)
 *         .build();
 * WebhookReply reply = receiver.receive("twilio", request);
 * }</pre>
 *
 * <table>
 * <caption>Replies</caption>
 * <tr><th>status</th><th>when</th></tr>
 * <tr><td>2xx, the parser's</td><td>stored, now or earlier</td></tr>
 * <tr><td>400 to 499, the parser's</td><td>not believed</td></tr>
 * <tr><td>404</td><td>no such endpoint</td></tr>
 * <tr><td>413</td><td>larger than the parser takes</td></tr>
 * <tr><td>500</td><td>the parser failed; nothing is stored</td></tr>
 * <tr><td>503</td><td>the journal, the media keeper or the endpoint source failed; nothing is stored</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
public final class WebhookReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookReceiver.class);

    private final EventJournal journal;
    private final @Nullable SuppressionRepository suppressions;
    private final Map<String, WebhookEndpoint> endpoints;
    private final EndpointSource source;
    private final List<SmsListener> listeners;
    private final @Nullable MediaKeeper media;
    private final Keywords keywords;
    private final PublicUrl publicUrl;
    private final TimeSource time;
    private final Refusals refusals = new Refusals();

    private WebhookReceiver(Builder b) {
        this.journal = b.journal;
        this.suppressions = b.suppressions;
        this.endpoints = Map.copyOf(b.endpoints);
        this.source = b.source == null ? name -> Optional.empty() : b.source;
        this.listeners = List.copyOf(b.listeners);
        this.media = b.media;
        this.keywords = b.keywords;
        this.publicUrl = new PublicUrl(b.publicBaseUrl, b.trustForwardedHeaders);
        this.time = b.time;
    }

    /**
     * Starts a receiver.
     *
     * @param journal stores what is received
     * @return a builder
     */
    public static Builder builder(EventJournal journal) {
        return new Builder(journal);
    }

    /**
     * Takes one call. It blocks for as long as the journal and the listeners do.
     *
     * @param endpoint the name of the endpoint that was called, such as the last segment of the path
     * @param request the request as it arrived
     * @return what to answer
     */
    public WebhookReply receive(String endpoint, WebhookRequest request) {
        Objects.requireNonNull(request, "request");
        WebhookEndpoint known;
        try {
            known = find(endpoint);
        } catch (Throwable e) {
            LOG.error(
                    "Webhook: the endpoint source failed; answered 503, the provider will come again. {}", Trace.of(e));
            return WebhookReply.of(503);
        }
        return known == null ? WebhookReply.of(404) : receive(endpoint, known, request);
    }

    private @Nullable WebhookEndpoint find(String name) {
        WebhookEndpoint known = endpoints.get(Objects.requireNonNull(name, "endpoint"));
        return known == null ? source.find(name).orElse(null) : known;
    }

    private WebhookReply receive(String name, WebhookEndpoint endpoint, WebhookRequest request) {
        Origin origin = new Origin(endpoint.tenant(), endpoint.provider(), name, time.now());
        ParsedWebhook parsed;
        WebhookReply acknowledgement;
        try {
            WebhookParser parser = endpoint.parser();
            if (isTooLarge(request, parser.maxBodyBytes())) {
                return refuse(origin, 413, "larger than " + parser.maxBodyBytes() + " bytes");
            }
            if (!parser.canVerify()) {
                LOG.error("Webhook: {} has nothing to verify with; answered 500. Configure its secret", shown(origin));
                return WebhookReply.of(500);
            }
            parsed = parser.parse(publicUrl.seenFromOutside(request), origin);
            acknowledgement = parser.acknowledgement();
            requireOwn(parsed.events(), origin);
        } catch (Throwable e) {
            LOG.error(
                    "Webhook: the parser of {} failed; answered 500, nothing is stored. {}",
                    shown(origin),
                    Trace.of(e));
            return WebhookReply.of(500);
        }
        if (parsed.refusal().isPresent()) {
            ParsedWebhook.Refusal refusal = parsed.refusal().get();
            boolean proper = (refusal.status() >= 400 && refusal.status() <= 499) || refusal.status() == 503;
            return refuse(origin, proper ? refusal.status() : 403, refusal.explanation());
        }
        List<Entry> entries = new ArrayList<>(parsed.events().size());
        List<Applied> applied;
        try {
            for (SmsEvent event : parsed.events()) {
                keepMedia(event);
                entries.add(entry(event));
            }
            applied = entries.isEmpty() ? List.of() : journal.apply(origin.tenant(), entries);
        } catch (Throwable e) {
            LOG.error(
                    "Webhook: storing from {} failed; answered 503, it will come again. {}",
                    shown(origin),
                    Trace.of(e));
            return WebhookReply.of(503);
        }
        tell(entries, applied);
        return acknowledgement;
    }

    /** Some providers put everything into the query. */
    private static boolean isTooLarge(WebhookRequest request, int most) {
        return request.body().length > most || request.rawTarget().length() > most;
    }

    /** Tenant and provider come from the endpoint, never from what was sent. */
    private static void requireOwn(List<SmsEvent> events, Origin origin) {
        for (SmsEvent event : events) {
            if (!event.origin().equals(origin)) {
                throw new IllegalStateException("the parser stamped an event with another origin than it was given");
            }
        }
    }

    /** Each power of two is logged: a wrong secret shows, and a flood doesn't fill the log. */
    private WebhookReply refuse(Origin origin, int status, String explanation) {
        long count = refusals.count(origin.endpoint(), explanation);
        if (Long.bitCount(count) == 1) {
            LOG.warn(
                    "Webhook: a request to {} wasn't believed and was answered {} (number {} of its kind): {}",
                    shown(origin),
                    status,
                    count,
                    explanation);
        }
        return WebhookReply.of(status);
    }

    /** Before the event is stored: a repeat of the request is only certain until then. */
    private void keepMedia(SmsEvent event) throws IOException {
        if (media != null && event instanceof InboundMessage message) {
            List<Media> all = message.media();
            for (int place = 0; place < all.size(); place++) {
                if (all.get(place).source().isEmpty()) {
                    media.keep(message, place, all.get(place));
                }
            }
        }
    }

    private Entry entry(SmsEvent event) {
        if (event instanceof DeliveryReport report) {
            return new Entry(report, refusedByRecipient(report));
        }
        if (!(event instanceof InboundMessage message)) {
            return new Entry(event, null);
        }
        boolean tagged = message.keyword().isPresent();
        Keyword keyword = message.keyword().or(() -> recognised(message)).orElse(null);
        if (keyword == null) {
            return new Entry(message, null);
        }
        String how = tagged ? message.provider() + " tag" : "keyword";
        return new Entry(tagged ? message : message.withKeyword(keyword), choice(message, keyword, how));
    }

    private Optional<Keyword> recognised(InboundMessage message) {
        return keywords.recognise(
                message.text(),
                () -> suppressions != null
                        && message.fromNumber()
                                .map(number -> suppressions.isSuppressed(message.tenant(), number, message.to()))
                                .orElse(false));
    }

    /** Some providers take a message over first and tell afterwards that the recipient had opted out there. */
    private static @Nullable Suppression refusedByRecipient(DeliveryReport report) {
        if (report.reason().orElse(null) != Reason.OPTED_OUT) {
            return null;
        }
        String source = report.provider()
                + report.providerCode().map(code -> " " + code).orElse("");
        return report.recipient()
                .map(number -> new Suppression(number, null, Suppression.Choice.OPT_OUT, report.receivedAt(), source))
                .orElse(null);
    }

    private static @Nullable Suppression choice(InboundMessage message, Keyword keyword, String how) {
        Suppression.Choice choice = keyword == Keyword.STOP ? Suppression.Choice.OPT_OUT : Suppression.Choice.OPT_IN;
        return keyword == Keyword.HELP
                ? null
                : message.fromNumber()
                        .map(number -> new Suppression(number, null, choice, message.receivedAt(), how))
                        .orElse(null);
    }

    private void tell(List<Entry> entries, List<Applied> applied) {
        for (int i = 0; i < entries.size() && i < applied.size(); i++) {
            if (applied.get(i).effect() != Effect.DUPLICATE) {
                for (SmsListener listener : listeners) {
                    tell(listener, entries.get(i).event());
                }
            }
        }
    }

    private static void tell(SmsListener listener, SmsEvent event) {
        try {
            listener.onEvent(event);
        } catch (Throwable e) {
            LOG.error("Webhook: a listener threw; the event is stored all the same. {}", Trace.of(e));
        }
    }

    /**
     * How many requests weren't believed, size included.
     *
     * @return the number since this receiver was built
     */
    public long refused() {
        return refusals.all();
    }

    /**
     * The most bytes that a host should read of a request to an endpoint.
     *
     * @param endpoint the endpoint's name
     * @return bytes; 0 if there is no such endpoint
     */
    public int maxBodyBytes(String endpoint) {
        WebhookEndpoint known = find(endpoint);
        return known == null ? 0 : known.parser().maxBodyBytes();
    }

    private static String shown(Origin origin) {
        return "endpoint " + origin.endpoint() + " (" + origin.provider() + ", tenant " + origin.tenant() + ")";
    }

    /**
     * Collects endpoints and options.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final EventJournal journal;
        private final Map<String, WebhookEndpoint> endpoints = new HashMap<>();
        private final List<String> problems = new ArrayList<>();
        private final List<SmsListener> listeners = new ArrayList<>();
        private @Nullable EndpointSource source;
        private @Nullable SuppressionRepository suppressions;
        private @Nullable String publicBaseUrl;
        private boolean trustForwardedHeaders;
        private @Nullable MediaKeeper media;
        private Keywords keywords = Keywords.standard();
        private TimeSource time = TimeSource.system();

        private Builder(EventJournal journal) {
            this.journal = Objects.requireNonNull(journal, "journal");
        }

        /**
         * Adds an endpoint for a provider's webhooks.
         *
         * @param name its name in the URL, 1 to 64 printable characters without blanks
         * @param tenant whose events arrive there
         * @param provider who calls
         * @return this builder
         */
        public Builder endpoint(String name, TenantId tenant, SmsProvider provider) {
            Optional<WebhookEndpoint> endpoint = WebhookEndpoint.of(tenant, provider);
            if (endpoint.isEmpty()) {
                problems.add(
                        "endpoint " + name + ": provider " + provider.name()
                                + " has no webhooks, or no secret to verify them with; configure one, or leave the endpoint out");
                return this;
            }
            return endpoint(name, endpoint.get());
        }

        /**
         * Adds an endpoint.
         *
         * @param name its name in the URL, 1 to 64 printable characters without blanks
         * @param endpoint whose events arrive there, and who verifies them
         * @return this builder
         */
        public Builder endpoint(String name, WebhookEndpoint endpoint) {
            boolean proper =
                    !name.isEmpty() && name.length() <= 64 && name.chars().allMatch(c -> c > ' ' && c < 0x7F);
            if (!proper) {
                problems.add("endpoint: a name must be 1 to 64 printable ASCII characters without blanks");
            } else if (endpoints.put(name, endpoint) != null) {
                problems.add("endpoint " + name + ": is there twice; give each its own name");
            }
            if (!endpoint.parser().canVerify()) {
                problems.add("endpoint " + name + ": provider " + endpoint.provider()
                        + " has nothing to verify with; configure its secret");
            }
            return this;
        }

        /**
         * Finds endpoints at run time that weren't added here.
         *
         * @param finder finds them
         * @return this builder
         */
        public Builder endpoints(EndpointSource finder) {
            this.source = Objects.requireNonNull(finder, "finder");
            return this;
        }

        /**
         * Adds a listener; it is told each new event after it was stored.
         *
         * @param listener the listener
         * @return this builder
         */
        public Builder listener(SmsListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets who keeps the pictures and files that came inside a message. Without one their bytes are for listeners
         * alone, whom a crash keeps from hearing of them.
         *
         * @param keeper keeps them
         * @return this builder
         */
        public Builder media(MediaKeeper keeper) {
            this.media = Objects.requireNonNull(keeper, "keeper");
            return this;
        }

        /**
         * Where to see who opted out, so that YES from such a number is START. Without it, YES is an ordinary message;
         * STOP and START need nothing of this, the journal records them.
         *
         * @param repository the opt-outs that the journal writes
         * @return this builder
         */
        public Builder suppressions(SuppressionRepository repository) {
            this.suppressions = Objects.requireNonNull(repository, "repository");
            return this;
        }

        /**
         * Sets the words that mean consent; {@link Keywords#standard()} if not set. A provider's own tag comes first.
         *
         * @param list the words
         * @return this builder
         */
        public Builder keywords(Keywords list) {
            this.keywords = Objects.requireNonNull(list, "list");
            return this;
        }

        /**
         * Sets by which URL providers reach the host; signatures are made over it. It also replaces the
         * origin of a request whose raw target is a whole URL. Without it such signatures fit only where the host hands
         * over whole URLs; {@link #build} warns.
         *
         * @param base scheme, host and prefix, such as {@code https://sms.example.org}
         * @return this builder
         */
        public Builder publicBaseUrl(String base) {
            this.publicBaseUrl = Objects.requireNonNull(base, "base");
            return this;
        }

        /**
         * Believes X-Forwarded-Proto, -Host and -Port where they are present, before {@link #publicBaseUrl}. Only for
         * hosts behind a proxy that sets or removes them on every request.
         *
         * @return this builder
         */
        public Builder trustForwardedHeaders() {
            this.trustForwardedHeaders = true;
            return this;
        }

        /**
         * Sets the time.
         *
         * @param from tells the present
         * @return this builder
         */
        public Builder time(TimeSource from) {
            this.time = Objects.requireNonNull(from, "from");
            return this;
        }

        /**
         * Builds the receiver.
         *
         * @return the receiver
         * @throws IllegalArgumentException naming everything that is wrong: no endpoint, one without a verifier, two of one
         *     name, a base that isn't a URL
         */
        public WebhookReceiver build() {
            List<String> found = new ArrayList<>(problems);
            if (found.isEmpty() && endpoints.isEmpty() && source == null) {
                found.add("endpoint: there is none; add one for each URL that a provider calls");
            }
            String badBase = publicBaseUrl == null ? null : PublicUrl.problem(publicBaseUrl);
            if (badBase != null) {
                found.add(badBase);
            }
            if (!found.isEmpty()) {
                throw new IllegalArgumentException("webhook receiver: " + String.join("\n", found));
            }
            if (publicBaseUrl == null && !trustForwardedHeaders) {
                endpoints.forEach((name, endpoint) -> {
                    if (endpoint.parser().signsUrl()) {
                        LOG.warn(
                                "Webhook: endpoint {} ({}) verifies the public URL, and publicBaseUrl isn't set: every call"
                                        + " will be answered 403, unless its raw target is a whole URL",
                                name,
                                endpoint.provider());
                    }
                });
            }
            return new WebhookReceiver(this);
        }
    }
}
