package io.textonce.store;

import io.textonce.Category;
import io.textonce.DeliveryStatus;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which rows to read: every condition that is set must hold. Row ownership is a label that the host always sets.
 *
 * <pre>{@code
 * MessageQuery.all().label("user", "456").state(MessageState.UNKNOWN).limit(50);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class MessageQuery {

    private static final MessageQuery ALL = new MessageQuery();

    private @Nullable String reference;
    private @Nullable PhoneNumber to;
    private @Nullable String provider;
    private @Nullable String providerMessageId;
    private @Nullable MessageState state;
    private @Nullable DeliveryStatus status;
    private @Nullable Standing standing;
    private @Nullable Category category;
    private @Nullable String templateId;
    private @Nullable Instant from;
    private @Nullable Instant until;
    private @Nullable MessageId before;
    private List<Label> labels = List.of();
    private int limit = 100;

    private MessageQuery() {}

    private MessageQuery copy() {
        MessageQuery copy = new MessageQuery();
        copy.reference = reference;
        copy.to = to;
        copy.provider = provider;
        copy.providerMessageId = providerMessageId;
        copy.state = state;
        copy.status = status;
        copy.standing = standing;
        copy.category = category;
        copy.templateId = templateId;
        copy.from = from;
        copy.until = until;
        copy.before = before;
        copy.labels = labels;
        copy.limit = limit;
        return copy;
    }

    /**
     * All rows of the tenant, newest first, at most 100.
     *
     * @return the query to narrow
     */
    public static MessageQuery all() {
        return ALL;
    }

    /**
     * Only rows with a label; further calls narrow further.
     *
     * @param name the label's name
     * @param value its value
     * @return the narrowed query
     * @throws IllegalArgumentException if either is out of range
     */
    public MessageQuery label(String name, String value) {
        MessageQuery next = copy();
        next.labels = new ArrayList<>(labels);
        next.labels.add(new Label(name, value));
        return next;
    }

    /**
     * The labels that must be there.
     *
     * @return the labels, possibly none
     */
    public List<Label> labels() {
        return List.copyOf(labels);
    }

    /**
     * At most how many rows.
     *
     * @param rows 1 to 10,000
     * @return the narrowed query
     * @throws IllegalArgumentException if out of range
     */
    public MessageQuery limit(int rows) {
        if (rows < 1 || rows > 10_000) {
            throw new IllegalArgumentException("limit: " + rows + " is not 1 to 10000; page with before(id)");
        }
        MessageQuery next = copy();
        next.limit = rows;
        return next;
    }

    /**
     * At most how many rows.
     *
     * @return 1 to 10,000
     */
    public int limit() {
        return limit;
    }

    /**
     * The host's reference.
     *
     * @param value the reference
     * @return the narrowed query
     */
    public MessageQuery reference(String value) {
        MessageQuery next = copy();
        next.reference = value;
        return next;
    }

    /**
     * The host's reference.
     *
     * @return the reference, or empty for any
     */
    public Optional<String> reference() {
        return Optional.ofNullable(reference);
    }

    /**
     * The recipient.
     *
     * @param value the number
     * @return the narrowed query
     */
    public MessageQuery to(PhoneNumber value) {
        MessageQuery next = copy();
        next.to = value;
        return next;
    }

    /**
     * The recipient.
     *
     * @return the number, or empty for any
     */
    public Optional<PhoneNumber> to() {
        return Optional.ofNullable(to);
    }

    /**
     * Who has it, or may have it.
     *
     * @param value the provider's instance name
     * @return the narrowed query
     */
    public MessageQuery provider(String value) {
        MessageQuery next = copy();
        next.provider = value;
        return next;
    }

    /**
     * Who has it, or may have it.
     *
     * @return the provider's instance name, or empty for any
     */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /**
     * The provider's id.
     *
     * @param value the id
     * @return the narrowed query
     */
    public MessageQuery providerMessageId(String value) {
        MessageQuery next = copy();
        next.providerMessageId = value;
        return next;
    }

    /**
     * The provider's id.
     *
     * @return the id, or empty for any
     */
    public Optional<String> providerMessageId() {
        return Optional.ofNullable(providerMessageId);
    }

    /**
     * Where it stands.
     *
     * @param value the state
     * @return the narrowed query
     */
    public MessageQuery state(MessageState value) {
        MessageQuery next = copy();
        next.state = value;
        return next;
    }

    /**
     * Where it stands.
     *
     * @return the state, or empty for any
     */
    public Optional<MessageState> state() {
        return Optional.ofNullable(state);
    }

    /**
     * How far it has come.
     *
     * @param value the folded status
     * @return the narrowed query
     */
    public MessageQuery status(DeliveryStatus value) {
        MessageQuery next = copy();
        next.status = value;
        return next;
    }

    /**
     * How far it has come.
     *
     * @return the folded status, or empty for any
     */
    public Optional<DeliveryStatus> status() {
        return Optional.ofNullable(status);
    }

    /**
     * State and status in one word.
     *
     * @param value the word
     * @return the narrowed query
     */
    public MessageQuery standing(Standing value) {
        MessageQuery next = copy();
        next.standing = value;
        return next;
    }

    /**
     * State and status in one word.
     *
     * @return the word, or empty for any
     */
    public Optional<Standing> standing() {
        return Optional.ofNullable(standing);
    }

    /**
     * What it is for.
     *
     * @param value the category
     * @return the narrowed query
     */
    public MessageQuery category(Category value) {
        MessageQuery next = copy();
        next.category = value;
        return next;
    }

    /**
     * What it is for.
     *
     * @return the category, or empty for any
     */
    public Optional<Category> category() {
        return Optional.ofNullable(category);
    }

    /**
     * The template that made the text.
     *
     * @param value the template's id
     * @return the narrowed query
     */
    public MessageQuery templateId(String value) {
        MessageQuery next = copy();
        next.templateId = value;
        return next;
    }

    /**
     * The template that made the text.
     *
     * @return the template's id, or empty for any
     */
    public Optional<String> templateId() {
        return Optional.ofNullable(templateId);
    }

    /**
     * Created at or after.
     *
     * @param value the instant
     * @return the narrowed query
     */
    public MessageQuery from(Instant value) {
        MessageQuery next = copy();
        next.from = value;
        return next;
    }

    /**
     * Created at or after.
     *
     * @return the instant, or empty for any
     */
    public Optional<Instant> from() {
        return Optional.ofNullable(from);
    }

    /**
     * Created before.
     *
     * @param value the instant
     * @return the narrowed query
     */
    public MessageQuery until(Instant value) {
        MessageQuery next = copy();
        next.until = value;
        return next;
    }

    /**
     * Created before.
     *
     * @return the instant, or empty for any
     */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /**
     * Paging: rows that come after this one, newest first. If that row is gone, there are none.
     *
     * @param value the id of the last row of the page before
     * @return the narrowed query
     */
    public MessageQuery before(MessageId value) {
        MessageQuery next = copy();
        next.before = value;
        return next;
    }

    /**
     * Paging: rows that come after this one, newest first. If that row is gone, there are none.
     *
     * @return the id of the last row of the page before, or empty for any
     */
    public Optional<MessageId> before() {
        return Optional.ofNullable(before);
    }

    /**
     * Whether a row meets every condition; paging and the limit aside.
     *
     * @param row a row of the tenant's
     * @return true if it does
     */
    public boolean matches(MessageRecord row) {
        return same(reference, row.reference())
                && (to == null || to.equals(row.to()))
                && same(provider, row.provider())
                && same(providerMessageId, row.providerMessageId())
                && (state == null || state == row.state())
                && same(status, row.status())
                && (standing == null || standing == row.standing())
                && (category == null || category == row.category())
                && same(templateId, row.templateId())
                && (from == null || !row.createdAt().isBefore(from))
                && (until == null || row.createdAt().isBefore(until))
                && row.labels().containsAll(labels);
    }

    private static <T> boolean same(@Nullable T wanted, Optional<T> value) {
        return wanted == null || (value.isPresent() && wanted.equals(value.get()));
    }
}
