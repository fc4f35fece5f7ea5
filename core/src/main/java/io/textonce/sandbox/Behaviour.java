package io.textonce.sandbox;

import io.textonce.DeliveryStatus;
import io.textonce.Media;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.spi.SubmitReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox does with one message: whether the request arrives, whether a message comes of it, what the answer
 * is, and which reports follow.
 *
 * <p>Reports come in the order in which they are named here, each the sandbox's usual pause after the one before, or
 * after a pause of its own. Those that fall due at the same moment share one webhook request.
 *
 * <pre>{@code
 * Behaviour.accept().report(DeliveryStatus.SENT).report(DeliveryStatus.UNDELIVERED, Reason.BLOCKED, "filtered");
 * Behaviour.throttle(Duration.ofSeconds(1)).thenOnRetry(Behaviour.accept());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Behaviour {

    /** Longer than any timeout. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private static final List<Step> USUAL = List.of(Step.of(DeliveryStatus.SENT), Step.of(DeliveryStatus.DELIVERED));

    /** The sandbox receives the request whole. */
    final boolean arrives;
    /** A message comes into being. */
    final boolean creates;
    /** What is answered; null is the usual acceptance. */
    final @Nullable SubmitReply reply;

    final Duration delay;
    final List<Step> steps;
    final Manner manner;
    private final @Nullable Behaviour retry;

    private Behaviour(
            boolean arrives,
            boolean creates,
            @Nullable SubmitReply reply,
            Duration delay,
            List<Step> steps,
            Manner manner,
            @Nullable Behaviour retry) {
        this.arrives = arrives;
        this.creates = creates;
        this.reply = reply;
        this.delay = delay;
        this.steps = steps;
        this.manner = manner;
        this.retry = retry;
    }

    /** How the reports are told. */
    enum Manner {
        USUAL,
        /** Nobody is told; a lookup knows all the same. */
        SILENT,
        /** Told before the submit is answered. */
        EARLY,
        /** Each webhook request comes twice. */
        TWICE
    }

    /**
     * One thing that happens after acceptance.
     *
     * @param status the new status, or null if the handset answers
     * @param parts which part has which status; empty for a report on the whole message
     * @param gap the pause before it, or null for the sandbox's usual one
     */
    record Step(
            @Nullable DeliveryStatus status,
            List<DeliveryStatus> parts,
            @Nullable Reason reason,
            @Nullable String code,
            String text,
            List<Media> media,
            @Nullable Duration gap) {

        static Step of(DeliveryStatus status) {
            return new Step(status, List.of(), null, null, "", List.of(), null);
        }

        /** The status of a part, counted from 1. */
        DeliveryStatus ofPart(int part) {
            return parts.get(Math.min(part, parts.size()) - 1);
        }
    }

    private static Behaviour answering(boolean arrives, boolean creates, @Nullable SubmitReply reply) {
        return new Behaviour(arrives, creates, reply, Duration.ZERO, USUAL, Manner.USUAL, null);
    }

    /**
     * Takes the message, reports SENT and then DELIVERED.
     *
     * @return the behaviour
     */
    public static Behaviour accept() {
        return answering(true, true, null);
    }

    /**
     * Refuses the message; nothing is created.
     *
     * @param reason why
     * @param code the provider's own code
     * @return the behaviour
     */
    public static Behaviour refuse(Reason reason, String code) {
        return answer(SubmitReply.refused(reason, code, "the sandbox was told to refuse this message"));
    }

    /**
     * Refuses the message for being over the provider's limit; nothing is created.
     *
     * @param retryAfter how long it asks to wait, or null if it doesn't say
     * @return the behaviour
     */
    public static Behaviour throttle(@Nullable Duration retryAfter) {
        return answer(SubmitReply.throttled(retryAfter, "throttled", "the sandbox was told to throttle this message"));
    }

    /**
     * Can't be reached: the request never leaves and nothing is created.
     *
     * @return the behaviour
     */
    public static Behaviour notTransmitted() {
        return answer(SubmitReply.notTransmitted("the sandbox was told to be out of reach"));
    }

    /**
     * Takes the message and delivers it, but its answer is lost on the way back: the sender can't know.
     *
     * @return the behaviour
     */
    public static Behaviour loseResponse() {
        return answering(true, true, SubmitReply.unknown(null, "the connection was lost before the answer"));
    }

    /**
     * Never receives the whole request, and nothing is created; for the sender it looks like {@link #loseResponse()}.
     *
     * @return the behaviour
     */
    public static Behaviour loseRequest() {
        return answering(false, false, SubmitReply.unknown(null, "the connection was lost before the answer"));
    }

    /**
     * Takes the message and delivers it, but doesn't answer until the submit's timeout has passed.
     *
     * @return the behaviour
     */
    public static Behaviour hang() {
        return accept().answerAfter(FOREVER);
    }

    /**
     * Answers with exactly this. A message is created if the answer is acceptance, under the answer's provider id; with
     * any other answer nothing is created.
     *
     * @param reply the answer
     * @return the behaviour
     */
    public static Behaviour answer(SubmitReply reply) {
        boolean accepted = reply.outcome() == Outcome.ACCEPTED;
        boolean arrives =
                reply.proof().map(proof -> proof == Proof.PROVIDER_REFUSED).orElse(true);
        return answering(arrives, accepted, reply);
    }

    /**
     * Answers only after a time. If that is longer than the submit's timeout, the sender sees no answer.
     *
     * @param time zero or more
     * @return a copy
     */
    public Behaviour answerAfter(Duration time) {
        return new Behaviour(arrives, creates, reply, notNegative("answerAfter", time), steps, manner, retry);
    }

    /**
     * Adds a report, the usual pause after the one before. The first one named replaces the usual SENT and DELIVERED.
     *
     * @param status how far the message has come
     * @return a copy
     * @throws IllegalArgumentException for PARTIAL, which no provider reports
     */
    public Behaviour report(DeliveryStatus status) {
        return with(Step.of(reportable(status)));
    }

    /**
     * Adds a report, as {@link #report(DeliveryStatus)}, with a pause of its own.
     *
     * @param status how far the message has come
     * @param gap how long after the report before, or after the submit; zero puts it into the same webhook request
     * @return a copy
     * @throws IllegalArgumentException for PARTIAL or a negative pause
     */
    public Behaviour report(DeliveryStatus status, Duration gap) {
        return with(
                new Step(reportable(status), List.of(), null, null, "", List.of(), notNegative("report after", gap)));
    }

    /**
     * Adds a report with a reason, as {@link #report(DeliveryStatus)}.
     *
     * @param status how far the message has come
     * @param reason why it won't come further
     * @param code the provider's own code
     * @return a copy
     * @throws IllegalArgumentException for PARTIAL
     */
    public Behaviour report(DeliveryStatus status, Reason reason, String code) {
        return with(new Step(reportable(status), List.of(), reason, code, "", List.of(), null));
    }

    /**
     * Adds one report for each segment of the text, all at the same moment, as {@link #report(DeliveryStatus)}.
     *
     * @param first the status of the first part
     * @param others the statuses of the parts after it; the last one named stands for all that remain
     * @return a copy
     * @throws IllegalArgumentException for PARTIAL
     */
    public Behaviour reportParts(DeliveryStatus first, DeliveryStatus... others) {
        List<DeliveryStatus> all = IntStream.rangeClosed(0, others.length)
                .mapToObj(i -> reportable(i == 0 ? first : others[i - 1]))
                .toList();
        return with(new Step(first, all, null, null, "", List.of(), null));
    }

    /**
     * Lets the handset answer, the usual pause after the last report. Nothing comes of it if the message's sender can't
     * be texted to.
     *
     * @param text the answer
     * @param media pictures and files
     * @return a copy
     */
    public Behaviour reply(String text, Media... media) {
        List<Step> more = new ArrayList<>(steps);
        more.add(new Step(null, List.of(), null, null, Objects.requireNonNull(text, "text"), List.of(media), null));
        return with(more);
    }

    /**
     * Tells nobody what becomes of the message; only a lookup knows.
     *
     * @return a copy
     */
    public Behaviour silent() {
        return in(Manner.SILENT);
    }

    /**
     * Tells everything before the submit is answered, on the submitting thread.
     *
     * @return a copy
     */
    public Behaviour early() {
        return in(Manner.EARLY);
    }

    /**
     * Sends each webhook request twice, with the same events in it.
     *
     * @return a copy
     */
    public Behaviour twice() {
        return in(Manner.TWICE);
    }

    /**
     * Sets what is done when the same message is submitted again.
     *
     * @param next from the second submit on; its own {@code thenOnRetry} is for the third
     * @return a copy
     */
    public Behaviour thenOnRetry(Behaviour next) {
        Behaviour last = retry == null ? next : retry.thenOnRetry(next);
        return new Behaviour(arrives, creates, reply, delay, steps, manner, last);
    }

    /** The behaviour for the nth submit of a message, counted from 1. */
    Behaviour onSubmit(int number) {
        return number <= 1 || retry == null ? this : retry.onSubmit(number - 1);
    }

    private Behaviour with(Step step) {
        List<Step> more = new ArrayList<>(steps == USUAL ? List.of() : steps);
        more.add(step);
        return with(more);
    }

    private Behaviour with(List<Step> more) {
        return new Behaviour(arrives, creates, reply, delay, List.copyOf(more), manner, retry);
    }

    private Behaviour in(Manner other) {
        return new Behaviour(arrives, creates, reply, delay, steps, other, retry);
    }

    private static DeliveryStatus reportable(DeliveryStatus status) {
        if (status == DeliveryStatus.PARTIAL) {
            throw new IllegalArgumentException(
                    "report: PARTIAL is derived from reports of parts and never reported; use reportParts");
        }
        return Objects.requireNonNull(status, "status");
    }

    private static Duration notNegative(String option, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(option + ": " + value + " is negative; use zero or more");
        }
        return value;
    }

    /**
     * What arrives, what is created, what is answered; no text.
     *
     * @return such as {@code Behaviour[created, usual answer, 2 reports]}
     */
    @Override
    public String toString() {
        return "Behaviour[" + (creates ? "created" : arrives ? "not created" : "never arrived") + ", "
                + (reply == null ? "usual answer" : reply) + ", " + steps.size() + " reports"
                + (retry == null ? "" : ", then " + retry) + "]";
    }
}
