package io.textonce.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/**
 * An HTTP/1.1 server on loopback sockets that records every request it received <em>completely</em> and misbehaves on
 * script.
 *
 * <p>Its count is the oracle for "was this sent twice": a request counts when its last byte was read, before any
 * reply, reset or silence. {@link #settle()} waits until everything that clients sent has been counted. Without a
 * script it replies 200 with an empty body.
 *
 * <pre>{@code
 * try (RawServer server = RawServer.start()) {
 *     server.next(RawBehaviour.drop(RawBehaviour.Ending.RST));
 *     send(server.url("/messages"));
 *     assertEquals(1, server.settle().received());
 * }
 * }</pre>
 *
 * <p>For tests only: with {@link Builder#tls()} it uses a self-made certificate whose key is public. Thread-safe.
 */
@SuppressWarnings({"ArrayRecordComponent", "AddressSelection"})
public final class RawServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int BIND_TRIES = 50;

    private final List<ServerSocket> listeners;
    private final List<Thread> acceptors = new ArrayList<>();
    private final boolean tls;
    private final int port;
    private final CountDownLatch closed = new CountDownLatch(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<RawBehaviour> script = new ArrayDeque<>();
    private final List<Request> requests = new ArrayList<>();
    private final Set<Socket> open = new HashSet<>();
    private final Set<Integer> barriers = new HashSet<>();
    private RawBehaviour otherwise = RawBehaviour.reply(200);
    private Greeting greeting = Greeting.NORMAL;
    private int connections;
    private int ended;

    private RawServer(Builder builder) throws IOException {
        this.tls = builder.tls;
        this.listeners = bind(builder.twoAddresses);
        this.port = listeners.get(0).getLocalPort();
        for (ServerSocket listener : listeners) {
            acceptors.add(daemon("raw-server-accept-" + port, () -> accept(listener)));
        }
    }

    /** How a new connection is met. */
    public enum Greeting {
        /** As usual: with TLS, a handshake with the trusted certificate. */
        NORMAL,
        /** Accepts and says nothing: a hung TLS handshake. */
        SILENT,
        /** Resets at once. */
        RESET,
        /** Ends the stream at once. */
        FIN,
        /** Answers a TLS hello with bytes that are not TLS. */
        GARBAGE,
        /** TLS with a certificate that nobody trusts. */
        UNTRUSTED_CERTIFICATE
    }

    /**
     * Starts a plain server on one loopback address.
     *
     * @return a running server
     */
    public static RawServer start() {
        return builder().start();
    }

    /**
     * A builder for other servers.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The URL of a path on this server by its first address.
     *
     * @param path starts with a slash
     * @return an absolute URL
     */
    public String url(String path) {
        return (tls ? "https://" : "http://") + addresses().get(0).getHostAddress() + ":" + port + path;
    }

    /**
     * The port, the same on all addresses.
     *
     * @return 1 to 65535
     */
    public int port() {
        return port;
    }

    /**
     * The addresses listened on.
     *
     * @return one or two
     */
    public List<InetAddress> addresses() {
        return listeners.stream().map(ServerSocket::getInetAddress).toList();
    }

    /**
     * Appends to the script: each request takes the next behaviour.
     *
     * @param behaviours in order
     * @return this server
     */
    public RawServer next(RawBehaviour... behaviours) {
        return change(() -> script.addAll(Arrays.asList(behaviours)));
    }

    /**
     * Sets what requests meet when the script is used up.
     *
     * @param behaviour the default from now on
     * @return this server
     */
    public RawServer otherwise(RawBehaviour behaviour) {
        Objects.requireNonNull(behaviour, "behaviour");
        return change(() -> otherwise = behaviour);
    }

    /**
     * Sets how connections made from now on are met.
     *
     * @param how the greeting
     * @return this server
     */
    public RawServer greet(Greeting how) {
        Objects.requireNonNull(how, "how");
        return change(() -> greeting = how);
    }

    /**
     * Refuses connections from now on; those open stay open.
     *
     * @return this server
     */
    public RawServer refuse() {
        for (int address = 0; address < listeners.size(); address++) {
            refuse(address);
        }
        return this;
    }

    /**
     * Refuses connections to one of the addresses from now on.
     *
     * @param address index into {@link #addresses()}
     * @return this server
     */
    public RawServer refuse(int address) {
        closeQuietly(listeners.get(address));
        // A socket that a thread is accepting on lives until that thread has left.
        try {
            acceptors.get(address).join(PATIENCE.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return this;
    }

    /**
     * The requests received completely so far, in order.
     *
     * @return a copy
     */
    public List<Request> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The number of requests received completely so far.
     *
     * @return 0 or more
     */
    public int received() {
        return requests().size();
    }

    /**
     * The number of connections accepted so far.
     *
     * @return 0 or more
     */
    public int connections() {
        lock.lock();
        try {
            return connections;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends all open connections now, in an orderly way, as a server does with idle ones. What it sent has reached
     * clients on this machine when this returns.
     *
     * @return this server
     */
    public RawServer endIdleConnections() {
        return change(() -> open.forEach(RawServer::closeQuietly));
    }

    /**
     * Waits until so many requests were received completely.
     *
     * @param count how many
     * @return this server
     * @throws IllegalStateException if they do not come within 10 s
     */
    public RawServer awaitReceived(int count) {
        await("requests", () -> requests.size() >= count);
        return this;
    }

    /**
     * Waits until the server has ended so many connections itself, by script. What it sent has then reached a client
     * on this machine.
     *
     * @param count how many, from the start of the server
     * @return this server
     * @throws IllegalStateException if it does not happen within 10 s
     */
    public RawServer awaitEnded(int count) {
        await("ended connections", () -> ended >= count);
        return this;
    }

    /**
     * Waits until all connections made so far are closed and all that came over them is counted. Close the client
     * first: this does not end a connection that it keeps.
     *
     * @return this server
     * @throws IllegalStateException if a connection stays open for 10 s
     */
    public RawServer settle() {
        listeners.forEach(this::passBarrier);
        await("connections to close", open::isEmpty);
        return this;
    }

    /**
     * Trusts the certificate of {@link Builder#tls()} and no other.
     *
     * @return a trust manager for clients under test
     */
    public static X509TrustManager trustManager() {
        return RawCertificates.TRUST;
    }

    /**
     * TLS sockets that trust {@link #trustManager()}.
     *
     * @return a factory for clients under test
     */
    public static SSLSocketFactory clientSockets() {
        return RawCertificates.CLIENT.getSocketFactory();
    }

    /** Closes all sockets. */
    @Override
    public void close() {
        closed.countDown();
        listeners.forEach(RawServer::closeQuietly);
        lock.lock();
        try {
            open.forEach(RawServer::closeQuietly);
        } finally {
            lock.unlock();
        }
    }

    private void accept(ServerSocket listener) {
        while (true) {
            Socket socket;
            try {
                socket = listener.accept();
            } catch (IOException stopped) {
                return;
            }
            lock.lock();
            try {
                if (barriers.remove(socket.getPort())) {
                    closeQuietly(socket);
                    changed.signalAll();
                    continue;
                }
                open.add(socket);
                int number = ++connections;
                Greeting how = greeting;
                daemon("raw-server-" + port + "-" + number, () -> handle(socket, number, how));
            } finally {
                lock.unlock();
            }
        }
    }

    private void handle(Socket raw, int number, Greeting how) {
        try {
            raw.setTcpNoDelay(true);
            greet(raw, number, how);
        } catch (IOException peerLeft) {
            // Cut connections are this server's daily work.
        } finally {
            closeQuietly(raw);
            lock.lock();
            try {
                open.remove(raw);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void greet(Socket raw, int number, Greeting how) throws IOException {
        switch (how) {
            case RESET -> raw.setSoLinger(true, 0);
            case FIN -> {
                raw.shutdownOutput();
                drain(raw);
            }
            case SILENT -> drain(raw);
            case GARBAGE -> {
                raw.getInputStream().read();
                raw.getOutputStream().write("SSH-2.0-not-tls\r\n".getBytes(StandardCharsets.US_ASCII));
                raw.shutdownOutput();
                drain(raw);
            }
            default -> serve(raw, number, how);
        }
    }

    private void serve(Socket raw, int number, Greeting how) throws IOException {
        RawConnection connection = new RawConnection(number, raw, tls ? secure(raw, how) : raw, closed);
        while (connection.serve(this::take, this::record)) {
            // One request after the other.
        }
        if (connection.endedByScript()) {
            change(() -> {
                ended++;
                changed.signalAll();
            });
        }
        if (!raw.isClosed()) {
            connection.drain();
        }
    }

    private RawBehaviour take() {
        lock.lock();
        try {
            RawBehaviour next = script.poll();
            return next == null ? otherwise : next;
        } finally {
            lock.unlock();
        }
    }

    private void record(Request request) {
        change(() -> {
            requests.add(request);
            changed.signalAll();
        });
    }

    private RawServer change(Runnable change) {
        lock.lock();
        try {
            change.run();
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** Connections wait in a queue until accepted; one of our own behind them tells that all were. */
    private void passBarrier(ServerSocket listener) {
        if (listener.isClosed()) {
            return;
        }
        try (Socket barrier = new Socket()) {
            barrier.bind(new InetSocketAddress(listener.getInetAddress(), 0));
            int from = barrier.getLocalPort();
            change(() -> barriers.add(from));
            barrier.connect(listener.getLocalSocketAddress());
            await("pending connections", () -> !barriers.contains(from));
        } catch (IOException stopped) {
            throw new UncheckedIOException("the server stopped while it was asked to settle", stopped);
        }
    }

    private void await(String what, BooleanSupplier done) {
        lock.lock();
        try {
            long left = PATIENCE.toNanos();
            while (!done.getAsBoolean()) {
                if (left <= 0) {
                    throw new IllegalStateException("waited " + PATIENCE.toSeconds() + " s in vain for " + what + ": "
                            + requests.size() + " received, " + open.size() + " open, " + ended + " ended");
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, stop);
        } finally {
            lock.unlock();
        }
    }

    private static List<ServerSocket> bind(boolean two) throws IOException {
        for (int attempt = 1; ; attempt++) {
            ServerSocket first = new ServerSocket(0, 200, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
            if (!two) {
                return List.of(first);
            }
            try {
                return List.of(first, new ServerSocket(first.getLocalPort(), 200, secondLoopback()));
            } catch (BindException taken) {
                first.close();
                if (attempt == BIND_TRIES) {
                    throw taken;
                }
            }
        }
    }

    /** 127.0.0.2 answers on Linux and Windows; elsewhere the IPv6 loopback stands in. */
    private static InetAddress secondLoopback() throws IOException {
        InetAddress second = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        try (ServerSocket probe = new ServerSocket(0, 1, second)) {
            return probe.getInetAddress();
        } catch (BindException absent) {
            return InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        }
    }

    private static SSLSocket secure(Socket raw, Greeting how) throws IOException {
        SSLContext context =
                how == Greeting.UNTRUSTED_CERTIFICATE ? RawCertificates.UNTRUSTED_SERVER : RawCertificates.SERVER;
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, null, true);
        socket.startHandshake();
        return socket;
    }

    private static void drain(Socket socket) throws IOException {
        byte[] bin = new byte[4096];
        while (socket.getInputStream().read(bin) >= 0) {
            // Only the end matters.
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyGone) { // as AutoCloseable declares it
            // A socket that fails to close is closed.
        }
    }

    /**
     * A request that was received completely.
     *
     * <p>Immutable, apart from the array that {@link #body()} shares, and thread-safe.
     */
    public static final class Request {
        private final int connection;
        private final String method;
        private final String target;
        private final Map<String, List<String>> headers;
        private final byte[] body;
        private final int size;

        Request(
                int connection,
                String method,
                String target,
                Map<String, List<String>> headers,
                byte[] body,
                int size) {
            this.connection = connection;
            this.method = method;
            this.target = target;
            this.headers = headers;
            this.body = body;
            this.size = size;
        }

        /**
         * The connection it came over.
         *
         * @return a number from 1, in the order accepted
         */
        public int connection() {
            return connection;
        }

        /**
         * The method.
         *
         * @return for example {@code POST}
         */
        public String method() {
            return method;
        }

        /**
         * Path and query as they stood in the request line.
         *
         * @return for example {@code /sms?to=1}
         */
        public String target() {
            return target;
        }

        /**
         * All headers.
         *
         * @return values by name in lower case
         */
        public Map<String, List<String>> headers() {
            return headers;
        }

        /**
         * The body with any chunking removed.
         *
         * @return the bytes, not copied
         */
        public byte[] body() {
            return body;
        }

        /**
         * Its size on the wire.
         *
         * @return bytes of head and body
         */
        public int size() {
            return size;
        }

        /**
         * A header.
         *
         * @param name in any case
         * @return its first value
         */
        public Optional<String> header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream()
                    .findFirst();
        }

        /**
         * The body as text.
         *
         * @return the body read as UTF-8
         */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Method, path and query, size. */
        @Override
        public String toString() {
            return method + " " + target + " (" + size + " bytes, connection " + connection + ")";
        }
    }

    /**
     * Collects the options of a server.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private boolean tls;
        private boolean twoAddresses;

        private Builder() {}

        /**
         * Speaks TLS with a certificate for localhost and the loopback addresses; see {@link #trustManager()}.
         *
         * @return this builder
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Listens on two loopback addresses with one port.
         *
         * @return this builder
         */
        public Builder twoAddresses() {
            this.twoAddresses = true;
            return this;
        }

        /**
         * Starts the server.
         *
         * @return a running server, to be closed
         * @throws UncheckedIOException if no port is free
         */
        public RawServer start() {
            try {
                return new RawServer(this);
            } catch (IOException noPort) {
                throw new UncheckedIOException("no free loopback port", noPort);
            }
        }
    }
}
