package io.textonce.client;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.store.LimitStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the permits that a message or an attempt needs: all of them, or none. */
final class Limits {

    /** Limits that count by the same key stand or fall together, so that the store takes them in one step. */
    private record Group(RateLimit.Key key, String label, List<LimitStore.Limit> limits, Duration patience) {}

    /** What was taken, to be given back when no request came of it. */
    record Taken(TenantId tenant, String key, List<LimitStore.Limit> limits, Instant at) {}

    private final LimitStore store;
    private final List<Group> perMessage = new ArrayList<>();
    private final List<Group> perAttempt = new ArrayList<>();

    Limits(LimitStore store, List<RateLimit> all) {
        this.store = store;
        Map<String, List<RateLimit>> byKey = new LinkedHashMap<>();
        for (RateLimit limit : all) {
            byKey.computeIfAbsent(limit.key() + " " + limit.label(), k -> new ArrayList<>())
                    .add(limit);
        }
        for (List<RateLimit> same : byKey.values()) {
            RateLimit first = same.get(0);
            Duration patience = same.stream()
                    .map(RateLimit::patience)
                    .min(Duration::compareTo)
                    .orElse(Duration.ZERO);
            String label = first.label();
            Group group = new Group(
                    first.key(),
                    label == null ? "" : label,
                    same.stream().map(RateLimit::limit).toList(),
                    patience);
            (first.key() == RateLimit.Key.PROVIDER ? perAttempt : perMessage).add(group);
        }
    }

    /** What stands in the way: how long until it would pass, and how long the host wants to wait for that. */
    record Refusal(String key, Duration after, Duration patience) {}

    /**
     * Takes what a message needs before its first submit.
     *
     * @return null if taken, and {@code taken} holds what to give back
     */
    @Nullable
    Refusal takeForMessage(SmsMessage message, PhoneNumber to, Instant now, List<Taken> taken) {
        for (Group group : perMessage) {
            String key = key(group, message, to);
            TenantId tenant = group.key() == RateLimit.Key.EVERYTHING ? TenantId.DEFAULT : message.tenant();
            Duration wait = store.take(tenant, key, group.limits(), 1, now);
            if (!wait.isZero()) {
                giveBack(taken);
                taken.clear();
                return new Refusal(describe(group), wait, group.patience());
            }
            taken.add(new Taken(tenant, key, group.limits(), now));
        }
        return null;
    }

    /** Takes what one submit to a provider needs; null if taken. */
    @Nullable
    Refusal takeForAttempt(ProviderSlot slot, Instant now, List<Taken> taken) {
        for (Group group : perAttempt) {
            Duration wait = store.take(slot.owner(), slot.limitKey(), group.limits(), 1, now);
            if (!wait.isZero()) {
                return new Refusal(describe(group), wait, group.patience());
            }
            taken.add(new Taken(slot.owner(), slot.limitKey(), group.limits(), now));
        }
        return null;
    }

    void giveBack(List<Taken> taken) {
        for (Taken t : taken) {
            store.giveBack(t.tenant(), t.key(), t.limits(), 1, t.at());
        }
    }

    private static String key(Group group, SmsMessage message, PhoneNumber to) {
        return switch (group.key()) {
            case TENANT -> "tenant";
            case SENDER -> "sender:" + message.from().map(SenderId::value).orElse("");
            case RECIPIENT -> "recipient:" + to.e164();
            case LABEL ->
                "label:" + group.label() + ":" + message.label(group.label()).orElse("");
            default -> "everything";
        };
    }

    private static String describe(Group group) {
        return group.key() == RateLimit.Key.LABEL
                ? "label " + group.label()
                : group.key().name().toLowerCase(Locale.ROOT);
    }
}
