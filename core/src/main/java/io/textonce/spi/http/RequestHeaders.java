package io.textonce.spi.http;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.HttpUrl;

/** The headers of a prepared request, checked so that no value can end a line. */
final class RequestHeaders {
    /** They decide framing, identity of the server or how often a body is written: the transport sets them. */
    private static final Set<String> OWN = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "accept-encoding",
            "expect",
            "upgrade",
            "te",
            "trailer",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection");

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private RequestHeaders() {}

    static Headers of(HttpUrl url, Map<String, String> headers, String userAgent) {
        Headers.Builder all = new Headers.Builder();
        boolean standardPort = url.port() == HttpUrl.defaultPort(url.scheme());
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        all.set("Host", standardPort ? host : host + ":" + url.port());
        all.set("Connection", "Keep-Alive");
        all.set("Accept-Encoding", "identity");
        all.set("User-Agent", userAgent);
        headers.forEach((name, value) -> {
            check(name, value);
            all.set(name, value);
        });
        return all.build();
    }

    static void check(String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(RequestHeaders::isTokenCharacter)) {
            throw new IllegalArgumentException("A header name is empty or holds a character outside RFC 9110 tokens.");
        }
        if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Header " + name + " belongs to the transport: leave it out.");
        }
        if (!value.chars().allMatch(c -> (c >= ' ' && c <= '~') || c == '\t')) {
            throw new IllegalArgumentException("The value of header " + name
                    + " holds a control or non-ASCII character; allowed are visible ASCII, space and tab.");
        }
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_MARKS.indexOf(c) >= 0;
    }
}
