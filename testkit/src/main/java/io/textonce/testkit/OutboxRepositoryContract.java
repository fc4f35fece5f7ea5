package io.textonce.testkit;

import static io.textonce.testkit.Samples.ANN;
import static io.textonce.testkit.Samples.BOB;
import static io.textonce.testkit.Samples.OTHER_PROVIDER;
import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.OURS;
import static io.textonce.testkit.Samples.PROVIDER;
import static io.textonce.testkit.Samples.TENANT;
import static io.textonce.testkit.Samples.accepted;
import static io.textonce.testkit.Samples.plain;
import static io.textonce.testkit.Samples.rejected;
import static io.textonce.testkit.Samples.report;
import static io.textonce.testkit.Samples.unknown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRepository.Again;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Expired;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.LookLater;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRepository.Start;
import io.textonce.store.OutboxRepository.Step;
import io.textonce.store.OutboxRow;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link OutboxRepository} must do beside what {@link MessageRepositoryContract} asks. Subclass it and give it
 * an empty one with a clock that you can move; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class OutboxRepositoryContract {

    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final Duration LONGER = Duration.ofMinutes(11);
    private static final String ME = "me";
    private static final String YOU = "you";
    private static final String GROUP = "spring";

    /** For subclasses. */
    protected OutboxRepositoryContract() {}

    /**
     * Called once by each test, first.
     *
     * @return an empty repository
     */
    protected abstract OutboxRepository repository();

    /**
     * Takes delivery reports for the repository that was answered last.
     *
     * @return the journal of the same store
     */
    protected abstract EventJournal journal();

    /**
     * The present by the store's clock.
     *
     * @return the instant, to within a second
     */
    protected abstract Instant now();

    /**
     * Lets time pass for the store that was answered last: sets its clock forward, or moves every time that it keeps back.
     *
     * @param time how long
     */
    protected abstract void pass(Duration time);

    // ---- enqueue and read

    @Test
    public void keepsEverythingThatIsNeededToSendLater() {
        OutboxRepository outbox = repository();
        MessageId id = MessageId.next();
        Instant due = soon(3600);
        SmsMessage content = SmsMessage.to(BOB)
                .tenant(TENANT)
                .category(Category.MARKETING)
                .from(OURS)
                .senderRequired()
                .text("Grüße, 你好 \uD83D\uDE00")
                .media(URI.create("https://host.example/a.png"), URI.create("https://host.example/b.png"))
                .reference("appt-42")
                .idempotencyKey("key-42")
                .label("user", "456")
                .label("role", "admin")
                .extra("twilio", Map.of("ContentSid", "HX1", "ShortenUrls", "true"))
                .extra("beta", Map.of("x", "a=b\nc"))
                .notAfter(due.plusSeconds(60))
                .zone(ZoneId.of("Australia/Perth"))
                .build();
        OutboxRow row = OutboxRow.builder(record(id, TENANT, BOB, content), content, due)
                .turn(due)
                .group(GROUP)
                .build();
        assertEquals(Set.of(), outbox.enqueue(TENANT, List.of(row)));
        OutboxRow found = require(outbox, id);
        assertEquals(told(row), told(found));
        assertEquals(told(row.message()), told(outbox.find(TENANT, id).orElseThrow()));
    }

    @Test
    public void writesAllRowsOrNone() {
        OutboxRepository outbox = repository();
        OutboxRow first = pending(ANN);
        assertEquals(Set.of(), outbox.enqueue(TENANT, List.of(first)));
        OutboxRow other = pending(BOB);
        assertEquals(Set.of(first.id()), outbox.enqueue(TENANT, List.of(other, first)));
        assertEquals(Optional.empty(), outbox.row(TENANT, other.id()), "a row of a step that wasn't done");
        OutboxRow foreign = pending(OTHER_TENANT, ANN, now(), null);
        assertThrows(IllegalArgumentException.class, () -> outbox.enqueue(TENANT, List.of(other, foreign)));
        assertEquals(Optional.empty(), outbox.row(TENANT, other.id()), "a row of a step that threw");
    }

    @Test
    public void keepsARefusedRowAndNeverHandsItOut() {
        OutboxRepository outbox = repository();
        OutboxRow row = pending(ANN);
        MessageRecord refused = row.message().completed(rejected(row.id()), now());
        outbox.enqueue(TENANT, List.of(row.with(refused)));
        assertEquals(MessageState.REJECTED, state(outbox, row));
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
    }

    @Test
    public void tenantsSeeNothingOfEachOthersOutbox() {
        OutboxRepository outbox = repository();
        OutboxRow row = enqueued(outbox, ANN);
        MessageId id = row.id();
        assertEquals(Optional.empty(), outbox.row(OTHER_TENANT, id));
        assertEquals(Optional.empty(), outbox.cancel(OTHER_TENANT, id));
        assertEquals(Optional.empty(), outbox.hold(OTHER_TENANT, id));
        assertEquals(Optional.empty(), outbox.release(OTHER_TENANT, id));
        assertEquals(Map.of(), outbox.cancelByReference(OTHER_TENANT, "appt-42"));
        OutboxRow theirs = OutboxRow.builder(
                        record(id, OTHER_TENANT, BOB, content(OTHER_TENANT, BOB)), content(OTHER_TENANT, BOB), now())
                .build();
        assertEquals(Set.of(), outbox.enqueue(OTHER_TENANT, List.of(theirs)), "another tenant's id is free");
        assertEquals(Optional.of(MessageState.CANCELLED), outbox.cancel(OTHER_TENANT, id));
        assertEquals(MessageState.PENDING, state(outbox, row));
    }

    // ---- claim

    @Test
    public void claimsWhatIsDueInOrderAndNoMoreThanAskedFor() {
        OutboxRepository outbox = repository();
        OutboxRow third = enqueued(outbox, pending(TENANT, ANN, soon(-10), null));
        OutboxRow first = enqueued(outbox, pending(OTHER_TENANT, ANN, soon(-30), null));
        OutboxRow second = enqueued(outbox, pending(TENANT, BOB, soon(-20), null));
        enqueued(outbox, pending(TENANT, BOB, soon(3600), null));
        List<OutboxRow> claimed = outbox.claim(ME, 2, LEASE);
        assertEquals(List.of(first.key(), second.key()), keys(claimed));
        assertEquals(MessageState.CLAIMED, claimed.get(0).state());
        assertEquals(1, claimed.get(0).attempt());
        assertEquals(Optional.of(ME), claimed.get(0).owner());
        assertEquals(List.of(third.key()), keys(outbox.claim(YOU, 2, LEASE)));
        assertEquals(List.of(), outbox.claim(YOU, 2, LEASE));
    }

    @Test
    public void C2_claimsNothingBeforeItsTime() {
        OutboxRepository outbox = repository();
        OutboxRow row = enqueued(outbox, pending(TENANT, ANN, soon(600), null));
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
        pass(Duration.ofSeconds(602));
        assertEquals(List.of(row.key()), keys(outbox.claim(ME, 10, LEASE)));
    }

    @Test
    public void Q3_givesEachRowToOneOfManyThatClaimAtOnce() {
        OutboxRepository outbox = repository();
        for (int round = 0; round < 5; round++) {
            List<OutboxRow> rows = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                rows.add(pending(TENANT, ANN, soon(-i), null));
            }
            outbox.enqueue(TENANT, rows);
            Map<RowKey, Integer> times = new ConcurrentHashMap<>();
            Race.of(8, i -> () -> {
                for (List<OutboxRow> got = outbox.claim("w" + i, 3, LEASE);
                        !got.isEmpty();
                        got = outbox.claim("w" + i, 3, LEASE)) {
                    got.forEach(row -> times.merge(row.key(), 1, Integer::sum));
                }
                return i;
            });
            for (OutboxRow row : outbox.claim(ME, 100, LEASE)) {
                times.merge(row.key(), 1, Integer::sum); // what a lock made all of them pass over
            }
            assertEquals(60, times.size(), "rows claimed");
            assertEquals(Set.of(1), Set.copyOf(times.values()), "times that a row was claimed");
        }
    }

    @Test
    public void Q9_aRowWithATurnWaitsForTheEarlierOneToItsRecipient() {
        OutboxRepository outbox = repository();
        Instant turn = now().minusSeconds(100);
        OutboxRow first = enqueued(outbox, pending(TENANT, ANN, soon(-10), turn));
        OutboxRow second = enqueued(outbox, pending(TENANT, ANN, soon(-20), turn.plusMillis(1)));
        OutboxRow free = enqueued(outbox, pending(TENANT, ANN, soon(-5), null));
        OutboxRow otherPerson = enqueued(outbox, pending(TENANT, BOB, soon(-4), turn.plusMillis(2)));
        OutboxRow otherTenant = enqueued(outbox, pending(OTHER_TENANT, ANN, soon(-3), turn.plusMillis(2)));
        List<OutboxRow> claimed = outbox.claim(ME, 10, LEASE);
        assertEquals(List.of(first.key(), free.key(), otherPerson.key(), otherTenant.key()), keys(claimed));
        OutboxRow mine = claimed.get(0);
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE), "while the first is claimed");
        begin(outbox, ME, mine);
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE), "while the first is being sent");
        complete(outbox, ME, mine, Again.at(soon(600), 1, null));
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE), "while the first waits to be tried again");
        outbox.hold(TENANT, first.id());
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE), "while the first is held");
        outbox.cancel(TENANT, first.id());
        assertEquals(List.of(second.key()), keys(outbox.claim(ME, 10, LEASE)));
    }

    @Test
    public void Q9_aDoubtLetsTheNextOneGo() {
        OutboxRepository outbox = repository();
        Instant turn = now().minusSeconds(100);
        enqueued(outbox, pending(TENANT, ANN, soon(-10), turn));
        OutboxRow second = enqueued(outbox, pending(TENANT, ANN, soon(-10), turn.plusMillis(1)));
        OutboxRow first = claimOne(outbox, ME);
        begin(outbox, ME, first);
        complete(outbox, ME, first, new Finished(unknown(first.id()), soon(60), false));
        assertEquals(List.of(second.key()), keys(outbox.claim(ME, 10, LEASE)));
    }

    // ---- begin

    @Test
    public void Q2_aBegunRowIsSendingAndNamesWhoIsAsked() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = claimOne(outbox, ME);
        assertTrue(begin(outbox, ME, row));
        OutboxRow now = require(outbox, row.id());
        assertEquals(MessageState.SENDING, now.state());
        assertEquals(Optional.of(PROVIDER), now.message().provider());
        assertTrue(now.begunAt().isPresent());
        assertEquals(
                MessageState.SENDING,
                outbox.find(TENANT, row.id()).orElseThrow().state());
        assertFalse(begin(outbox, ME, row), "a second time");
    }

    @Test
    public void Q5_onlyTheOwnerBegins() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = claimOne(outbox, ME);
        assertFalse(begin(outbox, YOU, row));
        assertEquals(MessageState.CLAIMED, state(outbox, row));
    }

    @Test
    public void Q5_nobodyBeginsAfterTheLease() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = claimOne(outbox, ME);
        pass(LONGER);
        assertFalse(begin(outbox, ME, row));
        assertEquals(MessageState.CLAIMED, state(outbox, row));
    }

    @Test
    public void Q5_nobodyBeginsAnEarlierAttempt() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow early = claimOne(outbox, ME);
        pass(LONGER);
        outbox.expire(Duration.ZERO);
        OutboxRow late = claimOne(outbox, ME);
        assertFalse(begin(outbox, ME, early), "the same owner's earlier claim");
        assertTrue(begin(outbox, ME, late));
    }

    @Test
    public void beginsTheOnesThatItCanAndSaysWhich() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        enqueued(outbox, BOB);
        List<OutboxRow> rows = outbox.claim(ME, 10, LEASE);
        outbox.cancel(TENANT, rows.get(0).id());
        Set<RowKey> begun =
                outbox.begin(ME, rows.stream().map(row -> start(row, PROVIDER)).toList(), LEASE);
        assertEquals(Set.of(rows.get(1).key()), Set.copyOf(begun));
        assertEquals(MessageState.CANCELLED, state(outbox, rows.get(0)));
    }

    @Test
    public void beginningGivesANewLease() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = claimOne(outbox, ME);
        pass(LEASE.dividedBy(2));
        assertTrue(begin(outbox, ME, row));
        pass(LEASE.dividedBy(2).plusSeconds(5));
        assertEquals(new Expired(0, 0), outbox.expire(Duration.ZERO));
        assertEquals(MessageState.SENDING, state(outbox, row));
    }

    @Test
    public void Q2_anotherProviderIsAskedOnlyByTheOwnerWithinTheLease() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = claimOne(outbox, ME);
        assertFalse(outbox.asking(ME, start(row, OTHER_PROVIDER)), "before it was begun");
        begin(outbox, ME, row);
        assertFalse(outbox.asking(YOU, start(row, OTHER_PROVIDER)), "somebody else");
        assertTrue(outbox.asking(ME, start(row, OTHER_PROVIDER)));
        assertEquals(
                Optional.of(OTHER_PROVIDER), require(outbox, row.id()).message().provider());
        pass(LONGER);
        assertFalse(outbox.asking(ME, start(row, PROVIDER)), "after the lease");
        assertEquals(
                Optional.of(OTHER_PROVIDER), require(outbox, row.id()).message().provider());
    }

    // ---- complete

    @Test
    public void recordsOutcomesInOneStep() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        enqueued(outbox, ANN);
        enqueued(outbox, ANN);
        List<OutboxRow> rows = outbox.claim(ME, 3, LEASE);
        rows.forEach(row -> begin(outbox, ME, row));
        OutboxRow a = rows.get(0);
        OutboxRow b = rows.get(1);
        OutboxRow c = rows.get(2);
        Set<RowKey> applied = outbox.complete(List.of(
                completion(ME, a, new Finished(accepted(a.id(), "p1"), OutboxRow.NEVER, false)),
                completion(ME, b, new Finished(rejected(b.id()), OutboxRow.NEVER, false)),
                completion(ME, c, new Finished(unknown(c.id()), soon(60), false))));
        assertEquals(Set.of(a.key(), b.key(), c.key()), Set.copyOf(applied));
        MessageRecord first = require(outbox, a.id()).message();
        assertEquals(MessageState.ACCEPTED, first.state());
        assertEquals(Optional.of("p1"), first.providerMessageId());
        assertEquals(1, first.attempts().size());
        assertEquals(
                Optional.of(Reason.SENDER), require(outbox, b.id()).message().reason());
        assertEquals(
                Optional.of(Outcome.UNKNOWN), require(outbox, c.id()).message().outcome());
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE), "settled rows");
    }

    @Test
    public void anExpiredMessageIsExpired() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        complete(
                outbox,
                ME,
                row,
                new Finished(
                        new SendResult.Rejected(
                                SendResult.Details.of(row.id()),
                                Reason.EXPIRED,
                                Proof.LOCAL_POLICY,
                                "late",
                                null,
                                null,
                                null),
                        OutboxRow.NEVER,
                        false));
        assertEquals(MessageState.EXPIRED, state(outbox, row));
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
    }

    @Test
    public void Q5_onlyTheOwnerCompletes() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        assertFalse(complete(outbox, YOU, row, new Finished(rejected(row.id()), OutboxRow.NEVER, false)));
        assertFalse(complete(outbox, YOU, row, Again.at(now(), 1, null)));
        assertEquals(MessageState.SENDING, state(outbox, row));
    }

    @Test
    public void Q5_onlyTheLatestAttemptCompletes() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow early = claimOne(outbox, ME);
        pass(LONGER);
        outbox.expire(Duration.ZERO);
        OutboxRow late = sending(outbox, ME);
        assertFalse(complete(outbox, ME, early, new Finished(rejected(early.id()), OutboxRow.NEVER, false)));
        assertFalse(complete(outbox, ME, early, Again.at(now(), 1, null)));
        assertEquals(MessageState.SENDING, state(outbox, late));
    }

    @Test
    public void Q5_whatIsNotBegunCantBeCompleted() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = claimOne(outbox, ME);
        assertFalse(complete(outbox, ME, row, new Finished(accepted(row.id(), "p1"), OutboxRow.NEVER, false)));
        assertFalse(complete(outbox, ME, row, Again.at(now(), 1, null)));
        assertEquals(MessageState.CLAIMED, state(outbox, row));
        outbox.cancel(TENANT, row.id());
        assertFalse(complete(outbox, ME, row, Again.at(now(), 1, null)));
        assertEquals(MessageState.CANCELLED, state(outbox, row));
    }

    @Test
    public void completingTwiceDoesNoHarm() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        Finished end = new Finished(accepted(row.id(), "p1"), OutboxRow.NEVER, false);
        assertTrue(complete(outbox, ME, row, end));
        String once = told(require(outbox, row.id()).message());
        assertTrue(complete(outbox, ME, row, end));
        assertEquals(once, told(require(outbox, row.id()).message()));
        assertFalse(complete(outbox, ME, row, Again.at(now(), 1, null)), "another try of what is settled");
        assertEquals(MessageState.ACCEPTED, state(outbox, row));
    }

    @Test
    public void anotherTryIsPendingAgainAtItsTimeAndKnowsItsPast() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        SendResult.Rejected why = (SendResult.Rejected) rejected(row.id());
        assertTrue(complete(outbox, ME, row, Again.at(soon(600), 3, why)));
        OutboxRow waiting = require(outbox, row.id());
        assertEquals(MessageState.PENDING, waiting.state());
        assertEquals(3, waiting.tries());
        assertEquals(Optional.empty(), waiting.owner());
        assertEquals(Optional.empty(), waiting.message().outcome());
        assertEquals(1, waiting.message().attempts().size());
        assertEquals(Optional.of(Reason.SENDER), waiting.message().reason());
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE), "before its time");
        pass(Duration.ofSeconds(602));
        OutboxRow again = sending(outbox, YOU);
        assertEquals(2, again.attempt());
        complete(outbox, YOU, again, new Finished(accepted(row.id(), "p1"), OutboxRow.NEVER, false));
        assertEquals(MessageState.ACCEPTED, state(outbox, row));
        assertEquals(Optional.empty(), require(outbox, row.id()).message().reason());
    }

    @Test
    public void Q5_aLateTrueResultSettlesADoubt() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        pass(LONGER);
        outbox.expire(Duration.ZERO);
        assertEquals(MessageState.UNKNOWN, state(outbox, row));
        assertFalse(complete(outbox, YOU, row, new Finished(accepted(row.id(), "p9"), OutboxRow.NEVER, false)));
        assertTrue(complete(outbox, ME, row, new Finished(accepted(row.id(), "p1"), OutboxRow.NEVER, false)));
        assertEquals(MessageState.ACCEPTED, state(outbox, row));
        assertEquals(Optional.of("p1"), require(outbox, row.id()).message().providerMessageId());
    }

    @Test
    public void W4_aReportThatComesBeforeTheOutcomeIsJoinedToIt() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        journal()
                .apply(
                        TENANT,
                        List.of(plain(report("e1", DeliveryStatus.SENT, now())
                                .providerMessageId("p1")
                                .build())));
        assertTrue(complete(outbox, ME, row, new Finished(accepted(row.id(), "p1"), OutboxRow.NEVER, false)));
        assertEquals(
                Optional.of(DeliveryStatus.SENT),
                require(outbox, row.id()).message().status());
    }

    @Test
    public void W4_aReportWhileSendingProvesItAndTheOutcomeStillCounts() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        journal().apply(TENANT, List.of(plain(reportOf(row, "e1"))));
        assertEquals(MessageState.ACCEPTED, state(outbox, row));
        assertFalse(complete(outbox, ME, row, Again.at(now(), 1, null)), "another try of what exists");
        assertTrue(complete(outbox, ME, row, new Finished(accepted(row.id(), "p1"), OutboxRow.NEVER, false)));
        MessageRecord now = require(outbox, row.id()).message();
        assertEquals(Optional.of("p1"), now.providerMessageId());
        assertEquals(Optional.of(Outcome.ACCEPTED), now.outcome());
        assertEquals(1, now.attempts().size());
    }

    @Test
    public void aReportSettlesADoubtAndWhatWaits() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow doubt = sending(outbox, ME);
        complete(outbox, ME, doubt, new Finished(unknown(doubt.id()), now(), false));
        journal().apply(TENANT, List.of(plain(reportOf(doubt, "e1"))));
        assertEquals(MessageState.ACCEPTED, state(outbox, doubt));
        assertEquals(List.of(), outbox.doubts(10, LEASE));
        OutboxRow waits = enqueued(outbox, ANN);
        journal().apply(TENANT, List.of(plain(reportOf(waits, "e2"))));
        assertEquals(MessageState.ACCEPTED, state(outbox, waits));
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE), "a message that exists already");
    }

    // ---- leases

    @Test
    public void Q3_anExpiredClaimIsPendingAndAnExpiredSendIsUnknownAndNeverSentAgain() {
        OutboxRepository outbox = repository();
        enqueued(outbox, pending(TENANT, ANN, soon(-20), null));
        enqueued(outbox, pending(TENANT, BOB, soon(-10), null));
        List<OutboxRow> rows = outbox.claim(ME, 2, LEASE);
        OutboxRow sent = rows.get(0);
        OutboxRow claimed = rows.get(1);
        begin(outbox, ME, sent);
        assertEquals(new Expired(0, 0), outbox.expire(Duration.ofMinutes(1)), "before the lease's end");
        pass(LONGER);
        assertEquals(new Expired(1, 1), outbox.expire(Duration.ofMinutes(1)));
        assertEquals(MessageState.UNKNOWN, state(outbox, sent));
        assertEquals(MessageState.PENDING, state(outbox, claimed));
        OutboxRow doubt = require(outbox, sent.id());
        assertEquals(Optional.empty(), doubt.message().outcome());
        assertEquals(Optional.of(PROVIDER), doubt.message().provider());
        assertEquals(Optional.of(ME), doubt.owner());
        assertEquals(new Expired(0, 0), outbox.expire(Duration.ofMinutes(1)));
        assertEquals(List.of(claimed.key()), keys(outbox.claim(YOU, 10, LEASE)));
        for (int day = 0; day < 3; day++) {
            pass(Duration.ofDays(1));
            outbox.expire(Duration.ofMinutes(1));
            assertFalse(
                    keys(outbox.claim(YOU, 10, LEASE)).contains(sent.key()), "what was being sent is claimed again");
        }
    }

    @Test
    public void givesBackWhatIsClaimedAndNothingElse() {
        OutboxRepository outbox = repository();
        enqueued(outbox, pending(TENANT, ANN, soon(-20), null));
        enqueued(outbox, pending(TENANT, BOB, soon(-10), null));
        List<OutboxRow> rows = outbox.claim(ME, 2, LEASE);
        begin(outbox, ME, rows.get(0));
        outbox.giveBack(YOU, keys(rows));
        assertEquals(MessageState.CLAIMED, state(outbox, rows.get(1)));
        outbox.giveBack(ME, keys(rows));
        assertEquals(MessageState.SENDING, state(outbox, rows.get(0)));
        assertEquals(MessageState.PENDING, state(outbox, rows.get(1)));
        assertEquals(List.of(rows.get(1).key()), keys(outbox.claim(YOU, 10, LEASE)));
    }

    // ---- cancel, hold, release

    @Test
    public void cancelsWhatWaitsAndSaysWhenItIsTooLate() {
        OutboxRepository outbox = repository();
        OutboxRow waits = enqueued(outbox, pending(TENANT, ANN, soon(3600), null));
        assertEquals(Optional.of(MessageState.CANCELLED), outbox.cancel(TENANT, waits.id()));
        assertEquals(Optional.of(MessageState.CANCELLED), outbox.cancel(TENANT, waits.id()), "again");
        assertEquals(Optional.empty(), outbox.cancel(TENANT, MessageId.next()));
        enqueued(outbox, BOB);
        OutboxRow row = sending(outbox, ME);
        assertEquals(Optional.of(MessageState.SENDING), outbox.cancel(TENANT, row.id()));
        complete(outbox, ME, row, new Finished(unknown(row.id()), soon(60), false));
        assertEquals(Optional.of(MessageState.UNKNOWN), outbox.cancel(TENANT, row.id()));
        pass(Duration.ofHours(2));
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
    }

    @Test
    public void cancelsAllOfAReference() {
        OutboxRepository outbox = repository();
        enqueued(outbox, pending(TENANT, ANN, soon(-10), null));
        OutboxRow sending = sending(outbox, ME);
        OutboxRow waits = enqueued(outbox, pending(TENANT, BOB, soon(3600), null));
        SmsMessage other = SmsMessage.to(ANN)
                .tenant(TENANT)
                .text("Hello")
                .reference("appt-43")
                .build();
        OutboxRow unrelated = enqueued(
                outbox,
                OutboxRow.builder(record(MessageId.next(), TENANT, ANN, other), other, now())
                        .build());
        assertEquals(
                Map.of(sending.id(), MessageState.SENDING, waits.id(), MessageState.CANCELLED),
                outbox.cancelByReference(TENANT, "appt-42"));
        assertEquals(MessageState.PENDING, state(outbox, unrelated));
        assertEquals(Map.of(), outbox.cancelByReference(TENANT, "appt-44"));
    }

    @Test
    public void holdsUntilItIsReleased() {
        OutboxRepository outbox = repository();
        OutboxRow row = enqueued(outbox, ANN);
        assertEquals(Optional.of(MessageState.PENDING), outbox.release(TENANT, row.id()), "it wasn't held");
        assertEquals(Optional.of(MessageState.HELD), outbox.hold(TENANT, row.id()));
        assertEquals(Optional.of(MessageState.HELD), outbox.hold(TENANT, row.id()), "again");
        pass(Duration.ofHours(1));
        outbox.expire(Duration.ZERO);
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
        assertEquals(Optional.of(MessageState.PENDING), outbox.release(TENANT, row.id()));
        OutboxRow claimed = claimOne(outbox, ME);
        assertEquals(Optional.of(MessageState.HELD), outbox.hold(TENANT, row.id()));
        assertFalse(begin(outbox, ME, claimed), "beginning what was held meanwhile");
        assertEquals(Optional.of(MessageState.CANCELLED), outbox.cancel(TENANT, row.id()));
        assertEquals(Optional.empty(), outbox.hold(TENANT, MessageId.next()));
    }

    @Test
    public void ofACancelAndABeginThatRaceOneWins() {
        OutboxRepository outbox = repository();
        for (int round = 0; round < 100; round++) {
            OutboxRow queued = enqueued(outbox, ANN);
            OutboxRow row = claimOne(outbox, ME);
            List<Boolean> won = Race.of(2, i -> (Callable<Boolean>) () -> i == 0
                    ? begin(outbox, ME, row)
                    : outbox.cancel(TENANT, row.id()).equals(Optional.of(MessageState.CANCELLED)));
            assertFalse(won.get(0).equals(won.get(1)), "begun: " + won.get(0) + ", cancelled: " + won.get(1));
            assertEquals(won.get(0) ? MessageState.SENDING : MessageState.CANCELLED, state(outbox, queued));
        }
    }

    // ---- groups

    @Test
    public void C3_aCancelledGroupBeginsNothingAndNothingOfItComesBack() {
        OutboxRepository outbox = repository();
        OutboxRow tried = sending(outbox, inGroup(outbox, ANN, -40), ME);
        OutboxRow doubt = sending(outbox, inGroup(outbox, ANN, -30), ME);
        complete(outbox, ME, doubt, new Finished(unknown(doubt.id()), soon(60), false));
        OutboxRow claimed = claimOne(outbox, inGroup(outbox, ANN, -20), ME);
        OutboxRow held = inGroup(outbox, ANN, 3600);
        outbox.hold(TENANT, held.id());
        OutboxRow waits = inGroup(outbox, BOB, 3600);
        OutboxRow done = sending(outbox, inGroup(outbox, BOB, -10), ME);
        complete(outbox, ME, done, new Finished(accepted(done.id(), "SM-1"), now(), false));
        OutboxRow other = enqueued(outbox, pending(TENANT, BOB, soon(3600), null));
        assertEquals(Map.of(), outbox.cancelGroup(TENANT, "summer"), "another group");
        assertEquals(Map.of(), outbox.cancelGroup(OTHER_TENANT, GROUP), "another tenant's");

        assertEquals(
                Map.of(MessageState.SENDING, 1, MessageState.UNKNOWN, 1), outbox.cancelGroup(TENANT, GROUP), "too far");
        assertEquals(Map.of(MessageState.SENDING, 1, MessageState.UNKNOWN, 1), outbox.cancelGroup(TENANT, GROUP));
        for (OutboxRow row : List.of(claimed, held, waits)) {
            assertEquals(MessageState.CANCELLED, state(outbox, row));
        }
        assertFalse(begin(outbox, ME, claimed), "beginning what was cancelled meanwhile");
        assertEquals(MessageState.ACCEPTED, state(outbox, done));
        assertEquals(MessageState.PENDING, state(outbox, other));
        assertTrue(complete(outbox, ME, tried, Again.at(now(), 1, null)));
        assertTrue(complete(outbox, ME, doubt, Again.withoutProof(now())));
        assertEquals(MessageState.CANCELLED, state(outbox, tried), "what would be tried again");
        assertEquals(MessageState.UNKNOWN, state(outbox, doubt), "what would be sent again without proof");
        assertEquals(Map.of(MessageState.UNKNOWN, 1), outbox.unsettled(TENANT, GROUP));
    }

    @Test
    public void C3_aHeldGroupWaitsUntilItIsReleased() {
        OutboxRepository outbox = repository();
        OutboxRow tried = sending(outbox, inGroup(outbox, ANN, -40), ME);
        OutboxRow finishes = sending(outbox, inGroup(outbox, ANN, -30), ME);
        OutboxRow claimed = claimOne(outbox, inGroup(outbox, ANN, -20), ME);
        OutboxRow heldAlone = inGroup(outbox, ANN, -15);
        outbox.hold(TENANT, heldAlone.id());
        OutboxRow waits = inGroup(outbox, BOB, -10);
        assertEquals(
                Map.of(MessageState.SENDING, 2, MessageState.HELD, 3), outbox.holdGroup(TENANT, GROUP), "not settled");
        assertFalse(begin(outbox, ME, claimed), "beginning what was held meanwhile");
        assertTrue(complete(outbox, ME, tried, Again.at(soon(-5), 1, null)));
        assertTrue(complete(outbox, ME, finishes, new Finished(accepted(finishes.id(), "SM-2"), now(), false)));
        assertEquals(MessageState.HELD, state(outbox, tried), "what would be tried again");
        assertEquals(MessageState.ACCEPTED, state(outbox, finishes));
        outbox.expire(Duration.ZERO);
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
        assertEquals(Map.of(MessageState.HELD, 4), outbox.unsettled(TENANT, GROUP));

        assertEquals(
                Map.of(MessageState.PENDING, 3, MessageState.HELD, 1), outbox.releaseGroup(TENANT, GROUP), "released");
        assertEquals(MessageState.HELD, state(outbox, heldAlone));
        assertEquals(
                List.of(claimed.key(), waits.key(), tried.key()), keys(outbox.claim(ME, 10, LEASE)), "due as before");
        assertEquals(Optional.of(GROUP), require(outbox, waits.id()).group());
    }

    @Test
    public void C3_ofACancelledGroupNoDoubtIsSentAgain() {
        OutboxRepository outbox = repository();
        List<OutboxRow> doubts = doubtsOfGroup(outbox);
        assertEquals(Map.of(MessageState.UNKNOWN, 3), outbox.unsettled(TENANT, GROUP));
        assertEquals(Map.of(MessageState.UNKNOWN, 3), outbox.cancelGroup(TENANT, GROUP));
        sendAgain(outbox, doubts);
        for (OutboxRow doubt : doubts) {
            boolean proven = doubt != doubts.get(0);
            assertEquals(proven ? MessageState.CANCELLED : MessageState.UNKNOWN, state(outbox, doubt));
        }
        assertEquals(
                Optional.of(Outcome.UNKNOWN),
                require(outbox, doubts.get(0).id()).message().outcome(),
                "what is known of the doubt");
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
        assertEquals(Map.of(MessageState.UNKNOWN, 1), outbox.unsettled(TENANT, GROUP));
    }

    @Test
    public void cancellingWhatWasSentAgainWithoutProofLeavesItInDoubt() {
        OutboxRepository outbox = repository();
        OutboxRow alone = sentAgain(outbox, -60);
        assertEquals(Optional.of(MessageState.UNKNOWN), outbox.cancel(TENANT, alone.id()));
        OutboxRow claimed = sentAgain(outbox, -50);
        claimOne(outbox, claimed, YOU);
        assertEquals(
                MessageState.UNKNOWN,
                outbox.cancelByReference(TENANT, "appt-42").get(claimed.id()));
        OutboxRow waits = sentAgain(outbox, -40);
        assertEquals(Map.of(MessageState.UNKNOWN, 3), outbox.cancelGroup(TENANT, GROUP));
        OutboxRow late = sentAgain(outbox, -30);
        OutboxRow sending = sending(outbox, late, YOU);
        assertEquals(Map.of(MessageState.UNKNOWN, 3, MessageState.SENDING, 1), outbox.cancelGroup(TENANT, GROUP));
        complete(outbox, YOU, sending, Again.at(soon(-1), 1, null));
        for (OutboxRow row : List.of(alone, claimed, waits, late)) {
            OutboxRow now = require(outbox, row.id());
            assertEquals(MessageState.UNKNOWN, state(outbox, row));
            assertEquals(OutboxRow.NEVER, now.due(), "nobody looks it up by itself");
            assertEquals(Optional.empty(), now.owner());
            assertEquals(
                    Optional.of(OutboxRow.CANCELLED_IN_DOUBT), now.message().explanation());
        }
        pass(Duration.ofDays(30));
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
        assertEquals(List.of(), outbox.doubts(10, LEASE));
        assertEquals(Map.of(MessageState.UNKNOWN, 4), outbox.unsettled(TENANT, GROUP));
        assertEquals(0, outbox.purge(soon(3600), 100), "rows in doubt that are deleted");
    }

    /** One that waits for its second try. */
    private OutboxRow sentAgain(OutboxRepository outbox, long due) {
        OutboxRow row = sending(outbox, inGroup(outbox, ANN, due), ME);
        complete(outbox, ME, row, new Finished(unknown(row.id()), soon(3600), false));
        assertTrue(complete(outbox, ME, row, Again.withoutProof(soon(due))));
        return row;
    }

    @Test
    public void whatIsHeldByItselfWhileItsGroupIsHeldStaysHeld() {
        OutboxRepository outbox = repository();
        OutboxRow row = inGroup(outbox, ANN, -10);
        OutboxRow other = inGroup(outbox, BOB, -10);
        assertEquals(Map.of(MessageState.HELD, 2), outbox.holdGroup(TENANT, GROUP));
        assertEquals(Optional.of(MessageState.HELD), outbox.hold(TENANT, row.id()));
        assertEquals(Map.of(MessageState.HELD, 1, MessageState.PENDING, 1), outbox.releaseGroup(TENANT, GROUP));
        assertEquals(List.of(other.key()), keys(outbox.claim(ME, 10, LEASE)));
        assertEquals(Optional.of(MessageState.PENDING), outbox.release(TENANT, row.id()));
        assertEquals(List.of(row.key()), keys(outbox.claim(ME, 10, LEASE)), "due as before");
    }

    @Test
    public void C3_ofAHeldGroupNoDoubtIsSentAgainUntilItIsReleased() {
        OutboxRepository outbox = repository();
        List<OutboxRow> doubts = doubtsOfGroup(outbox);
        assertEquals(Map.of(MessageState.UNKNOWN, 3), outbox.holdGroup(TENANT, GROUP));
        sendAgain(outbox, doubts);
        assertEquals(
                Map.of(MessageState.HELD, 2, MessageState.UNKNOWN, 1),
                outbox.unsettled(TENANT, GROUP),
                "what would be sent again, and what would be without proof");
        assertEquals(List.of(), outbox.claim(ME, 10, LEASE));
        assertEquals(Map.of(MessageState.PENDING, 2, MessageState.UNKNOWN, 1), outbox.releaseGroup(TENANT, GROUP));
        assertTrue(complete(outbox, ME, doubts.get(0), Again.withoutProof(soon(-1))));
        assertEquals(3, outbox.claim(ME, 10, LEASE).size(), "rows claimed");
    }

    /** One that nobody can look up, one that is looked up later, one whose worker is gone. */
    private List<OutboxRow> doubtsOfGroup(OutboxRepository outbox) {
        OutboxRow never = sending(outbox, inGroup(outbox, ANN, -30), ME);
        complete(outbox, ME, never, new Finished(unknown(never.id()), OutboxRow.NEVER, false));
        OutboxRow later = sending(outbox, inGroup(outbox, ANN, -20), ME);
        complete(outbox, ME, later, new Finished(unknown(later.id()), soon(3600), false));
        OutboxRow orphan = sending(outbox, inGroup(outbox, ANN, -10), ME);
        pass(LONGER);
        assertEquals(1, outbox.expire(Duration.ofMinutes(5)).doubted());
        return List.of(never, later, orphan);
    }

    /** As whoever settles doubts may, with a proof and, where the host allows it, once without. */
    private void sendAgain(OutboxRepository outbox, List<OutboxRow> doubts) {
        for (OutboxRow doubt : doubts) {
            Again again = doubt == doubts.get(0) ? Again.withoutProof(soon(-1)) : Again.at(soon(-1), 0, null);
            assertTrue(complete(outbox, ME, doubt, again));
        }
    }

    @Test
    public void whatIsReleasedWhileItIsSentMayBeTriedAgain() {
        OutboxRepository outbox = repository();
        OutboxRow row = sending(outbox, inGroup(outbox, ANN, -10), ME);
        outbox.holdGroup(TENANT, GROUP);
        assertEquals(Map.of(MessageState.SENDING, 1), outbox.releaseGroup(TENANT, GROUP));
        complete(outbox, ME, row, Again.at(soon(-1), 1, null));
        assertEquals(MessageState.PENDING, state(outbox, row));
        OutboxRow again = sending(outbox, row, ME);
        outbox.cancelGroup(TENANT, GROUP);
        outbox.holdGroup(TENANT, GROUP);
        outbox.releaseGroup(TENANT, GROUP);
        complete(outbox, ME, again, Again.at(soon(-1), 1, null));
        assertEquals(MessageState.CANCELLED, state(outbox, row), "cancelled is for good");
    }

    @Test
    public void C3_ofAGroupsCancelAndWhatRacesWithItNothingIsBegunAfterwards() {
        OutboxRepository outbox = repository();
        for (int round = 0; round < 40; round++) {
            String group = "race-" + round;
            OutboxRow retried = sending(outbox, inGroup(outbox, group, ANN, -20), ME);
            OutboxRow claimed = claimOne(outbox, inGroup(outbox, group, BOB, -10), ME);
            Race.of(3, i -> (Callable<Boolean>) () -> switch (i) {
                case 0 -> begin(outbox, ME, claimed);
                case 1 -> complete(outbox, ME, retried, Again.at(soon(-1), 1, null));
                default -> outbox.cancelGroup(TENANT, group).containsKey(MessageState.PENDING);
            });
            assertEquals(MessageState.CANCELLED, state(outbox, retried));
            MessageState state = state(outbox, claimed);
            assertTrue(state == MessageState.SENDING || state == MessageState.CANCELLED, "is " + state);
            assertEquals(List.of(), outbox.claim(YOU, 10, LEASE));
        }
    }

    // ---- doubts

    @Test
    public void handsOutDoubtsWhenTheyAreDueAndOnceAtATime() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        complete(outbox, ME, row, new Finished(unknown(row.id()), soon(60), false));
        assertEquals(List.of(), outbox.doubts(10, LEASE));
        pass(Duration.ofSeconds(62));
        assertEquals(List.of(row.key()), keys(outbox.doubts(10, LEASE)));
        assertEquals(List.of(), outbox.doubts(10, LEASE), "while somebody looks after it");
        assertTrue(complete(outbox, ME, row, new LookLater(soon(3600), 1)));
        assertEquals(1, require(outbox, row.id()).tries());
        pass(Duration.ofMinutes(30));
        assertEquals(List.of(), outbox.doubts(10, LEASE));
        pass(Duration.ofMinutes(31));
        assertEquals(List.of(row.key()), keys(outbox.doubts(10, LEASE)));
        assertTrue(complete(outbox, ME, row, new LookLater(OutboxRow.NEVER, 2)));
        pass(Duration.ofDays(400));
        assertEquals(List.of(), outbox.doubts(10, LEASE));
    }

    @Test
    public void aDoubtMayBecomePendingOnceSomebodyDecidesSo() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow row = sending(outbox, ME);
        complete(outbox, ME, row, new Finished(unknown(row.id()), now(), false));
        assertTrue(complete(outbox, ME, row, Again.withoutProof(now())));
        OutboxRow again = sending(outbox, YOU);
        assertTrue(again.resent());
        assertFalse(
                complete(outbox, ME, row, new Finished(rejected(row.id()), OutboxRow.NEVER, false)),
                "the first attempt's late result, when the second one is being made");
        complete(outbox, YOU, again, new Finished(unknown(row.id()), soon(60), false));
        assertEquals(MessageState.UNKNOWN, state(outbox, row));
        assertTrue(require(outbox, row.id()).resent());
    }

    @Test
    public void bindsAFoundIdToOneMessageOnly() {
        OutboxRepository outbox = repository();
        for (int round = 0; round < 20; round++) {
            String id = "p" + round;
            List<OutboxRow> doubts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                enqueued(outbox, ANN);
                OutboxRow row = sending(outbox, ME);
                complete(outbox, ME, row, new Finished(unknown(row.id()), now(), false));
                doubts.add(row);
            }
            List<Boolean> bound = Race.of(4, i -> () -> {
                OutboxRow row = doubts.get(i);
                return complete(outbox, ME, row, new Finished(accepted(row.id(), id), OutboxRow.NEVER, true));
            });
            assertEquals(1, bound.stream().filter(won -> won).count(), "messages with the provider's id");
            assertEquals(
                    1,
                    doubts.stream()
                            .filter(row -> state(outbox, row) == MessageState.ACCEPTED)
                            .count());
        }
    }

    @Test
    public void tellsTheIdsOfTheOtherMessagesToTheRecipient() {
        OutboxRepository outbox = repository();
        int n = 0;
        for (PhoneNumber to : List.of(ANN, ANN, BOB)) {
            enqueued(outbox, to);
            OutboxRow row = sending(outbox, ME);
            complete(outbox, ME, row, new Finished(accepted(row.id(), "p" + n++), OutboxRow.NEVER, false));
        }
        enqueued(outbox, ANN);
        OutboxRow doubt = sending(outbox, ME);
        assertEquals(
                new TreeSet<>(Set.of("p0", "p1")),
                new TreeSet<>(outbox.providerIdsBeside(require(outbox, doubt.id()))));
    }

    // ---- purge

    @Test
    public void purgesWhatIsSettledAndNothingElse() {
        OutboxRepository outbox = repository();
        enqueued(outbox, ANN);
        OutboxRow settled = sending(outbox, ME);
        complete(outbox, ME, settled, new Finished(accepted(settled.id(), "p1"), OutboxRow.NEVER, false));
        OutboxRow cancelled = enqueued(outbox, ANN);
        outbox.cancel(TENANT, cancelled.id());
        enqueued(outbox, ANN);
        OutboxRow doubt = sending(outbox, ME);
        complete(outbox, ME, doubt, new Finished(unknown(doubt.id()), now(), false));
        OutboxRow held = enqueued(outbox, ANN);
        outbox.hold(TENANT, held.id());
        enqueued(outbox, ANN);
        OutboxRow sending = sending(outbox, ME);
        OutboxRow waits = enqueued(outbox, ANN);
        assertEquals(0, outbox.purge(soon(-3600), 100), "before any of them changed");
        assertEquals(1, outbox.purge(soon(3600), 1));
        assertEquals(1, outbox.purge(soon(3600), 100));
        assertEquals(0, outbox.purge(soon(3600), 100));
        assertEquals(Optional.empty(), outbox.find(TENANT, settled.id()));
        assertEquals(Optional.empty(), outbox.row(TENANT, cancelled.id()));
        for (OutboxRow row : List.of(doubt, held, sending, waits)) {
            assertTrue(outbox.row(TENANT, row.id()).isPresent(), "a row that was " + row.state());
        }
    }

    // ---- helpers

    private Instant soon(long seconds) {
        return now().plusSeconds(seconds).truncatedTo(ChronoUnit.MILLIS);
    }

    private static SmsMessage content(TenantId tenant, PhoneNumber to) {
        return SmsMessage.to(to)
                .tenant(tenant)
                .text("See you at 10:30")
                .reference("appt-42")
                .build();
    }

    private MessageRecord record(MessageId id, TenantId tenant, PhoneNumber to, SmsMessage content) {
        return MessageRecord.sending(id, tenant, now().truncatedTo(ChronoUnit.MILLIS))
                .state(MessageState.PENDING)
                .to(to)
                .from(content.from().orElse(null))
                .text(content.text().orElse(""))
                .category(content.category())
                .reference(content.reference().orElse(null))
                .labels(content.labels())
                .segments(1)
                .build();
    }

    private OutboxRow pending(PhoneNumber to) {
        return pending(TENANT, to, soon(-1), null);
    }

    private OutboxRow pending(TenantId tenant, PhoneNumber to, Instant due, @Nullable Instant turn) {
        SmsMessage content = content(tenant, to);
        return OutboxRow.builder(record(MessageId.next(), tenant, to, content), content, due)
                .turn(turn == null ? null : turn.truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    private OutboxRow enqueued(OutboxRepository outbox, PhoneNumber to) {
        return enqueued(outbox, pending(to));
    }

    private static OutboxRow enqueued(OutboxRepository outbox, OutboxRow row) {
        assertEquals(Set.of(), outbox.enqueue(row.message().tenant(), List.of(row)));
        return row;
    }

    private OutboxRow inGroup(OutboxRepository outbox, PhoneNumber to, long due) {
        return inGroup(outbox, GROUP, to, due);
    }

    private OutboxRow inGroup(OutboxRepository outbox, String group, PhoneNumber to, long due) {
        return enqueued(
                outbox,
                pending(TENANT, to, soon(due), null).toBuilder().group(group).build());
    }

    /** The one row that is due. */
    private static OutboxRow claimOne(OutboxRepository outbox, OutboxRow row, String owner) {
        OutboxRow claimed = claimOne(outbox, owner);
        assertEquals(row.key(), claimed.key(), "the row claimed");
        return claimed;
    }

    private static OutboxRow sending(OutboxRepository outbox, OutboxRow row, String owner) {
        OutboxRow claimed = claimOne(outbox, row, owner);
        assertTrue(begin(outbox, owner, claimed), "it can be begun");
        return claimed;
    }

    private static OutboxRow claimOne(OutboxRepository outbox, String owner) {
        List<OutboxRow> rows = outbox.claim(owner, 1, LEASE);
        assertEquals(1, rows.size(), "rows claimed");
        return rows.get(0);
    }

    private static OutboxRow sending(OutboxRepository outbox, String owner) {
        OutboxRow row = claimOne(outbox, owner);
        assertTrue(begin(outbox, owner, row), "it can be begun");
        return row;
    }

    private static Start start(OutboxRow row, String provider) {
        return new Start(row.key(), row.attempt(), provider);
    }

    private static boolean begin(OutboxRepository outbox, String owner, OutboxRow row) {
        return outbox.begin(owner, List.of(start(row, PROVIDER)), LEASE).contains(row.key());
    }

    private static Completion completion(String owner, OutboxRow row, Step step) {
        return new Completion(row.key(), owner, row.attempt(), step);
    }

    private static boolean complete(OutboxRepository outbox, String owner, OutboxRow row, Step step) {
        return outbox.complete(List.of(completion(owner, row, step))).contains(row.key());
    }

    private DeliveryReport reportOf(OutboxRow row, String eventId) {
        return report(eventId, DeliveryStatus.SENT, now()).messageId(row.id()).build();
    }

    private static List<RowKey> keys(List<OutboxRow> rows) {
        return rows.stream().map(OutboxRow::key).toList();
    }

    private static OutboxRow require(OutboxRepository outbox, MessageId id) {
        return outbox.row(TENANT, id).orElseThrow(() -> new AssertionError("row " + id + " isn't there"));
    }

    private static MessageState state(OutboxRepository outbox, OutboxRow row) {
        MessageState state = require(outbox, row.id()).state();
        assertEquals(state, outbox.find(TENANT, row.id()).orElseThrow().state(), "the message's state");
        return state;
    }

    private static String told(OutboxRow row) {
        SmsMessage content = row.content();
        return String.join(
                "\n",
                told(row.message()),
                "to " + content.number().map(PhoneNumber::e164) + " text " + content.text(),
                "from " + content.from() + " " + content.senderRequired(),
                "media " + content.media(),
                "extras " + new TreeMap<>(content.extras()).keySet()
                        + new TreeMap<>(content.extra("twilio"))
                        + content.extra("beta"),
                "key " + content.idempotencyKey() + " notAfter " + content.notAfter() + " zone " + content.zone(),
                "labels " + content.labels() + " reference " + content.reference() + " " + content.category(),
                "due " + row.due() + " turn " + row.turn(),
                "group " + row.group() + " " + row.stopped(),
                "attempt " + row.attempt() + " tries " + row.tries() + " " + row.resent(),
                "lease " + row.owner() + " " + row.leaseUntil() + " " + row.begunAt());
    }

    private static String told(MessageRecord row) {
        return MessageRepositoryContract.columns(row);
    }
}
