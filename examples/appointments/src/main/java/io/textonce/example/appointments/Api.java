package io.textonce.example.appointments;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.textonce.SendResult;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** For other applications: book as the clerk does, or send one appointment's confirmation and hear what became of it. */
record Api(Appointments appointments, Booking booking, Texts texts, Sms sms, String token) implements HttpHandler {

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String given =
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "");
            if (!App.same("Bearer " + token, given)) {
                Web.respond(exchange, 401, "application/json", error("send the API token as a bearer token"));
                return;
            }
            try {
                Map<String, String> form = Web.form(exchange);
                switch (exchange.getRequestURI().getPath()) {
                    case "/api/appointments" -> Web.respond(exchange, 201, "application/json", book(form));
                    case "/api/send-confirmation" -> Web.respond(exchange, 200, "application/json", confirm(form));
                    default -> Web.respond(exchange, 404, "application/json", error("no such endpoint"));
                }
            } catch (IllegalArgumentException | DateTimeException wrong) {
                Web.respond(exchange, 400, "application/json", error(Web.said(wrong)));
            }
        }
    }

    private String book(Map<String, String> form) {
        Appointment booked = booking.book(form);
        return "{\"booking_id\":" + json(booked.booking()) + ",\"error\":" + json(booked.problem()) + "}";
    }

    private String confirm(Map<String, String> form) {
        int id = Integer.parseInt(form.getOrDefault("booking_id", "").replaceFirst("^APT-", ""));
        Appointment appointment = appointments
                .find(id)
                .orElseThrow(() -> new IllegalArgumentException("booking_id: there is no such appointment"));
        SendResult result = sms.client.send(texts.confirmation(appointment));
        return result.fold(
                accepted -> said("true", accepted.providerMessageId().orElse(null), null),
                rejected -> said("false", null, rejected.explanation()),
                unknown -> said("null", null, unknown.explanation()));
    }

    private static String said(String success, @Nullable String sid, @Nullable String error) {
        return "{\"success\":" + success + ",\"message_sid\":" + json(sid) + ",\"error\":" + json(error) + "}";
    }

    private static String error(String sentence) {
        return "{\"error\":" + json(sentence) + "}";
    }

    private static String json(@Nullable String value) {
        return value == null
                ? "null"
                : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + '"';
    }
}
