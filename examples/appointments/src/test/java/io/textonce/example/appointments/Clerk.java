package io.textonce.example.appointments;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.WebhookRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The page's script, or another application, in few lines. */
final class Clerk {

    static final String PASSWORD = "the clinic's own";
    static final String API_TOKEN = "another application";

    private static final String JSON = "application/json";

    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String authorization;

    Clerk(App app, String password) {
        this.base = "http://localhost:" + app.port();
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString(("clerk:" + password).getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).header("Authorization", authorization).GET());
    }

    /** What the API answers, without its quotes. */
    String read(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/api" + path);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body().replace('"', ' ');
    }

    /** Asks again until the answer says something, as people load a page again. */
    String readUntil(String path, String words) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        String page = read(path);
        while (!page.contains(words) && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            page = read(path);
        }
        assertThat(page).contains(words);
        return page;
    }

    HttpResponse<String> post(String path, Map<String, String> given, String... headers)
            throws IOException, InterruptedException {
        return post(path, authorization, JSON, json(given), headers);
    }

    /** As another application. */
    HttpResponse<String> api(String path, String bearer, Map<String, String> given, String... headers)
            throws IOException, InterruptedException {
        return post(path, "Bearer " + bearer, JSON, json(given), headers);
    }

    /** As a form of another site's, with the password that the browser adds. */
    HttpResponse<String> forge(String path, String type, String body) throws IOException, InterruptedException {
        return post(path, authorization, type, body);
    }

    private HttpResponse<String> post(String path, String who, String type, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/api" + path)
                .header("Authorization", who)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Brings a signed webhook to the application; what Twilio signed is the public address. */
    int webhook(WebhookRequest signed) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + signed.rawTarget().replaceFirst("^https?://[^/]*", "")));
        signed.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return http.send(request.POST(BodyPublishers.ofByteArray(signed.body())).build(), BodyHandlers.discarding())
                .statusCode();
    }

    /** Books, and returns where the API has the appointment. */
    String book(String patient, String phone, LocalDateTime at) throws IOException, InterruptedException {
        HttpResponse<String> booked = post("/appointments", booking(patient, phone, at));
        assertThat(booked.statusCode()).isEqualTo(200);
        Matcher id = Pattern.compile("APT-[0-9]+").matcher(booked.body());
        assertThat(id.find()).isTrue();
        return "/appointments/" + id.group();
    }

    static Map<String, String> booking(String patient, String phone, LocalDateTime at) {
        Map<String, String> form = new HashMap<>(at(at));
        form.putAll(Map.of("patient", patient, "phone", phone, "doctor", "Dr. Asha"));
        return form;
    }

    static Map<String, String> at(LocalDateTime at) {
        return Map.of(
                "date", at.toLocalDate().toString(), "time", at.toLocalTime().toString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String json(Map<String, String> given) {
        return given.entrySet().stream()
                .map(each -> '"' + each.getKey() + "\":\"" + each.getValue() + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }
}
