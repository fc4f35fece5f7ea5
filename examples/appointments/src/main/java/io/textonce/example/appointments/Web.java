package io.textonce.example.appointments;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private final Booking booking;
    private final String formToken;

    Web(Appointments appointments, Sms sms, Pages pages, Booking booking, String formToken) {
        this.appointments = appointments;
        this.sms = sms;
        this.log = new SmsLog(sms.store);
        this.pages = pages;
        this.booking = booking;
        this.formToken = formToken;
    }

    /** The clerk's pages; the server has asked for the password by now. */
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set(
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Cache-Control", "no-store");
            String path = exchange.getRequestURI().getPath();
            try {
                if (exchange.getRequestMethod().equals("POST")) {
                    change(exchange, path, form(exchange));
                } else {
                    show(exchange, path);
                }
            } catch (IllegalArgumentException | DateTimeException wrong) {
                html(exchange, 400, pages.problem(said(wrong)));
            } catch (RuntimeException failed) {
                LOG.error("{} failed", exchange.getRequestMethod(), failed);
                html(exchange, 500, pages.problem("Something failed here. Nothing was changed; please try again."));
            }
        }
    }

    static void style(HttpExchange exchange) throws IOException {
        try (exchange) {
            respond(exchange, 200, "text/css", Pages.resource("style.css"));
        }
    }

    /** No password and no form token here: Twilio's signature is the authentication, and the SDK checks it. */
    void webhook(HttpExchange exchange) throws IOException {
        try (exchange) {
            WebhookRequest request = WebhookRequest.builder(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString())
                    .headers(exchange.getRequestHeaders())
                    .body(exchange.getRequestBody().readNBytes(sms.hooks.maxBodyBytes("sms") + 1))
                    .build();
            WebhookReply reply = sms.hooks.receive("sms", request);
            respond(exchange, reply.status(), reply.contentType(), reply.body());
        }
    }

    private void show(HttpExchange exchange, String path) throws IOException {
        Map<String, String> query =
                decode(Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""));
        Matcher one = APPOINTMENT.matcher(path);
        if (path.equals("/")) {
            html(exchange, 200, pages.home(appointments.upcoming()));
        } else if (path.equals("/log")) {
            html(exchange, 200, pages.log(log.find(query, pages.zone()), query));
        } else if (path.equals("/texts")) {
            html(exchange, 200, pages.texts(sms, Integer.parseInt(query.getOrDefault("perDay", "100"))));
        } else if (path.equals("/status")) {
            html(exchange, 200, pages.status(sms.client.diagnose()));
        } else if (one.matches() && one.group(2).isEmpty()) {
            Optional<Appointment> found = appointments.find(Integer.parseInt(one.group(1)));
            if (found.isPresent()) {
                html(exchange, 200, pages.appointment(found.get(), log.of(found.get())));
                return;
            }
            html(exchange, 404, pages.problem("There is no such appointment."));
        } else {
            html(exchange, 404, pages.problem("There is no such page."));
        }
    }

    private void change(HttpExchange exchange, String path, Map<String, String> form) throws IOException {
        Matcher one = APPOINTMENT.matcher(path);
        if (!App.same(formToken, form.getOrDefault("token", ""))) {
            html(
                    exchange,
                    403,
                    pages.problem("This form is out of date, or isn't ours. Go back and load the page again."));
        } else if (path.equals("/appointments")) {
            redirect(exchange, "/appointments/" + booking.book(form).id());
        } else if (one.matches() && one.group(2).equals("/move")) {
            redirect(
                    exchange,
                    "/appointments/"
                            + appointments
                                    .move(Integer.parseInt(one.group(1)), booking.when(form))
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

    static Map<String, String> form(HttpExchange exchange) throws IOException {
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

    static String said(RuntimeException wrong) {
        return Objects.requireNonNullElse(wrong.getMessage(), "That isn't possible.");
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        respond(exchange, 303, "", "");
    }

    private static void html(HttpExchange exchange, int status, String page) throws IOException {
        respond(exchange, status, "text/html; charset=utf-8", page);
    }

    static void respond(HttpExchange exchange, int status, String type, String text) throws IOException {
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
