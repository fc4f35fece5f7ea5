package io.textonce.testkit;

import static io.textonce.testkit.Samples.ANN;
import static io.textonce.testkit.Samples.BOB;
import static io.textonce.testkit.Samples.NOW;
import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.PROVIDER;
import static io.textonce.testkit.Samples.TENANT;
import static io.textonce.testkit.Samples.accepted;
import static io.textonce.testkit.Samples.at;
import static io.textonce.testkit.Samples.fullRow;
import static io.textonce.testkit.Samples.rejected;
import static io.textonce.testkit.Samples.row;
import static io.textonce.testkit.Samples.unknown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.store.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link MessageRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class MessageRepositoryContract {

    /** For subclasses. */
    protected MessageRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @return an empty repository
     */
    protected abstract MessageRepository repository();

    @Test
    public void findsARowAsItWasCreated() {
        MessageRepository messages = repository();
        MessageRecord row = fullRow(MessageId.next());
        assertTrue(messages.create(TENANT, row));
        MessageRecord found = require(messages, TENANT, row.id());
        assertEquals(columns(row), columns(found));
    }

    @Test
    public void findsNothingUnderAnIdThatIsNotThere() {
        MessageRepository messages = repository();
        messages.create(TENANT, row(MessageId.next()));
        assertEquals(Optional.empty(), messages.find(TENANT, MessageId.next()));
    }

    @Test
    public void refusesATakenIdAndKeepsTheFirstRow() {
        MessageRepository messages = repository();
        MessageId id = MessageId.next();
        assertTrue(messages.create(TENANT, row(id)));
        messages.complete(TENANT, id, accepted(id, "p1"), at(1));
        assertFalse(messages.create(TENANT, fullRow(id)), "the id was taken");
        MessageRecord found = require(messages, TENANT, id);
        assertEquals(MessageState.ACCEPTED, found.state());
        assertEquals(ANN, found.to());
    }

    @Test
    public void givesAnIdToOneOfManyThatRaceForIt() {
        MessageRepository messages = repository();
        for (int round = 0; round < 20; round++) {
            MessageId id = MessageId.next();
            List<Boolean> created = Race.of(16, i -> () -> messages.create(TENANT, row(id)));
            assertEquals(1, Collections.frequency(created, true), "creations of one id");
        }
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        MessageRepository messages = repository();
        MessageId id = MessageId.next();
        assertTrue(messages.create(TENANT, row(id)));
        assertEquals(Optional.empty(), messages.find(OTHER_TENANT, id));
        assertEquals(List.of(), messages.query(OTHER_TENANT, MessageQuery.all()));
        assertThrows(IllegalStateException.class, () -> messages.complete(OTHER_TENANT, id, accepted(id, "p1"), at(1)));
        assertTrue(messages.create(OTHER_TENANT, row(OTHER_TENANT, id, BOB, NOW)), "another tenant's id is free");
        messages.complete(OTHER_TENANT, id, rejected(id), at(2));
        assertEquals(MessageState.SENDING, require(messages, TENANT, id).state());
        assertEquals(BOB, require(messages, OTHER_TENANT, id).to());
    }

    @Test
    public void recordsAnAcceptedOutcome() {
        MessageRecord row = completed(accepted(MessageId.next(), "p1"));
        assertEquals(MessageState.ACCEPTED, row.state());
        assertEquals(Optional.of(Outcome.ACCEPTED), row.outcome());
        assertEquals(Optional.of(PROVIDER), row.provider());
        assertEquals(Optional.of("p1"), row.providerMessageId());
        assertEquals(1, row.attempts().size());
        assertEquals(at(5), row.updatedAt());
        assertEquals(NOW, row.createdAt());
    }

    @Test
    public void recordsARejectedOutcome() {
        MessageRecord row = completed(rejected(MessageId.next()));
        assertEquals(MessageState.REJECTED, row.state());
        assertEquals(Optional.of(Reason.SENDER), row.reason());
        assertEquals(Optional.of(Proof.PROVIDER_REFUSED), row.proof());
        assertEquals(Optional.of("21212"), row.providerCode());
        assertEquals(Optional.of("the sender isn't registered"), row.explanation());
    }

    @Test
    public void keepsADoubtAsADoubt() {
        MessageRecord row = completed(unknown(MessageId.next()));
        assertEquals(MessageState.UNKNOWN, row.state());
        assertEquals(Optional.of(Outcome.UNKNOWN), row.outcome());
        assertEquals(Optional.of(PROVIDER), row.provider());
    }

    private MessageRecord completed(SendResult result) {
        MessageRepository messages = repository();
        MessageId id = result.messageId();
        messages.create(TENANT, row(id));
        messages.complete(TENANT, id, result, at(5));
        return require(messages, TENANT, id);
    }

    @Test
    public void namesWhoIsAskedNextAsLongAsItIsSent() {
        MessageRepository messages = repository();
        MessageId id = MessageId.next();
        messages.create(TENANT, row(id).toBuilder().provider("first", null).build());
        assertEquals(Optional.of("first"), require(messages, TENANT, id).provider());
        messages.asking(OTHER_TENANT, id, "third", at(1));
        messages.asking(TENANT, id, "second", at(2));
        MessageRecord asked = require(messages, TENANT, id);
        assertEquals(Optional.of("second"), asked.provider());
        assertEquals(MessageState.SENDING, asked.state());
        assertEquals(at(2), asked.updatedAt());
        messages.complete(TENANT, id, accepted(id, "p1"), at(3));
        String completed = columns(require(messages, TENANT, id));
        messages.asking(TENANT, id, "third", at(4));
        assertEquals(completed, columns(require(messages, TENANT, id)));
        messages.asking(TENANT, MessageId.next(), "second", at(5));
    }

    @Test
    public void completingTwiceDoesNoHarm() {
        MessageRepository messages = repository();
        MessageId id = MessageId.next();
        messages.create(TENANT, row(id));
        messages.complete(TENANT, id, accepted(id, "p1"), at(5));
        String once = columns(require(messages, TENANT, id));
        messages.complete(TENANT, id, accepted(id, "p1"), at(9));
        assertEquals(once, columns(require(messages, TENANT, id)));
    }

    @Test
    public void aDoubtMayBeSettledAndAnAcceptedOutcomeStands() {
        MessageRepository messages = repository();
        MessageId id = MessageId.next();
        messages.create(TENANT, row(id));
        messages.complete(TENANT, id, unknown(id), at(5));
        messages.complete(TENANT, id, accepted(id, "p1"), at(6));
        assertEquals(MessageState.ACCEPTED, require(messages, TENANT, id).state());
        messages.complete(TENANT, id, unknown(id), at(7));
        messages.complete(TENANT, id, rejected(id), at(8));
        assertEquals(MessageState.ACCEPTED, require(messages, TENANT, id).state());
        assertEquals(Optional.empty(), require(messages, TENANT, id).reason());
    }

    @Test
    public void refusesToCompleteWhatWasNeverCreated() {
        MessageRepository messages = repository();
        MessageId id = MessageId.next();
        assertThrows(IllegalStateException.class, () -> messages.complete(TENANT, id, accepted(id, "p1"), at(1)));
        assertEquals(Optional.empty(), messages.find(TENANT, id));
    }

    @Test
    public void readsNewestFirstAndNoMoreThanTheLimit() {
        MessageRepository messages = repository();
        List<MessageId> newestFirst = createEachSecond(messages, 12);
        assertEquals(
                newestFirst.subList(0, 5),
                ids(messages.query(TENANT, MessageQuery.all().limit(5))));
        assertEquals(newestFirst, ids(messages.query(TENANT, MessageQuery.all())));
    }

    @Test
    public void pagesWithoutGapOrRepeat() {
        MessageRepository messages = repository();
        List<MessageId> newestFirst = createEachSecond(messages, 7);
        for (int i = 0; i < 3; i++) {
            // Of one instant: then the id decides.
            messages.create(TENANT, row(TENANT, MessageId.next(), ANN, at(-10)));
        }
        List<MessageId> paged = new ArrayList<>();
        MessageQuery query = MessageQuery.all().limit(2);
        List<MessageId> page = ids(messages.query(TENANT, query));
        while (!page.isEmpty()) {
            paged.addAll(page);
            page = ids(messages.query(TENANT, query.before(page.get(page.size() - 1))));
        }
        assertEquals(newestFirst, paged.subList(0, 7));
        assertEquals(10, paged.size());
        Set<String> last = new TreeSet<>(Collections.reverseOrder());
        paged.subList(7, 10).forEach(id -> last.add(id.value()));
        assertEquals(
                List.copyOf(last),
                paged.subList(7, 10).stream().map(MessageId::value).toList());
    }

    private static List<MessageId> createEachSecond(MessageRepository messages, int count) {
        List<MessageId> created = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MessageId id = MessageId.next();
            messages.create(TENANT, row(TENANT, id, ANN, at(i)));
            created.add(0, id);
        }
        return created;
    }

    @Test
    public void meetsEveryConditionOfAQuery() {
        MessageRepository messages = repository();
        MessageId wanted = MessageId.next();
        MessageId other = MessageId.next();
        messages.create(TENANT, fullRow(wanted));
        messages.create(TENANT, row(TENANT, other, ANN, at(100)));
        messages.complete(TENANT, wanted, accepted(wanted, "p1"), at(1));
        messages.complete(TENANT, other, unknown(other), at(101));
        MessageQuery all = MessageQuery.all();
        List<MessageQuery> conditions = List.of(
                all.reference("appt-42"),
                all.to(BOB),
                all.providerMessageId("p1"),
                all.state(MessageState.ACCEPTED),
                all.category(Category.MARKETING),
                all.templateId("reminder"),
                all.until(at(100)),
                all.label("user", "456"),
                all.label("user", "456").label("role", "admin"));
        for (int i = 0; i < conditions.size(); i++) {
            assertEquals(List.of(wanted), ids(messages.query(TENANT, conditions.get(i))), "condition " + i);
        }
        assertEquals(List.of(other), ids(messages.query(TENANT, all.from(at(100)))));
        assertEquals(List.of(other, wanted), ids(messages.query(TENANT, all.from(NOW))));
        assertEquals(List.of(other, wanted), ids(messages.query(TENANT, all.provider(PROVIDER))));
        assertEquals(List.of(), ids(messages.query(TENANT, all.provider("nobody"))));
        assertEquals(List.of(), ids(messages.query(TENANT, all.to(BOB).state(MessageState.UNKNOWN))));
    }

    @Test
    public void asksForStateAndStatusInOneWord() {
        MessageRepository messages = repository();
        Map<Standing, Set<MessageId>> expected = new EnumMap<>(Standing.class);
        standing(messages, expected, Standing.SENDING, MessageState.SENDING, null);
        standing(messages, expected, Standing.SENT, MessageState.ACCEPTED, null);
        standing(messages, expected, Standing.SENT, MessageState.ACCEPTED, DeliveryStatus.OTHER);
        standing(messages, expected, Standing.SENT, MessageState.ACCEPTED, DeliveryStatus.QUEUED);
        standing(messages, expected, Standing.SENT, MessageState.ACCEPTED, DeliveryStatus.SENT);
        standing(messages, expected, Standing.DELIVERED, MessageState.ACCEPTED, DeliveryStatus.DELIVERED);
        standing(messages, expected, Standing.UNDELIVERED, MessageState.ACCEPTED, DeliveryStatus.UNDELIVERED);
        standing(messages, expected, Standing.UNDELIVERED, MessageState.ACCEPTED, DeliveryStatus.EXPIRED);
        standing(messages, expected, Standing.UNDELIVERED, MessageState.ACCEPTED, DeliveryStatus.CANCELLED);
        standing(messages, expected, Standing.FAILED, MessageState.REJECTED, null);
        standing(messages, expected, Standing.FAILED, MessageState.EXPIRED, null);
        standing(messages, expected, Standing.CANCELLED, MessageState.CANCELLED, null);
        standing(messages, expected, Standing.UNSURE, MessageState.UNKNOWN, null);
        for (Standing each : Standing.values()) {
            assertEquals(
                    expected.getOrDefault(each, Set.of()),
                    Set.copyOf(ids(
                            messages.query(TENANT, MessageQuery.all().to(BOB).standing(each)))),
                    each.name());
        }
    }

    private static void standing(
            MessageRepository messages,
            Map<Standing, Set<MessageId>> expected,
            Standing standing,
            MessageState state,
            @Nullable DeliveryStatus status) {
        MessageId id = MessageId.next();
        MessageRecord row = row(TENANT, id, BOB, NOW).toBuilder().state(state).build();
        messages.create(
                TENANT,
                status == null
                        ? row
                        : row.reported(report(id, status)).toBuilder()
                                .state(state)
                                .build());
        expected.computeIfAbsent(standing, each -> new HashSet<>()).add(id);
    }

    private static DeliveryReport report(MessageId id, DeliveryStatus status) {
        return DeliveryReport.builder(new Origin(TENANT, PROVIDER, PROVIDER, NOW), "report-" + id, status)
                .messageId(id)
                .build();
    }

    @Test
    public void everyLabelOfAQueryMustBeThere() {
        MessageRepository messages = repository();
        messages.create(TENANT, fullRow(MessageId.next()));
        MessageQuery user = MessageQuery.all().label("user", "456");
        assertEquals(1, messages.query(TENANT, user).size());
        assertEquals(List.of(), messages.query(TENANT, user.label("role", "clerk")));
        assertEquals(List.of(), messages.query(TENANT, MessageQuery.all().label("user", "45")));
        assertEquals(List.of(), messages.query(TENANT, MessageQuery.all().label("role", "456")));
    }

    static MessageRecord require(MessageRepository messages, TenantId tenant, MessageId id) {
        return messages.find(tenant, id).orElseThrow(() -> new AssertionError("there is no row of message " + id));
    }

    private static List<MessageId> ids(List<MessageRecord> rows) {
        return rows.stream().map(MessageRecord::id).toList();
    }

    /** Everything that a row says, comparable and readable. */
    static String columns(MessageRecord row) {
        Instant created = row.createdAt();
        OptionalInt segments = row.segments();
        return String.join(
                "\n",
                "id " + row.id(),
                "tenant " + row.tenant(),
                "state " + row.state() + " " + row.outcome(),
                "category " + row.category(),
                "to " + row.to().e164() + " from " + row.from().map(from -> from.kind() + from.value()),
                "text " + row.text(),
                "template " + row.templateId() + " reference " + row.reference(),
                "labels " + row.labels(),
                "provider " + row.provider() + " " + row.providerMessageId(),
                "refusal " + row.reason() + " " + row.proof() + " " + row.providerCode() + " " + row.explanation(),
                "attempts " + row.attempts(),
                "segments " + segments + " " + row.providerSegments(),
                "cost " + row.estimated() + " " + row.billed(),
                "reports " + row.reports(),
                "times " + created + " " + row.updatedAt());
    }
}
