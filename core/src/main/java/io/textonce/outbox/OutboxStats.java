package io.textonce.outbox;

/**
 * What one outbox object has done since it was built; other machines count for themselves.
 *
 * <p>Immutable and thread-safe.
 */
public final class OutboxStats {
    private final long enqueued;
    private final long refused;
    private final long claimed;
    private final long accepted;
    private final long rejected;
    private final long unknown;
    private final long deferred;
    private final long fenced;
    private final long freed;
    private final long doubted;
    private final long settled;
    private final long resent;
    private final long purged;
    private final long storeFailures;

    OutboxStats(Counters c) {
        this.enqueued = c.enqueued.sum();
        this.refused = c.refused.sum();
        this.claimed = c.claimed.sum();
        this.accepted = c.accepted.sum();
        this.rejected = c.rejected.sum();
        this.unknown = c.unknown.sum();
        this.deferred = c.deferred.sum();
        this.fenced = c.fenced.sum();
        this.freed = c.freed.sum();
        this.doubted = c.doubted.sum();
        this.settled = c.settled.sum();
        this.resent = c.resent.sum();
        this.purged = c.purged.sum();
        this.storeFailures = c.storeFailures.sum();
    }

    /**
     * How many messages it stored.
     *
     * @return 0 or more
     */
    public long enqueued() {
        return enqueued;
    }

    /**
     * How many messages it refused on enqueuing, adopted ones included.
     *
     * @return 0 or more
     */
    public long refused() {
        return refused;
    }

    /**
     * How many rows it claimed; a message may be claimed several times.
     *
     * @return 0 or more
     */
    public long claimed() {
        return claimed;
    }

    /**
     * How many messages a provider took over.
     *
     * @return 0 or more
     */
    public long accepted() {
        return accepted;
    }

    /**
     * How many messages ended as rejected or expired.
     *
     * @return 0 or more
     */
    public long rejected() {
        return rejected;
    }

    /**
     * How many sends ended in doubt.
     *
     * @return 0 or more
     */
    public long unknown() {
        return unknown;
    }

    /**
     * How many times a message was put off, to be tried again later.
     *
     * @return 0 or more
     */
    public long deferred() {
        return deferred;
    }

    /**
     * How many submits were kept back because the lease had run out, or nearly.
     *
     * @return 0 or more
     */
    public long fenced() {
        return fenced;
    }

    /**
     * How many claimed rows of dead or hung workers are pending again.
     *
     * @return 0 or more
     */
    public long freed() {
        return freed;
    }

    /**
     * How many rows of dead or hung workers became UNKNOWN.
     *
     * @return 0 or more
     */
    public long doubted() {
        return doubted;
    }

    /**
     * How many doubts a lookup settled.
     *
     * @return 0 or more
     */
    public long settled() {
        return settled;
    }

    /**
     * How many messages in doubt were queued again.
     *
     * @return 0 or more
     */
    public long resent() {
        return resent;
    }

    /**
     * How many settled messages were deleted.
     *
     * @return 0 or more
     */
    public long purged() {
        return purged;
    }

    /**
     * How many calls to the store failed.
     *
     * @return 0 or more
     */
    public long storeFailures() {
        return storeFailures;
    }

    @Override
    public String toString() {
        return "OutboxStats[enqueued=" + enqueued + ""
                + ", refused=" + refused + ""
                + ", claimed=" + claimed + ""
                + ", accepted=" + accepted + ""
                + ", rejected=" + rejected + ""
                + ", unknown=" + unknown + ""
                + ", deferred=" + deferred + ""
                + ", fenced=" + fenced + ""
                + ", freed=" + freed + ""
                + ", doubted=" + doubted + ""
                + ", settled=" + settled + ""
                + ", resent=" + resent + ""
                + ", purged=" + purged + ""
                + ", storeFailures=" + storeFailures + "]";
    }
}
