package io.textonce.gateway;

import com.google.re2j.Pattern;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Addresses with variables. Where a request goes is fixed when the provider is built: a message can choose a segment of the
 * path at most, and that escaped.
 */
final class Urls {

    private static final String SETTING = "\\{settings\\.[A-Za-z0-9_]+\\}";
    private static final Pattern SHAPE = Pattern.compile(
            "(\\{baseUrl\\}|https?://(?:[A-Za-z0-9.:_\\[\\]-]|" + SETTING + ")+)(/[^?#]*)?(\\?[^#{}]*)?");

    /**
     * An address ready to be called.
     *
     * @param fixed what is the same for all messages, query included
     * @param segments what follows in the path
     */
    record Prepared(String fixed, List<Template> segments) {}

    private Urls() {}

    static void check(Template url, JsonObject call) {
        String skeleton = skeleton(url);
        if (skeleton.isEmpty()) {
            return;
        }
        if (!SHAPE.matches(skeleton)) {
            call.problem(
                    "url",
                    "must be {baseUrl} or http(s)://host, then a path, then perhaps a fixed query; only settings may"
                            + " stand in the host, and variables of the query belong into query.");
            return;
        }
        int path = pathStart(skeleton);
        boolean variable = false;
        for (String segment : skeleton.substring(path, end(skeleton)).split("/", -1)) {
            variable |= segment.indexOf('{') >= 0;
            if (variable && (segment.isEmpty() || segment.indexOf('%') >= 0)) {
                call.problem("url", "from the first variable on, no segment of the path may be empty or hold a %.");
                return;
            }
        }
    }

    /**
     * Puts in what is known.
     *
     * @param baseUrl instead of {baseUrl} or of the profile's own scheme and host; null for the latter
     * @throws IllegalArgumentException if a setting in the host is missing
     */
    static Prepared prepare(Template url, @Nullable String baseUrl, Function<String, @Nullable String> settings) {
        String skeleton = skeleton(url);
        int path = pathStart(skeleton);
        int end = end(skeleton);
        String origin = skeleton.substring(0, path);
        String segments = skeleton.substring(path, end);
        String query = skeleton.substring(end);
        if (baseUrl != null) {
            boolean alone = segments.isEmpty() && query.isEmpty();
            origin = !alone && baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
        } else {
            String bound = Template.parse(origin).bind(settings).render(Values.NONE);
            if (bound == null) {
                throw new IllegalArgumentException(origin);
            }
            origin = bound;
        }
        List<Template> variable = new ArrayList<>();
        StringBuilder fixed = new StringBuilder();
        String[] parts =
                segments.isEmpty() ? new String[0] : segments.substring(1).split("/", -1);
        for (String part : parts) {
            if (!variable.isEmpty() || part.indexOf('{') >= 0) {
                variable.add(Template.parse(part));
            } else {
                fixed.append('/').append(part);
            }
        }
        return new Prepared(origin + fixed + query, List.copyOf(variable));
    }

    /** What is wrong with an address of the gateway, or null. */
    static @Nullable String problem(String url, boolean allowInsecure, boolean queryAllowed) {
        URI parsed;
        try {
            parsed = URI.create(url);
        } catch (IllegalArgumentException malformed) {
            return "isn't a URL: give scheme and host, such as https://sms.example.org.";
        }
        String host = parsed.getHost();
        if (host == null || parsed.getRawFragment() != null || parsed.getRawUserInfo() != null) {
            return "must have a scheme and a host, and neither user nor fragment.";
        }
        if (!queryAllowed && parsed.getRawQuery() != null) {
            return "has a query, but the profile adds a path after it: leave the query out.";
        }
        boolean https = "https".equalsIgnoreCase(parsed.getScheme());
        boolean http = "http".equalsIgnoreCase(parsed.getScheme());
        if (!https && !(http && (allowInsecure || isLoopback(host)))) {
            return "starts with " + parsed.getScheme() + "://" + host
                    + "; allowed is https, because credentials and texts go there, and http to this machine: use"
                    + " https, or allowInsecure() on a network that you trust.";
        }
        return null;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.matches("127(\\.[0-9]{1,3}){3}") || host.equals("[::1]");
    }

    private static String skeleton(Template url) {
        return url.toString();
    }

    private static int pathStart(String skeleton) {
        int scheme = skeleton.indexOf("://");
        int at = scheme < 0 ? 0 : scheme + 3;
        while (at < skeleton.length() && skeleton.charAt(at) != '/' && skeleton.charAt(at) != '?') {
            at++;
        }
        return at;
    }

    private static int end(String skeleton) {
        int query = skeleton.indexOf('?');
        return query < 0 ? skeleton.length() : query;
    }
}
