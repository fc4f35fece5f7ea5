package io.textonce.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.RawBehaviour.Ending;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every {@link SmsProvider} must do, as tests: a provider module subclasses this with fixtures only.
 *
 * <p>Guaranteed for a provider that passes: one submit is one request received, never repeated, redirected or moved to
 * another outcome without proof; every doubt is reported as unknown; a webhook is believed only if it is genuine, and no
 * payload makes the parser throw; neither number, text nor secret stands in any reply's texts, in {@code toString} or on
 * the console. Not guaranteed: that the fixtures are the provider's real answers; EVIDENCE.md of the module is for that.
 *
 * <pre>{@code
 * class TwilioContractTest extends SmsProviderContract {
 *     protected SmsProvider provider(String baseUrl) { return TwilioProvider.builder()....baseUrl(baseUrl).build(); }
 *     protected ScriptedReply accepted() { return ScriptedReply.json(201, read("submit-accepted.json")); }
 *     ...
 * }
 * }</pre>
 *
 * <p>Tests of one class must run one after the other, because the console is watched. Not thread-safe.
 */
public abstract class SmsProviderContract {

    /** Our id in every submission and delivery report of the contract. */
    public static final MessageId MESSAGE_ID = MessageId.of("0123456789abc");

    /** The recipient: a number that belongs to nobody. */
    public static final PhoneNumber RECIPIENT = PhoneNumber.of("+12025550123");

    /** The text, recognisable wherever it leaks to. */
    public static final String TEXT = "Canary 7Qx: your table is ready";

    private static final PhoneNumber SECOND_RECIPIENT = PhoneNumber.of("+12025550124");

    private static final Duration PATIENT = Duration.ofSeconds(10);
    private static final Duration IMPATIENT = Duration.ofMillis(300);

    private final Console console = new Console();

    /** For subclasses. */
    protected SmsProviderContract() {}

    /**
     * A documented refusal.
     *
     * <p>Immutable and thread-safe.
     *
     * @param name what is refused, for the test's name
     * @param reply the provider's reply
     * @param reason our word for it
     * @param providerCode the provider's code, or null if it has none
     */
    public record Refusal(
            String name,
            ScriptedReply reply,
            Reason reason,
            @Nullable String providerCode) {}

    /**
     * The provider under test with all its secrets, talking to another place.
     *
     * @param baseUrl scheme, host and port, without a slash at the end
     * @return a new provider, closed by the contract
     */
    protected abstract SmsProvider provider(String baseUrl);

    /**
     * The documented success.
     *
     * @return the reply
     */
    protected abstract ScriptedReply accepted();

    /**
     * The message id in {@link #accepted()}.
     *
     * @return the id, or null if the provider gives none
     */
    protected abstract @Nullable String acceptedId();

    /**
     * Fails unless a request is the documented one for {@link #submission}, by Jupiter's assertions.
     *
     * @param request as it was received
     */
    protected abstract void assertDocumented(RawServer.Request request);

    /**
     * Documented refusals, at least one for each {@link Reason} that the module maps.
     *
     * @return the refusals
     */
    protected abstract List<Refusal> refusals();

    /**
     * The documented answer to too many requests, with {@code Retry-After: 7} in the provider's form.
     *
     * @return the reply; empty if the provider documents none
     */
    protected abstract Optional<ScriptedReply> throttled();

    /**
     * Everything that must never be shown: passwords, keys, and headers made of them.
     *
     * @return the secrets
     */
    protected abstract List<String> secrets();

    /**
     * The provider's webhooks.
     *
     * @return the fixtures; empty if the provider has no {@link WebhookParser}
     */
    protected abstract Optional<WebhookFixtures> webhooks();

    /**
     * What is submitted.
     *
     * @param timeout how long the request may take
     * @return {@link #TEXT} to {@link #RECIPIENT}, unless overridden
     */
    protected Submission submission(Duration timeout) {
        return Submission.builder(MESSAGE_ID, RECIPIENT, TEXT)
                .segments(1)
                .timeout(timeout)
                .build();
    }

    /**
     * Replies with a status of success that prove nothing.
     *
     * @return by name; by default an empty body, other JSON, HTML, and half of {@link #accepted()}
     */
    protected Map<String, ScriptedReply> malformed() {
        ScriptedReply accepted = accepted();
        String body = accepted.body();
        Map<String, ScriptedReply> all = new LinkedHashMap<>();
        all.put("an empty body", accepted.withBody(""));
        all.put("an empty object", accepted.withBody("{}"));
        all.put("null", accepted.withBody("null"));
        all.put("a list", accepted.withBody("[]"));
        all.put("HTML", new ScriptedReply(200, Map.of("Content-Type", "text/html"), "<html>Sign in</html>"));
        all.put("half of the reply", accepted.withBody(body.substring(0, body.length() / 2)));
        all.put("all but the last character", accepted.withBody(body.substring(0, body.length() - 1)));
        return all;
    }

    /**
     * HTTP statuses that prove nothing at this provider.
     *
     * @return by default redirects, 408, 409, and all of 5xx
     */
    protected List<Integer> unknownStatuses() {
        return List.of(301, 302, 303, 307, 308, 408, 409, 500, 501, 502, 503, 504, 520);
    }

    @BeforeEach
    void watchTheConsole() {
        console.watch();
    }

    @AfterEach
    void showsNothingPersonalOnTheConsole() {
        assertClean("the console", console.release());
    }

    @Test
    void hasANameThatHostsCanStore() {
        try (RawServer server = RawServer.start();
                SmsProvider provider = provider(server.url(""))) {
            assertTrue(
                    provider.name().matches("[a-z0-9-]{1,32}"),
                    () -> "the name is " + provider.name() + "; allowed are 1 to 32 of a-z, 0-9 and -");
            assertNotNull(provider.capabilities(), "capabilities");
            assertSame(
                    provider.capabilities().segments(),
                    provider.capabilities().segments(),
                    "capabilities are constant");
            assertClean("toString", String.valueOf(provider));
            assertEquals(0, server.received(), "requests made before the first submit");
        }
    }

    @Test
    void sendsTheDocumentedRequest() {
        SubmitReply reply = submit(accepted().behaviour(), this::assertDocumented);
        assertEquals(Outcome.ACCEPTED, reply.outcome(), reply::toString);
    }

    @Test
    void acceptsOnTheDocumentedSuccessOnly() {
        SubmitReply reply = submit(accepted().behaviour(), request -> {});
        assertEquals(Outcome.ACCEPTED, reply.outcome(), reply::toString);
        assertEquals(Optional.ofNullable(acceptedId()), reply.providerMessageId());
    }

    @TestFactory
    Stream<DynamicTest> reportsEachDocumentedRefusal() {
        return refusals().stream()
                .map(refusal -> dynamicTest(
                        refusal.name(),
                        () -> watched(() -> {
                            SubmitReply reply = submit(refusal.reply().behaviour(), request -> {});
                            assertEquals(Outcome.REJECTED, reply.outcome(), reply::toString);
                            assertEquals(Optional.of(Proof.PROVIDER_REFUSED), reply.proof());
                            assertEquals(Optional.of(refusal.reason()), reply.reason());
                            assertFalse(reply.explanation().isBlank(), "a refusal says what to do");
                            if (refusal.providerCode() != null) {
                                assertEquals(Optional.of(refusal.providerCode()), reply.providerCode());
                            }
                        })));
    }

    @Test
    void passesOnHowLongToWait() {
        throttled().ifPresent(reply -> {
            SubmitReply result = submit(reply.behaviour(), request -> {});
            assertEquals(Optional.of(Reason.THROTTLED), result.reason(), result::toString);
            assertEquals(Optional.of(Proof.PROVIDER_REFUSED), result.proof());
            assertEquals(Optional.of(Duration.ofSeconds(7)), result.retryAfter());
        });
    }

    @TestFactory
    Stream<DynamicTest> reportsASuccessThatProvesNothingAsUnknown() {
        return malformed().entrySet().stream()
                .map(entry -> dynamicTest(
                        entry.getKey(),
                        () -> watched(
                                () -> assertUnknown(submit(entry.getValue().behaviour(), request -> {})))));
    }

    @Test
    void reportsAReplyOverTheSizeLimitAsUnknown() {
        ScriptedReply accepted = accepted();
        assertUnknown(submit(
                accepted.withBody(accepted.body() + " ".repeat(3 << 20)).behaviour(), request -> {}));
    }

    @TestFactory
    Stream<DynamicTest> reportsStatusesThatProveNothingAsUnknown() {
        return unknownStatuses().stream()
                .flatMap(status -> Stream.of(
                        dynamicTest(
                                status + " with HTML",
                                () -> watched(
                                        () -> assertUnknown(submit(html(status).behaviour(), request -> {})))),
                        dynamicTest(
                                status + " with the body of a success",
                                () -> watched(() -> assertUnknown(
                                        submit(accepted().withStatus(status).behaviour(), request -> {}))))));
    }

    @Test
    void reportsATimeoutAsUnknown() {
        assertUnknown(submit(IMPATIENT, RawBehaviour.hang(), request -> {}));
    }

    @TestFactory
    Stream<DynamicTest> reportsACutConnectionAsUnknown() {
        byte[] reply = accepted().bytes();
        List<RawBehaviour> cuts = new ArrayList<>();
        for (Ending ending : Ending.values()) {
            cuts.add(RawBehaviour.drop(ending));
            cuts.add(RawBehaviour.cutReply(reply, 5, ending));
            cuts.add(RawBehaviour.cutReply(reply, reply.length - 1, ending));
        }
        return cuts.stream()
                .flatMap(cut -> Stream.of(
                        dynamicTest(
                                cut + ", new connection",
                                () -> watched(() -> assertUnknown(submit(cut, request -> {})))),
                        dynamicTest(cut + ", used connection", () -> watched(() -> cutOnAUsedConnection(cut)))));
    }

    private void cutOnAUsedConnection(RawBehaviour cut) {
        try (RawServer server = RawServer.start()) {
            SubmitReply reply;
            try (SmsProvider provider = provider(server.url(""))) {
                server.next(accepted().behaviour());
                assertEquals(
                        Outcome.ACCEPTED,
                        checked(provider.submit(submission(PATIENT))).outcome());
                server.next(cut).otherwise(accepted().behaviour());
                reply = checked(provider.submit(submission(PATIENT)));
            }
            server.settle();
            assertUnknown(reply);
            assertEquals(2, server.received(), "requests received for two submissions");
        }
    }

    @Test
    void knowsThatARefusedConnectionTransmittedNothing() throws IOException {
        int port;
        try (ServerSocket nobodyListens = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobodyListens.getLocalPort();
        }
        try (SmsProvider provider = provider("http://127.0.0.1:" + port)) {
            assertNotTransmitted(checked(provider.submit(submission(PATIENT))));
        }
    }

    @Test
    void knowsThatAnUnknownHostTransmittedNothing() {
        try (SmsProvider provider = provider("https://textonce-contract.invalid")) {
            assertNotTransmitted(checked(provider.submit(submission(PATIENT))));
        }
    }

    @Test
    void submitsFromManyThreads() {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (RawServer server = RawServer.start();
                SmsProvider provider = provider(server.url(""))) {
            server.otherwise(accepted().behaviour());
            List<CompletableFuture<SubmitReply>> replies = new ArrayList<>();
            for (int i = 0; i < 5 * threads; i++) {
                replies.add(CompletableFuture.supplyAsync(() -> provider.submit(submission(PATIENT)), pool));
            }
            replies.forEach(reply ->
                    assertEquals(Outcome.ACCEPTED, checked(reply.join()).outcome()));
            assertEquals(5 * threads, server.received(), "requests received");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void leavesEveryRecipientOfALostBatchInDoubt() {
        List<SubmitReply> replies = submitBatch(RawBehaviour.drop(Ending.RST));
        replies.forEach(SmsProviderContract::assertUnknown);
    }

    /** A reply that speaks of one recipient proves nothing about another. */
    @Test
    void leavesARecipientWithoutAVerdictInDoubt() {
        List<SubmitReply> replies = submitBatch(accepted().behaviour());
        if (!replies.isEmpty()) {
            assertUnknown(replies.get(1));
        }
    }

    /** Two recipients in one request, and one request received; no replies if the provider plays no such role. */
    private List<SubmitReply> submitBatch(RawBehaviour behaviour) {
        try (RawServer server = RawServer.start();
                SmsProvider provider = provider(server.url(""))) {
            BatchSubmitter submitter = provider.role(BatchSubmitter.class).orElse(null);
            if (submitter == null) {
                return List.of();
            }
            assertTrue(submitter.maxRecipients() >= 2, "a batch takes two recipients or more");
            server.next(behaviour).otherwise(accepted().behaviour());
            Submission first = submission(PATIENT);
            Submission second = Submission.builder(MessageId.of("0123456789abd"), SECOND_RECIPIENT, first.text())
                    .from(first.from().orElse(null))
                    .segments(first.segments())
                    .extra(first.extra())
                    .timeout(PATIENT)
                    .build();
            List<SubmitReply> replies = submitter.submit(List.of(first, second));
            server.settle();
            assertEquals(1, server.received(), "requests received for one batch");
            assertEquals(2, replies.size(), "replies for two submissions");
            replies.forEach(this::checked);
            return replies;
        }
    }

    @Test
    void hasAWebhookParserIfThereAreFixturesForOne() {
        try (SmsProvider provider = provider("https://textonce-contract.invalid")) {
            assertEquals(
                    webhooks().isPresent(),
                    provider.role(WebhookParser.class).isPresent(),
                    "WebhookParser and webhooks() go together");
        }
    }

    @Test
    void readsAGenuineDeliveryReport() {
        withWebhooks((fixtures, parser) -> {
            DeliveryReport report = only(DeliveryReport.class, parser, genuine(fixtures, fixtures.deliveryReport()));
            assertEquals(DeliveryStatus.DELIVERED, report.status());
            if (fixtures.echoesMessageId()) {
                assertEquals(Optional.of(MESSAGE_ID), report.messageId());
            }
        });
    }

    @Test
    void readsAGenuineInboundMessage() {
        withWebhooks((fixtures, parser) -> {
            InboundMessage message = only(InboundMessage.class, parser, genuine(fixtures, fixtures.inbound()));
            assertClean("toString of an inbound message", message.toString());
            assertFalse(message.text().isEmpty() && message.media().isEmpty(), "text and media are both empty");
        });
    }

    @Test
    void keepsAGenuineEventOfAnUnknownKind() {
        withWebhooks((fixtures, parser) -> only(OtherEvent.class, parser, genuine(fixtures, fixtures.unknownKind())));
    }

    @Test
    void readsEveryEventOfABatch() {
        withWebhooks((fixtures, parser) -> {
            if (fixtures.batchSize() > 0) {
                List<SmsEvent> events = verified(parser, genuine(fixtures, fixtures.batch()));
                assertEquals(fixtures.batchSize(), events.size());
                Set<String> ids = new HashSet<>();
                events.forEach(event -> ids.add(event.id()));
                assertEquals(events.size(), ids.size(), "event ids differ");
            }
        });
    }

    @Test
    void refusesATamperedWebhook() {
        withWebhooks((fixtures, parser) -> {
            for (byte[] body : List.of(fixtures.deliveryReport(), fixtures.inbound())) {
                WebhookRequest signed = genuine(fixtures, body);
                for (byte[] changed : fixtures.tampered(body)) {
                    assertRefused(parser, with(signed, changed));
                }
            }
        });
    }

    @Test
    void refusesAWebhookWithoutASignature() {
        withWebhooks((fixtures, parser) -> {
            for (byte[] body : List.of(fixtures.deliveryReport(), fixtures.inbound(), fixtures.unknownKind())) {
                assertRefused(parser, fixtures.unsigned(genuine(fixtures, body)));
            }
        });
    }

    @Test
    void refusesASecretThatIsNotConfigured() {
        withWebhooks((fixtures, parser) -> {
            String wrong = new StringBuilder(fixtures.secrets().get(0))
                    .reverse()
                    .append('x')
                    .toString();
            assertRefused(parser, fixtures.sign(fixtures.deliveryReport(), wrong));
        });
    }

    @Test
    void believesEverySecretWhileOneIsRotated() {
        withWebhooks((fixtures, parser) -> {
            for (String secret : fixtures.secrets()) {
                only(DeliveryReport.class, parser, fixtures.sign(fixtures.deliveryReport(), secret));
            }
        });
    }

    @Test
    void givesARepeatedWebhookTheSameEventId() {
        withWebhooks((fixtures, parser) -> {
            Set<String> ids = new HashSet<>();
            List<byte[]> bodies = List.of(fixtures.deliveryReport(), fixtures.inbound(), fixtures.unknownKind());
            for (byte[] body : bodies) {
                String first = verified(parser, genuine(fixtures, body)).get(0).id();
                assertEquals(
                        first, verified(parser, genuine(fixtures, body)).get(0).id(), "a repeat's event id");
                ids.add(first);
            }
            assertEquals(bodies.size(), ids.size(), "ids of different events");
        });
    }

    @Test
    void refusesABodyOverTheSizeLimit() {
        withWebhooks((fixtures, parser) -> {
            byte[] body = new byte[parser.maxBodyBytes() + 1];
            Arrays.fill(body, (byte) 'a');
            assertRefused(parser, genuine(fixtures, body));
        });
    }

    @Test
    void neverThrowsForGarbage() {
        withWebhooks((fixtures, parser) -> {
            long seed = Long.getLong("textonce.seed", 20_261_121L);
            Random random = new Random(seed);
            List<byte[]> bodies = List.of(fixtures.deliveryReport(), fixtures.inbound(), fixtures.unknownKind());
            for (int i = 0; i < 600; i++) {
                byte[] body = garbage(random, bodies.get(i % bodies.size()));
                // Signed, so that the reading behind the verifying is reached too.
                WebhookRequest request =
                        i % 2 == 0 ? genuine(fixtures, body) : with(genuine(fixtures, fixtures.inbound()), body);
                int number = i;
                ParsedWebhook parsed = assertDoesNotThrow(
                        () -> parser.parse(request, origin()), () -> "seed " + seed + ", case " + number);
                assertNotNull(parsed, "a parser answers");
            }
            for (String method : List.of("GET", "PUT", "HEAD", "")) {
                assertNotNull(parser.parse(
                        WebhookRequest.builder(method, "::not a url").build(), origin()));
            }
        });
    }

    @Test
    void acknowledgesWithSuccess() {
        withWebhooks((fixtures, parser) -> {
            int status = parser.acknowledgement().status();
            assertTrue(status >= 200 && status < 300, () -> "the acknowledgement's status is " + status);
        });
    }

    private interface WebhookTest {
        void run(WebhookFixtures fixtures, WebhookParser parser);
    }

    private void withWebhooks(WebhookTest test) {
        webhooks().ifPresent(fixtures -> {
            try (SmsProvider provider = provider("https://textonce-contract.invalid")) {
                test.run(fixtures, provider.role(WebhookParser.class).orElseThrow());
            }
        });
    }

    private SubmitReply submit(RawBehaviour behaviour, Consumer<RawServer.Request> check) {
        return submit(PATIENT, behaviour, check);
    }

    /** One submission, one request received; a second one would have been accepted. */
    private SubmitReply submit(Duration timeout, RawBehaviour behaviour, Consumer<RawServer.Request> check) {
        try (RawServer server = RawServer.start()) {
            server.next(behaviour).otherwise(accepted().behaviour());
            SubmitReply reply;
            try (SmsProvider provider = provider(server.url(""))) {
                reply = checked(provider.submit(submission(timeout)));
            }
            server.settle();
            assertEquals(1, server.received(), "requests received for one submission");
            check.accept(server.requests().get(0));
            return reply;
        }
    }

    private ScriptedReply html(int status) {
        Map<String, String> headers = Map.of(
                "Content-Type", "text/html",
                "Retry-After", "0",
                "Location", "/elsewhere");
        return new ScriptedReply(status, headers, "<html>" + RECIPIENT.e164() + " " + TEXT + "</html>");
    }

    private SubmitReply checked(@Nullable SubmitReply reply) {
        if (reply == null) {
            throw new AssertionError("submit returned null");
        }
        assertClean("a reply", reply + " " + reply.explanation() + " " + reply.providerCode());
        return reply;
    }

    private static void assertUnknown(SubmitReply reply) {
        assertEquals(Outcome.UNKNOWN, reply.outcome(), () -> "nothing is proven, but the reply is " + reply);
        assertFalse(reply.explanation().isBlank(), "a doubt is explained");
    }

    private static void assertNotTransmitted(SubmitReply reply) {
        assertEquals(Optional.of(Proof.NOT_TRANSMITTED), reply.proof(), reply::toString);
        assertFalse(reply.explanation().isBlank(), "it says what to check");
    }

    private static Origin origin() {
        return new Origin(TenantId.DEFAULT, "contract", "contract", Instant.EPOCH);
    }

    private static WebhookRequest genuine(WebhookFixtures fixtures, byte[] body) {
        return fixtures.sign(body, fixtures.secrets().get(0));
    }

    private static WebhookRequest with(WebhookRequest request, byte[] body) {
        return WebhookRequest.builder(request.method(), request.url())
                .headers(request.headers())
                .body(body)
                .build();
    }

    private List<SmsEvent> verified(WebhookParser parser, WebhookRequest request) {
        ParsedWebhook parsed = parser.parse(request, origin());
        assertEquals(Optional.empty(), parsed.refusal(), "a genuine webhook was refused");
        parsed.events().forEach(event -> {
            assertEquals(origin(), event.origin(), "the event's origin");
            assertFalse(event.id().isBlank(), "an event has an id");
            assertClean("toString of an event", event.toString());
        });
        return parsed.events();
    }

    private <E extends SmsEvent> E only(Class<E> type, WebhookParser parser, WebhookRequest request) {
        List<SmsEvent> events = verified(parser, request);
        assertEquals(1, events.size(), "events");
        return assertInstanceOf(type, events.get(0));
    }

    private void assertRefused(WebhookParser parser, WebhookRequest request) {
        ParsedWebhook parsed = parser.parse(request, origin());
        ParsedWebhook.Refusal refusal =
                parsed.refusal().orElseThrow(() -> new AssertionError("a webhook that isn't genuine was believed"));
        assertEquals(List.of(), parsed.events(), "events of a refused webhook");
        assertTrue(
                refusal.status() >= 400 && refusal.status() < 500,
                () -> "a refusal's status is " + refusal.status() + "; allowed are 400 to 499");
        assertNotEquals("", refusal.explanation(), "a refusal is explained");
        assertClean("a refusal", refusal.explanation());
    }

    private static byte[] garbage(Random random, byte[] genuine) {
        if (random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] body = genuine.clone();
        for (int i = random.nextInt(6); i >= 0 && body.length > 0; i--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return random.nextBoolean() ? body : Arrays.copyOf(body, random.nextInt(body.length + 1));
    }

    /** Dynamic tests have no before and after of their own. */
    private void watched(Runnable test) {
        console.watch();
        test.run();
        assertClean("the console", console.release());
    }

    private void assertClean(String where, String shown) {
        String lower = shown.toLowerCase(Locale.ROOT);
        List<String> forbidden = new ArrayList<>(secrets());
        forbidden.add(RECIPIENT.digits());
        forbidden.add(RECIPIENT.digits().substring(1));
        forbidden.add(TEXT);
        for (String personal : forbidden) {
            assertFalse(
                    lower.contains(personal.toLowerCase(Locale.ROOT)),
                    () -> where + " shows the number, the text or a secret (not repeated here)");
        }
    }
}
