package io.textonce.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.DeliveryReport;
import io.textonce.InboundMessage;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the table in SandboxProvider's Javadoc, read from the source and held against what a host sees. */
class MagicNumbersTest {

    private static final Pattern ROW = Pattern.compile("<tr><td>(\\d\\d)</td><td>([^<]+)</td><td>([^<]+)</td></tr>");
    private static final String THREE_PARTS = "0123456789".repeat(40);

    /** What the words of the second column mean: the first submit, the second, and whether a message exists. */
    private static final Map<String, String> ANSWERS = Map.of(
            "accepted", "ACCEPTED;ACCEPTED",
            "throttled for 1 s; accepted when the message is submitted again", "REJECTED THROTTLED PT1S;ACCEPTED",
            "throttled for 60 s, always", "REJECTED THROTTLED PT1M;REJECTED THROTTLED PT1M",
            "throttled without a time, always", "REJECTED THROTTLED;REJECTED THROTTLED",
            "not transmitted, always", "REJECTED TRANSPORT NOT_TRANSMITTED;REJECTED TRANSPORT NOT_TRANSMITTED",
            "not transmitted; accepted when the message is submitted again",
                    "REJECTED TRANSPORT NOT_TRANSMITTED;ACCEPTED",
            "unknown: the answer is lost, the message exists", "UNKNOWN;UNKNOWN",
            "unknown: the request is lost, no message exists", "UNKNOWN;UNKNOWN",
            "unknown after the submit's timeout, the message exists", "UNKNOWN after PT30S;UNKNOWN after PT30S",
            "accepted after 2 s", "ACCEPTED after PT2S;ACCEPTED after PT2S");

    /** What the words of the third column mean: each webhook request's events, in order; then the lookup. */
    private static final Map<String, String> SEQUELS = Map.ofEntries(
            Map.entry("SENT, then DELIVERED", "SENT|DELIVERED -> DELIVERED"),
            Map.entry("as 00", "SENT|DELIVERED -> DELIVERED"),
            Map.entry("SENT and no more: a carrier without receipts", "SENT -> SENT"),
            Map.entry("no report; a lookup says DELIVERED", " -> DELIVERED"),
            Map.entry("as 02", " -> DELIVERED"),
            Map.entry(
                    "SENT, then UNDELIVERED for RECIPIENT, code absent",
                    "SENT|UNDELIVERED RECIPIENT absent -> UNDELIVERED"),
            Map.entry(
                    "SENT, then UNDELIVERED for BLOCKED, code filtered",
                    "SENT|UNDELIVERED BLOCKED filtered -> UNDELIVERED"),
            Map.entry("SENT, then EXPIRED for EXPIRED, code expired", "SENT|EXPIRED EXPIRED expired -> EXPIRED"),
            Map.entry("SENT, UNDELIVERED, then DELIVERED after all", "SENT|UNDELIVERED|DELIVERED -> DELIVERED"),
            Map.entry("nothing", " -> Absent"),
            Map.entry("nothing; a lookup says Absent", " -> Absent"),
            Map.entry("SENT and DELIVERED in one request", "SENT,DELIVERED -> DELIVERED"),
            Map.entry("DELIVERED, then SENT: out of order", "DELIVERED|SENT -> DELIVERED"),
            Map.entry("as 00, each request twice", "SENT|SENT|DELIVERED|DELIVERED -> DELIVERED"),
            Map.entry("as 00, but before the answer to the submit", "early SENT,DELIVERED -> DELIVERED"),
            Map.entry(
                    "SENT, then DELIVERED for each part",
                    "SENT|DELIVERED part 1,DELIVERED part 2,DELIVERED part 3 -> DELIVERED"),
            Map.entry(
                    "SENT, then UNDELIVERED for part 1 and DELIVERED for the others",
                    "SENT|UNDELIVERED part 1,DELIVERED part 2,DELIVERED part 3 -> PARTIAL"),
            Map.entry("as 00; the handset answers Thank you", "SENT|DELIVERED|in Thank you -> DELIVERED"),
            Map.entry("as 00; the handset answers STOP", "SENT|DELIVERED|in STOP -> DELIVERED"),
            Map.entry("as 00; the handset answers START", "SENT|DELIVERED|in START -> DELIVERED"),
            Map.entry("as 00; the handset answers HELP", "SENT|DELIVERED|in HELP -> DELIVERED"),
            Map.entry(
                    "as 00; the handset answers with the same text",
                    "SENT|DELIVERED|in " + THREE_PARTS + " -> DELIVERED"),
            Map.entry("as 00; the handset answers with a picture", "SENT|DELIVERED|in image/png 1x1 -> DELIVERED"));

    record Row(String lastTwo, String answer, String sequel) {

        PhoneNumber number() {
            return PhoneNumber.of("+120255501" + lastTwo);
        }

        @Override
        public String toString() {
            return lastTwo + ": " + answer + "; " + sequel;
        }
    }

    static Stream<Row> rows() throws Exception {
        Path source = Path.of("src/main/java/io/textonce/sandbox/SandboxProvider.java");
        Matcher rows =
                ROW.matcher(Files.readString(source, StandardCharsets.UTF_8).replaceAll("\\s*\\n \\*\\s*", " "));
        List<Row> all = new ArrayList<>();
        while (rows.find()) {
            all.add(new Row(rows.group(1), rows.group(2), rows.group(3)));
        }
        assertThat(all).as("rows of the documented table").hasSizeGreaterThan(35);
        assertThat(new HashSet<>(all.stream().map(Row::lastTwo).toList())).hasSameSizeAs(all);
        return all.stream();
    }

    private final Host.Time time = new Host.Time();
    private final SandboxProvider sandbox = SandboxProvider.builder().time(time).build();
    private final Host host = new Host(sandbox, time);

    @ParameterizedTest
    @MethodSource("rows")
    void answersAsDocumented(Row row) {
        String expected = row.answer().startsWith("refused: ")
                ? refused(row.answer()) + ";" + refused(row.answer())
                : ANSWERS.get(row.answer());
        assertThat(expected).as("known words: " + row.answer()).isNotNull();
        Submission submission = submission(row);

        String first = shown(submission);
        String second = shown(submission);

        assertThat(first + ";" + second).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void tellsTheHostAsDocumented(Row row) throws Exception {
        String[] expected = SEQUELS.getOrDefault(row.sequel(), "unknown words").split(" -> ", -1);
        assertThat(expected).as("known words: " + row.sequel()).hasSize(2);
        sandbox.connect(host::receive);
        Submission submission = submission(row);
        boolean early = expected[0].startsWith("early ");

        SubmitReply reply = sandbox.submit(submission);
        if (row.answer().contains("submitted again")) {
            assertThat(host.requests).isEmpty();
            reply = sandbox.submit(submission);
        }
        assertThat(host.requests).hasSize(early ? 1 : 0);
        sandbox.run(Duration.ofMinutes(1));
        time.advance(Duration.ofMinutes(1));

        assertThat(shown(host)).isEqualTo(early ? expected[0].substring(6) : expected[0]);
        assertThat(lookup(submission)).isEqualTo(expected[1]);
        for (DeliveryReport report : host.reports()) {
            assertThat(report.messageId()).contains(submission.messageId());
            assertThat(report.recipient()).contains(row.number());
            assertThat(report.segments()).hasValue(3);
            if (reply.outcome() == Outcome.ACCEPTED) {
                assertThat(report.providerMessageId()).isEqualTo(reply.providerMessageId());
            }
        }
        assertThat(host.refusals).isEmpty();
        assertThat(sandbox.tally(submission.messageId()).created()).isEqualTo(expected[1].equals("Absent") ? 0 : 1);
        boolean arrived =
                !row.answer().equals("not transmitted, always") && !row.answer().contains("request is lost");
        assertThat(sandbox.tally(submission.messageId()).received() > 0).isEqualTo(arrived);
    }

    @Test
    void deliversToEveryNumberThatTheTableDoesNotName() throws Exception {
        sandbox.connect(host::receive);
        List<String> named = rows().map(Row::lastTwo).toList();
        List<String> others = new ArrayList<>(
                List.of("+61491570156", "+447700900123", "+12025551101", "+120255501", "+1202555011", "+120255501031"));
        for (int i = 0; i < 100; i++) {
            String lastTwo = String.format(Locale.ROOT, "%02d", i);
            if (!named.contains(lastTwo)) {
                others.add("+120255501" + lastTwo);
            }
        }

        for (String other : others) {
            Submission submission = Submission.builder(MessageId.next(), PhoneNumber.of(other), "Hello")
                    .build();
            assertThat(sandbox.submit(submission).outcome()).isEqualTo(Outcome.ACCEPTED);
        }
        sandbox.run(Duration.ofMinutes(1));

        assertThat(others).hasSizeGreaterThan(60);
        assertThat(host.statuses()).hasSize(2 * others.size());
        assertThat(host.inbound()).isEmpty();
        assertThat(sandbox.tally()).isEqualTo(new SandboxProvider.Tally(others.size(), others.size(), others.size()));
    }

    @Test
    void tellsARepeatedReportWithTheSameEventId() throws Exception {
        sandbox.connect(host::receive);
        sandbox.submit(submission(new Row("52", "", "")));

        sandbox.run(Duration.ofMinutes(1));

        List<String> ids = host.events().stream().map(event -> event.id()).toList();
        assertThat(ids).hasSize(4);
        assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
        assertThat(ids.get(2)).isEqualTo(ids.get(3));
    }

    @Test
    void answersToTheSenderOfTheMessageAndElseToTheSandboxesOwn() throws Exception {
        sandbox.connect(host::receive);
        PhoneNumber handset = PhoneNumber.of("+12025550160");
        for (SenderId from :
                new SenderId[] {null, SenderId.of("+12025550177"), SenderId.of("12345"), SenderId.of("Clinic")}) {
            sandbox.submit(Submission.builder(MessageId.next(), handset, "Hello")
                    .from(from)
                    .build());
        }

        sandbox.run(Duration.ofMinutes(1));

        assertThat(host.inbound())
                .extracting(InboundMessage::fromNumber)
                .allMatch(from -> from.orElseThrow().equals(handset));
        assertThat(host.inbound())
                .extracting(InboundMessage::to)
                .containsExactlyInAnyOrder(
                        SenderId.of("+12025550199"), SenderId.of("+12025550177"), SenderId.of("12345"));
    }

    private static Submission submission(Row row) {
        return Submission.builder(MessageId.next(), row.number(), THREE_PARTS).build();
    }

    private static String refused(String answer) {
        String[] words = answer.substring("refused: ".length()).split(", ", -1);
        return "REJECTED " + words[0] + " " + words[1];
    }

    private String shown(Submission submission) {
        long before = time.nanoTime();
        SubmitReply reply = sandbox.submit(submission);
        Duration taken = Duration.ofNanos(time.nanoTime() - before);
        StringBuilder shown = new StringBuilder(reply.outcome().name());
        reply.reason().ifPresent(reason -> shown.append(' ').append(reason));
        reply.proof()
                .filter(proof -> proof != io.textonce.Proof.PROVIDER_REFUSED)
                .ifPresent(proof -> shown.append(' ').append(proof));
        reply.providerCode()
                .filter(code -> !code.equals("throttled"))
                .ifPresent(code -> shown.append(' ').append(code));
        reply.retryAfter().ifPresent(after -> shown.append(' ').append(after));
        if (!taken.isZero()) {
            shown.append(" after ").append(taken);
        }
        if (reply.outcome() == Outcome.ACCEPTED) {
            assertThat(reply.segments()).hasValue(3);
            assertThat(reply.providerMessageId()).isPresent();
        }
        return shown.toString();
    }

    private String lookup(Submission submission) {
        StatusLookup.Answer answer = sandbox.role(StatusLookup.class)
                .orElseThrow()
                .find(StatusLookup.Query.of(
                        submission.messageId(), submission.to(), time.now(), submission.text(), null));
        return answer instanceof StatusLookup.Found found ? found.status().name() : answer.toString();
    }

    private static String shown(Host host) {
        return String.join(
                "|",
                host.batches.stream()
                        .map(batch -> String.join(
                                ",", batch.stream().map(MagicNumbersTest::shown).toList()))
                        .toList());
    }

    private static String shown(Object event) {
        if (event instanceof DeliveryReport report) {
            return report.status()
                    + report.reason().map(reason -> " " + reason).orElse("")
                    + report.providerCode().map(code -> " " + code).orElse("")
                    + (report.part().isPresent() ? " part " + report.part().getAsInt() : "");
        }
        InboundMessage message = (InboundMessage) event;
        return "in " + message.text()
                + String.join(
                        ",",
                        message.media().stream().map(MagicNumbersTest::shown).toList());
    }

    private static String shown(Media media) {
        try (InputStream content = media.open()) {
            var image = ImageIO.read(content);
            assertThat(media.name()).contains("pixel.png");
            return media.contentType() + " " + image.getWidth() + "x" + image.getHeight();
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
