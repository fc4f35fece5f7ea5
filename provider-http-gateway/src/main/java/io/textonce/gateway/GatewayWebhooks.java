package io.textonce.gateway;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.Reason;
import io.textonce.SmsEvent;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.gateway.Condition.Facts;
import io.textonce.gateway.Spec.Decode;
import io.textonce.gateway.Spec.Hook;
import io.textonce.gateway.Spec.MediaList;
import io.textonce.gateway.Spec.Source;
import io.textonce.gateway.Spec.Word;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import io.textonce.text.Encoding;
import io.textonce.text.SeptetPacking;
import io.textonce.text.UserData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Verifies a gateway's webhooks and reads them as its profile says. */
final class GatewayWebhooks implements WebhookParser {

    private static final int SMALL = 64 * 1024;
    private static final int WITH_MEDIA = 4 << 20;
    /** The largest known batch of reports has 100. */
    private static final int MOST_ITEMS = 500;

    private static final int LONGEST_ID = 100;
    private static final int LONGEST_WORD = 64;
    private static final com.google.re2j.Pattern UNRENDERED =
            com.google.re2j.Pattern.compile("\\$!?\\{?[A-Za-z][A-Za-z0-9_.]*\\}?");

    private final @Nullable Hook reports;
    private final @Nullable Hook inbound;
    private final List<Hook> hooks;
    private final Numbers numbers;
    private final Vouching vouching;
    private final WebhookReply acknowledgement;
    private final boolean media;

    GatewayWebhooks(@Nullable Hook reports, @Nullable Hook inbound, Numbers numbers, Vouching vouching) {
        this.reports = reports;
        this.inbound = inbound;
        List<Hook> both = new ArrayList<>();
        if (reports != null) {
            both.add(reports);
        }
        if (inbound != null) {
            both.add(inbound);
        }
        this.hooks = List.copyOf(both);
        this.numbers = numbers;
        this.vouching = vouching;
        this.media = inbound != null && inbound.media() != null;
        Spec.Ack ack = hooks.get(0).ack();
        this.acknowledgement = new WebhookReply(ack.status(), ack.contentType(), ack.body());
    }

    /**
     * What one item of a webhook says, by the profile's names, cleaned and decoded.
     *
     * @param hook the kind it is of, or null if it is of none
     * @param content what identifies it where the gateway gives no id
     */
    record Found(@Nullable Hook hook, Map<String, String> fields, Item item, String content) {}

    @Override
    public boolean canVerify() {
        return vouching.canVerify();
    }

    @Override
    public int maxBodyBytes() {
        return media ? WITH_MEDIA : SMALL;
    }

    @Override
    public WebhookReply acknowledgement() {
        return acknowledgement;
    }

    @Override
    public boolean signsUrl() {
        return vouching.signsUrl();
    }

    @Override
    public ParsedWebhook parse(WebhookRequest request, Origin origin) {
        if (request.body().length > maxBodyBytes() || request.rawQuery().length() > SMALL) {
            return ParsedWebhook.refused(
                    413, "The request is larger than " + maxBodyBytes() + " bytes, or its query than " + SMALL + ".");
        }
        if (!List.of("GET", "POST", "PUT").contains(request.method())) {
            return ParsedWebhook.refused(405, "Gateways call with GET, POST or PUT only.");
        }
        String problem = vouching.problem(request);
        if (problem != null) {
            return ParsedWebhook.refused(403, problem);
        }
        List<SmsEvent> events = new ArrayList<>();
        for (Found found : found(request)) {
            events.add(event(found, origin));
        }
        return ParsedWebhook.verified(events);
    }

    /** Every item of a request, those of no kind included; none for a probe, as some gateways send. */
    List<Found> found(WebhookRequest request) {
        Form query = Form.parse(request.rawQuery());
        Object tree = tree(request);
        boolean together = reports == null || inbound == null || reports.sharesItemsWith(inbound);
        List<Found> known = new ArrayList<>();
        boolean others = false;
        boolean probe = false;
        for (Hook hook : together ? hooks.subList(0, 1) : hooks) {
            List<Item> items = items(hook, request, tree, query);
            probe |= items != null && items.isEmpty();
            for (Item item : items == null ? List.<Item>of() : items) {
                Hook kind = together ? kindOf(item) : isOf(hook, item) ? hook : null;
                others |= kind == null;
                if (kind != null) {
                    known.add(found(kind, item, request));
                }
            }
        }
        boolean nothing = known.isEmpty() && (others || !probe);
        if (nothing || (together && others)) {
            // Once, however many items of it are unknown: a body may have thousands.
            known.add(new Found(null, Map.of(), Item.NOTHING, content(request)));
        }
        return known;
    }

    private @Nullable Hook kindOf(Item item) {
        for (Hook hook : hooks) {
            if (isOf(hook, item)) {
                return hook;
            }
        }
        return null;
    }

    private @Nullable Object tree(WebhookRequest request) {
        if (request.body().length == 0) {
            return null;
        }
        try {
            return (media ? Json.MEDIA : Json.REPLIES).read(request.body());
        } catch (IOException notJson) {
            return null;
        }
    }

    /** Null if there is no such place in it, or more in it than any gateway sends: then it is kept as a whole. */
    private static @Nullable List<Item> items(Hook hook, WebhookRequest request, @Nullable Object tree, Form query) {
        Source source = hook.source();
        if (source == Source.ANY) {
            boolean json = tree instanceof Map || tree instanceof List;
            source = json ? Source.JSON : request.body().length == 0 ? Source.QUERY : Source.FORM;
        }
        if (source == Source.QUERY) {
            return List.of(new Item.Called(new Item.Pairs(query), query));
        }
        if (source == Source.FORM) {
            return List.of(new Item.Called(new Item.Pairs(Form.parse(request.body())), query));
        }
        Object found = tree == null ? null : hook.items().in(tree);
        if (found == null || found == Json.NULL) {
            return null;
        }
        if (Json.elements(found).size() > MOST_ITEMS) {
            return null;
        }
        List<Item> all = new ArrayList<>();
        for (Object element : Json.elements(found)) {
            all.add(new Item.Called(new Item.Tree(element), query));
        }
        return all;
    }

    private boolean isOf(Hook hook, Item item) {
        if (!hook.match().isEmpty()) {
            Facts facts = new Facts(0, "", item, item);
            return hook.match().stream().allMatch(each -> each.holds(facts));
        }
        if (hook.report()) {
            return value(hook, "status", item) != null
                    && (value(hook, "messageId", item) != null || value(hook, "ref", item) != null);
        }
        return value(hook, "from", item) != null
                && (value(hook, "text", item) != null
                        || hasText(hook, item)
                        || !mediaItems(hook, item).isEmpty());
    }

    /** An empty text is a text, if the parameter is there. */
    private static boolean hasText(Hook hook, Item item) {
        Field text = hook.fields().get("text");
        return text != null && text.paths().stream().anyMatch(item::has);
    }

    private Found found(Hook hook, Item item, WebhookRequest request) {
        Map<String, String> fields = fields(hook, item);
        // What is identified by its fields needs no content; a body may have a thousand items.
        boolean needed = hook.report()
                ? !fields.containsKey("messageId") && !MessageId.isWellFormed(fields.getOrDefault("ref", ""))
                : !fields.containsKey("id") || !fields.containsKey("from");
        String content = !needed
                ? ""
                : item instanceof Item.Called called && called.body() instanceof Item.Tree whole
                        ? text(whole.node())
                        : content(request);
        return new Found(hook, fields, item, content);
    }

    private Map<String, String> fields(Hook hook, Item item) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String name : hook.fields().keySet()) {
            String value = value(hook, name, item);
            if (value != null) {
                boolean number = name.equals("to") || name.equals("from");
                fields.put(name, number ? numbers.e164(value) : value);
            }
        }
        String decoded = decoded(hook, item);
        if (decoded != null) {
            fields.put("text", decoded);
        }
        return fields;
    }

    private static @Nullable String value(Hook hook, String name, Item item) {
        Field field = hook.fields().get(name);
        String value = field == null ? null : field.in(item);
        if (value == null) {
            return null;
        }
        if (hook.dropUnrendered() && UNRENDERED.matches(value)) {
            return null;
        }
        boolean wrapped =
                hook.unwrapParentheses() && !name.equals("text") && value.startsWith("(") && value.endsWith(")");
        String clean = wrapped ? value.substring(1, value.length() - 1) : value;
        return clean.isBlank() ? null : clean;
    }

    private static @Nullable String decoded(Hook hook, Item item) {
        Facts facts = new Facts(0, "", item, item);
        for (Decode decode : hook.textDecode()) {
            byte[] octets = decode.when().holds(facts) ? item.octets(decode.field()) : null;
            if (octets != null) {
                return switch (decode.as()) {
                    case RAW_UTF16BE -> new String(octets, StandardCharsets.UTF_16BE);
                    case HEX_UTF16BE -> hex(octets);
                    case GSM0338 -> gsm(octets);
                    case PERCENT_UTF16BE -> new String(unescaped(octets), StandardCharsets.UTF_16BE);
                    case PERCENT_LATIN1 -> new String(unescaped(octets), StandardCharsets.ISO_8859_1);
                };
            }
        }
        return null;
    }

    private static byte[] unescaped(byte[] escaped) {
        return Form.unescaped(new String(escaped, StandardCharsets.ISO_8859_1));
    }

    private static @Nullable String hex(byte[] digits) {
        try {
            String text = new String(digits, StandardCharsets.US_ASCII).strip();
            return new String(HexFormat.of().parseHex(text), StandardCharsets.UTF_16BE);
        } catch (IllegalArgumentException notHex) {
            return null;
        }
    }

    /** One septet in each octet; octets above 127 are none, and then it is UTF-8 after all. */
    private static String gsm(byte[] octets) {
        for (byte octet : octets) {
            if (octet < 0) {
                return new String(octets, StandardCharsets.UTF_8);
            }
        }
        return UserData.of(Encoding.GSM_7, false, octets.length, SeptetPacking.pack(octets, 0))
                .text();
    }

    private SmsEvent event(Found found, Origin origin) {
        Hook hook = found.hook();
        SmsEvent event = hook == null ? null : hook.report() ? report(found, origin) : message(found, origin);
        return event == null
                ? OtherEvent.of(origin, "other:" + hash(found.content()), "unknown", found.content())
                : event;
    }

    private @Nullable SmsEvent report(Found found, Origin origin) {
        Map<String, String> fields = found.fields();
        String word = fields.getOrDefault("status", "");
        String ref = fields.getOrDefault("ref", "");
        MessageId ours = MessageId.isWellFormed(ref) ? MessageId.of(ref) : null;
        String theirs = fields.get("messageId");
        if (ours == null && theirs == null) {
            return null;
        }
        Word known = word(found);
        DeliveryStatus status = known == null ? DeliveryStatus.OTHER : known.status();
        String code = fields.get("code");
        DeliveryReport.Builder report = DeliveryReport.builder(origin, "dlr:" + id(found, true), status)
                .providerStatus(cut(word))
                .messageId(ours)
                .providerMessageId(theirs == null ? null : cutId(theirs))
                .recipient(
                        fields.containsKey("to")
                                ? numbers.number(fields.getOrDefault("to", "")).orElse(null)
                                : null)
                .reason(reason(status), code != null && SubmitResponse.isCode(code) ? code : null)
                .price(price(fields.get("cost"), fields.get("currency")));
        int part = number(fields.get("part"));
        if (part > 0) {
            report.part(part);
        }
        String at = fields.get("at");
        Hook hook = found.hook();
        if (at != null && hook != null) {
            hook.times().stream()
                    .flatMap(time -> time.read(at).stream())
                    .findFirst()
                    .ifPresent(report::occurredAt);
        }
        return report.build();
    }

    private static @Nullable Word word(Found found) {
        Hook hook = found.hook();
        return hook == null
                ? null
                : hook.statusMap().get(found.fields().getOrDefault("status", "").toLowerCase(Locale.ROOT));
    }

    private static @Nullable Reason reason(DeliveryStatus status) {
        return switch (status) {
            case EXPIRED -> Reason.EXPIRED;
            case UNDELIVERED -> Reason.OTHER;
            default -> null;
        };
    }

    private @Nullable SmsEvent message(Found found, Origin origin) {
        Map<String, String> fields = found.fields();
        String from = fields.get("from");
        Hook hook = found.hook();
        if (from == null || hook == null) {
            return null;
        }
        String ref = fields.getOrDefault("ref", "");
        String theirs = fields.get("messageId");
        return InboundMessage.builder(
                        origin,
                        "in:" + id(found, false),
                        numbers.party(from),
                        numbers.party(fields.getOrDefault("to", "")),
                        fields.getOrDefault("text", ""))
                .providerMessageId(fields.containsKey("id") ? cutId(fields.getOrDefault("id", "")) : null)
                .inReplyTo(
                        MessageId.isWellFormed(ref) ? MessageId.of(ref) : null, theirs == null ? null : cutId(theirs))
                .media(media(hook, found.item()))
                .build();
    }

    /** Theirs if they give one; else made of what a repeat repeats. */
    private static String id(Found found, boolean report) {
        Map<String, String> fields = found.fields();
        String given = fields.get("id");
        if (given != null) {
            return given.length() <= LONGEST_ID ? given : hash(given);
        }
        return hash(
                report
                        ? Stream.of("messageId", "ref", "to", "status", "code", "part")
                                .map(name -> fields.getOrDefault(name, ""))
                                .collect(Collectors.joining("\n"))
                        : found.content());
    }

    /** What media there are, as names to values; for {@link #media} and for tests. */
    static List<Map<String, String>> mediaItems(Hook hook, Item item) {
        MediaList spec = hook.media();
        if (spec == null || !(item instanceof Item.Called called) || !(called.body() instanceof Item.Tree tree)) {
            return List.of();
        }
        Object found = spec.items().in(tree.node());
        if (!(found instanceof List<?> elements)) {
            return List.of();
        }
        List<Map<String, String>> all = new ArrayList<>();
        for (Object element : elements) {
            Map<String, String> fields = new LinkedHashMap<>();
            spec.fields().forEach((name, field) -> {
                String value = field.in(new Item.Tree(Objects.requireNonNull(element)));
                if (value != null) {
                    fields.put(name, value);
                }
            });
            all.add(fields);
        }
        return all;
    }

    private static List<Media> media(Hook hook, Item item) {
        List<Media> all = new ArrayList<>();
        for (Map<String, String> fields : mediaItems(hook, item)) {
            String type = fields.getOrDefault("contentType", "application/octet-stream");
            String inline = fields.get("base64");
            URI address = address(fields.get("url"));
            if (inline != null) {
                byte[] bytes = decoded(inline);
                all.add(Media.of(type, fields.get("name"), bytes.length, null, () -> new ByteArrayInputStream(bytes)));
            } else if (address != null) {
                all.add(Media.of(type, fields.get("name"), -1, address, () -> {
                    throw new IOException(
                            "a profile doesn't say where media may be fetched from: fetch source() yourself");
                }));
            }
        }
        return all;
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }

    private static @Nullable URI address(@Nullable String url) {
        try {
            return url == null ? null : URI.create(url);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static @Nullable Money price(@Nullable String cost, @Nullable String currency) {
        if (cost == null || currency == null || !cost.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            return null;
        }
        try {
            return Money.of(cost, currency);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static int number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : -1;
    }

    private static String cut(String word) {
        return word.length() <= LONGEST_WORD ? word : word.substring(0, LONGEST_WORD);
    }

    private static String cutId(String id) {
        return id.length() <= 2 * LONGEST_ID ? id : id.substring(0, 2 * LONGEST_ID);
    }

    /** The query without secrets, and the body: of two requests with one body, the query may tell them apart. */
    private String content(WebhookRequest request) {
        String body = new String(request.body(), StandardCharsets.UTF_8);
        String query = withoutSecrets(request.rawQuery());
        return query.isEmpty() || body.isEmpty() ? query + body : query + '\n' + body;
    }

    private String withoutSecrets(String query) {
        Set<String> secret = vouching.secretParameters();
        return Arrays.stream(query.split("&", -1))
                .filter(pair -> !secret.contains(pair.substring(0, Math.max(0, pair.indexOf('=')))))
                .collect(Collectors.joining("&"));
    }

    private static String text(Object node) {
        return new String(Json.bytes(node), StandardCharsets.UTF_8);
    }

    private static String hash(String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 18));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("this JDK has no SHA-256", absent);
        }
    }
}
