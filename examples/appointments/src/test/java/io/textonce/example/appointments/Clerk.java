package io.textonce.example.appointments;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.WebhookRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A browser in few lines: it knows the password, and sends the hidden token of the last page along. */
final class Clerk {

    static final String PASSWORD = "the clinic's own";
    static final String API_TOKEN = "another application";

    private final String base;
    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private String token = "";

    private final String password;

    Clerk(App app, String password) {
        this.base = "http://localhost:" + app.port();
        this.password = password;
    }

    /** As another site's page, which doesn't know the hidden token. */
    Clerk forget() {
        token = "";
        return this;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(withPassword(path).GET());
    }

    /** The page without tags, as a person reads it. */
    String read(String path) throws IOException, InterruptedException {
        HttpResponse<String> page = get(path);
        assertThat(page.statusCode()).isEqualTo(200);
        return page.body().replaceAll("<[^>]*>", " ").replace("&#39;", "'").replaceAll("\\s+", " ");
    }

    /** Loads the page again until it says something, as people do. */
    String readUntil(String path, String words) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        String page = read(path);
        while (!page.contains(words) && System.nanoTime() < end) {
            page = read(path);
        }
        assertThat(page).contains(words);
        return page;
    }

    HttpResponse<String> post(String path, Map<String, String> form) throws IOException, InterruptedException {
        return send(withPassword(path).POST(BodyPublishers.ofString(encoded(form) + "&token=" + token)));
    }

    HttpResponse<String> api(String path, String bearer, Map<String, String> form)
            throws IOException, InterruptedException {
        return send(
                request(path).header("Authorization", "Bearer " + bearer).POST(BodyPublishers.ofString(encoded(form))));
    }

    /** Brings a signed webhook to the application; what Twilio signed is the public address. */
    int webhook(WebhookRequest signed) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + signed.rawTarget().replaceFirst("^https?://[^/]*", "")));
        signed.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return http.send(request.POST(BodyPublishers.ofByteArray(signed.body())).build(), BodyHandlers.discarding())
                .statusCode();
    }

    /** Books, and returns the path of the appointment's page. */
    String book(String patient, String phone, LocalDateTime at) throws IOException, InterruptedException {
        get("/");
        HttpResponse<String> page = post("/appointments", booking(patient, phone, at));
        assertThat(page.statusCode()).isEqualTo(200);
        return page.uri().getPath();
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

    private HttpRequest.Builder withPassword(String path) {
        byte[] credentials = ("clerk:" + password).getBytes(StandardCharsets.UTF_8);
        return request(path)
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/x-www-form-urlencoded");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
        Matcher hidden = Pattern.compile("name=\"token\" value=\"([^\"]+)\"").matcher(response.body());
        if (hidden.find()) {
            token = hidden.group(1);
        }
        return response;
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
