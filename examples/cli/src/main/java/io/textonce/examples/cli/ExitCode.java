package io.textonce.examples.cli;

/** What the process ends with; scripts rely on these numbers. */
final class ExitCode {

    /** Accepted; or the question was answered. */
    static final int OK = 0;

    /** A defect of this program, or a stream that broke. */
    static final int FAILED = 1;

    /** An option, a variable or a line of input is missing or wrong. Nothing was sent. */
    static final int USAGE = 2;

    /** Refused, with proof that no message exists; a webhook that isn't believed; a diagnosis with errors. */
    static final int REJECTED = 3;

    /** The message may or may not exist. Don't send it again before you know. */
    static final int UNKNOWN = 4;

    private ExitCode() {}
}
