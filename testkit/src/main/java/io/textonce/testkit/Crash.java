package io.textonce.testkit;

/**
 * A process death at a chosen write: a store under test calls {@link #beforeWrite()} before each single write to its
 * storage, and before each commit, and the chosen call throws.
 *
 * <p>A store on a database wraps its connections: {@code beforeWrite()} before each {@code executeUpdate} and before
 * {@code commit}. A store whose step is one indivisible write calls it once.
 *
 * <pre>{@code
 * protected Stores open(Crash crash) {
 *     return storesOn(new CrashingDataSource(database, crash));
 * }
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class Crash {

    private int writesLeft = Integer.MAX_VALUE;

    Crash() {}

    /** Dies at the given write from now on, 1 being the next. */
    void at(int write) {
        writesLeft = write;
    }

    /** Lives from now on. */
    void never() {
        writesLeft = Integer.MAX_VALUE;
    }

    /**
     * Called by the store before it writes or commits.
     *
     * @throws Died if this is the write to die at; nothing more may be written then
     */
    public void beforeWrite() {
        if (writesLeft != Integer.MAX_VALUE) {
            writesLeft--;
            if (writesLeft <= 0) {
                throw new Died();
            }
        }
    }

    /** The simulated death. The store lets it out, as it would let out the failure of a connection. */
    public static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Died() {
            super("the process died here, as the test asked");
        }
    }
}
