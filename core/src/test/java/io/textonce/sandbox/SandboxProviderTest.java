package io.textonce.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.WebhookReply;
import io.textonce.sandbox.SandboxProvider.Tally;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.MediaFetcher;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.text.SegmentPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SandboxProviderTest {

    private static final PhoneNumber RECIPIENT = PhoneNumber.of("+12025550100");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Host.Time time = new Host.Time();

    private SandboxProvider.Builder builder() {
        return SandboxProvider.builder().time(time);
    }

    private Host hostOf(SandboxProvider sandbox) {
        Host host = new Host(sandbox, time);
        sandbox.connect(host::receive);
        return host;
    }

    private static Submission submission(String text) {
        return Submission.builder(MessageId.next(), RECIPIENT, text).build();
    }

    private StatusLookup.Answer lookup(SandboxProvider sandbox, Submission submission) {
        return sandbox.role(StatusLookup.class)
                .orElseThrow()
                .find(StatusLookup.Query.of(submission.messageId(), submission.to(), time.now(), "", null));
    }

    @Test
    void postsNothingBeforeItIsDueAndEachReportAtItsTime() throws Exception {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        sandbox.submit(submission("Hello"));

        assertThat(sandbox.run()).isZero();
        time.advance(Duration.ofMillis(249));
        assertThat(sandbox.run()).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(sandbox.run()).isEqualTo(1);
        assertThat(host.statuses()).containsExactly(DeliveryStatus.SENT);
        assertThat(sandbox.run()).isZero();
        assertThat(sandbox.run(Duration.ofMillis(249))).isZero();
        assertThat(sandbox.run(Duration.ofMillis(250))).isEqualTo(1);
        assertThat(host.statuses()).containsExactly(DeliveryStatus.SENT, DeliveryStatus.DELIVERED);
        assertThat(host.reports())
                .extracting(report -> report.occurredAt().orElseThrow())
                .containsExactly(Host.Time.START.plusMillis(250), Host.Time.START.plusMillis(500));
        assertThat(sandbox.waiting()).isZero();
    }

    @Test
    void aLookupKnowsTheStatusOfTheMomentWhetherOrNotAnybodyWasTold() {
        SandboxProvider sandbox = builder().build();
        Submission submission = submission("Hello");
        assertThat(lookup(sandbox, submission)).isInstanceOf(StatusLookup.Absent.class);

        SubmitReply reply = sandbox.submit(submission);

        List<DeliveryStatus> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            StatusLookup.Found found = (StatusLookup.Found) lookup(sandbox, submission);
            assertThat(reply.providerMessageId()).contains(found.providerMessageId());
            assertThat(found.segments()).hasValue(1);
            seen.add(found.status());
            time.advance(Duration.ofMillis(250));
        }
        assertThat(seen).containsExactly(DeliveryStatus.QUEUED, DeliveryStatus.SENT, DeliveryStatus.DELIVERED);
    }

    @Test
    void withOneSeedTwoRunsAreAlikeInEveryIdAndMoment() throws Exception {
        List<String> first = seededRun(7);

        assertThat(first).hasSize(400).isEqualTo(seededRun(7)).isNotEqualTo(seededRun(8));
        assertThat(new HashSet<>(first)).hasSize(400);
    }

    private static List<String> seededRun(long seed) throws Exception {
        Host.Time time = new Host.Time();
        SandboxProvider sandbox = SandboxProvider.builder()
                .time(time)
                .seed(seed)
                .answerIn(Duration.ofMillis(1), Duration.ofMillis(80))
                .reportIn(Duration.ofMillis(10), Duration.ofSeconds(20))
                .build();
        Host host = new Host(sandbox, time);
        sandbox.connect(host::receive);
        for (int i = 0; i < 200; i++) {
            sandbox.submit(submission("Hello " + i));
        }
        sandbox.run(Duration.ofHours(1));
        List<String> seen = new ArrayList<>();
        List<DeliveryReport> reports = host.reports();
        for (int i = 0; i < reports.size(); i++) {
            DeliveryReport report = reports.get(i);
            seen.add(report.id() + report.providerMessageId() + report.status() + host.times.get(i));
        }
        return seen;
    }

    @Test
    void durationsStayInTheirRangesAndUseThem() throws Exception {
        SandboxProvider sandbox = builder()
                .seed(1)
                .answerIn(Duration.ofMillis(20), Duration.ofMillis(40))
                .reportIn(Duration.ofSeconds(1), Duration.ofSeconds(3))
                .build();
        Host host = hostOf(sandbox);
        Set<Duration> answers = new HashSet<>();
        Set<Duration> reports = new HashSet<>();

        for (int i = 0; i < 200; i++) {
            Instant start = time.now();
            sandbox.submit(submission("Hello"));
            answers.add(Duration.between(start, time.now()));
            sandbox.run(MINUTE);
            List<DeliveryReport> seen = host.reports();
            reports.add(Duration.between(
                    start, seen.get(seen.size() - 2).occurredAt().orElseThrow()));
        }

        assertThat(answers).hasSizeGreaterThan(100).allMatch(d -> d.toMillis() >= 20 && d.toMillis() <= 40);
        assertThat(reports).hasSizeGreaterThan(100).allMatch(d -> d.toMillis() >= 1000 && d.toMillis() <= 3000);
    }

    @Test
    void eventsWaitForAHostAndAreThenPosted() {
        SandboxProvider sandbox = builder().build();
        sandbox.submit(submission("Hello"));
        sandbox.receive("+12025550123", "+12025550199", "Hello");
        time.advance(MINUTE);
        assertThat(sandbox.run()).isZero();
        assertThat(sandbox.waiting()).isEqualTo(3);

        Host host = hostOf(sandbox);

        assertThat(sandbox.run()).isEqualTo(3);
        assertThat(host.events().get(0)).isInstanceOf(InboundMessage.class);
        assertThat(host.statuses()).containsExactly(DeliveryStatus.SENT, DeliveryStatus.DELIVERED);
    }

    @Test
    void anInterruptWhileTheAnswerIsAwaitedLeavesTheOutcomeUnknownAndTheFlagSet() {
        SandboxProvider sandbox =
                builder().behaviour(s -> Behaviour.accept().answerAfter(MINUTE)).build();
        Submission submission = submission("Hello");

        Thread.currentThread().interrupt();
        SubmitReply reply = sandbox.submit(submission);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(reply.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(sandbox.tally(submission.messageId())).isEqualTo(new Tally(1, 1, 1));
    }

    @Test
    void anAnswerThatTakesAsLongAsTheTimeoutIsNoAnswer() {
        SandboxProvider sandbox = builder()
                .behaviour(s -> Behaviour.refuse(Reason.CONTENT, "x").answerAfter(Duration.ofSeconds(5)))
                .build();

        Submission impatient = Submission.builder(MessageId.next(), RECIPIENT, "Hello")
                .timeout(Duration.ofSeconds(5))
                .build();
        Submission patient = Submission.builder(MessageId.next(), RECIPIENT, "Hello")
                .timeout(Duration.ofMillis(5001))
                .build();

        assertThat(sandbox.submit(impatient).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(time.now()).isEqualTo(Host.Time.START.plusSeconds(5));
        assertThat(sandbox.submit(patient).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(sandbox.tally().created()).isZero();
    }

    @Test
    void postsTheSameEventsAgainWithLongerPausesUntilTheHostTakesThem() throws Exception {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        host.failures = 4;
        sandbox.receive("+12025550123", "+12025550199", "Hello");

        assertThat(sandbox.run(Duration.ofHours(1))).isEqualTo(5);

        assertThat(host.times)
                .extracting(at -> Duration.between(Host.Time.START, at).toSeconds())
                .containsExactly(0L, 1L, 3L, 7L, 15L);
        assertThat(host.requests)
                .extracting(r -> new String(r.body(), StandardCharsets.UTF_8))
                .containsOnly(new String(host.requests.get(0).body(), StandardCharsets.UTF_8));
        assertThat(host.requests).extracting(r -> r.header("Sandbox-Signature")).doesNotHaveDuplicates();
        assertThat(host.events()).hasSize(1);
        assertThat(host.refusals).isEmpty();
        assertThat(sandbox.lost()).isZero();
        assertThat(sandbox.waiting()).isZero();
    }

    @Test
    void givesUpAfterFiveTriesAndCountsIt() throws Exception {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        host.failures = Integer.MAX_VALUE;
        sandbox.receive("+12025550123", "+12025550199", "Hello");

        assertThat(sandbox.run(Duration.ofDays(1))).isEqualTo(5);

        assertThat(host.events()).isEmpty();
        assertThat(sandbox.lost()).isEqualTo(1);
        assertThat(sandbox.waiting()).isZero();
    }

    @Test
    void aHostThatThrowsCountsAsAServerError() throws Exception {
        SandboxProvider sandbox = builder().build();
        Host host = new Host(sandbox, time);
        AtomicReference<Boolean> thrown = new AtomicReference<>(false);
        sandbox.connect(request -> {
            if (thrown.compareAndSet(false, true)) {
                throw new IllegalStateException("database down");
            }
            return host.receive(request);
        });
        sandbox.receive("+12025550123", "+12025550199", "Hello");

        assertThat(sandbox.run(MINUTE)).isEqualTo(2);

        assertThat(host.inbound()).hasSize(1);
    }

    @Test
    void anEarlyReportThatTheHostDoesNotTakeComesAgain() throws Exception {
        SandboxProvider sandbox =
                builder().behaviour(s -> Behaviour.accept().early()).build();
        Host host = hostOf(sandbox);
        host.failures = 1;

        sandbox.submit(submission("Hello"));
        assertThat(host.requests).hasSize(1);
        sandbox.run(MINUTE);

        assertThat(host.requests).hasSize(2);
        assertThat(host.statuses()).containsExactly(DeliveryStatus.SENT, DeliveryStatus.DELIVERED);
    }

    @Test
    void aHostMaySubmitAndRunFromWithinItsWebhook() throws Exception {
        SandboxProvider sandbox = builder().build();
        Host host = new Host(sandbox, time);
        sandbox.connect(request -> {
            WebhookReply reply = host.receive(request);
            if (host.requests.size() == 1) {
                sandbox.submit(submission("Answer"));
                sandbox.run();
            }
            return reply;
        });
        sandbox.receive("+12025550123", "+12025550199", "Hello");

        sandbox.run(MINUTE);

        assertThat(host.inbound()).hasSize(1);
        assertThat(host.statuses()).containsExactly(DeliveryStatus.SENT, DeliveryStatus.DELIVERED);
    }

    @Test
    void keepsBoundedWhenNobodyTakesItsWebhooks() {
        SandboxProvider sandbox = builder().remember(10).build();

        for (int i = 0; i < 2_000; i++) {
            sandbox.submit(submission("Hello"));
        }

        assertThat(sandbox.waiting()).isEqualTo(1024);
        assertThat(sandbox.lost()).isEqualTo(4_000 - 1024);
        assertThat(sandbox.tally()).isEqualTo(new Tally(2_000, 2_000, 2_000));
    }

    @Test
    void countsSubmitsArrivalsAndMessagesApart() {
        SandboxProvider sandbox = builder()
                .behaviour(s -> Behaviour.notTransmitted()
                        .thenOnRetry(Behaviour.loseRequest())
                        .thenOnRetry(Behaviour.refuse(Reason.ROUTE, "no"))
                        .thenOnRetry(Behaviour.answer(SubmitReply.unknown("503", "busy")))
                        .thenOnRetry(Behaviour.loseResponse())
                        .thenOnRetry(Behaviour.accept()))
                .build();
        Submission submission = submission("Hello");
        List<Tally> tallies = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            sandbox.submit(submission);
            tallies.add(sandbox.tally(submission.messageId()));
        }

        assertThat(tallies)
                .containsExactly(
                        new Tally(1, 0, 0),
                        new Tally(2, 0, 0),
                        new Tally(3, 1, 0),
                        new Tally(4, 2, 0),
                        new Tally(5, 3, 1),
                        new Tally(6, 4, 2),
                        new Tally(7, 5, 3));
        assertThat(sandbox.duplicates()).containsExactly(submission.messageId());
        assertThat(sandbox.tally(MessageId.next())).isEqualTo(new Tally(0, 0, 0));
    }

    @Test
    void sixtyFourThreadsAreCountedExactlyAndEveryEventArrivesOnce() throws Exception {
        int threads = 64;
        int each = 100;
        SandboxProvider sandbox = builder().remember(threads * each).build();
        Host host = hostOf(sandbox);
        Set<String> providerIds = ConcurrentHashMap.newKeySet();
        CountDownLatch go = new CountDownLatch(1);
        Submission shared = submission("Shared");
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Callable<Integer> work = () -> {
                    go.await();
                    int posted = 0;
                    sandbox.submit(shared);
                    for (int n = 0; n < each - 1; n++) {
                        providerIds.add(sandbox.submit(submission("Hello"))
                                .providerMessageId()
                                .orElseThrow());
                        if (n % 10 == 0) {
                            time.advance(Duration.ofMillis(10));
                            posted += sandbox.run();
                        }
                    }
                    return posted;
                };
                done.add(pool.submit(work));
            }
            go.countDown();
            int posted = 0;
            for (Future<Integer> one : done) {
                posted += one.get(60, TimeUnit.SECONDS);
            }
            posted += sandbox.run(MINUTE);

            assertThat(posted).isEqualTo(2 * threads * each);
        } finally {
            pool.shutdownNow();
        }

        long all = (long) threads * each;
        assertThat(sandbox.tally()).isEqualTo(new Tally(all, all, all));
        assertThat(sandbox.tally(shared.messageId())).isEqualTo(new Tally(threads, threads, threads));
        assertThat(sandbox.duplicates()).containsExactly(shared.messageId());
        assertThat(providerIds).hasSize(threads * (each - 1));
        List<String> eventIds = host.events().stream().map(SmsEvent::id).toList();
        assertThat(new HashSet<>(eventIds)).hasSize(2 * threads * each).hasSameSizeAs(eventIds);
    }

    @Test
    void whatItHasForgottenItNeverCallsAbsent() {
        SandboxProvider sandbox = builder().remember(3).build();
        List<Submission> sent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            assertThat(lookup(sandbox, submission("never sent"))).isInstanceOf(StatusLookup.Absent.class);
            sent.add(submission("Hello"));
            sandbox.submit(sent.get(i));
        }

        assertThat(lookup(sandbox, sent.get(0))).isInstanceOf(StatusLookup.Inconclusive.class);
        assertThat(lookup(sandbox, sent.get(1))).isInstanceOf(StatusLookup.Found.class);
        assertThat(lookup(sandbox, submission("never sent"))).isInstanceOf(StatusLookup.Inconclusive.class);
        assertThat(sandbox.tally().created()).isEqualTo(4);
    }

    @Test
    void aNumberCanBeGivenAMeaningAndTheOthersKeepTheirs() {
        PhoneNumber ours = PhoneNumber.of("+61491570156");
        SandboxProvider sandbox =
                builder().number(ours, Behaviour.refuse(Reason.BLOCKED, "ours")).build();

        SubmitReply refused = sandbox.submit(
                Submission.builder(MessageId.next(), ours, "Hello").build());
        SubmitReply magic = sandbox.submit(Submission.builder(MessageId.next(), PhoneNumber.of("+12025550113"), "Hello")
                .build());

        assertThat(refused.providerCode()).contains("ours");
        assertThat(magic.reason()).contains(Reason.SENDER);
        assertThat(sandbox.submit(submission("Hello")).outcome()).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void answersExactlyWhatItIsToldTo() {
        SubmitReply invalid = SubmitReply.invalid(Reason.REQUEST, "can't");
        SubmitReply named = SubmitReply.accepted("my-id");
        SubmitReply nameless = SubmitReply.accepted(null);
        SandboxProvider sandbox = builder()
                .behaviour(s ->
                        Behaviour.answer(s.text().isEmpty() ? invalid : s.text().equals("id") ? named : nameless))
                .build();
        Submission withId = submission("id");
        Submission without = submission("none");

        assertThat(sandbox.submit(submission(""))).isSameAs(invalid);
        assertThat(sandbox.tally()).isEqualTo(new Tally(1, 0, 0));
        assertThat(sandbox.submit(withId)).isSameAs(named);
        assertThat(sandbox.submit(without)).isSameAs(nameless);
        assertThat(((StatusLookup.Found) lookup(sandbox, withId)).providerMessageId())
                .isEqualTo("my-id");
        assertThat(sandbox.tally()).isEqualTo(new Tally(3, 2, 2));
    }

    @Test
    void chargesEachSegmentAndRefusesWhatTheBalanceDoesNotCover() throws Exception {
        SandboxProvider sandbox = builder()
                .balance(Money.of("0.05", "USD"), Money.of("0.02", "USD"))
                .behaviour(s -> s.text().equals("lost") ? Behaviour.loseResponse() : Behaviour.accept())
                .build();
        Host host = hostOf(sandbox);
        BalanceQuery balance = sandbox.role(BalanceQuery.class).orElseThrow();

        SubmitReply two = sandbox.submit(submission("x".repeat(161)));
        SubmitReply one = sandbox.submit(submission("x"));
        SubmitReply lost = sandbox.submit(submission("lost"));
        sandbox.run(MINUTE);

        assertThat(two.price()).contains(Money.of("0.04", "USD"));
        assertThat(two.segments()).hasValue(2);
        assertThat(one.reason()).contains(Reason.ACCOUNT);
        assertThat(one.providerCode()).contains("no_funds");
        assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(balance.balance().balance()).isEqualTo(Money.of("0.01", "USD"));
        assertThat(sandbox.tally().created()).isEqualTo(1);
        assertThat(host.reports().get(0).price()).isEmpty();
        assertThat(host.reports().get(1).price()).contains(Money.of("0.04", "USD"));
    }

    @Test
    void playsEveryRoleUnlessItIsTakenAway() {
        SandboxProvider whole = builder().build();
        SandboxProvider poor = builder()
                .without(StatusLookup.class)
                .without(BalanceQuery.class)
                .build();

        for (Class<?> role : List.of(
                WebhookParser.class, StatusLookup.class, BalanceQuery.class, MediaFetcher.class, SelfCheck.class)) {
            assertThat(whole.role(role)).as(role.getSimpleName()).isPresent();
        }
        assertThat(whole.role(Runnable.class)).isEmpty();
        assertThat(poor.role(StatusLookup.class)).isEmpty();
        assertThat(poor.role(BalanceQuery.class)).isEmpty();
        assertThat(poor.role(WebhookParser.class)).isPresent();
        assertThat(whole.capabilities().maxMedia()).isEqualTo(10);
        assertThat(whole.role(BalanceQuery.class).orElseThrow().balance().balance())
                .isEqualTo(Money.of("100.00", "USD"));
    }

    @Test
    void saysThatItIsASandboxAndWhetherAHostIsConnected() {
        SandboxProvider sandbox = builder().name("try-out").build();
        SelfCheck check = sandbox.role(SelfCheck.class).orElseThrow();

        assertThat(check.check()).extracting(SelfCheck.Finding::level).containsOnly(SelfCheck.Level.WARNING);
        sandbox.connect(request -> WebhookReply.of(204));
        assertThat(check.check())
                .extracting(SelfCheck.Finding::subject, SelfCheck.Finding::level)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("try-out", SelfCheck.Level.WARNING),
                        org.assertj.core.groups.Tuple.tuple("webhooks", SelfCheck.Level.OK));
    }

    @Test
    void refusesOptionsThatMakeNoSense() {
        SandboxProvider.Builder builder = SandboxProvider.builder();
        Duration second = Duration.ofSeconds(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.name("Not A Name"))
                .withMessageContaining("name");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.name("")).withMessageContaining("name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.remember(0))
                .withMessageContaining("remember");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.answerIn(second, Duration.ZERO))
                .withMessageContaining("answerIn");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.reportIn(second.negated(), second))
                .withMessageContaining("reportIn");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.secret("a", ""))
                .withMessageContaining("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.webhookTarget("https://example.org"))
                .withMessageContaining("webhookTarget");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.balance(Money.of("1", "USD"), Money.of("1", "AUD")))
                .withMessageContaining("balance");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Behaviour.accept().report(DeliveryStatus.PARTIAL))
                .withMessageContaining("PARTIAL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Behaviour.accept().reportParts(DeliveryStatus.SENT, DeliveryStatus.PARTIAL))
                .withMessageContaining("PARTIAL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Behaviour.accept().report(DeliveryStatus.SENT, second.negated()))
                .withMessageContaining("negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Behaviour.accept().answerAfter(second.negated()))
                .withMessageContaining("answerAfter");
    }

    @Test
    void handsAnInboundMessageOverWordForWord() {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        String text = "Grüße & a=b\n50% +1 ☺ 😀\u0000";

        String id = sandbox.receive("+12025550123", "+12025550199", text);
        sandbox.run();

        InboundMessage message = host.inbound().get(0);
        assertThat(message.text()).isEqualTo(text);
        assertThat(message.from()).isEqualTo(SenderId.of("+12025550123"));
        assertThat(message.to()).isEqualTo(SenderId.of("+12025550199"));
        assertThat(message.providerMessageId()).contains(id);
        assertThat(message.id()).isEqualTo(id);
        assertThat(message.segments()).hasValue(1);
        assertThat(message.media()).isEmpty();
    }

    @Test
    void takesAnySenderThatACarrierMayShow() {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        for (String from : List.of("12345", "My Bank", "+", "?!", "")) {
            sandbox.receive(from, "12345", "Hello");
        }

        sandbox.run();

        assertThat(host.inbound())
                .extracting(message -> message.from().kind())
                .containsExactly(
                        SenderId.Kind.SHORT_CODE,
                        SenderId.Kind.ALPHANUMERIC,
                        SenderId.Kind.OTHER,
                        SenderId.Kind.OTHER,
                        SenderId.Kind.OTHER);
    }

    @Test
    void deliversTheLongestTextThereIs() {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        String longest = "\u20AC\u263A".repeat(67 * 255 / 2);

        sandbox.receive("+12025550123", "+12025550199", longest);
        sandbox.run();

        assertThat(host.refusals).isEmpty();
        assertThat(host.inbound().get(0).text()).isEqualTo(longest);
        assertThat(host.inbound().get(0).segments()).hasValue(SegmentPolicy.MAX_SEGMENTS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sandbox.receive("+12025550123", "+12025550199", longest + longest))
                .withMessageContaining("segments");
    }

    @Test
    void spreadsTheReportsOfAVeryLongMessageOverSeveralRequests() throws Exception {
        SandboxProvider sandbox = builder()
                .behaviour(s -> Behaviour.accept().reportParts(DeliveryStatus.DELIVERED))
                .build();
        Host host = hostOf(sandbox);
        sandbox.submit(submission("x".repeat(153 * 255)));

        sandbox.run(MINUTE);

        int most = sandbox.role(WebhookParser.class).orElseThrow().maxBodyBytes();
        assertThat(host.requests).hasSizeGreaterThan(1).allMatch(r -> r.body().length < most);
        assertThat(host.reports())
                .extracting(r -> r.part().orElseThrow())
                .doesNotHaveDuplicates()
                .hasSize(255);
    }

    @Test
    void handsMediaOverAndFetchesThemUpToASize() throws Exception {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        byte[] picture = {1, 2, 3, 4, 5};
        Media media = Media.of("image/jpeg", "x ray.jpg", -1, null, () -> new ByteArrayInputStream(picture));
        Media unnamed = Media.of("text/vcard", null, 0, null, () -> new ByteArrayInputStream(new byte[0]));
        sandbox.receive("+12025550123", "+12025550199", "", media, unnamed);

        sandbox.run();

        List<Media> got = host.inbound().get(0).media();
        assertThat(got).hasSize(2);
        assertThat(got.get(0).contentType()).isEqualTo("image/jpeg");
        assertThat(got.get(0).name()).contains("x ray.jpg");
        assertThat(got.get(0).size()).hasValue(5);
        assertThat(got.get(0).open()).hasBinaryContent(picture);
        assertThat(got.get(1).name()).isEmpty();
        assertThat(got.get(1).open()).isEmpty();
        MediaFetcher fetcher = sandbox.role(MediaFetcher.class).orElseThrow();
        URI source = got.get(0).source().orElseThrow();
        assertThat(fetcher.fetch(source, 5)).hasBinaryContent(picture);
        assertThatThrownBy(() -> fetcher.fetch(source, 4))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("5 bytes");
        assertThatThrownBy(() -> fetcher.fetch(URI.create("https://example.org/"), 9))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusesMoreMediaThanAMessageHoldsAndThoseItCannotRead() {
        SandboxProvider sandbox = builder().build();
        Media[] eleven = new Media[11];
        java.util.Arrays.fill(eleven, Media.of("a/b", null, 0, null, () -> new ByteArrayInputStream(new byte[0])));
        Media broken = Media.of("a/b", null, 0, null, () -> {
            throw new IOException("gone");
        });

        assertThatIllegalArgumentException()
                .isThrownBy(() -> sandbox.receive("12345", "12345", "", eleven))
                .withMessageContaining("at most 10");
        assertThatThrownBy(() -> sandbox.receive("12345", "12345", "", broken))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(sandbox.waiting()).isZero();
    }

    @Test
    void liveItDeliversOnItsOwnDaemonThreadThatEndsWithIt() throws Exception {
        SandboxProvider sandbox = SandboxProvider.builder()
                .name("lively")
                .reportIn(Duration.ofMillis(1), Duration.ofMillis(5))
                .build()
                .live()
                .live();
        CountDownLatch posted = new CountDownLatch(3);
        AtomicReference<Thread> seen = new AtomicReference<>();
        sandbox.submit(submission("Hello"));
        sandbox.connect(request -> {
            seen.set(Thread.currentThread());
            posted.countDown();
            return WebhookReply.of(204);
        });
        sandbox.receive("+12025550123", "+12025550199", "Hello");

        assertThat(posted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.get().getName()).isEqualTo("textonce-sandbox-lively");
        assertThat(seen.get().isDaemon()).isTrue();
        sandbox.close();
        assertThat(seen.get().isAlive()).isFalse();
    }

    @Test
    void liveItFollowsAClockThatOthersMove() throws Exception {
        SandboxProvider sandbox = builder().build().live();
        CountDownLatch posted = new CountDownLatch(2);
        sandbox.connect(request -> {
            posted.countDown();
            return WebhookReply.of(204);
        });
        sandbox.submit(submission("Hello"));

        time.advance(MINUTE);

        assertThat(posted.await(30, TimeUnit.SECONDS)).isTrue();
        sandbox.close();
    }

    @Test
    void itCanBeClosedFromWithinItsOwnThread() throws Exception {
        SandboxProvider sandbox = SandboxProvider.create().live();
        CountDownLatch closed = new CountDownLatch(1);
        sandbox.connect(request -> {
            sandbox.close();
            closed.countDown();
            return WebhookReply.of(204);
        });

        sandbox.receive("+12025550123", "+12025550199", "Hello");

        assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void afterClosingItTransmitsNothingTellsNothingAndProvesNothing() {
        SandboxProvider sandbox = builder().build();
        Host host = hostOf(sandbox);
        sandbox.submit(submission("Hello"));
        sandbox.close();
        sandbox.close();
        time.advance(MINUTE);
        Submission late = submission("Late");

        SubmitReply reply = sandbox.submit(late);

        assertThat(reply.proof()).contains(Proof.NOT_TRANSMITTED);
        assertThat(sandbox.run()).isZero();
        assertThat(host.requests).isEmpty();
        assertThat(lookup(sandbox, late)).isInstanceOf(StatusLookup.Inconclusive.class);
        sandbox.live();
        sandbox.receive("+12025550123", "+12025550199", "Hello");
        assertThat(sandbox.waiting()).isZero();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("textonce-sandbox-sandbox") && thread.isAlive());
    }

    @Test
    void showsNeitherTextNorNumberNorSecret() {
        SandboxProvider sandbox = builder().secret("s3cret").build();
        AtomicReference<String> request = new AtomicReference<>();
        sandbox.connect(r -> {
            request.set(r.toString());
            return WebhookReply.of(204);
        });
        sandbox.submit(submission("canary"));
        sandbox.receive("+12025550123", "+12025550199", "canary");
        sandbox.run();
        Behaviour behaviour = Behaviour.accept().reply("canary").thenOnRetry(Behaviour.throttle(MINUTE));

        String shown = sandbox + " " + behaviour + " " + request
                + sandbox.role(WebhookParser.class).orElseThrow()
                + sandbox.role(SelfCheck.class).orElseThrow().check()
                + sandbox.tally();

        assertThat(shown).doesNotContain("canary", "2025550", "s3cret");
        assertThat(sandbox).hasToString("SandboxProvider[sandbox, Tally[submits=1, received=1, created=1], 2 waiting]");
    }
}
