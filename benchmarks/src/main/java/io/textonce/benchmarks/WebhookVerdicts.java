package io.textonce.benchmarks;

import com.twilio.security.RequestValidator;
import io.textonce.Origin;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.WebhookParser;
import io.textonce.twilio.TwilioProvider;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Asks twilio-java and us about the same signed requests, most of them changed after they were signed. Where the answers
 * differ, one of twilio-java's known faults must explain it; each is listed below with what was put into the request.
 */
final class WebhookVerdicts {
    private static final int REQUESTS = 10_000;
    private static final long SEED = 20_260_711;

    /** What twilio-java 13.0.1 is known to judge otherwise, with the side that is right. */
    private enum Known {
        REPEATED("a repeated parameter: its map holds one value, so a good signature is refused"),
        NO_URI("an address that java.net.URI doesn't read: it throws or refuses a good signature"),
        ORDER("names sorted by UTF-16 unit and not by character: a good signature is refused"),
        QUOTE("a quote that a proxy escaped or not: it refuses what Twilio signed in the other spelling"),
        ESCAPES("it rebuilds the address to add or remove a port and changes its escapes on the way");

        private final String what;

        Known(String what) {
            this.what = what;
        }
    }

    /** A request as it arrives, and what is in it. */
    private record Arrival(
            String url, List<Map.Entry<String, String>> pairs, String signature, Set<Known> holds, boolean untouched) {}

    private final Random random = new Random(SEED);
    private final RequestValidator theirs = new RequestValidator(Samples.TOKEN);
    private final Mac mac;

    private WebhookVerdicts() throws GeneralSecurityException {
        this.mac = Mac.getInstance("HmacSHA1");
        this.mac.init(new SecretKeySpec(Samples.TOKEN.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
    }

    static void compare(Verdicts verdicts) throws GeneralSecurityException {
        new WebhookVerdicts().run(verdicts);
    }

    private void run(Verdicts verdicts) {
        Map<Known, Integer> explained = new EnumMap<>(Known.class);
        int accepted = 0;
        int unexplained = 0;
        int refusedThoughGood = 0;
        try (TwilioProvider provider = TwilioProvider.builder()
                .accountSid(Samples.ACCOUNT)
                .authToken(Samples.TOKEN)
                .from(SenderId.of(Samples.FROM))
                .build()) {
            WebhookParser parser = provider.role(WebhookParser.class).orElseThrow();
            for (int i = 0; i < REQUESTS; i++) {
                Arrival arrival = arrival();
                boolean ours = ours(parser, arrival);
                accepted += ours ? 1 : 0;
                refusedThoughGood += arrival.untouched() && !ours ? 1 : 0;
                if (ours != theirs(arrival)) {
                    if (arrival.holds().isEmpty()) {
                        unexplained++;
                        System.out.println("unexplained: request " + i + ", ours " + ours + ", " + arrival);
                    }
                    arrival.holds().stream().findFirst().ifPresent(known -> explained.merge(known, 1, Integer::sum));
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%nverdicts on %d signed webhooks, seed %d: %d accepted; twilio-java judges otherwise:%n",
                REQUESTS,
                SEED,
                accepted);
        explained.forEach((known, times) -> System.out.println("  " + times + " times: " + known.what));
        System.out.println("  " + unexplained + " times for no known reason");
        verdicts.never("Twilio webhooks: verdicts that differ without a known reason", unexplained);
        verdicts.never("Twilio webhooks: good requests refused", refusedThoughGood);
    }

    private Arrival arrival() {
        Set<Known> holds = EnumSet.noneOf(Known.class);
        String url = url(holds);
        List<Map.Entry<String, String>> pairs = pairs(holds);
        String signature = sign(url, pairs);
        boolean untouched = random.nextInt(3) == 0;
        for (int changes = untouched ? 0 : 1 + random.nextInt(2); changes > 0; changes--) {
            switch (random.nextInt(8)) {
                case 0 -> url = withPort(url);
                case 1 -> url = url.replace("/hooks", "/hook5");
                case 2 -> {
                    if (url.contains("'") || url.contains("%27")) {
                        holds.add(Known.QUOTE);
                    }
                    url = url.contains("%27") ? url.replace("%27", "'") : url.replace("'", "%27");
                }
                case 3 -> signature = changed(signature);
                case 4 -> signature = signature.substring(0, random.nextInt(signature.length() + 1));
                case 5 -> pairs.remove(random.nextInt(pairs.size()));
                case 6 ->
                    pairs.set(
                            0,
                            Map.entry(
                                    pairs.get(0).getKey(), changed(pairs.get(0).getValue())));
                default -> pairs.add(Map.entry("Added" + random.nextInt(3), "x"));
            }
            if (pairs.isEmpty()) {
                pairs.add(Map.entry("Left", "alone"));
            }
        }
        return new Arrival(url, pairs, signature, holds, untouched);
    }

    private String url(Set<Known> holds) {
        StringBuilder url = new StringBuilder(random.nextBoolean() ? "https" : "http").append("://sms.example.org");
        if (random.nextInt(3) == 0) {
            url.append(List.of(":443", ":80", ":8443").get(random.nextInt(3)));
        }
        url.append("/hooks/twilio");
        switch (random.nextInt(8)) {
            case 0 -> url.append("?name=O'Brien");
            case 1 -> {
                url.append("?name=O%27Brien");
                holds.add(Known.ESCAPES);
            }
            case 2 -> {
                url.append("?who=a%2Fb%20c+d");
                holds.add(Known.ESCAPES);
            }
            case 3 -> {
                url.append("?who=a|b");
                holds.add(Known.NO_URI);
            }
            case 4, 5 -> url.append("?tenant=").append(random.nextInt(100));
            default -> {}
        }
        return url.toString();
    }

    private List<Map.Entry<String, String>> pairs(Set<Known> holds) {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        pairs.add(Map.entry("MessageSid", "SM0123456789abcdef0123456789abcdef"));
        pairs.add(Map.entry("MessageStatus", "delivered"));
        pairs.add(Map.entry("To", "+12025550123"));
        for (int more = random.nextInt(6); more > 0; more--) {
            pairs.add(Map.entry("P" + more + (char) ('A' + random.nextInt(26)), word()));
        }
        if (random.nextInt(20) == 0) {
            pairs.add(Map.entry("To", "+12025550124"));
            holds.add(Known.REPEATED);
        }
        if (random.nextInt(20) == 0) {
            pairs.add(Map.entry("\uFF5E", "a"));
            pairs.add(Map.entry("\uD83D\uDE00", "b"));
            holds.add(Known.ORDER);
        }
        return pairs;
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        for (int length = random.nextInt(12); length > 0; length--) {
            word.append("aZ09 +&=%'\"/?\n\u00e9\u20ac".charAt(random.nextInt(16)));
        }
        return word.toString();
    }

    private String changed(String text) {
        if (text.isEmpty()) {
            return "x";
        }
        int at = random.nextInt(text.length());
        return text.substring(0, at) + (char) (text.charAt(at) ^ 1) + text.substring(at + 1);
    }

    private static String withPort(String url) {
        String scheme = url.startsWith("https") ? ":443" : ":80";
        return url.contains(".org:") ? url.replaceFirst("org:[0-9]+", "org") : url.replace(".org", ".org" + scheme);
    }

    /** As Twilio describes it: the address, then names and values in the order of the names. */
    private String sign(String url, List<Map.Entry<String, String>> pairs) {
        TreeMap<String, TreeMap<String, String>> sorted = new TreeMap<>(WebhookVerdicts::byCharacter);
        pairs.forEach(pair ->
                sorted.computeIfAbsent(pair.getKey(), k -> new TreeMap<>()).put(pair.getValue(), ""));
        StringBuilder signed = new StringBuilder(url);
        sorted.forEach((name, values) ->
                values.keySet().forEach(value -> signed.append(name).append(value)));
        return Base64.getEncoder().encodeToString(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static int byCharacter(String a, String b) {
        return java.util.Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean ours(WebhookParser parser, Arrival arrival) {
        StringBuilder form = new StringBuilder();
        arrival.pairs()
                .forEach(pair -> form.append(form.length() == 0 ? "" : "&")
                        .append(URLEncoder.encode(pair.getKey(), StandardCharsets.UTF_8))
                        .append('=')
                        .append(URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8)));
        WebhookRequest request = WebhookRequest.builder("POST", arrival.url())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", arrival.signature())
                .body(form.toString().getBytes(StandardCharsets.US_ASCII))
                .build();
        return !parser.parse(request, new Origin(TenantId.DEFAULT, "twilio", "main", Instant.EPOCH))
                .events()
                .isEmpty();
    }

    private boolean theirs(Arrival arrival) {
        Map<String, String> parameters = new HashMap<>();
        arrival.pairs().forEach(pair -> parameters.put(pair.getKey(), pair.getValue()));
        try {
            return theirs.validate(arrival.url(), parameters, arrival.signature());
        } catch (RuntimeException unreadable) {
            return false;
        }
    }
}
