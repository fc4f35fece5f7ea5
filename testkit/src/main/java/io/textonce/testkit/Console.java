package io.textonce.testkit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Copies what a test prints and logs, ours down to DEBUG. It hears java.util.logging, so a build that wants to know about
 * slf4j's lines has {@code slf4j-jdk14} on its test class path. Watching twice starts anew.
 */
final class Console {
    private static final Logger OURS = Logger.getLogger("io.textonce");

    private @Nullable ByteArrayOutputStream copy;
    private @Nullable PrintStream out;
    private @Nullable PrintStream err;
    private @Nullable Handler handler;

    void watch() {
        if (out == null) {
            out = System.out;
            err = System.err;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        copy = bytes;
        System.setOut(both(out, bytes));
        System.setErr(both(err, bytes));
        stopListening();
        Formatter format = new SimpleFormatter();
        Handler listening = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                bytes.writeBytes((format.formatMessage(logged) + " " + logged.getThrown() + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        listening.setLevel(Level.ALL);
        OURS.setLevel(Level.ALL);
        Logger.getLogger("").addHandler(listening);
        handler = listening;
    }

    /** Gives the console back and tells what was shown. */
    String release() {
        if (out != null) {
            System.setOut(out);
            System.setErr(err);
            out = null;
            err = null;
        }
        stopListening();
        return copy == null ? "" : copy.toString(StandardCharsets.UTF_8);
    }

    private void stopListening() {
        if (handler != null) {
            Logger.getLogger("").removeHandler(handler);
            handler = null;
        }
    }

    private static PrintStream both(@Nullable PrintStream shown, ByteArrayOutputStream copy) {
        OutputStream both = new OutputStream() {
            @Override
            public void write(int octet) {
                copy.write(octet);
                if (shown != null) {
                    shown.write(octet);
                }
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                copy.write(bytes, offset, length);
                if (shown != null) {
                    shown.write(bytes, offset, length);
                }
            }
        };
        return new PrintStream(both, true, StandardCharsets.UTF_8);
    }
}
