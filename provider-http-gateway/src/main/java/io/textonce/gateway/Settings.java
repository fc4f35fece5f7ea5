package io.textonce.gateway;

import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.gateway.Spec.Vouch;
import io.textonce.gateway.Spec.VouchKind;
import io.textonce.spi.Capabilities;
import io.textonce.text.SegmentPolicy;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of a provider, checked all at once against its profile. Its problems never show a secret. */
final class Settings {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern PREFIX = Pattern.compile("\\+[1-9][0-9]{0,14}");
    private static final Pattern WEBHOOK_SECRET = Pattern.compile("[\\x21-\\x7E]{8,200}");
    private static final String BASE = "{" + Values.BASE_URL + "}";

    private final String name;
    private final Spec spec;
    private final Map<String, String> known = new LinkedHashMap<>();
    private final Urls.Prepared url;
    private final Urls.@Nullable Prepared balanceUrl;
    private final List<Pair> callbackQuery;
    private final List<Cidr> networks = new ArrayList<>();
    private final Set<SenderId> senders;
    private final boolean callback;
    private final boolean usesCallback;

    Settings(GatewayProvider.Builder b, List<String> found) {
        List<String> problems = new ArrayList<>(found);
        this.name = b.name;
        this.spec = b.profile.spec();
        this.usesCallback = !b.profile.named(Values.CALLBACK).isEmpty();
        this.callback = b.callback != null;
        if (!NAME.matcher(b.name).matches()) {
            problems.add("name is " + JsonObject.shown(b.name) + "; allowed are 1 to 32 of a-z, 0-9 and -.");
        }
        checkSecrets(b, problems);
        checkSettings(b, problems);
        checkSenders(b, problems);
        checkCallback(b, problems);
        checkWebhooks(b, problems);
        spec.settings().forEach((setting, value) -> known.put(Values.SETTINGS + setting, value));
        b.settings.forEach((setting, value) -> known.put(Values.SETTINGS + setting, value));
        b.secrets.forEach((secret, value) -> known.put(Values.SECRET + secret, value));
        this.url = url(spec.send().call().url(), b, problems);
        this.balanceUrl =
                spec.balance() == null ? null : url(spec.balance().call().url(), b, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("GatewayProvider cannot be built:\n- " + String.join("\n- ", problems));
        }
        this.callbackQuery = callbackQuery(b);
        this.senders = owned(b);
    }

    String name() {
        return name;
    }

    Urls.Prepared url() {
        return url;
    }

    Urls.@Nullable Prepared balanceUrl() {
        return balanceUrl;
    }

    List<Pair> callbackQuery() {
        return callbackQuery;
    }

    List<Cidr> networks() {
        return List.copyOf(networks);
    }

    /** A setting's or fixed secret's value by its variable's name, or null. */
    @Nullable
    String known(String variable) {
        return known.get(variable);
    }

    Capabilities capabilities(boolean verifies) {
        SegmentPolicy segments = SegmentPolicy.GENERIC
                .withMaxSegments(spec.send().maxParts())
                .withMaxCharacters(spec.send().maxChars());
        Capabilities.Builder capabilities = Capabilities.builder(segments).senders(senders);
        boolean refComesBack = spec.reports() != null && spec.reports().fields().containsKey("ref");
        return refComesBack && verifies && (callback || !usesCallback)
                ? capabilities.settlement(Settlement.DELIVERY_REPORT).build()
                : capabilities.build();
    }

    GatewayCheck check(boolean verifies) {
        return new GatewayCheck(spec, url.fixed(), callback, usesCallback, verifies);
    }

    private static void checkSecrets(GatewayProvider.Builder b, List<String> problems) {
        List<String> needed = b.profile.secrets();
        for (String secret : needed) {
            boolean token = secret.equals("token") && b.tokens != null;
            if (!token && !b.secrets.containsKey(secret) && !b.suppliers.containsKey(secret)) {
                problems.add("secret " + secret + " is missing: the profile " + b.profile.id() + " names it.");
            }
        }
        Set<String> given = new LinkedHashSet<>(b.secrets.keySet());
        given.addAll(b.suppliers.keySet());
        for (String secret : given) {
            if (!needed.contains(secret)) {
                problems.add("secret " + JsonObject.shown(secret) + " isn't one of the profile " + b.profile.id()
                        + ", which names " + listed(needed) + ".");
            }
        }
        b.secrets.forEach((secret, value) -> {
            if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
                problems.add("secret " + JsonObject.shown(secret) + " is (hidden, " + value.length()
                        + " characters): it must not be empty or hold a control character.");
            }
        });
        if (b.tokens != null && !needed.contains("token")) {
            problems.add("tokenSource has no effect: the profile " + b.profile.id() + " has no {secret.token}.");
        }
    }

    private static void checkSettings(GatewayProvider.Builder b, List<String> problems) {
        List<String> known = b.profile.settings();
        b.settings.forEach((setting, value) -> {
            if (!known.contains(setting)) {
                problems.add("setting " + JsonObject.shown(setting) + " isn't one of the profile " + b.profile.id()
                        + ", which names " + listed(known) + ".");
            }
            if (value.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
                problems.add("setting " + JsonObject.shown(setting) + " holds a control character.");
            }
        });
    }

    private static void checkSenders(GatewayProvider.Builder b, List<String> problems) {
        List<SenderId> all = new ArrayList<>(b.senders);
        all.addAll(b.senderByPrefix.values());
        if (b.from != null) {
            all.add(b.from);
        }
        for (SenderId sender : all) {
            if (sender.kind() == SenderId.Kind.POOL || sender.kind() == SenderId.Kind.OTHER) {
                problems.add(
                        "a sender is of kind " + sender.kind() + "; a gateway takes numbers, short codes and names.");
            }
        }
        for (String prefix : b.senderByPrefix.keySet()) {
            if (!PREFIX.matcher(prefix).matches()) {
                problems.add("senderFor prefix is " + JsonObject.shown(prefix)
                        + "; allowed are a plus sign and 1 to 15 digits: write a calling code such as +251.");
            }
        }
    }

    private void checkCallback(GatewayProvider.Builder b, List<String> problems) {
        URI url = b.callback;
        if (url == null) {
            return;
        }
        boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
        if (!web || url.getHost() == null || url.getRawFragment() != null) {
            problems.add(
                    "callback isn't an absolute https or http URL without fragment: give the public address of your"
                            + " endpoint.");
        }
        boolean vouched = b.verifier != null || !b.webhookSecrets.isEmpty() || !b.webhookKeys.isEmpty();
        if (usesCallback
                && !vouched
                && spec.vouches().stream().noneMatch(vouch -> vouch.kind() == VouchKind.IP_ALLOW)) {
            problems.add("callback asks for reports that nothing vouches for: set webhookSecrets (in the environment "
                    + Environment.PREFIX + "WEBHOOK_SECRET), webhookKey or webhookVerifier.");
        }
        if (!usesCallback) {
            problems.add("callback has no effect: the profile " + b.profile.id()
                    + " doesn't send it; set it where the gateway is administered, and leave it out here.");
        }
    }

    private void checkWebhooks(GatewayProvider.Builder b, List<String> problems) {
        for (String secret : b.webhookSecrets) {
            if (!WEBHOOK_SECRET.matcher(secret).matches()) {
                problems.add("webhookSecrets is (hidden, " + secret.length()
                        + " characters); allowed are 8 to 200 visible ASCII characters without blanks.");
            }
        }
        boolean bySecret = spec.vouches().stream()
                .anyMatch(vouch -> vouch.kind() != VouchKind.RSA && vouch.kind() != VouchKind.IP_ALLOW);
        if (!b.webhookSecrets.isEmpty() && !bySecret) {
            problems.add(
                    "webhookSecrets has no effect: the profile " + b.profile.id() + " verifies nothing with secrets.");
        }
        if (!b.webhookKeys.isEmpty() && spec.vouches().stream().noneMatch(vouch -> vouch.kind() == VouchKind.RSA)) {
            problems.add("webhookKey has no effect: the profile " + b.profile.id() + " verifies nothing with keys.");
        }
        b.webhookKeys.forEach((id, key) -> {
            if (!key.getAlgorithm().equals("RSA")) {
                problems.add(
                        "webhookKey " + JsonObject.shown(id) + " is of " + key.getAlgorithm() + "; allowed is RSA.");
            }
        });
        for (String network : b.webhookNetworks) {
            Cidr.parse(network)
                    .ifPresentOrElse(
                            networks::add,
                            () -> problems.add("webhookNetworks has " + JsonObject.shown(network)
                                    + "; allowed are addresses and networks such as 10.0.0.0/8."));
        }
    }

    private Urls.Prepared url(Template template, GatewayProvider.Builder b, List<String> problems) {
        Urls.Prepared nothing = new Urls.Prepared("", List.of());
        String written = template.toString();
        boolean whole = written.equals(BASE);
        if (b.baseUrl == null && written.startsWith(BASE)) {
            addOnce(problems, "baseUrl is missing: the profile " + b.profile.id() + " leaves the address to you.");
            return nothing;
        }
        String problem = b.baseUrl == null ? null : Urls.problem(b.baseUrl, b.allowInsecure, whole);
        if (problem == null) {
            try {
                Urls.Prepared prepared = Urls.prepare(template, b.baseUrl, this::known);
                problem = Urls.problem(prepared.fixed(), b.allowInsecure, true);
                if (problem == null) {
                    return prepared;
                }
            } catch (IllegalArgumentException missing) {
                problem = "needs settings that are missing: " + missing.getMessage() + ".";
            }
        }
        addOnce(problems, (b.baseUrl == null ? "the profile's address " : "baseUrl ") + problem);
        return nothing;
    }

    /** Sending and asking for the balance share an address. */
    private static void addOnce(List<String> problems, String told) {
        if (!problems.contains(told)) {
            problems.add(told);
        }
    }

    /** The profile's pairs, and the secret by which the gateway's call is recognised. */
    private List<Pair> callbackQuery(GatewayProvider.Builder b) {
        List<Pair> pairs = new ArrayList<>(Pair.bind(spec.send().callbackQuery(), this::known));
        for (Vouch vouch : spec.vouches()) {
            if (vouch.kind() == VouchKind.QUERY_SECRET && !b.webhookSecrets.isEmpty()) {
                String secret =
                        java.net.URLEncoder.encode(b.webhookSecrets.get(0), java.nio.charset.StandardCharsets.UTF_8);
                pairs.add(new Pair(vouch.name(), Template.literal(secret), null));
            }
        }
        return List.copyOf(pairs);
    }

    private static Set<SenderId> owned(GatewayProvider.Builder b) {
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

    private static String listed(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
