package io.textonce.twilio;

import io.textonce.spi.MediaFetcher;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches media from Twilio. The address comes from a webhook, so it decides nothing: credentials go to the API's own
 * hosts over https only, and one redirect is taken, without credentials, to Twilio's content network only.
 */
final class TwilioMedia implements MediaFetcher {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long LARGEST = 64L << 20;

    private final Settings settings;
    private final HttpTransport transport;
    private final URI base;

    TwilioMedia(Settings settings, HttpTransport transport) {
        this.settings = settings;
        this.transport = transport;
        this.base = URI.create(settings.baseUrl());
    }

    @Override
    public InputStream fetch(URI source, long maxBytes) throws IOException {
        if (!isApi(source)) {
            throw new IOException("the medium isn't at an API host of Twilio's over https, and isn't fetched");
        }
        HttpOutcome.Reply reply = get(source, Map.of("Authorization", settings.authorization()), maxBytes);
        if (reply.status() >= 300 && reply.status() < 400) {
            URI content = target(source, reply);
            if (content == null || !isContentNetwork(content)) {
                throw new IOException("Twilio redirects the medium to a host that isn't known as its content network,"
                        + " which isn't followed");
            }
            reply = get(content, Map.of(), maxBytes);
        }
        if (reply.status() != 200) {
            throw new IOException("the medium can't be had: Twilio answered " + reply.status());
        }
        return new ByteArrayInputStream(reply.body());
    }

    private HttpOutcome.Reply get(URI source, Map<String, String> headers, long maxBytes) throws IOException {
        int limit = (int) Math.max(1, Math.min(maxBytes, LARGEST));
        HttpOutcome outcome;
        try {
            outcome = transport
                    .get(source.toASCIIString(), headers)
                    .maxReplyBytes(limit)
                    .call(TIMEOUT);
        } catch (IllegalArgumentException malformed) {
            throw new IOException("the medium's address can't be called", malformed);
        }
        if (outcome instanceof HttpOutcome.Reply reply) {
            return reply;
        }
        throw new IOException(outcome.<String>fold(
                whole -> "",
                unsent -> "the medium can't be had: " + unsent.explanation(),
                cut -> "the medium didn't come whole, or is larger than " + limit + " bytes"));
    }

    /** The configured API itself, or {@code api.twilio.com} and its regional forms. */
    private boolean isApi(URI source) {
        if (source.getRawUserInfo() != null || source.getHost() == null) {
            return false;
        }
        if (base.getScheme().equalsIgnoreCase(source.getScheme())
                && source.getHost().equalsIgnoreCase(base.getHost())
                && source.getPort() == base.getPort()) {
            return true;
        }
        String host = source.getHost().toLowerCase(Locale.ROOT);
        return isHttps(source) && host.startsWith("api.") && host.endsWith(".twilio.com");
    }

    private static boolean isContentNetwork(URI target) {
        String host = target.getHost() == null ? "" : target.getHost().toLowerCase(Locale.ROOT);
        return isHttps(target) && target.getRawUserInfo() == null && host.endsWith(".twiliocdn.com");
    }

    private static boolean isHttps(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme()) && (uri.getPort() == -1 || uri.getPort() == 443);
    }

    private static @Nullable URI target(URI source, HttpOutcome.Reply reply) {
        try {
            return reply.header("Location").map(source::resolve).orElse(null);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
