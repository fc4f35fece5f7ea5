package io.textonce.outbox;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.internal.ClientDoor;
import io.textonce.store.IdempotencyRepository.Acquired;
import io.textonce.store.IdempotencyRepository.Bound;
import io.textonce.store.IdempotencyRepository.Claim;
import io.textonce.store.IdempotencyRepository.Held;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Admits messages and writes their rows. With an idempotency key the row is unique by its id: whoever finds the key held
 * by an enqueued message whose row isn't there writes that very row, so that a crash between key and row costs nothing.
 */
final class Enqueuing implements SmsEnqueuer {

    private static final int MOST_ROUNDS = 10;

    /** A message on its way into the store; {@code receipt} is set as soon as it is known. */
    private static final class Entry {
        final SmsMessage message;

        @Nullable
        OutboxRow row;

        @Nullable
        String key;

        boolean takenOver;

        @Nullable
        EnqueueReceipt receipt;

        Entry(SmsMessage message) {
            this.message = message;
        }
    }

    private final Setup with;
    private final OutboxRepository repository;
    private final BooleanSupplier closed;
    private final Runnable wake;
    private final AtomicReference<Instant> lastTurn;

    Enqueuing(
            Setup setup,
            OutboxRepository repository,
            BooleanSupplier closed,
            Runnable wake,
            AtomicReference<Instant> lastTurn) {
        this.with = setup;
        this.repository = repository;
        this.closed = closed;
        this.wake = wake;
        this.lastTurn = lastTurn;
    }

    Enqueuing through(OutboxRepository other) {
        return new Enqueuing(with, other, closed, wake, lastTurn);
    }

    @Override
    public EnqueueReceipt enqueue(SmsMessage message) {
        return enqueue(List.of(message), null).get(0);
    }

    @Override
    public EnqueueReceipt enqueue(SmsMessage message, Instant at) {
        return enqueue(List.of(message), Objects.requireNonNull(at, "at")).get(0);
    }

    @Override
    public List<EnqueueReceipt> enqueueAll(Collection<SmsMessage> messages) {
        return enqueue(messages, null);
    }

    List<Draft> draft(List<SmsMessage> messages, Instant due) {
        requireOpen();
        Instant now = with.now();
        List<Draft> drafts = new ArrayList<>(messages.size());
        for (SmsMessage message : messages) {
            if (message.idempotencyKey().isPresent()) {
                throw new IllegalArgumentException(
                        "draft: a message has an idempotency key; enqueue it, or leave it out");
            }
            Prepared prepared = prepare(message, with.client().nextId(), due, now, with.client()::admitUnasked);
            drafts.add(
                    prepared.refusal() == null
                            ? Draft.of(Objects.requireNonNull(prepared.row()))
                            : Draft.refused(prepared.refusal(), prepared.own()));
        }
        return List.copyOf(drafts);
    }

    private void requireOpen() {
        if (closed.getAsBoolean()) {
            throw new IllegalStateException("the outbox is closed; nothing was enqueued");
        }
    }

    private List<EnqueueReceipt> enqueue(Collection<SmsMessage> messages, @Nullable Instant at) {
        requireOpen();
        Instant now = with.now();
        List<Entry> all = new ArrayList<>(messages.size());
        Map<TenantId, List<Entry>> byTenant = new LinkedHashMap<>();
        for (SmsMessage message : messages) {
            Entry entry = new Entry(Objects.requireNonNull(message, "message"));
            all.add(entry);
            byTenant.computeIfAbsent(message.tenant(), t -> new ArrayList<>()).add(entry);
        }
        for (Map.Entry<TenantId, List<Entry>> each : byTenant.entrySet()) {
            Map<MessageId, Entry> batch = new HashMap<>();
            for (Entry entry : each.getValue()) {
                prepare(entry, at == null ? now : at, now, batch);
                if (entry.row != null) {
                    batch.put(entry.row.id(), entry);
                }
            }
            write(each.getKey(), each.getValue());
        }
        List<EnqueueReceipt> receipts = new ArrayList<>(all.size());
        for (Entry entry : all) {
            EnqueueReceipt receipt = Objects.requireNonNull(entry.receipt);
            boolean refused = receipt.refusal().isPresent();
            (refused ? with.counters().refused : with.counters().enqueued)
                    .add(receipt.status() == EnqueueReceipt.Status.REPEATED ? 0 : 1);
            receipt.refusal().ifPresent(refusal -> with.client().tell(entry.message, refusal));
            receipts.add(receipt);
        }
        wake.run();
        return List.copyOf(receipts);
    }

    private void prepare(Entry entry, Instant due, Instant now, Map<MessageId, Entry> batch) {
        Prepared prepared = prepare(entry.message, with.client().nextId(), due, now);
        if (prepared.ready() == null) {
            entry.receipt = EnqueueReceipt.refused(Objects.requireNonNull(prepared.refusal()));
            entry.row = prepared.row();
            return;
        }
        OutboxRow row = Objects.requireNonNull(prepared.row());
        entry.key = entry.message.idempotencyKey().orElse(null);
        entry.row = entry.key == null ? row : keyed(entry, row, prepared.ready(), entry.key, batch);
    }

    /** What a message comes to before it is written. No row: its recipient isn't a number. No ready: it is refused. */
    record Prepared(
            @Nullable OutboxRow row,
            ClientDoor.@Nullable Ready ready,
            SendResult.@Nullable Rejected refusal,
            boolean own) {}

    Prepared prepare(SmsMessage message, MessageId id, Instant due, Instant now) {
        return prepare(message, id, due, now, with.client()::admit);
    }

    private Prepared prepare(
            SmsMessage message,
            MessageId id,
            Instant due,
            Instant now,
            BiFunction<SmsMessage, MessageId, ClientDoor.Verdict> admit) {
        SendResult.Rejected refusal;
        String text;
        boolean own = false;
        if (message.category() == Category.OTP) {
            refusal = refused(id, message, Reason.REQUEST, "one-time codes aren't stored; send them by SmsClient.send");
            text = "";
        } else if (message.notAfter().map(due::isAfter).orElse(false)) {
            refusal =
                    refused(id, message, Reason.EXPIRED, "the message's notAfter is before the time it is to be sent");
            text = "";
        } else {
            ClientDoor.Verdict verdict = admit.apply(message, id);
            if (verdict instanceof ClientDoor.Ready ready) {
                with.client().leave(ready);
                MessageRecord record = record(message, id, ready.to(), ready.text(), now)
                        .segments(ready.quote().segments())
                        .cost(ready.quote().cost().orElse(null), null)
                        .build();
                OutboxRow row = OutboxRow.builder(record, content(message, record), due)
                        .turn(with.inOrder().test(message) ? turn(due) : null)
                        .build();
                return new Prepared(row, ready, null, false);
            }
            refusal = ((ClientDoor.Refused) verdict).result();
            text = ((ClientDoor.Refused) verdict).text();
            own = ((ClientDoor.Refused) verdict).own();
        }
        if (refusal.to().isEmpty()) {
            return new Prepared(null, null, refusal, own);
        }
        MessageRecord record =
                record(message, id, refusal.to().get(), text, now).build();
        return new Prepared(
                OutboxRow.builder(record.completed(refusal, now), content(message, record), due)
                        .build(),
                null,
                refusal,
                own);
    }

    private static SendResult.Rejected refused(MessageId id, SmsMessage message, Reason reason, String explanation) {
        return new SendResult.Rejected(
                SendResult.Details.of(id, message.number().orElse(null), List.of(), null),
                reason,
                Proof.LOCAL_POLICY,
                explanation,
                null,
                null,
                null);
    }

    private static MessageRecord.Builder record(
            SmsMessage message, MessageId id, PhoneNumber to, String text, Instant now) {
        return MessageRecord.sending(id, message.tenant(), now)
                .state(MessageState.PENDING)
                .to(to)
                .from(message.from().orElse(null))
                .text(text)
                .category(message.category())
                .templateId(message.template().map(SmsMessage.TemplateUse::id).orElse(null))
                .reference(message.reference().orElse(null))
                .labels(message.labels());
    }

    /** The message with everything decided that is decided once: number and text. */
    private static SmsMessage content(SmsMessage message, MessageRecord record) {
        return message.rendered(record.to(), record.text());
    }

    /** Ascends even where many messages are enqueued in one instant; whole microseconds, which every database keeps. */
    private Instant turn(Instant due) {
        Instant wanted = due.truncatedTo(ChronoUnit.MICROS);
        return lastTurn.updateAndGet(last -> {
            Instant near = last.plus(1, ChronoUnit.MICROS);
            boolean crowded = !wanted.isAfter(last) && wanted.plusSeconds(1).isAfter(last);
            return crowded ? near : wanted;
        });
    }

    private @Nullable OutboxRow keyed(
            Entry entry, OutboxRow row, ClientDoor.Ready ready, String key, Map<MessageId, Entry> batch) {
        MessageId id = row.id();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Claim claim = with.client().claim(ready, id, key, row.due());
            if (claim instanceof Acquired) {
                entry.takenOver = !id.equals(row.id());
                return entry.takenOver ? withId(row, id) : row;
            }
            if (claim instanceof Bound bound) {
                entry.receipt = EnqueueReceipt.repeated(bound.result().messageId());
                return null;
            }
            if (!(claim instanceof Held held)) {
                break;
            }
            MessageId holder = held.messageId();
            Optional<OutboxRow> known =
                    ask("row", () -> repository.row(row.message().tenant(), holder));
            MessageState state = known.map(OutboxRow::state).orElse(null);
            if (batch.containsKey(holder) || (state != null && !freesKey(state))) {
                entry.receipt = EnqueueReceipt.repeated(holder);
                return null;
            }
            if (state != null) {
                with.client().release(row.message().tenant(), key, holder);
            }
            id = state == null ? holder : row.id();
        }
        entry.receipt = EnqueueReceipt.refused(refused(
                row.id(),
                row.content(),
                Reason.DUPLICATE,
                "the idempotency key stands for a message with another payload, or one that was sent without the"
                        + " outbox; use a key for each message"));
        return null;
    }

    private static boolean freesKey(MessageState state) {
        return state == MessageState.REJECTED || state == MessageState.EXPIRED || state == MessageState.CANCELLED;
    }

    private static OutboxRow withId(OutboxRow row, MessageId id) {
        MessageRecord old = row.message();
        MessageRecord record = record(row.content(), id, old.to(), old.text(), old.createdAt())
                .templateId(old.templateId().orElse(null))
                .segments(old.segments().orElse(-1))
                .cost(old.estimated().orElse(null), null)
                .build();
        return OutboxRow.builder(record, row.content(), row.due())
                .turn(row.turn().orElse(null))
                .build();
    }

    private void write(TenantId tenant, List<Entry> entries) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<OutboxRow> rows = new ArrayList<>(entries.size());
            for (Entry entry : entries) {
                if (entry.row != null) {
                    rows.add(entry.row);
                }
            }
            Set<MessageId> taken =
                    rows.isEmpty() ? Set.of() : new HashSet<>(ask("enqueue", () -> repository.enqueue(tenant, rows)));
            if (taken.isEmpty()) {
                for (Entry entry : entries) {
                    if (entry.receipt == null) {
                        entry.receipt = EnqueueReceipt.enqueued(
                                Objects.requireNonNull(entry.row).id());
                    }
                }
                return;
            }
            for (Entry entry : entries) {
                if (entry.row != null && taken.contains(entry.row.id())) {
                    taken(entry, entry.row);
                }
            }
        }
        throw new SmsStoreException(
                "OutboxRepository.enqueue", new IllegalStateException("it says that all of many fresh ids are taken"));
    }

    /** Somebody wrote the row that we took over, or a fresh id was taken by chance. */
    private void taken(Entry entry, OutboxRow row) {
        if (entry.takenOver || entry.key != null) {
            entry.receipt = EnqueueReceipt.repeated(row.id());
            entry.row = null;
        } else {
            MessageId fresh = with.client().nextId();
            entry.row = entry.receipt == null ? withId(row, fresh) : null;
        }
    }

    private <T> T ask(String operation, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            with.counters().storeFailures.increment();
            throw new SmsStoreException("OutboxRepository." + operation, e);
        }
    }
}
