package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.smsbroadcast.SmsBroadcastProvider;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.twilio.TwilioProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a provider answers: one request, one verdict a recipient, nothing thrown, and nothing believed that an answer
 * with that status can't say.
 */
@Tag("once")
class ReplyFuzzTest {

    /** The first byte of an input chooses one. */
    private static final int[] STATUSES = {
        200, 201, 202, 302, 307, 400, 401, 402, 403, 404, 408, 409, 413, 421, 422, 425, 429, 499, 500, 502, 503, 504
    };

    /** They prove nothing, unless a profile names the very status. */
    private static final Set<Integer> PROVING_NOTHING = Set.of(302, 307, 408, 409, 499, 502, 504);

    private static final List<Submission> BATCH = List.of(to("+61491570156"), to("+61491570157"), to("+61491570158"));

    private static final AtomicInteger REQUESTS = new AtomicInteger();
    private static final Map<String, SmsProvider> PROVIDERS = new LinkedHashMap<>();
    private static HttpServer server;
    private static byte[] input = new byte[0];

    @BeforeAll
    static void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", ReplyFuzzTest::answer);
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        PROVIDERS.put(
                "twilio",
                TwilioProvider.builder()
                        .accountSid("AC" + "0".repeat(32))
                        .authToken("0".repeat(32))
                        .from(SenderId.of("+12025550100"))
                        .baseUrl(url)
                        .build());
        PROVIDERS.put(
                "smsbroadcast",
                SmsBroadcastProvider.builder()
                        .credentials("key", "secret")
                        .baseUrl(url)
                        .build());
        PROVIDERS.put(
                "sns",
                SnsProvider.builder()
                        .region("us-east-1")
                        .credentials("AKIDEXAMPLE", "secret")
                        .baseUrl(url)
                        .build());
        PROVIDERS.put(
                "end-user-messaging",
                SnsProvider.endUserMessaging()
                        .region("us-east-1")
                        .credentials("AKIDEXAMPLE", "secret")
                        .from(SenderId.of("+12025550100"))
                        .baseUrl(url)
                        .build());
        for (String id : GatewayProfile.shipped()) {
            PROVIDERS.put(id, gateway(GatewayProfile.shipped(id), url));
        }
    }

    @AfterAll
    static void stop() {
        PROVIDERS.values().forEach(SmsProvider::close);
        server.stop(0);
    }

    /** Without {@link Bounded}: Jazzer watches regular expressions at a price far above their own. */
    @FuzzTest
    void believesOnlyWhatAnAnswerCanSay(byte[] answer) {
        input = answer;
        PROVIDERS.keySet().forEach(ReplyFuzzTest::believed);
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] body) {
        for (byte status : new byte[] {0, 5}) {
            input = Arrays.copyOf(body, Math.max(1, body.length));
            input[0] = status;
            PROVIDERS.keySet().forEach(id -> Bounded.run("by " + id, () -> believed(id)));
        }
    }

    private static void believed(String id) {
        REQUESTS.set(0);
        List<SubmitReply> verdicts = submit(PROVIDERS.get(id));
        assertThat(REQUESTS).as("requests to " + id).hasValue(1);
        int status = status(input);
        for (SubmitReply verdict : verdicts) {
            if (PROVING_NOTHING.contains(status)) {
                assertThat(verdict.outcome()).as(id + " " + status).isEqualTo(Outcome.UNKNOWN);
            } else if (status >= 300) {
                assertThat(verdict.outcome()).as(id + " " + status).isNotEqualTo(Outcome.ACCEPTED);
            }
        }
    }

    private static List<SubmitReply> submit(SmsProvider provider) {
        BatchSubmitter batch = provider.role(BatchSubmitter.class).orElse(null);
        if (batch == null) {
            return List.of(provider.submit(BATCH.get(0)));
        }
        List<Submission> group = BATCH.subList(0, Math.min(BATCH.size(), batch.maxRecipients()));
        List<SubmitReply> verdicts = new ArrayList<>(batch.submit(group));
        assertThat(verdicts).hasSameSizeAs(group);
        return verdicts;
    }

    private static int status(byte[] answer) {
        return STATUSES[answer.length == 0 ? 0 : Byte.toUnsignedInt(answer[0]) % STATUSES.length];
    }

    private static void answer(HttpExchange exchange) {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            REQUESTS.incrementAndGet();
            byte[] body = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
            exchange.getResponseHeaders().set("Location", "/again");
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(status(input), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SmsProvider gateway(GatewayProfile profile, String url) {
        GatewayProvider.Builder builder =
                GatewayProvider.builder(profile).baseUrl(url).from(SenderId.of("+61491570100"));
        profile.secrets().forEach(secret -> builder.secret(secret, "s3cret-" + secret));
        return builder.build();
    }

    private static Submission to(String number) {
        return Submission.builder(MessageId.next(), PhoneNumber.of(number), "Hello")
                .segments(1)
                .build();
    }
}
