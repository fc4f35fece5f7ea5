package io.textonce.testkit;

import static io.textonce.testkit.MessageRepositoryContract.columns;
import static io.textonce.testkit.MessageRepositoryContract.require;
import static io.textonce.testkit.Samples.ANN;
import static io.textonce.testkit.Samples.BOB;
import static io.textonce.testkit.Samples.NOW;
import static io.textonce.testkit.Samples.OTHER_PROVIDER;
import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.OURS;
import static io.textonce.testkit.Samples.PROVIDER;
import static io.textonce.testkit.Samples.TENANT;
import static io.textonce.testkit.Samples.accepted;
import static io.textonce.testkit.Samples.at;
import static io.textonce.testkit.Samples.inbound;
import static io.textonce.testkit.Samples.origin;
import static io.textonce.testkit.Samples.plain;
import static io.textonce.testkit.Samples.rejected;
import static io.textonce.testkit.Samples.report;
import static io.textonce.testkit.Samples.row;
import static io.textonce.testkit.Samples.start;
import static io.textonce.testkit.Samples.stop;
import static io.textonce.testkit.Samples.unknown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.store.EventJournal;
import io.textonce.store.EventJournal.Applied;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.EventRepository.Stored;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EventJournal} must do together with the repositories that it writes. Subclass it and give it empty
 * ones; its tests run as yours. W2 to W5 are the promises of docs/reliability.md.
 *
 * <p>Not thread-safe.
 */
public abstract class EventJournalContract {

    /** For subclasses. */
    protected EventJournalContract() {}

    /**
     * Called at least once by each test.
     *
     * @param crash to be asked before each single write to the storage, and before each commit
     * @return empty repositories on one storage
     */
    protected abstract Stores open(Crash crash);

    private Stores open() {
        return open(new Crash());
    }

    private static Applied apply(Stores stores, SmsEvent event) {
        return stores.journal().apply(TENANT, List.of(plain(event))).get(0);
    }

    private static MessageId send(Stores stores, SendResult result) {
        return send(stores, ANN, result);
    }

    private static MessageId send(Stores stores, PhoneNumber to, SendResult result) {
        MessageId id = result.messageId();
        assertTrue(stores.messages().create(TENANT, row(TENANT, id, to, NOW)));
        stores.messages().complete(TENANT, id, result, at(1));
        return id;
    }

    private static Optional<DeliveryStatus> status(Stores stores, MessageId id) {
        return require(stores.messages(), TENANT, id).status();
    }

    private static int stored(Stores stores) {
        return stores.events().since(TENANT, 0, 1000).size();
    }

    @Test
    public void aReportIsJoinedByOurId() {
        Stores stores = open();
        MessageId id = send(stores, accepted(MessageId.next(), "p1"));
        Applied applied = apply(
                stores, report("e1", DeliveryStatus.DELIVERED).messageId(id).build());
        assertEquals(new Applied(Effect.MATCHED, id), applied);
        assertEquals(Optional.of(DeliveryStatus.DELIVERED), status(stores, id));
    }

    @Test
    public void aReportIsJoinedByTheProvidersId() {
        Stores stores = open();
        MessageId id = send(stores, accepted(MessageId.next(), "p1"));
        MessageId other = send(stores, accepted(MessageId.next(), "p2"));
        Applied applied = apply(
                stores,
                report("e1", DeliveryStatus.SENT).providerMessageId("p1").build());
        assertEquals(new Applied(Effect.MATCHED, id), applied);
        assertEquals(Optional.of(DeliveryStatus.SENT), status(stores, id));
        assertEquals(Optional.empty(), status(stores, other));
    }

    @Test
    public void anotherProvidersIdIsAnotherMessage() {
        Stores stores = open();
        MessageId id = send(stores, accepted(MessageId.next(), "p1"));
        DeliveryReport report = DeliveryReport.builder(
                        origin(TENANT, OTHER_PROVIDER, at(60)), "e1", DeliveryStatus.DELIVERED)
                .providerMessageId("p1")
                .build();
        assertEquals(new Applied(Effect.PARKED, null), apply(stores, report));
        assertEquals(Optional.empty(), status(stores, id));
    }

    @Test
    public void theRecipientTellsTheMessagesOfABatchApart() {
        Stores stores = open();
        MessageId ann = send(stores, ANN, accepted(MessageId.next(), "batch"));
        MessageId bob = send(stores, BOB, accepted(MessageId.next(), "batch"));
        Applied applied = apply(
                stores,
                report("e1", DeliveryStatus.DELIVERED)
                        .providerMessageId("batch")
                        .recipient(BOB)
                        .build());
        assertEquals(new Applied(Effect.MATCHED, bob), applied);
        assertEquals(Optional.empty(), status(stores, ann));
    }

    @Test
    public void theRecipientTellsTheMessagesOfABatchApartAlsoUnderOneOfOurIds() {
        Stores stores = open();
        MessageId ann = send(stores, ANN, accepted(MessageId.next(), "batch"));
        MessageId bob = send(stores, BOB, accepted(MessageId.next(), "batch"));
        Applied applied = apply(
                stores,
                report("e1", DeliveryStatus.DELIVERED)
                        .messageId(ann)
                        .providerMessageId("batch")
                        .recipient(BOB)
                        .build());
        assertEquals(new Applied(Effect.MATCHED, bob), applied);
        assertEquals(Optional.empty(), status(stores, ann));
    }

    @Test
    public void aReportThatFitsTwoMessagesIsJoinedToNeither() {
        Stores stores = open();
        MessageId ann = send(stores, ANN, accepted(MessageId.next(), "batch"));
        MessageId bob = send(stores, BOB, accepted(MessageId.next(), "batch"));
        DeliveryReport report = report("e1", DeliveryStatus.DELIVERED)
                .providerMessageId("batch")
                .build();
        assertEquals(new Applied(Effect.PARKED, null), apply(stores, report));
        assertEquals(Optional.empty(), status(stores, ann));
        assertEquals(Optional.empty(), status(stores, bob));
        assertEquals(1, stores.journal().parked(TENANT, at(60)));
    }

    @Test
    public void aReportBringsPriceAndSegments() {
        Stores stores = open();
        MessageId id = send(stores, accepted(MessageId.next(), "p1"));
        apply(
                stores,
                report("e1", DeliveryStatus.DELIVERED)
                        .providerMessageId("p1")
                        .segments(3)
                        .price(Money.of("0.15", "AUD"))
                        .build());
        MessageRecord row = require(stores.messages(), TENANT, id);
        assertEquals(3, row.segments().orElse(-1));
        assertEquals(Optional.of(Money.of("0.15", "AUD")), row.billed());
    }

    @Test
    public void inboundAndOtherEventsAreStored() {
        Stores stores = open();
        SmsEvent hello = inbound(TENANT, PROVIDER, "e1", "Hello", at(1));
        SmsEvent other = OtherEvent.of(origin(TENANT, PROVIDER, at(2)), "e2", "account.suspended", "{}");
        List<Applied> applied = stores.journal().apply(TENANT, List.of(plain(hello), plain(other)));
        assertEquals(List.of(new Applied(Effect.STORED, null), new Applied(Effect.STORED, null)), applied);
        List<Stored> read = stores.events().since(TENANT, 0, 10);
        assertEquals(List.of("e1", "e2"), read.stream().map(s -> s.event().id()).toList());
        assertEquals(hello.getClass(), read.get(0).event().getClass());
    }

    @Test
    public void answersInTheOrderOfTheEntries() {
        Stores stores = open();
        MessageId id = send(stores, accepted(MessageId.next(), "p1"));
        DeliveryReport known =
                report("e1", DeliveryStatus.SENT).providerMessageId("p1").build();
        List<Applied> applied = stores.journal()
                .apply(
                        TENANT,
                        List.of(
                                plain(inbound(TENANT, PROVIDER, "e0", "Hello", at(1))),
                                plain(known),
                                plain(known),
                                plain(report("e2", DeliveryStatus.SENT)
                                        .providerMessageId("nobody's")
                                        .build())));
        assertEquals(
                List.of(Effect.STORED, Effect.MATCHED, Effect.DUPLICATE, Effect.PARKED),
                applied.stream().map(Applied::effect).toList());
        assertEquals(id, applied.get(1).messageId());
        assertEquals(3, stored(stores));
        assertEquals(List.of(), stores.journal().apply(TENANT, List.of()));
    }

    @Test
    public void refusesAnotherTenantsEventAndStoresNothing() {
        Stores stores = open();
        List<Entry> entries = List.of(
                plain(inbound(TENANT, PROVIDER, "e1", "Hello", at(1))),
                plain(inbound(OTHER_TENANT, PROVIDER, "e2", "Hello", at(1))));
        assertThrows(IllegalArgumentException.class, () -> stores.journal().apply(TENANT, entries));
        assertEquals(0, stored(stores));
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        Stores stores = open();
        MessageId id = send(stores, accepted(MessageId.next(), "p1"));
        DeliveryReport theirs = DeliveryReport.builder(
                        origin(OTHER_TENANT, PROVIDER, at(60)), "e1", DeliveryStatus.DELIVERED)
                .messageId(id)
                .providerMessageId("p1")
                .build();
        Applied applied =
                stores.journal().apply(OTHER_TENANT, List.of(plain(theirs))).get(0);
        assertEquals(new Applied(Effect.PARKED, null), applied);
        assertEquals(Optional.empty(), status(stores, id));
        assertEquals(0, stored(stores));
        assertEquals(0, stores.journal().parked(TENANT, at(60)));
        DeliveryReport ours =
                report("e1", DeliveryStatus.DELIVERED).messageId(id).build();
        assertEquals(new Applied(Effect.MATCHED, id), apply(stores, ours));
    }

    @Test
    public void W2_anOptOutIsStoredWithItsEvent() {
        Stores stores = open();
        stores.journal().apply(TENANT, List.of(stop("e1", at(1))));
        assertTrue(stores.suppressions().isSuppressed(TENANT, ANN, OURS));
        assertEquals(1, stored(stores));
        stores.journal().apply(TENANT, List.of(start("e2", at(2))));
        assertFalse(stores.suppressions().isSuppressed(TENANT, ANN, OURS));
    }

    @Test
    public void W2_aCrashBetweenAnyTwoWritesOfAWebhookLeavesNothing() {
        int writes = eachCrash(stores -> {}, (stores, id) -> {
            stores.journal()
                    .apply(
                            TENANT,
                            List.of(
                                    plain(report("e1", DeliveryStatus.DELIVERED)
                                            .messageId(id)
                                            .build()),
                                    plain(report("e2", DeliveryStatus.SENT)
                                            .providerMessageId("early")
                                            .build()),
                                    stop("e3", at(3))));
        });
        assertTrue(writes >= 1, "the store never asked Crash.beforeWrite(): nothing was proved");
    }

    @Test
    public void W4_aCrashBetweenAnyTwoWritesOfAnOutcomeLeavesAllOrNothing() {
        int writes = eachCrash(
                stores -> {
                    apply(
                            stores,
                            report("e1", DeliveryStatus.DELIVERED)
                                    .providerMessageId("p1")
                                    .build());
                    apply(
                            stores,
                            report("e2", DeliveryStatus.SENT)
                                    .providerMessageId("p1")
                                    .build());
                },
                (stores, id) -> stores.messages().complete(TENANT, id, accepted(id, "p1"), at(70)));
        assertTrue(writes >= 1, "the store never asked Crash.beforeWrite(): nothing was proved");
    }

    private interface Step {
        void run(Stores stores, MessageId id);
    }

    /** Dies at the first write, at the second, ... until the step lives; each time it must be as if it never began. */
    private int eachCrash(Consumer<Stores> before, Step step) {
        String whole = "";
        for (int write = 1; write < 1000; write++) {
            Crash crash = new Crash();
            Stores stores = open(crash);
            MessageId id = MessageId.of("0000000000001");
            assertTrue(stores.messages().create(TENANT, row(id)));
            before.accept(stores);
            String untouched = everything(stores, id);
            crash.at(write);
            boolean died = false;
            try {
                step.run(stores, id);
            } catch (RuntimeException e) {
                died = true;
            }
            crash.never();
            if (!died) {
                assertEquals(everything(stores, id), whole.isEmpty() ? everything(stores, id) : whole);
                return write - 1;
            }
            assertEquals(untouched, everything(stores, id), "after a crash at write " + write);
            step.run(stores, id);
            String after = everything(stores, id);
            assertEquals(whole.isEmpty() ? after : whole, after, "after a crash at write " + write + " and a repeat");
            assertFalse(after.equals(untouched), "the step did nothing");
            whole = after;
        }
        return fail("more than 1,000 writes in one step");
    }

    private static String everything(Stores stores, MessageId id) {
        return columns(require(stores.messages(), TENANT, id))
                + "\nevents "
                + stores.events().since(TENANT, 0, 1000).stream()
                        .map(stored -> stored.event().id())
                        .toList()
                + "\nwaiting " + stores.journal().parked(TENANT, at(80))
                + "\nsuppressed " + stores.suppressions().isSuppressed(TENANT, ANN, OURS);
    }

    @Test
    public void W3_aRepeatHasNoEffect() {
        Stores stores = open();
        stores.journal().apply(TENANT, List.of(stop("e1", at(1))));
        stores.journal().apply(TENANT, List.of(start("e2", at(2))));
        // The provider comes again, later: the old choice must not become a new one.
        Applied again =
                stores.journal().apply(TENANT, List.of(stop("e1", at(3)))).get(0);
        assertEquals(new Applied(Effect.DUPLICATE, null), again);
        assertFalse(stores.suppressions().isSuppressed(TENANT, ANN, OURS));
        assertEquals(2, stored(stores));
    }

    @Test
    public void W3_aRepeatOfAWaitingReportDoesNotWaitTwice() {
        Stores stores = open();
        DeliveryReport early =
                report("e1", DeliveryStatus.SENT).providerMessageId("p1").build();
        assertEquals(Effect.PARKED, apply(stores, early).effect());
        assertEquals(Effect.DUPLICATE, apply(stores, early).effect());
        assertEquals(1, stores.journal().parked(TENANT, at(60)));
    }

    @Test
    public void W3_theSameIdFromAnotherProviderIsAnotherEvent() {
        Stores stores = open();
        apply(stores, inbound(TENANT, PROVIDER, "e1", "Hello", at(1)));
        Applied other = apply(stores, inbound(TENANT, OTHER_PROVIDER, "e1", "Hello", at(1)));
        assertEquals(Effect.STORED, other.effect());
        assertEquals(2, stored(stores));
    }

    @Test
    public void W3_oneOfManyThatBringTheSameEventAtOnceHasItsEffect() {
        Stores stores = open();
        for (int round = 0; round < 20; round++) {
            String eventId = "e" + round;
            List<Effect> effects = Race.of(
                    8,
                    i -> () -> apply(stores, inbound(TENANT, PROVIDER, eventId, "Hello", at(i)))
                            .effect());
            assertEquals(1, Collections.frequency(effects, Effect.STORED));
            assertEquals(7, Collections.frequency(effects, Effect.DUPLICATE));
        }
        assertEquals(20, stored(stores));
    }

    @Test
    public void W4_earlyReportIsJoinedWhenTheOutcomeIsRecorded() {
        Stores stores = open();
        MessageId id = MessageId.next();
        stores.messages().create(TENANT, row(id));
        Applied early = apply(
                stores,
                report("e1", DeliveryStatus.DELIVERED).providerMessageId("p1").build());
        assertEquals(Effect.PARKED, early.effect());
        assertNull(early.messageId());
        stores.messages().complete(TENANT, id, accepted(id, "p1"), at(70));
        assertEquals(Optional.of(DeliveryStatus.DELIVERED), status(stores, id));
        assertEquals(0, stores.journal().parked(TENANT, at(70)));
    }

    @Test
    public void W4_earlyReportsOfABatchAreJoinedByRecipient() {
        Stores stores = open();
        apply(
                stores,
                report("e1", DeliveryStatus.DELIVERED)
                        .providerMessageId("batch")
                        .recipient(BOB)
                        .build());
        MessageId ann = send(stores, ANN, accepted(MessageId.next(), "batch"));
        assertEquals(Optional.empty(), status(stores, ann));
        MessageId bob = send(stores, BOB, accepted(MessageId.next(), "batch"));
        assertEquals(Optional.of(DeliveryStatus.DELIVERED), status(stores, bob));
    }

    @Test
    public void W4_everyEarlyReportIsJoined() {
        Stores stores = open();
        for (int part = 1; part <= 3; part++) {
            apply(
                    stores,
                    report("e" + part, part == 2 ? DeliveryStatus.UNDELIVERED : DeliveryStatus.DELIVERED)
                            .providerMessageId("p1")
                            .part(part)
                            .build());
        }
        MessageId id = send(stores, accepted(MessageId.next(), "p1"));
        assertEquals(Optional.of(DeliveryStatus.PARTIAL), status(stores, id));
        assertEquals(0, stores.journal().parked(TENANT, at(60)));
    }

    @Test
    public void W4_aReportProvesAMessageWhoseOutcomeIsUnknown() {
        Stores stores = open();
        MessageId before = MessageId.next();
        stores.messages().create(TENANT, row(before));
        apply(stores, report("e1", DeliveryStatus.SENT).messageId(before).build());
        assertEquals(
                MessageState.ACCEPTED,
                require(stores.messages(), TENANT, before).state());
        stores.messages().complete(TENANT, before, unknown(before), at(61));
        assertEquals(
                MessageState.ACCEPTED,
                require(stores.messages(), TENANT, before).state());

        MessageId after = send(stores, unknown(MessageId.next()));
        apply(
                stores,
                report("e2", DeliveryStatus.DELIVERED)
                        .messageId(after)
                        .providerMessageId("p9")
                        .build());
        MessageRecord row = require(stores.messages(), TENANT, after);
        assertEquals(MessageState.ACCEPTED, row.state());
        assertEquals(Optional.of("p9"), row.providerMessageId());
    }

    @Test
    public void W4_aReportProvesAMessageThatWasThoughtRejected() {
        Stores stores = open();
        MessageId id = send(stores, rejected(MessageId.next()));
        apply(stores, report("e1", DeliveryStatus.DELIVERED).messageId(id).build());
        assertEquals(
                MessageState.ACCEPTED, require(stores.messages(), TENANT, id).state());
    }

    @Test
    public void W4_aReportThatTellsTheProvidersIdBringsTheWaitingOnesAlong() {
        Stores stores = open();
        MessageId id = send(stores, unknown(MessageId.next()));
        apply(
                stores,
                report("e1", DeliveryStatus.DELIVERED).providerMessageId("p1").build());
        assertEquals(Optional.empty(), status(stores, id));
        apply(
                stores,
                report("e2", DeliveryStatus.SENT)
                        .messageId(id)
                        .providerMessageId("p1")
                        .build());
        assertEquals(Optional.of(DeliveryStatus.DELIVERED), status(stores, id));
        assertEquals(0, stores.journal().parked(TENANT, at(60)));
    }

    @Test
    public void W4_aReportThatWaitsIsCountedAndReadableForThreeDays() {
        Stores stores = open();
        apply(
                stores,
                report("e1", DeliveryStatus.SENT, NOW).providerMessageId("p1").build());
        assertEquals(1, stored(stores));
        assertEquals(Duration.ofDays(3), EventJournal.PARKED_FOR);
        assertEquals(1, stores.journal().parked(TENANT, NOW.plus(EventJournal.PARKED_FOR)));
        MessageId id = MessageId.next();
        stores.messages().create(TENANT, row(id));
        stores.messages().complete(TENANT, id, accepted(id, "p1"), NOW.plus(EventJournal.PARKED_FOR));
        assertEquals(Optional.of(DeliveryStatus.SENT), status(stores, id));
    }

    @Test
    public void W4_aReportThatWaitedLongerIsNoLongerCountedButStillReadable() {
        Stores stores = open();
        apply(
                stores,
                report("e1", DeliveryStatus.SENT, NOW).providerMessageId("p1").build());
        assertEquals(
                0,
                stores.journal()
                        .parked(TENANT, NOW.plus(EventJournal.PARKED_FOR).plusSeconds(1)));
        assertEquals(1, stored(stores));
    }

    @Test
    public void W4_aReportDuringTheRecordingOfTheOutcomeIsNeverLost() {
        Stores stores = open();
        for (int round = 0; round < 100; round++) {
            MessageId id = MessageId.next();
            String theirs = "p" + round;
            String eventId = "e" + round;
            stores.messages().create(TENANT, row(id));
            Race.of(2, i -> () -> {
                if (i == 0) {
                    stores.messages().complete(TENANT, id, accepted(id, theirs), at(60));
                } else {
                    apply(
                            stores,
                            report(eventId, DeliveryStatus.DELIVERED)
                                    .providerMessageId(theirs)
                                    .build());
                }
                return i;
            });
            assertEquals(Optional.of(DeliveryStatus.DELIVERED), status(stores, id), "round " + round);
        }
        assertEquals(0, stores.journal().parked(TENANT, at(60)));
    }

    @Test
    public void W5_anyOrderAndAnyRepetitionEndAlike() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<DeliveryReport> reports = new ArrayList<>();
            DeliveryStatus[] words = DeliveryStatus.values();
            for (int i = random.nextInt(5); i >= 0; i--) {
                DeliveryReport.Builder report = report(
                                "e" + round + "-" + i, words[random.nextInt(words.length)], at(i))
                        .providerMessageId("p" + round);
                if (random.nextBoolean()) {
                    report.part(1 + random.nextInt(3));
                }
                reports.add(report.build());
            }
            Stores stores = open();
            String first = endOf(stores, round, reports, random, new Random(1));
            for (int order = 0; order < 3; order++) {
                Random shuffle = new Random(random.nextLong());
                assertEquals(first, endOf(open(), round, reports, random, shuffle), () -> "seed " + seed);
            }
        }
    }

    /** Applies the reports in some order with repeats, the outcome somewhere among them. */
    private static String endOf(Stores stores, int round, List<DeliveryReport> reports, Random random, Random shuffle) {
        MessageId id = MessageId.of("000000000000a");
        List<Runnable> steps = new ArrayList<>();
        for (DeliveryReport report : reports) {
            steps.add(() -> apply(stores, report));
            if (random.nextBoolean()) {
                steps.add(() -> apply(stores, report));
            }
        }
        steps.add(() -> stores.messages().complete(TENANT, id, accepted(id, "p" + round), at(30)));
        Collections.shuffle(steps, shuffle);
        stores.messages().create(TENANT, row(id));
        steps.forEach(Runnable::run);
        return columns(require(stores.messages(), TENANT, id)) + "\nstored " + stored(stores);
    }
}
