package io.textonce.example.appointments;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.tools.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A clinic that books appointments and tells its patients by SMS. Settings are environment variables: see the README. */
public final class App implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(App.class);

    private final HttpServer server;
    private final Sms sms;
    private final ExecutorService requests = Executors.newFixedThreadPool(8);
    private final ScheduledExecutorService jobs = Executors.newSingleThreadScheduledExecutor();
    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final String password;
    private final String token;

    /** Nothing is sent and nobody is answered before all of it stands. */
    private App(Map<String, String> settings, HttpServer server) throws SQLException {
        this.server = server;
        this.password = settings.getOrDefault("CLINIC_PASSWORD", secret());
        this.token = settings.getOrDefault("API_TOKEN", secret());
        try {
            Path folder = Path.of(settings.getOrDefault(
                            "DATA_DIR", System.getProperty("appointments.data", System.getProperty("java.io.tmpdir"))))
                    .toAbsolutePath();
            JdbcConnectionPool database = JdbcConnectionPool.create(
                    "jdbc:h2:file:" + folder.resolve("appointments") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE",
                    "clinic",
                    settings.getOrDefault("DB_PASSWORD", ""));
            opened.push(database::dispose);
            ZoneId zone = ZoneId.of(settings.getOrDefault("CLINIC_ZONE", "Asia/Kolkata"));
            Texts texts = new Texts(zone);
            this.sms = new Sms(settings, database, texts.templates());
            opened.push(sms::close);
            Appointments appointments = new Appointments(database, sms, texts, zone);
            if (!settings.getOrDefault("DB_PORT", "").isBlank()) {
                appointments.letWrite(settings.getOrDefault("DB_WRITER_PASSWORD", ""));
                opened.push(Server.createTcpServer(
                                "-tcpPort",
                                settings.getOrDefault("DB_PORT", ""),
                                "-ifExists",
                                "-baseDir",
                                folder.toString())
                        .start()::stop);
            }
            Booking booking = new Booking(appointments, zone);
            Api api = new Api(appointments, booking, texts, sms, new SmsLog(sms.store, texts, zone));
            server.createContext("/", new Web(api, password, token));
            server.createContext(Sms.CALLBACK_PATH, exchange -> Web.webhook(exchange, sms.hooks));
            server.setExecutor(requests);
            sms.start();
            Future<?> watching =
                    jobs.scheduleWithFixedDelay(() -> announceWritten(appointments), 0, 1, TimeUnit.SECONDS);
            opened.push(() -> watching.cancel(false));
            server.start();
        } catch (RuntimeException | SQLException e) {
            close();
            throw e;
        }
    }

    static App start(Map<String, String> settings) throws IOException, SQLException {
        if (!settings.getOrDefault("DB_PORT", "").isBlank()
                && Stream.of("DB_PASSWORD", "DB_WRITER_PASSWORD")
                        .anyMatch(name -> settings.getOrDefault(name, "").isBlank())) {
            throw new IllegalArgumentException("DB_PORT opens the database to whoever is on this machine, and its owner"
                    + " may run any code: set DB_PASSWORD, and DB_WRITER_PASSWORD for the other applications.");
        }
        // First of all: if another process has the port, this one mustn't send beside it.
        return new App(
                settings,
                HttpServer.create(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(),
                                Integer.parseInt(settings.getOrDefault("PORT", "8080"))),
                        0));
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        System.setProperty("sun.net.httpserver.maxReqTime", "10"); // seconds for a request to arrive
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
            Web.log(e);
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

    /** Takes nothing new, lets what is being sent finish, and closes the file. */
    @Override
    public void close() {
        server.stop(0);
        requests.shutdown();
        jobs.shutdown();
        try {
            if (!jobs.awaitTermination(10, TimeUnit.SECONDS) || !requests.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a request or the job is still at work; what it hasn't committed is rolled back");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        opened.forEach(Runnable::run); // the last first
    }
}
