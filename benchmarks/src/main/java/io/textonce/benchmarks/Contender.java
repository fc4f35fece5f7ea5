package io.textonce.benchmarks;

/** Something that sends one message; called by many threads at once. */
interface Contender extends AutoCloseable {

    String name();

    /** How many messages one call sends. */
    default int messages() {
        return 1;
    }

    /** How many threads call at once where so many were wanted; one for who brings its own. */
    default int threads(int wanted) {
        return wanted;
    }

    /** Sends the message with this number, and as many after it as it sends; throws unless all were accepted. */
    void send(int number) throws Exception;

    @Override
    default void close() {}
}
