package io.textonce.client;

import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.RateCard;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.Admission.Admitted;
import io.textonce.store.SpendRepository;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets money aside for a message before its first submit, and settles with its outcome. */
final class Spending {

    private final SpendRepository repository;
    private final List<SpendCap> caps;
    private final RateCard rates;

    Spending(SpendRepository repository, List<SpendCap> caps, RateCard rates) {
        this.repository = repository;
        this.caps = List.copyOf(caps);
        this.rates = rates;
    }

    /** What is left for messages of a tenant with these labels. */
    List<Budget> budgets(TenantId tenant, List<Label> labels, Instant now) {
        List<Budget> budgets = new ArrayList<>();
        for (SpendCap cap : caps) {
            if (cap.holdsFor(tenant)) {
                Money committed = repository
                        .committed(cap.account(tenant), cap.key(labels), now)
                        .orElse(new Money(BigDecimal.ZERO, cap.limit().currency()));
                budgets.add(
                        new Budget(cap.describe(), cap.limit(), committed, cap.renewsAtOnce() ? cap.until(now) : null));
            }
        }
        return budgets;
    }

    /** What holds for one message; null if no cap does. */
    @Nullable
    Hold of(Admitted admitted, MessageId id) {
        List<SpendCap> own = new ArrayList<>(caps.size());
        for (SpendCap cap : caps) {
            if (cap.holdsFor(admitted.message())) {
                own.add(cap);
            }
        }
        return own.isEmpty() ? null : new Hold(admitted, id, own);
    }

    /** Why nothing may be submitted. */
    record Refusal(String explanation, @Nullable Instant retryAt) {}

    /** What one message has set aside. */
    final class Hold {
        private final Admitted admitted;
        private final SmsMessage message;
        private final MessageId id;
        private final List<SpendCap> caps;
        /** Of each cap, when what is reserved stops counting; null before anything is. */
        private final @Nullable Instant[] until;

        private Hold(Admitted admitted, MessageId id, List<SpendCap> caps) {
            this.admitted = admitted;
            this.message = admitted.message();
            this.id = id;
            this.caps = caps;
            this.until = new Instant[caps.size()];
        }

        /** Reserves under each cap, again where a wait has led into another period; null if all of it is reserved. */
        @Nullable
        Refusal reserve(Instant now) {
            Money amount = null;
            for (int i = 0; i < until.length; i++) {
                SpendCap cap = caps.get(i);
                SpendRepository.Budget budget = cap.budget(cap.key(message), now);
                if (budget.until().equals(until[i])) {
                    continue;
                }
                if (amount == null) {
                    amount = dearest();
                }
                if (amount == null) {
                    return new Refusal(unpriced(), null);
                }
                SpendRepository.Decision decision = ask(cap, budget, amount, now);
                if (!decision.granted()) {
                    return new Refusal(explain(cap, amount, decision), decision.retryAt());
                }
                until[i] = budget.until();
            }
            return null;
        }

        private SpendRepository.Decision ask(SpendCap cap, SpendRepository.Budget budget, Money amount, Instant now) {
            try {
                return repository.reserve(cap.account(message.tenant()), budget, id, amount, now);
            } catch (RuntimeException e) {
                throw new SmsStoreException("SpendRepository.reserve", e);
            }
        }

        /** The most that the message may cost with any provider that may be tried; null if that can't be told. */
        private @Nullable Money dearest() {
            Money most = null;
            for (ProviderSlot slot : admitted.candidates()) {
                Money price = price(slot, slot.segments(admitted.text()));
                if (price == null || !message.media().isEmpty()) {
                    return null;
                }
                most = most == null || price.amount().compareTo(most.amount()) > 0 ? price : most;
            }
            return most;
        }

        private String unpriced() {
            if (!message.media().isEmpty()) {
                return "a rate card has no prices of media, so the spend cap can't be kept";
            }
            List<String> names = new ArrayList<>();
            for (ProviderSlot slot : admitted.candidates()) {
                if (price(slot, 1) == null) {
                    names.add(slot.name());
                }
            }
            return "the rate card has no rate of " + String.join(", ", names)
                    + " for this destination, so the spend cap can't be kept; add one";
        }

        /** Null if there is no rate. What has no text counts as one segment. */
        private @Nullable Money price(ProviderSlot slot, int segments) {
            return rates.perSegment(slot.name(), admitted.to())
                    .map(rate -> rate.times(Math.max(1, segments)))
                    .orElse(null);
        }

        private String explain(SpendCap cap, Money amount, SpendRepository.Decision decision) {
            return amount.amount().compareTo(cap.limit().amount()) > 0
                    ? "the message may cost " + amount + ", more than the spend cap of " + cap.describe()
                    : "the spend cap of " + cap.describe() + " is used up: " + decision.committed()
                            + " are spent or reserved, and the message may cost " + amount;
        }

        /** What was accepted is spent, what was rejected is given back, and what is unknown stays reserved. */
        void settle(SendResult result) {
            if (result instanceof SendResult.Unknown) {
                return;
            }
            for (int i = 0; i < until.length; i++) {
                if (until[i] != null) {
                    TenantId account = caps.get(i).account(message.tenant());
                    String key = caps.get(i).key(message);
                    if (result instanceof SendResult.Accepted accepted) {
                        Money spent = spent(accepted);
                        if (spent != null) {
                            repository.settle(account, key, id, spent);
                        }
                    } else {
                        repository.release(account, key, id);
                    }
                }
            }
        }

        /** The provider's price, if it can be counted; else its rate for as many segments as it says, or as we count. */
        private @Nullable Money spent(SendResult.Accepted accepted) {
            Money price = accepted.price().orElse(null);
            if (price != null
                    && price.currency().equals(rates.currency())
                    && price.amount().signum() >= 0) {
                return price;
            }
            for (ProviderSlot slot : admitted.candidates()) {
                if (slot.name().equals(accepted.provider())) {
                    return price(slot, accepted.segments().orElse(slot.segments(admitted.text())));
                }
            }
            return null;
        }
    }
}
