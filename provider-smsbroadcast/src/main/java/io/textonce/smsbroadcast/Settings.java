package io.textonce.smsbroadcast;

import io.textonce.SenderId;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of a provider, checked all at once. Its problems never show a secret. */
final class Settings {

    /** The documented 5 of the manual; public clients send up to 10 (EVIDENCE.md, section 1). */
    private static final int MOST_PARTS = 10;

    /** More than any public client sends in one request. */
    private static final int MOST_RECIPIENTS = 1000;

    private static final int LEAST_KEY_BITS = 1024;

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern CREDENTIAL = Pattern.compile("[ -~]{1,200}");
    /** Nothing that has to be escaped in a URL, and too long to be guessed. */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._~-]{16,200}");

    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private final String name;
    private final String username;
    private final String password;
    private final @Nullable SenderId from;
    private final Set<SenderId> senders;
    private final int maxSplit;
    private final int maxRecipients;
    private final List<String> webhookSecrets;
    private final String webhookHeader;
    private final List<Signature.Key> webhookKeys;
    private final String url;

    /** Checks everything, then either holds it or throws with all problems, those found before included. */
    Settings(SmsBroadcastProvider.Builder b, List<String> found) {
        List<String> problems = new ArrayList<>(found);
        if (!NAME.matcher(b.name).matches()) {
            problems.add("name is " + shown(b.name) + "; allowed are 1 to 32 of a-z, 0-9 and -: choose such a name.");
        }
        checkCredentials(b, problems);
        checkRange("maxSplit", b.maxSplit, 1, MOST_PARTS, problems);
        checkRange("maxRecipients", b.maxRecipients, 2, MOST_RECIPIENTS, problems);
        this.senders = senders(b, problems);
        checkWebhooks(b, problems);
        this.webhookKeys = keys(b.webhookKeys, problems);
        this.url = url(b.baseUrl, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "SmsBroadcastProvider cannot be built:\n- " + String.join("\n- ", problems));
        }
        this.name = b.name;
        this.username = b.username;
        this.password = b.password;
        this.from = b.from;
        this.maxSplit = b.maxSplit;
        this.maxRecipients = b.maxRecipients;
        this.webhookSecrets = List.copyOf(b.webhookSecrets);
        this.webhookHeader = b.webhookHeader;
    }

    String name() {
        return name;
    }

    /** A secret. */
    String username() {
        return username;
    }

    /** A secret. */
    String password() {
        return password;
    }

    /** The default sender; null for a number of the shared pool. */
    @Nullable
    SenderId from() {
        return from;
    }

    /** Every sender that this instance is configured with if the host listed some; empty if it listed none. */
    Set<SenderId> senders() {
        return senders;
    }

    int maxSplit() {
        return maxSplit;
    }

    int maxRecipients() {
        return maxRecipients;
    }

    /** Secrets. */
    List<String> webhookSecrets() {
        return webhookSecrets;
    }

    String webhookHeader() {
        return webhookHeader;
    }

    List<Signature.Key> webhookKeys() {
        return webhookKeys;
    }

    boolean verifiesWebhooks() {
        return !webhookSecrets.isEmpty() || !webhookKeys.isEmpty();
    }

    /** The API's one address. */
    String url() {
        return url;
    }

    private static void checkCredentials(SmsBroadcastProvider.Builder b, List<String> problems) {
        if (b.username.isEmpty() || b.password.isEmpty()) {
            problems.add("credentials are missing: set the API key and the secret that the portal makes.");
            return;
        }
        for (String each : List.of(b.username, b.password)) {
            if (!CREDENTIAL.matcher(each).matches()) {
                problems.add("credentials hold one that is (hidden, " + each.length()
                        + " characters); allowed are 1 to 200 printable ASCII characters: copy it from the portal.");
            }
        }
    }

    private static void checkRange(String option, int value, int least, int most, List<String> problems) {
        if (value < least || value > most) {
            problems.add(option + " is " + value + "; allowed are " + least + " to " + most + ".");
        }
    }

    private static Set<SenderId> senders(SmsBroadcastProvider.Builder b, List<String> problems) {
        Set<SenderId> all = new LinkedHashSet<>(b.senders);
        if (b.from != null) {
            all.add(b.from);
        }
        for (SenderId sender : all) {
            String problem = SubmitRequest.senderProblem(sender);
            if (problem != null) {
                boolean hidden = sender.kind() == SenderId.Kind.OTHER;
                problems.add("a sender is " + (hidden ? sender.toString() : shown(sender.value())) + ": " + problem);
            }
        }
        return b.senders.isEmpty() ? Set.of() : Set.copyOf(all);
    }

    private static void checkWebhooks(SmsBroadcastProvider.Builder b, List<String> problems) {
        for (String secret : b.webhookSecrets) {
            if (!SECRET.matcher(secret).matches()) {
                problems.add("webhookSecrets holds one that is (hidden, " + secret.length()
                        + " characters); allowed are 16 to 200 of A-Z, a-z, 0-9 and . _ ~ -, because it stands in a URL and"
                        + " nothing else vouches for a webhook: take a long random one.");
            }
        }
        if (!HEADER.matcher(b.webhookHeader).matches()) {
            problems.add("webhookHeader is " + shown(b.webhookHeader)
                    + "; allowed are 1 to 64 letters, digits and dashes, such as X-Webhook-Secret.");
        }
    }

    private static List<Signature.Key> keys(Map<String, String> given, List<String> problems) {
        List<Signature.Key> keys = new ArrayList<>();
        given.forEach((id, base64) -> {
            if (!KEY_ID.matcher(id).matches()) {
                problems.add("webhookKey's id is " + shown(id) + "; allowed are letters, digits and dashes: copy it.");
            }
            try {
                RSAPublicKey key = Signature.key(base64);
                if (key.getModulus().bitLength() < LEAST_KEY_BITS) {
                    problems.add("webhookKey " + shown(id) + " has "
                            + key.getModulus().bitLength() + " bits; allowed are " + LEAST_KEY_BITS + " or more.");
                }
                keys.add(new Signature.Key(id, key));
            } catch (GeneralSecurityException | ClassCastException malformed) {
                problems.add("webhookKey " + shown(id)
                        + " isn't an RSA public key in Base64 (X.509): copy public_key as the platform shows it.");
            }
        });
        return List.copyOf(keys);
    }

    private static String url(String given, List<String> problems) {
        URI base;
        try {
            base = URI.create(given.endsWith("/") ? given.substring(0, given.length() - 1) : given);
        } catch (IllegalArgumentException malformed) {
            problems.add("baseUrl isn't a URL: give scheme and host, such as https://api.smsbroadcast.com.au.");
            return "";
        }
        String host = base.getHost();
        if (host == null
                || base.getRawQuery() != null
                || base.getRawFragment() != null
                || base.getRawUserInfo() != null) {
            problems.add("baseUrl must be scheme, host and perhaps a path, without user, query and fragment.");
        } else if (given.endsWith(".php")) {
            problems.add("baseUrl is " + shown(given) + "; leave the script's name out, it is added.");
        } else if (!"https".equals(base.getScheme()) && !("http".equals(base.getScheme()) && isLoopback(host))) {
            problems.add(
                    "baseUrl is " + shown(base.getScheme() + "://" + host)
                            + "; allowed is https, and http to this machine only, because it carries the credentials: use https.");
        }
        return base + "/api-adv.php";
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    /** A value that is no secret, quoted and cut, with nothing in it that could hide or move text. */
    private static String shown(String value) {
        if (value.isEmpty()) {
            return "missing";
        }
        String visible = value.codePoints()
                .limit(64)
                .map(c -> c >= ' ' && c <= '~' ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return '"' + visible + (value.length() > 64 ? "..." : "") + '"';
    }
}
