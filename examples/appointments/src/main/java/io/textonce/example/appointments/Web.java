package io.textonce.example.appointments;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.example.appointments.Appointment.Doctor;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From requests to pages: who may do what, and what they see. */
final class Web implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Web.class);
    private static final Pattern APPOINTMENT = Pattern.compile("/appointments/([0-9]{1,9})(/move|/cancel|)");
    private static final int LARGEST_FORM = 16 * 1024;

    private final Appointments appointments;
    private final Sms sms;
    private final SmsLog log;
    private final Pages pages;
    private final Logins logins;
    private final String apiToken;

    Web(Appointments appointments, Sms sms, Pages pages, Logins logins, String apiToken) {
        this.appointments = appointments;
        this.sms = sms;
        this.log = new SmsLog(sms.store);
        this.pages = pages;
        this.logins = logins;
        this.apiToken = apiToken;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set(
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "same-origin");
            headers.set("Cache-Control", "no-store");
            try {
                route(exchange, exchange.getRequestURI().getPath());
            } catch (IllegalArgumentException | DateTimeException wrong) {
                html(
                        exchange,
                        400,
                        pages.problem(Objects.requireNonNullElse(wrong.getMessage(), "That isn't possible.")));
            } catch (RuntimeException failed) {
                LOG.error("{} failed", exchange.getRequestMethod(), failed);
                html(exchange, 500, pages.problem("Something failed here. Nothing was changed; please try again."));
            }
        }
    }

    private void route(HttpExchange exchange, String path) throws IOException {
        if (path.equals(Sms.CALLBACK_PATH)) {
            webhook(exchange);
        } else if (path.equals("/style.css")) {
            respond(exchange, 200, "text/css", Pages.resource("style.css"));
        } else if (path.startsWith("/api/")) {
            api(exchange, path);
        } else if (path.equals("/login")) {
            login(exchange);
        } else {
            Optional<String> formToken = logins.formToken(exchange);
            if (formToken.isEmpty()) {
                redirect(exchange, "/login");
            } else if (exchange.getRequestMethod().equals("POST")) {
                change(exchange, path, formToken.get());
            } else {
                show(exchange, path, formToken.get());
            }
        }
    }

    /** No session and no form token here: Twilio's signature is the authentication, and the SDK checks it. */
    private void webhook(HttpExchange exchange) throws IOException {
        WebhookRequest request = WebhookRequest.builder(
                        exchange.getRequestMethod(), exchange.getRequestURI().toString())
                .headers(exchange.getRequestHeaders())
                .body(exchange.getRequestBody().readNBytes(sms.hooks.maxBodyBytes("sms") + 1))
                .build();
        WebhookReply reply = sms.hooks.receive("sms", request);
        respond(exchange, reply.status(), reply.contentType(), reply.body());
    }

    private void login(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            html(exchange, 200, pages.login(""));
        } else if (logins.login(exchange, form(exchange).getOrDefault("password", ""))) {
            redirect(exchange, "/");
        } else {
            html(exchange, 403, pages.login("That isn't the password. It was printed when the application started."));
        }
    }

    private void show(HttpExchange exchange, String path, String formToken) throws IOException {
        Map<String, String> query =
                decode(Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""));
        Matcher one = APPOINTMENT.matcher(path);
        if (path.equals("/")) {
            html(exchange, 200, pages.home(appointments.upcoming(), formToken));
        } else if (path.equals("/log")) {
            html(exchange, 200, pages.log(log.find(query, pages.zone()), query, formToken));
        } else if (path.equals("/texts")) {
            html(exchange, 200, pages.texts(sms, Integer.parseInt(query.getOrDefault("perDay", "100")), formToken));
        } else if (path.equals("/status")) {
            html(exchange, 200, pages.status(sms.client.diagnose(), formToken));
        } else if (one.matches() && one.group(2).isEmpty()) {
            Optional<Appointment> found = appointments.find(Integer.parseInt(one.group(1)));
            if (found.isPresent()) {
                html(exchange, 200, pages.appointment(found.get(), log.of(found.get()), formToken));
                return;
            }
            html(exchange, 404, pages.problem("There is no such appointment."));
        } else {
            html(exchange, 404, pages.problem("There is no such page."));
        }
    }

    private void change(HttpExchange exchange, String path, String formToken) throws IOException {
        Map<String, String> form = form(exchange);
        Matcher one = APPOINTMENT.matcher(path);
        if (!Logins.same(formToken, form.getOrDefault("token", ""))) {
            html(
                    exchange,
                    403,
                    pages.problem("This form is out of date, or isn't ours. Go back and load the page again."));
        } else if (path.equals("/logout")) {
            logins.logout(exchange);
            redirect(exchange, "/login");
        } else if (path.equals("/appointments")) {
            redirect(exchange, "/appointments/" + book(form).id());
        } else if (one.matches() && one.group(2).equals("/move")) {
            redirect(
                    exchange,
                    "/appointments/"
                            + appointments
                                    .move(Integer.parseInt(one.group(1)), when(form))
                                    .id());
        } else if (one.matches() && one.group(2).equals("/cancel")) {
            redirect(
                    exchange,
                    "/appointments/"
                            + appointments
                                    .cancel(Integer.parseInt(one.group(1)))
                                    .id());
        } else {
            html(exchange, 404, pages.problem("There is no such page."));
        }
    }

    /** For other applications: book as the clerk does, or send one appointment's confirmation and hear what became of it. */
    private void api(HttpExchange exchange, String path) throws IOException {
        String given = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "");
        if (!Logins.same("Bearer " + apiToken, given)) {
            respond(exchange, 401, "application/json", "{\"error\":\"send the API token as a bearer token\"}");
            return;
        }
        Map<String, String> form = exchange.getRequestMethod().equals("POST") ? form(exchange) : Map.of();
        if (path.equals("/api/appointments")) {
            Appointment booked = book(form);
            respond(
                    exchange,
                    201,
                    "application/json",
                    "{\"booking_id\":" + json(booked.booking()) + ",\"error\":" + json(booked.problem()) + "}");
        } else if (path.equals("/api/send-confirmation")) {
            String booking = form.getOrDefault("booking_id", "").replaceFirst("^APT-", "");
            SmsMessage message = appointments
                    .find(Integer.parseInt(booking))
                    .map(pages.texts()::confirmation)
                    .orElseThrow(() -> new IllegalArgumentException("booking_id: there is no such appointment"));
            SendResult result = sms.client.send(message);
            respond(exchange, 200, "application/json", json(result));
        } else {
            respond(exchange, 404, "application/json", "{\"error\":\"no such endpoint\"}");
        }
    }

    private static String json(SendResult result) {
        return result.fold(
                accepted -> "{\"success\":true,\"message_sid\":"
                        + json(accepted.providerMessageId().orElse(null)) + ",\"error\":null}",
                rejected -> "{\"success\":false,\"message_sid\":null,\"error\":" + json(rejected.explanation()) + "}",
                unknown -> "{\"success\":null,\"message_sid\":null,\"error\":" + json(unknown.explanation()) + "}");
    }

    private static String json(@Nullable String value) {
        if (value == null) {
            return "null";
        }
        StringBuilder out = new StringBuilder("\"");
        value.chars().forEach(c -> out.append(c == '"' || c == '\\' ? "\\" + (char) c : c < ' ' ? " " : "" + (char) c));
        return out.append('"').toString();
    }

    private Appointment book(Map<String, String> form) {
        Doctor doctor = Appointment.DOCTORS.stream()
                .filter(each -> each.name().equals(form.get("doctor")))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Choose a doctor."));
        return appointments.book(required(form, "patient", 60), required(form, "phone", 40), doctor, when(form));
    }

    private Instant when(Map<String, String> form) {
        return appointments.future(pages.instant(form.getOrDefault("date", ""), form.getOrDefault("time", "")));
    }

    private static String required(Map<String, String> form, String field, int longest) {
        String value = form.getOrDefault(field, "").strip();
        if (value.isEmpty() || value.length() > longest) {
            throw new IllegalArgumentException("The " + field + " needs 1 to " + longest + " characters.");
        }
        return value;
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_FORM + 1);
        if (body.length > LARGEST_FORM) {
            throw new IllegalArgumentException("The form is larger than " + LARGEST_FORM + " bytes.");
        }
        return decode(new String(body, StandardCharsets.UTF_8));
    }

    private static Map<String, String> decode(String encoded) {
        Map<String, String> values = new HashMap<>();
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        respond(exchange, 303, "", "");
    }

    private static void html(HttpExchange exchange, int status, String page) throws IOException {
        respond(exchange, status, "text/html; charset=utf-8", page);
    }

    private static void respond(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        if (!type.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", type);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
