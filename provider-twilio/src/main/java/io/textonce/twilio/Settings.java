package io.textonce.twilio;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of a provider, checked all at once. Its problems never show a secret. */
final class Settings {

    /** The name under which our message id travels in the status callback's query, which Twilio signs. */
    static final String MESSAGE_ID = "textonce-id";

    /** Of a status callback (Twilio error 21609); the query that we add is part of it. */
    private static final int LONGEST_CALLBACK = 4000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");
    private static final Pattern PREFIX = Pattern.compile("\\+[1-9][0-9]{0,14}");
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7E]{8,200}");

    private final String name;
    private final String accountSid;
    private final String authorization;
    private final boolean apiKey;
    private final List<String> webhookTokens;
    private final @Nullable SenderId from;
    private final TreeMap<String, SenderId> byPrefix;
    private final Set<SenderId> senders;
    private final @Nullable URI statusCallback;
    private final String callbackStart;
    private final String callbackEnd;
    private final boolean smartEncoded;
    private final String baseUrl;

    /** Checks everything, then either holds it or throws with all problems, those found before included. */
    Settings(TwilioProvider.Builder b, List<String> found) {
        List<String> problems = new ArrayList<>(found);
        checkAccount(b, problems);
        checkSenders(b, problems);
        checkCallback(b.statusCallback, problems);
        this.baseUrl = baseUrl(b, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("TwilioProvider cannot be built:\n- " + String.join("\n- ", problems));
        }
        this.name = b.name;
        this.accountSid = b.accountSid;
        this.apiKey = !b.apiKeySid.isEmpty();
        String credentials = apiKey ? b.apiKeySid + ':' + b.apiKeySecret : b.accountSid + ':' + b.authToken;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.US_ASCII));
        Set<String> tokens = new LinkedHashSet<>();
        if (!b.authToken.isEmpty()) {
            tokens.add(b.authToken);
        }
        tokens.addAll(b.webhookAuthTokens);
        this.webhookTokens = List.copyOf(tokens);
        this.from = b.from;
        this.byPrefix = new TreeMap<>(b.senderByPrefix);
        this.senders = owned(b);
        this.statusCallback = b.statusCallback;
        String callback = b.statusCallback == null ? "" : b.statusCallback.toASCIIString();
        int fragment = callback.indexOf('#');
        String address = fragment < 0 ? callback : callback.substring(0, fragment);
        this.callbackStart =
                address + (address.indexOf('?') < 0 ? "?" : address.endsWith("?") ? "" : "&") + MESSAGE_ID + "=";
        this.callbackEnd = fragment < 0 ? "" : callback.substring(fragment);
        this.smartEncoded = b.smartEncoded;
    }

    String name() {
        return name;
    }

    String accountSid() {
        return accountSid;
    }

    boolean usesApiKey() {
        return apiKey;
    }

    /** The value of the Authorization header. A secret. */
    String authorization() {
        return authorization;
    }

    /** What webhooks may be signed with. Secrets. */
    List<String> webhookTokens() {
        return webhookTokens;
    }

    @Nullable
    SenderId from() {
        return from;
    }

    /** Every sender that this instance is configured with if the host listed some; empty if it listed none. */
    Set<SenderId> senders() {
        return senders;
    }

    @Nullable
    URI statusCallback() {
        return statusCallback;
    }

    boolean smartEncoded() {
        return smartEncoded;
    }

    /** Scheme and host of the API, without a slash at the end. */
    String baseUrl() {
        return baseUrl;
    }

    /** The account's resources, without a slash at the end. */
    String accountUrl() {
        return baseUrl + "/2010-04-01/Accounts/" + accountSid;
    }

    /** The sender for a destination by its longest prefix, else the default; null if there is neither. */
    @Nullable
    SenderId senderFor(PhoneNumber to) {
        if (!byPrefix.isEmpty()) {
            String number = to.e164();
            for (int end = number.length(); end > 1; end--) {
                SenderId sender = byPrefix.get(number.substring(0, end));
                if (sender != null) {
                    return sender;
                }
            }
        }
        return from;
    }

    /** The status callback of one message; null if there is none. */
    @Nullable
    String statusCallback(MessageId id) {
        return statusCallback == null ? null : callbackStart + id.value() + callbackEnd;
    }

    private static Set<SenderId> owned(TwilioProvider.Builder b) {
        if (b.senders.isEmpty()) {
            return Set.of();
        }
        Set<SenderId> all = new LinkedHashSet<>(b.senders);
        all.addAll(b.senderByPrefix.values());
        if (b.from != null) {
            all.add(b.from);
        }
        return Set.copyOf(all);
    }

    private static void checkAccount(TwilioProvider.Builder b, List<String> problems) {
        if (!NAME.matcher(b.name).matches()) {
            problems.add("name is " + shown(b.name) + "; allowed are 1 to 32 of a-z, 0-9 and -: choose such a name.");
        }
        if (!Sid.is("AC", b.accountSid)) {
            problems.add("accountSid is " + shown(b.accountSid)
                    + "; allowed is AC and 32 hexadecimal digits: copy it from the Twilio console.");
        }
        boolean key = !b.apiKeySid.isEmpty() || !b.apiKeySecret.isEmpty();
        if (key && !Sid.is("SK", b.apiKeySid)) {
            problems.add("apiKey sid is " + shown(b.apiKeySid)
                    + "; allowed is SK and 32 hexadecimal digits: copy it from the Twilio console.");
        }
        if (key) {
            checkSecret("apiKey secret", b.apiKeySecret, problems);
        }
        if (!key && b.authToken.isEmpty()) {
            problems.add("authToken and apiKey are both missing: set one of them.");
        }
        if (!b.authToken.isEmpty()) {
            checkSecret("authToken", b.authToken, problems);
        }
        b.webhookAuthTokens.forEach(token -> checkSecret("webhookAuthTokens", token, problems));
    }

    static void checkSecret(String option, String secret, List<String> problems) {
        if (!SECRET.matcher(secret).matches()) {
            problems.add(option + " is (hidden, " + secret.length()
                    + " characters); allowed are 8 to 200 visible ASCII characters without blanks: copy it from the Twilio"
                    + " console.");
        }
    }

    private static void checkSenders(TwilioProvider.Builder b, List<String> problems) {
        if (b.from == null && b.senders.isEmpty()) {
            problems.add("from is missing: set a number, short code, name or SenderId.pool of a Messaging Service.");
        }
        List<SenderId> all = new ArrayList<>(b.senders);
        all.addAll(b.senderByPrefix.values());
        if (b.from != null) {
            all.add(b.from);
        }
        for (SenderId sender : all) {
            if (sender.kind() == SenderId.Kind.POOL && !Sid.is("MG", sender.value())) {
                problems.add(
                        "a sender pool is " + shown(sender.value())
                                + "; allowed is a Messaging Service, MG and 32 hexadecimal digits: copy its sid from the console.");
            } else if (sender.kind() == SenderId.Kind.OTHER) {
                problems.add("a sender is of kind OTHER, from which nothing can be sent: use SenderId.of.");
            }
        }
        for (String prefix : b.senderByPrefix.keySet()) {
            if (!PREFIX.matcher(prefix).matches()) {
                problems.add("senderFor prefix is " + shown(prefix)
                        + "; allowed are a plus sign and 1 to 15 digits: write a calling code such as +44.");
            }
        }
    }

    private static void checkCallback(@Nullable URI callback, List<String> problems) {
        if (callback == null) {
            return;
        }
        String authority = callback.getRawAuthority();
        boolean web = "https".equalsIgnoreCase(callback.getScheme()) || "http".equalsIgnoreCase(callback.getScheme());
        if (!web || authority == null) {
            problems.add(
                    "statusCallback isn't an absolute https or http URL: give the public address of your endpoint.");
        } else if (host(authority).indexOf('_') >= 0) {
            problems.add("statusCallback's host is " + shown(host(authority))
                    + "; Twilio takes no underscore in a host (error 21609): use another name.");
        } else if (callback.getHost() == null) {
            problems.add(
                    "statusCallback's host is " + shown(host(authority)) + ", which isn't a host name: correct it.");
        }
        if (callback.toASCIIString().length() > LONGEST_CALLBACK - MESSAGE_ID.length() - 15) {
            problems.add("statusCallback has " + callback.toASCIIString().length()
                    + " characters; Twilio takes 4000 with our id in it: shorten it.");
        }
        String query = callback.getRawQuery();
        if (query != null && ("&" + query).contains("&" + MESSAGE_ID + "=")) {
            problems.add("statusCallback's query holds " + MESSAGE_ID + ", which each message sets: leave it out.");
        }
    }

    private static String baseUrl(TwilioProvider.Builder b, List<String> problems) {
        checkLabel("region", b.region, problems);
        checkLabel("edge", b.edge, problems);
        String given = b.baseUrl;
        if (given == null) {
            return regional(b.region, b.edge);
        }
        if (b.region != null || b.edge != null) {
            problems.add("baseUrl is set beside region or edge: set one or the other.");
        }
        URI url;
        try {
            url = URI.create(given.endsWith("/") ? given.substring(0, given.length() - 1) : given);
        } catch (IllegalArgumentException malformed) {
            problems.add("baseUrl isn't a URL: give scheme and host, such as https://api.twilio.com.");
            return "";
        }
        String host = url.getHost();
        if (host == null || url.getRawQuery() != null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
            problems.add("baseUrl must be scheme, host and perhaps a path, without user, query and fragment.");
        } else if (!"https".equals(url.getScheme()) && !("http".equals(url.getScheme()) && isLoopback(host))) {
            problems.add(
                    "baseUrl is " + shown(url.getScheme() + "://" + host)
                            + "; allowed is https, and http to this machine only, because it carries the credentials: use https.");
        }
        return url.toString();
    }

    /** As twilio-java: an edge alone implies us1, a region alone needs no edge. */
    private static String regional(@Nullable String region, @Nullable String edge) {
        String where = region == null ? (edge == null ? "" : "us1.") : region + ".";
        return "https://api." + (edge == null ? "" : edge + ".") + where + "twilio.com";
    }

    private static void checkLabel(String option, @Nullable String value, List<String> problems) {
        if (value != null && !LABEL.matcher(value).matches()) {
            problems.add(option + " is " + shown(value)
                    + "; allowed are a-z, 0-9 and -, such as ie1 or dublin: correct it.");
        }
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private static String host(String authority) {
        String host = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = host.lastIndexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    /** A value that is no secret, quoted and cut, with nothing in it that could hide or move text. */
    private static String shown(String value) {
        if (value.isEmpty()) {
            return "missing";
        }
        String visible = value.codePoints()
                .limit(48)
                .map(c -> c >= ' ' && c <= '~' ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return '"' + visible + (value.length() > 48 ? "..." : "") + '"';
    }
}
