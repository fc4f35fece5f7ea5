package io.textonce.internal;

/**
 * What threw what, and where, for a log. Never an exception's message: a database puts the row into it, and with the row a
 * number or a text.
 *
 * <p>Immutable and thread-safe.
 */
public final class Fault {

    private static final int DEEPEST = 5;

    private final Throwable thrown;

    private Fault(Throwable thrown) {
        this.thrown = thrown;
    }

    /**
     * A fault to be logged.
     *
     * @param thrown what was thrown
     * @return the fault, which becomes text only if the log wants it
     */
    public static Fault of(Throwable thrown) {
        return new Fault(thrown);
    }

    /**
     * The fault and its causes.
     *
     * @return such as {@code java.lang.IllegalStateException at org.example.Store.save(Store.java:12)}
     */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            StackTraceElement[] frames = cause.getStackTrace();
            out.append(depth == 0 ? "" : ", caused by ")
                    .append(cause.getClass().getName())
                    .append(frames.length == 0 ? "" : " at " + frames[0]);
            cause = cause.getCause();
        }
        return out.toString();
    }
}
