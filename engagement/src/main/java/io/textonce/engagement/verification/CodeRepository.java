package io.textonce.engagement.verification;

import io.textonce.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps one-time codes while they live: hashed, never the code and never the number.
 *
 * <p>Contract: each method is one atomic step over all threads and processes that share the store, durable when it
 * returns; a failure is thrown, never swallowed. No method sees another tenant's codes.
 *
 * <p>Implementations are thread-safe. Methods may block; they are called on the thread that starts or checks a code.
 */
public interface CodeRepository {

    /**
     * Keeps a code, in the place of an earlier one with the same key.
     *
     * @param tenant whose code
     * @param key what it is for: a purpose and a hash of the number
     * @param code the code
     */
    void put(TenantId tenant, String key, Code code);

    /**
     * Takes one guess off a living code. Two guesses at once take two.
     *
     * @param tenant whose code
     * @param key what it is for
     * @param now the present
     * @return the code, its {@link Code#guessesLeft()} one lower; empty if there is none, it has expired at {@code now}, or
     *     no guess is left
     */
    Optional<Code> spendGuess(TenantId tenant, String key, Instant now);

    /**
     * Removes a code, if it is still that one.
     *
     * @param tenant whose code
     * @param key what it is for
     * @param mac the {@link Code#mac()} of the code that is meant
     * @return true for exactly one of all callers
     */
    boolean remove(TenantId tenant, String key, String mac);

    /**
     * Counts a code that went out, or one that was entered rightly.
     *
     * @param tenant whose code
     * @param prefix the first digits of the number
     * @param what what happened
     * @param now the present
     */
    void count(TenantId tenant, String prefix, Event what, Instant now);

    /**
     * How many codes went out to a prefix, and how many came back. Counts by the hour will do.
     *
     * @param tenant whose codes
     * @param prefix the first digits of the number
     * @param since from when on; up to an hour more may be counted
     * @return the counts
     */
    Conversion conversion(TenantId tenant, String prefix, Instant since);

    /** What is counted. Switch on it with a default: the set may grow. */
    enum Event {
        /** A code went out, or may have. */
        SENT,
        /** A code was entered rightly. */
        VERIFIED
    }

    /**
     * A code as it is kept.
     *
     * <p>Immutable and thread-safe.
     *
     * @param mac a keyed hash of the code and of what it is for, 64 hexadecimal digits
     * @param salt what makes equal codes differ, 32 hexadecimal digits
     * @param expiresAt from when on it is worth nothing
     * @param guessesLeft how many guesses it may still take, 0 or more
     */
    record Code(String mac, String salt, Instant expiresAt, int guessesLeft) {
        /** Checks for nulls. */
        public Code {
            Objects.requireNonNull(mac, "mac");
            Objects.requireNonNull(salt, "salt");
            Objects.requireNonNull(expiresAt, "expiresAt");
        }

        /** Nothing that helps to find the code. */
        @Override
        public String toString() {
            return "Code[until " + expiresAt + ", " + guessesLeft + " guesses left]";
        }
    }

    /**
     * Codes that went out and codes that came back.
     *
     * <p>Immutable and thread-safe.
     *
     * @param sent how many went out, or may have
     * @param verified how many were entered rightly
     */
    record Conversion(long sent, long verified) {}
}
