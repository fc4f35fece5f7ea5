package io.textonce.sandbox;

import io.textonce.DeliveryStatus;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.Capabilities;
import io.textonce.spi.MediaFetcher;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.spi.WebhookParser;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmenter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A carrier inside the process: nothing it takes ever leaves the JVM, and the recipient's number decides what becomes of
 * a message. To the host it is a provider like any other; its reports and inbound messages arrive as signed webhook
 * requests at the function given to {@link #connect}, which normally is a {@code WebhookReceiver}.
 *
 * <table>
 * <caption>Numbers with a meaning; every other number is like 00</caption>
 * <tr><th>+1 202 555 01..</th><th>answer</th><th>what follows</th></tr>
 * <tr><td>00</td><td>accepted</td><td>SENT, then DELIVERED</td></tr>
 * <tr><td>01</td><td>accepted</td><td>SENT and no more: a carrier without receipts</td></tr>
 * <tr><td>02</td><td>accepted</td><td>no report; a lookup says DELIVERED</td></tr>
 * <tr><td>03</td><td>accepted</td><td>SENT, then UNDELIVERED for RECIPIENT, code absent</td></tr>
 * <tr><td>04</td><td>accepted</td><td>SENT, then UNDELIVERED for BLOCKED, code filtered</td></tr>
 * <tr><td>05</td><td>accepted</td><td>SENT, then EXPIRED for EXPIRED, code expired</td></tr>
 * <tr><td>06</td><td>accepted</td><td>SENT, UNDELIVERED, then DELIVERED after all</td></tr>
 * <tr><td>10</td><td>refused: RECIPIENT, bad_number</td><td>nothing</td></tr>
 * <tr><td>11</td><td>refused: OPTED_OUT, opted_out</td><td>nothing</td></tr>
 * <tr><td>12</td><td>refused: CONTENT, bad_text</td><td>nothing</td></tr>
 * <tr><td>13</td><td>refused: SENDER, bad_sender</td><td>nothing</td></tr>
 * <tr><td>14</td><td>refused: ROUTE, no_route</td><td>nothing</td></tr>
 * <tr><td>15</td><td>refused: ACCOUNT, no_funds</td><td>nothing</td></tr>
 * <tr><td>16</td><td>refused: CREDENTIAL, bad_credential</td><td>nothing</td></tr>
 * <tr><td>17</td><td>refused: REQUEST, bad_request</td><td>nothing</td></tr>
 * <tr><td>20</td><td>throttled for 1 s; accepted when the message is submitted again</td><td>as 00</td></tr>
 * <tr><td>21</td><td>throttled for 60 s, always</td><td>nothing</td></tr>
 * <tr><td>22</td><td>throttled without a time, always</td><td>nothing</td></tr>
 * <tr><td>30</td><td>not transmitted, always</td><td>nothing</td></tr>
 * <tr><td>31</td><td>not transmitted; accepted when the message is submitted again</td><td>as 00</td></tr>
 * <tr><td>40</td><td>unknown: the answer is lost, the message exists</td><td>as 00</td></tr>
 * <tr><td>41</td><td>unknown: the answer is lost, the message exists</td><td>as 02</td></tr>
 * <tr><td>42</td><td>unknown: the request is lost, no message exists</td><td>nothing; a lookup says Absent</td></tr>
 * <tr><td>43</td><td>unknown after the submit's timeout, the message exists</td><td>as 00</td></tr>
 * <tr><td>44</td><td>accepted after 2 s</td><td>as 00</td></tr>
 * <tr><td>50</td><td>accepted</td><td>SENT and DELIVERED in one request</td></tr>
 * <tr><td>51</td><td>accepted</td><td>DELIVERED, then SENT: out of order</td></tr>
 * <tr><td>52</td><td>accepted</td><td>as 00, each request twice</td></tr>
 * <tr><td>53</td><td>accepted</td><td>as 00, but before the answer to the submit</td></tr>
 * <tr><td>54</td><td>accepted</td><td>SENT, then DELIVERED for each part</td></tr>
 * <tr><td>55</td><td>accepted</td><td>SENT, then UNDELIVERED for part 1 and DELIVERED for the others</td></tr>
 * <tr><td>60</td><td>accepted</td><td>as 00; the handset answers Thank you</td></tr>
 * <tr><td>61</td><td>accepted</td><td>as 00; the handset answers STOP</td></tr>
 * <tr><td>62</td><td>accepted</td><td>as 00; the handset answers START</td></tr>
 * <tr><td>63</td><td>accepted</td><td>as 00; the handset answers HELP</td></tr>
 * <tr><td>64</td><td>accepted</td><td>as 00; the handset answers with the same text</td></tr>
 * <tr><td>65</td><td>accepted</td><td>as 00; the handset answers with a picture</td></tr>
 * </table>
 *
 * <p>Nothing happens by itself: {@link #run()} hands out what is due, which makes tests exact; {@link #live()} does that
 * on a thread of the sandbox's own.
 *
 * <pre>{@code
 * SandboxProvider sandbox = SandboxProvider.create().live();
 * SmsClient sms = SmsClient.builder().provider(sandbox).build();
 * sandbox.connect(request -> receiver.receive("sandbox", request));
 * }</pre>
 *
 * <p>Webhook requests are POSTs of one event a line, form-encoded, with the header {@code Sandbox-Signature: t=<epoch
 * seconds>,v1=<hex>}: HMAC-SHA256 over time, method, path and query, each followed by a line feed, and the body. A
 * request is posted up to five times until the host answers 2xx.
 *
 * <p>Guaranteed: its counts are exact, so it can prove that a message was created at most once. Not guaranteed: that a
 * real carrier behaves as this one does; and it forgets, oldest first, beyond {@link Builder#remember}.
 *
 * <p>Thread-safe.
 */
public final class SandboxProvider implements SmsProvider {

    private static final String MEDIA_BASE = "https://sandbox.invalid/media/";
    private static final Segmenter SEGMENTER = Segmenter.of(SegmentPolicy.GENERIC);

    private final String name;
    private final Capabilities capabilities;
    private final TimeSource time;
    private final SenderId sender;
    private final Function<? super Submission, Behaviour> behaviour;
    private final Range answers;
    private final Range reports;
    private final Postbox postbox;
    private final Map<Class<?>, Object> roles = new HashMap<>();
    private final Ledger ledger;

    private SandboxProvider(Builder b) {
        this.name = b.name;
        this.capabilities = b.capabilities;
        this.time = b.time;
        this.sender = b.sender;
        this.behaviour = b.behaviour;
        this.answers = b.answers;
        this.reports = b.reports;
        this.ledger = new Ledger(new SplittableRandom(b.seed), b.remember, b.balance, b.perSegment);
        Signatures signatures = new Signatures(b.secrets);
        this.postbox = new Postbox(name, b.webhookTarget, signatures, time, 4 * Math.max(b.remember, 256));
        MediaFetcher media = this::fetch;
        role(WebhookParser.class, new SandboxWebhooks(signatures, time, media), b);
        role(StatusLookup.class, (StatusLookup) this::find, b);
        role(BalanceQuery.class, (BalanceQuery) () -> new BalanceQuery.Answer(ledger.balance(), ""), b);
        role(MediaFetcher.class, media, b);
        role(SelfCheck.class, (SelfCheck) this::check, b);
    }

    private void role(Class<?> role, Object player, Builder b) {
        if (!b.withoutRoles.contains(role)) {
            roles.put(role, player);
        }
    }

    /**
     * A sandbox named {@code sandbox} with the system's time.
     *
     * @return the provider
     */
    public static SandboxProvider create() {
        return builder().build();
    }

    /**
     * Starts a sandbox with options of its own.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /**
     * Takes a submission as the recipient's number, or the configured function, says. It sleeps, by the configured time,
     * as long as its answer takes.
     *
     * @param submission what to submit
     * @return what the request proved
     */
    @Override
    public SubmitReply submit(Submission submission) {
        if (postbox.isClosed()) {
            return SubmitReply.notTransmitted(Reason.UNAVAILABLE, "the sandbox is closed");
        }
        Behaviour chosen = Objects.requireNonNull(behaviour.apply(submission), "behaviour");
        MessageId id = submission.messageId();
        Behaviour now = chosen.onSubmit(ledger.submitted(id));
        SubmitReply reply = take(submission, now);
        return answer(reply, now.delay.plus(ledger.draw(answers)), submission.timeout());
    }

    private SubmitReply take(Submission submission, Behaviour now) {
        if (now.arrives) {
            ledger.received(submission.messageId());
        }
        if (!now.creates) {
            return Objects.requireNonNull(now.reply, "a behaviour that creates nothing has an answer");
        }
        String wantedId =
                now.reply == null ? null : now.reply.providerMessageId().orElse(null);
        Ledger.Message message = ledger.create(
                submission.messageId(),
                wantedId,
                SEGMENTER.count(submission.text()),
                now.steps,
                now.manner == Behaviour.Manner.EARLY,
                time.now(),
                reports);
        if (message == null) {
            return now.reply != null && now.reply.outcome() == Outcome.UNKNOWN
                    ? now.reply
                    : SubmitReply.refused(
                            Reason.ACCOUNT, "no_funds", "the sandbox's balance is used up; build it with more");
        }
        tell(submission, now.manner, message);
        if (now.reply != null) {
            return now.reply;
        }
        SubmitReply accepted = SubmitReply.accepted(message.providerMessageId()).segments(message.segments());
        return message.price() == null ? accepted : accepted.price(message.price());
    }

    private SubmitReply answer(SubmitReply reply, Duration delay, Duration timeout) {
        boolean inTime = delay.compareTo(timeout) < 0;
        try {
            if (!delay.isZero()) {
                time.sleep(inTime ? delay : timeout);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SubmitReply.unknown(null, "interrupted while waiting for the answer");
        }
        return inTime ? reply : SubmitReply.unknown(null, "no answer within " + timeout.toMillis() + " ms");
    }

    /** Queues what happens to a message after it was taken; what falls due together goes together. */
    private void tell(Submission submission, Behaviour.Manner manner, Ledger.Message message) {
        List<String> lines = new ArrayList<>();
        Instant due = null;
        for (Ledger.Due next : message.dues()) {
            if (due != null && !due.equals(next.at())) {
                post(due, lines, manner);
                lines = new ArrayList<>();
            }
            due = next.at();
            lines.addAll(lines(submission, manner, message, next));
        }
        if (due != null) {
            post(due, lines, manner);
        }
    }

    private void post(Instant due, List<String> lines, Behaviour.Manner manner) {
        if (lines.isEmpty()) {
            return;
        }
        if (manner == Behaviour.Manner.EARLY) {
            postbox.postNow(lines);
        } else {
            postbox.add(due, lines, manner == Behaviour.Manner.TWICE ? 2 : 1);
        }
    }

    private List<String> lines(Submission submission, Behaviour.Manner manner, Ledger.Message message, Ledger.Due due) {
        Behaviour.Step step = due.step();
        if (step.status() == null) {
            SenderId to = submission.from().orElse(sender);
            boolean reachable = to.kind() == SenderId.Kind.NUMBER || to.kind() == SenderId.Kind.SHORT_CODE;
            return reachable
                    ? List.of(inbound(ledger.newId(), submission.to().e164(), to.value(), step.text(), step.media()))
                    : List.of();
        }
        if (manner == Behaviour.Manner.SILENT) {
            return List.of();
        }
        if (step.parts().isEmpty()) {
            return List.of(report(submission, message, due, step.status(), null));
        }
        List<String> lines = new ArrayList<>(message.segments());
        for (int part = 1; part <= message.segments(); part++) {
            lines.add(report(submission, message, due, step.ofPart(part), part));
        }
        return lines;
    }

    private String report(
            Submission submission,
            Ledger.Message message,
            Ledger.Due due,
            DeliveryStatus status,
            @Nullable Integer part) {
        Money price = status.isTerminal() && part == null ? message.price() : null;
        return Wire.line(
                "type", "report",
                "event", ledger.newId(),
                "id", message.providerMessageId(),
                "ref", submission.messageId(),
                "to", submission.to().e164(),
                "status", Wire.word(status),
                "reason", due.step().reason(),
                "code", due.step().code(),
                "part", part,
                "segments", message.segments(),
                "price", price == null ? null : price.amount().toPlainString(),
                "currency", price == null ? null : price.currency(),
                "at", due.at());
    }

    private String inbound(String id, String from, String to, String text, List<Media> media) {
        List<@Nullable Object> fields = new ArrayList<>();
        fields.addAll(List.of("type", "inbound", "event", id, "id", id, "from", from, "to", to, "text", text));
        fields.addAll(List.of("segments", SEGMENTER.count(text)));
        for (int i = 0; i < media.size(); i++) {
            byte[] content = read(media.get(i));
            String field = "media" + (i + 1);
            fields.addAll(List.of(field, ledger.keep(MEDIA_BASE, content)));
            fields.addAll(List.of(field + "type", media.get(i).contentType(), field + "size", content.length));
            media.get(i).name().ifPresent(file -> fields.addAll(List.of(field + "name", file)));
        }
        return Wire.line(fields.toArray());
    }

    private static byte[] read(Media media) {
        try (InputStream content = media.open()) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("media: the content can't be read", e);
        }
    }

    /**
     * Connects the host: from now on due webhook requests are posted to it. What fell due before is kept and posted too.
     *
     * @param host takes a webhook request as its HTTP server would; what it throws counts as status 500
     * @return this sandbox
     */
    public SandboxProvider connect(Function<WebhookRequest, WebhookReply> host) {
        postbox.connect(Objects.requireNonNull(host, "host"));
        return this;
    }

    /**
     * Posts every webhook request that is due now, on this thread, in the order in which they fell due.
     *
     * @return how many requests were posted; zero if no host is connected
     */
    public int run() {
        return postbox.run(time.now());
    }

    /**
     * Posts what is due now and what falls due within a time, waiting for it by the configured {@link TimeSource}: at
     * once with a virtual clock. Returns as soon as nothing more falls due within that time.
     *
     * @param within how far to look ahead, zero or more
     * @return how many requests were posted
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    public int run(Duration within) throws InterruptedException {
        Instant end = time.now().plus(within);
        int posted = run();
        for (Instant next = postbox.nextDue(); next != null && !next.isAfter(end); next = postbox.nextDue()) {
            time.sleep(Duration.between(time.now(), next));
            posted += run();
        }
        return posted;
    }

    /**
     * Starts a daemon thread that posts webhook requests as they fall due, until {@link #close()}. Starting it again does
     * nothing.
     *
     * @return this sandbox
     */
    public SandboxProvider live() {
        postbox.start();
        return this;
    }

    /**
     * A handset texts in; the host hears of it with the next {@link #run()}.
     *
     * @param from who texts: E.164, a short code, or whatever a carrier may show
     * @param to which of the host's numbers it texts to
     * @param text what it says, possibly empty
     * @param media pictures and files, at most 10, read at once
     * @return the sandbox's id of the message
     * @throws IllegalArgumentException if there are more media, or the text is longer than a message can be
     */
    public String receive(String from, String to, String text, Media... media) {
        if (media.length > Wire.MAX_MEDIA) {
            throw new IllegalArgumentException(
                    "media: " + media.length + " items; a message has at most " + Wire.MAX_MEDIA);
        }
        if (Segmenter.tooLong(SEGMENTER.measure(text))) {
            throw new IllegalArgumentException("text: " + text.length() + " characters need more than "
                    + SegmentPolicy.MAX_SEGMENTS + " segments, which no message has");
        }
        String id = ledger.newId();
        postbox.add(time.now(), List.of(inbound(id, from, to, text, List.of(media))), 1);
        return id;
    }

    /**
     * What was counted for one message.
     *
     * @param id our id
     * @return the counts, zero for a message never seen or forgotten
     */
    public Tally tally(MessageId id) {
        return ledger.tally(id);
    }

    /**
     * What was counted for all messages together, forgotten ones included.
     *
     * @return the counts
     */
    public Tally tally() {
        return ledger.tally();
    }

    /**
     * The messages that exist more than once: what must never happen.
     *
     * @return our ids of them, in no order
     */
    public Set<MessageId> duplicates() {
        return ledger.duplicates();
    }

    /**
     * How many webhook requests wait: not due yet, not taken by the host, or no host connected.
     *
     * @return zero or more
     */
    public int waiting() {
        return postbox.size();
    }

    /**
     * How many webhook requests were given up, because the host didn't take them or too many were waiting.
     *
     * @return zero or more
     */
    public long lost() {
        return postbox.lost();
    }

    @Override
    public <R> Optional<R> role(Class<R> role) {
        // Itself a role, so that what decorates a sandbox is still known for one.
        return Optional.ofNullable(role.cast(role == SandboxProvider.class ? this : roles.get(role)));
    }

    private StatusLookup.Answer find(StatusLookup.Query query) {
        if (postbox.isClosed()) {
            return new StatusLookup.Inconclusive("the sandbox is closed");
        }
        Ledger.Message message = ledger.find(query.messageId());
        if (message != null) {
            return new StatusLookup.Found(
                    message.providerMessageId(), message.status(time.now()), message.segments(), message.price());
        }
        return ledger.mayHaveForgotten(query.messageId())
                ? new StatusLookup.Inconclusive("the sandbox has forgotten its oldest messages; let it remember more")
                : new StatusLookup.Absent();
    }

    private InputStream fetch(URI source, long maxBytes) throws IOException {
        byte[] content = ledger.media(source);
        if (content == null) {
            throw new IOException("media: the sandbox has nothing at this address");
        }
        if (content.length > maxBytes) {
            throw new IOException("media: " + content.length + " bytes, more than the " + maxBytes + " wanted");
        }
        return new ByteArrayInputStream(content);
    }

    private List<SelfCheck.Finding> check() {
        return List.of(
                new SelfCheck.Finding(
                        SelfCheck.Level.WARNING,
                        name,
                        "a sandbox: messages stay in this process",
                        "configure a real provider before people rely on it"),
                postbox.isConnected()
                        ? new SelfCheck.Finding(SelfCheck.Level.OK, "webhooks", "a host is connected", "")
                        : new SelfCheck.Finding(
                                SelfCheck.Level.WARNING,
                                "webhooks",
                                "no host is connected, so reports and inbound messages wait",
                                "call connect with the webhook receiver"));
    }

    /** Drops what is waiting and ends the thread. Idempotent. */
    @Override
    public void close() {
        postbox.close();
    }

    /**
     * The name and the totals.
     *
     * @return such as {@code SandboxProvider[sandbox, Tally[submits=2, received=2, created=1], 3 waiting]}
     */
    @Override
    public String toString() {
        return "SandboxProvider[" + name + ", " + tally() + ", " + waiting() + " waiting]";
    }

    /**
     * What was counted, for one message or for all.
     *
     * <p>Immutable and thread-safe.
     *
     * @param submits calls of {@link SandboxProvider#submit}
     * @param received requests that arrived whole; those not transmitted or lost on the way don't count
     * @param created messages that came into being
     */
    public record Tally(long submits, long received, long created) {}

    /**
     * Collects a sandbox's options.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private static final Duration USUAL_PAUSE = Duration.ofMillis(250);

        private String name = "sandbox";
        private Capabilities capabilities = Capabilities.builder(SegmentPolicy.GENERIC)
                .maxMedia(Wire.MAX_MEDIA)
                .settlement(Settlement.LOOKUP)
                .settlement(Settlement.DELIVERY_REPORT)
                .build();
        private TimeSource time = TimeSource.system();
        private SenderId sender = SenderId.of("+12025550199");
        private Function<? super Submission, Behaviour> behaviour = MagicNumbers::of;
        private Range answers = new Range(Duration.ZERO, Duration.ZERO);
        private Range reports = new Range(USUAL_PAUSE, USUAL_PAUSE);
        private List<String> secrets = List.of(randomSecret());
        private String webhookTarget = "/webhooks/sandbox";
        private final Set<Class<?>> withoutRoles = new HashSet<>();
        private Money balance = Money.of("100.00", "USD");
        private @Nullable Money perSegment;
        private long seed = ThreadLocalRandom.current().nextLong();
        private int remember = 10_000;

        private Builder() {}

        private static String randomSecret() {
            byte[] bytes = new byte[16];
            new SecureRandom().nextBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        }

        /**
         * Sets the instance's name. Default {@code sandbox}.
         *
         * @param value 1 to 32 characters of {@code a-z 0-9 -}
         * @return this builder
         */
        public Builder name(String value) {
            if (!value.matches("[a-z0-9-]{1,32}")) {
                throw new IllegalArgumentException(
                        "name: \"" + value + "\" is not 1 to 32 of a-z, 0-9 and -; choose another");
            }
            this.name = value;
            return this;
        }

        /**
         * Sets what the sandbox claims to take. Default: generic segments, 10 media, settles by lookup and report.
         *
         * @param value the limits
         * @return this builder
         */
        public Builder capabilities(Capabilities value) {
            this.capabilities = Objects.requireNonNull(value, "capabilities");
            return this;
        }

        /**
         * Takes a role away, to try out life without it.
         *
         * @param role such as {@link StatusLookup}
         * @return this builder
         */
        public Builder without(Class<?> role) {
            withoutRoles.add(role);
            return this;
        }

        /**
         * Sets the time. Default: the system's.
         *
         * @param value tells the time and waits
         * @return this builder
         */
        public Builder time(TimeSource value) {
            this.time = Objects.requireNonNull(value, "time");
            return this;
        }

        /**
         * Sets the sender of messages that name none; handsets answer to it. Default +1 202 555 0199.
         *
         * @param value a number or short code
         * @return this builder
         */
        public Builder sender(SenderId value) {
            this.sender = Objects.requireNonNull(value, "sender");
            return this;
        }

        /**
         * Sets what is done with each submission, in place of the magic numbers. It is called on the submitting thread,
         * concurrently; what it throws leaves {@link SandboxProvider#submit}, which no real provider does.
         *
         * @param choice from a submission to a behaviour
         * @return this builder
         */
        public Builder behaviour(Function<? super Submission, Behaviour> choice) {
            this.behaviour = Objects.requireNonNull(choice, "behaviour");
            return this;
        }

        /**
         * Gives one more number a meaning.
         *
         * @param number such as one of the host's own country that is set aside for fiction
         * @param meaning what is done with messages to it
         * @return this builder
         */
        public Builder number(PhoneNumber number, Behaviour meaning) {
            Function<? super Submission, Behaviour> others = behaviour;
            this.behaviour = submission -> submission.to().equals(number) ? meaning : others.apply(submission);
            return this;
        }

        /**
         * Sets how long a submit takes, evenly distributed. Default: no time.
         *
         * @param least zero or more
         * @param most at least as much
         * @return this builder
         * @throws IllegalArgumentException if it is no range
         */
        public Builder answerIn(Duration least, Duration most) {
            this.answers = Range.of("answerIn", least, most);
            return this;
        }

        /**
         * Sets the usual pause before each report, evenly distributed. Default 250 ms.
         *
         * @param least zero or more
         * @param most at least as much
         * @return this builder
         * @throws IllegalArgumentException if it is no range
         */
        public Builder reportIn(Duration least, Duration most) {
            this.reports = Range.of("reportIn", least, most);
            return this;
        }

        /**
         * Sets the secrets of the webhooks. Default: a random one that only this sandbox knows.
         *
         * @param first signs and verifies
         * @param others verify too, while secrets are rotated
         * @return this builder
         * @throws IllegalArgumentException if one is empty
         */
        public Builder secret(String first, String... others) {
            List<String> all = new ArrayList<>(List.of(others));
            all.add(0, first);
            if (all.contains("")) {
                throw new IllegalArgumentException("secret: one of " + all.size() + " is empty; give each some text");
            }
            this.secrets = List.copyOf(all);
            return this;
        }

        /**
         * Sets path and query of the webhook requests. Default {@code /webhooks/sandbox}.
         *
         * @param pathAndQuery begins with a slash
         * @return this builder
         */
        public Builder webhookTarget(String pathAndQuery) {
            if (!pathAndQuery.startsWith("/")) {
                throw new IllegalArgumentException("webhookTarget: it must begin with a slash");
            }
            this.webhookTarget = pathAndQuery;
            return this;
        }

        /**
         * Makes messages cost something; once the balance is used up, they are refused for ACCOUNT. Default: a balance of
         * 100 USD that never changes.
         *
         * @param start the balance
         * @param priceOfSegment what one segment costs, in the same currency
         * @return this builder
         * @throws IllegalArgumentException if the currencies differ
         */
        public Builder balance(Money start, Money priceOfSegment) {
            if (!start.currency().equals(priceOfSegment.currency())) {
                throw new IllegalArgumentException("balance: " + start.currency() + " and " + priceOfSegment.currency()
                        + " differ; use one currency");
            }
            this.balance = start;
            this.perSegment = priceOfSegment;
            return this;
        }

        /**
         * Makes ids and durations repeatable. Default: another seed each time.
         *
         * @param value any number
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets how many messages are remembered, and in proportion how many webhook requests may wait; the oldest are
         * forgotten first, and a message that is forgotten is no longer counted as a duplicate of itself. Default 10,000.
         *
         * @param messages 1 or more
         * @return this builder
         * @throws IllegalArgumentException if it is less
         */
        public Builder remember(int messages) {
            if (messages < 1) {
                throw new IllegalArgumentException("remember: " + messages + " is less than 1");
            }
            this.remember = messages;
            return this;
        }

        /**
         * Builds the sandbox. Starts no thread.
         *
         * @return the sandbox
         */
        public SandboxProvider build() {
            return new SandboxProvider(this);
        }
    }
}
