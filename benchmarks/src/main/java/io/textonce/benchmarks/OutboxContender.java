package io.textonce.benchmarks;

/** Stores messages, or one job for each, and then sends them through a provider that answers at once. */
interface OutboxContender extends AutoCloseable {
    String name();

    /** How many messages a turn takes: enough for a few hundred milliseconds. */
    int messages();

    /** Stores them, in batches of {@link OutboxBenches#BATCH}. Nothing is sent meanwhile. */
    void enqueue() throws Exception;

    /** Sends all of them and answers how many nanoseconds that took, all told. */
    long dispatch() throws Exception;

    @Override
    void close();
}
