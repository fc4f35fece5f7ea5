package io.textonce.client;

import io.textonce.Category;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets the workers of one bulk run share requests, where the provider has a verdict for each recipient. Everything that
 * decides about a single message, policy, limits and breaker included, has happened before and stays as it is; what comes
 * together here is only the request. Whoever comes first waits a few milliseconds for the others, at most until all
 * workers are here, and makes the request for those who say the same.
 */
final class Gathering implements Channel {

    /** So little that what was decided before the wait still holds as it does for a request on its way. */
    private static final Duration LINGER = Duration.ofMillis(5);

    /** What a batch has in common. Times left differ by what passes between two workers, so seconds will do. */
    private record Alike(
            ProviderSlot slot,
            TenantId tenant,
            String text,
            Optional<SenderId> from,
            Category category,
            List<URI> media,
            Map<String, String> extra,
            Optional<Long> secondsLeft) {}

    /** Those whose request hasn't left; under the lock until it has. */
    private final class Group {
        private final int most;
        private final List<Submission> members = new ArrayList<>();
        private final Set<PhoneNumber> recipients = new HashSet<>();
        private final Condition changed = lock.newCondition();
        private @Nullable List<SubmitReply> replies;
        private @Nullable Throwable fault;

        Group(int most) {
            this.most = most;
        }

        boolean takes(Submission submission) {
            return members.size() < most && !recipients.contains(submission.to());
        }

        int add(Submission submission) {
            members.add(submission);
            recipients.add(submission.to());
            return members.size() - 1;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Alike, Group> open = new HashMap<>();
    private final long lingerNanos;
    private int workers;
    private int inside;

    Gathering() {
        this(LINGER);
    }

    /** For tests that mustn't depend on how fast threads come. */
    Gathering(Duration linger) {
        this.lingerNanos = linger.toNanos();
    }

    /** A worker begins. */
    void join() {
        lock.lock();
        try {
            workers++;
        } finally {
            lock.unlock();
        }
    }

    /** A worker ends: nobody waits for it any longer. */
    void leave() {
        lock.lock();
        try {
            workers--;
            wakeLeaders();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SubmitReply submit(ProviderSlot slot, Submission submission) {
        BatchSubmitter batch = slot.batch();
        if (batch == null) {
            return ALONE.submit(slot, submission);
        }
        Group group;
        int place;
        boolean leads;
        lock.lock();
        try {
            inside++;
            Alike alike = alike(slot, submission);
            Group known = open.get(alike);
            if (known != null && known.takes(submission)) {
                group = known;
                leads = false;
            } else {
                group = new Group(batch.maxRecipients());
                leads = true;
            }
            place = group.add(submission);
            if (leads) {
                open.put(alike, group);
                try {
                    awaitOthers(group);
                } catch (Throwable e) {
                    // the others mustn't wait for a leader who is gone
                    finish(group, null, e);
                    throw e;
                } finally {
                    open.remove(alike, group);
                }
            } else {
                wakeLeaders();
                while (group.replies == null && group.fault == null) {
                    group.changed.awaitUninterruptibly();
                }
            }
        } finally {
            lock.unlock();
        }
        if (leads) {
            request(slot, batch, group);
        }
        return reply(group, place);
    }

    private static Alike alike(ProviderSlot slot, Submission submission) {
        return new Alike(
                slot,
                submission.tenant(),
                submission.text(),
                submission.from(),
                submission.category(),
                submission.media(),
                submission.extra(),
                submission.validity().map(Duration::toSeconds));
    }

    private void awaitOthers(Group group) {
        long left = lingerNanos;
        boolean interrupted = false;
        while (left > 0 && inside < workers && group.members.size() < group.most) {
            try {
                left = group.changed.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
                left = 0;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wakeLeaders() {
        open.values().forEach(group -> group.changed.signalAll());
    }

    private void request(ProviderSlot slot, BatchSubmitter batch, Group group) {
        List<SubmitReply> replies = null;
        Throwable fault = null;
        try {
            replies = group.members.size() == 1
                    ? List.of(ALONE.submit(slot, group.members.get(0)))
                    : batch.submit(List.copyOf(group.members));
        } catch (Throwable e) {
            fault = e;
        }
        if (fault == null && (replies == null || replies.size() != group.members.size())) {
            fault = new IllegalStateException("it didn't answer for each recipient");
        }
        lock.lock();
        try {
            finish(group, replies, fault);
        } finally {
            lock.unlock();
        }
    }

    private void finish(Group group, @Nullable List<SubmitReply> replies, @Nullable Throwable fault) {
        inside -= group.members.size();
        group.replies = replies;
        group.fault = fault;
        group.changed.signalAll();
    }

    /**
     * What the engine makes of a provider that throws holds for all: nobody knows what was sent. So it does if there are
     * more or fewer answers than recipients, as nobody knows then whose they are.
     */
    private static SubmitReply reply(Group group, int place) {
        List<SubmitReply> replies = group.replies;
        if (replies == null || group.fault != null) {
            throw new IllegalStateException("the batch request failed", group.fault);
        }
        return replies.get(place);
    }
}
