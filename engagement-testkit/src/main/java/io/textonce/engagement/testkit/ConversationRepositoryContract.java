package io.textonce.engagement.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Changes;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.ConversationRepository.Filed;
import io.textonce.engagement.conversation.ConversationRepository.Progress;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Inbox;
import io.textonce.engagement.conversation.Party;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.MessageState;
import io.textonce.store.StatusFold;
import io.textonce.testkit.Race;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ConversationRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class ConversationRepositoryContract {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("umbrella");
    private static final Instant NOW = Instant.parse("2026-11-21T10:30:00.123456Z");
    private static final PhoneNumber ANNA = PhoneNumber.of("+61491570156");
    private static final PhoneNumber BERT = PhoneNumber.of("+61491570157");
    private static final SenderId OURS = SenderId.of("+61491570006");

    /** For subclasses. */
    protected ConversationRepositoryContract() {}

    /**
     * Called by each test, by some more than once.
     *
     * @return an empty repository
     */
    protected abstract ConversationRepository repository();

    private static Party of(PhoneNumber number) {
        return Party.address("", SenderId.of(number));
    }

    private static Filed filed(TimelineEntry entry) {
        return new Filed(of(entry.number().orElseThrow()), entry);
    }

    private static TimelineEntry said(PhoneNumber who, int number, String text) {
        Origin origin = new Origin(TENANT, "fake", "hook", NOW.plusSeconds(number));
        return TimelineEntry.of(InboundMessage.builder(origin, "event-" + number, SenderId.of(who), OURS, text)
                .build());
    }

    private static TimelineEntry sent(PhoneNumber whom, int number, MessageState state, DeliveryStatus... reports) {
        StatusFold fold = StatusFold.EMPTY;
        Origin origin = new Origin(TENANT, "fake", "hook", NOW);
        for (DeliveryStatus status : reports) {
            fold = fold.with(DeliveryReport.builder(origin, "r" + status, status)
                    .providerMessageId("p")
                    .build());
        }
        MessageId id = MessageId.of(String.format(java.util.Locale.ROOT, "%013d", number));
        return TimelineEntry.builder("message:" + id, TimelineEntry.SMS, NOW.plusSeconds(number))
                .direction(Direction.OUTBOUND)
                .address(SenderId.of(whom))
                .ours(OURS)
                .provider("fake")
                .message(id, "ref-" + number)
                .text("text " + number)
                .labels(List.of(new Label("user", "7")))
                .outcome(state, fold)
                .build();
    }

    private static List<String> keys(List<TimelineEntry> entries) {
        return entries.stream().map(TimelineEntry::text).toList();
    }

    @Test
    public void bothDirectionsStandInOneTimelineByTime() {
        ConversationRepository all = repository();
        all.file(TENANT, List.of(filed(said(ANNA, 3, "three"))), null);
        all.file(TENANT, List.of(filed(sent(ANNA, 1, MessageState.ACCEPTED)), filed(said(ANNA, 2, "two"))), null);

        Conversation only = all.conversations(TENANT, ConversationQuery.all()).get(0);
        assertThat(keys(all.entries(TENANT, EntryQuery.all().conversation(only.id()))))
                .containsExactly("three", "two", "text 1");
        assertThat(only.last().orElseThrow().text()).isEqualTo("three");
        assertThat(only.unread()).isEqualTo(2);
        assertThat(only.party()).isEqualTo(of(ANNA));
        assertThat(all.find(TENANT, only.id())).isPresent();
        assertThat(all.find(TENANT, of(ANNA)).orElseThrow().id()).isEqualTo(only.id());
        assertThat(all.find(TENANT, of(BERT))).isEmpty();
        assertThat(all.find(TENANT, 4711)).isEmpty();
    }

    @Test
    public void anEntryComesBackAsItWas() {
        ConversationRepository all = repository();
        Origin origin = new Origin(TENANT, "fake", "hook", NOW);
        Media picture = Media.of("image/jpeg", "rash.jpg", 1234, URI.create("https://media.invalid/1"), () -> {
            throw new IOException("not here");
        });
        TimelineEntry inbound = TimelineEntry.of(
                InboundMessage.builder(origin, "with media", SenderId.of(ANNA), OURS, "Look\tat\nthis \\ \0 \u2603")
                        .media(List.of(picture))
                        .build());
        TimelineEntry refused = sent(ANNA, 5, MessageState.REJECTED).toBuilder()
                .refusal(Reason.OPTED_OUT, "they said STOP")
                .build();
        TimelineEntry name =
                TimelineEntry.of(InboundMessage.builder(origin, "from a name", SenderId.of("MyBank"), OURS, "Hello")
                        .build());
        all.file(
                TENANT,
                List.of(filed(inbound), filed(refused), new Filed(Party.address("", SenderId.of("MyBank")), name)),
                null);

        List<TimelineEntry> back = all.entries(TENANT, EntryQuery.all());
        assertThat(back).hasSize(3);
        for (TimelineEntry entry : back) {
            TimelineEntry before =
                    entry.text().equals("Hello") ? name : entry.direction() == Direction.INBOUND ? inbound : refused;
            assertThat(entry)
                    .usingRecursiveComparison()
                    .ignoringFields("key", "media", "conversation", "seq", "rev")
                    .isEqualTo(before);
        }
        Media media = back.stream()
                .flatMap(entry -> entry.media().stream())
                .findFirst()
                .orElseThrow();
        assertThat(media.contentType()).isEqualTo("image/jpeg");
        assertThat(media.name()).hasValue("rash.jpg");
        assertThat(media.size()).hasValue(1234);
        assertThat(media.source()).hasValue(URI.create("https://media.invalid/1"));
        assertThat(all.find(TENANT, Party.address("", SenderId.of("MyBank")))).isPresent();
    }

    @Test
    public void repeatsAreFiledOnceAndOnlyNewsTakesANumber() {
        ConversationRepository all = repository();
        all.file(TENANT, List.of(filed(said(ANNA, 1, "one")), filed(said(ANNA, 1, "one"))), null);
        all.file(TENANT, List.of(filed(sent(ANNA, 2, MessageState.SENDING))), null);
        long rev = all.lastRev(TENANT);
        all.file(TENANT, List.of(filed(said(ANNA, 1, "one")), filed(sent(ANNA, 2, MessageState.SENDING))), null);
        assertThat(all.lastRev(TENANT)).isEqualTo(rev);
        assertThat(all.changesSince(TENANT, null, rev, 10).isEmpty()).isTrue();

        all.file(TENANT, List.of(filed(sent(ANNA, 2, MessageState.ACCEPTED, DeliveryStatus.DELIVERED))), null);
        Changes changes = all.changesSince(TENANT, null, rev, 10);
        assertThat(changes.entries()).hasSize(1);
        assertThat(changes.entries().get(0).status()).hasValue(DeliveryStatus.DELIVERED);
        assertThat(changes.entries().get(0).rev()).isGreaterThan(rev);
        assertThat(changes.entries().get(0).seq()).isLessThan(rev + 1);
        assertThat(changes.conversations()).hasSize(1);
        assertThat(changes.more()).isFalse();

        all.file(TENANT, List.of(filed(sent(ANNA, 2, MessageState.SENDING))), null);
        all.file(TENANT, List.of(filed(sent(ANNA, 2, MessageState.ACCEPTED, DeliveryStatus.SENT))), null);
        assertThat(all.changesSince(TENANT, null, changes.rev(), 10).isEmpty()).isTrue();
        assertThat(all.entries(TENANT, EntryQuery.all())).hasSize(2);
    }

    @Test
    public void tenantsWithTheSameNumbersSeeNothingOfEachOther() {
        ConversationRepository all = repository();
        all.file(TENANT, List.of(filed(said(ANNA, 1, "ours"))), new Progress(7, NOW));
        all.file(OTHER, List.of(filed(said(ANNA, 1, "theirs")), filed(said(ANNA, 2, "theirs too"))), null);

        assertThat(keys(all.entries(TENANT, EntryQuery.all()))).containsExactly("ours");
        assertThat(keys(all.entries(OTHER, EntryQuery.all().number(ANNA)))).containsExactly("theirs too", "theirs");
        assertThat(all.progress(OTHER)).isEqualTo(Progress.NONE);
        long theirs = all.find(OTHER, of(ANNA)).orElseThrow().id();
        all.markRead(TENANT, theirs, Long.MAX_VALUE);
        assertThat(all.find(OTHER, theirs).orElseThrow().unread()).isEqualTo(2);
        assertThat(all.changesSince(TENANT, null, 0, 10).entries()).hasSize(1);
    }

    @Test
    public void ownersSeeTheirOwn() {
        ConversationRepository all = repository();
        all.file(
                TENANT,
                List.of(
                        new Filed(Party.address("7", SenderId.of(ANNA)), said(ANNA, 1, "to seven")),
                        new Filed(Party.address("8", SenderId.of(ANNA)), said(ANNA, 2, "to eight")),
                        new Filed(Party.address("", SenderId.of(ANNA)), said(ANNA, 3, "to nobody"))),
                null);

        assertThat(keys(all.entries(TENANT, EntryQuery.all().owner("7")))).containsExactly("to seven");
        assertThat(keys(all.entries(TENANT, EntryQuery.all().owner("").number(ANNA))))
                .containsExactly("to nobody");
        assertThat(all.conversations(TENANT, ConversationQuery.all().owner("8")))
                .hasSize(1);
        assertThat(all.conversations(TENANT, ConversationQuery.all())).hasSize(3);
        long eight = all.find(TENANT, Party.address("8", SenderId.of(ANNA)))
                .orElseThrow()
                .id();
        assertThat(all.entries(TENANT, EntryQuery.all().owner("7").conversation(eight)))
                .isEmpty();
        Changes changes = all.changesSince(TENANT, "7", 0, 10);
        assertThat(keys(changes.entries())).containsExactly("to seven");
        assertThat(changes.conversations()).hasSize(1);
        assertThat(changes.rev()).isEqualTo(all.lastRev(TENANT));
    }

    @Test
    public void twoOwnersEntriesOfOneIdAreTwo() {
        InMemoryStore sources = new InMemoryStore();
        Conversations conversations = Conversations.builder(repository(), sources, sources)
                .ownedBy("user")
                .build();
        Inbox seven = conversations.inbox(TENANT, "7");
        Inbox eight = conversations.inbox(TENANT, "8");
        seven.add(call("of seven"));
        eight.add(call("of eight"));
        assertThat(keys(seven.entries(EntryQuery.all()))).containsExactly("of seven");
        assertThat(keys(eight.entries(EntryQuery.all()))).containsExactly("of eight");

        seven.add(call("of seven again"));
        TimelineEntry kept = seven.entries(EntryQuery.all()).get(0);
        assertThat(kept.text()).isEqualTo("of seven again");
        seven.add(kept.toBuilder().updatedAt(NOW.plusSeconds(60)).text("edited").build());
        assertThat(keys(seven.entries(EntryQuery.all()))).containsExactly("edited");
        assertThat(keys(eight.entries(EntryQuery.all()))).containsExactly("of eight");
    }

    private static TimelineEntry call(String text) {
        return TimelineEntry.foreign("call", "call-1", NOW)
                .address(SenderId.of(ANNA))
                .text(text)
                .build();
    }

    @Test
    public void aSecondEntryOfTheHostsWithOneIdReplacesTheFirstWhereItStands() {
        ConversationRepository all = repository();
        all.file(TENANT, List.of(filed(call("ringing")), filed(call("answered"))), null);
        TimelineEntry before = all.entries(TENANT, EntryQuery.all()).get(0);
        assertThat(before.text()).isEqualTo("answered");
        TimelineEntry over = TimelineEntry.foreign("call", "call-1", NOW.plusSeconds(90))
                .address(SenderId.of(BERT))
                .direction(Direction.OUTBOUND)
                .text("over")
                .build();
        all.file(TENANT, List.of(new Filed(of(ANNA), over)), null);
        TimelineEntry after = all.entries(TENANT, EntryQuery.all().number(BERT)).get(0);
        assertThat(after.text()).isEqualTo("over");
        assertThat(after.at()).isEqualTo(NOW);
        assertThat(after.seq()).isEqualTo(before.seq());
        assertThat(after.rev()).isGreaterThan(before.rev());
        assertThat(after.conversation()).isEqualTo(before.conversation());
        assertThat(keys(all.entries(TENANT, EntryQuery.all().direction(Direction.OUTBOUND))))
                .containsExactly("over");

        all.file(TENANT, List.of(new Filed(of(ANNA), over)), null);
        assertThat(all.lastRev(TENANT)).as("a repeat is no news").isEqualTo(after.rev());
        all.file(TENANT, List.of(dated(5, "later")), null);
        all.file(TENANT, List.of(dated(3, "earlier")), null);
        assertThat(keys(all.entries(TENANT, EntryQuery.all()))).containsExactly("later");
        all.file(TENANT, List.of(filed(call("undated"))), null);
        all.file(TENANT, List.of(dated(4, "still earlier")), null);
        assertThat(keys(all.entries(TENANT, EntryQuery.all()))).containsExactly("undated");
    }

    private static Filed dated(int seconds, String text) {
        return filed(call(text).toBuilder().updatedAt(NOW.plusSeconds(seconds)).build());
    }

    @Test
    public void progressIsKeptAndNeverGoesBack() {
        ConversationRepository all = repository();
        assertThat(all.progress(TENANT)).isEqualTo(Progress.NONE);
        // Long past: a store may refuse what is later than its own present.
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        all.file(TENANT, List.of(), new Progress(10, past));
        all.file(TENANT, List.of(), new Progress(5, past.plusSeconds(1)));
        all.file(TENANT, List.of(filed(said(ANNA, 1, "one"))), null);
        assertThat(all.progress(TENANT)).isEqualTo(new Progress(10, past.plusSeconds(1)));
    }

    @Test
    public void readingMarksWhatWasShownAndNothingThatCameSince() {
        ConversationRepository all = repository();
        all.file(TENANT, List.of(filed(said(ANNA, 1, "one")), filed(said(ANNA, 2, "two"))), null);
        Conversation shown = all.find(TENANT, of(ANNA)).orElseThrow();
        all.file(TENANT, List.of(filed(said(ANNA, 3, "three"))), null);

        long rev = all.lastRev(TENANT);
        all.markRead(TENANT, shown.id(), shown.last().orElseThrow().seq());
        assertThat(all.find(TENANT, shown.id()).orElseThrow().unread()).isEqualTo(1);
        assertThat(all.changesSince(TENANT, null, rev, 10).conversations()).hasSize(1);
        assertThat(all.conversations(TENANT, ConversationQuery.all().unread(true)))
                .hasSize(1);

        all.markRead(TENANT, shown.id(), Long.MAX_VALUE);
        rev = all.lastRev(TENANT);
        all.markRead(TENANT, shown.id(), Long.MAX_VALUE);
        assertThat(all.lastRev(TENANT)).isEqualTo(rev);
        assertThat(all.conversations(TENANT, ConversationQuery.all().unread(true)))
                .isEmpty();
        assertThat(all.conversations(TENANT, ConversationQuery.all().unread(false)))
                .hasSize(1);
    }

    @Test
    public void pagesGoThroughEverythingOnceAlsoWhereTimesAreEqual() {
        ConversationRepository all = repository();
        List<Filed> many = new ArrayList<>();
        for (int i = 0; i < 137; i++) {
            many.add(filed(TimelineEntry.foreign("call", "c" + i, NOW.plusSeconds(i / 10))
                    .address(SenderId.of(ANNA))
                    .text("call " + i)
                    .build()));
        }
        for (int i = 0; i < 40; i++) {
            PhoneNumber number = PhoneNumber.of("+6149157" + (1000 + i));
            many.add(filed(TimelineEntry.foreign("call", "d" + i, NOW)
                    .address(SenderId.of(number))
                    .build()));
        }
        all.file(TENANT, many, null);

        long anna = all.find(TENANT, of(ANNA)).orElseThrow().id();
        EntryQuery query = EntryQuery.all().conversation(anna).limit(20);
        List<String> seen = new ArrayList<>();
        List<TimelineEntry> page = all.entries(TENANT, query);
        while (!page.isEmpty()) {
            seen.addAll(keys(page));
            page = all.entries(TENANT, query.before(page.get(page.size() - 1).position()));
        }
        List<String> expected = new ArrayList<>();
        for (int i = 136; i >= 0; i--) {
            expected.add("call " + i);
        }
        assertThat(seen).isEqualTo(expected);

        Set<Long> ids = new HashSet<>();
        ConversationQuery listing = ConversationQuery.all().limit(7);
        List<Conversation> shown = all.conversations(TENANT, listing);
        assertThat(shown.get(0).id()).isEqualTo(anna);
        while (!shown.isEmpty()) {
            shown.forEach(each -> assertThat(ids.add(each.id())).isTrue());
            shown = all.conversations(
                    TENANT, listing.before(shown.get(shown.size() - 1).position()));
        }
        assertThat(ids).hasSize(41);
    }

    @Test
    public void filtersHoldTogether() {
        ConversationRepository all = repository();
        all.file(
                TENANT,
                List.of(
                        filed(said(ANNA, 1, "the invoice please")),
                        filed(sent(ANNA, 2, MessageState.ACCEPTED, DeliveryStatus.DELIVERED)),
                        filed(sent(BERT, 3, MessageState.UNKNOWN)),
                        filed(TimelineEntry.foreign("call", "c", NOW.plusSeconds(4))
                                .address(SenderId.of(BERT))
                                .text("talked about 100% of it")
                                .direction(Direction.OUTBOUND)
                                .build())),
                null);

        assertThat(keys(all.entries(TENANT, EntryQuery.all().number(BERT))))
                .containsExactly("talked about 100% of it", "text 3");
        assertThat(keys(all.entries(
                        TENANT, EntryQuery.all().direction(Direction.OUTBOUND).kind("sms"))))
                .containsExactly("text 3", "text 2");
        assertThat(keys(all.entries(TENANT, EntryQuery.all().status(DeliveryStatus.DELIVERED))))
                .containsExactly("text 2");
        assertThat(keys(all.entries(TENANT, EntryQuery.all().state(MessageState.UNKNOWN))))
                .containsExactly("text 3");
        assertThat(keys(all.entries(
                        TENANT, EntryQuery.all().from(NOW.plusSeconds(2)).until(NOW.plusSeconds(4)))))
                .containsExactly("text 3", "text 2");
        assertThat(all.conversations(TENANT, ConversationQuery.all().number(BERT)))
                .singleElement()
                .satisfies(found -> assertThat(found.party()).isEqualTo(of(BERT)));
        assertThat(all.conversations(TENANT, ConversationQuery.all().contacts(Set.of("nobody"))))
                .isEmpty();
        assertThat(all.conversations(TENANT, ConversationQuery.all().contacts(Set.of())))
                .isEmpty();
        assertThat(all.conversations(TENANT, ConversationQuery.all().until(NOW.plusSeconds(3))))
                .hasSize(1);
        assertThat(all.conversations(TENANT, ConversationQuery.all().from(NOW.plusSeconds(3))))
                .hasSize(1);
        assertThat(all.open(TENANT, 0, 10))
                .singleElement()
                .satisfies(entry -> assertThat(entry.text()).isEqualTo("text 3"));
        assertThat(all.open(TENANT, all.lastRev(TENANT), 10)).isEmpty();
    }

    @Test
    public void textIsSearchedLiterallyOrRefusedWithAReason() {
        ConversationRepository all = repository();
        all.file(
                TENANT,
                List.of(
                        filed(said(ANNA, 1, "The INVOICE please")),
                        filed(said(BERT, 2, "100% of my_invoice!")),
                        filed(said(BERT, 3, "100 of it"))),
                null);
        if (!all.searchesText()) {
            assertThatThrownBy(() -> all.entries(TENANT, EntryQuery.all().text("invoice")))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("sealed");
            return;
        }
        assertThat(keys(all.entries(TENANT, EntryQuery.all().text("invoice"))))
                .containsExactly("100% of my_invoice!", "The INVOICE please");
        assertThat(keys(all.entries(TENANT, EntryQuery.all().text("100%")))).containsExactly("100% of my_invoice!");
        assertThat(keys(all.entries(TENANT, EntryQuery.all().text("y_i")))).containsExactly("100% of my_invoice!");
        assertThat(all.entries(TENANT, EntryQuery.all().text("h_")).isEmpty()).isTrue();
        assertThat(keys(all.entries(TENANT, EntryQuery.all().text("e!")))).containsExactly("100% of my_invoice!");
        assertThat(keys(all.entries(TENANT, EntryQuery.all().text("invoice").number(ANNA))))
                .containsExactly("The INVOICE please");
    }

    @Test
    public void adoptionMovesEverythingAndLeavesASign() {
        ConversationRepository all = repository();
        Party contact = Party.contact("", "case-17");
        all.file(TENANT, List.of(filed(said(ANNA, 1, "one")), filed(said(ANNA, 2, "two"))), null);
        long before = all.find(TENANT, of(ANNA)).orElseThrow().id();
        all.markRead(
                TENANT, before, all.entries(TENANT, EntryQuery.all()).get(1).seq());
        all.file(TENANT, List.of(new Filed(contact, said(BERT, 3, "three"))), null);
        long rev = all.lastRev(TENANT);

        all.adopt(TENANT, of(ANNA), contact);
        Conversation into = all.find(TENANT, contact).orElseThrow();
        assertThat(keys(all.entries(TENANT, EntryQuery.all().conversation(into.id()))))
                .containsExactly("three", "two", "one");
        assertThat(into.unread()).isEqualTo(2);
        assertThat(all.find(TENANT, of(ANNA))).isEmpty();
        Conversation sign = all.find(TENANT, before).orElseThrow();
        assertThat(sign.mergedInto()).hasValue(into.id());
        assertThat(sign.last()).isEmpty();
        assertThat(sign.unread()).isZero();
        assertThat(all.conversations(TENANT, ConversationQuery.all())).hasSize(1);
        Changes changes = all.changesSince(TENANT, null, rev, 10);
        assertThat(keys(changes.entries())).containsExactlyInAnyOrder("one", "two");
        assertThat(changes.conversations()).extracting(Conversation::id).containsExactlyInAnyOrder(before, into.id());

        all.adopt(TENANT, of(ANNA), contact);
        assertThat(all.lastRev(TENANT)).isEqualTo(changes.rev());
        all.file(TENANT, List.of(filed(said(ANNA, 4, "by number again")), filed(said(ANNA, 1, "one"))), null);
        Conversation again = all.find(TENANT, of(ANNA)).orElseThrow();
        assertThat(again.id()).isNotEqualTo(before);
        assertThat(keys(all.entries(TENANT, EntryQuery.all().conversation(again.id()))))
                .containsExactly("by number again");
        all.adopt(TENANT, of(ANNA), Party.contact("", "case-18"));
        assertThat(all.find(TENANT, Party.contact("", "case-18"))
                        .orElseThrow()
                        .last()
                        .orElseThrow()
                        .text())
                .isEqualTo("by number again");
    }

    @Test
    public void changesComeInPagesWithoutGapOrRepeat() {
        ConversationRepository all = repository();
        for (int i = 0; i < 30; i++) {
            all.file(TENANT, List.of(filed(said(i % 3 == 0 ? ANNA : BERT, i, "text " + i))), null);
        }
        List<String> seen = new ArrayList<>();
        Changes page = all.changesSince(TENANT, null, 0, 4);
        while (true) {
            assertThat(page.entries().size()).isLessThanOrEqualTo(4);
            seen.addAll(keys(page.entries()));
            if (!page.more()) {
                break;
            }
            page = all.changesSince(TENANT, null, page.rev(), 4);
        }
        assertThat(seen).hasSize(30).doesNotHaveDuplicates();
        assertThat(page.rev()).isEqualTo(all.lastRev(TENANT));
    }

    // Random operations beside an oracle.

    /** All that a repository knows, as simple as it can be. */
    private static final class Oracle {
        final Map<String, TimelineEntry> entries = new HashMap<>();
        final Map<String, Party> whose = new HashMap<>();
        final Set<String> unread = new HashSet<>();

        void file(Filed filed) {
            String key = filed.entry().key();
            if (entries.containsKey(key)) {
                entries.merge(key, filed.entry(), TimelineEntry::merged);
            } else {
                entries.put(key, filed.entry());
                whose.put(key, filed.party());
                if (filed.entry().direction() == Direction.INBOUND) {
                    unread.add(key);
                }
            }
        }

        String text(String key) {
            return Objects.requireNonNull(entries.get(key)).text();
        }

        void adopt(Party from, Party into) {
            whose.replaceAll((key, party) -> party.equals(from) ? into : party);
        }

        int purge(Instant before, int most) {
            List<String> doomed = entries.keySet().stream()
                    .filter(key -> Objects.requireNonNull(entries.get(key)).at().isBefore(before)
                            && entries.get(key)
                                    .state()
                                    .map(MessageState::isSettled)
                                    .orElse(true))
                    .sorted(Comparator.comparing(
                            key -> Objects.requireNonNull(entries.get(key)).at()))
                    .limit(most)
                    .toList();
            entries.keySet().removeAll(doomed);
            whose.keySet().removeAll(doomed);
            unread.removeAll(doomed);
            return doomed.size();
        }

        List<String> timeline(Party party) {
            return whose.keySet().stream()
                    .filter(key -> party.equals(whose.get(key)))
                    .map(entries::get)
                    .sorted(Comparator.comparing(TimelineEntry::at).reversed())
                    .map(ConversationRepositoryContract::shown)
                    .toList();
        }
    }

    private static String shown(TimelineEntry entry) {
        return entry.text() + " " + entry.state() + " " + entry.reports().encoded();
    }

    @Test
    public void aThousandRandomOperationsEndAsTheOracleSaysForReadersAndFollowersAlike() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("conversations, random operations: seed " + seed);
        Random random = new Random(seed);
        ConversationRepository all = repository();
        Oracle oracle = new Oracle();
        List<Party> parties = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            parties.add(of(PhoneNumber.of("+6149157015" + i)));
            parties.add(Party.contact("", "case-" + i));
        }
        Mirror mirror = new Mirror();
        for (int i = 0; i < 1000; i++) {
            int what = random.nextInt(20);
            Party party = parties.get(random.nextInt(parties.size()));
            if (what < 15) {
                List<Filed> some = new ArrayList<>();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    some.add(random(random, parties));
                }
                all.file(TENANT, some, null);
                some.forEach(oracle::file);
            } else if (what < 17) {
                Party from = parties.get(2 * random.nextInt(parties.size() / 2));
                all.adopt(TENANT, from, party.contactId().isPresent() ? party : parties.get(1));
                oracle.adopt(from, party.contactId().isPresent() ? party : parties.get(1));
            } else if (what < 19) {
                all.find(TENANT, party).ifPresent(found -> {
                    List<TimelineEntry> page = all.entries(
                            TENANT, EntryQuery.all().conversation(found.id()).limit(3));
                    long upTo =
                            page.stream().mapToLong(TimelineEntry::seq).max().orElse(0);
                    all.markRead(TENANT, found.id(), upTo);
                    all
                            .entries(
                                    TENANT,
                                    EntryQuery.all().conversation(found.id()).limit(1000))
                            .stream()
                            .filter(entry -> entry.seq() <= upTo)
                            .forEach(entry -> oracle.unread.removeIf(
                                    key -> oracle.text(key).equals(entry.text())));
                });
            } else {
                mirror.follow(all, 1 + random.nextInt(10));
            }
        }
        compare(all, oracle, parties, seed);
        mirror.follow(all, 7);
        mirror.compare(all, "seed " + seed);
    }

    private static void compare(ConversationRepository all, Oracle oracle, List<Party> parties, long seed) {
        for (Party party : parties) {
            List<String> expected = oracle.timeline(party);
            Optional<Conversation> found = all.find(TENANT, party);
            assertThat(found.map(each ->
                                    all
                                            .entries(
                                                    TENANT,
                                                    EntryQuery.all()
                                                            .conversation(each.id())
                                                            .limit(1000))
                                            .stream()
                                            .map(ConversationRepositoryContract::shown)
                                            .toList())
                            .orElse(List.of()))
                    .as("%s, seed %d", party, seed)
                    .isEqualTo(expected);
            if (found.isPresent() && !expected.isEmpty()) {
                long unread = oracle.unread.stream()
                        .filter(key -> party.equals(oracle.whose.get(key)))
                        .count();
                assertThat(found.get().unread()).as("unread, seed %d", seed).isEqualTo((int) unread);
                assertThat(shown(found.get().last().orElseThrow()))
                        .as("last, seed %d", seed)
                        .isEqualTo(expected.get(0));
            }
        }
    }

    @Test
    public void whatIsDeletedAmongOtherThingsIsWhatTheOracleSays() {
        long seed = Long.getLong("textonce.seed", 20_261_122L);
        System.out.println("conversations, random deletions: seed " + seed);
        Random random = new Random(seed);
        ConversationRepository all = repository();
        Oracle oracle = new Oracle();
        List<Party> parties = List.of(of(ANNA), of(BERT), Party.contact("", "case-1"), Party.contact("", "case-2"));
        for (int i = 0; i < 300; i++) {
            int what = random.nextInt(10);
            if (what < 7) {
                Filed filed = random(random, parties);
                all.file(TENANT, List.of(filed), null);
                oracle.file(filed);
            } else if (what < 8) {
                Party from = parties.get(random.nextInt(2));
                Party into = parties.get(2 + random.nextInt(2));
                all.adopt(TENANT, from, into);
                oracle.adopt(from, into);
            } else {
                Instant before = NOW.plusSeconds(random.nextInt(300));
                int most = 1 + random.nextInt(5);
                assertThat(all.purge(before, most)).as("seed %d", seed).isEqualTo(oracle.purge(before, most));
            }
        }
        compare(all, oracle, parties, seed);
        assertThat(all.conversations(TENANT, ConversationQuery.all()))
                .as("none is empty, seed %d", seed)
                .hasSize((int) parties.stream()
                        .filter(party -> !oracle.timeline(party).isEmpty())
                        .count());
    }

    /** A message in any of its states, or something said; few keys, so that most are known; each key has a time of its own. */
    private static Filed random(Random random, List<Party> parties) {
        int number = random.nextInt(300);
        Party party = parties.get(random.nextInt(parties.size()));
        if (number % 3 == 0) {
            return new Filed(party, said(ANNA, number, "said " + number));
        }
        MessageState[] states = {
            MessageState.PENDING,
            MessageState.SENDING,
            MessageState.UNKNOWN,
            MessageState.REJECTED,
            MessageState.ACCEPTED
        };
        DeliveryStatus[] reports = {
            DeliveryStatus.QUEUED, DeliveryStatus.SENT, DeliveryStatus.UNDELIVERED, DeliveryStatus.DELIVERED
        };
        MessageState state = states[random.nextInt(states.length)];
        return new Filed(
                party,
                state == MessageState.ACCEPTED && random.nextBoolean()
                        ? sent(ANNA, number, state, reports[random.nextInt(reports.length)])
                        : sent(ANNA, number, state));
    }

    /** Knows only what {@code changesSince} told it, and never asks for anything again. */
    private static final class Mirror {
        private long rev;
        private final Map<Long, TimelineEntry> entries = new TreeMap<>();
        private final Map<Long, Conversation> conversations = new TreeMap<>();

        void follow(ConversationRepository all, int most) {
            Changes changes;
            do {
                changes = all.changesSince(TENANT, null, rev, most);
                assertThat(changes.rev()).isGreaterThanOrEqualTo(rev);
                for (TimelineEntry entry : changes.entries()) {
                    assertThat(entry.rev()).isGreaterThan(rev);
                    entries.put(entry.seq(), entry);
                }
                changes.conversations().forEach(each -> conversations.put(each.id(), each));
                rev = changes.rev();
            } while (changes.more());
        }

        void compare(ConversationRepository all, String as) {
            List<String> expected = new ArrayList<>();
            EntryQuery query = EntryQuery.all().limit(1000);
            List<TimelineEntry> page = all.entries(TENANT, query);
            while (!page.isEmpty()) {
                page.forEach(entry -> expected.add(
                        entry.seq() + " " + entry.rev() + " " + entry.conversation() + " " + shown(entry)));
                page = all.entries(
                        TENANT, query.before(page.get(page.size() - 1).position()));
            }
            assertThat(entries.values().stream()
                            .map(entry ->
                                    entry.seq() + " " + entry.rev() + " " + entry.conversation() + " " + shown(entry)))
                    .as(as)
                    .containsExactlyInAnyOrderElementsOf(expected);
            for (Conversation each : conversations.values()) {
                Conversation now = all.find(TENANT, each.id()).orElseThrow();
                assertThat(List.of(each.rev(), each.unread(), each.mergedInto()))
                        .as(as)
                        .isEqualTo(List.of(now.rev(), now.unread(), now.mergedInto()));
            }
            assertThat(all.conversations(TENANT, ConversationQuery.all().limit(1000)))
                    .allSatisfy(each -> assertThat(conversations).containsKey(each.id()));
        }
    }

    /** If a number became visible after a higher one, the follower would have passed it by for good. */
    @Test
    public void whoFollowsMissesNothingThatRacingWritersDo() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("conversations, racing writers: seed " + seed);
        ConversationRepository all = repository();
        List<Party> parties = List.of(of(ANNA), of(BERT), Party.contact("", "case-1"), Party.contact("", "case-2"));
        int writers = 6;
        AtomicInteger working = new AtomicInteger(writers);
        Mirror mirror = new Mirror();
        Race.of(writers + 1, runner -> () -> {
            if (runner == writers) {
                while (working.get() > 0) {
                    mirror.follow(all, 5);
                }
                mirror.follow(all, 5);
            } else {
                try {
                    write(all, parties, runner, new Random(seed + runner));
                } finally {
                    working.decrementAndGet();
                }
            }
            return runner;
        });
        mirror.compare(all, "seed " + seed);
        assertThat(mirror.entries.values().stream().map(TimelineEntry::text)).doesNotHaveDuplicates();
    }

    private static void write(ConversationRepository all, List<Party> parties, int kind, Random random) {
        for (int i = 0; i < 60; i++) {
            if (kind == 0 && i % 20 == 19) {
                all.adopt(TENANT, parties.get(i % 40 == 19 ? 0 : 1), parties.get(2 + random.nextInt(2)));
            } else if (kind == 1 && i % 10 == 9) {
                all.find(TENANT, parties.get(random.nextInt(4)))
                        .ifPresent(each -> all.markRead(TENANT, each.id(), Long.MAX_VALUE));
            } else {
                all.file(TENANT, List.of(random(random, parties), random(random, parties)), null);
            }
        }
    }

    /** However what is known of some messages is repeated and mixed up, it ends the same. */
    @Test
    public void orderAndRepetitionNeverMatter() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("conversations, mixed up: seed " + seed);
        Random random = new Random(seed);
        List<Filed> known = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            known.add(filed(said(ANNA, 100 + i, "said " + i)));
            Stream.of(
                            sent(ANNA, i, MessageState.PENDING),
                            sent(ANNA, i, MessageState.SENDING),
                            sent(ANNA, i, MessageState.UNKNOWN),
                            sent(ANNA, i, MessageState.ACCEPTED),
                            sent(ANNA, i, MessageState.ACCEPTED, DeliveryStatus.SENT),
                            sent(ANNA, i, MessageState.ACCEPTED, DeliveryStatus.SENT, DeliveryStatus.DELIVERED))
                    .limit(1 + i % 6)
                    .forEach(entry -> known.add(filed(entry)));
        }
        ConversationRepository all = repository();
        all.file(TENANT, known, null);
        List<String> expected = all.entries(TENANT, EntryQuery.all().limit(100)).stream()
                .map(ConversationRepositoryContract::shown)
                .toList();
        for (int round = 0; round < 3; round++) {
            all = repository();
            List<Filed> mixed = new ArrayList<>(known);
            mixed.addAll(known);
            Collections.shuffle(mixed, random);
            for (int i = 0; i < mixed.size(); i += 7) {
                all.file(TENANT, mixed.subList(i, Math.min(i + 7, mixed.size())), null);
            }
            assertThat(all.entries(TENANT, EntryQuery.all().limit(100)).stream()
                            .map(ConversationRepositoryContract::shown)
                            // What only waits isn't told apart by how certain it is, but by when it was known.
                            .map(text -> text.replace("SENDING", "PENDING")))
                    .as("seed %d", seed)
                    .isEqualTo(expected.stream()
                            .map(text -> text.replace("SENDING", "PENDING"))
                            .toList());
        }
    }

    @Test
    public void ofManyWhoFileTheSameOneEntryRemains() {
        ConversationRepository all = repository();
        Race.of(32, runner -> () -> {
            all.file(TENANT, List.of(filed(said(ANNA, 1, "one")), filed(said(BERT, 2, "two"))), null);
            return runner;
        });
        assertThat(all.entries(TENANT, EntryQuery.all())).hasSize(2);
        assertThat(all.conversations(TENANT, ConversationQuery.all())).hasSize(2);
        assertThat(all.find(TENANT, of(ANNA)).orElseThrow().unread()).isEqualTo(1);
    }

    @Test
    public void readsOnFromAPlaceOldestFirst() {
        ConversationRepository all = repository();
        List<Filed> filed = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            filed.add(filed(TimelineEntry.foreign("call", "c" + i, NOW.plusSeconds(i / 4))
                    .address(SenderId.of(i % 2 == 0 ? ANNA : BERT))
                    .text("t" + i)
                    .build()));
        }
        all.file(TENANT, filed, null);
        List<TimelineEntry> newestFirst = all.entries(TENANT, EntryQuery.all());
        List<String> read = new ArrayList<>();
        String place = newestFirst.get(11).position();
        List<TimelineEntry> page =
                all.entries(TENANT, EntryQuery.all().after(place).limit(4));
        while (!page.isEmpty()) {
            read.addAll(keys(page));
            place = page.get(page.size() - 1).position();
            page = all.entries(TENANT, EntryQuery.all().after(place).limit(4));
        }
        assertThat(read).containsExactly("t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11");
        long anna = all.find(TENANT, of(ANNA)).orElseThrow().id();
        EntryQuery between = EntryQuery.all()
                .conversation(anna)
                .after(newestFirst.get(9).position())
                .before(newestFirst.get(3).position());
        assertThat(keys(all.entries(TENANT, between))).containsExactly("t4", "t6");
        assertThatThrownBy(() -> EntryQuery.all().after("x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void readsOnePageThroughSeveralConversations() {
        ConversationRepository all = repository();
        PhoneNumber cleo = PhoneNumber.of("+61491570158");
        List<Filed> filed = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            PhoneNumber who = i % 3 == 0 ? ANNA : i % 3 == 1 ? BERT : cleo;
            filed.add(new Filed(Party.address("u" + i % 2, SenderId.of(who)), said(who, i, "t" + i)));
        }
        all.file(TENANT, filed, null);
        List<Long> two = new ArrayList<>();
        for (PhoneNumber who : List.of(ANNA, BERT)) {
            two.add(all.find(TENANT, Party.address("u0", SenderId.of(who)))
                    .orElseThrow()
                    .id());
            two.add(all.find(TENANT, Party.address("u1", SenderId.of(who)))
                    .orElseThrow()
                    .id());
        }
        EntryQuery query = EntryQuery.all().conversations(two).limit(5);
        List<TimelineEntry> page = all.entries(TENANT, query);
        assertThat(keys(page)).containsExactly("t10", "t9", "t7", "t6", "t4");
        assertThat(keys(all.entries(TENANT, query.before(page.get(4).position()))))
                .containsExactly("t3", "t1", "t0");
        assertThat(keys(all.entries(TENANT, query.after(page.get(4).position()))))
                .containsExactly("t6", "t7", "t9", "t10");
        assertThat(keys(all.entries(TENANT, query.owner("u0").kind(TimelineEntry.SMS))))
                .containsExactly("t10", "t6", "t4", "t0");
        assertThat(all.entries(TENANT, EntryQuery.all().conversations(List.of())))
                .isEmpty();
        assertThat(all.entries(OTHER, query)).isEmpty();
    }

    // What is old or unwished for is deleted.

    private static TimelineEntry call(PhoneNumber with, int number) {
        return TimelineEntry.foreign("call", "call-" + number, NOW.plusSeconds(number))
                .address(SenderId.of(with))
                .text("call " + number)
                .build();
    }

    private static List<String> texts(ConversationRepository all, TenantId tenant) {
        return keys(all.entries(tenant, EntryQuery.all()));
    }

    @Test
    public void purgeDeletesWhatIsOldOfAllTenantsAndKeepsConversationsSensible() {
        ConversationRepository all = repository();
        all.file(
                TENANT,
                List.of(
                        filed(sent(ANNA, 1, MessageState.ACCEPTED)),
                        filed(said(ANNA, 2, "two")),
                        filed(call(ANNA, 3)),
                        filed(said(ANNA, 5, "five")),
                        filed(said(ANNA, 6, "six")),
                        filed(said(BERT, 4, "four"))),
                null);
        all.file(OTHER, List.of(filed(said(BERT, 1, "one")), filed(call(BERT, 9))), null);
        long rev = all.lastRev(TENANT);
        long anna = all.find(TENANT, of(ANNA)).orElseThrow().id();
        long bert = all.find(TENANT, of(BERT)).orElseThrow().id();

        assertThat(all.purge(NOW.plusSeconds(5), 100)).isEqualTo(5);

        assertThat(texts(all, TENANT)).containsExactly("six", "five");
        assertThat(texts(all, OTHER)).containsExactly("call 9");
        Conversation left = all.find(TENANT, anna).orElseThrow();
        assertThat(left.unread()).isEqualTo(2);
        assertThat(left.last().orElseThrow().text()).isEqualTo("six");
        assertThat(left.rev()).isGreaterThan(rev);
        assertThat(all.find(TENANT, bert)).isEmpty();
        assertThat(all.find(TENANT, of(BERT))).isEmpty();
        assertThat(all.conversations(TENANT, ConversationQuery.all()))
                .extracting(Conversation::id)
                .containsExactly(anna);
        assertThat(all.conversations(OTHER, ConversationQuery.all()).get(0).unread())
                .isZero();
        Changes changes = all.changesSince(TENANT, null, rev, 100);
        assertThat(changes.entries()).isEmpty();
        assertThat(changes.conversations()).extracting(Conversation::id).containsExactly(anna);

        assertThat(all.purge(NOW.plusSeconds(5), 100)).isZero();
        all.file(TENANT, List.of(filed(said(BERT, 7, "seven"))), null);
        Conversation again = all.find(TENANT, of(BERT)).orElseThrow();
        assertThat(again.id()).isNotEqualTo(bert).isGreaterThan(rev);
        assertThat(again.unread()).isEqualTo(1);
    }

    @Test
    public void purgeTakesTheOldestFirstAndNoMoreThanItMay() {
        ConversationRepository all = repository();
        List<Filed> five = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            five.add(filed(said(i % 2 == 0 ? ANNA : BERT, i, "t" + i)));
        }
        Collections.reverse(five);
        all.file(TENANT, five, null);
        assertThat(all.purge(NOW.plusSeconds(100), 2)).isEqualTo(2);
        assertThat(texts(all, TENANT)).containsExactly("t5", "t4", "t3");
        assertThat(all.purge(NOW.plusSeconds(100), 2)).isEqualTo(2);
        assertThat(all.purge(NOW.plusSeconds(100), 2)).isEqualTo(1);
        assertThat(all.purge(NOW.plusSeconds(100), 2)).isZero();
        assertThat(all.conversations(TENANT, ConversationQuery.all())).isEmpty();
        assertThatThrownBy(() -> all.purge(NOW, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> all.erase(TENANT, ANNA, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void purgeKeepsWhatIsOnItsWayAndWhatHasChangedLately() {
        ConversationRepository all = repository();
        all.file(
                TENANT,
                List.of(
                        filed(sent(ANNA, 1, MessageState.PENDING)),
                        filed(sent(ANNA, 2, MessageState.UNKNOWN)),
                        filed(sent(ANNA, 3, MessageState.SENDING)),
                        filed(sent(ANNA, 4, MessageState.REJECTED)),
                        filed(TimelineEntry.foreign("note", "n", NOW.plusSeconds(5))
                                .address(SenderId.of(ANNA))
                                .updatedAt(NOW.plusSeconds(60))
                                .text("changed")
                                .build()),
                        filed(said(ANNA, 6, "newest"))),
                null);
        assertThat(all.purge(NOW.plusSeconds(50), 100)).isEqualTo(2);
        assertThat(texts(all, TENANT)).containsExactly("changed", "text 3", "text 2", "text 1");
        Conversation left = all.find(TENANT, of(ANNA)).orElseThrow();
        assertThat(left.last().orElseThrow().text()).isEqualTo("changed");
        assertThat(left.unread()).isZero();
        assertThat(all.open(TENANT, 0, 10)).hasSize(3);
    }

    @Test
    public void whatAConversationAdoptedGoesWithIt() {
        ConversationRepository all = repository();
        Party contact = Party.contact("", "7");
        all.file(TENANT, List.of(filed(said(ANNA, 1, "one")), filed(said(BERT, 2, "two"))), null);
        long anna = all.find(TENANT, of(ANNA)).orElseThrow().id();
        long bert = all.find(TENANT, of(BERT)).orElseThrow().id();
        all.adopt(TENANT, of(ANNA), contact);
        all.adopt(TENANT, of(BERT), contact);
        long whole = all.find(TENANT, contact).orElseThrow().id();

        assertThat(all.purge(NOW.plusSeconds(2), 100)).isEqualTo(1);
        assertThat(all.find(TENANT, anna)).isPresent();
        assertThat(all.purge(NOW.plusSeconds(3), 100)).isEqualTo(1);
        assertThat(List.of(anna, bert, whole))
                .allSatisfy(id -> assertThat(all.find(TENANT, id)).isEmpty());
        assertThat(all.find(TENANT, contact)).isEmpty();
    }

    @Test
    public void eraseDeletesOneNumbersEntriesAndNothingElse() {
        ConversationRepository all = repository();
        Party contact = Party.contact("", "7");
        all.file(
                TENANT,
                List.of(
                        new Filed(contact, said(ANNA, 1, "mobile")),
                        new Filed(contact, said(BERT, 2, "landline")),
                        new Filed(contact, sent(ANNA, 3, MessageState.PENDING)),
                        new Filed(contact, call(ANNA, 4)),
                        filed(said(ANNA, 5, "alone"))),
                null);
        all.file(OTHER, List.of(filed(said(ANNA, 1, "elsewhere"))), null);
        long rev = all.lastRev(TENANT);

        assertThat(all.erase(TENANT, ANNA, 3)).isEqualTo(3);
        assertThat(all.erase(TENANT, ANNA, 3)).isEqualTo(1);
        assertThat(all.erase(TENANT, ANNA, 3)).isZero();

        assertThat(texts(all, TENANT)).containsExactly("landline");
        assertThat(texts(all, OTHER)).containsExactly("elsewhere");
        assertThat(all.find(TENANT, of(ANNA))).isEmpty();
        Conversation left = all.find(TENANT, contact).orElseThrow();
        assertThat(left.unread()).isEqualTo(1);
        assertThat(left.last().orElseThrow().text()).isEqualTo("landline");
        assertThat(left.rev()).isGreaterThan(rev);
        assertThat(all.conversations(TENANT, ConversationQuery.all().number(ANNA)))
                .isEmpty();
    }

    /** Checks that no note of a conversation with a number, and no sign of one that was adopted, keeps the number. */
    @Test
    void eraseLeavesTheNumberNowhere() {
        ConversationRepository all = repository();
        Party contact = Party.contact("", "7");
        TimelineEntry note = TimelineEntry.foreign("note", "note-1", NOW.plusSeconds(2))
                .text("call back")
                .build();
        Party owned = Party.address("agent", SenderId.of(ANNA));
        all.file(
                TENANT,
                List.of(
                        filed(said(ANNA, 1, "before")),
                        new Filed(contact, said(BERT, 3, "landline")),
                        new Filed(owned, note),
                        new Filed(contact, call(BERT, 4))),
                null);
        long sign = all.find(TENANT, of(ANNA)).orElseThrow().id();
        all.adopt(TENANT, of(ANNA), contact);

        assertThat(all.erase(TENANT, ANNA, 100)).isEqualTo(2);

        assertThat(all.find(TENANT, owned)).isEmpty();
        assertThat(texts(all, TENANT)).containsExactly("call 4", "landline");
        assertThat(all.find(TENANT, sign).orElseThrow().party()).isEqualTo(contact);
    }
}
