package io.textonce.twilio;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Checks {@code X-Twilio-Signature}: Base64 of HMAC-SHA1, with the account's auth token, over the URL and the signed
 * parameters. Every token is tried, without an early end, and compared in constant time, as text: a decoder
 * would let several texts pass for one signature.
 *
 * <p>The URL that Twilio signs isn't always the one that arrives (twilio-java issue 601, twilio-node issues 1059 and
 * 1183): a port may be added or missing, a quote escaped or not. Those spellings are tried too, made by cutting text,
 * because rebuilding a URL from its parts changes its escapes. At most {@value #MOST_SPELLINGS}.
 */
final class Signature {

    static final int MOST_SPELLINGS = 8;

    private static final String ALGORITHM = "HmacSHA1";

    private final List<Token> tokens;

    Signature(List<String> authTokens) {
        this.tokens = authTokens.stream().map(Token::new).toList();
    }

    /**
     * Checks a signature.
     *
     * @param url the URL as it arrived, with scheme and host
     * @param parameters the signed parameters; null where the URL alone is signed
     * @param header the header's value
     */
    boolean matches(String url, @Nullable Form parameters, String header) {
        Form sorted = parameters == null ? null : parameters.sorted();
        byte[] claimed = header.getBytes(StandardCharsets.UTF_8);
        if (matchesExactly(url, sorted, claimed)) {
            return true;
        }
        for (String spelling : spellings(url)) {
            if (!spelling.equals(url) && matchesExactly(spelling, sorted, claimed)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the SHA-256 of the body is the one in the signed URL; hexadecimal digits in either case. */
    static boolean bodyMatches(byte[] body, String hex) {
        try {
            byte[] actual = MessageDigest.getInstance("SHA-256").digest(body);
            StringBuilder text = new StringBuilder(64);
            for (byte octet : actual) {
                text.append(Character.forDigit(octet >> 4 & 0xF, 16)).append(Character.forDigit(octet & 0xF, 16));
            }
            return MessageDigest.isEqual(
                    text.toString().getBytes(StandardCharsets.US_ASCII),
                    hex.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this JDK has no SHA-256", absent);
        }
    }

    private boolean matchesExactly(String url, @Nullable Form parameters, byte[] claimed) {
        byte[] address = url.getBytes(StandardCharsets.UTF_8);
        boolean matched = false;
        for (Token token : tokens) {
            Mac mac = token.take();
            mac.update(address);
            if (parameters != null) {
                parameters.sign(mac);
            }
            matched |= MessageDigest.isEqual(Base64.getEncoder().encode(mac.doFinal()), claimed);
            token.giveBack(mac);
        }
        return matched;
    }

    static Set<String> spellings(String url) {
        Set<String> all = new LinkedHashSet<>();
        for (String port : new String[] {url, otherPort(url)}) {
            int query = port.indexOf('?');
            if (query < 0) {
                all.add(port);
                continue;
            }
            String path = port.substring(0, query);
            String rest = port.substring(query);
            all.add(port);
            all.add(path + rest.replace("%27", "'"));
            all.add(path + rest.replace("'", "%27"));
        }
        return all;
    }

    /** Without its port if it has one, else with the scheme's default port. */
    private static String otherPort(String url) {
        int scheme = url.indexOf("://");
        if (scheme < 0) {
            return url;
        }
        int start = scheme + 3;
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        String authority = url.substring(start, end);
        int colon = authority.lastIndexOf(':');
        if (colon > authority.lastIndexOf('@') && colon > authority.lastIndexOf(']')) {
            return url.substring(0, start + colon) + url.substring(end);
        }
        return url.substring(0, end) + (url.startsWith("https:") ? ":443" : ":80") + url.substring(end);
    }

    /** One auth token. A Mac isn't thread-safe; the last one used waits for the next thread that needs one. */
    private static final class Token {
        private final SecretKeySpec key;
        private final AtomicReference<@Nullable Mac> spare = new AtomicReference<>();

        Token(String authToken) {
            this.key = new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), ALGORITHM);
            giveBack(keyed());
        }

        Mac take() {
            Mac mac = spare.getAndSet(null);
            return mac == null ? keyed() : mac;
        }

        /** Only after {@code doFinal}, which makes it as new. */
        void giveBack(Mac mac) {
            spare.set(mac);
        }

        private Mac keyed() {
            try {
                Mac mac = Mac.getInstance(ALGORITHM);
                mac.init(key);
                return mac;
            } catch (GeneralSecurityException absent) {
                throw new IllegalStateException("this JDK has no " + ALGORITHM, absent);
            }
        }
    }
}
