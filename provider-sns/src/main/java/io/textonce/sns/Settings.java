package io.textonce.sns;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of a provider, checked all at once. Its problems never show a secret. */
final class Settings {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern PREFIX = Pattern.compile("\\+[1-9][0-9]{0,14}");
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7E]{16,200}");
    private static final Pattern OPT_OUT_LIST = Pattern.compile("[A-Za-z0-9_:/-]{1,256}");

    private final Flavour flavour;
    private final String name;
    private final Region region;
    private final Optional<SenderId> from;
    private final TreeMap<String, SenderId> byPrefix;
    private final Set<SenderId> senders;
    private final Map<String, String> options;
    private final Map<String, TopicArn> topics;
    private final boolean requireSha256;
    private final List<String> forwardSecrets;
    private final Map<String, SigningCertificate> certificates;
    private final String optOutList;
    private final @Nullable String baseUrl;

    /** Checks everything, then either holds it or throws with all problems, those found before included. */
    Settings(SnsProvider.Builder b, List<String> found) {
        List<String> problems = new ArrayList<>(found);
        this.flavour = b.flavour;
        this.name = b.name;
        if (!NAME.matcher(b.name).matches()) {
            problems.add("name is " + shown(b.name) + "; allowed are 1 to 32 of a-z, 0-9 and -: choose such a name.");
        }
        Region where = Region.of(b.region);
        if (where == null) {
            problems.add("region is " + shown(b.region)
                    + "; allowed are regions of AWS, China and GovCloud, such as us-east-1: set it.");
        }
        checkSenders(b, problems);
        checkOptions(b, problems);
        this.topics = topics(b.topics, problems);
        b.forwardSecrets.forEach(secret -> checkSecret(secret, problems));
        this.certificates = certificates(b.certificates, problems);
        if (!OPT_OUT_LIST.matcher(b.optOutList).matches()) {
            problems.add("optOutList is " + shown(b.optOutList) + "; allowed is a name or ARN: correct it.");
        }
        if (b.requireSha256 && b.topics.isEmpty()) {
            problems.add("requireSha256 is set without topics, whose envelopes it is about: set topics.");
        }
        this.baseUrl = baseUrl(b.baseUrl, problems);
        if (!problems.isEmpty() || where == null) {
            throw new IllegalArgumentException("SnsProvider cannot be built:\n- " + String.join("\n- ", problems));
        }
        this.region = where;
        this.from = Optional.ofNullable(b.from);
        this.byPrefix = new TreeMap<>(b.senderByPrefix);
        this.senders = owned(b);
        this.options = new TreeMap<>(b.options);
        this.requireSha256 = b.requireSha256;
        this.forwardSecrets = List.copyOf(new LinkedHashSet<>(b.forwardSecrets));
        this.optOutList = b.optOutList;
    }

    Flavour flavour() {
        return flavour;
    }

    String name() {
        return name;
    }

    Region region() {
        return region;
    }

    Optional<SenderId> from() {
        return from;
    }

    /** Every sender that this instance is configured with if the host listed some; empty if it listed none. */
    Set<SenderId> senders() {
        return senders;
    }

    /** Options of every message, by AWS's names, sorted. */
    Map<String, String> options() {
        return options;
    }

    Map<String, TopicArn> topics() {
        return topics;
    }

    boolean requireSha256() {
        return requireSha256;
    }

    /** What vouches for forwarded bodies. Secrets. */
    List<String> forwardSecrets() {
        return forwardSecrets;
    }

    boolean hasWebhooks() {
        return !topics.isEmpty() || !forwardSecrets.isEmpty();
    }

    Map<String, SigningCertificate> certificates() {
        return certificates;
    }

    String optOutList() {
        return optOutList;
    }

    /** Scheme and host of a service in a region, without a slash at the end. */
    String url(String service, Region where) {
        return baseUrl == null ? "https://" + where.host(service) : baseUrl;
    }

    /** The sender for a destination by its longest prefix, else the default; empty leaves the choice to AWS. */
    Optional<SenderId> senderFor(PhoneNumber to) {
        if (!byPrefix.isEmpty()) {
            String number = to.e164();
            for (int end = number.length(); end > 1; end--) {
                SenderId sender = byPrefix.get(number.substring(0, end));
                if (sender != null) {
                    return Optional.of(sender);
                }
            }
        }
        return from;
    }

    private static List<SenderId> all(SnsProvider.Builder b) {
        List<SenderId> all = new ArrayList<>(b.senders);
        all.addAll(b.senderByPrefix.values());
        if (b.from != null) {
            all.add(b.from);
        }
        return all;
    }

    private static Set<SenderId> owned(SnsProvider.Builder b) {
        return b.senders.isEmpty() ? Set.of() : Set.copyOf(new LinkedHashSet<>(all(b)));
    }

    private static void checkSenders(SnsProvider.Builder b, List<String> problems) {
        for (SenderId sender : new LinkedHashSet<>(all(b))) {
            String problem = SubmitRequest.senderProblem(sender, b.flavour);
            if (problem != null) {
                problems.add("sender " + sender + ": " + problem);
            }
        }
        for (String prefix : b.senderByPrefix.keySet()) {
            if (!PREFIX.matcher(prefix).matches()) {
                problems.add("senderFor prefix is " + shown(prefix)
                        + "; allowed are a plus sign and 1 to 15 digits: write a calling code such as +44.");
            }
        }
    }

    private static void checkOptions(SnsProvider.Builder b, List<String> problems) {
        b.options.forEach((key, value) -> {
            String problem = Extra.problem(b.flavour, key, value);
            if (problem != null) {
                problems.add(problem);
            }
        });
    }

    private static Map<String, TopicArn> topics(Set<String> arns, List<String> problems) {
        Map<String, TopicArn> all = new HashMap<>();
        for (String arn : arns) {
            TopicArn topic = TopicArn.of(arn);
            if (topic == null) {
                problems.add("topics holds " + shown(arn)
                        + "; allowed are whole ARNs such as arn:aws:sns:us-east-1:123456789012:receipts: copy it from the"
                        + " SNS console.");
            } else {
                all.put(arn, topic);
            }
        }
        return Map.copyOf(all);
    }

    private static void checkSecret(String secret, List<String> problems) {
        if (!SECRET.matcher(secret).matches()) {
            problems.add(
                    "forwardSecrets holds (hidden, " + secret.length()
                            + " characters); allowed are 16 to 200 visible ASCII characters without blanks: make a random one.");
        }
    }

    private static Map<String, SigningCertificate> certificates(Map<URI, String> given, List<String> problems) {
        Map<String, SigningCertificate> all = new LinkedHashMap<>();
        given.forEach((address, pem) -> {
            try {
                all.put(address.toString(), Certificates.parse(pem));
            } catch (Certificates.UnavailableException unusable) {
                problems.add("signingCertificate: " + unusable.explanation() + ": give its whole PEM text.");
            }
        });
        return all;
    }

    private static @Nullable String baseUrl(@Nullable String given, List<String> problems) {
        if (given == null) {
            return null;
        }
        URI url;
        try {
            url = URI.create(given.endsWith("/") ? given.substring(0, given.length() - 1) : given);
        } catch (IllegalArgumentException malformed) {
            problems.add("baseUrl isn't a URL: give scheme and host, such as https://sns.us-east-1.amazonaws.com.");
            return "";
        }
        String host = url.getHost();
        if (host == null
                || !url.getRawPath().isEmpty()
                || url.getRawQuery() != null
                || url.getRawFragment() != null
                || url.getRawUserInfo() != null) {
            problems.add("baseUrl must be scheme and host, without user, path, query and fragment.");
        } else if (!"https".equals(url.getScheme()) && !("http".equals(url.getScheme()) && isLoopback(host))) {
            problems.add("baseUrl is " + shown(url.getScheme() + "://" + host)
                    + "; allowed is https, and http to this machine only, because it carries messages: use https.");
        }
        return url.toString();
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
                .limit(80)
                .map(c -> c >= ' ' && c <= '~' ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return '"' + visible + (value.length() > 80 ? "..." : "") + '"';
    }
}
