package io.textonce.example.cases;

import io.javalin.Javalin;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.h2.jdbcx.JdbcConnectionPool;

/** A case system that tells its people by SMS. Settings are environment variables: see the README. */
public final class App implements AutoCloseable {

    private final JdbcConnectionPool database;
    final Notifications notifications;
    final Cases cases;

    private App(Map<String, String> settings) {
        String folder = settings.getOrDefault(
                "DATA_DIR", System.getProperty("cases.data", System.getProperty("java.io.tmpdir")));
        Path file = Path.of(folder).toAbsolutePath().resolve("cases");
        this.database =
                JdbcConnectionPool.create("jdbc:h2:file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE", "", "");
        database.setMaxConnections(500); // a change of a case holds one while the SDK reads with another
        this.notifications = new Notifications(settings, database);
        this.cases = new Cases(database, notifications.sandbox);
    }

    static App open(Map<String, String> settings) {
        return new App(settings);
    }

    /** Starts to listen, on this machine only. */
    Javalin serve(int port, String token) {
        Javalin server = new Api(this, token).server().start("127.0.0.1", port);
        notifications.start(); // only now: if another process has the port, this one mustn't send beside it
        return server;
    }

    public static void main(String[] arguments) {
        Map<String, String> settings = System.getenv();
        App app = open(settings);
        if (arguments.length > 0) {
            try (app) {
                System.out.println(new Commands(app).run(arguments));
            }
            return;
        }
        byte[] random = new byte[15];
        new SecureRandom().nextBytes(random);
        String token = settings.getOrDefault("API_TOKEN", Base64.getUrlEncoder().encodeToString(random));
        Javalin server;
        try {
            server = app.serve(Integer.parseInt(settings.getOrDefault("PORT", "8081")), token);
        } catch (RuntimeException e) {
            app.close();
            throw e;
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.stop();
                            app.close();
                        },
                        "cases-close"));
        System.out.println("Cases:     http://localhost:" + server.port() + "/");
        System.out.println("API token: " + token);
        System.out.println(app.notifications.mode);
        System.out.println();
        System.out.println(new Commands(app).run("config"));
    }

    /** Lets what is being sent finish, and closes the file. */
    @Override
    public void close() {
        notifications.close();
        database.dispose();
    }
}
