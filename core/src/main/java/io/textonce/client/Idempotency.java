package io.textonce.client;

import io.textonce.MessageId;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.Admission.Admitted;
import io.textonce.internal.Outcomes;
import io.textonce.internal.Trace;
import io.textonce.spi.TimeSource;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.MessageRepository;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One outcome for one key (promise D6): sends with the same key and payload join the one in flight or return its outcome;
 * another payload is refused. A rejected message gives its key back; an unknown one keeps it.
 */
final class Idempotency {

    private static final Logger log = LoggerFactory.getLogger(Idempotency.class);

    private record Key(TenantId tenant, String key) {}

    private record InFlight(String payload, CompletableFuture<SendResult> outcome) {}

    private final IdempotencyRepository repository;
    private final Duration retention;
    private final @Nullable MessageRepository messages;
    private final TimeSource time;
    private final Map<Key, InFlight> inFlight = new ConcurrentHashMap<>();

    Idempotency(
            IdempotencyRepository repository,
            Duration retention,
            @Nullable MessageRepository messages,
            TimeSource time) {
        this.repository = repository;
        this.retention = retention;
        this.messages = messages;
        this.time = time;
    }

    SendResult once(Admitted admitted, MessageId id, String key, Function<MessageId, SendResult> deliver) {
        Key whole = new Key(admitted.message().tenant(), key);
        InFlight mine = new InFlight(payload(admitted, ""), new CompletableFuture<>());
        InFlight other = inFlight.putIfAbsent(whole, mine);
        if (other != null) {
            return other.payload().equals(mine.payload()) ? join(other) : conflict(admitted, id);
        }
        try {
            SendResult result = claimed(admitted, whole, mine.payload(), id, deliver);
            mine.outcome().complete(result);
            return result;
        } catch (Throwable e) {
            mine.outcome().completeExceptionally(e);
            throw e;
        } finally {
            inFlight.remove(whole, mine);
        }
    }

    private static SendResult join(InFlight other) {
        try {
            return other.outcome().join();
        } catch (CompletionException e) {
            throw new SmsStoreException(
                    "the send with the same idempotency key", e.getCause() == null ? e : e.getCause());
        }
    }

    private SendResult claimed(
            Admitted admitted, Key key, String payload, MessageId id, Function<MessageId, SendResult> deliver) {
        IdempotencyRepository.Claim claim = claim(admitted, key, payload, id);
        SendResult proven = proven(key.tenant(), claim);
        if (proven != null) {
            settle(key.tenant(), key.key(), proven.messageId(), proven);
            if (proven.isAccepted()) {
                return proven;
            }
            claim = claim(admitted, key, payload, id);
        }
        if (claim instanceof IdempotencyRepository.Bound bound) {
            return bound.result();
        }
        if (claim instanceof IdempotencyRepository.Conflict) {
            return conflict(admitted, id);
        }
        if (claim instanceof IdempotencyRepository.Held held) {
            return heldElsewhere(admitted, held.messageId());
        }
        SendResult result;
        try {
            result = deliver.apply(id);
        } catch (Throwable e) {
            // deliver throws only before anything was submitted
            settle("release", () -> repository.release(key.tenant(), key.key(), id));
            throw e;
        }
        boolean kept = result instanceof SendResult.Rejected
                ? settle("release", () -> repository.release(key.tenant(), key.key(), id))
                : settle("bind", () -> repository.bind(key.tenant(), key.key(), id, result));
        return kept ? result : result.notRecorded();
    }

    private IdempotencyRepository.Claim claim(Admitted admitted, Key key, String payload, MessageId id) {
        Instant now = time.now();
        Instant keep = now.plus(retention);
        Instant notAfter = admitted.message().notAfter().orElse(keep);
        try {
            return repository.claim(
                    key.tenant(), key.key(), payload, id, now, notAfter.isAfter(keep) ? notAfter : keep);
        } catch (RuntimeException e) {
            throw new SmsStoreException("IdempotencyRepository.claim", e);
        }
    }

    /** What came to light since about a message that the key knows no outcome of: by a report, or by a lookup. */
    private @Nullable SendResult proven(TenantId tenant, IdempotencyRepository.Claim claim) {
        MessageId holder = claim instanceof IdempotencyRepository.Held held
                ? held.messageId()
                : claim instanceof IdempotencyRepository.Bound bound && bound.result() instanceof SendResult.Unknown
                        ? bound.result().messageId()
                        : null;
        MessageRepository known = messages;
        if (holder == null || known == null) {
            return null;
        }
        try {
            return known.find(tenant, holder)
                    .filter(row -> row.state().isSettled())
                    .map(Outcomes::of)
                    .orElse(null);
        } catch (RuntimeException e) {
            throw new SmsStoreException("MessageRepository.find", e);
        }
    }

    /**
     * Takes a key for a message that is sent later. Its payload is marked, so that a key held by an enqueued message is
     * told from one held by a send: the first may be taken over, as the row is unique; the second never.
     */
    IdempotencyRepository.Claim claim(Admitted admitted, MessageId id, String key, Instant until) {
        Instant now = time.now();
        Instant keep = (until.isAfter(now) ? until : now).plus(retention);
        Instant notAfter = admitted.message().notAfter().orElse(keep);
        try {
            return repository.claim(
                    admitted.message().tenant(),
                    key,
                    payload(admitted, "enqueued"),
                    id,
                    now,
                    notAfter.isAfter(keep) ? notAfter : keep);
        } catch (RuntimeException e) {
            throw new SmsStoreException("IdempotencyRepository.claim", e);
        }
    }

    void release(TenantId tenant, String key, MessageId id) {
        settle("release", () -> repository.release(tenant, key, id));
    }

    void settle(TenantId tenant, String key, MessageId id, SendResult result) {
        if (result instanceof SendResult.Rejected) {
            release(tenant, key, id);
        } else {
            settle("bind", () -> repository.bind(tenant, key, id, result));
        }
    }

    private static boolean settle(String operation, Runnable call) {
        try {
            call.run();
            return true;
        } catch (Throwable e) {
            log.error(
                    "IdempotencyRepository.{} failed after the outcome was known; the key stays claimed: {}",
                    operation,
                    Trace.of(e));
            return false;
        }
    }

    private static SendResult conflict(Admitted admitted, MessageId id) {
        return new SendResult.Rejected(
                SendResult.Details.of(id, admitted.to(), List.of(), admitted.quote()),
                Reason.DUPLICATE,
                Proof.LOCAL_POLICY,
                "the idempotency key stands for a message with another payload; use a key for each message",
                null,
                null,
                null);
    }

    /** Another process has the key, or died with it, or the outcome couldn't be bound: it isn't known here. */
    private static SendResult heldElsewhere(Admitted admitted, MessageId holder) {
        ProviderSlot first = admitted.candidates().get(0);
        return new SendResult.Unknown(
                SendResult.Details.of(holder, admitted.to(), List.of(), admitted.quote()),
                first.name(),
                first.capabilities().settlement(),
                "the idempotency key is taken and its outcome wasn't told; who took it may have died while sending",
                null);
    }

    /** What makes two messages the same: recipient, content (vendor options included) and sender, not reference, labels or times. */
    private static String payload(Admitted admitted, String kind) {
        SmsMessage message = admitted.message();
        MessageDigest digest = sha256();
        if (!kind.isEmpty()) {
            put(digest, kind);
        }
        put(digest, admitted.to().e164());
        put(digest, message.category().name());
        put(digest, message.from().map(from -> from.kind() + from.value()).orElse(""));
        put(digest, message.text().orElse(""));
        message.template().ifPresent(use -> {
            put(digest, use.id());
            put(digest, use.locale().toLanguageTag());
            new TreeMap<>(use.variables()).forEach((name, value) -> {
                put(digest, name);
                put(digest, value);
            });
        });
        message.media().forEach(address -> put(digest, address.toString()));
        // by name: weights draw another order each time
        for (ProviderSlot slot : admitted.candidates().stream()
                .sorted(Comparator.comparing(ProviderSlot::name))
                .toList()) {
            Map<String, String> extra = Admission.extra(slot, message);
            if (!extra.isEmpty()) {
                put(digest, slot.name());
                new TreeMap<>(extra).forEach((name, value) -> {
                    put(digest, name);
                    put(digest, value);
                });
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void put(MessageDigest digest, String field) {
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        digest.update(new byte[] {
            (byte) (bytes.length >>> 24), (byte) (bytes.length >>> 16), (byte) (bytes.length >>> 8), (byte) bytes.length
        });
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
