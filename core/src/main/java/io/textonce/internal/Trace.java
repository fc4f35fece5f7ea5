package io.textonce.internal;

/** What threw what, and where, for logs: an exception's message may hold a number or a text, so it is left out. */
public final class Trace {

    private static final int DEEPEST = 5;

    private Trace() {}

    /**
     * Tells an exception and its causes by class and place.
     *
     * @param thrown what was thrown
     * @return such as {@code java.sql.SQLException at org.h2.Driver.connect(Driver.java:61), caused by ...}
     */
    public static String of(Throwable thrown) {
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
