package io.textonce.webhook;

import io.textonce.WebhookRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The URL by which a provider reached us, as opposed to the one by which a proxy did. */
final class PublicUrl {

    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::[0-9]{1,5})?");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    private final @Nullable String base;
    private final boolean trustForwarded;

    PublicUrl(@Nullable String base, boolean trustForwarded) {
        this.base = base;
        this.trustForwarded = trustForwarded;
    }

    /** What is wrong with a base, or null. */
    static @Nullable String problem(String base) {
        try {
            URI uri = new URI(base);
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            boolean bare = uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
            if (web && bare && uri.getHost() != null) {
                return null;
            }
        } catch (URISyntaxException e) {
            // Said below: the base must be a URL.
        }
        return "publicBaseUrl: must be http or https with a host, and no user, query or fragment,"
                + " such as https://sms.example.org";
    }

    WebhookRequest seenFromOutside(WebhookRequest request) {
        String outside = trustForwarded ? forwarded(request) : null;
        outside = outside == null ? base : outside;
        return outside == null ? request : request.withPublicBaseUrl(outside);
    }

    /** Scheme and host by the headers of the nearest proxy that the first one trusted; null without them. */
    private static @Nullable String forwarded(WebhookRequest request) {
        String scheme = first(request, "X-Forwarded-Proto").orElse("").toLowerCase(Locale.ROOT);
        String host = first(request, "X-Forwarded-Host")
                .or(() -> first(request, "Host"))
                .orElse("");
        if (!(scheme.equals("https") || scheme.equals("http"))
                || !HOST.matcher(host).matches()) {
            return null;
        }
        String port = first(request, "X-Forwarded-Port").orElse("");
        boolean usual = port.equals(scheme.equals("https") ? "443" : "80");
        boolean named = host.lastIndexOf(':') > host.lastIndexOf(']');
        boolean add = PORT.matcher(port).matches() && !usual && !named;
        return scheme + "://" + host + (add ? ":" + port : "");
    }

    private static Optional<String> first(WebhookRequest request, String header) {
        return request.header(header).map(value -> {
            int comma = value.indexOf(',');
            return (comma < 0 ? value : value.substring(0, comma)).strip();
        });
    }
}
