package io.textonce.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FakeProviderTest {

    private final VirtualClock clock = new VirtualClock();
    private final FakeProvider fake =
            FakeProvider.of(SandboxProvider.builder().name("first").time(clock));

    private static Submission submission(String number) {
        return Submission.builder(MessageId.next(), PhoneNumber.of(number), "Hello")
                .build();
    }

    @Test
    void acceptsEverythingWithoutAScriptMagicNumbersToo() {
        for (String number : List.of("+12025550100", "+12025550113", "+12025550130", "+12025550142")) {
            assertThat(fake.submit(submission(number)).outcome()).isEqualTo(Outcome.ACCEPTED);
        }
    }

    @Test
    void doesWhatTheScriptSaysStepByStepAndThenTheRest() {
        fake.script()
                .then(Behaviour.refuse(Reason.SENDER, "21606"))
                .then(2, Behaviour.throttle(Duration.ofSeconds(3)))
                .then(Behaviour.notTransmitted())
                .then(Behaviour.loseResponse())
                .then(0, Behaviour.hang())
                .otherwise(Behaviour.loseRequest());
        assertThat(fake.script().remaining()).isEqualTo(5);
        List<SubmitReply> replies = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            replies.add(fake.submit(submission("+12025550100")));
        }

        assertThat(fake.script().remaining()).isZero();
        assertThat(replies.get(0).reason()).contains(Reason.SENDER);
        assertThat(replies.get(0).providerCode()).contains("21606");
        assertThat(replies.subList(1, 3))
                .allMatch(reply -> reply.retryAfter().orElseThrow().equals(Duration.ofSeconds(3)));
        assertThat(replies.get(3).proof()).contains(Proof.NOT_TRANSMITTED);
        assertThat(replies.subList(4, 7)).allMatch(reply -> reply.outcome() == Outcome.UNKNOWN);
        assertThat(fake.sandbox().tally()).isEqualTo(new SandboxProvider.Tally(7, 4, 1));
    }

    @Test
    void theRestMayDependOnTheSubmissionAndMayThrow() {
        fake.script().otherwise(submission -> {
            if (submission.text().isEmpty()) {
                throw new IllegalStateException("a provider that breaks its contract");
            }
            return Behaviour.refuse(Reason.OTHER, submission.to().digits());
        });

        assertThat(fake.submit(submission("+12025550100")).providerCode()).contains("12025550100");
        Submission empty = Submission.builder(MessageId.next(), PhoneNumber.of("+12025550100"), "")
                .build();
        assertThatThrownBy(() -> fake.submit(empty)).isInstanceOf(IllegalStateException.class);
        assertThat(fake.submissions()).hasSize(2).last().isSameAs(empty);
    }

    @Test
    void keepsEverySubmissionInOrderWhateverCameOfIt() {
        fake.script().then(Behaviour.notTransmitted()).then(Behaviour.refuse(Reason.OTHER, "x"));
        List<Submission> given =
                List.of(submission("+12025550100"), submission("+12025550101"), submission("+12025550102"));
        given.forEach(fake::submit);

        assertThat(fake.submissions()).containsExactlyElementsOf(given);
        assertThatThrownBy(() -> fake.submissions().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void isASandboxInEverythingElse() throws Exception {
        List<DeliveryReport> reports = new ArrayList<>();
        WebhookParser parser = fake.role(WebhookParser.class).orElseThrow();
        fake.sandbox().connect(request -> {
            parser.parse(request, new Origin(TenantId.DEFAULT, "first", "sms", clock.now()))
                    .events()
                    .forEach(event -> reports.add((DeliveryReport) event));
            return parser.acknowledgement();
        });
        Submission submission = submission("+12025550100");
        fake.submit(submission);

        fake.sandbox().run(Duration.ofMinutes(1));

        assertThat(reports)
                .extracting(DeliveryReport::status)
                .containsExactly(DeliveryStatus.SENT, DeliveryStatus.DELIVERED);
        assertThat(reports).allMatch(report -> report.messageId().orElseThrow().equals(submission.messageId()));
        assertThat(fake.role(StatusLookup.class)).isPresent();
        assertThat(fake.name()).isEqualTo("first");
        assertThat(fake.capabilities()).isSameAs(fake.sandbox().capabilities());
        assertThat(FakeProvider.named("second").name()).isEqualTo("second");
        fake.close();
        assertThat(fake.submit(submission).proof()).contains(Proof.NOT_TRANSMITTED);
    }

    @Test
    void manyThreadsShareOneScriptWithoutLosingOrDoublingAStep() throws Exception {
        int threads = 64;
        int each = 50;
        fake.script().then(threads * each / 2, Behaviour.refuse(Reason.OTHER, "scripted"));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        int refused = 0;
        try {
            List<Future<Integer>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                done.add(pool.submit(() -> {
                    int mine = 0;
                    for (int n = 0; n < each; n++) {
                        mine += fake.submit(submission("+12025550100")).outcome() == Outcome.REJECTED ? 1 : 0;
                    }
                    return mine;
                }));
            }
            for (Future<Integer> one : done) {
                refused += one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(refused).isEqualTo(threads * each / 2);
        assertThat(new HashSet<>(fake.submissions())).hasSize(threads * each);
        assertThat(fake.sandbox().tally())
                .isEqualTo(new SandboxProvider.Tally(threads * each, threads * each, threads * each / 2));
    }

    @Test
    void showsNeitherTextNorNumber() {
        fake.submit(submission("+12025550100"));

        assertThat(fake + " " + fake.submissions()).doesNotContain("Hello", "2025550");
    }
}
