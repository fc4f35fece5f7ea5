package io.textonce.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryIdempotencyRepository;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.memory.InMemorySpendRepository;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventJournal;
import io.textonce.store.EventJournal.Applied;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.EventRepository;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.SpendRepository;
import io.textonce.store.Standing;
import io.textonce.store.StatusFold;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.testkit.Crash;
import io.textonce.testkit.EventJournalContract;
import io.textonce.testkit.EventRepositoryContract;
import io.textonce.testkit.IdempotencyRepositoryContract;
import io.textonce.testkit.LimitStoreContract;
import io.textonce.testkit.MessageRepositoryContract;
import io.textonce.testkit.SpendRepositoryContract;
import io.textonce.testkit.Stores;
import io.textonce.testkit.SuppressionRepositoryContract;
import io.textonce.testkit.TemplateRepositoryContract;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A contract that passes everything proves nothing: each of these stores is wrong in one way, and must be noticed. */
class StoreMutantsTest {

    private static DynamicTest caught(String mutant, String by, Supplier<?> contract) {
        return dynamicTest(
                mutant + " is caught by " + by,
                () -> assertThat(Verdict.of(by, contract))
                        .as("a store that " + mutant)
                        .isNotNull());
    }

    // ---- messages

    private static Supplier<?> messages(Function<InMemoryStore, MessageRepository> mutant) {
        return () -> new MessageRepositoryContract() {
            @Override
            protected MessageRepository repository() {
                return mutant.apply(new InMemoryStore());
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> wrongMessageRepositories() {
        return Stream.of(
                caught(
                        "overwrites a taken id",
                        "refusesATakenIdAndKeepsTheFirstRow",
                        messages(store -> new Overwriting())),
                caught(
                        "looks before it writes, without a lock",
                        "givesAnIdToOneOfManyThatRaceForIt",
                        messages(LookBeforeLeap::new)),
                caught(
                        "ignores the tenant",
                        "tenantsSeeNothingOfEachOther",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
                                return super.find(tenant, id)
                                        .or(() -> super.find(TenantId.of("clinic"), id))
                                        .or(() -> super.find(TenantId.of("school"), id));
                            }
                        })),
                caught(
                        "takes an unknown outcome for a rejected one",
                        "keepsADoubtAsADoubt",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
                                SendResult worse = result.fold(
                                        a -> a,
                                        r -> r,
                                        u -> SendResult.rejected(Reason.TRANSPORT, Proof.NOT_TRANSMITTED, "timeout"));
                                super.complete(tenant, id, worse, now);
                            }
                        })),
                caught(
                        "shrugs at completing nothing",
                        "refusesToCompleteWhatWasNeverCreated",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
                                if (find(tenant, id).isPresent()) {
                                    super.complete(tenant, id, result, now);
                                }
                            }
                        })),
                caught(
                        "doesn't write down who is asked next",
                        "namesWhoIsAskedNextAsLongAsItIsSent",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public void asking(TenantId tenant, MessageId id, String provider, Instant now) {}
                        })),
                caught(
                        "takes a late question for news",
                        "namesWhoIsAskedNextAsLongAsItIsSent",
                        messages(store -> new Overwriting())),
                caught(
                        "reads oldest first",
                        "readsNewestFirstAndNoMoreThanTheLimit",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
                                List<MessageRecord> rows = new ArrayList<>(super.query(tenant, query));
                                Collections.reverse(rows);
                                return rows;
                            }
                        })),
                caught(
                        "forgets the cursor",
                        "pagesWithoutGapOrRepeat",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
                                if (query.before().isEmpty()) {
                                    return super.query(tenant, query);
                                }
                                // Compares the time alone, so rows of one instant fall between two pages.
                                Instant last = find(tenant, query.before().get())
                                        .orElseThrow()
                                        .createdAt();
                                return super.query(
                                        tenant,
                                        MessageQuery.all().limit(query.limit()).until(last));
                            }
                        })),
                caught(
                        "is content with any of the labels",
                        "everyLabelOfAQueryMustBeThere",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
                                return super.query(tenant, MessageQuery.all()).stream()
                                        .filter(row -> query.labels().isEmpty()
                                                || row.labels().stream().anyMatch(query.labels()::contains))
                                        .toList();
                            }
                        })),
                caught(
                        "tells where a message stands by its state alone",
                        "asksForStateAndStatusInOneWord",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
                                return super.query(tenant, MessageQuery.all()).stream()
                                        .filter(row -> query.standing().orElseThrow() == Standing.of(row.state(), null))
                                        .toList();
                            }
                        })),
                caught(
                        "leaves a column out",
                        "findsARowAsItWasCreated",
                        messages(store -> new Delegates.Messages(store) {
                            @Override
                            public boolean create(TenantId tenant, MessageRecord row) {
                                return super.create(
                                        tenant, row.toBuilder().reference(null).build());
                            }
                        })));
    }

    private static final class Overwriting implements MessageRepository {
        private final Map<String, MessageRecord> rows = new ConcurrentHashMap<>();

        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            rows.put(tenant + "/" + row.id(), row);
            return true;
        }

        @Override
        public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
            rows.computeIfPresent(tenant + "/" + id, (k, row) -> row.asking(provider, now));
        }

        @Override
        public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
            rows.computeIfPresent(tenant + "/" + id, (k, row) -> row.completed(result, now));
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            return Optional.ofNullable(rows.get(tenant + "/" + id));
        }

        @Override
        public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
            return List.of();
        }
    }

    private static final class LookBeforeLeap extends Delegates.Messages {
        LookBeforeLeap(MessageRepository store) {
            super(store);
        }

        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            if (find(tenant, row.id()).isPresent()) {
                return false;
            }
            Verdict.dawdle();
            super.create(tenant, row);
            return true;
        }
    }

    // ---- the journal

    private static Supplier<?> journal(Function<InMemoryStore, EventJournal> mutant) {
        return journal((store, crash) -> new Stores(store, mutant.apply(store), store, store));
    }

    private interface Opening {
        Stores open(InMemoryStore store, Crash crash);
    }

    private static Supplier<?> journal(Opening opening) {
        return () -> new EventJournalContract() {
            @Override
            protected Stores open(Crash crash) {
                return opening.open(new InMemoryStore(), crash);
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> wrongJournals() {
        return Stream.of(
                caught(
                        "writes one event after the other",
                        "W2_aCrashBetweenAnyTwoWritesOfAWebhookLeavesNothing",
                        journal((store, crash) -> {
                            EventJournal inSteps = new Delegates.Journal(store) {
                                @Override
                                public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                                    List<Applied> applied = new ArrayList<>();
                                    for (Entry entry : entries) {
                                        crash.beforeWrite();
                                        applied.addAll(super.apply(tenant, List.of(entry)));
                                    }
                                    return applied;
                                }
                            };
                            return new Stores(
                                    Delegates.crashingBefore(store, crash).messages(), inSteps, store, store);
                        })),
                caught(
                        "records the opt-out after the event",
                        "W2_aCrashBetweenAnyTwoWritesOfAWebhookLeavesNothing",
                        journal((store, crash) -> {
                            EventJournal inSteps = new Delegates.Journal(store) {
                                @Override
                                public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                                    crash.beforeWrite();
                                    List<Applied> applied = super.apply(
                                            tenant,
                                            entries.stream()
                                                    .map(entry -> new Entry(entry.event(), null))
                                                    .toList());
                                    for (Entry entry : entries) {
                                        if (entry.suppression() != null) {
                                            crash.beforeWrite();
                                            store.record(tenant, entry.suppression());
                                        }
                                    }
                                    return applied;
                                }
                            };
                            return new Stores(
                                    Delegates.crashingBefore(store, crash).messages(), inSteps, store, store);
                        })),
                caught(
                        "notes the event as seen before its effects are there",
                        "W2_aCrashBetweenAnyTwoWritesOfAWebhookLeavesNothing",
                        journal((store, crash) -> new Stores(
                                Delegates.crashingBefore(store, crash).messages(),
                                new SeenFirst(store, crash),
                                store,
                                store))),
                caught(
                        "records the outcome first and joins the reports later",
                        "W4_aCrashBetweenAnyTwoWritesOfAnOutcomeLeavesAllOrNothing",
                        journal(TwoStepCompletion::open)),
                caught("knows no repeats", "W3_aRepeatHasNoEffect", journal(store -> new Delegates.Journal(store) {
                    @Override
                    public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                        List<Applied> applied = super.apply(tenant, entries);
                        for (Entry entry : entries) {
                            if (entry.suppression() != null) {
                                store.record(tenant, entry.suppression());
                            }
                        }
                        return applied;
                    }
                })),
                caught(
                        "looks for repeats without a lock",
                        "W3_oneOfManyThatBringTheSameEventAtOnceHasItsEffect",
                        journal(store -> new RacyDedupe())),
                caught(
                        "takes the event's id alone for its identity",
                        "W3_theSameIdFromAnotherProviderIsAnotherEvent",
                        journal(store -> new Delegates.Journal(store) {
                            private final Set<String> seen = ConcurrentHashMap.newKeySet();

                            @Override
                            public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                                if (entries.size() == 1
                                        && !seen.add(
                                                tenant + entries.get(0).event().id())) {
                                    return List.of(new Applied(Effect.DUPLICATE, null));
                                }
                                return super.apply(tenant, entries);
                            }
                        })),
                caught(
                        "drops a report whose message isn't known",
                        "W4_earlyReportIsJoinedWhenTheOutcomeIsRecorded",
                        journal(store -> new Delegates.Journal(store) {
                            @Override
                            public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                                return entries.stream()
                                        .map(entry -> known(tenant, entry)
                                                ? super.apply(tenant, List.of(entry))
                                                        .get(0)
                                                : new Applied(Effect.PARKED, null))
                                        .toList();
                            }

                            private boolean known(TenantId tenant, Entry entry) {
                                return !(entry.event() instanceof DeliveryReport report)
                                        || report.providerMessageId().isEmpty()
                                        || !store.query(
                                                        tenant,
                                                        MessageQuery.all()
                                                                .providerMessageId(report.providerMessageId()
                                                                        .get()))
                                                .isEmpty();
                            }
                        })),
                caught(
                        "doesn't count what waits",
                        "W4_aReportThatWaitsIsCountedAndReadableForThreeDays",
                        journal(store -> new Delegates.Journal(store) {
                            @Override
                            public int parked(TenantId tenant, Instant now) {
                                return 0;
                            }
                        })),
                caught(
                        "forgets who a batch's report is about",
                        "theRecipientTellsTheMessagesOfABatchApart",
                        journal(store -> reportsChanged(
                                store, report -> rebuilt(report).recipient(null).build()))),
                caught(
                        "forgets the parts",
                        "W4_everyEarlyReportIsJoined",
                        journal(store -> reportsChanged(
                                store,
                                report -> rebuilt(report)
                                        .recipient(report.recipient().orElse(null))
                                        .build()))),
                caught(
                        "stores no opt-outs",
                        "W2_anOptOutIsStoredWithItsEvent",
                        journal(store -> new Delegates.Journal(store) {
                            @Override
                            public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                                return super.apply(
                                        tenant,
                                        entries.stream()
                                                .map(entry -> new Entry(entry.event(), null))
                                                .toList());
                            }
                        })),
                caught(
                        "lets the last report win",
                        "W5_anyOrderAndAnyRepetitionEndAlike",
                        journal((store, crash) -> new Stores(
                                new LastWins(store),
                                Delegates.crashingBefore(store, crash).journal(),
                                store,
                                store))));
    }

    private static EventJournal reportsChanged(InMemoryStore store, Function<DeliveryReport, DeliveryReport> change) {
        return new Delegates.Journal(store) {
            @Override
            public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                return super.apply(
                        tenant,
                        entries.stream()
                                .map(entry -> entry.event() instanceof DeliveryReport report
                                        ? new Entry(change.apply(report), entry.suppression())
                                        : entry)
                                .toList());
            }
        };
    }

    /** Without recipient and part. */
    private static DeliveryReport.Builder rebuilt(DeliveryReport report) {
        return DeliveryReport.builder(report.origin(), report.id(), report.status())
                .messageId(report.messageId().orElse(null))
                .providerMessageId(report.providerMessageId().orElse(null));
    }

    /** What a dedupe table in a transaction of its own does: after the crash, the repeat is taken for done. */
    private static final class SeenFirst extends Delegates.Journal {
        private final Crash crash;
        private final Set<String> seen = new HashSet<>();

        SeenFirst(EventJournal store, Crash crash) {
            super(store);
            this.crash = crash;
        }

        @Override
        public List<Applied> apply(TenantId tenant, List<Entry> entries) {
            crash.beforeWrite();
            List<Entry> fresh = entries.stream()
                    .filter(entry -> seen.add(
                            tenant + entry.event().provider() + entry.event().id()))
                    .toList();
            crash.beforeWrite();
            List<Applied> applied = new ArrayList<>(super.apply(tenant, fresh));
            while (applied.size() < entries.size()) {
                applied.add(new Applied(Effect.DUPLICATE, null));
            }
            return applied;
        }
    }

    /** Parks early reports itself, and joins them in a second step. */
    private static final class TwoStepCompletion {
        static Stores open(InMemoryStore store, Crash crash) {
            List<Entry> waiting = Collections.synchronizedList(new ArrayList<>());
            EventJournal journal = new Delegates.Journal(store) {
                @Override
                public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                    crash.beforeWrite();
                    List<Applied> applied = new ArrayList<>();
                    for (Entry entry : entries) {
                        boolean early = entry.event() instanceof DeliveryReport report
                                && report.messageId().isEmpty()
                                && store.query(
                                                tenant,
                                                MessageQuery.all()
                                                        .providerMessageId(report.providerMessageId()
                                                                .orElseThrow()))
                                        .isEmpty();
                        if (early) {
                            waiting.add(entry);
                            applied.add(new Applied(Effect.PARKED, null));
                        } else {
                            applied.addAll(super.apply(tenant, List.of(entry)));
                        }
                    }
                    return applied;
                }

                @Override
                public int parked(TenantId tenant, Instant now) {
                    return waiting.size();
                }
            };
            MessageRepository messages = new Delegates.Messages(store) {
                @Override
                public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
                    crash.beforeWrite();
                    super.complete(tenant, id, result, now);
                    while (!waiting.isEmpty()) {
                        crash.beforeWrite();
                        store.apply(tenant, List.of(waiting.remove(0)));
                    }
                }
            };
            return new Stores(messages, journal, store, store);
        }
    }

    /** Forgets to make the look and the write one step. */
    private static final class RacyDedupe implements EventJournal {
        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        @Override
        public List<Applied> apply(TenantId tenant, List<Entry> entries) {
            return entries.stream()
                    .map(entry -> {
                        boolean known = seen.contains(entry.event().id());
                        Verdict.dawdle();
                        seen.add(entry.event().id());
                        return new Applied(known ? Effect.DUPLICATE : Effect.STORED, null);
                    })
                    .toList();
        }

        @Override
        public int parked(TenantId tenant, Instant now) {
            return 0;
        }
    }

    /** Shows what the last report said, not what all of them amount to. */
    private static final class LastWins extends Delegates.Messages {
        private final InMemoryStore store;

        LastWins(InMemoryStore store) {
            super(store);
            this.store = store;
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            Optional<DeliveryReport> last = store.since(tenant, 0, 1000).stream()
                    .map(EventRepository.Stored::event)
                    .filter(DeliveryReport.class::isInstance)
                    .map(DeliveryReport.class::cast)
                    .reduce((a, b) -> b);
            return super.find(tenant, id)
                    .map(row -> last.isEmpty() || row.reports().status().isEmpty()
                            ? row
                            : row.toBuilder()
                                    .reports(StatusFold.EMPTY.with(last.get()))
                                    .build());
        }
    }

    // ---- events

    private static Supplier<?> events(Function<InMemoryStore, EventRepository> mutant) {
        return () -> new EventRepositoryContract() {
            @Override
            protected Stores open() {
                InMemoryStore store = new InMemoryStore();
                return new Stores(store, store, mutant.apply(store), store);
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> wrongEventRepositories() {
        return Stream.of(
                caught(
                        "reads the event at the cursor again",
                        "goesOnAfterTheCursorAndNoFurtherThanTheLimit",
                        events(store -> (tenant, cursor, limit) ->
                                // Ends, or the contract would read for ever.
                                cursor >= 7 ? List.of() : store.since(tenant, Math.max(0, cursor - 1), limit))),
                caught(
                        "ignores the limit",
                        "goesOnAfterTheCursorAndNoFurtherThanTheLimit",
                        events(store -> (tenant, cursor, limit) -> store.since(tenant, cursor, 1000))),
                caught("hands each event out once only", "readingTwiceGivesTheSame", events(store -> {
                    Set<Long> handed = ConcurrentHashMap.newKeySet();
                    return (tenant, cursor, limit) -> store.since(tenant, cursor, limit).stream()
                            .filter(stored -> handed.add(stored.seq()))
                            .toList();
                })),
                caught(
                        "mixes the tenants",
                        "tenantsSeeNothingOfEachOther",
                        events(store ->
                                (tenant, cursor, limit) -> Stream.of(TenantId.of("clinic"), TenantId.of("school"))
                                        .flatMap(t -> store.since(t, cursor, limit).stream())
                                        .toList())),
                caught(
                        "shows an event before an earlier one is there",
                        "noEventTurnsUpBehindACursor",
                        () -> new EventRepositoryContract() {
                            @Override
                            protected Stores open() {
                                InMemoryStore store = new InMemoryStore();
                                LateNumbers late = new LateNumbers();
                                return new Stores(store, late, late, store);
                            }
                        }));
    }

    /** Numbers an event first and shows it a moment later, as a database sequence does. */
    private static final class LateNumbers implements EventJournal, EventRepository {
        private final AtomicInteger last = new AtomicInteger();
        private final Map<Long, Stored> shown = new ConcurrentHashMap<>();

        @Override
        public List<Applied> apply(TenantId tenant, List<Entry> entries) {
            long seq = last.incrementAndGet();
            for (int i = 0; i < (seq % 5) * 20; i++) {
                Thread.yield();
            }
            shown.put(seq, new Stored(seq, entries.get(0).event()));
            return List.of(new Applied(Effect.STORED, null));
        }

        @Override
        public int parked(TenantId tenant, Instant now) {
            return 0;
        }

        @Override
        public List<Stored> since(TenantId tenant, long cursor, int limit) {
            return shown.values().stream()
                    .filter(stored -> stored.seq() > cursor)
                    .sorted((a, b) -> Long.compare(a.seq(), b.seq()))
                    .limit(limit)
                    .toList();
        }
    }

    // ---- opt-outs

    private static Supplier<?> suppressions(Function<InMemoryStore, SuppressionRepository> mutant) {
        return () -> new SuppressionRepositoryContract() {
            @Override
            protected SuppressionRepository repository() {
                return mutant.apply(new InMemoryStore());
            }
        };
    }

    /** Changes what is recorded. */
    private static SuppressionRepository recording(
            SuppressionRepository store, Function<Suppression, Suppression> change) {
        return new SuppressionRepository() {
            @Override
            public void record(TenantId tenant, Suppression suppression) {
                store.record(tenant, change.apply(suppression));
            }

            @Override
            public boolean isSuppressed(TenantId tenant, PhoneNumber number, SenderId sender) {
                return store.isSuppressed(tenant, number, sender);
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> wrongSuppressionRepositories() {
        AtomicInteger order = new AtomicInteger();
        return Stream.of(
                caught(
                        "lets the last recorded choice win",
                        "theLaterChoiceWinsInWhateverOrderItIsRecorded",
                        suppressions(store -> recording(
                                store,
                                s -> new Suppression(
                                        s.number(),
                                        s.scope(),
                                        s.choice(),
                                        Instant.EPOCH.plusSeconds(order.incrementAndGet()),
                                        s.source())))),
                caught(
                        "lets in win a tie",
                        "outWinsATie",
                        suppressions(store -> recording(
                                store,
                                s -> s.choice() == Suppression.Choice.OPT_OUT
                                        ? s
                                        : new Suppression(
                                                s.number(), s.scope(), s.choice(), s.at().plusMillis(1), s.source())))),
                caught(
                        "takes every opt-out for the whole tenant's",
                        "anOptOutOfASenderCoversThatSender",
                        suppressions(store -> recording(
                                store, s -> new Suppression(s.number(), null, s.choice(), s.at(), s.source())))),
                caught(
                        "forgets the sender",
                        "anOptOutOfTheTenantCoversEverySender",
                        suppressions(store -> new SuppressionRepository() {
                            @Override
                            public void record(TenantId tenant, Suppression suppression) {
                                store.record(tenant, suppression);
                            }

                            @Override
                            public boolean isSuppressed(TenantId tenant, PhoneNumber number, SenderId sender) {
                                return sender == null && store.isSuppressed(tenant, number, null);
                            }
                        })),
                caught(
                        "forgets the sender where many are asked for",
                        "ofManyItSaysWhatItSaysOfEach",
                        suppressions(store -> new SuppressionRepository() {
                            @Override
                            public void record(TenantId tenant, Suppression suppression) {
                                store.record(tenant, suppression);
                            }

                            @Override
                            public boolean isSuppressed(TenantId tenant, PhoneNumber number, SenderId sender) {
                                return store.isSuppressed(tenant, number, sender);
                            }

                            @Override
                            public Set<PhoneNumber> suppressed(
                                    TenantId tenant, Collection<PhoneNumber> numbers, SenderId sender) {
                                return store.suppressed(tenant, numbers, null);
                            }
                        })),
                caught(
                        "lets an opt-in of the tenant leave its senders alone",
                        "anOptInToTheTenantLiftsOlderOptOutsOfSenders",
                        suppressions(store -> new SuppressionRepository() {
                            private final Set<String> scoped = new HashSet<>();

                            @Override
                            public void record(TenantId tenant, Suppression s) {
                                String key = tenant + s.number().e164() + s.scope();
                                if (s.scope() == null) {
                                    store.record(tenant, s);
                                } else if (s.choice() == Suppression.Choice.OPT_OUT) {
                                    scoped.add(key);
                                } else {
                                    scoped.remove(key);
                                }
                            }

                            @Override
                            public boolean isSuppressed(TenantId tenant, PhoneNumber number, SenderId sender) {
                                return scoped.contains(tenant + number.e164() + sender)
                                        || store.isSuppressed(tenant, number, sender);
                            }
                        })),
                caught(
                        "ignores the tenant",
                        "tenantsSeeNothingOfEachOther",
                        suppressions(store -> new SuppressionRepository() {
                            @Override
                            public void record(TenantId tenant, Suppression suppression) {
                                store.record(TenantId.DEFAULT, suppression);
                            }

                            @Override
                            public boolean isSuppressed(TenantId tenant, PhoneNumber number, SenderId sender) {
                                return store.isSuppressed(TenantId.DEFAULT, number, sender);
                            }
                        })));
    }

    // ---- idempotency keys

    private static Supplier<?> keys(Supplier<IdempotencyRepository> mutant) {
        return () -> new IdempotencyRepositoryContract() {
            @Override
            protected IdempotencyRepository repository() {
                return mutant.get();
            }
        };
    }

    /** Delegates; a mutant overrides what it does wrong. */
    private static class Keys implements IdempotencyRepository {
        final IdempotencyRepository store = new InMemoryIdempotencyRepository();

        @Override
        public Claim claim(
                TenantId tenant, String key, String payload, MessageId messageId, Instant now, Instant expiresAt) {
            return store.claim(tenant, key, payload, messageId, now, expiresAt);
        }

        @Override
        public void bind(TenantId tenant, String key, MessageId messageId, SendResult result) {
            store.bind(tenant, key, messageId, result);
        }

        @Override
        public void release(TenantId tenant, String key, MessageId messageId) {
            store.release(tenant, key, messageId);
        }
    }

    @TestFactory
    Stream<DynamicTest> wrongIdempotencyRepositories() {
        return Stream.of(
                caught(
                        "looks before it takes, without a lock",
                        "oneOfSixtyFourThatRaceGetsTheKey",
                        keys(RacyKeys::new)),
                caught("evicts live keys when full", "noLiveKeyIsDroppedForOthers", keys(EvictingKeys::new)),
                caught("ignores the payload", "anotherPayloadIsAConflictHeldOrBound", keys(() -> new Keys() {
                    @Override
                    public Claim claim(
                            TenantId tenant, String key, String payload, MessageId id, Instant now, Instant expires) {
                        return super.claim(tenant, key, "", id, now, expires);
                    }
                })),
                caught("ignores the tenant", "tenantsSeeNothingOfEachOther", keys(() -> new Keys() {
                    @Override
                    public Claim claim(
                            TenantId tenant, String key, String payload, MessageId id, Instant now, Instant expires) {
                        return super.claim(TenantId.DEFAULT, key, payload, id, now, expires);
                    }
                })),
                caught("never forgets", "aKeyIsKeptUntilItExpiresHeldOrBound", keys(() -> new Keys() {
                    @Override
                    public Claim claim(
                            TenantId tenant, String key, String payload, MessageId id, Instant now, Instant expires) {
                        return super.claim(tenant, key, payload, id, now, Instant.MAX);
                    }
                })),
                caught("forgets held keys early", "aKeyIsKeptUntilItExpiresHeldOrBound", keys(() -> new Keys() {
                    @Override
                    public Claim claim(
                            TenantId tenant, String key, String payload, MessageId id, Instant now, Instant expires) {
                        return super.claim(tenant, key, payload, id, now, now.plusSeconds(60));
                    }
                })),
                caught("lets anybody release a key", "onlyTheHolderBindsAndReleases", keys(() -> new Keys() {
                    private final Map<String, MessageId> holders = new ConcurrentHashMap<>();

                    @Override
                    public Claim claim(
                            TenantId tenant, String key, String payload, MessageId id, Instant now, Instant expires) {
                        Claim claim = super.claim(tenant, key, payload, id, now, expires);
                        if (claim instanceof Acquired) {
                            holders.put(tenant + key, id);
                        }
                        return claim;
                    }

                    @Override
                    public void release(TenantId tenant, String key, MessageId messageId) {
                        super.release(tenant, key, holders.getOrDefault(tenant + key, messageId));
                    }
                })),
                caught(
                        "releases unknown outcomes",
                        "anUnknownOutcomeIsToldAndNeverReleasedByItself",
                        keys(() -> new Keys() {
                            @Override
                            public void bind(TenantId tenant, String key, MessageId id, SendResult result) {
                                if (result.isAccepted()) {
                                    super.bind(tenant, key, id, result);
                                } else {
                                    super.release(tenant, key, id);
                                }
                            }
                        })),
                caught(
                        "lets a late doubt replace an accepted outcome",
                        "anAcceptedOutcomeStands",
                        keys(() -> new Keys() {
                            private final Map<String, SendResult> last = new ConcurrentHashMap<>();

                            @Override
                            public void bind(TenantId tenant, String key, MessageId id, SendResult result) {
                                super.bind(tenant, key, id, result);
                                last.put(tenant + key, result);
                            }

                            @Override
                            public Claim claim(
                                    TenantId tenant,
                                    String key,
                                    String payload,
                                    MessageId id,
                                    Instant now,
                                    Instant expires) {
                                Claim claim = super.claim(tenant, key, payload, id, now, expires);
                                return claim instanceof Bound ? new Bound(last.get(tenant + key)) : claim;
                            }
                        })),
                caught("binds rejected outcomes", "refusesToBindARejectedOutcome", keys(() -> new Keys() {
                    @Override
                    public void bind(TenantId tenant, String key, MessageId id, SendResult result) {
                        if (result.outcome() != Outcome.REJECTED) {
                            super.bind(tenant, key, id, result);
                        }
                    }
                })));
    }

    private static final class RacyKeys extends Keys {
        private final Map<String, MessageId> holders = new ConcurrentHashMap<>();

        @Override
        public Claim claim(TenantId tenant, String key, String payload, MessageId id, Instant now, Instant expires) {
            MessageId holder = holders.get(tenant + key);
            Verdict.dawdle();
            if (holder != null && !holder.equals(id)) {
                return new Held(holder);
            }
            holders.put(tenant + key, id);
            return new Acquired();
        }
    }

    private static final class EvictingKeys extends Keys {
        private final Map<String, Boolean> live = Collections.synchronizedMap(new LinkedHashMap<>());

        @Override
        public Claim claim(TenantId tenant, String key, String payload, MessageId id, Instant now, Instant expires) {
            live.put(key, true);
            if (live.size() > 1000) {
                live.remove("order-7");
            }
            Claim claim = super.claim(tenant, key, payload, id, now, expires);
            return claim instanceof Bound && live.size() > 1000 ? new Acquired() : claim;
        }
    }

    // ---- templates

    private static Supplier<?> templates(Function<List<Template>, TemplateRepository> mutant) {
        return () -> new TemplateRepositoryContract() {
            @Override
            protected TemplateRepository repositoryWith(List<Template> templates) {
                return mutant.apply(templates);
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> wrongTemplateRepositories() {
        return Stream.of(
                caught(
                        "hides what is switched off",
                        "findsATemplateThatIsSwitchedOff",
                        templates(all -> (tenant, id) -> all.stream()
                                .filter(t -> t.tenant().equals(tenant) && t.id().equals(id) && t.active())
                                .findFirst())),
                caught(
                        "ignores the tenant",
                        "tenantsSeeNothingOfEachOther",
                        templates(all -> (tenant, id) ->
                                all.stream().filter(t -> t.id().equals(id)).findFirst())),
                caught(
                        "is loose about case",
                        "findsATemplateByItsId",
                        templates(all -> (tenant, id) -> all.stream()
                                .filter(t -> t.tenant().equals(tenant) && t.id().equalsIgnoreCase(id))
                                .findFirst())));
    }

    // ---- limits

    private static Supplier<?> limits(Supplier<LimitStore> mutant) {
        return () -> new LimitStoreContract() {
            @Override
            protected LimitStore store() {
                return mutant.get();
            }
        };
    }

    /** Delegates; a mutant overrides what it does wrong. */
    private static class Limits implements LimitStore {
        final LimitStore store = new InMemoryLimitStore();

        @Override
        public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
            return store.take(tenant, key, limits, permits, now);
        }

        @Override
        public void giveBack(TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {
            store.giveBack(tenant, key, limits, permits, takenAt);
        }
    }

    @TestFactory
    Stream<DynamicTest> wrongLimitStores() {
        return Stream.of(
                caught("makes a token bucket of a window", "noWindowOfItsLengthAdmitsMore", limits(() -> new Limits() {
                    @Override
                    public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
                        List<Limit> greedy = limits.stream()
                                .map(l -> new Limit(l.permits(), l.window(), l.capacity()))
                                .toList();
                        return super.take(tenant, key, greedy, permits, now);
                    }
                })),
                caught("counts by fixed windows", "noWindowOfItsLengthAdmitsMore", limits(FixedWindows::new)),
                caught(
                        "asks and takes in two steps",
                        "noWindowOfItsLengthAdmitsMoreToManyThreads",
                        limits(AskThenTake::new)),
                caught(
                        "takes from the first limit before it asks the second",
                        "takesFromAllLimitsOrFromNone",
                        limits(() -> new Limits() {
                            @Override
                            public Duration take(
                                    TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
                                Duration longest = Duration.ZERO;
                                for (Limit limit : limits) {
                                    Duration wait = super.take(tenant, key + limit, List.of(limit), permits, now);
                                    longest = wait.compareTo(longest) > 0 ? wait : longest;
                                }
                                return longest;
                            }
                        })),
                caught("gives nothing back", "whatIsGivenBackMayBeTakenAgain", limits(() -> new Limits() {
                    @Override
                    public void giveBack(
                            TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {}
                })),
                caught("gives back too much", "whatIsGivenBackMayBeTakenAgain", limits(() -> new Limits() {
                    @Override
                    public void giveBack(
                            TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {
                        super.giveBack(tenant, key, limits, 2 * permits, takenAt);
                    }
                })),
                caught("ignores the tenant", "keysAndTenantsAreApart", limits(() -> new Limits() {
                    @Override
                    public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
                        return super.take(TenantId.DEFAULT, key, limits, permits, now);
                    }
                })),
                caught("tells too short a wait", "waitingThatLongSufficesAndLessDoesNot", limits(() -> new Limits() {
                    @Override
                    public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
                        return super.take(tenant, key, limits, permits, now).dividedBy(2);
                    }
                })),
                caught(
                        "forgets what is older than a window for the last caller",
                        "aCallerThatIsLateIsJudgedByItsOwnInstant",
                        limits(ForgetfulLog::new)));
    }

    private static final class FixedWindows extends Limits {
        private final Map<String, Integer> counts = new HashMap<>();

        @Override
        public synchronized Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
            Duration longest = Duration.ZERO;
            for (Limit limit : limits) {
                long length = limit.window().toMillis();
                String window = key + limit + now.toEpochMilli() / length;
                if (counts.merge(window, permits, Integer::sum) > limit.permits()) {
                    longest = Duration.ofMillis(length - now.toEpochMilli() % length);
                }
            }
            return longest;
        }
    }

    private static final class AskThenTake extends Limits {
        private final Map<String, List<Long>> logs = new ConcurrentHashMap<>();

        @Override
        public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
            List<Long> log = logs.computeIfAbsent(key, k -> Collections.synchronizedList(new ArrayList<>()));
            List<Long> seen = new ArrayList<>(List.of(log.toArray(new Long[0])));
            for (Limit limit : limits) {
                long from = now.toEpochMilli() - limit.window().toMillis();
                if (seen.stream().filter(t -> t > from).count() >= limit.permits()) {
                    return Duration.ofMillis(1);
                }
            }
            Verdict.dawdle();
            log.add(now.toEpochMilli());
            return Duration.ZERO;
        }
    }

    private static final class ForgetfulLog extends Limits {
        private final Map<String, List<Long>> logs = new HashMap<>();

        @Override
        public synchronized Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
            List<Long> log = logs.computeIfAbsent(key, k -> new ArrayList<>());
            Limit limit = limits.get(0);
            long from = now.toEpochMilli() - limit.window().toMillis();
            log.removeIf(t -> t <= from);
            if (log.size() >= limit.permits()) {
                return Duration.ofMillis(1);
            }
            log.add(now.toEpochMilli());
            return Duration.ZERO;
        }
    }

    // ---- spend

    private static Supplier<?> spend(Supplier<SpendRepository> mutant) {
        return () -> new SpendRepositoryContract() {
            @Override
            protected SpendRepository repository() {
                return mutant.get();
            }
        };
    }

    /** Delegates; a mutant overrides what it does wrong. */
    private static class Spend implements SpendRepository {
        final SpendRepository store = new InMemorySpendRepository();

        @Override
        public Decision reserve(TenantId tenant, Budget budget, MessageId message, Money amount, Instant now) {
            return store.reserve(tenant, budget, message, amount, now);
        }

        @Override
        public void settle(TenantId tenant, String key, MessageId message, Money amount) {
            store.settle(tenant, key, message, amount);
        }

        @Override
        public void release(TenantId tenant, String key, MessageId message) {
            store.release(tenant, key, message);
        }

        @Override
        public Optional<Money> committed(TenantId tenant, String key, Instant now) {
            return store.committed(tenant, key, now);
        }
    }

    @TestFactory
    Stream<DynamicTest> wrongSpendRepositories() {
        return Stream.of(
                caught("asks and books in two steps", "racingThreadsNeverOverspend", spend(AskThenBook::new)),
                caught("stops short of the cap", "grantsUpToTheCapAndNotACentMore", spend(() -> new Spend() {
                    @Override
                    public Decision reserve(TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                        Money less = new Money(
                                budget.limit().amount().subtract(new BigDecimal("0.00001")),
                                budget.limit().currency());
                        return super.reserve(tenant, new Budget(budget.key(), less, budget.until()), id, amount, now);
                    }
                })),
                caught("rounds to cents", "amountsAreExact", spend(() -> new Spend() {
                    @Override
                    public Decision reserve(TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                        Money rounded = new Money(amount.amount().setScale(2, RoundingMode.HALF_UP), amount.currency());
                        return super.reserve(tenant, budget, id, amount.amount().signum() < 0 ? amount : rounded, now);
                    }
                })),
                caught(
                        "books every reservation of a message",
                        "reservingTwiceForAMessageCountsOnce",
                        spend(() -> new Spend() {
                            @Override
                            public Decision reserve(
                                    TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                                return super.reserve(tenant, budget, MessageId.next(), amount, now);
                            }
                        })),
                caught(
                        "keeps a message in the period of its first reservation",
                        "reservingAgainInALaterPeriodCountsThere",
                        spend(() -> new Spend() {
                            private final Map<MessageId, Decision> before = new ConcurrentHashMap<>();

                            @Override
                            public Decision reserve(
                                    TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                                return before.computeIfAbsent(id, k -> super.reserve(tenant, budget, id, amount, now));
                            }
                        })),
                caught(
                        "loses the reservation when its replacement is refused",
                        "reservingTwiceForAMessageCountsOnce",
                        spend(() -> new Spend() {
                            @Override
                            public Decision reserve(
                                    TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                                release(tenant, budget.key(), id);
                                return super.reserve(tenant, budget, id, amount, now);
                            }
                        })),
                caught("never settles", "settlingCountsWhatWasSpent", spend(() -> new Spend() {
                    @Override
                    public void settle(TenantId tenant, String key, MessageId id, Money amount) {}
                })),
                caught("settles by releasing", "settlingCountsWhatWasSpent", spend(() -> new Spend() {
                    @Override
                    public void settle(TenantId tenant, String key, MessageId id, Money amount) {
                        release(tenant, key, id);
                    }
                })),
                caught("settles at most what was reserved", "settlingCountsWhatWasSpent", spend(() -> new Spend() {
                    @Override
                    public void settle(TenantId tenant, String key, MessageId id, Money amount) {
                        Money less = new Money(amount.amount().min(new BigDecimal("0.50")), amount.currency());
                        super.settle(tenant, key, id, less);
                    }
                })),
                caught("adds what is settled again", "settlingTwiceCountsOnce", spend(() -> new Spend() {
                    @Override
                    public void settle(TenantId tenant, String key, MessageId id, Money amount) {
                        super.settle(tenant, key, id, amount);
                        super.reserve(
                                tenant,
                                new Budget(key, Money.of("99", "USD"), Instant.MAX),
                                MessageId.next(),
                                Money.of("0.01", "USD"),
                                Instant.EPOCH);
                    }
                })),
                caught("never releases", "releasingGivesBackAllOfItOnce", spend(() -> new Spend() {
                    @Override
                    public void release(TenantId tenant, String key, MessageId id) {}
                })),
                caught(
                        "settles what nobody reserved",
                        "whatWasNeverReservedIsNeitherSettledNorReleased",
                        spend(() -> new Spend() {
                            @Override
                            public void settle(TenantId tenant, String key, MessageId id, Money amount) {
                                super.reserve(
                                        tenant,
                                        new Budget(key, Money.of("99", "USD"), Instant.MAX),
                                        id,
                                        amount,
                                        Instant.EPOCH);
                                super.settle(tenant, key, id, amount);
                            }
                        })),
                caught(
                        "forgets reservations after an hour",
                        "whatIsNotSettledStaysReservedUntilItsPeriodEnds",
                        spend(() -> new Spend() {
                            @Override
                            public Decision reserve(
                                    TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                                Budget hour = new Budget(budget.key(), budget.limit(), now.plusSeconds(3600));
                                return super.reserve(tenant, hour, id, amount, now);
                            }
                        })),
                caught("counts by calendar alone", "aRollingPeriodFreesWhatIsOldest", spend(() -> new Spend() {
                    @Override
                    public Decision reserve(TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                        Instant day =
                                budget.until().truncatedTo(ChronoUnit.DAYS).plusSeconds(86_400);
                        return super.reserve(tenant, new Budget(budget.key(), budget.limit(), day), id, amount, now);
                    }
                })),
                caught("doesn't say when", "aRefusalReservesNothingAndSaysWhenToTryAgain", spend(() -> new Spend() {
                    @Override
                    public Decision reserve(TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                        Decision decision = super.reserve(tenant, budget, id, amount, now);
                        return new Decision(decision.granted(), decision.committed(), null);
                    }
                })),
                caught("ignores the tenant", "keysAndTenantsAreApart", spend(() -> new Spend() {
                    @Override
                    public Decision reserve(TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                        return super.reserve(TenantId.DEFAULT, budget, id, amount, now);
                    }
                })),
                caught("mixes currencies", "refusesAmountsThatMakeNoSense", spend(() -> new Spend() {
                    @Override
                    public Decision reserve(TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                        Money same =
                                new Money(amount.amount().abs(), budget.limit().currency());
                        return super.reserve(tenant, budget, id, same, now);
                    }
                })),
                caught(
                        "forgets a period with its last instant",
                        "aCallerThatIsLateIsJudgedByItsOwnInstant",
                        spend(() -> new Spend() {
                            private Instant latest = Instant.EPOCH;

                            @Override
                            public synchronized Decision reserve(
                                    TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
                                latest = now.isAfter(latest) ? now : latest;
                                return super.reserve(tenant, budget, id, amount, latest);
                            }
                        })),
                caught(
                        "reserves for a message in two steps",
                        "racingReservationsForOneMessageCountOnce",
                        spend(AskThenBook::new)));
    }

    private static final class AskThenBook extends Spend {
        private final Map<String, BigDecimal> sums = new ConcurrentHashMap<>();

        @Override
        public Decision reserve(TenantId tenant, Budget budget, MessageId id, Money amount, Instant now) {
            BigDecimal sum = sums.getOrDefault(budget.key(), BigDecimal.ZERO);
            if (sum.add(amount.amount()).compareTo(budget.limit().amount()) > 0) {
                return new Decision(false, new Money(sum, amount.currency()), budget.until());
            }
            Verdict.dawdle();
            sums.merge(budget.key(), amount.amount(), BigDecimal::add);
            return new Decision(true, budget.limit(), null);
        }

        @Override
        public void settle(TenantId tenant, String key, MessageId id, Money amount) {}

        @Override
        public void release(TenantId tenant, String key, MessageId id) {}
    }
}
