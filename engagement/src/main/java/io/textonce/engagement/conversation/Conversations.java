package io.textonce.engagement.conversation;

import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.ConversationRepository.Filed;
import io.textonce.engagement.conversation.ConversationRepository.Progress;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.TimeSource;
import io.textonce.store.EventRepository;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps everything that was said with a person in one timeline: what was sent by whatever way and provider, what became of
 * it, what they answered, and what the host adds, such as calls.
 *
 * <p>The host files nothing itself. Whoever reads an {@link Inbox} catches up first with the message and event repositories;
 * as {@link #listener()} of the client and of the webhook receiver this is told at once. There is no thread of its own.
 *
 * <p>Guaranteed: every stored event reaches its conversation at least once, and repeats change nothing, also across
 * crashes: how far events were read is kept in the step that files them. So does every outgoing message that became visible
 * in the message repository within {@link Builder#lookBack} of its creation, or on which a report came. Not guaranteed: a
 * message that was invisible for longer, in a transaction that the host left open, whose outcome the listener wasn't told
 * because its process died, and on which no report came; {@link #readAgain} brings that too.
 *
 * <pre>{@code
 * Conversations conversations = Conversations.builder(new InMemoryConversationRepository(), store, store)
 *         .directory(patients)
 *         .build();
 * Inbox inbox = conversations.inbox(TenantId.DEFAULT);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Conversations {

    private static final Logger log = LoggerFactory.getLogger(Conversations.class);

    /** How far back each look goes: longer than a commit takes that nothing holds up. */
    private static final Duration GLANCE = Duration.ofSeconds(10);

    private static final Duration SWEEP_EVERY = Duration.ofSeconds(30);
    private static final int PAGE = 500;
    private static final int MOST_ASKED = 50;
    private static final int AT_ONCE = 1_000;
    private static final Duration PURGE_EVERY = Duration.ofHours(1);

    private final ConversationRepository repository;
    private final MessageRepository messages;
    private final EventRepository events;
    private final ContactDirectory directory;
    private final @Nullable String ownerLabel;
    private final Function<InboundMessage, Optional<String>> inboundOwner;
    private final Predicate<MessageRecord> wanted;
    private final Duration lookBack;
    private final Instant start;
    private final @Nullable Duration retention;
    private volatile Instant purgeNext = Instant.MIN;
    private final PhoneNumbers numbers;
    private final TimeSource time;
    private final Watches watches = new Watches();
    private final SmsListener listener = new Nudge();

    private Conversations(Builder b) {
        this.repository = b.repository;
        this.messages = b.messages;
        this.events = b.events;
        this.directory = b.directory;
        this.ownerLabel = b.ownerLabel;
        this.inboundOwner = b.inboundOwner;
        this.wanted = b.wanted;
        this.lookBack = b.lookBack;
        this.start = b.start;
        this.retention = b.retention;
        this.numbers = b.region == null ? PhoneNumbers.international() : PhoneNumbers.region(b.region);
        this.time = b.time;
    }

    /**
     * Starts with what is needed.
     *
     * @param repository keeps the conversations
     * @param messages what the client or the outbox keeps outgoing messages in
     * @param events what the webhook receiver keeps events in
     * @return a builder
     */
    public static Builder builder(
            ConversationRepository repository, MessageRepository messages, EventRepository events) {
        return new Builder(repository, messages, events);
    }

    /**
     * A tenant's conversations.
     *
     * @param tenant whose
     * @return the inbox
     * @throws IllegalStateException if conversations have owners; say whose, or {@link #inboxOfAll}
     */
    public Inbox inbox(TenantId tenant) {
        if (ownerLabel != null) {
            throw new IllegalStateException("inbox: conversations are owned by label " + ownerLabel
                    + "; call inbox(tenant, owner), or inboxOfAll(tenant) for who may see everybody's");
        }
        return new Inbox(this, tenant, null);
    }

    /**
     * One user's conversations. Nothing of anybody else's can be read or changed through it.
     *
     * @param tenant whose
     * @param owner the value of the label that {@link Builder#ownedBy} names, such as the user's id
     * @return the inbox
     * @throws IllegalStateException if conversations have no owners
     * @throws IllegalArgumentException if the owner is empty, or no value of a label
     */
    public Inbox inbox(TenantId tenant, String owner) {
        if (ownerLabel == null) {
            throw new IllegalStateException("inbox: conversations have no owners; name the label in ownedBy(..)");
        }
        return new Inbox(this, tenant, new Label(ownerLabel, owner).value());
    }

    /**
     * All conversations of a tenant, whoever owns them, and those that nobody owns.
     *
     * @param tenant whose
     * @return the inbox
     */
    public Inbox inboxOfAll(TenantId tenant) {
        return new Inbox(this, tenant, null);
    }

    /**
     * What to give the client and the webhook receiver as a listener, so that an open inbox shows at once what was sent and
     * received in this process.
     *
     * @return the listener
     */
    public SmsListener listener() {
        return listener;
    }

    /**
     * Looks through outgoing messages again; for those that the ordinary way missed, or from before {@link Builder#since}.
     *
     * @param tenant whose messages
     * @param from from when on they were created
     */
    public void readAgain(TenantId tenant, Instant from) {
        readMessages(tenant, from);
        watch(tenant).wake();
    }

    /**
     * Deletes entries that are older than {@link Builder#retention} and haven't changed for so long, of all tenants, at most
     * 1,000 in a call: for a timer, or {@link io.textonce.outbox.SmsOutbox.Builder#alongWithPurge}, in one process or in
     * several. Messages that aren't settled stay, and so does everything without a retention. A conversation that has no entry left is deleted; what
     * is open on somebody's screen shows it until it is loaded anew.
     *
     * @return how many were deleted; call it again until that is 0
     * @throws io.textonce.SmsStoreException if the repository fails
     */
    public int purge() {
        return retention == null ? 0 : repository.purge(time.now().minus(retention), AT_ONCE);
    }

    /**
     * Deletes all entries with one number at the other end, read or unread, whatever their kind, notes in conversations with
     * that number included, and conversations that have none left. In steps of 1,000: if it fails, call it again.
     *
     * <p>Entries are copies, and others hold the same: cancel what waits ({@code SmsOutbox.cancel}), and delete the person's
     * messages and events first, because a report that comes for a message that is still stored files it again. There is no
     * call for those: messages go by the outbox's retention, or by the host's own statements, as
     * <em>docs/conversations.md</em> has them. Choices go by {@code PreferenceRepository.put(tenant, user, Preferences.NONE)},
     * one-time codes by themselves when they have expired. The opt-out is kept, as it is what keeps further messages away.
     *
     * @param tenant whose
     * @param number the number; erase each of a contact's
     * @return how many entries were deleted
     * @throws io.textonce.SmsStoreException if the repository fails
     */
    public long erase(TenantId tenant, PhoneNumber number) {
        long all = 0;
        int some = AT_ONCE;
        while (some == AT_ONCE) {
            some = repository.erase(tenant, number, AT_ONCE);
            all += some;
        }
        return all;
    }

    // For the inbox.

    ConversationRepository repository() {
        return repository;
    }

    ContactDirectory directory() {
        return directory;
    }

    PhoneNumbers numbers() {
        return numbers;
    }

    TimeSource time() {
        return time;
    }

    Optional<String> ownerLabel() {
        return Optional.ofNullable(ownerLabel);
    }

    Watch watch(TenantId tenant) {
        return watches.of(tenant);
    }

    /** Files what is new, unless somebody just did. */
    void catchUp(TenantId tenant) {
        Watch watch = watch(tenant);
        watch.look(time, () -> look(tenant, watch));
    }

    private void look(TenantId tenant, Watch watch) {
        Instant now = time.now();
        long tick = time.nanoTime();
        Progress before = repository.progress(tenant);
        if (watch.isSweepDue(tick, SWEEP_EVERY.toNanos())) {
            // Messages first: what they answered may decide whose an inbound one is.
            // Whoever wrote how far it came may have had a clock that is ahead.
            Instant reached = before.messages().isAfter(now) ? now : before.messages();
            readMessages(tenant, reached.minus(lookBack));
            watch.openAfter(reread(tenant, watch.openAfter()));
            repository.file(tenant, List.of(), new Progress(0, now));
            watch.swept(tick);
            purgeIfDue(now);
        } else {
            readMessages(tenant, watch.lookedAt().minus(GLANCE));
        }
        watch.lookedAt(now);
        readEvents(tenant, before.events(), Integer.MAX_VALUE);
    }

    /** For hosts without a timer. A reader isn't told of a failure, and isn't made to wait for more than one step. */
    private void purgeIfDue(Instant now) {
        if (retention == null || now.isBefore(purgeNext)) {
            return;
        }
        purgeNext = now.plus(PURGE_EVERY);
        try {
            if (purge() == AT_ONCE) {
                purgeNext = now;
            }
        } catch (RuntimeException e) {
            log.warn(
                    "conversations: what is old couldn't be deleted ({}); it is tried again in an hour",
                    e.getClass().getName());
        }
    }

    // Messages.

    private void readMessages(TenantId tenant, Instant from) {
        MessageQuery query =
                MessageQuery.all().from(from.isAfter(start) ? from : start).limit(PAGE);
        List<MessageRecord> page = messages.query(tenant, query);
        while (!page.isEmpty()) {
            List<MessageRecord> oldestFirst = new ArrayList<>(page);
            Collections.reverse(oldestFirst);
            fileMessages(tenant, oldestFirst);
            page = page.size() < PAGE
                    ? List.of()
                    : messages.query(
                            tenant, query.before(page.get(page.size() - 1).id()));
        }
    }

    /** Messages that wait, are on their way or in doubt change without an event. Answers where to go on. */
    private long reread(TenantId tenant, long after) {
        List<TimelineEntry> open = repository.open(tenant, after, PAGE);
        List<MessageRecord> rows = new ArrayList<>();
        for (TimelineEntry entry : open) {
            entry.messageId().flatMap(id -> messages.find(tenant, id)).ifPresent(rows::add);
        }
        fileMessages(tenant, rows);
        return open.size() < PAGE ? 0 : open.get(PAGE - 1).seq();
    }

    private void fileMessages(TenantId tenant, List<MessageRecord> rows) {
        List<Filed> filed = new ArrayList<>();
        for (MessageRecord row : rows) {
            if (wanted.test(row) && !watches.isFiled(row)) {
                TimelineEntry entry = TimelineEntry.of(row);
                filed.add(new Filed(party(tenant, ownerOf(row), entry), entry));
            }
        }
        file(tenant, filed, null);
        rows.forEach(watches::filed);
    }

    /** Of each contact the conversations by its numbers alone are adopted first. */
    private void file(TenantId tenant, List<Filed> filed, @Nullable Progress reached) {
        Set<List<Party>> adoptions = new LinkedHashSet<>();
        for (Filed each : filed) {
            if (each.party().contactId().isPresent()) {
                each.entry()
                        .address()
                        .ifPresent(address ->
                                adoptions.add(List.of(Party.address(each.party().owner(), address), each.party())));
            }
        }
        adoptions.forEach(adoption -> repository.adopt(tenant, adoption.get(0), adoption.get(1)));
        if (!filed.isEmpty() || reached != null) {
            repository.file(tenant, filed, reached);
        }
    }

    private String ownerOf(MessageRecord row) {
        return ownerLabel == null
                ? ""
                : row.labels().stream()
                        .filter(label -> label.name().equals(ownerLabel))
                        .map(Label::value)
                        .findFirst()
                        .orElse("");
    }

    // Events.

    private void readEvents(TenantId tenant, long cursor, int mostPages) {
        List<EventRepository.Stored> page = events.since(tenant, cursor, PAGE);
        for (int pages = 1; !page.isEmpty(); pages++) {
            long last = page.get(page.size() - 1).seq();
            Map<MessageId, MessageRecord> reported = new LinkedHashMap<>();
            List<Filed> filed = new ArrayList<>();
            for (EventRepository.Stored stored : page) {
                if (stored.event() instanceof DeliveryReport report) {
                    messagesOf(tenant, report).forEach(row -> reported.put(row.id(), row));
                } else if (stored.event() instanceof InboundMessage message
                        && !message.receivedAt().isBefore(start)) {
                    TimelineEntry entry = TimelineEntry.of(message);
                    filed.add(new Filed(party(tenant, ownerOf(tenant, message), entry), entry));
                }
            }
            fileMessages(tenant, List.copyOf(reported.values()));
            file(tenant, filed, new Progress(last, Instant.EPOCH));
            page = page.size() < PAGE || pages == mostPages ? List.of() : events.since(tenant, last, PAGE);
        }
    }

    /** Whatever it might be about is read again: the row says what the report did to it. */
    private List<MessageRecord> messagesOf(TenantId tenant, DeliveryReport report) {
        Optional<MessageRecord> named = report.messageId().flatMap(id -> messages.find(tenant, id));
        if (named.isPresent() || report.providerMessageId().isEmpty()) {
            return named.map(List::of).orElse(List.of());
        }
        MessageQuery query = MessageQuery.all()
                .provider(report.provider())
                .providerMessageId(report.providerMessageId().get());
        return messages.query(
                tenant, report.recipient().map(query::to).orElse(query).limit(PAGE));
    }

    private String ownerOf(TenantId tenant, InboundMessage message) {
        if (ownerLabel == null) {
            return "";
        }
        Optional<String> said = ownerByHost(ownerLabel, message);
        if (said.isPresent()) {
            return said.get();
        }
        Optional<String> answered = message.inReplyTo()
                .flatMap(id -> messages.find(tenant, id))
                .map(this::ownerOf)
                .filter(owner -> !owner.isEmpty());
        return answered.or(() -> message.fromNumber()
                        .flatMap(number -> lastWhoWrote(tenant, number, message.to(), message.receivedAt())))
                .orElse("");
    }

    /** What the host says; nobody if it can't: one event that it stumbles over mustn't stop all that follow. */
    private Optional<String> ownerByHost(String label, InboundMessage message) {
        try {
            return inboundOwner.apply(message).map(owner -> new Label(label, owner).value());
        } catch (RuntimeException e) {
            StackTraceElement[] frames = e.getStackTrace();
            log.error(
                    "conversations: inboundOwner failed, or named no value of a label, for an inbound message by {};"
                            + " it is filed as nobody's ({} at {})",
                    message.provider(),
                    e.getClass().getName(),
                    frames.length == 0 ? "unknown" : frames[0]);
            return Optional.of("");
        }
    }

    /**
     * Who had last written to them, when they wrote, from the number that they wrote to; a message whose number the provider
     * chose counts less. Asked of the messages themselves: what was sent just now may not be filed yet, and what is filed
     * stays where it is.
     */
    private Optional<String> lastWhoWrote(TenantId tenant, PhoneNumber number, SenderId ours, Instant when) {
        List<MessageRecord> sent =
                messages.query(tenant, MessageQuery.all().to(number).until(when).limit(MOST_ASKED)).stream()
                        .filter(row -> !ownerOf(row).isEmpty() && wasBegun(row, when))
                        .toList();
        return sent.stream()
                .filter(row -> row.from().equals(Optional.of(ours)))
                .findFirst()
                .or(() -> sent.stream().filter(row -> row.from().isEmpty()).findFirst())
                .map(this::ownerOf);
    }

    /** Not what waited for its time, or never left. */
    private static boolean wasBegun(MessageRecord row, Instant when) {
        boolean begun = switch (row.state()) {
            case SENDING, ACCEPTED, UNKNOWN -> true;
            default -> false;
        };
        return begun
                && (row.attempts().isEmpty()
                        || !row.attempts().get(0).startedAt().isAfter(when));
    }

    // Who is who.

    Party party(TenantId tenant, String owner, TimelineEntry entry) {
        SenderId address = entry.address()
                .orElseThrow(() -> new IllegalArgumentException(
                        "entry: has no address, so it can't be told whose conversation it belongs to"));
        return party(tenant, owner, address);
    }

    Party party(TenantId tenant, String owner, SenderId address) {
        if (address.kind() == SenderId.Kind.NUMBER) {
            List<Contact> contacts = directory.byNumber(tenant, PhoneNumber.of(address.value()));
            if (contacts.size() == 1) {
                return Party.contact(owner, contacts.get(0).id());
            }
        }
        return Party.address(owner, address);
    }

    void fileForeign(TenantId tenant, Party party, TimelineEntry entry) {
        file(tenant, List.of(new Filed(party, owned(party.owner(), entry))), null);
        watch(tenant).wake();
    }

    /** Two owners may give one id to two things: a tenant's keys are one space. */
    private static TimelineEntry owned(String owner, TimelineEntry entry) {
        String prefix = "owner:" + owner.length() + ":" + owner + ":";
        return owner.isEmpty() || entry.key().startsWith(prefix) ? entry : entry.keyed(prefix + entry.key());
    }

    /** Tells what happened in this process. The next look finds what this misses. */
    private final class Nudge implements SmsListener {

        @Override
        public void onResult(SmsMessage message, SendResult result) {
            quietly(
                    message.tenant(),
                    () -> messages.find(message.tenant(), result.messageId())
                            .ifPresent(row -> fileMessages(message.tenant(), List.of(row))));
        }

        @Override
        public void onEvent(SmsEvent event) {
            quietly(event.tenant(), () -> {
                // Not all of a long history while a provider waits for its answer.
                readEvents(event.tenant(), repository.progress(event.tenant()).events(), 1);
            });
        }

        /** A listener can't make its caller wait for another try, and needn't. */
        private void quietly(TenantId tenant, Runnable work) {
            Watch watch = watch(tenant);
            try {
                work.run();
            } catch (RuntimeException e) {
                log.debug(
                        "conversations: what just happened wasn't filed ({}); who looks next will file it",
                        e.getClass().getName());
            }
            watch.wake();
        }
    }

    /**
     * Collects the options.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final ConversationRepository repository;
        private final MessageRepository messages;
        private final EventRepository events;
        private ContactDirectory directory = ContactDirectory.empty();
        private @Nullable String ownerLabel;
        private Function<InboundMessage, Optional<String>> inboundOwner = message -> Optional.empty();
        private Predicate<MessageRecord> wanted = row -> row.category() != Category.OTP;
        private Duration lookBack = Duration.ofMinutes(5);
        private Instant start = Instant.EPOCH;
        private @Nullable Duration retention;
        private @Nullable String region;
        private TimeSource time = TimeSource.system();

        private Builder(ConversationRepository repository, MessageRepository messages, EventRepository events) {
            this.repository = Objects.requireNonNull(repository, "repository");
            this.messages = Objects.requireNonNull(messages, "messages");
            this.events = Objects.requireNonNull(events, "events");
        }

        /**
         * Sets who knows people by their numbers. Default: nobody, conversations are by number.
         *
         * @param value the directory
         * @return this builder
         */
        public Builder directory(ContactDirectory value) {
            this.directory = Objects.requireNonNull(value, "directory");
            return this;
        }

        /**
         * Lets each user see their own conversations only. An outgoing message is its label's value's; an inbound one is
         * whose message it answers: the one that the provider names, else the last one that had left to that number, from the
         * number that they wrote to, when it was received. What can't be told to be anybody's is in {@link Conversations#inboxOfAll} only.
         *
         * @param label the name of the label, such as {@code user}
         * @return this builder
         * @throws IllegalArgumentException if it isn't a label's name
         */
        public Builder ownedBy(String label) {
            this.ownerLabel = new Label(label, "x").name();
            return this;
        }

        /**
         * Sets who knows whose an inbound message is, such as by the number that was written to. Asked first, and where
         * filing is tried again, again. If it throws, or what it answers is no value of a label, the message is filed as
         * nobody's, and that is logged.
         *
         * @param value answers the owner, 1 to 128 characters; empty to go by what was sent
         * @return this builder
         */
        public Builder inboundOwner(Function<InboundMessage, Optional<String>> value) {
            this.inboundOwner = Objects.requireNonNull(value, "inboundOwner");
            return this;
        }

        /**
         * Sets which outgoing messages belong into conversations. Default: all but one-time codes.
         *
         * @param value says so of a message; always the same of one
         * @return this builder
         */
        public Builder only(Predicate<MessageRecord> value) {
            this.wanted = Objects.requireNonNull(value, "only");
            return this;
        }

        /**
         * Sets for how long after its creation a message may become visible in the repository and is still found without
         * anybody telling: longer than any of the host's transactions that enqueue. Messages of that time are read every
         * half minute, so its length has a price. Default: 5 minutes.
         *
         * @param value 10 seconds or more
         * @return this builder
         * @throws IllegalArgumentException if out of range
         */
        public Builder lookBack(Duration value) {
            if (value.compareTo(GLANCE) < 0) {
                throw new IllegalArgumentException("lookBack: " + value + " is less than " + GLANCE);
            }
            this.lookBack = value;
            return this;
        }

        /**
         * Leaves out what is older. Default: everything that the repositories still have.
         *
         * @param value from when on messages were created or received
         * @return this builder
         */
        public Builder since(Instant value) {
            this.start = Objects.requireNonNull(value, "since");
            return this;
        }

        /**
         * Sets for how long entries are kept. Whoever reads an inbox deletes what is older, at most 1,000 entries each half
         * minute and none for an hour once nothing is left; call {@link Conversations#purge()} from a timer where it must be
         * deleted though nobody reads. Default: entries are kept for ever.
         *
         * @param value since their last change, 1 day or longer
         * @return this builder
         * @throws IllegalArgumentException if out of range
         */
        public Builder retention(Duration value) {
            if (value.compareTo(Duration.ofDays(1)) < 0) {
                throw new IllegalArgumentException("retention: " + value + " is less than a day");
            }
            this.retention = value;
            return this;
        }

        /**
         * Sets the region for numbers that people type into a search without a country code. Default: none.
         *
         * @param value an ISO 3166 code such as AU
         * @return this builder
         * @throws IllegalArgumentException if there is no such region
         */
        public Builder region(String value) {
            if (!PhoneNumbers.isRegion(value)) {
                throw new IllegalArgumentException("region: must be an ISO 3166 code such as AU");
            }
            this.region = value;
            return this;
        }

        /**
         * Sets the time.
         *
         * @param value tells the present
         * @return this builder
         */
        public Builder time(TimeSource value) {
            this.time = Objects.requireNonNull(value, "time");
            return this;
        }

        /**
         * Builds it. Nothing is read before somebody looks.
         *
         * @return the conversations
         */
        public Conversations build() {
            return new Conversations(this);
        }
    }
}
