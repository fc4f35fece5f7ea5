package io.textonce.example.clinic;

import io.textonce.WebhookRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The application as it runs, on a free port, with a database of its own; and people who visit it. */
public final class Clinic implements AutoCloseable {

    public static final String PASSWORD = "correct horse";
    static final String PUBLIC = "https://clinic.example.org";
    private static final JsonMapper JSON = JsonMapper.shared();

    final ConfigurableApplicationContext app;
    final String url;

    private Clinic(ConfigurableApplicationContext app) {
        this.app = app;
        this.url = "http://localhost:" + app.getEnvironment().getProperty("local.server.port");
    }

    public static Clinic open(String profile, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.profiles.active=" + profile,
                "--clinic.password=" + PASSWORD,
                "--BACKEND_URL=" + PUBLIC));
        if (Stream.of(properties).noneMatch(each -> each.startsWith("--spring.datasource.url="))) {
            all.add("--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        }
        all.addAll(List.of(properties));
        return new Clinic(new SpringApplicationBuilder(ClinicInbox.class).run(all.toArray(new String[0])));
    }

    public String url() {
        return url;
    }

    public <T> T bean(Class<T> type) {
        return app.getBean(type);
    }

    public void patient(String carer, String id, String name, String number) {
        JdbcClient database = bean(JdbcClient.class);
        database.sql("insert into patient (id, name, carer) values (?, ?, ?)")
                .params(id, name, carer)
                .update();
        database.sql("insert into patient_number (patient, place, label, number) values (?, 0, 'mobile', ?)")
                .params(id, number)
                .update();
    }

    Visitor visitor() {
        return new Visitor(url);
    }

    Visitor as(String user) throws IOException, InterruptedException {
        Visitor visitor = visitor();
        visitor.logIn(user, PASSWORD);
        return visitor;
    }

    /** A provider calls, from outside and without a session. */
    int call(String path, WebhookRequest signed) throws IOException, InterruptedException {
        URI target = URI.create(signed.rawTarget());
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(url + path + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery())))
                .method(signed.method(), HttpRequest.BodyPublishers.ofByteArray(signed.body()));
        signed.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Override
    public void close() {
        app.close();
    }

    /** A browser without a page: cookies, the CSRF header, JSON. */
    static final class Visitor {

        private final CookieManager cookies = new CookieManager();
        private final HttpClient http =
                HttpClient.newBuilder().cookieHandler(cookies).build();
        private final String url;

        Visitor(String url) {
            this.url = url;
        }

        HttpResponse<byte[]> load(String path) throws IOException, InterruptedException {
            return http.send(
                    HttpRequest.newBuilder(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofByteArray());
        }

        JsonNode get(String path) throws IOException, InterruptedException {
            return JSON.readTree(load(path).body());
        }

        /** Opens what doesn't end by itself. */
        HttpResponse<InputStream> open(String path) throws IOException, InterruptedException {
            return http.send(
                    HttpRequest.newBuilder(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofInputStream());
        }

        HttpResponse<String> send(String path, String type, String body, boolean withToken)
                throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (withToken) {
                request.header("X-XSRF-TOKEN", token());
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        JsonNode post(String path, String json) throws IOException, InterruptedException {
            HttpResponse<String> answer = send(path, "application/json", json.replace('\'', '"'), true);
            if (answer.statusCode() != 200) {
                throw new AssertionError(path + " answered " + answer.statusCode() + " " + answer.body());
            }
            return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
        }

        int logIn(String user, String password) throws IOException, InterruptedException {
            load("/index.html");
            int status = send(
                            "/api/login",
                            "application/x-www-form-urlencoded",
                            "username=" + user + "&password=" + URLEncoder.encode(password, StandardCharsets.UTF_8),
                            true)
                    .statusCode();
            load("/api/me");
            return status;
        }

        private String token() {
            return cookies.getCookieStore().getCookies().stream()
                    .filter(each -> each.getName().equals("XSRF-TOKEN"))
                    .map(each -> each.getValue())
                    .findFirst()
                    .orElse("none");
        }

        long threadWith(String name) throws IOException, InterruptedException {
            for (JsonNode thread : get("/api/conversations").get("threads")) {
                if (thread.get("name").asString().equals(name)) {
                    return thread.get("id").asLong();
                }
            }
            throw new AssertionError(name + " isn't in the list");
        }

        /** Opens the stream that an open page has. */
        News news() throws IOException, InterruptedException {
            return news(get("/api/conversations").get("rev").asString(), "");
        }

        /** Opens the stream again, as a browser does after a break. */
        News newsSince(String id) throws IOException, InterruptedException {
            return news("0", id);
        }

        private News news(String rev, String last) throws IOException, InterruptedException {
            News news = new News(new LinkedBlockingQueue<>(), new AtomicReference<>(""), new CompletableFuture<>());
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/api/events?rev=" + rev));
            if (!last.isEmpty()) {
                request.header("Last-Event-ID", last);
            }
            HttpResponse<Stream<String>> stream = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            Thread reader = new Thread(() -> {
                try (Stream<String> lines = stream.body()) {
                    lines.forEach(news::read);
                    news.end().complete("ended");
                } catch (RuntimeException broken) {
                    news.end().complete("broken");
                }
            });
            reader.setDaemon(true);
            reader.start();
            return news;
        }
    }

    /** What the server tells an open page. */
    record News(BlockingQueue<JsonNode> told, AtomicReference<String> id, CompletableFuture<String> end) {

        private void read(String line) {
            if (line.startsWith("id:")) {
                id.set(line.substring(3));
            } else if (line.startsWith("data:")) {
                told.add(JSON.readTree(line.substring(5)));
            }
        }

        /** The first entry of that kind, within a time. */
        JsonNode entry(Duration within, Predicate<JsonNode> wanted) throws InterruptedException {
            long end = System.nanoTime() + within.toNanos();
            while (true) {
                JsonNode news = told.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (news == null) {
                    throw new AssertionError("no such entry was told within " + within);
                }
                for (JsonNode entry : news.get("entries")) {
                    if (wanted.test(entry)) {
                        return entry;
                    }
                }
            }
        }

        JsonNode entry(Predicate<JsonNode> wanted) throws InterruptedException {
            return entry(Duration.ofSeconds(20), wanted);
        }
    }
}
