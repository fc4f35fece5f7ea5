package io.textonce.sns;

import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls that only read, or that change nothing about a message: their failures are texts for people. */
final class Query {

    /** Of SNS's query protocol. */
    static final String VERSION = "2010-03-31";

    private Query() {}

    /** The body of a 200; anything else is an IOException whose text says what to do and shows nothing personal. */
    static byte[] call(Endpoint endpoint, Flavour flavour, byte[] body, Duration timeout) throws IOException {
        HttpOutcome outcome;
        try {
            outcome = endpoint.call(body, timeout);
        } catch (Credentials.UnavailableException none) {
            throw new IOException(none.explanation(), none);
        }
        if (!(outcome instanceof Reply reply)) {
            throw new IOException(outcome.<String>fold(
                    whole -> "", unsent -> unsent.explanation(), HttpOutcome.Unanswered::explanation));
        }
        if (reply.status() == 200) {
            return reply.body();
        }
        throw new ErrorException(AwsError.of(flavour, reply), reply.status());
    }

    /** The one text at a path; empty if it isn't there. Two are an error: nobody could say which counts. */
    static String text(byte[] xml, String path) throws IOException {
        @Nullable String[] found = new @Nullable String[1];
        Xml.read(xml, (where, text) -> {
            if (where.equals(path)) {
                if (found[0] != null) {
                    throw new IOException("an element stands twice");
                }
                found[0] = text;
            }
        });
        return found[0] == null ? "" : found[0];
    }

    /** AWS answered with an error. */
    static final class ErrorException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient AwsError error;

        ErrorException(AwsError error, int status) {
            super(
                    error.isPresent()
                            ? "AWS error " + error.shown() + ": "
                                    + error.meaning()
                                            .map(ErrorCodes.Meaning::hint)
                                            .orElse("AWS answered " + status + ".")
                            : "AWS answered " + status);
            this.error = error;
        }

        AwsError error() {
            return error;
        }
    }
}
