package io.textonce.spring;

import io.textonce.Category;
import io.textonce.client.RateLimit;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an application may say about Textonce. A name that isn't here is refused, so that a typing error shows.
 *
 * @param enabled Whether messages are sent. If not, each is rejected as DISABLED, what the outbox holds waits, and
 *     providers need no credentials.
 * @param defaultRegion Country, two letters of ISO 3166, whose way of writing numbers is understood without a country code.
 * @param mobileOnly Whether numbers that are no valid mobile numbers by the numbering plan are refused.
 * @param attemptTimeout How long one request to a provider may take.
 * @param deadline How long a whole send may take, waits and failover included.
 * @param idempotencyRetention How long idempotency keys are kept in the store.
 * @param providers Providers by name. The name stands in results and meters, and in the path of their webhooks.
 * @param tenants Tenants by id, each with providers of its own or with instances of those above. With any, no others may
 *     send, but for messages without a tenant.
 * @param routing Which providers are tried, and in which order. Without it: all, as they are listed.
 * @param rateLimits Rate limits; several hold together.
 * @param quietHours Hours of the recipient's clock in which nothing is sent.
 * @param allowedCountries Countries that messages may go to, two letters of ISO 3166 each. Without any: all.
 * @param maxSegments How many segments a text may have.
 * @param rates What segments cost; spend caps need it.
 * @param spendCaps Caps on what may be spent; several hold together.
 * @param webhooks Delivery reports and inbound messages.
 * @param outbox Messages that are stored first and sent later.
 * @param reconcile Asking providers what became of messages of which nobody told.
 * @param store Where messages, events, opt-outs, keys and counts are kept.
 */
@ConfigurationProperties(prefix = "textonce", ignoreUnknownFields = false)
record TextonceProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String defaultRegion,
        @DefaultValue("false") boolean mobileOnly,
        @Nullable Duration attemptTimeout,
        @Nullable Duration deadline,
        @DefaultValue("30d") Duration idempotencyRetention,
        @DefaultValue Map<String, ProviderSettings> providers,
        @DefaultValue Map<String, Tenant> tenants,
        @DefaultValue Routing routing,
        @DefaultValue List<Limit> rateLimits,
        @Nullable QuietHours quietHours,
        @DefaultValue Set<String> allowedCountries,
        @Nullable Integer maxSegments,
        @Nullable Rates rates,
        @DefaultValue List<Cap> spendCaps,
        @DefaultValue Webhooks webhooks,
        @DefaultValue Outbox outbox,
        @DefaultValue Reconcile reconcile,
        @DefaultValue Store store) {

    /** The kinds of providers that properties can describe. */
    enum Kind {
        TWILIO,
        SMSBROADCAST,
        SNS,
        GATEWAY,
        SANDBOX
    }

    /** Where the store is. */
    enum StoreType {
        MEMORY,
        JDBC
    }

    /** By which calendar a cap begins anew. */
    enum Period {
        DAILY,
        MONTHLY
    }

    /**
     * One tenant.
     *
     * @param enabled Whether its messages are sent. If not, each is rejected as DISABLED, and its providers need no credentials.
     * @param providers Its own providers by name. Without any: all of textonce.providers, in instances of its own.
     * @param routing Which of them are tried, and in which order. Without it: all, as they are listed.
     */
    record Tenant(
            @DefaultValue("true") boolean enabled,
            @DefaultValue Map<String, ProviderSettings> providers,
            @DefaultValue Routing routing) {}

    /**
     * One provider. Each kind has settings of its own; a setting of another kind is refused.
     *
     * @param type Which kind of provider it is.
     * @param ifSet The provider is left out if this is empty, as a variable leaves it that isn't set.
     * @param unlessSet The provider is left out if this is not empty.
     * @param from Default sender: a number, short code or name.
     * @param pool Default sender: a pool, such as a Twilio Messaging Service.
     * @param senders Senders that messages may name here. Without a list, every sender is left to the provider.
     * @param senderFor Default sender by the recipient's prefix, such as [+44].
     * @param baseUrl Address of the API, instead of the provider's own.
     * @param connectTimeout Time for name lookup, connection and TLS.
     * @param accountSid Twilio: the account.
     * @param authToken Twilio: the account's auth token; it also verifies webhooks.
     * @param apiKey Twilio: the API key's sid. SMS Broadcast: the API key.
     * @param apiSecret Twilio and SMS Broadcast: the API key's secret.
     * @param webhookAuthTokens Twilio: further tokens that webhooks may be signed with.
     * @param statusCallback Twilio: where reports go. With textonce.webhooks enabled it need not be set.
     * @param smartEncoded Twilio: whether Twilio may replace characters so that a text fits GSM-7.
     * @param region Twilio: the region, such as ie1. SNS: the region, such as us-east-1.
     * @param edge Twilio: the edge.
     * @param maxSplit SMS Broadcast: how many parts a text may have.
     * @param maxRecipients SMS Broadcast: how many recipients one request may have.
     * @param webhookSecrets SMS Broadcast and gateways: secrets that vouch for webhooks.
     * @param webhookHeader SMS Broadcast: the header in which a secret comes.
     * @param webhookKeys SMS Broadcast: public keys that verify webhooks, Base64 of X.509, by id.
     * @param endUserMessaging SNS: whether AWS End User Messaging is used instead of SNS Publish.
     * @param accessKeyId SNS: a lasting key. Without it, AWS's default chain is asked.
     * @param secretAccessKey SNS: the key's secret.
     * @param sessionToken SNS: the session token of a key that expires.
     * @param options SNS: options of the API, by name.
     * @param topics SNS: ARNs of the topics whose envelopes are believed.
     * @param requireSha256 SNS: whether envelopes signed with SHA-1 are refused.
     * @param forwardSecrets SNS: secrets of your own forwarder of delivery logs.
     * @param optOutList SNS: name or ARN of the opt-out list.
     * @param profile Gateways: name of a shipped profile, or a Spring resource such as classpath:gateway.json.
     * @param secrets Gateways: the profile's secrets, by name.
     * @param settings Gateways: the profile's settings, by name.
     * @param callback Gateways: public URL for reports, for profiles that send it along.
     * @param allowInsecure Gateways: whether http will do.
     * @param webhookNetworks Gateways: networks that webhooks may come from, such as 203.0.113.0/24.
     */
    record ProviderSettings(
            @Nullable Kind type,
            @Nullable String ifSet,
            @Nullable String unlessSet,
            @Nullable String from,
            @Nullable String pool,
            @DefaultValue List<String> senders,
            @DefaultValue Map<String, String> senderFor,
            @Nullable String baseUrl,
            @Nullable Duration connectTimeout,
            @Nullable String accountSid,
            @Nullable String authToken,
            @Nullable String apiKey,
            @Nullable String apiSecret,
            @DefaultValue List<String> webhookAuthTokens,
            @Nullable URI statusCallback,
            @Nullable Boolean smartEncoded,
            @Nullable String region,
            @Nullable String edge,
            @Nullable Integer maxSplit,
            @Nullable Integer maxRecipients,
            @DefaultValue List<String> webhookSecrets,
            @Nullable String webhookHeader,
            @DefaultValue Map<String, String> webhookKeys,
            @Nullable Boolean endUserMessaging,
            @Nullable String accessKeyId,
            @Nullable String secretAccessKey,
            @Nullable String sessionToken,
            @DefaultValue Map<String, String> options,
            @DefaultValue List<String> topics,
            @Nullable Boolean requireSha256,
            @DefaultValue List<String> forwardSecrets,
            @Nullable String optOutList,
            @Nullable String profile,
            @DefaultValue Map<String, String> secrets,
            @DefaultValue Map<String, String> settings,
            @Nullable URI callback,
            @Nullable Boolean allowInsecure,
            @DefaultValue List<String> webhookNetworks) {

        boolean isLeftOut() {
            return (ifSet != null && ifSet.isBlank()) || (unlessSet != null && !unlessSet.isBlank());
        }

        /** No setting: some are secret. */
        @Override
        public String toString() {
            return "ProviderSettings[" + type + "]";
        }
    }

    /**
     * The order of providers.
     *
     * @param order Names of providers, tried in this order.
     * @param weights How often each is tried first, 0 to 1000 by name; instead of an order.
     * @param slowAfter With weights: from when on an answer counts against its provider.
     */
    record Routing(
            @DefaultValue List<String> order,
            @DefaultValue Map<String, Integer> weights,
            @Nullable Duration slowAfter) {

        boolean isEmpty() {
            return order.isEmpty() && weights.isEmpty() && slowAfter == null;
        }
    }

    /**
     * One rate limit: permits in a window, or so many a second.
     *
     * @param permits Messages in any window, 1 to 1000.
     * @param window Length of the window.
     * @param perSecond Messages a second, instead of permits and window.
     * @param burst With per-second: how many at once.
     * @param per What is counted apart.
     * @param label Label whose values are counted apart.
     * @param prefixDigits How many digits of the number are counted apart.
     * @param categories Categories that it holds for. Without any: all.
     * @param waitUpTo How long a send waits for a permit.
     */
    record Limit(
            @Nullable Integer permits,
            @Nullable Duration window,
            @Nullable Integer perSecond,
            @Nullable Integer burst,
            @DefaultValue("everything") RateLimit.Key per,
            @Nullable String label,
            @Nullable Integer prefixDigits,
            @DefaultValue Set<Category> categories,
            @Nullable Duration waitUpTo) {}

    /**
     * Hours without messages.
     *
     * @param from When they begin, such as 21:00.
     * @param to When they end, such as 08:00.
     * @param categories Categories that they hold for. Without any: all.
     */
    record QuietHours(
            @Nullable LocalTime from,
            @Nullable LocalTime to,
            @DefaultValue Set<Category> categories) {}

    /**
     * What segments cost.
     *
     * @param currency Currency of the prices, three letters.
     * @param prices Prices by prefix and provider.
     */
    record Rates(@Nullable String currency, @DefaultValue List<Price> prices) {}

    /**
     * What one segment costs.
     *
     * @param prefix Beginning of the recipient's number, such as +61; + alone is everywhere else.
     * @param perSegment The price.
     * @param provider Provider that it holds for. Without it: all.
     */
    record Price(
            @Nullable String prefix,
            @Nullable BigDecimal perSegment,
            @Nullable String provider) {}

    /**
     * One cap on what is spent, in the currency of textonce.rates.
     *
     * @param amount How much may be spent.
     * @param period When it begins anew.
     * @param zone Whose days and months these are.
     * @param rolling Any window of this length, instead of a period.
     * @param perTenant Whether each tenant has a cap of its own.
     * @param label Label whose values have a cap each.
     * @param categories Categories that it holds for. Without any: all.
     */
    record Cap(
            @Nullable BigDecimal amount,
            @DefaultValue("daily") Period period,
            @DefaultValue("UTC") ZoneId zone,
            @Nullable Duration rolling,
            @DefaultValue("false") boolean perTenant,
            @Nullable String label,
            @DefaultValue Set<Category> categories) {}

    /**
     * Calls of the providers.
     *
     * @param enabled Whether they are taken.
     * @param path Path that they are taken at; the provider's name follows, after the tenant's and a dot if it is a tenant's.
     * @param publicBaseUrl Scheme, host and prefix by which providers reach this application; they sign it.
     * @param trustForwardedHeaders Whether X-Forwarded-Proto, -Host and -Port are believed.
     */
    record Webhooks(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("/textonce/webhooks") String path,
            @Nullable String publicBaseUrl,
            @DefaultValue("false") boolean trustForwardedHeaders) {

        /** One path segment an endpoint. */
        String pathOf(String endpoint) {
            return (path.endsWith("/") ? path : path + "/") + endpoint;
        }
    }

    /**
     * The outbox.
     *
     * @param enabled Whether there is one; it sends as long as the application runs.
     * @param autoStartup Whether it starts with the application. If not, the application starts it, or pumps of a cluster do.
     * @param joinTransactions Whether what is enqueued inside a transaction of Spring's is part of it.
     * @param workers How many threads claim and record.
     * @param inFlight How many messages each of them sends at once.
     * @param poll How often the store is asked when there is nothing to do.
     * @param drain How long the end of the application waits for what is being sent.
     * @param retention How long settled messages are kept. Without it: for ever.
     */
    record Outbox(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("true") boolean autoStartup,
            @DefaultValue("true") boolean joinTransactions,
            @Nullable Integer workers,
            @Nullable Integer inFlight,
            @Nullable Duration poll,
            @Nullable Duration drain,
            @Nullable Duration retention) {}

    /**
     * Asking providers what became of messages: those in doubt that were sent without the outbox, and accepted ones without
     * a final report.
     *
     * @param enabled Whether this application asks by itself. In a cluster, let one process do it.
     * @param every How often it is looked what is due.
     * @param unknownAfter Age at which a message in doubt is first asked for; then at twice that age, and so on.
     * @param acceptedAfter Age at which an accepted message is first asked for; then at twice that age, and so on.
     * @param horizon Up to which age.
     * @param most For how many messages one run asks.
     */
    record Reconcile(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("1m") Duration every,
            @DefaultValue("1m") Duration unknownAfter,
            @DefaultValue("1h") Duration acceptedAfter,
            @DefaultValue("3d") Duration horizon,
            @DefaultValue("200") int most) {}

    /**
     * The store.
     *
     * @param type Where it is. Without it: the database if there are textonce-jdbc and one DataSource, else memory.
     * @param migrate Whether the tables are created and updated at the start.
     */
    record Store(
            @Nullable StoreType type, @DefaultValue("true") boolean migrate) {}
}
