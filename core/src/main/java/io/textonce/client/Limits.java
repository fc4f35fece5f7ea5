package io.textonce.client;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.internal.words.Spoken;
import io.textonce.store.LimitStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes the permits that a message or an attempt needs: all of them, or none. */
final class Limits {

    /**
     * Limits that count the same messages by the same key stand or fall together, so that the store takes them in one step.
     * Its name is part of its keys, so that the limits of a key are always the same.
     */
    private record Group(
            RateLimit by,
            String name,
            int allowance,
            List<LimitStore.Limit> limits,
            Duration patience,
            String description) {

        /** Whether the limits count a message: one of their categories, that isn't allowed more than they are. */
        boolean counts(SmsMessage message) {
            return by.categories().contains(message.category())
                    && (by.tiers().isEmpty() || allowed(by, message) <= allowance);
        }
    }

    /** What was taken, to be given back when no request came of it. */
    record Taken(TenantId tenant, String key, List<LimitStore.Limit> limits, Instant at) {

        /** Without the key, which may be a number. */
        @Override
        public String toString() {
            return "Taken[" + limits + " at " + at + "]";
        }
    }

    private final LimitStore store;
    private final List<Group> perMessage = new ArrayList<>();
    private final List<Group> perAttempt = new ArrayList<>();

    Limits(LimitStore store, List<RateLimit> all) {
        this.store = store;
        Map<String, List<RateLimit>> byName = new LinkedHashMap<>();
        Map<String, Integer> allowances = new HashMap<>();
        for (RateLimit limit : all) {
            SortedSet<Integer> counts = new TreeSet<>(List.of(limit.limit().permits()));
            limit.tiers().forEach(tier -> counts.add(tier.permits()));
            for (int allowance : counts) {
                String name = name(limit, allowance);
                byName.computeIfAbsent(name, k -> new ArrayList<>()).add(limit);
                allowances.put(name, allowance);
            }
        }
        byName.forEach((name, same) -> {
            RateLimit first = same.get(0);
            int allowance = allowances.getOrDefault(name, 0);
            Duration patience = same.stream()
                    .map(RateLimit::patience)
                    .min(Duration::compareTo)
                    .orElse(Duration.ZERO);
            // By collect and not toList: only so is a store's List.copyOf the same list, known again by its identity.
            List<LimitStore.Limit> limits = same.stream()
                    .map(each -> each.tiers().isEmpty()
                            ? each.limit()
                            : new LimitStore.Limit(allowance, each.limit().window(), 0))
                    .collect(Collectors.toUnmodifiableList());
            Group group = new Group(first, name, allowance, limits, patience, describe(first));
            (first.key() == RateLimit.Key.PROVIDER ? perAttempt : perMessage).add(group);
        });
    }

    /** A short name for tiers that processes which share a store agree on: what a string's hash is, is specified. */
    private static int inAllProcesses(List<RateLimit.Tier> tiers) {
        StringBuilder all = new StringBuilder();
        for (RateLimit.Tier tier : tiers) {
            all.append(tier.label().name())
                    .append('=')
                    .append(tier.label().value())
                    .append('\n')
                    .append(tier.permits());
        }
        return all.toString().hashCode();
    }

    /**
     * What sets a group apart. Of a limit with tiers there is one for each count, as others count other messages. The value
     * that it counts by comes last, so that no value of a host's user can be taken for the name of another group.
     */
    private static String name(RateLimit limit, int allowance) {
        StringBuilder name = new StringBuilder();
        if (!limit.holdsForAll()) {
            name.append(new TreeSet<>(limit.categories())).append(':');
        }
        if (!limit.tiers().isEmpty()) {
            name.append(allowance)
                    .append('/')
                    .append(limit.limit().window())
                    .append(inAllProcesses(limit.tiers()))
                    .append(':');
        }
        return name.append(
                        switch (limit.key()) {
                            case PROVIDER -> "";
                            case TENANT -> "tenant";
                            case SENDER -> "sender:";
                            case RECIPIENT -> "recipient:";
                            case LABEL -> "label:" + limit.label() + ":";
                            case PREFIX -> "prefix" + limit.digits() + ":";
                            default -> "everything";
                        })
                .toString();
    }

    private static int allowed(RateLimit limit, SmsMessage message) {
        int most = 0;
        for (RateLimit.Tier tier : limit.tiers()) {
            if (message.labels().contains(tier.label())) {
                most = Math.max(most, tier.permits());
            }
        }
        return most > 0 ? most : limit.limit().permits();
    }

    /** Whether any limit counts messages, whatever the number of their attempts. */
    boolean countMessages() {
        return !perMessage.isEmpty();
    }

    /** What stands in the way: how long until it would pass, and how long the host wants to wait for that. */
    record Refusal(String key, Duration after, Duration patience) {

        String explanation() {
            return "the rate limit by " + key + " is used up; it would pass in " + Spoken.of(after);
        }
    }

    /**
     * Takes what a message needs before its first submit.
     *
     * @return null if taken, and {@code taken} holds what to give back
     */
    @Nullable
    Refusal takeForMessage(SmsMessage message, PhoneNumber to, Instant now, List<Taken> taken) {
        for (Group group : perMessage) {
            if (!group.counts(message)) {
                continue;
            }
            String key = key(group, message, to);
            TenantId tenant = group.by().key() == RateLimit.Key.EVERYTHING ? TenantId.DEFAULT : message.tenant();
            Duration wait = store.take(tenant, key, group.limits(), 1, now, message.category());
            if (!wait.isZero()) {
                giveBack(taken);
                taken.clear();
                return new Refusal(counted(group, message), wait, group.patience());
            }
            taken.add(new Taken(tenant, key, group.limits(), now));
        }
        return null;
    }

    /** Takes what one submit to a provider needs; null if taken. */
    @Nullable
    Refusal takeForAttempt(SmsMessage message, ProviderSlot slot, Instant now, List<Taken> taken) {
        for (Group group : perAttempt) {
            if (!group.counts(message)) {
                continue;
            }
            String key = group.name().isEmpty() ? slot.limitKey() : slot.limitKey() + "/" + group.name();
            Duration wait = store.take(slot.owner(), key, group.limits(), 1, now, message.category());
            if (!wait.isZero()) {
                return new Refusal(group.description(), wait, group.patience());
            }
            taken.add(new Taken(slot.owner(), key, group.limits(), now));
        }
        return null;
    }

    void giveBack(List<Taken> taken) {
        for (Taken t : taken) {
            store.giveBack(t.tenant(), t.key(), t.limits(), 1, t.at());
        }
    }

    private static String key(Group group, SmsMessage message, PhoneNumber to) {
        return switch (group.by().key()) {
            case SENDER -> group.name() + message.from().map(SenderId::value).orElse("");
            case RECIPIENT -> group.name() + to.e164();
            case LABEL ->
                group.name() + message.label(String.valueOf(group.by().label())).orElse("");
            case PREFIX ->
                group.name()
                        + to.e164()
                                .substring(
                                        1,
                                        Math.min(
                                                to.e164().length(),
                                                1 + group.by().digits()));
            default -> group.name();
        };
    }

    /** Whoever forgot the label sees why strangers share a count. */
    private static String counted(Group group, SmsMessage message) {
        String label = group.by().label();
        return label == null || message.label(label).isPresent()
                ? group.description()
                : group.description() + " (messages without label " + label + " share one count)";
    }

    private static String describe(RateLimit limit) {
        return switch (limit.key()) {
            case LABEL -> "label " + limit.label();
            case PREFIX -> "the recipient's first " + limit.digits() + " digits";
            default -> limit.key().name().toLowerCase(Locale.ROOT);
        };
    }
}
