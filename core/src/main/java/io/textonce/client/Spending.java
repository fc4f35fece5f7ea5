package io.textonce.client;

import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.PhoneNumber;
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

    /**
     * What holds for one message; null if no cap does.
     *
     * @param doubted whether an earlier submit may have created a message that is paid as well
     */
    @Nullable
    Hold of(Admitted admitted, MessageId id, boolean doubted) {
        List<SpendCap> own = new ArrayList<>(caps.size());
        for (SpendCap cap : caps) {
            if (cap.holdsFor(admitted.message())) {
                own.add(cap);
            }
        }
        return own.isEmpty() ? null : new Hold(admitted, id, doubted, own);
    }

    /** Settles what stayed reserved for a message whose outcome was unknown. */
    void settle(SmsMessage message, PhoneNumber to, SendResult result) {
        Money spent = result instanceof SendResult.Accepted accepted ? spent(accepted, to) : null;
        for (SpendCap cap : caps) {
            if (cap.holdsFor(message)) {
                settle(cap, message, result, spent);
            }
        }
    }

    private void settle(SpendCap cap, SmsMessage message, SendResult result, @Nullable Money spent) {
        TenantId account = cap.account(message.tenant());
        if (result instanceof SendResult.Rejected) {
            repository.release(account, cap.key(message), result.messageId());
        } else if (spent != null) {
            repository.settle(account, cap.key(message), result.messageId(), spent);
        }
    }

    /** The provider's price, if it can be counted; else its rate for as many segments as it says; null if neither is known. */
    private @Nullable Money spent(SendResult.Accepted accepted, PhoneNumber to) {
        Money price = accepted.price().orElse(null);
        if (price != null
                && price.currency().equals(rates.currency())
                && price.amount().signum() >= 0) {
            return price;
        }
        int segments = accepted.segments().orElse(-1);
        return segments < 0 ? null : price(accepted.provider(), to, segments);
    }

    /** Null if there is no rate. What has no text counts as one segment. */
    private @Nullable Money price(String provider, PhoneNumber to, int segments) {
        return rates.perSegment(provider, to)
                .map(rate -> rate.times(Math.max(1, segments)))
                .orElse(null);
    }

    /** Why nothing may be submitted. */
    record Refusal(String explanation, @Nullable Instant retryAt) {}

    /** What one message has set aside. */
    final class Hold {
        private final Admitted admitted;
        private final SmsMessage message;
        private final MessageId id;
        private final boolean doubted;
        private final List<SpendCap> caps;
        /** Of each cap, what is reserved; null before anything is. */
        private final SpendRepository.@Nullable Budget[] held;

        private @Nullable Money once;
        private Instant reservedAt = Instant.MIN;

        private Hold(Admitted admitted, MessageId id, boolean doubted, List<SpendCap> caps) {
            this.admitted = admitted;
            this.message = admitted.message();
            this.id = id;
            this.doubted = doubted;
            this.caps = caps;
            this.held = new SpendRepository.Budget[caps.size()];
        }

        /** Reserves under each cap, again where a wait has led into another period; null if all of it is reserved. */
        @Nullable
        Refusal reserve(Instant now) {
            for (int i = 0; i < held.length; i++) {
                SpendCap cap = caps.get(i);
                SpendRepository.Budget budget = cap.budget(cap.key(message), now);
                if (budget.equals(held[i])) {
                    continue;
                }
                once = once == null ? dearest() : once;
                if (once == null) {
                    return new Refusal(unpriced(), null);
                }
                Money amount = doubted ? once.times(2) : once;
                SpendRepository.Decision decision = ask(cap, budget, amount, now);
                if (!decision.granted()) {
                    return new Refusal(explain(cap, amount, decision), decision.retryAt());
                }
                held[i] = budget;
                reservedAt = now;
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
                Money price = price(slot.name(), admitted.to(), slot.segments(admitted.text()));
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
                if (price(slot.name(), admitted.to(), 1) == null) {
                    names.add(slot.name());
                }
            }
            return "the rate card has no rate of " + String.join(", ", names)
                    + " for this destination, so the spend cap can't be kept; add one";
        }

        private String explain(SpendCap cap, Money amount, SpendRepository.Decision decision) {
            return amount.amount().compareTo(cap.limit().amount()) > 0
                    ? "the message may cost " + amount + ", more than the spend cap of " + cap.describe()
                    : "the spend cap of " + cap.describe() + " is used up: " + decision.committed()
                            + " are spent or reserved, and the message may cost " + amount;
        }

        /**
         * What was accepted is spent, what was rejected is given back, and what is unknown stays reserved; so does what an
         * earlier submit may have cost.
         */
        void settle(SendResult result) {
            if (result instanceof SendResult.Unknown) {
                return;
            }
            Money spent = result instanceof SendResult.Accepted accepted ? spent(accepted) : null;
            for (int i = 0; i < held.length; i++) {
                SpendRepository.Budget budget = held[i];
                if (budget == null) {
                    continue;
                }
                if (once == null || !doubted) {
                    Spending.this.settle(caps.get(i), message, result, spent);
                } else if (spent != null) {
                    Spending.this.settle(caps.get(i), message, result, spent.plus(once));
                } else if (result instanceof SendResult.Rejected) {
                    ask(caps.get(i), budget, once, reservedAt);
                }
            }
        }

        /** As much as can be told of the provider's price and segments, else as many segments as we count. */
        private @Nullable Money spent(SendResult.Accepted accepted) {
            Money told = Spending.this.spent(accepted, admitted.to());
            if (told != null) {
                return told;
            }
            for (ProviderSlot slot : admitted.candidates()) {
                if (slot.name().equals(accepted.provider())) {
                    return price(slot.name(), admitted.to(), slot.segments(admitted.text()));
                }
            }
            return null;
        }
    }
}
