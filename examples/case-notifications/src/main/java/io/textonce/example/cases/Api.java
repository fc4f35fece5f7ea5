package io.textonce.example.cases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.UnauthorizedResponse;
import io.textonce.DeliveryStatus;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.client.Diagnosis;
import io.textonce.engagement.preference.Preferences;
import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.example.cases.Cases.Case;
import io.textonce.example.cases.Cases.User;
import io.textonce.example.cases.Notifications.Telling;
import io.textonce.example.cases.Notifications.Told;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST interface, and the page that uses it. Numbers are masked wherever they are shown. */
final class Api {

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    private final Cases cases;
    private final Notifications sms;
    private final byte[] authorization;

    Api(App app, String token) {
        this.cases = app.cases;
        this.sms = app.notifications;
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    }

    Javalin server() {
        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.http.maxRequestSize = 256 * 1024;
            var routes = config.routes;
            routes.before(context ->
                    context.header("X-Content-Type-Options", "nosniff").header("Cache-Control", "no-store"));
            routes.before("/api/*", this::authorize);
            routes.exception(Cases.NotFound.class, (e, context) -> problem(context, 404, e));
            routes.exception(IllegalArgumentException.class, (e, context) -> problem(context, 400, e));
            routes.exception(DateTimeException.class, (e, context) -> problem(context, 400, e));
            routes.exception(
                    JsonProcessingException.class,
                    (e, context) -> problem(context, 400, new IllegalArgumentException("send a JSON object")));
            routes.exception(Exception.class, (e, context) -> {
                log(e);
                problem(context, 500, new IllegalStateException("something failed here; the log says what"));
            });
            routes.get("/", context -> page(context, "index.html", "text/html; charset=utf-8"));
            routes.get("/app.js", context -> page(context, "app.js", "text/javascript"));
            routes.get("/style.css", context -> page(context, "style.css", "text/css"));

            routes.get("/api/cases", context -> context.json(cases.all()));
            routes.post("/api/cases", context -> {
                JsonNode body = body(context);
                context.status(201)
                        .json(cases.open(
                                text(body, "title", 200), body.path("customer").asInt()));
            });
            routes.post("/api/cases/{id}/assign", context -> {
                int user = body(context).path("user").asInt();
                Telling telling = sms.new Telling(Texts.ASSIGNED, about -> cases.user(user));
                answer(context, cases.assign(id(context), user, telling), telling);
            });
            routes.post("/api/cases/{id}/responses", context -> {
                String text = text(body(context), "text", 4000);
                Telling telling = sms.new Telling(Texts.RESPONSE, about -> cases.user(about.customer()));
                answer(context, cases.respond(id(context), text, key(context), telling), telling);
            });
            routes.post("/api/cases/{id}/escalate", context -> {
                Telling telling = sms.new Telling(Texts.ESCALATED, about -> cases.manager());
                answer(context, cases.setStatus(id(context), "escalated", telling), telling);
            });
            routes.post("/api/cases/{id}/resolve", context -> {
                Telling telling = sms.new Telling(Texts.RESOLVED, about -> cases.user(about.customer()));
                answer(context, cases.setStatus(id(context), "resolved", telling), telling);
            });

            routes.get(
                    "/api/users",
                    context ->
                            context.json(cases.users().stream().map(Api::shown).toList()));
            routes.put("/api/users/{id}/phone", context -> {
                String phone = body(context).path("phone").asText("").strip();
                if (phone.length() > 40) {
                    throw new IllegalArgumentException("phone: give at most 40 characters, or none to remove it");
                }
                cases.setPhone(cases.user(id(context)).id(), phone);
                context.json(shown(cases.user(id(context))));
            });
            routes.get("/api/users/{id}/preferences", context -> context.json(shown(preferences(context))));
            routes.put("/api/users/{id}/preferences", this::choose);

            routes.get("/api/templates", context -> {
                Map<String, Object> all = new LinkedHashMap<>();
                Texts.KINDS.forEach(kind -> all.put(kind, sms.texts.find(kind)));
                context.json(all);
            });
            routes.put("/api/templates/{kind}", this::changeText);

            routes.get(
                    "/api/sms",
                    context ->
                            context.json(log(context).stream().map(Api::shown).toList()));
            routes.post("/api/sms", this::send);
            routes.post("/api/sms/bulk", this::bulk);
            routes.get("/api/statistics", context -> context.json(statistics()));
            routes.get("/api/config", context -> context.json(shown(sms.client.diagnose())));
            routes.post("/hooks/sms", this::hook);
            routes.get("/hooks/sms", this::hook);
        });
    }

    private void authorize(Context context) {
        String given = Objects.requireNonNullElse(context.header("Authorization"), "");
        if (!MessageDigest.isEqual(authorization, given.getBytes(StandardCharsets.UTF_8))) {
            throw new UnauthorizedResponse("send the API token as a bearer token");
        }
    }

    /** The case is saved by now, and its SMS with it; whatever becomes of that only changes what the answer says. */
    private static void answer(Context context, Case saved, Telling telling) throws InterruptedException {
        context.json(Map.of("case", saved, "notifications", shown(telling.told())));
    }

    /** What its sender made for this one request, so that it has its effect once. */
    private static @Nullable String key(Context context) {
        String key = context.header("Idempotency-Key");
        if (key != null && (key.isBlank() || key.length() > 100)) {
            throw new IllegalArgumentException("Idempotency-Key: give 1 to 100 characters");
        }
        return key;
    }

    private Preferences preferences(Context context) {
        return sms.preferences.find(
                TenantId.DEFAULT, Integer.toString(cases.user(id(context)).id()));
    }

    private void choose(Context context) {
        JsonNode body = body(context);
        Preferences chosen = preferences(context);
        if (body.has("languages")) {
            List<Locale> languages =
                    list(body, "languages").stream().map(Locale::forLanguageTag).toList();
            if (languages.contains(Locale.ROOT)) {
                throw new IllegalArgumentException("languages: give tags such as am or en-GB");
            }
            chosen = chosen.languages(languages.toArray(Locale[]::new));
        }
        for (String kind : kinds(body, "off")) {
            chosen = chosen.optOut(kind);
        }
        for (String kind : kinds(body, "on")) {
            chosen = chosen.optIn(kind);
        }
        sms.preferences.put(TenantId.DEFAULT, context.pathParam("id"), chosen);
        context.json(shown(chosen));
    }

    private static List<String> kinds(JsonNode body, String field) {
        List<String> kinds = list(body, field);
        if (kinds.stream().anyMatch(kind -> !Texts.KINDS.contains(kind) && !kind.equals(Texts.MESSAGE))) {
            throw new IllegalArgumentException(
                    field + ": the kinds are " + String.join(", ", Texts.KINDS) + " and " + Texts.MESSAGE);
        }
        return kinds;
    }

    private static List<String> list(JsonNode body, String field) {
        JsonNode array = body.path(field);
        if (!array.isArray() && !array.isMissingNode()) {
            throw new IllegalArgumentException(field + ": give a list");
        }
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return values;
    }

    private void changeText(Context context) {
        String kind = context.pathParam("kind");
        sms.texts.find(kind);
        Map<String, String> texts = new LinkedHashMap<>();
        body(context)
                .properties()
                .forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        sms.texts.put(kind, texts);
        context.json(sms.texts.find(kind));
    }

    /** To a user or a number; now, or at a time by the outbox. */
    private void send(Context context) {
        JsonNode body = body(context);
        String text = text(body, "text", 1000);
        String key = key(context);
        SmsMessage.Builder message = body.has("user")
                ? Notifications.free(text, cases.user(body.path("user").asInt()))
                : SmsMessage.to(body.path("to").asText("")).text(text).label("kind", Texts.MESSAGE);
        if (key != null) {
            message.idempotencyKey(key);
        }
        if (body.has("at")) {
            Instant at = Instant.parse(body.path("at").asText());
            context.status(202).json(shown(sms.later(message.build(), at)));
        } else {
            context.json(shown(sms.send(message.build())));
        }
    }

    private void bulk(Context context) {
        JsonNode body = body(context);
        String text = text(body, "text", 1000);
        Set<User> users = new LinkedHashSet<>();
        list(body, "users").forEach(id -> users.add(cases.user(Integer.parseInt(id))));
        Map<Integer, Told> told = sms.bulk(users, text, key(context));
        List<Map<String, Object>> failed = new ArrayList<>();
        told.forEach((user, each) -> {
            if (!each.smsSent()) {
                failed.add(Map.of("user", user, "reason", each.reason()));
            }
        });
        context.json(Map.of("sent", told.size() - failed.size(), "failed", failed));
    }

    /** Filters: kind, user, state, status, from and until; each may be missing. */
    private List<MessageRecord> log(Context context) {
        MessageQuery query = MessageQuery.all().limit(200);
        for (String label : List.of("kind", "user")) {
            String value = context.queryParam(label);
            query = value == null ? query : query.label(label, value);
        }
        String state = context.queryParam("state");
        query = state == null ? query : query.state(MessageState.valueOf(state.toUpperCase(Locale.ROOT)));
        String status = context.queryParam("status");
        query = status == null ? query : query.status(DeliveryStatus.valueOf(status.toUpperCase(Locale.ROOT)));
        String from = context.queryParam("from");
        query = from == null ? query : query.from(Instant.parse(from));
        String until = context.queryParam("until");
        query = until == null ? query : query.until(Instant.parse(until));
        return sms.store.query(TenantId.DEFAULT, query);
    }

    private Map<String, Object> statistics() {
        Map<String, Object> all = new LinkedHashMap<>();
        ReportQuery query = ReportQuery.of(TenantId.DEFAULT, MessageQuery.all());
        sms.reports.aggregate(query).forEach(total -> all.put("total", sums(total)));
        all.put("by_type", by(query, Dimension.label("kind")));
        all.put("by_status", by(query, Dimension.STATUS));
        all.put("by_state", by(query, Dimension.STATE));
        all.put("by_user", by(query, Dimension.label("user")));
        return all;
    }

    private Map<String, Object> by(ReportQuery query, Dimension dimension) {
        Map<String, Object> rows = new LinkedHashMap<>();
        sms.reports
                .aggregate(query.by(dimension))
                .forEach(row -> rows.put(row.value(dimension).orElse("none"), sums(row)));
        return rows;
    }

    private static Map<String, Object> sums(ReportRow row) {
        return Map.of(
                "messages", row.messages(),
                "sent", row.accepted(),
                "delivered", row.delivered(),
                "failed", row.failed(),
                "success_rate", row.acceptanceRate().orElse(0));
    }

    /** No bearer token here: the SDK believes what the gateway can vouch for, and nothing else. */
    private void hook(Context context) throws IOException {
        WebhookReceiver receiver = sms.hooks;
        if (receiver == null) {
            context.status(404);
            return;
        }
        String query = context.queryString();
        WebhookRequest.Builder request = WebhookRequest.builder(
                        context.method().name(), context.req().getRequestURI() + (query == null ? "" : "?" + query))
                .body(context.req().getInputStream().readNBytes(receiver.maxBodyBytes("sms") + 1))
                .remoteAddress(context.ip());
        context.headerMap().forEach(request::header);
        WebhookReply reply = receiver.receive("sms", request.build());
        context.status(reply.status()).contentType(reply.contentType()).result(reply.body());
    }

    private static Map<String, Object> shown(Told told) {
        return Map.of("sms_sent", told.smsSent(), "reason", told.reason());
    }

    private static Map<String, Object> shown(User user) {
        return Map.of(
                "id", user.id(),
                "name", user.name(),
                "role", user.role(),
                "phone", user.phone().isBlank() ? "" : PhoneNumber.mask(user.phone()));
    }

    private static Map<String, Object> shown(Preferences chosen) {
        return Map.of(
                "languages",
                        chosen.languages().stream().map(Locale::toLanguageTag).toList(),
                "choices", chosen.choices());
    }

    private static List<Map<String, String>> shown(Diagnosis diagnosis) {
        return diagnosis.findings().stream()
                .map(each -> Map.of(
                        "level", each.level().toString(),
                        "subject", each.subject(),
                        "detail", each.detail(),
                        "remedy", each.remedy()))
                .toList();
    }

    private static Map<String, Object> shown(MessageRecord row) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", row.id().value());
        shown.put("created", row.createdAt().toString());
        shown.put("updated", row.updatedAt().toString());
        shown.put("to", row.to().toString());
        shown.put("text", row.text());
        shown.put("state", row.state().toString());
        row.labels().forEach(label -> shown.put(label.name(), label.value()));
        row.reference().ifPresent(number -> shown.put("case", number));
        row.status().ifPresent(status -> shown.put("status", status.toString()));
        row.reports().reason().ifPresent(why -> shown.put("error", why.toString()));
        row.explanation().ifPresent(why -> shown.put("error", why));
        shown.put(
                "attempts",
                row.attempts().stream().map(each -> each.outcome().toString()).toList());
        return shown;
    }

    private static int id(Context context) {
        return Integer.parseInt(context.pathParam("id"));
    }

    private static JsonNode body(Context context) {
        return context.bodyAsClass(JsonNode.class);
    }

    private static String text(JsonNode body, String field, int longest) {
        String value = body.path(field).asText("").strip();
        if (value.isEmpty() || value.length() > longest) {
            throw new IllegalArgumentException(field + ": give 1 to " + longest + " characters");
        }
        return value;
    }

    /** Which classes and where, without their messages: a database's may quote what somebody gave. */
    private static void log(Throwable failed) {
        StringBuilder trace = new StringBuilder();
        for (Throwable each = failed; each != null; each = each.getCause()) {
            trace.append(each.getClass().getName());
            Stream.of(each.getStackTrace())
                    .limit(5)
                    .forEach(at -> trace.append(" at ").append(at));
            trace.append("; ");
        }
        LOG.error("a request failed: {}", trace);
    }

    private static void problem(Context context, int status, Exception e) {
        context.status(status).json(Map.of("error", Objects.requireNonNullElse(e.getMessage(), "that isn't possible")));
    }

    private static void page(Context context, String file, String type) throws IOException {
        try (InputStream page = Objects.requireNonNull(Api.class.getResourceAsStream(file), file)) {
            context.header(
                            "Content-Security-Policy",
                            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                                    + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
                    .contentType(type)
                    .result(page.readAllBytes());
        }
    }
}
