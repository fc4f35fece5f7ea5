package io.textonce.engagement.campaign;

import io.textonce.Money;
import io.textonce.SmsMessage;
import io.textonce.engagement.campaign.CampaignRepository.Counts;
import io.textonce.engagement.campaign.CampaignRepository.Outcome;
import io.textonce.engagement.campaign.CampaignRepository.Row;
import io.textonce.engagement.campaign.CampaignRepository.Standing;
import io.textonce.engagement.campaign.RecipientSource.Placed;
import io.textonce.outbox.Draft;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.TimeSource;
import io.textonce.store.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns recipients into messages, a chunk at a time. Whatever a chunk changes is written in one step, which asks that
 * nobody else changed the campaign since it was read: so each recipient is taken once, a stop is final, and a crash loses
 * nothing but the work on one chunk.
 */
final class Expansion {

    private static final Logger LOG = LoggerFactory.getLogger(Expansion.class);
    private static final int CHUNK = 1_000;
    private static final int MOST_PROBLEM = 1_000;
    private static final Duration LEAST_LOOKAHEAD = Duration.ofSeconds(2);

    private final SmsOutbox outbox;
    private final CampaignRepository repository;
    private final Wishes wishes;
    private final TimeSource time;
    private final BooleanSupplier stopping;

    Expansion(
            SmsOutbox outbox, CampaignRepository repository, Wishes wishes, TimeSource time, BooleanSupplier stopping) {
        this.outbox = outbox;
        this.repository = repository;
        this.wishes = wishes;
        this.time = time;
        this.stopping = stopping;
    }

    /** Takes as many recipients as may be now; answers how many. */
    int pass(Campaign campaign, Standing standing) {
        Row row = standing.row();
        if (row.exhausted()) {
            if (standing.waiting() == 0) {
                repository.advance(row.in(CampaignState.COMPLETED), List.of(), List.of());
            }
            return 0;
        }
        int taken = 0;
        int room = campaign.ahead() - standing.waiting();
        while (room > 0 && !stopping.getAsBoolean()) {
            Chunk chunk = chunk(campaign, row, Math.min(room, CHUNK));
            if (chunk == null) {
                break;
            }
            if (chunk.counts.taken() == 0 && !chunk.exhausted) {
                if (chunk.problem != null) {
                    stick(row, chunk.problem);
                    break;
                }
                Row settled = taken > 0 || standing.waiting() > 0 ? null : settled(row);
                if (settled == null) {
                    break;
                }
                row = settled;
                continue;
            }
            Row next = chunk.next();
            if (!repository.advance(next, chunk.keys, chunk.rows)) {
                break;
            }
            taken += (int) chunk.counts.taken();
            room -= chunk.rows.size();
            row = next.next();
            outbox.wake();
            if (chunk.exhausted) {
                break;
            }
        }
        return taken;
    }

    /** The next recipient can't get a message for a reason that many share: better nobody does before it is mended. */
    private void stick(Row row, String problem) {
        if (repository.advance(row.stuck(problem), List.of(), List.of())) {
            LOG.warn("campaign {} of {} is stuck until it is resumed: {}", row.id(), row.tenant(), problem);
        }
    }

    /** Nobody fits any more, and all is settled. What came back may make room; null if it doesn't. */
    private @Nullable Row settled(Row row) {
        Row next = withoutWhatCameBack(row);
        boolean less = next.committed() < row.committed() || isLess(next.reserved(), row.reserved());
        boolean done = repository.advance(less ? next : next.in(CampaignState.CAPPED), List.of(), List.of());
        return done && less ? next.next() : null;
    }

    /** Where messages were deleted meanwhile, nobody knows what of them came back: all of it counts. */
    private Row withoutWhatCameBack(Row row) {
        long there = 0;
        long messages = 0;
        Money cost = null;
        boolean mixed = false;
        for (Outcome each : repository.outcomes(row.tenant(), row.id())) {
            there += each.messages();
            if (each.counts()) {
                messages += each.messages();
                mixed |= differ(cost, each.cost());
                cost = mixed ? cost : plus(cost, each.cost());
            }
        }
        if (there < row.counts().enqueued()) {
            return row;
        }
        return row.settled(messages, mixed || differ(cost, row.reserved()) ? row.reserved() : cost);
    }

    private static boolean isLess(@Nullable Money a, @Nullable Money b) {
        return a != null && b != null && a.amount().compareTo(b.amount()) < 0;
    }

    private static boolean differ(@Nullable Money a, @Nullable Money b) {
        return a != null && b != null && !a.currency().equals(b.currency());
    }

    /** Of one currency. */
    static @Nullable Money plus(@Nullable Money a, @Nullable Money b) {
        return a == null ? b : b == null ? a : a.plus(b);
    }

    /** Null if no message may be sent yet. */
    private @Nullable Chunk chunk(Campaign campaign, Row row, int most) {
        Instant now = time.now();
        Instant due = row.nextDue().isAfter(now) ? row.nextDue() : now;
        Duration step = campaign.step();
        int allowed = most;
        if (step != null) {
            Duration lookahead =
                    campaign.interval().compareTo(LEAST_LOOKAHEAD) > 0 ? campaign.interval() : LEAST_LOOKAHEAD;
            long free = Duration.between(due, now.plus(lookahead)).dividedBy(step);
            allowed = (int) Math.min(most, free);
        }
        if (allowed < 1) {
            return null;
        }
        Chunk chunk = new Chunk(campaign, row, due);
        List<Placed> page = campaign.source().after(campaign.tenant(), campaign.audience(), row.place(), allowed);
        if (page.isEmpty()) {
            chunk.exhausted = true;
        } else {
            fill(chunk, page);
        }
        return chunk;
    }

    private void fill(Chunk chunk, List<Placed> page) {
        Campaign campaign = chunk.campaign;
        List<Optional<SmsMessage>> wanted = wishes.messages(campaign, page);
        List<Draft> drafts =
                outbox.draft(wanted.stream().flatMap(Optional::stream).toList(), chunk.due);
        List<@Nullable String> keys = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < page.size(); i++) {
            Recipient recipient = page.get(i).recipient();
            OutboxRow row =
                    wanted.get(i).isEmpty() ? null : drafts.get(next++).row().orElse(null);
            keys.add(
                    row == null
                            ? null
                            : recipient.key().orElse(row.message().to().e164()));
        }
        Collection<String> known = new ArrayList<>();
        for (String key : keys) {
            if (key != null) {
                known.add(key);
            }
        }
        Set<String> seen = repository.seen(campaign.tenant(), campaign.id(), known);
        next = 0;
        for (int i = 0; i < page.size() && !chunk.full && chunk.problem == null; i++) {
            Draft draft = wanted.get(i).isEmpty() ? null : drafts.get(next++);
            chunk.take(page.get(i).place(), draft, keys.get(i), seen);
        }
    }

    /** What one step writes. */
    private static final class Chunk {
        private final Campaign campaign;
        private final Row row;
        private final Instant due;
        private final Set<String> keys = new LinkedHashSet<>();
        private final List<OutboxRow> rows = new ArrayList<>();
        private Counts counts = Counts.NONE;
        private @Nullable String place;
        private @Nullable Money reserved;
        private boolean exhausted;
        private boolean full;
        private @Nullable String problem;

        private Chunk(Campaign campaign, Row row, Instant due) {
            this.campaign = campaign;
            this.row = row;
            this.due = due;
            this.place = row.place();
            this.reserved = row.reserved();
        }

        /** No draft: the person doesn't want it. No row: it can't be sent, for a reason of its own or one that many share. */
        private void take(String at, @Nullable Draft draft, @Nullable String key, Set<String> seen) {
            OutboxRow message = draft == null ? null : draft.row().orElse(null);
            if (draft == null) {
                count(at, new Counts(0, 0, 0, 1, 0));
            } else if (message == null || key == null) {
                if (draft.isUnfitItself()) {
                    count(at, new Counts(0, 0, 1, 0, 0));
                } else {
                    problem = draft.refusal()
                            .map(refusal -> refusal.reason() + ": " + refusal.explanation())
                            .map(text -> text.length() > MOST_PROBLEM ? text.substring(0, MOST_PROBLEM) : text)
                            .orElse("its messages can't be made");
                }
            } else if (seen.contains(key) || keys.contains(key)) {
                count(at, new Counts(0, 1, 0, 0, 0));
            } else {
                enqueue(at, message, key);
            }
        }

        private void enqueue(String at, OutboxRow message, String key) {
            Money cap = campaign.mostCost();
            Money cost = message.message().estimated().orElse(null);
            if (cap != null && cost == null) {
                count(at, new Counts(0, 0, 1, 0, 0));
                return;
            }
            if (cap != null && (differ(cap, cost) || differ(cap, reserved))) {
                problem = "its cap is in " + cap.currency() + ", the client's rate card in "
                        + Objects.requireNonNull(cost).currency()
                        + (reserved == null ? "" : ", and what it has reserved in " + reserved.currency())
                        + "; all must be in one currency";
                return;
            }
            // Without a cap nothing hangs on the sum, which stays in the currency that it began with.
            Money sum = differ(reserved, cost) ? reserved : plus(reserved, cost);
            if (row.committed() + rows.size() >= campaign.mostMessages() || isLess(cap, sum)) {
                full = true;
                return;
            }
            reserved = sum;
            keys.add(key);
            Duration step = campaign.step();
            rows.add(message.toBuilder()
                    .due(step == null ? due : due.plus(step.multipliedBy(rows.size())))
                    .group(row.group())
                    .build());
            count(at, new Counts(1, 0, 0, 0, message.message().segments().orElse(0)));
        }

        private void count(String at, Counts one) {
            place = at;
            counts = counts.plus(one);
        }

        private Row next() {
            Duration step = campaign.step();
            return new Row(
                    row.tenant(),
                    row.id(),
                    row.version(),
                    row.state(),
                    place,
                    exhausted,
                    row.counts().plus(counts),
                    row.committed() + rows.size(),
                    reserved,
                    step == null ? row.nextDue() : due.plus(step.multipliedBy(rows.size())),
                    row.since(),
                    row.settledBefore(),
                    null);
        }
    }
}
