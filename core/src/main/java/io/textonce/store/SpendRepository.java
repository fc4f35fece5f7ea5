package io.textonce.store;

import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts what messages cost against caps, for one process or, shared, for many. Experimental: it may change until a durable
 * store has used it.
 *
 * <p>Contract: an amount counts from the moment it is reserved until {@link Budget#until()}, so a crash reserves too much
 * and never lets too much be spent. {@link #reserve} is atomic: of racing callers no more are granted than the cap holds.
 * Each method may be repeated for the same message with no further effect. No method sees another tenant's amounts.
 * Amounts are exact decimals. Time is what the callers say it is; a call that comes out of its order by less than a minute
 * is judged by its own instant. {@code SpendRepositoryContract} in textonce-testkit checks an implementation.
 *
 * <p>Implementations are thread-safe. Methods may block; they are called on the sending thread. The client calls
 * {@link #reserve} before a submit, where a failure means that nothing is sent, and {@link #settle} or {@link #release}
 * after the outcome, where a failure leaves the amount reserved.
 */
public interface SpendRepository {

    /**
     * Reserves an amount for a message, or nothing. What is reserved for the message under this key is replaced: it is
     * counted once, by the new amount and period. If that is refused, the earlier reservation stays.
     *
     * @param tenant whose money
     * @param budget the cap and its period
     * @param message for which message
     * @param amount how much at most, zero or more, in the cap's currency
     * @param now the present
     * @return whether it is granted
     * @throws IllegalArgumentException if the amount is negative or in another currency
     */
    Decision reserve(TenantId tenant, Budget budget, MessageId message, Money amount, Instant now);

    /**
     * Replaces a reservation by what was really spent, also if that is more than the cap. Does nothing if nothing is
     * reserved for the message, because it was settled or released before, or its period is over.
     *
     * @param tenant whose money
     * @param key as it was reserved
     * @param message for which message
     * @param amount what was spent, zero or more, in the cap's currency
     */
    void settle(TenantId tenant, String key, MessageId message, Money amount);

    /**
     * Takes a reservation back. Does nothing if nothing is reserved for the message.
     *
     * @param tenant whose money
     * @param key as it was reserved
     * @param message for which message
     */
    void release(TenantId tenant, String key, MessageId message);

    /**
     * What counts against a cap now: spent and reserved.
     *
     * @param tenant whose money
     * @param key what is capped
     * @param now the present
     * @return the sum, or empty if nothing counts
     */
    Optional<Money> committed(TenantId tenant, String key, Instant now);

    /**
     * A cap, and until when what is reserved now counts against it. A cap by the day has the day's end; one over any 24
     * hours has 24 hours from now, rounded up so that a store needs no row for each message.
     *
     * <p>Immutable and thread-safe.
     *
     * @param key what is capped, with its period; 1 to 300 characters
     * @param limit how much may count at a time
     * @param until when an amount that is reserved now stops counting
     */
    record Budget(String key, Money limit, Instant until) {
        /**
         * Checks the key.
         *
         * @throws IllegalArgumentException if it is empty or longer than 300 characters
         */
        public Budget {
            Objects.requireNonNull(limit, "limit");
            Objects.requireNonNull(until, "until");
            if (key.isEmpty() || key.length() > 300) {
                throw new IllegalArgumentException("budget: the key has " + key.length() + " characters, not 1 to 300");
            }
        }
    }

    /**
     * Whether an amount was reserved.
     *
     * <p>Immutable and thread-safe.
     *
     * @param granted whether it was
     * @param committed what counts against the cap now, this amount included if granted
     * @param retryAt when enough will have stopped counting for the amount to fit; null if granted, or if the amount is more
     *     than the cap
     */
    record Decision(
            boolean granted, Money committed, @Nullable Instant retryAt) {
        /** Checks for nulls. */
        public Decision {
            Objects.requireNonNull(committed, "committed");
        }
    }
}
