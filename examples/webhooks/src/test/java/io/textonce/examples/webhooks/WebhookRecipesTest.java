package io.textonce.examples.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.functions.invoker.runner.Invoker;
import com.sun.net.httpserver.HttpServer;
import io.javalin.Javalin;
import io.textonce.InboundMessage;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventRepository;
import io.textonce.testkit.SignedTwilioRequest;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookReceiver;
import jakarta.servlet.http.HttpServlet;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.glassfish.jersey.jdkhttp.JdkHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/**
 * Each recipe over a real socket: the provider signs the public URL, a proxy has cut its prefix off, and the framework sees
 * the rest.
 */
class WebhookRecipesTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String PUBLIC = "https://sms.example.org/edge";
    private static final String TARGET = "/hooks/twilio?clinic=7&note=a%20b%2Bc&empty=";
    private static final String TEXT = "Yes & no + 50% \u00e9 \ud83d\ude00";

    private final InMemoryStore store = new InMemoryStore();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @ParameterizedTest
    @EnumSource
    void takesASignedFormWhoseAddressHasAQueryBehindAProxyPrefix(Framework framework) throws Exception {
        try (Running server = framework.start(receiver())) {
            HttpResponse<String> first = post(server, signed("SM00000000000000000000000000000001", PUBLIC + TARGET));
            HttpResponse<String> again = post(server, signed("SM00000000000000000000000000000001", PUBLIC + TARGET));

            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.headers().firstValue("Content-Type").orElse("")).startsWith("text/xml");
            assertThat(first.body()).contains("<Response");
            assertThat(again.statusCode()).isEqualTo(200);
            List<EventRepository.Stored> events = store.since(TenantId.DEFAULT, 0, 10);
            assertThat(events).hasSize(1);
            assertThat(((InboundMessage) events.get(0).event()).text()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesASignedGet(Framework framework) throws Exception {
        try (Running server = framework.start(receiver())) {
            WebhookRequest signed = SignedTwilioRequest.get(PUBLIC + "/hooks/twilio")
                    .param("MessageSid", "SM00000000000000000000000000000002")
                    .param("From", "+12025550101")
                    .param("To", "+12025550199")
                    .param("Body", TEXT)
                    .sign(TOKEN);
            String seen = signed.rawTarget().substring(PUBLIC.length());

            assertThat(send(server, seen, signed, "GET").statusCode()).isEqualTo(200);
            assertThat(store.since(TenantId.DEFAULT, 0, 10)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatWasSignedForAnotherAddressAndWhatIsTooLarge(Framework framework) throws Exception {
        try (Running server = framework.start(receiver())) {
            WebhookRequest elsewhere = signed("SM00000000000000000000000000000003", PUBLIC + TARGET + "1");
            WebhookRequest huge = SignedTwilioRequest.post(PUBLIC + TARGET)
                    .param("MessageSid", "SM00000000000000000000000000000004")
                    .param("Body", "x".repeat(80_000))
                    .sign(TOKEN);

            assertThat(post(server, elsewhere).statusCode()).isEqualTo(403);
            assertThat(post(server, huge).statusCode()).isEqualTo(413);
            assertThat(store.since(TenantId.DEFAULT, 0, 10)).isEmpty();
        }
    }

    private WebhookReceiver receiver() {
        TwilioProvider twilio = TwilioProvider.builder()
                .accountSid("AC00000000000000000000000000000000")
                .authToken(TOKEN)
                .from(SenderId.of("+12025550199"))
                .build();
        return WebhookReceiver.builder(store)
                .suppressions(store)
                .publicBaseUrl(PUBLIC)
                .endpoint("twilio", TenantId.DEFAULT, twilio)
                .build();
    }

    private static WebhookRequest signed(String sid, String url) {
        return SignedTwilioRequest.post(url)
                .param("MessageSid", sid)
                .param("From", "+12025550101")
                .param("To", "+12025550199")
                .param("Body", TEXT)
                .param("NumMedia", "0")
                .sign(TOKEN);
    }

    private HttpResponse<String> post(Running server, WebhookRequest signed) throws Exception {
        return send(server, TARGET, signed, "POST");
    }

    private HttpResponse<String> send(Running server, String target, WebhookRequest signed, String method)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(signed.body()));
        signed.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A server on a port of its own. */
    record Running(int port, Closeable stop) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            stop.close();
        }
    }

    enum Framework {
        JDK_SERVER {
            @Override
            Running start(WebhookReceiver receiver) throws IOException {
                HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                server.createContext("/hooks/", new JdkServerHooks(receiver));
                server.start();
                return new Running(server.getAddress().getPort(), () -> server.stop(0));
            }
        },
        SERVLET {
            @Override
            Running start(WebhookReceiver receiver) throws Exception {
                return tomcat(new WebhookServlet(receiver), "/hooks/*");
            }
        },
        SPRING_MVC {
            @Override
            Running start(WebhookReceiver receiver) throws Exception {
                AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
                context.register(WebMvc.class);
                context.addBeanFactoryPostProcessor(
                        beans -> beans.registerSingleton("springHooks", new SpringHooks(receiver)));
                return tomcat(new DispatcherServlet(context), "/");
            }
        },
        JAVALIN {
            @Override
            Running start(WebhookReceiver receiver) {
                Javalin server = Javalin.create(config -> {
                            config.startup.showJavalinBanner = false;
                            config.jetty.host = "127.0.0.1";
                            config.routes.post("/hooks/{endpoint}", new JavalinHooks(receiver));
                            config.routes.get("/hooks/{endpoint}", new JavalinHooks(receiver));
                        })
                        .start(0);
                return new Running(server.port(), server::stop);
            }
        },
        JAX_RS {
            @Override
            Running start(WebhookReceiver receiver) {
                HttpServer server = JdkHttpServerFactory.createHttpServer(
                        URI.create("http://127.0.0.1:0/"), new ResourceConfig().register(new JaxRsHooks(receiver)));
                return new Running(server.getAddress().getPort(), () -> server.stop(0));
            }
        },
        CLOUD_FUNCTION {
            @Override
            Running start(WebhookReceiver receiver) throws Exception {
                Deployed.receiver = receiver;
                int port = free();
                Invoker invoker = new Invoker(port, Deployed.class.getName(), "http", Deployed.class.getClassLoader());
                invoker.startTestServer();
                return new Running(port, () -> stop(invoker));
            }
        };

        abstract Running start(WebhookReceiver receiver) throws Exception;

        private static Running tomcat(HttpServlet servlet, String mapping) throws Exception {
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(Files.createTempDirectory("textonce").toString());
            tomcat.setHostname("127.0.0.1");
            tomcat.setPort(0);
            tomcat.setSilent(true);
            Context context = tomcat.addContext("", null);
            Tomcat.addServlet(context, "hooks", servlet);
            context.addServletMappingDecoded(mapping, "hooks");
            tomcat.getConnector();
            tomcat.start();
            return new Running(tomcat.getConnector().getLocalPort(), () -> stop(tomcat));
        }

        private static void stop(Tomcat tomcat) throws IOException {
            try {
                tomcat.stop();
                tomcat.destroy();
            } catch (LifecycleException e) {
                throw new IOException(e);
            }
        }

        private static void stop(Invoker invoker) throws IOException {
            try {
                invoker.stopServer();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        /** The invoker takes a port and nothing else; it may be gone again, which fails the test loudly. */
        private static int free() throws IOException {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        }
    }

    @EnableWebMvc
    static class WebMvc {}

    /** The invoker makes its own instance by reflection. */
    public static final class Deployed extends CloudFunctionHooks {
        static volatile WebhookReceiver receiver;

        public Deployed() {
            super("twilio", receiver);
        }
    }
}
