package io.textonce.testkit;

import io.textonce.testkit.RawBehaviour.Ending;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One accepted connection: reads requests whole, byte for byte, and acts as its script says. One thread's own. */
final class RawConnection {
    private static final int LONGEST_HEAD = 64 * 1024;

    private final int number;
    private final Socket raw;
    private final Socket socket;
    private final InputStream in;
    private final CountDownLatch serverClosed;
    private RawServer.@Nullable Request request;
    private boolean ended;

    RawConnection(int number, Socket raw, Socket socket, CountDownLatch serverClosed) throws IOException {
        this.number = number;
        this.raw = raw;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.serverClosed = serverClosed;
    }

    /**
     * Serves one request.
     *
     * @param script asked for the behaviour when the first byte has come, so that a test may change it between requests
     *     of one connection
     * @return false when the connection is done
     */
    boolean serve(Supplier<RawBehaviour> script, Consumer<RawServer.Request> record) throws IOException {
        int first = in.read();
        if (first < 0) {
            return false;
        }
        RawBehaviour behaviour = script.get();
        RawServer.Request whole = read(first, behaviour);
        request = whole;
        if (whole != null) {
            record.accept(whole);
        }
        return behaviour.run(this);
    }

    void write(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
        socket.getOutputStream().flush();
    }

    /** Ends the stream so that the peer sees exactly this; after a FIN it waits for the peer to leave. */
    void end(Ending ending) throws IOException {
        ended = true;
        if (ending == Ending.RST) {
            raw.setSoLinger(true, 0);
            raw.close();
            return;
        }
        socket.shutdownOutput();
        if (!raw.isOutputShutdown()) {
            raw.shutdownOutput();
        }
    }

    /** The request being served. */
    RawServer.Request request() {
        return Objects.requireNonNull(request, "request");
    }

    boolean endedByScript() {
        return ended;
    }

    /** Reads and forgets until the peer is gone: closing with unread bytes would turn a FIN into a reset. */
    void drain() throws IOException {
        byte[] bin = new byte[4096];
        while (in.read(bin) >= 0) {
            // Only the end matters.
        }
    }

    /** False when the server was closed meanwhile. */
    boolean pause(Duration time) {
        try {
            return !serverClosed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private RawServer.@Nullable Request read(int first, RawBehaviour behaviour) throws IOException {
        Tape tape = new Tape(first, behaviour.requestBytes());
        try {
            String startLine = tape.line();
            Map<String, List<String>> headers = new LinkedHashMap<>();
            for (String line = tape.line(); !line.isEmpty(); line = tape.line()) {
                int colon = line.indexOf(':');
                if (colon <= 0) {
                    throw new IOException("not a header line");
                }
                headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), n -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
            byte[] body = tape.body(headers);
            String[] parts = startLine.split(" ", 3);
            if (parts.length != 3) {
                throw new IOException("not a request line");
            }
            if (!behaviour.readsWholeRequest()) {
                throw new IOException("the request ended before the offset to cut it at");
            }
            return new RawServer.Request(number, parts[0], parts[1], Map.copyOf(headers), body, tape.size());
        } catch (Cut reached) {
            return null;
        }
    }

    /** What was read of one request, with the offset at which the script wants it cut. */
    private final class Tape {
        private final int cutAt;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int first;

        Tape(int first, int cutAt) {
            this.first = first;
            this.cutAt = cutAt;
        }

        int size() {
            return bytes.size();
        }

        private int octet() throws IOException, Cut {
            if (cutAt >= 0 && bytes.size() >= cutAt) {
                throw new Cut();
            }
            int octet = first >= 0 ? first : in.read();
            first = -1;
            if (octet < 0) {
                throw new IOException("the peer left within a request");
            }
            bytes.write(octet);
            return octet;
        }

        String line() throws IOException, Cut {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int octet = octet(); octet != '\n'; octet = octet()) {
                line.write(octet);
                if (bytes.size() > LONGEST_HEAD) {
                    throw new IOException("the head is larger than " + LONGEST_HEAD + " bytes");
                }
            }
            String text = line.toString(StandardCharsets.ISO_8859_1);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }

        byte[] body(Map<String, List<String>> headers) throws IOException, Cut {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            List<String> length = headers.getOrDefault("content-length", List.of());
            if (headers.getOrDefault("transfer-encoding", List.of()).contains("chunked")) {
                for (int size = chunkSize(); size > 0; size = chunkSize()) {
                    copy(size, body);
                    line();
                }
                while (!line().isEmpty()) {
                    // Trailers are not recorded.
                }
            } else if (!length.isEmpty()) {
                copy(Integer.parseInt(length.get(0)), body);
            }
            return body.toByteArray();
        }

        private int chunkSize() throws IOException, Cut {
            return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
        }

        private void copy(int size, ByteArrayOutputStream to) throws IOException, Cut {
            for (int i = 0; i < size; i++) {
                to.write(octet());
            }
        }
    }

    /** The offset of a cut was reached. */
    private static final class Cut extends Exception {
        private static final long serialVersionUID = 1L;

        Cut() {
            super("cut", null, false, false);
        }
    }
}
