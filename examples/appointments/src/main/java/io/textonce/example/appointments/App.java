package io.textonce.example.appointments;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A clinic that books appointments and tells its patients by SMS. Settings are environment variables: see the README. */
public final class App implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(App.class);

    private final JdbcConnectionPool database;
    private final @Nullable Server sharing;
    private final Sms sms;
    private final HttpServer server;
    private final ExecutorService requests = Executors.newFixedThreadPool(8);
    private final ScheduledExecutorService jobs = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> watching;
    private final String password;
    private final String token;

    private App(Map<String, String> settings) throws IOException, SQLException {
        String folder = settings.getOrDefault(
                "DATA_DIR", System.getProperty("appointments.data", System.getProperty("java.io.tmpdir")));
        Path file = Path.of(folder).toAbsolutePath().resolve("appointments");
        this.database = JdbcConnectionPool.create(
                "jdbc:h2:file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE",
                "clinic",
                settings.getOrDefault("DB_PASSWORD", ""));
        String port = settings.getOrDefault("DB_PORT", "");
        this.sharing = port.isBlank()
                ? null
                : Server.createTcpServer("-tcpPort", port, "-ifExists").start();
        this.password = settings.getOrDefault("CLINIC_PASSWORD", secret());
        this.token = settings.getOrDefault("API_TOKEN", secret());
        ZoneId zone = ZoneId.of(settings.getOrDefault("CLINIC_ZONE", "Asia/Kolkata"));
        Texts texts = new Texts(zone);
        this.sms = new Sms(settings, database, texts.templates());
        Appointments appointments = new Appointments(database, sms, texts);
        this.watching = jobs.scheduleWithFixedDelay(() -> announceWritten(appointments), 0, 1, TimeUnit.SECONDS);
        String formToken = secret();
        Booking booking = new Booking(appointments, zone);
        Web web = new Web(appointments, sms, new Pages(texts, zone, sms.mode, formToken), booking, formToken);
        this.server = HttpServer.create(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), Integer.parseInt(settings.getOrDefault("PORT", "8080"))),
                0);
        server.createContext("/", web).setAuthenticator(new BasicAuthenticator("clinic", StandardCharsets.UTF_8) {
            @Override
            public boolean checkCredentials(String user, String entered) {
                return same(password, entered);
            }
        });
        server.createContext("/style.css", Web::style);
        server.createContext("/api/", new Api(appointments, booking, texts, sms, token));
        server.createContext(Sms.CALLBACK_PATH, web::webhook);
        server.setExecutor(requests);
        server.start();
    }

    static App start(Map<String, String> settings) throws IOException, SQLException {
        return new App(settings);
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        App app = start(System.getenv());
        Runtime.getRuntime().addShutdownHook(new Thread(app::close, "appointments-close"));
        System.out.println("Appointments: http://localhost:" + app.port() + "/");
        System.out.println("Password:     " + app.password + " (any user name)");
        System.out.println("API token:    " + app.token);
        System.out.println(app.sms.mode);
        System.out.println();
        System.out.println(app.sms.client.diagnose());
    }

    /** The job goes on with the next second, whatever happens in this one. */
    private static void announceWritten(Appointments appointments) {
        try {
            appointments.announceWritten();
        } catch (RuntimeException e) {
            LOG.error("rows of other applications couldn't be looked after", e);
        }
    }

    Sms sms() {
        return sms;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static String secret() {
        byte[] random = new byte[15];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().encodeToString(random);
    }

    /** Compares in constant time. */
    static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes nothing new, lets what is being sent finish, and closes the file. */
    @Override
    public void close() {
        server.stop(0);
        watching.cancel(false);
        requests.shutdown();
        jobs.shutdown();
        try {
            if (!jobs.awaitTermination(10, TimeUnit.SECONDS) || !requests.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a request or the job is still at work; what it hasn't committed is rolled back");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sms.close();
        if (sharing != null) {
            sharing.stop();
        }
        database.dispose();
    }
}
