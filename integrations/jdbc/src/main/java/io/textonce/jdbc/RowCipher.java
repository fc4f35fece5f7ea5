package io.textonce.jdbc;

import io.textonce.TenantId;

/**
 * Seals what rows say about people, by the host's own means: the text and the number of each message, what people answered,
 * and stored outcomes. What tells rows apart stays readable: ids, references, labels, states, times and prices.
 *
 * <p>{@link #open} must give back what {@link #seal} was given, for as long as the rows live; put the key's version into
 * the sealed bytes to be able to change it. Use authenticated encryption with a fresh nonce, and the tenant as associated
 * data. What either throws is thrown on, with nothing stored.
 *
 * <p>Called on the calling thread, for each row, while a transaction is open: no network. Implementations are thread-safe.
 */
public interface RowCipher {

    /**
     * Seals one value.
     *
     * @param tenant whose value
     * @param plain the value, not empty
     * @return the sealed value, different each time
     */
    byte[] seal(TenantId tenant, byte[] plain);

    /**
     * Opens a sealed value.
     *
     * @param tenant whose value
     * @param sealed what {@link #seal} returned
     * @return the value
     */
    byte[] open(TenantId tenant, byte[] sealed);
}
