package io.textonce.spi;

import io.textonce.Money;

/**
 * A role: tells how much the account has left. A read that costs nothing.
 *
 * <p>Implementations are thread-safe.
 */
public interface BalanceQuery {

    /**
     * Asks for the balance.
     *
     * @return the balance, or why it isn't known
     */
    Answer balance();

    /**
     * A balance, or why there is none.
     *
     * <p>Immutable and thread-safe.
     *
     * @param balance what is left, or null if it isn't known; an account that is kept in credits has the currency XXX, which
     *     is ISO 4217's code for none
     * @param explanation why it isn't known, for people; empty if it is
     */
    record Answer(@org.jspecify.annotations.Nullable Money balance, String explanation) {}
}
