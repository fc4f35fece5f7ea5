package io.textonce.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.Capabilities;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.spi.WebhookParser;
import io.textonce.store.EventJournal;
import io.textonce.store.EventRepository;
import io.textonce.store.MessageRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebhookReceiverTest {

    private static final TenantId TENANT = TenantId.of("clinic");
    private static final PhoneNumber ANN = PhoneNumber.of("+61491570156");
    private static final SenderId OURS = SenderId.of("+61491570006");
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    private static final byte[] PICTURE = {1, 2, 3};

    private final InMemoryStore store = new InMemoryStore();
    private final List<SmsEvent> told = new ArrayList<>();
    private final LineParser parser = new LineParser();

    /**
     * A provider's webhooks in miniature. Each line of the body is an event: {@code in|id|text}, {@code tag|id|START|text},
     * {@code report|id|provider message id|STATUS}, or of a kind that nobody knows. Signed by a header.
     */
    private static final class LineParser implements WebhookParser {
        private String seenUrl = "";
        private boolean canVerify = true;
        private int parsed;

        @Override
        public boolean canVerify() {
            return canVerify;
        }

        @Override
        public int maxBodyBytes() {
            return 1000;
        }

        @Override
        public ParsedWebhook parse(WebhookRequest request, Origin origin) {
            parsed++;
            seenUrl = request.url();
            if (!request.header("X-Signature").equals(Optional.of("good"))) {
                return ParsedWebhook.refused(403, "X-Signature doesn't match; check the secret");
            }
            List<SmsEvent> events = new ArrayList<>();
            new String(request.body(), StandardCharsets.UTF_8).lines().forEach(line -> events.add(event(line, origin)));
            return ParsedWebhook.verified(events);
        }

        private static SmsEvent event(String line, Origin origin) {
            String[] f = line.split("\\|", -1);
            return switch (f[0]) {
                case "in" ->
                    InboundMessage.builder(origin, f[1], SenderId.of(ANN), OURS, f[2])
                            .build();
                case "picture" ->
                    InboundMessage.builder(origin, f[1], SenderId.of(ANN), OURS, f[2])
                            .media(List.of(
                                    Media.of("image/png", null, 3, URI.create("https://example.org/1"), () -> {
                                        throw new IOException("lies elsewhere");
                                    }),
                                    Media.of("image/png", null, 3, null, () -> new ByteArrayInputStream(PICTURE))))
                            .build();
                case "short" ->
                    InboundMessage.builder(origin, f[1], SenderId.of("12345"), OURS, f[2])
                            .build();
                case "tag" ->
                    InboundMessage.builder(origin, f[1], SenderId.of(ANN), OURS, f[3])
                            .keyword(Keyword.valueOf(f[2]))
                            .build();
                case "report" ->
                    DeliveryReport.builder(origin, f[1], DeliveryStatus.valueOf(f[3]))
                            .providerMessageId(f[2])
                            .build();
                case "refused" ->
                    DeliveryReport.builder(origin, f[1], DeliveryStatus.UNDELIVERED)
                            .providerMessageId("pm-" + f[1])
                            .recipient(ANN)
                            .reason(Reason.valueOf(f[2]), "21610")
                            .build();
                case "stray" ->
                    OtherEvent.of(
                            new Origin(
                                    TenantId.of("school"), origin.provider(), origin.endpoint(), origin.receivedAt()),
                            f[1],
                            "stray",
                            "");
                case "bug" -> throw new IllegalStateException("+61491570156 said: secret");
                case "deep" -> throw new StackOverflowError();
                default -> OtherEvent.of(origin, f[1], f[0], line);
            };
        }

        @Override
        public WebhookReply acknowledgement() {
            return new WebhookReply(200, "text/xml", "<Response/>");
        }
    }

    private WebhookReceiver.Builder builder() {
        return builder(store);
    }

    private WebhookReceiver.Builder builder(EventJournal journal) {
        return WebhookReceiver.builder(journal)
                .suppressions(store)
                .endpoint("alpha", new WebhookEndpoint(TENANT, "alpha", parser))
                .time(TimeSource.of(Clock.fixed(NOW, ZoneOffset.UTC)))
                .listener(new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        told.add(event);
                    }
                });
    }

    private static WebhookRequest signed(String... lines) {
        return request("good", lines);
    }

    private static WebhookRequest request(String signature, String... lines) {
        return WebhookRequest.builder("POST", "/hooks/alpha?x=1%202")
                .header("X-Signature", signature)
                .header("Host", "10.0.0.7:8080")
                .body(String.join("\n", lines).getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private List<SmsEvent> stored() {
        return store.since(TENANT, 0, 100).stream()
                .map(EventRepository.Stored::event)
                .toList();
    }

    @Test
    void storesTellsAndAcknowledgesInTheProvidersWay() {
        WebhookReply reply = builder().build().receive("alpha", signed("in|e1|Hello", "report|e2|p1|SENT"));
        assertThat(reply).isEqualTo(new WebhookReply(200, "text/xml", "<Response/>"));
        assertThat(stored()).extracting(SmsEvent::id).containsExactly("e1", "e2");
        assertThat(told).extracting(SmsEvent::id).containsExactly("e1", "e2");
        assertThat(stored().get(0).origin()).isEqualTo(new Origin(TENANT, "alpha", "alpha", NOW));
    }

    @Test
    void answersAnUnknownEndpointWith404() {
        assertThat(builder().build().receive("beta", signed("in|e1|Hello")).status())
                .isEqualTo(404);
        assertThat(parser.parsed).isZero();
    }

    @Test
    void refusesALargeRequestBeforeItIsParsed() {
        WebhookReceiver receiver = builder().build();
        assertThat(receiver.receive("alpha", signed("in|e1|" + "x".repeat(1000)))
                        .status())
                .isEqualTo(413);
        WebhookRequest longQuery =
                WebhookRequest.builder("GET", "/hooks?" + "x".repeat(1000)).build();
        assertThat(receiver.receive("alpha", longQuery).status()).isEqualTo(413);
        assertThat(parser.parsed).isZero();
        assertThat(receiver.refused()).isEqualTo(2);
        assertThat(receiver.maxBodyBytes("alpha")).isEqualTo(1000);
        assertThat(receiver.maxBodyBytes("beta")).isZero();
    }

    @Test
    void W1_anUnverifiedRequestLeavesNoTrace() {
        WebhookReceiver receiver = builder().build();
        assertThat(receiver.receive("alpha", request("bad", "in|e1|STOP")).status())
                .isEqualTo(403);
        assertThat(receiver.receive("alpha", request(null, "in|e1|STOP")).status())
                .isEqualTo(403);
        assertThat(stored()).isEmpty();
        assertThat(told).isEmpty();
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isFalse();
        assertThat(receiver.refused()).isEqualTo(2);
    }

    /** The store, which is down as long as the first of the array says. */
    private EventJournal failing(boolean[] down) {
        return new EventJournal() {
            @Override
            public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                if (down[0]) {
                    throw new IllegalStateException("connection refused");
                }
                return store.apply(tenant, entries);
            }

            @Override
            public int parked(TenantId tenant, Instant now) {
                return 0;
            }
        };
    }

    /** Whatever fails, and wherever it is cut: a message that is stored has its picture. */
    @Test
    void W2_aMessageIsStoredAndAcknowledgedOnlyOnceWhatCameInsideItIsKept() {
        boolean[] down = {true};
        boolean[] full = {true};
        Map<String, byte[]> kept = new HashMap<>();
        WebhookReceiver receiver = builder(failing(down))
                .media((message, place, media) -> {
                    assertThat(stored()).isEmpty();
                    if (full[0]) {
                        throw new IOException("no space left");
                    }
                    try (InputStream content = media.open()) {
                        kept.putIfAbsent(message.provider() + " " + message.id() + " " + place, content.readAllBytes());
                    }
                })
                .build();
        WebhookRequest request = signed("picture|e1|Look", "in|e2|Hello");

        down[0] = false;
        assertThat(receiver.receive("alpha", request).status()).isEqualTo(503);
        assertThat(stored()).isEmpty();
        down[0] = true;
        full[0] = false;
        assertThat(receiver.receive("alpha", request).status()).isEqualTo(503);
        assertThat(stored()).isEmpty();
        assertThat(kept).containsOnlyKeys("alpha e1 1");
        down[0] = false;
        assertThat(receiver.receive("alpha", request).status()).isEqualTo(200);

        assertThat(stored()).extracting(SmsEvent::id).containsExactly("e1", "e2");
        assertThat(kept.get("alpha e1 1")).isEqualTo(PICTURE);
        assertThat(told).hasSize(2);
    }

    @Test
    void W1_nothingThatCameInsideAForgedMessageIsKept() {
        List<Media> kept = new ArrayList<>();
        WebhookReceiver receiver =
                builder().media((message, place, media) -> kept.add(media)).build();
        assertThat(receiver.receive("alpha", request("bad", "picture|e1|Look")).status())
                .isEqualTo(403);
        assertThat(kept).isEmpty();
    }

    @Test
    void W2_acknowledgesOnlyWhatTheJournalHasTaken() {
        boolean[] down = {true};
        WebhookReceiver receiver = builder(failing(down)).build();
        assertThat(receiver.receive("alpha", signed("in|e1|STOP")).status()).isEqualTo(503);
        assertThat(told).isEmpty();
        down[0] = false;
        assertThat(receiver.receive("alpha", signed("in|e1|STOP")).status()).isEqualTo(200);
        assertThat(told).hasSize(1);
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isTrue();
    }

    @Test
    void W2_takesTheEventsOfARequestInOneCall() {
        List<Integer> calls = new ArrayList<>();
        builder(new EventJournal() {
                    @Override
                    public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                        assertThat(told).as("nobody is told before").isEmpty();
                        calls.add(entries.size());
                        return store.apply(tenant, entries);
                    }

                    @Override
                    public int parked(TenantId tenant, Instant now) {
                        return 0;
                    }
                })
                .build()
                .receive("alpha", signed("in|e1|Hello", "in|e2|STOP", "report|e3|p1|SENT"));
        assertThat(calls).containsExactly(3);
    }

    @Test
    void W3_acknowledgesARepeatWithoutAnyEffect() {
        WebhookReceiver receiver = builder().build();
        WebhookReply first = receiver.receive("alpha", signed("in|e1|STOP"));
        receiver.receive("alpha", signed("in|e2|START"));
        assertThat(receiver.receive("alpha", signed("in|e1|STOP"))).isEqualTo(first);
        assertThat(told).hasSize(2);
        assertThat(stored()).hasSize(2);
    }

    @Test
    void recognisesKeywordsAndKeepsTheMessage() {
        builder().build().receive("alpha", signed("in|e1| stop! "));
        InboundMessage message = (InboundMessage) told.get(0);
        assertThat(message.keyword()).contains(Keyword.STOP);
        assertThat(message.text()).isEqualTo(" stop! ");
        assertThat(((InboundMessage) stored().get(0)).keyword()).contains(Keyword.STOP);
        assertThat(store.isSuppressed(TENANT, ANN, null)).isTrue();
        assertThat(store.isSuppressed(TenantId.of("school"), ANN, null)).isFalse();
    }

    @Test
    void prefersTheProvidersTagToTheWords() {
        builder().build().receive("alpha", signed("tag|e1|STOP|no more of this", "tag|e2|HELP|STOP"));
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isTrue();
        assertThat(((InboundMessage) told.get(1)).keyword()).contains(Keyword.HELP);
    }

    @Test
    void helpChangesNoChoice() {
        WebhookReceiver receiver = builder().build();
        receiver.receive("alpha", signed("in|e1|HELP"));
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isFalse();
        receiver.receive("alpha", signed("in|e2|STOP"));
        receiver.receive("alpha", signed("in|e3|HELP"));
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isTrue();
    }

    @Test
    void stopBeatsStartOfTheSameInstant() {
        WebhookReceiver receiver = builder().build();
        receiver.receive("alpha", signed("in|e1|STOP", "in|e2|START"));
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isTrue();
    }

    @Test
    void yesIsStartOnlyFromWhoOptedOut() {
        builder().build().receive("alpha", signed("in|e1|YES"));
        assertThat(((InboundMessage) told.get(0)).keyword()).isEmpty();
        builder().build().receive("alpha", signed("in|e2|STOP"));
        builder()
                .time(TimeSource.of(Clock.fixed(NOW.plusSeconds(1), ZoneOffset.UTC)))
                .build()
                .receive("alpha", signed("in|e3|YES"));
        assertThat(((InboundMessage) told.get(2)).keyword()).contains(Keyword.START);
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isFalse();
    }

    @Test
    void aShortCodeThatSaysStopIsKeptAndSuppressesNobody() {
        WebhookReply reply = builder().build().receive("alpha", signed("short|e1|STOP"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(((InboundMessage) told.get(0)).keyword()).contains(Keyword.STOP);
    }

    @Test
    void aReportThatTheRecipientHadOptedOutIsRememberedAndNoOtherIs() {
        WebhookReceiver receiver = builder().build();
        receiver.receive("alpha", signed("refused|r1|RECIPIENT"));
        assertThat(store.isSuppressed(TENANT, ANN, null)).isFalse();
        receiver.receive("alpha", signed("refused|r2|OPTED_OUT"));
        assertThat(store.isSuppressed(TENANT, ANN, null)).isTrue();
    }

    @Test
    void keepsWhatItDoesNotKnow() {
        assertThat(builder().build().receive("alpha", signed("brand.new|e1|?")).status())
                .isEqualTo(200);
        assertThat(stored()).singleElement().isInstanceOf(OtherEvent.class);
    }

    @Test
    void acknowledgesAVerifiedRequestWithoutEvents() {
        assertThat(builder().build().receive("alpha", signed("")).status()).isEqualTo(200);
        assertThat(stored()).isEmpty();
    }

    @Test
    void aParserThatFailsAnywayIsAnsweredWith500AndStoresNothing() {
        WebhookReceiver receiver = builder().build();
        for (String bug : List.of("bug|e2", "deep|e2", "stray|e2")) {
            assertThat(receiver.receive("alpha", signed("in|e1|STOP", bug)).status())
                    .as(bug)
                    .isEqualTo(500);
        }
        assertThat(stored()).isEmpty();
        assertThat(store.since(TenantId.of("school"), 0, 10)).isEmpty();
    }

    @Test
    void aListenerThatThrowsChangesNothing() {
        WebhookReply reply = WebhookReceiver.builder(store)
                .endpoint("alpha", new WebhookEndpoint(TENANT, "alpha", parser))
                .listener(new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        throw new AssertionError("a listener's own fault");
                    }
                })
                .listener(new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        told.add(event);
                    }
                })
                .build()
                .receive("alpha", signed("in|e1|Hello"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(stored()).hasSize(1);
        assertThat(told).as("the other listener").hasSize(1);
    }

    @Test
    void theParserSeesThePublicUrl() {
        builder().publicBaseUrl("https://sms.example.org/api/").build().receive("alpha", signed("in|e1|Hello"));
        assertThat(parser.seenUrl).isEqualTo("https://sms.example.org/api/hooks/alpha?x=1%202");
    }

    @Test
    void aConfiguredBaseWinsOverTheOriginThatACallerNames() {
        WebhookRequest whole =
                WebhookRequest.builder("POST", "https://other.example/h").build();
        builder().publicBaseUrl("https://sms.example.org").build().receive("alpha", whole);
        assertThat(parser.seenUrl).isEqualTo("https://sms.example.org/h");
    }

    @Test
    void forwardedHeadersAreBelievedOnlyIfTheHostSaysSo() {
        WebhookRequest forwarded = WebhookRequest.builder("POST", "/h")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "front.example")
                .header("X-Forwarded-Port", "8443")
                .build();
        builder().publicBaseUrl("https://sms.example.org").build().receive("alpha", forwarded);
        assertThat(parser.seenUrl).isEqualTo("https://sms.example.org/h");
        WebhookReceiver trusting = builder()
                .publicBaseUrl("https://sms.example.org")
                .trustForwardedHeaders()
                .build();
        trusting.receive("alpha", forwarded);
        assertThat(parser.seenUrl).isEqualTo("https://front.example:8443/h");
        trusting.receive("alpha", signed("in|e1|Hello"));
        assertThat(parser.seenUrl).as("no header: the base").startsWith("https://sms.example.org/hooks");
        trusting.receive(
                "alpha",
                WebhookRequest.builder("POST", "/h")
                        .header("X-Forwarded-Proto", "https")
                        .header("X-Forwarded-Host", "evil.example/path?")
                        .build());
        assertThat(parser.seenUrl).as("no host: the base").isEqualTo("https://sms.example.org/h");
    }

    /** Only then does a provider come again: SNS can't be verified while its certificate can't be fetched. */
    @Test
    void passesOnThatTheParserCannotTellYetAndNoOtherStatusOfAServer() {
        int[] status = {503};
        WebhookParser undecided = new WebhookParser() {
            @Override
            public ParsedWebhook parse(WebhookRequest request, Origin origin) {
                return ParsedWebhook.refused(status[0], "the certificate can't be fetched now");
            }

            @Override
            public WebhookReply acknowledgement() {
                return WebhookReply.of(200);
            }
        };
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .endpoint("late", new WebhookEndpoint(TENANT, "alpha", undecided))
                .build();
        assertThat(receiver.receive("late", signed("in|e1|STOP")).status()).isEqualTo(503);
        assertThat(stored()).isEmpty();
        assertThat(store.isSuppressed(TENANT, ANN, OURS)).isFalse();
        assertThat(receiver.refused()).isEqualTo(1);
        for (int odd : new int[] {400, 401, 403, 429, 499}) {
            status[0] = odd;
            assertThat(receiver.receive("late", signed("in|e1|STOP")).status()).isEqualTo(odd);
        }
        for (int odd : new int[] {200, 204, 302, 500, 502, 504}) {
            status[0] = odd;
            assertThat(receiver.receive("late", signed("in|e1|STOP")).status())
                    .as("%d", odd)
                    .isEqualTo(403);
        }
        assertThat(stored()).isEmpty();
    }

    @Test
    void findsEndpointsAtRunTime() {
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .endpoints(name -> {
                    if (name.equals("broken")) {
                        throw new IllegalStateException("the database is down");
                    }
                    return name.equals("late")
                            ? Optional.of(new WebhookEndpoint(TENANT, "alpha", parser))
                            : Optional.empty();
                })
                .build();
        assertThat(receiver.receive("late", signed("in|e1|Hello")).status()).isEqualTo(200);
        assertThat(receiver.receive("never", signed("in|e1|Hello")).status()).isEqualTo(404);
        assertThat(receiver.receive("broken", signed("in|e1|Hello")).status()).isEqualTo(503);
        parser.canVerify = false;
        assertThat(receiver.receive("late", signed("in|e2|Hello")).status()).isEqualTo(500);
        assertThat(stored()).hasSize(1);
    }

    @Test
    void refusesToBeBuiltWithAnythingMissingAndNamesAllOfIt() {
        LineParser blind = new LineParser();
        blind.canVerify = false;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .endpoint("alpha", new WebhookEndpoint(TENANT, "alpha", parser))
                        .endpoint("blind", new WebhookEndpoint(TENANT, "gamma", blind))
                        .endpoint("mute", TENANT, new Mute())
                        .endpoint("a b", new WebhookEndpoint(TENANT, "alpha", parser))
                        .publicBaseUrl("sms.example.org")
                        .build())
                .withMessageContaining("endpoint alpha: is there twice")
                .withMessageContaining("endpoint blind: provider gamma has nothing to verify with")
                .withMessageContaining("endpoint mute: provider mute has no webhooks")
                .withMessageContaining("printable ASCII")
                .withMessageContaining("publicBaseUrl");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebhookReceiver.builder(store).build())
                .withMessageContaining("there is none");
    }

    private static final class Mute implements SmsProvider {
        @Override
        public String name() {
            return "mute";
        }

        @Override
        public Capabilities capabilities() {
            throw new AssertionError("not asked");
        }

        @Override
        public SubmitReply submit(Submission submission) {
            throw new AssertionError("not asked");
        }
    }

    @Test
    void joinsAReportToItsMessage() {
        MessageId id = MessageId.next();
        store.create(TENANT, MessageRecord.sending(id, TENANT, NOW).to(ANN).build());
        store.complete(TENANT, id, new SendResult.Accepted(SendResult.Details.of(id), "alpha", "p1", 1, null), NOW);
        builder().build().receive("alpha", signed("report|e1|p1|DELIVERED"));
        assertThat(store.find(TENANT, id).orElseThrow().status()).contains(DeliveryStatus.DELIVERED);
    }
}
