package io.textonce.gateway;

import com.google.re2j.Pattern;
import io.textonce.DeliveryStatus;
import io.textonce.gateway.Spec.Ack;
import io.textonce.gateway.Spec.Auth;
import io.textonce.gateway.Spec.Balance;
import io.textonce.gateway.Spec.Body;
import io.textonce.gateway.Spec.BodyKind;
import io.textonce.gateway.Spec.Call;
import io.textonce.gateway.Spec.Decode;
import io.textonce.gateway.Spec.DecodeAs;
import io.textonce.gateway.Spec.Encoded;
import io.textonce.gateway.Spec.Format;
import io.textonce.gateway.Spec.Hook;
import io.textonce.gateway.Spec.Layout;
import io.textonce.gateway.Spec.MediaList;
import io.textonce.gateway.Spec.NumberFormat;
import io.textonce.gateway.Spec.Response;
import io.textonce.gateway.Spec.Rule;
import io.textonce.gateway.Spec.Send;
import io.textonce.gateway.Spec.Source;
import io.textonce.gateway.Spec.TextAs;
import io.textonce.gateway.Spec.Vouch;
import io.textonce.gateway.Spec.VouchKind;
import io.textonce.gateway.Spec.Word;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a profile's JSON form and finds everything that is wrong with it. */
final class ProfileReader {

    static final List<String> FORMATS = List.of("E164", "E164_NO_PLUS");
    static final List<String> SENDER_FORMATS = List.of("AS_IS", "NO_PLUS");
    static final List<String> METHODS = List.of("GET", "POST", "PUT");
    static final List<String> AUTH_KINDS = List.of("NONE", "BASIC", "HEADER");
    static final List<String> HMAC_ALGORITHMS = List.of("SHA1", "SHA256", "SHA512");
    static final List<String> TIMES = List.of("ISO", "EPOCH_S", "EPOCH_MS");
    static final List<String> SIGNED = List.of("BODY", "RAW_QUERY", "REQUEST_LINE", "URL", "TIMESTAMP");
    static final Map<String, Word> WORDS = Map.of(
            "QUEUED", new Word(DeliveryStatus.QUEUED, false),
            "SENT", new Word(DeliveryStatus.SENT, false),
            "DELIVERED", new Word(DeliveryStatus.DELIVERED, false),
            "FAILED", new Word(DeliveryStatus.UNDELIVERED, false),
            "REJECTED", new Word(DeliveryStatus.UNDELIVERED, true),
            "EXPIRED", new Word(DeliveryStatus.EXPIRED, false),
            "CANCELLED", new Word(DeliveryStatus.CANCELLED, false),
            "UNKNOWN", new Word(DeliveryStatus.OTHER, false));

    /** Ten times the largest shipped one. */
    private static final int MOST_VALUES = 2000;

    private static final Pattern NAMED = Pattern.compile("(secret|settings|extra)\\.[A-Za-z][A-Za-z0-9_]{0,63}");
    private static final Pattern CLASS = Pattern.compile("[1-5]xx");
    private static final Pattern SINGLE = Pattern.compile("[1-5][0-9]{2}");
    /** Of the others no status proves anything unless it is named itself ({@link SubmitResponse}). */
    private static final Set<Integer> PROVING = Set.of(2, 4);

    private static final Condition NO_CONDITION =
            new Condition(null, null, null, null, Set.of(), null, null, List.of(), List.of(), null);
    private static final Layout NO_LAYOUT = new Layout(Format.TEXT, List.of(), null);

    private final List<String> problems = new Problems();

    /** The names of secrets and settings that the profile asks for; shared by all its templates. */
    private ProfileReader() {}

    static Spec read(Object json) {
        if (values(json) > MOST_VALUES) {
            throw new IllegalArgumentException(
                    "A profile has at most " + MOST_VALUES + " values; this has " + values(json) + ".");
        }
        ProfileReader reader = new ProfileReader();
        String named = json instanceof Map<?, ?> profile && profile.get("id") instanceof String id
                ? "GatewayProfile " + JsonObject.shown(id)
                : "GatewayProfile";
        try {
            Spec spec = reader.profile(JsonObject.of(json, "profile", "$", reader.problems));
            if (reader.problems.isEmpty()) {
                return spec;
            }
        } catch (Problems.TooManyException enough) {
            throw new IllegalArgumentException(
                    named + " has " + enough.getMessage() + ", of which the first are:\n- "
                            + String.join("\n- ", reader.problems),
                    enough);
        }
        throw new IllegalArgumentException(
                named + " has " + reader.problems.size() + " problem(s):\n- " + String.join("\n- ", reader.problems));
    }

    private static int values(Object json) {
        Collection<?> within = json instanceof Map<?, ?> members
                ? members.values()
                : json instanceof List<?> elements ? elements : List.of();
        int all = 1;
        for (Object each : within) {
            all += values(Objects.requireNonNull(each));
        }
        return all;
    }

    private Spec profile(JsonObject profile) {
        String id = profile.required("id", "name the profile, such as my-gateway.");
        if (profile.has("id") && !id.matches("[a-z0-9-]{1,32}")) {
            profile.problem("id", "is " + JsonObject.shown(id) + "; allowed are 1 to 32 of a-z, 0-9 and -.");
        }
        profile.text("$schema");
        profile.text("evidence");
        String countryCode = profile.text("countryCode");
        if (countryCode != null && !countryCode.matches("[1-9][0-9]{0,2}")) {
            profile.problem(
                    "countryCode", "is " + JsonObject.shown(countryCode) + "; allowed are 1 to 3 digits, such as 61.");
        }
        if (!profile.has("send")) {
            profile.problem("send", "is missing: say how a message is sent.");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        JsonObject given = profile.open("settings");
        for (String name : given.names()) {
            String value = given.text(name);
            if (value != null) {
                settings.put(name, value);
            }
        }
        List<Vouch> vouches = profile.list("webhookAuth", this::vouch);
        boolean queryVouched = vouches.stream().allMatch(Vouch::coversQuery);
        Hook reports = profile.has("dlr") ? hook(profile.object("dlr", "webhook"), true, queryVouched) : null;
        Hook inbound = profile.has("inbound") ? hook(profile.object("inbound", "webhook"), false, queryVouched) : null;
        if (reports != null && inbound != null && !reports.ack().equals(inbound.ack())) {
            profile.problem("inbound", "has another ack than dlr; one endpoint answers with one: make them equal.");
        }
        return new Spec(
                id,
                profile.text("displayName", id),
                Map.copyOf(settings),
                countryCode,
                send(profile.object("send", "send")),
                profile.has("balance") ? balance(profile.object("balance", "balance")) : null,
                reports,
                inbound,
                vouches);
    }

    private Send send(JsonObject send) {
        JsonObject encoding = send.object("encoding", "encoding");
        Call call = call(send);
        Encoded gsm7 = encoding.has("gsm7") ? encoded(encoding.object("gsm7", "encoded")) : null;
        Encoded ucs2 = encoding.has("ucs2") ? encoded(encoding.object("ucs2", "encoded")) : null;
        boolean octets = (gsm7 != null && gsm7.textAs() == TextAs.PERCENT_UTF16BE)
                || (ucs2 != null && ucs2.textAs() == TextAs.PERCENT_UTF16BE);
        if (octets && call.body().kind() != BodyKind.NONE && call.body().kind() != BodyKind.FORM) {
            encoding.problem("", "PERCENT_UTF16BE fits a query or a form only: use HEX_UTF16BE, or another body.");
        }
        return new Send(
                call,
                recipientFormat(send),
                send.word("senderFormat", SENDER_FORMATS, "AS_IS").equals("AS_IS"),
                send.text("recipientSeparator", ","),
                send.number("maxRecipients", 1, Spec.MOST_RECIPIENTS, 1),
                send.number("maxChars", 1, 100_000, Integer.MAX_VALUE),
                send.number("maxParts", 1, 255, 255),
                gsm7,
                ucs2,
                pairs(send.open("callbackQuery"), false),
                response(send));
    }

    private Call call(JsonObject call) {
        String method = call.word("method", METHODS, "POST");
        Template url = template(call.required("url", "give the address to call."), call.at("url"), true);
        Urls.check(url, call);
        Body body = call.has("body") ? body(call.object("body", "body")) : Body.NONE;
        if (method.equals("GET") && body.kind() != BodyKind.NONE) {
            call.problem("body", "is of kind " + body.kind() + ", but a GET carries none: use NONE or another method.");
        }
        List<Pair> headers = pairs(call.open("headers"), true);
        return new Call(
                method,
                url,
                pairs(call.open("query"), true),
                headers,
                call.has("auth") ? auth(call.object("auth", "auth")) : null,
                body);
    }

    private @Nullable Auth auth(JsonObject auth) {
        return switch (auth.word("kind", AUTH_KINDS, "NONE")) {
            case "BASIC" -> {
                Template user = template(auth.required("user", "such as {secret.username}."), auth.at("user"), true);
                Template password =
                        template(auth.required("password", "such as {secret.password}."), auth.at("password"), true);
                // Some want the key as the user, and anything for a password.
                if (user.variables().isEmpty()) {
                    requireVariable(auth, "password", password);
                }
                yield new Auth("Authorization", "Basic ", user, password);
            }
            case "HEADER" -> {
                Template value = template(auth.required("value", "such as {secret.apiKey}."), auth.at("value"), true);
                requireVariable(auth, "value", value);
                yield new Auth(auth.text("name", "Authorization"), auth.text("prefix", ""), value, null);
            }
            default -> null;
        };
    }

    /** A profile is a file that people copy and commit. */
    private static void requireVariable(JsonObject auth, String name, Template template) {
        if (auth.has(name) && template.variables().isEmpty()) {
            auth.problem(
                    name,
                    "holds the secret itself: write {secret.apiKey}, and give the secret to the provider. What is none"
                            + " belongs to headers.");
        }
    }

    private Body body(JsonObject body) {
        BodyKind kind = body.word("kind", BodyKind.class, null);
        List<Pair> fields = pairs(body.open("fields"), true);
        boolean hasFields = kind == BodyKind.FORM || kind == BodyKind.MULTIPART;
        boolean hasTemplate = kind == BodyKind.JSON || kind == BodyKind.TEXT;
        if (hasFields != body.has("fields")) {
            body.problem(
                    "fields", hasFields ? "is missing: name them." : "doesn't fit kind " + kind + ": leave it out.");
        }
        if (hasTemplate != body.has("template")) {
            body.problem("template", hasTemplate ? "is missing." : "doesn't fit kind " + kind + ": leave it out.");
        }
        String type = body.text("contentType");
        if (type != null && kind != BodyKind.TEXT) {
            body.problem("contentType", "follows from the kind; only TEXT has one: leave it out.");
        }
        if (kind == BodyKind.TEXT && !TextBody.TYPES.contains(Objects.requireNonNullElse(type, ""))) {
            body.problem(
                    "contentType",
                    "is " + (type == null ? "missing" : JsonObject.shown(type)) + "; allowed are "
                            + String.join(", ", TextBody.TYPES) + ", whose escapes are known; for JSON use kind JSON.");
        }
        Object template = body.get("template");
        return new Body(
                kind,
                fields,
                kind == BodyKind.JSON && template != null ? json(template, body.at("template")) : null,
                kind == BodyKind.TEXT
                        ? template(body.text("template", ""), body.at("template"), true)
                        : Template.literal(""),
                Objects.requireNonNullElse(type, ""));
    }

    private JsonBody json(Object node, String place) {
        if (node instanceof String text) {
            Template template = template(text, place, true);
            return template.is(Values.TO_LIST) ? new JsonBody.Recipients() : new JsonBody.Leaf(template);
        }
        if (node instanceof List<?> elements) {
            List<JsonBody> all = new ArrayList<>();
            for (int i = 0; i < elements.size(); i++) {
                all.add(json(Objects.requireNonNull(elements.get(i)), place + "[" + i + "]"));
            }
            return new JsonBody.Elements(List.copyOf(all));
        }
        if (!(node instanceof Map<?, ?>)) {
            return new JsonBody.Fixed(node);
        }
        JsonObject object = JsonObject.plain(node, place, problems);
        if (object.has("$each")) {
            if (!Values.TO.equals(object.text("$each"))) {
                object.problem("$each", "allowed is \"to\", which repeats the item for each recipient.");
            }
            Object item = object.get("item");
            if (item == null) {
                object.problem("item", "is missing: say what is repeated.");
                return new JsonBody.Recipients();
            }
            return new JsonBody.Each(json(item, object.at("item")));
        }
        Map<String, JsonBody> members = new LinkedHashMap<>();
        String with = object.text("$with");
        if (with != null) {
            variable(with, object.at("$with"));
        }
        for (String name : object.names()) {
            if (!name.equals("$with")) {
                members.put(name, json(Objects.requireNonNull(object.get(name)), object.at(name)));
            }
        }
        return new JsonBody.Members(members, with);
    }

    private List<Pair> pairs(JsonObject object, boolean plainVariables) {
        List<Pair> all = new ArrayList<>();
        for (String name : object.names()) {
            Object value = object.get(name);
            String place = object.at(name);
            if (value instanceof Map<?, ?>) {
                JsonObject pair = JsonObject.of(value, "pair", place, problems);
                String with = pair.text("with");
                if (with != null) {
                    variable(with, pair.at("with"));
                }
                Template template =
                        template(pair.required("value", "say what is sent."), pair.at("value"), plainVariables);
                all.add(new Pair(name, template, with));
            } else if (Json.scalar(value) == null) {
                object.problem(name, "must be a text with or without variables, or {value, with}.");
            } else {
                all.add(new Pair(name, template(String.valueOf(value), place, plainVariables), null));
            }
        }
        return List.copyOf(all);
    }

    private Template template(String text, String place, boolean callbackKnown) {
        Template template;
        try {
            template = Template.parse(text);
        } catch (IllegalArgumentException wrong) {
            problems.add(place + ": " + wrong.getMessage() + ".");
            return Template.literal("");
        }
        for (String name : template.variables()) {
            variable(name, place);
            if (name.equals(Values.CALLBACK) && !callbackKnown) {
                problems.add(place + ": {callbackUrl} is made from this: leave it out.");
            }
        }
        if (template.variables().contains(Values.TO_LIST) && !template.is(Values.TO_LIST)) {
            problems.add(place + ": {to[]} stands alone, as a value of a JSON body.");
        }
        if (text.chars().anyMatch(c -> c == '\r' || c == '\n') && !place.endsWith(".template")) {
            problems.add(place + ": holds a line break, which no address, header or value takes.");
        }
        return template;
    }

    private void variable(String name, String place) {
        boolean named = NAMED.matches(name);
        if (!named && !Values.OF_MESSAGE.contains(name) && !name.equals(Values.BASE_URL)) {
            problems.add(place + ": {" + JsonObject.shown(name).replace("\"", "") + "} isn't a variable; there are "
                    + String.join(", ", Values.OF_MESSAGE) + ", baseUrl, secret.NAME, settings.NAME and extra.NAME.");
        }
    }

    private NumberFormat recipientFormat(JsonObject send) {
        if (!(send.get("recipientFormat") instanceof Map<?, ?>)) {
            return new NumberFormat(
                    send.word("recipientFormat", FORMATS, "E164").equals("E164"), Map.of(), null);
        }
        JsonObject format = send.object("recipientFormat", "recipientFormat");
        if (format.has("replacePrefix") == format.has("national")) {
            format.problem("", "needs exactly one of replacePrefix and national.");
        }
        Map<String, String> replaced = new LinkedHashMap<>();
        JsonObject prefixes = format.open("replacePrefix");
        for (String prefix : prefixes.names()) {
            String by = prefixes.text(prefix);
            if (!prefix.matches("\\+[1-9][0-9]{0,14}") || (by != null && !by.matches("[0-9+*#]{0,8}"))) {
                prefixes.problem(prefix, "allowed is a plus sign and digits, replaced by at most 8 of 0-9 + * #.");
            } else if (by != null) {
                replaced.put(prefix, by);
            }
        }
        String region = format.text("national");
        if (region != null && !region.matches("[A-Z]{2}")) {
            format.problem("national", "is " + JsonObject.shown(region) + "; allowed are two letters, such as ET.");
            region = null;
        }
        return new NumberFormat(true, Map.copyOf(replaced), region);
    }

    private Encoded encoded(JsonObject encoded) {
        return new Encoded(pairs(encoded.open("params"), true), encoded.word("textAs", TextAs.class, TextAs.UTF8));
    }

    private Response response(JsonObject send) {
        if (!send.has("response")) {
            send.problem("response", "is missing: say what proves success.");
        }
        JsonObject response = send.object("response", "response");
        if (send.has("response") && !response.has("accepted")) {
            response.problem("accepted", "is missing: say what proves success.");
        }
        Layout layout = send.has("response") ? layout(response) : NO_LAYOUT;
        return new Response(
                layout,
                okStatus(response),
                response.list("requestFailure", this::condition),
                conditionAt(response, "accepted"),
                field(response, "recipient"),
                field(response, "messageId"),
                field(response, "code"),
                response.flag("fanOut"),
                response.list("errors", (each, place) -> rule(each, place, true)));
    }

    private Layout layout(JsonObject response) {
        Format format = response.word("format", Format.class, null);
        List<Pattern> lines = response.list("lines", (value, place) -> {
            if (!(value instanceof String text)) {
                problems.add(place + ": must be a pattern.");
                return null;
            }
            return JsonObject.pattern(text, place, problems);
        });
        if ((format == Format.LINES) != response.has("lines")) {
            response.problem(
                    "lines",
                    format == Format.LINES ? "is missing: give patterns with named groups." : "fits LINES only.");
        }
        if (response.has("items") && format != Format.JSON) {
            response.problem("items", "fits JSON only.");
        }
        return new Layout(format, lines, pointer(response, "items"));
    }

    private Balance balance(JsonObject balance) {
        JsonObject response = balance.object("response", "balanceResponse");
        Field value = field(response, "value");
        if (value == null) {
            response.problem("value", "is missing: say where the balance stands.");
        }
        return new Balance(
                call(balance),
                layout(response),
                statuses(response, "okStatus", Statuses.SUCCESS),
                value == null ? Field.at(Path.of("value")) : value,
                field(response, "currency"),
                response.list("errors", (each, place) -> rule(each, place, false)));
    }

    /** What isn't in it is judged by the matrix, which a whole class must not switch off. */
    private Statuses okStatus(JsonObject response) {
        Statuses ok = statuses(response, "okStatus", Statuses.SUCCESS);
        if (!Set.of(2).containsAll(ok.classes())) {
            response.problem("okStatus", "allowed is the class \"2xx\"; name other statuses one by one, such as 400.");
        }
        return ok;
    }

    private Statuses statuses(JsonObject object, String name, Statuses otherwise) {
        Object value = object.get(name);
        if (value == null) {
            return otherwise;
        }
        Set<Integer> codes = new HashSet<>();
        Set<Integer> classes = new HashSet<>();
        for (Object each : Json.elements(value)) {
            String text = Objects.requireNonNullElse(Json.scalar(each), "");
            if (CLASS.matches(text)) {
                classes.add(text.charAt(0) - '0');
            } else if (SINGLE.matches(text)) {
                codes.add(Integer.parseInt(text));
            } else {
                object.problem(
                        name,
                        "is " + JsonObject.shown(each) + "; allowed are 100 to 599, \"2xx\", or an array of them.");
            }
        }
        return new Statuses(Set.copyOf(codes), Set.copyOf(classes));
    }

    /** @param proves whether the rule may turn a doubt into a refusal, as those of a submit do */
    private Rule rule(Object value, String place, boolean proves) {
        JsonObject error = JsonObject.of(value, "error", place, problems);
        if (!error.has("when")) {
            error.problem("when", "is missing: say when this is so.");
        }
        Object when = error.get("when");
        return new Rule(
                when == null ? NO_CONDITION : condition(when, error.at("when"), proves),
                error.word("class", ErrorClass.class, null));
    }

    private Condition conditionAt(JsonObject parent, String name) {
        Object value = parent.get(name);
        return value == null ? NO_CONDITION : condition(value, parent.at(name));
    }

    private Condition condition(Object value, String place) {
        return condition(value, place, false);
    }

    private Condition condition(Object value, String place, boolean proves) {
        JsonObject condition = JsonObject.of(value, "condition", place, problems);
        boolean located = condition.has("field") || condition.has("root");
        boolean compared = condition.has("in") || condition.has("regex") || condition.has("present");
        if (located != compared) {
            condition.problem("", "field or root goes with in, regex or present, and they with it.");
        }
        if (condition.isEmpty()) {
            condition.problem("", "says nothing: name a status, a field or a match.");
        }
        Statuses status = condition.has("status") ? statuses(condition, "status", Statuses.SUCCESS) : null;
        if (proves && status != null && !PROVING.containsAll(status.classes())) {
            condition.problem(
                    "status", "a rule for a whole class has no effect: name 5xx statuses one by one, such as 503.");
        }
        return new Condition(
                status,
                condition.pattern("match"),
                condition.path("field"),
                condition.path("root"),
                Set.copyOf(condition.scalars("in")),
                condition.pattern("regex"),
                condition.has("present") ? condition.flag("present") : null,
                condition.list("anyOf", (each, at) -> condition(each, at, proves)),
                condition.list("allOf", (each, at) -> condition(each, at, proves)),
                condition.has("not") ? conditionAt(condition, "not") : null);
    }

    private @Nullable Field field(JsonObject parent, String name) {
        Object value = parent.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return Field.at(Path.of(text));
        }
        JsonObject field = parent.object(name, "field");
        if (field.has("firstOf") == field.has("const")) {
            field.problem("", "needs exactly one of firstOf and const.");
        }
        return new Field(
                field.scalars("firstOf").stream().map(Path::of).toList(), field.text("const"), field.pattern("regex"));
    }

    private @Nullable Path pointer(JsonObject parent, String name) {
        String text = parent.text(name);
        if (text != null && !text.isEmpty() && !text.startsWith("/")) {
            parent.problem(name, "is " + JsonObject.shown(text) + "; it must be a JSON pointer, \"\" for the whole.");
        }
        return text == null ? null : Path.of(text);
    }

    private Hook hook(JsonObject hook, boolean report, boolean queryVouched) {
        Map<String, Field> fields = fields(hook, report ? "dlrFields" : "inboundFields");
        if (report ? !fields.containsKey("status") : !fields.containsKey("from") || !fields.containsKey("text")) {
            hook.problem(
                    "fields", report ? "must say where the status stands." : "must say where from and text stand.");
        }
        if (report && !fields.containsKey("messageId") && !fields.containsKey("ref")) {
            hook.problem("fields", "must say where messageId or ref stands, or no report finds its message.");
        }
        fields.forEach((name, field) -> {
            if (!queryVouched && field.paths().stream().anyMatch(path -> path.kind() == Path.Kind.QUERY)) {
                hook.problem("fields", name + " is read from the URL, for which no signature vouches: sign it too.");
            }
        });
        JsonObject clean = hook.object("clean", "clean");
        String unwrap = clean.text("unwrap", "");
        if (!unwrap.isEmpty() && !unwrap.equals("()")) {
            clean.problem("unwrap", "is " + JsonObject.shown(unwrap) + "; allowed is \"()\".");
        }
        if (report && hook.has("media")) {
            hook.problem("media", "belongs to inbound.");
        }
        Path items = pointer(hook, "items");
        return new Hook(
                report,
                hook.word("source", Source.class, null),
                items == null ? Path.of("") : items,
                hook.list("match", this::condition),
                fields,
                statusMap(hook),
                unwrap.equals("()"),
                clean.flag("dropUnrendered"),
                hook.list("textDecode", this::decode),
                hook.has("media") ? media(hook.object("media", "media")) : null,
                times(hook),
                ack(hook));
    }

    private Map<String, Field> fields(JsonObject parent, String kind) {
        JsonObject fields = parent.object("fields", kind);
        Map<String, Field> all = new LinkedHashMap<>();
        for (String name : fields.names()) {
            Field field = field(fields, name);
            if (field != null) {
                all.put(name, field);
            }
        }
        return Map.copyOf(all);
    }

    private Map<String, Word> statusMap(JsonObject hook) {
        JsonObject map = hook.open("statusMap");
        Map<String, Word> words = new LinkedHashMap<>();
        for (String theirs : map.names()) {
            String ours = map.text(theirs, "");
            Word word = WORDS.get(ours);
            if (word == null) {
                map.problem(
                        theirs, "is " + JsonObject.shown(ours) + "; allowed are " + String.join(", ", names()) + ".");
            } else {
                words.put(theirs.toLowerCase(Locale.ROOT), word);
            }
        }
        return Map.copyOf(words);
    }

    static List<String> names() {
        return WORDS.keySet().stream().sorted().toList();
    }

    private Decode decode(Object value, String place) {
        JsonObject decode = JsonObject.of(value, "textDecode", place, problems);
        return new Decode(
                conditionAt(decode, "when"),
                Path.of(decode.required("field", "name what holds the octets.")),
                decode.word("as", DecodeAs.class, null));
    }

    private MediaList media(JsonObject media) {
        Path items = pointer(media, "items");
        if (items == null) {
            media.problem("items", "is missing: say where the array stands.");
        }
        return new MediaList(items == null ? Path.of("") : items, fields(media, "mediaFields"));
    }

    private List<Times> times(JsonObject hook) {
        Object value = hook.get("time");
        if (value == null) {
            return List.of();
        }
        List<Times> all = new ArrayList<>();
        int index = 0;
        for (Object each : Json.elements(value)) {
            String place = hook.at("time") + (value instanceof List ? "[" + index++ + "]" : "");
            if (each instanceof String text && TIMES.contains(text)) {
                all.add(new Times(Times.Kind.valueOf(text), null, null));
            } else if (each instanceof Map<?, ?>) {
                Times time = pattern(JsonObject.of(each, "time", place, problems));
                if (time != null) {
                    all.add(time);
                }
            } else {
                problems.add(place + ": is " + JsonObject.shown(each) + "; allowed are " + String.join(", ", TIMES)
                        + " and {pattern, zone}.");
            }
        }
        return List.copyOf(all);
    }

    private static @Nullable Times pattern(JsonObject time) {
        try {
            String zone = time.text("zone");
            return new Times(
                    Times.Kind.PATTERN,
                    DateTimeFormatter.ofPattern(time.required("pattern", "such as yyyy-MM-dd HH:mm:ss."), Locale.ROOT),
                    zone == null ? null : ZoneId.of(zone));
        } catch (IllegalArgumentException | DateTimeException wrong) {
            time.problem("", "isn't a pattern and zone of java.time: " + wrong.getMessage() + ".");
            return null;
        }
    }

    private static Ack ack(JsonObject hook) {
        JsonObject ack = hook.object("ack", "ack");
        String body = ack.text("body", "");
        return new Ack(
                ack.number("status", 200, 299, 200), ack.text("contentType", body.isEmpty() ? "" : "text/plain"), body);
    }

    private Vouch vouch(Object value, String place) {
        JsonObject auth = JsonObject.of(value, "webhookAuth", place, problems);
        VouchKind kind = auth.word("kind", VouchKind.class, null);
        String name = switch (kind) {
            case QUERY_SECRET -> auth.text("param", "secret");
            case HEADER_SECRET -> auth.required("header", "name the header that holds the secret.");
            case HMAC, RSA -> auth.required("signatureHeader", "name the header that holds the signature.");
            default -> "";
        };
        List<String> signed = auth.scalars("signed");
        if ((kind == VouchKind.HMAC || kind == VouchKind.RSA) && !signed.contains("BODY")) {
            auth.problem("signed", "must name BODY, or nothing vouches for it.");
        }
        String timestampHeader = auth.text("timestampHeader");
        for (String part : signed) {
            if (!SIGNED.contains(part) && !part.matches("HEADER:[A-Za-z0-9-]{1,64}")) {
                auth.problem(
                        "signed",
                        "has " + JsonObject.shown(part) + "; allowed are " + String.join(", ", SIGNED)
                                + " and HEADER:name.");
            }
            if (part.equals("TIMESTAMP") && timestampHeader == null) {
                auth.problem("timestampHeader", "is missing, but TIMESTAMP is signed.");
            }
        }
        boolean timed =
                timestampHeader == null || signed.contains("TIMESTAMP") || signed.contains("HEADER:" + timestampHeader);
        if (!timed) {
            auth.problem("timestampHeader", "isn't signed, so it proves nothing: add it to signed.");
        }
        int tolerance = auth.number("toleranceSeconds", 1, 86_400, 0);
        if (tolerance > 0 && timestampHeader == null) {
            auth.problem("toleranceSeconds", "needs a timestampHeader.");
        }
        List<Cidr> networks = auth.list("networks", (network, at) -> {
            Cidr found = Cidr.parse(Objects.requireNonNullElse(Json.scalar(network), ""))
                    .orElse(null);
            if (found == null) {
                problems.add(at + ": is " + JsonObject.shown(network) + "; allowed are networks such as 10.0.0.0/8.");
            }
            return found;
        });
        if ((kind == VouchKind.IP_ALLOW) == networks.isEmpty()) {
            auth.problem("networks", kind == VouchKind.IP_ALLOW ? "is missing: name them." : "fits IP_ALLOW only.");
        }
        return new Vouch(
                kind,
                name,
                auth.word("algorithm", HMAC_ALGORITHMS, "SHA256"),
                auth.word("encoding", List.of("HEX", "BASE64"), kind == VouchKind.RSA ? "BASE64" : "HEX")
                        .equals("HEX"),
                auth.text("prefix", ""),
                signed,
                auth.text("separator", ""),
                timestampHeader,
                tolerance == 0 ? null : Duration.ofSeconds(tolerance),
                auth.text("keyIdHeader"),
                auth.text("digestHeader"),
                networks);
    }
}
