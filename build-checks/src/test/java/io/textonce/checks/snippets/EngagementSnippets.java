package io.textonce.checks.snippets;

import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.engagement.conversation.Changes;
import io.textonce.engagement.conversation.ContactDirectory;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Inbox;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import io.textonce.engagement.preference.InMemoryPreferenceRepository;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.preference.Preferences;
import io.textonce.engagement.testkit.PreferenceRepositoryContract;
import io.textonce.engagement.verification.InMemoryCodeRepository;
import io.textonce.engagement.verification.Subject;
import io.textonce.engagement.verification.Verification;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.SmsProvider;
import io.textonce.template.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The code of engagement/README.md and docs/conversations.md. */
final class EngagementSnippets {

    private EngagementSnippets() {}

    static boolean oneTimeCode(SmsSender sms, byte[] key, PhoneNumber number, String clientAddress, String entered) {
        Verification codes = Verification.builder(sms, new InMemoryCodeRepository(100_000), key)
                .text(Template.builder("code")
                        .variable("code")
                        .text(Locale.ENGLISH, "Your Acme code is {{code}}. We never ask for it by phone.")
                        .build())
                .build();

        Subject subject = new Subject(TenantId.DEFAULT, "sign-in", number);
        codes.start(subject, Locale.ENGLISH, clientAddress);
        boolean right = codes.check(subject, entered);
        return right;
    }

    static SendResult inbox(
            JdbcStore store, ContactDirectory patients, SmsProvider provider, long id, Consumer<Conversation> show) {
        Conversations conversations = Conversations.builder(
                        JdbcEngagement.on(store).conversations(), store, store)
                .directory(patients)
                .build();
        SmsClient sms = SmsClient.builder()
                .provider(provider)
                .messages(store)
                .suppressions(store)
                .listener(conversations.listener())
                .build();

        Inbox inbox = conversations.inbox(TenantId.DEFAULT);
        inbox.conversations(ConversationQuery.all().limit(20)).forEach(show);
        List<TimelineEntry> newest = inbox.entries(EntryQuery.all().conversation(id));
        inbox.markRead(id, newest.get(0).seq());
        SendResult result = sms.send(inbox.reply(id).text("See you at 10:30").build());
        return result;
    }

    static void stream(Inbox inbox, BooleanSupplier open, Consumer<Changes> write) throws InterruptedException {
        long rev = inbox.now();
        while (open.getAsBoolean()) {
            Changes changes = inbox.changesSince(rev, Duration.ofSeconds(15));
            write.accept(changes);
            rev = changes.rev();
        }
    }

    static void owners(JdbcStore store, String userId, PhoneNumber number) {
        Conversations conversations = Conversations.builder(
                        JdbcEngagement.on(store).conversations(), store, store)
                .ownedBy("user")
                .build();
        Inbox mine = conversations.inbox(TenantId.DEFAULT, userId);
        SmsMessage message =
                SmsMessage.to(number).label("user", userId).text("Hello").build();
        hand(mine, message);
    }

    static void retention(ConversationRepository repository, JdbcStore store, SmsClient client, PhoneNumber number) {
        Conversations conversations = Conversations.builder(repository, store, store)
                .retention(Duration.ofDays(365))
                .build();
        SmsOutbox outbox = SmsOutbox.builder(client, store)
                .retention(Duration.ofDays(365))
                .alongWithPurge(conversations::purge)
                .build();
        long erased = conversations.erase(TenantId.DEFAULT, number);
        hand(outbox, erased);
    }

    static void look(Inbox inbox, PhoneNumber number, long id, TimelineEntry oldestShown, Instant startedAt) {
        List<TimelineEntry> older =
                inbox.entries(EntryQuery.all().conversation(id).before(oldestShown.position()));
        List<Conversation> found = inbox.find("0491 570 156", 20);
        List<TimelineEntry> about =
                inbox.entries(EntryQuery.all().text("invoice").direction(Direction.INBOUND));
        inbox.add(TimelineEntry.foreign("call", "call-17", startedAt)
                .address(SenderId.of(number))
                .text("2 minutes")
                .build());
        hand(older, found, about);
    }

    private static void hand(Object... values) {
        Objects.requireNonNull(values);
    }

    static final class PreferencesInOurTables implements PreferenceRepository {
        private final PreferenceRepository rows = new InMemoryPreferenceRepository();

        @Override
        public Map<String, Preferences> find(TenantId tenant, Collection<String> users) {
            return rows.find(tenant, users);
        }

        @Override
        public void put(TenantId tenant, String user, Preferences preferences) {
            rows.put(tenant, user, preferences);
        }
    }

    static
    // spotless:off
    class PreferencesInOurTablesTest extends PreferenceRepositoryContract {
        @Override
        protected PreferenceRepository repository() {
            return new PreferencesInOurTables();
        }
    }
    // spotless:on
}
