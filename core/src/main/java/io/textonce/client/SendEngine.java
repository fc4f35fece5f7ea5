package io.textonce.client;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Quote;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.Admission.Admitted;
import io.textonce.client.Admission.Refused;
import io.textonce.internal.ClientDoor;
import io.textonce.internal.Trace;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one admitted message to its one outcome. The invariants:
 *
 * <ul>
 *   <li>A submit follows another only if {@link Next#after} read a proof that the one before created nothing.
 *   <li>Policy is asked before every submit, failover included, and ends the send when it objects.
 *   <li>A store that fails before the first submit throws and nothing was sent; one that fails later never hides the
 *       true outcome.
 * </ul>
 */
final class SendEngine {

    /** What the host configured, once and for all sends. */
    record Settings(
            TimeSource time,
            RetryPolicy retry,
            Duration attemptTimeout,
            Duration deadline,
            Predicate<TenantId> disabled,
            SuppressionRepository suppressions,
            Wishes wishes,
            Limits limits,
            @Nullable SendingWindows windows,
            @Nullable Spending spending,
            @Nullable RateCard rates,
            @Nullable MessageRepository messages,
            Supplier<MessageId> ids,
            List<SmsListener> listeners,
            Function<SubmitReply, Next> permissions) {}

    private static final Logger log = LoggerFactory.getLogger(SmsClient.class);
    private static final ClientDoor.Fence UNFENCED = provider -> true;
    private static final String NOT_STORED = "(one-time code, not stored)";
    private static final int MOST_IDS = 10;

    /** For what is asked in the deadline's last instant; zero or less might mean forever to a provider. */
    private static final long SHORTEST_TIMEOUT = TimeUnit.MILLISECONDS.toNanos(1);

    /** No provider means to be left alone for longer; a date that is years away is a mistake of its clock. */
    private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

    /** What is known of a submit while it lasts. */
    private static final SubmitReply UNTOLD = SubmitReply.unknown(null, "it isn't known what was sent");

    private final Settings with;
    /** In nanoseconds, or as many as a long holds. */
    private final long deadline;

    private final long attemptTimeout;

    SendEngine(Settings settings) {
        this.with = settings;
        this.deadline = TimeUnit.NANOSECONDS.convert(settings.deadline());
        this.attemptTimeout = TimeUnit.NANOSECONDS.convert(settings.attemptTimeout());
    }

    /** The outcome of a message that admission refused; recorded if its recipient is known. */
    SendResult refuse(SmsMessage message, Refused refused) {
        MessageId id = with.ids().get();
        PhoneNumber to = refused.to();
        if (to == null || with.messages() == null) {
            return refusal(id, refused);
        }
        Instant now = with.time().now();
        MessageId stored =
                create(message, to, refused.text(), null, id, row -> row.completed(refusal(row.id(), refused), now));
        return refusal(stored, refused);
    }

    SendResult.Rejected refusal(MessageId id, Refused refused) {
        return rejected(id, refused.to(), List.of(), refused.quote(), refused.reason(), refused.explanation(), null);
    }

    /** The outcome of a message for which there is no room. Writes no row: it would make the caller wait for the store. */
    SendResult turnAway(SmsMessage message, String explanation) {
        SendResult result = rejected(
                with.ids().get(),
                message.number().orElse(null),
                List.of(),
                null,
                Reason.RATE_LIMITED,
                explanation,
                null);
        return with.messages() == null ? result : result.notRecorded();
    }

    /** Submits an admitted message until it has its outcome. */
    SendResult deliver(Admitted admitted, MessageId wanted, Channel channel) {
        SmsMessage message = admitted.message();
        long began = with.time().nanoTime(); // before the row: the deadline counts from what the row says
        MessageRepository messages = with.messages();
        if (messages == null) {
            return outcome(new Run(admitted, wanted, List.of(), false, UNFENCED, channel, true, began), true);
        }
        String first = admitted.candidates().get(0).name();
        MessageId id = create(message, admitted.to(), admitted.text(), first, wanted, row -> row);
        Named named = new Named(messages, message.tenant(), id, first, began);
        return outcome(new Run(admitted, id, List.of(), false, named, channel, true, began), true);
    }

    /**
     * Has the row name each provider before it is asked, so that after a crash it is known who may have the message. Lets
     * nobody be asked after the deadline, however long the store took: by then a lookup may prove that there is nothing.
     */
    private final class Named implements ClientDoor.Fence {
        private final MessageRepository messages;
        private final TenantId tenant;
        private final MessageId id;
        private final long began;
        private String named;

        Named(MessageRepository messages, TenantId tenant, MessageId id, String first, long began) {
            this.messages = messages;
            this.tenant = tenant;
            this.id = id;
            this.named = first;
            this.began = began;
        }

        @Override
        public boolean mayAsk(String provider) {
            if (!provider.equals(named)) {
                try {
                    messages.asking(tenant, id, provider, with.time().now());
                } catch (RuntimeException e) {
                    throw new SmsStoreException("MessageRepository.asking", e);
                }
                named = provider;
            }
            return with.time().nanoTime() - began < deadline;
        }
    }

    /**
     * Submits a message whose row is somebody else's to keep, and of which admission didn't ask what the person chose.
     * Throws only before anything was submitted.
     *
     * @param before what earlier deliveries tried
     * @param doubted whether one of those may have created a message that is paid as well
     * @param fence asked immediately before each submit
     */
    SendResult deliver(Admitted admitted, MessageId id, List<Attempt> before, boolean doubted, ClientDoor.Fence fence) {
        long began = with.time().nanoTime();
        return outcome(new Run(admitted, id, before, doubted, fence, Channel.ALONE, false, began), false);
    }

    /** Settles what was reserved for a message in doubt, by what was found out about it. */
    void settle(SmsMessage message, PhoneNumber to, SendResult result) {
        if (with.spending() == null) {
            return;
        }
        try {
            with.spending().settle(message, to, result);
        } catch (Throwable e) {
            log.error(
                    "message {}: SpendRepository failed; its doubt is settled, and what was reserved still counts: {}",
                    result.messageId(),
                    Trace.of(e));
        }
    }

    private SendResult outcome(Run run, boolean recorded) {
        SendResult result;
        try {
            result = run.outcome();
        } catch (Throwable e) {
            result = run.after(e);
            if (!run.submitted()) {
                giveBack(run.taken);
                SendResult settled = run.settled(result);
                if (recorded) {
                    record(run.message.tenant(), settled);
                }
                throw e;
            }
        }
        if (result instanceof SendResult.Rejected rejected && rejected.proof() != Proof.PROVIDER_REFUSED) {
            giveBack(run.taken);
        }
        SendResult settled = run.settled(result);
        return recorded ? record(run.message.tenant(), settled) : settled;
    }

    /** Whether the recipient opted out of what the provider would send from. */
    private boolean suppressed(Admitted admitted, ProviderSlot slot) {
        SmsMessage message = admitted.message();
        try {
            return with.suppressions().isSuppressed(message.tenant(), admitted.to(), sender(message, slot));
        } catch (RuntimeException e) {
            throw new SmsStoreException("SuppressionRepository.isSuppressed", e);
        }
    }

    /** Which of some recipients opted out, for lists that are looked through and not sent. */
    Set<PhoneNumber> suppressed(TenantId tenant, Set<PhoneNumber> numbers, @Nullable SenderId sender) {
        try {
            return with.suppressions().suppressed(tenant, numbers, sender);
        } catch (RuntimeException e) {
            throw new SmsStoreException("SuppressionRepository.suppressed", e);
        }
    }

    static @Nullable SenderId sender(SmsMessage message, ProviderSlot slot) {
        SenderId wanted = message.from().orElse(null);
        return wanted != null && slot.capabilities().owns(wanted) ? wanted : null;
    }

    private MessageId create(
            SmsMessage message,
            PhoneNumber to,
            String text,
            @Nullable String provider,
            MessageId wanted,
            Function<MessageRecord, MessageRecord> finish) {
        MessageRepository messages = Objects.requireNonNull(with.messages());
        MessageId id = wanted;
        try {
            for (int tries = 1;
                    !messages.create(message.tenant(), finish.apply(row(message, to, text, provider, id)));
                    tries++) {
                if (tries == MOST_IDS) {
                    throw new IllegalStateException("it says that each of " + tries + " fresh ids is taken");
                }
                id = with.ids().get();
            }
        } catch (RuntimeException e) {
            throw new SmsStoreException("MessageRepository.create", e);
        }
        return id;
    }

    private MessageRecord row(
            SmsMessage message, PhoneNumber to, String text, @Nullable String provider, MessageId id) {
        return MessageRecord.sending(id, message.tenant(), with.time().now())
                .to(to)
                .from(message.from().orElse(null))
                .text(message.category() == Category.OTP ? NOT_STORED : text)
                .category(message.category())
                .templateId(message.template().map(SmsMessage.TemplateUse::id).orElse(null))
                .reference(message.reference().orElse(null))
                .labels(message.labels())
                .provider(provider, null)
                .build();
    }

    private SendResult record(TenantId tenant, SendResult result) {
        if (with.messages() == null) {
            return result;
        }
        try {
            with.messages()
                    .complete(tenant, result.messageId(), result, with.time().now());
            return result;
        } catch (Throwable e) {
            log.error(
                    "message {}: MessageRepository.complete failed; the outcome is {} and isn't recorded: {}",
                    result.messageId(),
                    result.outcome(),
                    Trace.of(e));
            return result.notRecorded();
        }
    }

    private void giveBack(List<Limits.Taken> taken) {
        try {
            with.limits().giveBack(taken);
        } catch (Throwable e) {
            log.warn("LimitStore.giveBack failed; the limit counts a message that wasn't sent: {}", Trace.of(e));
        }
    }

    private SendResult.Rejected rejected(
            MessageId id,
            @Nullable PhoneNumber to,
            List<Attempt> attempts,
            @Nullable Quote quote,
            Reason reason,
            String explanation,
            @Nullable Instant retryAt) {
        return new SendResult.Rejected(
                SendResult.Details.of(id, to, attempts, quote),
                reason,
                Proof.LOCAL_POLICY,
                explanation,
                null,
                null,
                retryAt);
    }

    /** The last submit that was begun: the {@code number}th attempt, and what is known of it. */
    private static final class Asked {
        private final int number;
        private final ProviderSlot slot;
        private final Instant at;
        private SubmitReply reply = UNTOLD;

        Asked(int number, ProviderSlot slot, Instant at) {
            this.number = number;
            this.slot = slot;
            this.at = at;
        }
    }

    /** One message on its way: its attempts so far, and when it has to end. */
    private final class Run {
        private final Admitted admitted;
        private final SmsMessage message;
        private final MessageId id;
        private final List<Limits.Taken> taken;
        private final List<Limits.Taken> takenForAttempt = new ArrayList<>(0);
        private final ClientDoor.Fence fence;
        private final Channel channel;
        private final @Nullable Instant notAfter;
        /** Replaced by a longer one; a single attempt is the rule. */
        private List<Attempt> attempts = List.of();

        private Instant lookedAt = Instant.MIN;
        private final long began;
        private boolean permitted;
        private boolean waited;
        /** Whether it has just been asked what the person chose: not before a submit, nor before a wait. */
        private boolean chosen;

        private boolean suppressionLost;
        private SendingWindows.@Nullable Hours hours;
        private boolean hoursKnown;
        private final Spending.@Nullable Hold hold;
        private @Nullable Asked asked;

        Run(
                Admitted admitted,
                MessageId id,
                List<Attempt> before,
                boolean doubted,
                ClientDoor.Fence fence,
                Channel channel,
                boolean chosen,
                long began) {
            this.admitted = admitted;
            this.message = admitted.message();
            this.id = id;
            this.attempts = List.copyOf(before);
            this.taken = with.limits().countMessages() ? new ArrayList<>(0) : List.of();
            this.fence = fence;
            this.channel = channel;
            this.chosen = chosen;
            this.began = began;
            this.notAfter = message.notAfter().orElse(null);
            this.hold = with.spending() == null ? null : with.spending().of(admitted, id, doubted);
        }

        SendResult outcome() {
            return attemptAll();
        }

        boolean submitted() {
            return asked != null;
        }

        /** What is known when something of the host threw where it mustn't. Once submitted, that is the outcome. */
        SendResult after(Throwable fault) {
            Asked last = asked;
            if (last == null || last.number < nextNumber()) {
                giveBack(takenForAttempt); // taken for an attempt that wasn't begun
            }
            if (last == null) {
                return end(Reason.UNAVAILABLE, "a part of the host failed before anything was submitted", null);
            }
            log.error(
                    "message {}: a part of the host failed after a submit; its outcome stands: {}",
                    id,
                    Trace.of(fault));
            if (last.number == nextNumber()) {
                add(attempt(last.slot, last.reply, last.at, Duration.ZERO));
            }
            return fault instanceof SmsStoreException && last.reply.outcome() == Outcome.REJECTED
                    ? end(Reason.UNAVAILABLE, "a store failed between two attempts; nothing was created", null)
                    : result(last.slot, last.reply).notRecorded();
        }

        private SendResult attemptAll() {
            List<ProviderSlot> round = admitted.candidates();
            Map<ProviderSlot, Instant> passable = Map.of();
            SendResult last = null;
            for (int n = 1; ; n++) {
                List<ProviderSlot> again = List.of();
                for (int i = 0; i < round.size(); i++) {
                    ProviderSlot slot = round.get(i);
                    if (last != null && Thread.currentThread().isInterrupted()) {
                        return soonest(last, passable);
                    }
                    SendResult objection = policy(slot);
                    if (objection != null) {
                        return objection;
                    }
                    SubmitReply closed = closed(slot);
                    objection = waited ? standing(slot) : null;
                    if (objection != null) {
                        giveBackAttempt();
                        return objection;
                    }
                    SubmitReply reply = attempt(slot, closed);
                    SendResult result = result(slot, reply);
                    Next next = with.permissions().apply(reply);
                    if (next == Next.STOP) {
                        return result;
                    }
                    // Only now: most sends are done with their first attempt.
                    passable = last == null ? new HashMap<>() : passable;
                    again = again.isEmpty() ? new ArrayList<>() : again;
                    if (next == Next.SAME_OR_OTHER) {
                        passable.put(slot, reply.retryAfter().map(ended()::plus).orElse(Instant.MIN));
                    } else {
                        passable.remove(slot);
                    }
                    if (next == Next.SAME_OR_OTHER
                            && slot.openFor().compareTo(with.retry().longest()) <= 0) {
                        again.add(slot);
                    }
                    last = result;
                }
                if (last == null || again.isEmpty() || n >= with.retry().maxAttempts() || !pause(n, again)) {
                    return last == null
                            ? end(Reason.ROUTE, "no provider is configured", null)
                            : soonest(last, passable);
                }
                round = again;
            }
        }

        /**
         * The last attempt's rejection, with the time at which the first of the providers that may be asked again is ready:
         * one that wants to be left alone for hours mustn't hold up a message that another would take in a second.
         *
         * @param passable when each of them is ready; {@link Instant#MIN} if it didn't say
         */
        private SendResult soonest(SendResult last, Map<ProviderSlot, Instant> passable) {
            if (passable.isEmpty() || !(last instanceof SendResult.Rejected rejected)) {
                return last;
            }
            Instant ready = Collections.min(passable.values());
            Instant retryAt = ready.equals(Instant.MIN) ? null : ready;
            return new SendResult.Rejected(
                    rejected.details(),
                    rejected.reason(),
                    rejected.proof(),
                    rejected.explanation(),
                    rejected.provider().orElse(null),
                    rejected.providerCode().orElse(null),
                    retryAt);
        }

        /** What is asked before every submit, and again after every wait before it; null if nothing objects. */
        private @Nullable SendResult policy(ProviderSlot slot) {
            SendResult objection = objection(slot);
            if (objection == null && !permitted) {
                objection = limited();
                if (objection == null && waited) {
                    objection = objection(slot);
                }
            }
            return objection == null ? overspent() : objection;
        }

        /** What is asked again after a wait that came last. */
        private @Nullable SendResult standing(ProviderSlot slot) {
            SendResult objection = objection(slot);
            return objection == null ? overspent() : objection;
        }

        private @Nullable SendResult overspent() {
            if (hold == null) {
                return null;
            }
            Spending.Refusal refusal = hold.reserve(with.time().now());
            return refusal == null ? null : end(Reason.BUDGET, refusal.explanation(), refusal.retryAt());
        }

        /** Settles what was reserved. If that fails it stays reserved: too little may be spent then, never too much. */
        SendResult settled(SendResult result) {
            if (hold == null) {
                return result;
            }
            try {
                hold.settle(result);
                return result;
            } catch (Throwable e) {
                log.error(
                        "message {}: SpendRepository failed; the outcome is {}, and what was reserved for it still counts: {}",
                        id,
                        result.outcome(),
                        Trace.of(e));
                return result.notRecorded();
            }
        }

        private @Nullable SendResult objection(ProviderSlot slot) {
            waited = false;
            if (disabled()) {
                return end(Reason.DISABLED, "sending is switched off for tenant " + message.tenant(), null);
            }
            Instant now = with.time().now();
            if (notAfter != null && now.isAfter(notAfter)) {
                return end(Reason.EXPIRED, "the message's notAfter has passed", null);
            }
            if (suppressed(admitted, slot)) {
                return end(Reason.OPTED_OUT, "the recipient asked for no more messages; only they can lift that", null);
            }
            String unwanted = chosen
                    ? null
                    : with.wishes().of(message, Set.of()).refusal().orElse(null);
            chosen = true;
            if (unwanted != null) {
                return end(Reason.OPTED_OUT, unwanted, null);
            }
            return with.windows() == null ? null : quietHours(with.windows(), now);
        }

        private @Nullable SendResult quietHours(SendingWindows windows, Instant now) {
            if (!hoursKnown) {
                hours = windows.of(message, admitted.to());
                hoursKnown = true;
            }
            SendingWindows.Closed closed = hours == null ? null : hours.closed(now);
            return closed == null ? null : end(Reason.QUIET_HOURS, closed.explanation(), closed.opensAt());
        }

        private boolean disabled() {
            try {
                return with.disabled().test(message.tenant());
            } catch (RuntimeException e) {
                throw new SmsStoreException("disabledWhen", e);
            }
        }

        /** Takes the message's own permits, once, waiting as long as the limits allow. */
        private @Nullable SendResult limited() {
            if (!with.limits().countMessages()) {
                permitted = true;
                return null;
            }
            Instant start = with.time().now();
            Instant now = start;
            while (true) {
                Limits.Refusal refusal = take(now);
                if (refusal == null) {
                    permitted = true;
                    return null;
                }
                Instant passes = now.plus(refusal.after());
                if (Duration.between(start, passes).compareTo(refusal.patience()) > 0 || !sleepUntil(passes)) {
                    return end(Reason.RATE_LIMITED, refusal.explanation(), passes);
                }
                now = with.time().now();
            }
        }

        private Limits.@Nullable Refusal take(Instant now) {
            try {
                return with.limits().takeForMessage(message, admitted.to(), now, taken);
            } catch (RuntimeException e) {
                throw new SmsStoreException("LimitStore.take", e);
            }
        }

        /** One attempt: the one request, unless the provider is {@code closed}. */
        private SubmitReply attempt(ProviderSlot slot, @Nullable SubmitReply closed) {
            Instant start = lookedAt;
            long from = with.time().nanoTime();
            SubmitReply reply = closed != null ? closed : enter(slot, start, from);
            Duration took = Duration.ofNanos(Math.max(0, with.time().nanoTime() - from));
            Attempt attempt = attempt(slot, reply, start, took);
            add(attempt);
            if (reply.proof().orElse(Proof.PROVIDER_REFUSED) != Proof.PROVIDER_REFUSED) {
                giveBackAttempt();
            }
            takenForAttempt.clear();
            chosen = false;
            log.debug("message {}: {}", id, attempt);
            if (reply.reason().orElse(null) == Reason.CREDENTIAL) {
                log.warn("provider {} can't be used: {}", slot.name(), reply.explanation());
            }
            tell(with.listeners(), listener -> listener.onAttempt(id, attempt));
            return reply;
        }

        /** Not the count: an outbox hands over only the last ones. */
        private int nextNumber() {
            return attempts.isEmpty() ? 1 : attempts.get(attempts.size() - 1).number() + 1;
        }

        private void add(Attempt attempt) {
            if (attempts.isEmpty()) {
                attempts = List.of(attempt);
            } else {
                List<Attempt> longer = new ArrayList<>(attempts);
                longer.add(attempt);
                attempts = List.copyOf(longer);
            }
        }

        private void giveBackAttempt() {
            giveBack(takenForAttempt);
            takenForAttempt.clear();
        }

        /** Asks the provider, if its breaker lets it. The breaker's permission is used or given back, whatever happens. */
        private SubmitReply enter(ProviderSlot slot, Instant start, long from) {
            Submission submission = submission(slot, start, from);
            if (!slot.tryEnter()) {
                SubmitReply alone = SubmitReply.notTransmitted(
                        Reason.UNAVAILABLE, slot.name() + " failed repeatedly and is left alone for a while");
                Duration open = slot.openFor();
                return open.isZero() ? alone : alone.retryAfter(open);
            }
            SubmitReply reply = null;
            try {
                if (!fence.mayAsk(slot.name())) {
                    reply = SubmitReply.invalid(Reason.UNAVAILABLE, "its time ran out before the submit");
                    return reply;
                }
                Asked present = new Asked(nextNumber(), slot, start);
                asked = present;
                reply = submit(slot, submission);
                present.reply = reply;
            } finally {
                slot.leave(reply, from);
            }
            if (reply.reason().orElse(null) == Reason.OPTED_OUT
                    && reply.proof().orElse(null) == Proof.PROVIDER_REFUSED) {
                rememberOptOut(slot, reply);
            }
            Duration wait = reply.retryAfter().orElse(null);
            if (wait != null) {
                slot.pauseUntil(with.time().now().plus(wait));
            }
            return reply;
        }

        /** Why the provider isn't even asked; counts as not transmitted, so another may be. Null if it may be asked. */
        private @Nullable SubmitReply closed(ProviderSlot slot) {
            Instant start = with.time().now();
            lookedAt = start;
            Duration pause = slot.pause(start);
            if (!pause.isZero()) {
                return SubmitReply.notTransmitted(Reason.THROTTLED, slot.name() + " asked to wait")
                        .retryAfter(pause);
            }
            SubmitReply limited = limitedBy(slot, start);
            if (limited == null && remaining(with.time().nanoTime()) <= 0) {
                return SubmitReply.notTransmitted("the send's deadline has passed");
            }
            return limited;
        }

        /** The nanoseconds until the deadline. */
        private long remaining(long now) {
            return deadline - (now - began);
        }

        private @Nullable SubmitReply limitedBy(ProviderSlot slot, Instant start) {
            Instant now = start;
            while (true) {
                Limits.Refusal refusal;
                try {
                    refusal = with.limits().takeForAttempt(message, slot, now, takenForAttempt);
                } catch (RuntimeException e) {
                    if (attempts.isEmpty()) {
                        throw new SmsStoreException("LimitStore.take", e);
                    }
                    log.error("LimitStore.take failed; {} isn't asked: {}", slot.name(), Trace.of(e));
                    return SubmitReply.notTransmitted(Reason.RATE_LIMITED, "the limit store failed");
                }
                if (refusal == null) {
                    return null;
                }
                giveBackAttempt();
                Instant passes = now.plus(refusal.after());
                if (Duration.between(start, passes).compareTo(refusal.patience()) > 0 || !sleepUntil(passes)) {
                    return SubmitReply.notTransmitted(
                                    Reason.RATE_LIMITED, "the rate limit of " + slot.name() + " is used up")
                            .retryAfter(refusal.after());
                }
                now = with.time().now();
                lookedAt = now;
            }
        }

        private Submission submission(ProviderSlot slot, Instant now, long from) {
            long left = Math.max(remaining(from), SHORTEST_TIMEOUT);
            return Submission.builder(id, admitted.to(), admitted.text())
                    .tenant(message.tenant())
                    .from(sender(message, slot))
                    .segments(segments(slot))
                    .media(message.media())
                    .category(message.category())
                    .extra(Admission.extra(slot, message))
                    .validUntil(notAfter, now)
                    .timeout(left < attemptTimeout ? Duration.ofNanos(left) : with.attemptTimeout())
                    .build();
        }

        private int segments(ProviderSlot slot) {
            return slot == admitted.candidates().get(0) ? admitted.quote().segments() : slot.segments(admitted.text());
        }

        private SubmitReply submit(ProviderSlot slot, Submission submission) {
            try {
                SubmitReply reply = channel.submit(slot, submission);
                if (reply == null) {
                    return SubmitReply.unknown(null, slot.name() + " answered null");
                }
                return reply.retryAfter().orElse(Duration.ZERO).compareTo(LONGEST_PAUSE) > 0
                        ? reply.retryAfter(LONGEST_PAUSE)
                        : reply;
            } catch (Throwable e) {
                // A provider must not throw. If one does, nobody knows how far its request had come.
                log.error(
                        "provider {} threw from submit; the outcome of message {} is unknown: {}",
                        slot.name(),
                        id,
                        Trace.of(e));
                return SubmitReply.unknown(
                        null, slot.name() + " threw " + e.getClass().getName());
            }
        }

        private void rememberOptOut(ProviderSlot slot, SubmitReply reply) {
            String source =
                    slot.name() + reply.providerCode().map(code -> " " + code).orElse("");
            try {
                Instant now = with.time().now();
                with.suppressions()
                        .record(
                                message.tenant(),
                                new Suppression(admitted.to(), null, Suppression.Choice.OPT_OUT, now, source));
            } catch (Throwable e) {
                suppressionLost = true;
                log.error(
                        "message {}: SuppressionRepository.record failed; an opt-out isn't recorded: {}",
                        id,
                        Trace.of(e));
            }
        }

        /** Waits between two rounds. False if there is no time left, or the thread was interrupted. */
        private boolean pause(int round, List<ProviderSlot> again) {
            Instant now = with.time().now();
            Duration asked = null;
            for (ProviderSlot slot : again) {
                Duration pause = slot.pause(now);
                Duration open = slot.openFor();
                pause = open.compareTo(pause) > 0 ? open : pause;
                asked = asked == null || pause.compareTo(asked) < 0 ? pause : asked;
            }
            Duration drawn = with.retry().pause(round);
            return sleepUntil(now.plus(asked != null && asked.compareTo(drawn) > 0 ? asked : drawn));
        }

        private boolean sleepUntil(Instant when) {
            Duration wait = Duration.between(with.time().now(), when);
            if (wait.compareTo(Duration.ofNanos(remaining(with.time().nanoTime()))) > 0
                    || (notAfter != null && when.isAfter(notAfter))) {
                return false;
            }
            try {
                waited = true;
                chosen = false;
                with.time().sleep(wait);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private Attempt attempt(ProviderSlot slot, SubmitReply reply, Instant start, Duration took) {
            Attempt.Builder attempt = Attempt.builder(nextNumber(), slot.name(), reply.outcome())
                    .providerCode(reply.providerCode().orElse(null))
                    .providerMessageId(reply.providerMessageId().orElse(null))
                    .explanation(reply.explanation().isEmpty() ? null : reply.explanation())
                    .at(start, took);
            if (reply.outcome() == Outcome.REJECTED) {
                attempt.rejected(
                        reply.reason().orElse(Reason.OTHER), reply.proof().orElse(Proof.PROVIDER_REFUSED));
            }
            return attempt.build();
        }

        /** Another provider may count and cost otherwise than the first, of which admission gave the quote. */
        private Quote quote(ProviderSlot slot) {
            Quote first = admitted.quote();
            return slot == admitted.candidates().get(0)
                    ? first
                    : Admission.quote(
                            with.rates(),
                            slot,
                            admitted.to(),
                            admitted.text(),
                            slot.segmenter().measure(admitted.text()),
                            first.warnings());
        }

        private SendResult result(ProviderSlot slot, SubmitReply reply) {
            SendResult.Details details = SendResult.Details.of(id, admitted.to(), attempts, quote(slot));
            SendResult result = switch (reply.outcome()) {
                case ACCEPTED ->
                    new SendResult.Accepted(
                            details,
                            slot.name(),
                            reply.providerMessageId().orElse(null),
                            reply.segments().orElse(-1),
                            reply.price().orElse(null));
                case REJECTED ->
                    new SendResult.Rejected(
                            details,
                            reply.reason().orElse(Reason.OTHER),
                            reply.proof().orElse(Proof.PROVIDER_REFUSED),
                            reply.explanation(),
                            slot.name(),
                            reply.providerCode().orElse(null),
                            reply.retryAfter().map(ended()::plus).orElse(null));
                case UNKNOWN ->
                    new SendResult.Unknown(
                            details,
                            slot.name(),
                            Set.copyOf(slot.capabilities().settlement()),
                            reply.explanation(),
                            null);
            };
            return suppressionLost ? result.notRecorded() : result;
        }

        /** When the last attempt ended, by what is known already: the clock isn't asked for an outcome's sake. */
        private Instant ended() {
            Attempt last = attempts.get(attempts.size() - 1);
            return last.startedAt().plus(last.duration());
        }

        SendResult end(Reason reason, String explanation, @Nullable Instant retryAt) {
            return rejected(id, admitted.to(), attempts, admitted.quote(), reason, explanation, retryAt);
        }
    }

    static void tell(List<SmsListener> listeners, Consumer<SmsListener> call) {
        for (SmsListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (Throwable e) {
                log.warn(
                        "listener {} threw; nothing else is affected: {}",
                        listener.getClass().getName(),
                        Trace.of(e));
            }
        }
    }
}
