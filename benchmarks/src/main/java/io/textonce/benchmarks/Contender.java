package io.textonce.benchmarks;

/** Something that sends one message; called by many threads at once. */
interface Contender extends AutoCloseable {

    String name();

    /** Sends the message with this number; throws unless it was accepted. */
    void send(int number) throws Exception;

    @Override
    default void close() {}
}
