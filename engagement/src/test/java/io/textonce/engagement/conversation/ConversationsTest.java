package io.textonce.engagement.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Capabilities;
import io.textonce.store.EventJournal;
import io.textonce.store.EventRepository;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import io.textonce.text.SegmentPolicy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConversationsTest {

    private static final TenantId TENANT = TenantId.of("clinic");
    private static final PhoneNumber MOBILE = PhoneNumber.of("+61491570156");
    private static final PhoneNumber HOME = PhoneNumber.of("+61491570157");
    private static final PhoneNumber SISTER = PhoneNumber.of("+61491570158");
    private static final PhoneNumber STRANGER = PhoneNumber.of("+61491570159");
    private static final SenderId FRONT_DESK = SenderId.of("+61491570006");
    private static final SenderId WARD = SenderId.of("+61491570110");

    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"));
    private final InMemoryStore store = InMemoryStore.builder().time(clock).build();
    private final InMemoryConversationRepository repository = new InMemoryConversationRepository();
    private final Patients patients = new Patients();
    private final FakeProvider desk = provider("desk", FRONT_DESK);
    private final FakeProvider ward = provider("ward", WARD);
    private int events;

    private static FakeProvider provider(String name, SenderId number) {
        return FakeProvider.of(SandboxProvider.builder()
                .name(name)
                .sender(number)
                .capabilities(Capabilities.builder(SegmentPolicy.GENERIC)
                        .senders(Set.of(number))
                        .build()));
    }

    private static final class Patients implements ContactDirectory {
        private final Map<String, Contact> contacts = new LinkedHashMap<>();
        private final Map<String, String> owners = new HashMap<>();

        void add(String id, String name, Contact.Line... lines) {
            contacts.put(id, new Contact(id, name, List.of(lines)));
        }

        @Override
        public List<Contact> byNumber(TenantId tenant, PhoneNumber number) {
            return contacts.values().stream()
                    .filter(contact -> contact.labelOf(number).isPresent())
                    .toList();
        }

        @Override
        public List<Contact> byId(TenantId tenant, Collection<String> ids) {
            return contacts.values().stream()
                    .filter(contact -> ids.contains(contact.id()))
                    .toList();
        }

        @Override
        public List<Contact> search(TenantId tenant, String words, int most) {
            return contacts.values().stream()
                    .filter(contact -> contact.name().contains(words))
                    .limit(most)
                    .toList();
        }

        @Override
        public List<Contact> search(TenantId tenant, String owner, String words, int most) {
            return search(tenant, words, Integer.MAX_VALUE).stream()
                    .filter(contact -> owner.equals(owners.get(contact.id())))
                    .limit(most)
                    .toList();
        }
    }

    private static Contact.Line line(String label, PhoneNumber number) {
        return new Contact.Line(label, number);
    }

    private Conversations.Builder builder() {
        return builder(repository);
    }

    private Conversations.Builder builder(ConversationRepository kept) {
        return Conversations.builder(kept, store, store).directory(patients).time(clock);
    }

    private SmsClient client(Conversations told) {
        return client().listener(told.listener()).build();
    }

    private SmsClient.Builder client() {
        return SmsClient.builder()
                .provider(desk)
                .provider(ward)
                .messages(store)
                .suppressions(store)
                .time(clock);
    }

    private static SmsMessage message(PhoneNumber to, String text) {
        return SmsMessage.to(to).tenant(TENANT).text(text).build();
    }

    private Origin origin() {
        return new Origin(TENANT, "desk", "hook", clock.now());
    }

    private InboundMessage inbound(PhoneNumber from, SenderId to, String text) {
        return InboundMessage.builder(origin(), "event-" + ++events, SenderId.of(from), to, text)
                .build();
    }

    private DeliveryReport report(MessageId id, DeliveryStatus status) {
        return DeliveryReport.builder(origin(), "event-" + ++events, status)
                .messageId(id)
                .build();
    }

    private <E extends SmsEvent> E arrives(E event) {
        store.apply(TENANT, List.of(new EventJournal.Entry(event, null)));
        return event;
    }

    private void later() {
        clock.advance(Duration.ofMinutes(1));
    }

    private static List<String> texts(List<TimelineEntry> entries) {
        return entries.stream().map(TimelineEntry::text).toList();
    }

    private static List<String> timeline(Inbox inbox, long id) {
        return texts(inbox.entries(EntryQuery.all().conversation(id)));
    }

    @Test
    void whatIsSentAndAnsweredStandsInOneTimelineWithoutTheHostFilingAnything() {
        patients.add("case-17", "Case 17", line("mobile", MOBILE), line("phone", HOME));
        Conversations conversations = builder().build();
        Inbox inbox = conversations.inbox(TENANT);
        try (SmsClient sms = client(conversations)) {
            long rev = inbox.now();
            SendResult result = sms.send(message(MOBILE, "See you at 10:30"));
            assertThat(texts(inbox.changesSince(rev).entries())).containsExactly("See you at 10:30");
            rev = inbox.now();

            conversations.listener().onEvent(arrives(report(result.messageId(), DeliveryStatus.DELIVERED)));
            Changes changes = inbox.changesSince(rev);
            assertThat(changes.entries().get(0).status()).hasValue(DeliveryStatus.DELIVERED);
            assertThat(changes.entries().get(0).state()).hasValue(MessageState.ACCEPTED);

            later();
            conversations.listener().onEvent(arrives(inbound(HOME, FRONT_DESK, "I'm late")));
            Conversation only = inbox.conversations(ConversationQuery.all()).get(0);
            assertThat(timeline(inbox, only.id())).containsExactly("I'm late", "See you at 10:30");
            assertThat(only.unread()).isEqualTo(1);
            assertThat(only.contact().orElseThrow().name()).isEqualTo("Case 17");
            assertThat(only.contact()
                            .orElseThrow()
                            .labelOf(only.last().orElseThrow().number().orElseThrow()))
                    .hasValue("phone");
            inbox.markRead(only.id(), only.last().orElseThrow().seq());
            assertThat(inbox.conversation(only.id()).orElseThrow().unread()).isZero();
        }
    }

    @Test
    void aReaderFindsWhatOtherProcessesSentAndReceivedWithoutBeingTold() {
        try (SmsClient elsewhere = client().build()) {
            Inbox inbox = builder().build().inbox(TENANT);
            assertThat(inbox.conversations(ConversationQuery.all())).isEmpty();
            elsewhere.send(message(MOBILE, "from elsewhere"));
            arrives(inbound(MOBILE, FRONT_DESK, "to elsewhere"));
            assertThat(inbox.conversations(ConversationQuery.all())).isEmpty();

            clock.advance(Duration.ofSeconds(1));
            assertThat(texts(inbox.entries(EntryQuery.all())))
                    .containsExactlyInAnyOrder("from elsewhere", "to elsewhere");
        }
    }

    @Test
    void aMessageOnItsWayIsLookedAtAgainUntilItIsSettled() {
        MessageId id = MessageId.next();
        store.create(
                TENANT,
                MessageRecord.sending(id, TENANT, clock.now())
                        .to(MOBILE)
                        .text("on its way")
                        .build());
        Inbox inbox = builder().build().inbox(TENANT);
        assertThat(inbox.entries(EntryQuery.all()).get(0).state()).hasValue(MessageState.SENDING);

        later();
        store.complete(TENANT, id, SendResult.accepted("desk", "p-1"), clock.now());
        clock.advance(Duration.ofHours(3));
        assertThat(inbox.entries(EntryQuery.all()).get(0).state()).hasValue(MessageState.ACCEPTED);

        arrives(DeliveryReport.builder(origin(), "by their id", DeliveryStatus.UNDELIVERED)
                .providerMessageId("p-1")
                .recipient(MOBILE)
                .build());
        later();
        assertThat(inbox.entries(EntryQuery.all()).get(0).status()).hasValue(DeliveryStatus.UNDELIVERED);
    }

    @Test
    void aMessageThatBecameVisibleLateIsFoundWithinTheLookBackByItsReportOrByReadingAgain() {
        Inbox inbox = builder().build().inbox(TENANT);
        assertThat(inbox.entries(EntryQuery.all())).isEmpty();
        Instant created = clock.now();
        clock.advance(Duration.ofMinutes(4));
        store.create(TENANT, late(created, "within"));
        assertThat(texts(inbox.entries(EntryQuery.all()))).containsExactly("within");

        clock.advance(Duration.ofHours(1));
        inbox.entries(EntryQuery.all());
        MessageRecord reported = late(created, "reported");
        store.create(TENANT, reported);
        store.create(TENANT, late(created, "lost from sight"));
        later();
        assertThat(texts(inbox.entries(EntryQuery.all()))).containsExactly("within");
        arrives(report(reported.id(), DeliveryStatus.DELIVERED));
        later();
        assertThat(texts(inbox.entries(EntryQuery.all()))).containsExactlyInAnyOrder("within", "reported");

        Conversations again = builder().build();
        again.readAgain(TENANT, created);
        assertThat(again.inbox(TENANT).entries(EntryQuery.all())).hasSize(3);
    }

    private MessageRecord late(Instant created, String text) {
        return MessageRecord.sending(MessageId.next(), TENANT, created)
                .to(MOBILE)
                .text(text)
                .build();
    }

    @Test
    void oneTimeCodesStayOut() {
        Conversations conversations = builder().build();
        try (SmsClient sms = client(conversations)) {
            sms.send(SmsMessage.to(MOBILE)
                    .tenant(TENANT)
                    .category(Category.OTP)
                    .text("123456")
                    .build());
            sms.send(message(MOBILE, "no code"));
        }
        assertThat(texts(conversations.inbox(TENANT).entries(EntryQuery.all()))).containsExactly("no code");
    }

    // People.

    @Test
    void peopleAreFoundByAnyOfTheirNumbersAndAmbiguousNumbersStayByNumber() {
        patients.add("case-1", "Case 1", line("mobile", MOBILE), line("emergency", SISTER));
        patients.add("case-2", "Case 2", line("mobile", HOME), line("emergency", SISTER));
        arrives(inbound(MOBILE, FRONT_DESK, "mobile"));
        arrives(inbound(SISTER, FRONT_DESK, "whose sister?"));
        arrives(inbound(STRANGER, FRONT_DESK, "who am I?"));
        arrives(InboundMessage.builder(origin(), "name", SenderId.of("MyBank"), FRONT_DESK, "no number")
                .build());

        Inbox inbox = builder().region("AU").build().inbox(TENANT);
        assertThat(inbox.conversations(ConversationQuery.all()))
                .extracting(each -> each.contact().map(Contact::id).orElse("none") + " "
                        + each.last().orElseThrow().text())
                .containsExactlyInAnyOrder("case-1 mobile", "none whose sister?", "none who am I?", "none no number");
        assertThat(inbox.find("0491 570 159", 10)).hasSize(1);
        assertThat(inbox.find("Case 1", 10)).hasSize(1);
        assertThat(inbox.find("Case 2", 10)).isEmpty();
    }

    @Test
    void anOwnerFindsTheirOwnAmongManyOfTheSameName() {
        for (int i = 0; i < 600; i++) {
            patients.add("kim-" + i, "Kim");
        }
        patients.add("kim-own", "Kim", line("mobile", MOBILE));
        patients.owners.put("kim-own", "7");
        Conversations conversations = builder().ownedBy("user").build();
        Inbox seven = conversations.inbox(TENANT, "7");
        seven.add(TimelineEntry.foreign("call", "c-1", clock.now())
                .address(SenderId.of(MOBILE))
                .text("5 min")
                .build());

        assertThat(seven.find("Kim", 10))
                .singleElement()
                .matches(each -> each.party().contactId().equals(Optional.of("kim-own")));
        assertThat(conversations.inbox(TENANT, "8").find("Kim", 10)).isEmpty();
    }

    @Test
    void aContactThatIsAddedLaterAdoptsWhatWasSaidByNumberAtOnceWhenOpenedElseWithTheNextEntry() {
        Inbox inbox = builder().build().inbox(TENANT);
        arrives(inbound(STRANGER, FRONT_DESK, "first"));
        arrives(inbound(SISTER, FRONT_DESK, "sister"));
        long stranger = inbox.find(STRANGER.e164(), 1).get(0).id();
        long sister = inbox.find(SISTER.e164(), 1).get(0).id();

        patients.add("case-3", "Case 3", line("mobile", STRANGER), line("emergency", SISTER));
        Conversation opened = inbox.conversationWith("case-3").orElseThrow();
        assertThat(timeline(inbox, opened.id())).containsExactlyInAnyOrder("first", "sister");
        assertThat(inbox.conversation(stranger).orElseThrow().id()).isEqualTo(opened.id());
        assertThat(timeline(inbox, sister)).hasSize(2);
        assertThat(opened.unread()).isEqualTo(2);

        arrives(inbound(HOME, FRONT_DESK, "unknown yet"));
        later();
        long home = inbox.find(HOME.e164(), 1).get(0).id();
        patients.add("case-4", "Case 4", line("mobile", HOME));
        assertThat(inbox.conversation(home).orElseThrow().contact()).isEmpty();
        arrives(inbound(HOME, FRONT_DESK, "known now"));
        later();
        Conversation known = inbox.conversation(home).orElseThrow();
        assertThat(known.contact().orElseThrow().id()).isEqualTo("case-4");
        assertThat(timeline(inbox, known.id())).containsExactly("known now", "unknown yet");
    }

    @Test
    void whatWasSaidWithAContactStaysWhereItIsWhenTheNumberGetsAnotherOwner() {
        patients.add("case-1", "Case 1", line("mobile", MOBILE));
        Inbox inbox = builder().build().inbox(TENANT);
        arrives(inbound(MOBILE, FRONT_DESK, "private"));
        long before = inbox.conversationWith("case-1").orElseThrow().id();

        patients.contacts.clear();
        patients.add("case-2", "Case 2", line("mobile", MOBILE));
        arrives(inbound(MOBILE, FRONT_DESK, "new owner"));
        later();
        assertThat(timeline(
                        inbox, inbox.conversationWith("case-2").orElseThrow().id()))
                .containsExactly("new owner");
        assertThat(timeline(inbox, before)).containsExactly("private");
    }

    @Test
    void callsAndNotesStandAmongTheMessagesByTheirTime() {
        patients.add("case-1", "Case 1", line("mobile", MOBILE));
        Inbox inbox = builder().build().inbox(TENANT);
        arrives(inbound(MOBILE, FRONT_DESK, "call me"));
        later();
        Instant ringing = clock.now();
        later();
        arrives(inbound(MOBILE, FRONT_DESK, "thanks"));
        long rev = inbox.now();
        inbox.add(TimelineEntry.foreign("call", "call-1", ringing)
                .address(SenderId.of(MOBILE))
                .direction(Direction.OUTBOUND)
                .text("ringing")
                .build());
        inbox.add(TimelineEntry.foreign("call", "call-1", ringing)
                .address(SenderId.of(MOBILE))
                .direction(Direction.OUTBOUND)
                .text("1 minute")
                .build());
        inbox.add(TimelineEntry.foreign("call", "call-1", ringing)
                .address(SenderId.of(MOBILE))
                .direction(Direction.OUTBOUND)
                .updatedAt(clock.now())
                .text("2 minutes")
                .build());
        inbox.add(TimelineEntry.foreign("call", "call-1", ringing)
                .address(SenderId.of(MOBILE))
                .direction(Direction.OUTBOUND)
                .updatedAt(clock.now().minusSeconds(1))
                .text("an older finding")
                .build());
        long id = inbox.conversationWith("case-1").orElseThrow().id();
        inbox.add(
                id,
                TimelineEntry.foreign("note", "n", clock.now().plusSeconds(1))
                        .text("callback done")
                        .build());
        assertThat(timeline(inbox, id)).containsExactly("callback done", "thanks", "2 minutes", "call me");
        assertThat(texts(inbox.changesSince(rev).entries())).containsExactly("2 minutes", "callback done");
        assertThat(texts(inbox.entries(EntryQuery.all().kind("call")))).containsExactly("2 minutes");
        assertThatThrownBy(() ->
                        inbox.add(TimelineEntry.foreign("note", "x", ringing).build()))
                .hasMessageContaining("no address");
        assertThatThrownBy(() -> TimelineEntry.foreign("sms", "x", ringing)).hasMessageContaining("not sms");
    }

    // Replies.

    @Test
    void aReplyGoesToWhereTheyLastWroteFromAndLeavesFromWhereTheyWroteToByItsProvider() {
        patients.add("case-1", "Case 1", line("mobile", MOBILE), line("phone", HOME));
        Conversations conversations = builder().build();
        Inbox inbox = conversations.inbox(TENANT);
        try (SmsClient sms = client(conversations)) {
            sms.send(message(MOBILE, "from whoever is first"));
            later();
            arrives(inbound(HOME, WARD, "to the ward"));
            long id = inbox.conversationWith("case-1").orElseThrow().id();

            SmsMessage reply = inbox.reply(id).text("from the ward").build();
            assertThat(reply.to()).isEqualTo(HOME.e164());
            assertThat(reply.from()).hasValue(WARD);
            assertThat(sms.send(reply).isAccepted()).isTrue();
            assertThat(ward.submissions()).hasSize(1);
            assertThat(desk.submissions()).hasSize(1);
            TimelineEntry entry =
                    inbox.entries(EntryQuery.all().conversation(id).limit(1)).get(0);
            assertThat(entry.provider()).hasValue("ward");
            assertThat(entry.ours()).hasValue(WARD);

            assertThat(inbox.reply(id, MOBILE).text("other number").build().from())
                    .isEmpty();
            assertThatThrownBy(() -> inbox.reply(4711)).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void aReplyToANameIsRefusedAndToOneWhoWasOnlyWrittenToGoesThere() {
        Inbox inbox = builder().build().inbox(TENANT);
        arrives(InboundMessage.builder(origin(), "name", SenderId.of("MyBank"), FRONT_DESK, "no number")
                .build());
        store.create(
                TENANT,
                MessageRecord.sending(MessageId.next(), TENANT, clock.now())
                        .to(STRANGER)
                        .from(FRONT_DESK)
                        .text("hello")
                        .build());
        List<Conversation> all = inbox.conversations(ConversationQuery.all());
        for (Conversation each : all) {
            if (each.last().orElseThrow().text().equals("hello")) {
                SmsMessage reply = inbox.reply(each.id()).text("again").build();
                assertThat(reply.to()).isEqualTo(STRANGER.e164());
                assertThat(reply.from()).hasValue(FRONT_DESK);
            } else {
                assertThatThrownBy(() -> inbox.reply(each.id())).hasMessageContaining("no number to reply to");
            }
        }
        assertThat(all).hasSize(2);
    }

    // Owners.

    @Test
    void usersSeeTheirOwnConversationsOnlyAndAnswersComeToWhoWrote() {
        Conversations conversations = builder().ownedBy("user").build();
        Inbox seven = conversations.inbox(TENANT, "7");
        Inbox eight = conversations.inbox(TENANT, "8");
        try (SmsClient sms = client(conversations)) {
            sms.send(SmsMessage.to(MOBILE)
                    .tenant(TENANT)
                    .label("user", "7")
                    .from(FRONT_DESK)
                    .text("from 7")
                    .build());
            later();
            sms.send(SmsMessage.to(MOBILE)
                    .tenant(TENANT)
                    .label("user", "8")
                    .from(WARD)
                    .text("from 8")
                    .build());
            later();
            sms.send(message(MOBILE, "a reminder of nobody's"));
            later();
            conversations.listener().onEvent(arrives(inbound(MOBILE, FRONT_DESK, "to 7")));
            conversations.listener().onEvent(arrives(inbound(MOBILE, WARD, "to 8")));
            conversations.listener().onEvent(arrives(inbound(STRANGER, WARD, "to nobody")));

            assertThat(texts(seven.entries(EntryQuery.all()))).containsExactly("to 7", "from 7");
            assertThat(texts(eight.entries(EntryQuery.all().number(MOBILE)))).containsExactly("to 8", "from 8");
            assertThat(texts(seven.changesSince(0).entries())).containsExactly("from 7", "to 7");
            long theirs = eight.conversations(ConversationQuery.all()).get(0).id();
            assertThat(seven.conversation(theirs)).isEmpty();
            assertThat(seven.entries(EntryQuery.all().conversation(theirs))).isEmpty();
            assertThat(seven.entries(EntryQuery.all().owner("8")))
                    .hasSize(2)
                    .allMatch(e -> e.text().endsWith("7"));
            assertThat(seven.find(MOBILE.e164(), 10)).hasSize(1);
            TimelineEntry own = seven.entries(EntryQuery.all()).get(0);
            assertThat(seven.entry(own.conversation(), own.position()))
                    .hasValueSatisfying(found -> assertThat(found.text()).isEqualTo("to 7"));
            assertThat(eight.entry(own.conversation(), own.position())).isEmpty();
            assertThat(seven.unread()).isEqualTo(1);
            assertThat(conversations.inboxOfAll(TENANT).unread()).isEqualTo(3);
            seven.markRead(theirs, Long.MAX_VALUE);
            assertThat(eight.conversation(theirs).orElseThrow().unread()).isEqualTo(1);
            assertThatThrownBy(() -> seven.reply(theirs)).isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(() -> seven.add(
                            theirs,
                            TimelineEntry.foreign("note", "n", clock.now()).build()))
                    .isInstanceOf(NoSuchElementException.class);
            assertThat(eight.reply(theirs).text("x").build().label("user")).hasValue("8");

            assertThat(conversations.inboxOfAll(TENANT).entries(EntryQuery.all()))
                    .hasSize(6);
            assertThatThrownBy(() -> conversations.inbox(TENANT)).hasMessageContaining("inboxOfAll");
            assertThatThrownBy(() -> conversations.inbox(TENANT, "")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder().build().inbox(TENANT, "7")).hasMessageContaining("ownedBy");
        }
    }

    private SmsMessage by(String user, String text) {
        return SmsMessage.to(MOBILE)
                .tenant(TENANT)
                .label("user", user)
                .from(FRONT_DESK)
                .text(text)
                .build();
    }

    @Test
    void anAnswerThatIsFiledLateIsWhoseMessageHadLeftWhenItCame() {
        Conversations conversations = builder().ownedBy("user").build();
        try (SmsClient sms = client().build()) {
            sms.send(by("7", "from 7"));
            later();
            MessageRecord scheduled = MessageRecord.sending(MessageId.next(), TENANT, clock.now())
                    .to(MOBILE)
                    .from(FRONT_DESK)
                    .labels(List.of(new Label("user", "8")))
                    .text("of 8")
                    .build();
            for (MessageState never : List.of(
                    MessageState.PENDING,
                    MessageState.CLAIMED,
                    MessageState.HELD,
                    MessageState.CANCELLED,
                    MessageState.EXPIRED,
                    MessageState.REJECTED)) {
                store.create(TENANT, as(scheduled, never).build());
            }
            Attempt muchLater = Attempt.builder(1, "desk", Outcome.ACCEPTED)
                    .at(clock.now().plus(Duration.ofDays(1)), Duration.ofSeconds(1))
                    .build();
            store.create(
                    TENANT,
                    as(scheduled, MessageState.ACCEPTED)
                            .attempts(List.of(muchLater))
                            .build());
            later();
            arrives(inbound(MOBILE, FRONT_DESK, "to 7"));
            later();
            sms.send(by("8", "from 8"));
            later();
        }
        assertThat(texts(conversations.inbox(TENANT, "7").entries(EntryQuery.all())))
                .containsExactly("to 7", "from 7");
        assertThat(texts(conversations.inbox(TENANT, "8").entries(EntryQuery.all())))
                .hasSize(8)
                .doesNotContain("to 7");
    }

    private static MessageRecord.Builder as(MessageRecord row, MessageState state) {
        return MessageRecord.sending(MessageId.next(), TENANT, row.createdAt())
                .to(row.to())
                .from(row.from().orElseThrow())
                .labels(row.labels())
                .text(row.text())
                .state(state);
    }

    @Test
    void anOwnerThatTheHostGetsWrongStopsNoneOfTheEventsThatFollow() {
        Conversations conversations = builder()
                .ownedBy("user")
                .inboundOwner(message -> switch (message.text()) {
                    case "throws" -> throw new IllegalStateException("the host's database");
                    case "too long" -> Optional.of("x".repeat(129));
                    case "no value" -> Optional.of("a\nb");
                    default -> Optional.of("7");
                })
                .build();
        for (String text : List.of("throws", "too long", "no value", "well")) {
            arrives(inbound(MOBILE, FRONT_DESK, text));
            later();
        }
        assertThat(texts(conversations.inboxOfAll(TENANT).entries(EntryQuery.all())))
                .containsExactly("well", "no value", "too long", "throws");
        assertThat(texts(conversations.inbox(TENANT, "7").entries(EntryQuery.all())))
                .containsExactly("well");
        assertThat(texts(conversations
                        .inboxOfAll(TENANT)
                        .entries(EntryQuery.all().owner(""))))
                .hasSize(3);
    }

    @Test
    void anotherProcessWhoseClockIsAheadHidesNothing() {
        VirtualClock ahead = new VirtualClock(clock.now().plus(Duration.ofHours(1)));
        builder().time(ahead).build().inbox(TENANT).now();
        Inbox inbox = builder().build().inbox(TENANT);
        inbox.now();
        Instant created = clock.now();
        later();
        inbox.now();
        store.create(TENANT, late(created, "late"));
        later();
        assertThat(texts(inbox.entries(EntryQuery.all()))).containsExactly("late");
    }

    // What is remembered.

    @Test
    void whatIsRememberedIsBoundedForAllTenantsTogetherAndWhoWaitsStays() throws Exception {
        Watches watches = new Watches(3, 2);
        Watch awaited = watches.of(TENANT);
        CompletableFuture<Boolean> woken = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                awaited.await(0, TimeUnit.MINUTES.toNanos(1));
                woken.complete(true);
            } catch (InterruptedException e) {
                woken.completeExceptionally(e);
            }
        });
        thread.start();
        while (!awaited.isAwaited()) {
            Thread.onSpinWait();
        }
        Watch first = watches.of(TenantId.of("t-0"));
        for (int i = 1; i < 10; i++) {
            watches.of(TenantId.of("t-" + i));
        }
        assertThat(watches.of(TENANT)).isSameAs(awaited);
        assertThat(watches.of(TenantId.of("t-0"))).isNotSameAs(first);
        awaited.wake();
        assertThat(woken.get(20, TimeUnit.SECONDS)).isTrue();
        thread.join();

        List<MessageRecord> rows = List.of(late(clock.now(), "1"), late(clock.now(), "2"), late(clock.now(), "3"));
        rows.forEach(watches::filed);
        assertThat(rows.stream().map(watches::isFiled)).containsExactly(false, true, true);
    }

    // Waiting.

    @Test
    void whoWaitsIsToldAtOnce() throws Exception {
        Conversations conversations =
                Conversations.builder(repository, store, store).build();
        Inbox inbox = conversations.inbox(TENANT);
        long rev = inbox.now();
        CompletableFuture<Changes> waiting = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                waiting.complete(inbox.changesSince(rev, Duration.ofSeconds(30)));
            } catch (InterruptedException | RuntimeException e) {
                waiting.completeExceptionally(e);
            }
        });
        thread.start();
        long start = System.nanoTime();
        conversations.listener().onEvent(arrives(inbound(MOBILE, FRONT_DESK, "hello")));
        assertThat(texts(waiting.get(20, TimeUnit.SECONDS).entries())).containsExactly("hello");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        thread.join();
        assertThat(inbox.changesSince(inbox.now(), Duration.ofMillis(1)).isEmpty())
                .isTrue();
    }

    @Test
    void aListenerNeverThrowsAndTheNextLookMakesUpForIt() {
        Flaky flaky = new Flaky();
        Conversations conversations = builder(flaky.on(repository)).build();
        flaky.failFrom(1);
        conversations.listener().onEvent(arrives(inbound(MOBILE, FRONT_DESK, "hello")));
        flaky.failFrom(Integer.MAX_VALUE);
        assertThat(texts(conversations.inbox(TENANT).entries(EntryQuery.all()))).containsExactly("hello");
    }

    // Crashes.

    /** Fails at the chosen call, before it or after it, and at every one from then on: the process is dead. */
    private static final class Flaky {
        private int left = Integer.MAX_VALUE;
        private boolean after;

        void failFrom(int call) {
            left = call;
        }

        ConversationRepository on(ConversationRepository real) {
            return (ConversationRepository) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {ConversationRepository.class},
                    (p, method, arguments) -> {
                        left -= left == Integer.MAX_VALUE ? 0 : 1;
                        if (left <= 0 && !(after && left == 0)) {
                            throw new IllegalStateException("died");
                        }
                        try {
                            Object answer = method.invoke(real, arguments);
                            if (left <= 0) {
                                throw new IllegalStateException("died");
                            }
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Test
    void whereverItDiesTheNextProcessEndsWithEverythingOnce() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("conversations, crashes: seed " + seed);
        patients.add("case-1", "Case 1", line("mobile", MOBILE), line("phone", HOME));
        for (int round = 0; round < 200; round++) {
            Random random = new Random(seed + round);
            InMemoryStore source = InMemoryStore.builder().time(clock).build();
            InMemoryConversationRepository kept = new InMemoryConversationRepository();
            Map<String, Optional<DeliveryStatus>> expected = new HashMap<>();
            List<MessageId> sent = new ArrayList<>();
            Flaky flaky = new Flaky();
            Conversations process = process(source, flaky.on(kept));
            for (int step = 0; step < 30; step++) {
                clock.advance(Duration.ofSeconds(random.nextInt(45)));
                PhoneNumber number = List.of(MOBILE, HOME, STRANGER).get(random.nextInt(3));
                SmsEvent event = null;
                switch (random.nextInt(4)) {
                    case 0 -> {
                        MessageId id = MessageId.next();
                        source.create(
                                TENANT,
                                MessageRecord.sending(id, TENANT, clock.now())
                                        .to(number)
                                        .text("out " + id)
                                        .build());
                        if (random.nextBoolean()) {
                            source.complete(TENANT, id, SendResult.accepted("desk", "p-" + id), clock.now());
                        }
                        sent.add(id);
                        expected.put("out " + id, Optional.empty());
                    }
                    case 1 -> {
                        event = inbound(number, FRONT_DESK, "in " + events);
                        expected.put(((InboundMessage) event).text(), Optional.empty());
                    }
                    case 2 -> {
                        if (!sent.isEmpty()) {
                            MessageId id = sent.get(random.nextInt(sent.size()));
                            event = report(id, DeliveryStatus.DELIVERED);
                            expected.put("out " + id, Optional.of(DeliveryStatus.DELIVERED));
                        }
                    }
                    default -> {
                        flaky.after = random.nextBoolean();
                        flaky.failFrom(1 + random.nextInt(6));
                    }
                }
                try {
                    if (event != null) {
                        source.apply(TENANT, List.of(new EventJournal.Entry(event, null)));
                        process.listener().onEvent(event);
                    }
                    process.inbox(TENANT).changesSince(0);
                } catch (IllegalStateException died) {
                    flaky = new Flaky();
                    process = process(source, flaky.on(kept));
                }
            }
            Inbox inbox = process(source, kept).inbox(TENANT);
            Map<String, Optional<DeliveryStatus>> found = new HashMap<>();
            inbox.entries(EntryQuery.all().limit(1000))
                    .forEach(entry -> assertThat(found.put(entry.text(), entry.status()))
                            .as("twice, seed %d", seed)
                            .isNull());
            assertThat(found).as("seed %d, round %d", seed, round).isEqualTo(expected);
            assertThat(source.since(TENANT, kept.progress(TENANT).events(), 1)).isEmpty();
        }
    }

    private Conversations process(InMemoryStore source, ConversationRepository kept) {
        EventRepository read = source;
        return Conversations.builder(kept, source, read)
                .directory(patients)
                .time(clock)
                .build();
    }

    // ---- retention and erasure

    @Test
    void whoeverReadsDeletesWhatIsOlderThanTheRetention() {
        Conversations all = builder().retention(Duration.ofDays(30)).build();
        SmsClient sms = client(all);
        sms.send(message(MOBILE, "old"));
        clock.advance(Duration.ofDays(20));
        sms.send(message(MOBILE, "newer"));
        Inbox inbox = all.inbox(TENANT);
        assertThat(inbox.entries(EntryQuery.all())).hasSize(2);
        clock.advance(Duration.ofDays(11));
        inbox.entries(EntryQuery.all());
        assertThat(inbox.entries(EntryQuery.all()))
                .extracting(TimelineEntry::text)
                .containsExactly("newer");
        assertThat(all.purge()).isZero();
        clock.advance(Duration.ofDays(20));
        assertThat(all.purge()).isEqualTo(1);
        assertThat(inbox.conversations(ConversationQuery.all())).isEmpty();
    }

    @Test
    void withoutARetentionNothingIsDeleted() {
        Conversations all = builder().build();
        client(all).send(message(MOBILE, "old"));
        clock.advance(Duration.ofDays(20_000));
        assertThat(all.purge()).isZero();
        assertThat(all.inbox(TENANT).entries(EntryQuery.all())).hasSize(1);
        assertThatThrownBy(() -> builder().retention(Duration.ofHours(23)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retention: PT23H");
    }

    @Test
    void aPurgeThatFailsKeepsNobodyFromReading() {
        InMemoryConversationRepository kept = repository;
        int[] failures = new int[1];
        ConversationRepository broken = (ConversationRepository) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ConversationRepository.class}, (proxy, method, given) -> {
                    if (method.getName().equals("purge")) {
                        failures[0]++;
                        throw new IllegalStateException("the database is away");
                    }
                    return method.invoke(kept, given);
                });
        Conversations all = builder(broken).retention(Duration.ofDays(30)).build();
        client(all).send(message(MOBILE, "here"));
        assertThat(all.inbox(TENANT).entries(EntryQuery.all())).hasSize(1);
        assertThat(failures[0]).isEqualTo(1);
    }

    @Test
    void eraseDeletesAllOfOneNumberInSteps() {
        Conversations all = builder().build();
        List<ConversationRepository.Filed> many = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            TimelineEntry call = TimelineEntry.foreign("call", "c" + i, clock.now())
                    .address(SenderId.of(i % 5 == 0 ? HOME : MOBILE))
                    .build();
            many.add(new ConversationRepository.Filed(Party.contact("", "anna"), call));
        }
        repository.file(TENANT, many, null);
        assertThat(all.erase(TENANT, MOBILE)).isEqualTo(2_000);
        assertThat(all.erase(TENANT, MOBILE)).isZero();
        assertThat(repository.entries(TENANT, EntryQuery.all().limit(1000))).hasSize(500);
    }
}
