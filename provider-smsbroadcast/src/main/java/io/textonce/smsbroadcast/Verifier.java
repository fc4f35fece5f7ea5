package io.textonce.smsbroadcast;

import io.textonce.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a webhook is SMS Broadcast's. A signed one is judged by its signature alone; one without a signature,
 * which older callbacks never have, by a secret in its query, its path or a header.
 */
final class Verifier {

    /** The query's parameter that holds a secret. */
    static final String PARAMETER = "secret";

    private static final int MOST_CANDIDATES = 32;

    private final List<byte[]> secrets;
    private final String header;
    private final Signature signature;
    private final boolean hasKeys;
    private final Clock clock;

    Verifier(Settings settings, Clock clock) {
        this.secrets = settings.webhookSecrets().stream().map(Verifier::digest).toList();
        this.header = settings.webhookHeader();
        this.signature = new Signature(settings.webhookKeys());
        this.hasKeys = !settings.webhookKeys().isEmpty();
        this.clock = clock;
    }

    /**
     * Why a request isn't believed, for people.
     *
     * @return null if it is
     */
    @Nullable
    String problem(WebhookRequest request) {
        if (hasKeys && request.header(Signature.HEADER).isPresent()) {
            return signature.problem(request, clock.instant());
        }
        if (secrets.isEmpty()) {
            return "The header " + Signature.HEADER
                    + " is missing: it isn't SMS Broadcast's, a proxy removed it, or signing isn't enabled for the account.";
        }
        return hasSecret(request)
                ? null
                : "No configured secret stands in the query's parameter " + PARAMETER
                        + ", in the path or in the header " + header + ": correct the URL or the header in the portal.";
    }

    /** Every secret is compared with everything that may be one, without an early end. */
    private boolean hasSecret(WebhookRequest request) {
        boolean found = false;
        for (String candidate : candidates(request)) {
            byte[] digest = digest(candidate);
            for (byte[] secret : secrets) {
                found |= MessageDigest.isEqual(secret, digest);
            }
        }
        return found;
    }

    private List<String> candidates(WebhookRequest request) {
        List<String> all = new ArrayList<>();
        request.header(header).ifPresent(all::add);
        String target = Signature.path(request.rawTarget());
        int query = target.indexOf('?');
        pieces(query < 0 ? "" : request.rawQuery(), '&', PARAMETER + "=", all);
        pieces(query < 0 ? target : target.substring(0, query), '/', "", all);
        return all;
    }

    private static void pieces(String text, char between, String prefix, List<String> into) {
        int start = 0;
        while (start <= text.length() && into.size() < MOST_CANDIDATES) {
            int end = text.indexOf(between, start);
            String piece = text.substring(start, end < 0 ? text.length() : end);
            if (piece.startsWith(prefix) && piece.length() > prefix.length()) {
                into.add(piece.substring(prefix.length()));
            }
            if (end < 0) {
                return;
            }
            start = end + 1;
        }
    }

    static byte[] digest(String text) {
        return digest(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] digest(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("this JDK has no SHA-256", absent);
        }
    }
}
