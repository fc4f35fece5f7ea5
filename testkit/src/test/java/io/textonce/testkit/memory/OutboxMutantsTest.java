package io.textonce.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.testkit.OutboxRepositoryContract;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Outbox stores that are wrong in one way each; the contract must notice every one of them. */
class OutboxMutantsTest {

    private static DynamicTest caught(String mutant, String by, Function<InMemoryStore, OutboxRepository> wrong) {
        return dynamicTest(
                mutant + " is caught by " + by,
                () -> assertThat(Verdict.of(by, () -> contract(wrong)))
                        .as("a store that " + mutant)
                        .isNotNull());
    }

    private static OutboxRepositoryContract contract(Function<InMemoryStore, OutboxRepository> wrong) {
        VirtualClock clock = new VirtualClock();
        InMemoryStore store = InMemoryStore.builder().time(clock).build();
        OutboxRepository mutant = wrong.apply(store);
        return new OutboxRepositoryContract() {
            @Override
            protected OutboxRepository repository() {
                return mutant;
            }

            @Override
            protected EventJournal journal() {
                return store;
            }

            @Override
            protected Instant now() {
                return clock.now();
            }

            @Override
            protected void pass(Duration time) {
                clock.advance(time);
            }
        };
    }

    private static Function<InMemoryStore, OutboxRepository> storing(UnaryOperator<OutboxRow> change) {
        return store -> new DelegatingOutbox(store) {
            @Override
            public Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
                return super.enqueue(tenant, rows.stream().map(change).toList());
            }
        };
    }

    private static Function<InMemoryStore, OutboxRepository> completing(
            Function<OutboxRepository, UnaryOperator<OutboxRepository.Completion>> change) {
        return store -> new DelegatingOutbox(store) {
            @Override
            public Set<RowKey> complete(Collection<Completion> completions) {
                return super.complete(
                        completions.stream().map(change.apply(store)).toList());
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> storesThatWriteOrHandOutWrongly() {
        return Stream.of(
                caught(
                        "loses the media",
                        "keepsEverythingThatIsNeededToSendLater",
                        storing(row -> OutboxRow.builder(
                                        row.message(),
                                        SmsMessage.to(row.message().to())
                                                .tenant(row.message().tenant())
                                                .text(row.message().text())
                                                .build(),
                                        row.due())
                                .build())),
                caught("writes one row after the other", "writesAllRowsOrNone", store -> new DelegatingOutbox(store) {
                    @Override
                    public Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
                        Set<MessageId> taken = new LinkedHashSet<>();
                        rows.forEach(row -> taken.addAll(super.enqueue(tenant, List.of(row))));
                        return taken;
                    }
                }),
                caught(
                        "forgets when a row is due",
                        "C2_claimsNothingBeforeItsTime",
                        storing(row -> row.toBuilder()
                                .due(row.due().minusSeconds(3600))
                                .build())),
                caught(
                        "forgets turns",
                        "Q9_aRowWithATurnWaitsForTheEarlierOneToItsRecipient",
                        storing(row -> row.toBuilder().turn(null).build())),
                caught(
                        "looks before it claims, without a lock",
                        "Q3_givesEachRowToOneOfManyThatClaimAtOnce",
                        store -> new DelegatingOutbox(store) {
                            private final Set<OutboxRow> recent = ConcurrentHashMap.newKeySet();

                            @Override
                            public List<OutboxRow> claim(String owner, int most, Duration lease) {
                                List<OutboxRow> claimed = new ArrayList<>(super.claim(owner, most, lease));
                                claimed.forEach(recent::add);
                                Verdict.dawdle();
                                recent.stream()
                                        .filter(row -> !row.owner().equals(Optional.of(owner)))
                                        .findAny()
                                        .ifPresent(row -> {
                                            recent.remove(row);
                                            claimed.add(row);
                                        });
                                return claimed;
                            }
                        }),
                caught(
                        "hands a doubt to everybody",
                        "handsOutDoubtsWhenTheyAreDueAndOnceAtATime",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public List<OutboxRow> doubts(int most, Duration pause) {
                                return super.doubts(most, Duration.ZERO);
                            }
                        }),
                caught(
                        "looks before it cancels, without a lock",
                        "ofACancelAndABeginThatRaceOneWins",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Optional<MessageState> cancel(TenantId tenant, MessageId id) {
                                MessageState seen =
                                        row(tenant, id).orElseThrow().state();
                                Verdict.dawdle();
                                Optional<MessageState> now = super.cancel(tenant, id);
                                return seen == MessageState.CLAIMED ? Optional.of(MessageState.CANCELLED) : now;
                            }
                        }));
    }

    @TestFactory
    Stream<DynamicTest> storesThatBeginWrongly() {
        return Stream.of(
                caught(
                        "doesn't ask whose row it begins",
                        "Q5_onlyTheOwnerBegins",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
                                RowKey first = starts.get(0).key();
                                return super.begin(
                                        row(first.tenant(), first.id())
                                                .orElseThrow()
                                                .owner()
                                                .orElse(owner),
                                        starts,
                                        lease);
                            }
                        }),
                caught(
                        "begins after the lease's end",
                        "Q5_nobodyBeginsAfterTheLease",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public List<OutboxRow> claim(String owner, int most, Duration lease) {
                                return super.claim(owner, most, lease.multipliedBy(10));
                            }
                        }),
                caught(
                        "doesn't compare attempts when it begins",
                        "Q5_nobodyBeginsAnEarlierAttempt",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
                                return super.begin(
                                        owner,
                                        starts.stream()
                                                .map(start -> new Start(
                                                        start.key(),
                                                        row(
                                                                        start.key()
                                                                                .tenant(),
                                                                        start.key()
                                                                                .id())
                                                                .orElseThrow()
                                                                .attempt(),
                                                        start.provider()))
                                                .toList(),
                                        lease);
                            }
                        }),
                caught(
                        "begins whatever state a row has",
                        "beginsTheOnesThatItCanAndSaysWhich",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
                                super.begin(owner, starts, lease);
                                return new HashSet<>(
                                        starts.stream().map(Start::key).toList());
                            }
                        }),
                caught(
                        "doesn't write who is asked",
                        "Q2_aBegunRowIsSendingAndNamesWhoIsAsked",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
                                return super.begin(
                                        owner,
                                        starts.stream()
                                                .map(start -> new Start(start.key(), start.attempt(), null))
                                                .toList(),
                                        lease);
                            }
                        }),
                caught(
                        "keeps the claim's lease when it begins",
                        "beginningGivesANewLease",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
                                return super.begin(owner, starts, lease.dividedBy(2));
                            }
                        }),
                caught(
                        "lets everybody ask another provider",
                        "Q2_anotherProviderIsAskedOnlyByTheOwnerWithinTheLease",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public boolean asking(String owner, Start start) {
                                super.asking(owner, start);
                                return true;
                            }
                        }));
    }

    @TestFactory
    Stream<DynamicTest> storesThatStopGroupsWrongly() {
        return Stream.of(
                caught(
                        "forgets groups",
                        "C3_aCancelledGroupBeginsNothingAndNothingOfItComesBack",
                        storing(row -> row.toBuilder().group(null).build())),
                caught(
                        "only holds a group that is cancelled",
                        "whatIsReleasedWhileItIsSentMayBeTriedAgain",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Map<MessageState, Integer> cancelGroup(TenantId tenant, String group) {
                                return super.holdGroup(tenant, group);
                            }
                        }),
                caught(
                        "lets what is tried again wait although its group is held",
                        "C3_aHeldGroupWaitsUntilItIsReleased",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Set<RowKey> complete(Collection<Completion> completions) {
                                Set<RowKey> applied = super.complete(completions);
                                applied.forEach(key -> super.release(key.tenant(), key.id()));
                                return applied;
                            }
                        }),
                caught(
                        "passes over the doubts of a group that is cancelled",
                        "C3_ofACancelledGroupNoDoubtIsSentAgain",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Map<MessageState, Integer> cancelGroup(TenantId tenant, String group) {
                                Map<MessageState, Integer> before = super.unsettled(tenant, group);
                                return before.containsKey(MessageState.UNKNOWN)
                                        ? before
                                        : super.cancelGroup(tenant, group);
                            }
                        }),
                caught(
                        "passes over the doubts of a group that is held",
                        "C3_ofAHeldGroupNoDoubtIsSentAgainUntilItIsReleased",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Map<MessageState, Integer> holdGroup(TenantId tenant, String group) {
                                Map<MessageState, Integer> before = super.unsettled(tenant, group);
                                return before.containsKey(MessageState.UNKNOWN)
                                        ? before
                                        : super.holdGroup(tenant, group);
                            }
                        }),
                caught(
                        "stops only what waits",
                        "C3_aHeldGroupWaitsUntilItIsReleased",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Map<MessageState, Integer> holdGroup(TenantId tenant, String group) {
                                Map<MessageState, Integer> before = super.unsettled(tenant, group);
                                return before.containsKey(MessageState.SENDING)
                                        ? before
                                        : super.holdGroup(tenant, group);
                            }
                        }));
    }

    @TestFactory
    Stream<DynamicTest> storesThatCompleteWrongly() {
        return Stream.of(
                caught(
                        "doesn't ask who completes",
                        "Q5_onlyTheOwnerCompletes",
                        completing(store -> c -> new OutboxRepository.Completion(
                                c.key(), row(store, c).owner().orElse(c.owner()), c.attempt(), c.step()))),
                caught(
                        "doesn't compare attempts when it completes",
                        "Q5_onlyTheLatestAttemptCompletes",
                        completing(store -> c -> new OutboxRepository.Completion(
                                c.key(), c.owner(), row(store, c).attempt(), c.step()))),
                caught(
                        "completes whatever state a row has",
                        "Q5_whatIsNotBegunCantBeCompleted",
                        completing(store -> c -> {
                            store.begin(
                                    c.owner(),
                                    List.of(new OutboxRepository.Start(c.key(), c.attempt(), null)),
                                    Duration.ofHours(1));
                            return c;
                        })),
                caught("drops late results", "Q5_aLateTrueResultSettlesADoubt", store -> new DelegatingOutbox(store) {
                    @Override
                    public Set<RowKey> complete(Collection<Completion> completions) {
                        return super.complete(completions.stream()
                                .filter(c -> row(c.key().tenant(), c.key().id())
                                                .orElseThrow()
                                                .state()
                                        != MessageState.UNKNOWN)
                                .toList());
                    }
                }),
                caught(
                        "tries again at once",
                        "anotherTryIsPendingAgainAtItsTimeAndKnowsItsPast",
                        completing(store -> c -> c.step() instanceof OutboxRepository.Again again
                                ? new OutboxRepository.Completion(
                                        c.key(),
                                        c.owner(),
                                        c.attempt(),
                                        OutboxRepository.Again.at(
                                                Instant.EPOCH,
                                                again.tries(),
                                                again.why().orElse(null)))
                                : c)),
                caught(
                        "binds a provider's id to several messages",
                        "bindsAFoundIdToOneMessageOnly",
                        completing(store -> c -> c.step() instanceof OutboxRepository.Finished f
                                ? new OutboxRepository.Completion(
                                        c.key(),
                                        c.owner(),
                                        c.attempt(),
                                        new OutboxRepository.Finished(f.result(), f.lookup(), false))
                                : c)),
                caught(
                        "starts again what was being sent when the lease ended",
                        "Q3_anExpiredClaimIsPendingAndAnExpiredSendIsUnknownAndNeverSentAgain",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public Expired expire(Duration settle) {
                                Expired expired = super.expire(Duration.ZERO);
                                for (OutboxRow row : super.doubts(100, Duration.ofHours(1))) {
                                    super.complete(List.of(new Completion(
                                            row.key(),
                                            row.owner().orElseThrow(),
                                            row.attempt(),
                                            Again.at(Instant.EPOCH, 0, null))));
                                }
                                return expired;
                            }
                        }),
                caught(
                        "gives back what is being sent",
                        "givesBackWhatIsClaimedAndNothingElse",
                        store -> new DelegatingOutbox(store) {
                            @Override
                            public void giveBack(String owner, Collection<RowKey> keys) {
                                super.giveBack(owner, keys);
                                keys.forEach(key -> row(key.tenant(), key.id())
                                        .filter(row -> row.state() == MessageState.SENDING)
                                        .ifPresent(row -> super.complete(List.of(new Completion(
                                                key, owner, row.attempt(), Again.at(Instant.EPOCH, 0, null))))));
                            }
                        }));
    }

    private static OutboxRow row(OutboxRepository store, OutboxRepository.Completion completion) {
        return store.row(completion.key().tenant(), completion.key().id()).orElseThrow();
    }
}
