package io.textonce.client;

/**
 * What one run of a {@link Reconciliation} came to.
 *
 * <p>Immutable and thread-safe.
 */
public final class Reconciled {

    private final int found;
    private final int absent;
    private final int ended;
    private final int open;
    private final boolean more;

    Reconciled(int found, int absent, int ended, int open, boolean more) {
        this.found = found;
        this.absent = absent;
        this.ended = ended;
        this.open = open;
        this.more = more;
    }

    /**
     * Of how many messages a provider was asked.
     *
     * @return the sum of the other counts
     */
    public int asked() {
        return found + absent + ended + open;
    }

    /**
     * How many messages in doubt exist; they are accepted now.
     *
     * @return 0 or more
     */
    public int found() {
        return found;
    }

    /**
     * How many messages in doubt are proven not to exist; they are rejected now.
     *
     * @return 0 or more
     */
    public int absent() {
        return absent;
    }

    /**
     * How many accepted messages are known now to have arrived, or never to arrive.
     *
     * @return 0 or more
     */
    public int ended() {
        return ended;
    }

    /**
     * How many are as open as before.
     *
     * @return 0 or more
     */
    public int open() {
        return open;
    }

    /**
     * Whether the run ended because it had asked, or read, as much as one run may.
     *
     * @return true if another run, now, would go on where this one ended
     */
    public boolean more() {
        return more;
    }

    @Override
    public String toString() {
        return asked() + " asked: " + found + " found, " + absent + " absent, " + ended + " ended, " + open + " open"
                + (more ? "; there is more" : "");
    }
}
