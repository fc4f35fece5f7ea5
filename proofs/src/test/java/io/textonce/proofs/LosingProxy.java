package io.textonce.proofs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Between a client and PostgreSQL: now and then the server's word that it has committed never arrives. */
final class LosingProxy implements AutoCloseable {

    /** The tag of CommandComplete; PostgreSQL sends it after the commit. */
    private static final byte[] COMMITTED = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final int serverPort;
    private final Random random;
    private final int oneIn;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "losing-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger lost = new AtomicInteger();

    /** Loses one in so many. */
    LosingProxy(int serverPort, int oneIn, long seed) {
        this.serverPort = serverPort;
        this.oneIn = oneIn;
        this.random = new Random(seed);
        try {
            this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    int lost() {
        return lost.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                threads.execute(() -> pump(client, server, false));
                threads.execute(() -> pump(server, client, true));
            } catch (IOException e) {
                // closed, or the server is down: the client notices
            }
        }
    }

    private void pump(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[1 << 16];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (answers && contains(buffer, read) && draw()) {
                    lost.incrementAndGet();
                    return;
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // either side ended
        }
    }

    private synchronized boolean draw() {
        return random.nextInt(oneIn) == 0;
    }

    private static boolean contains(byte[] buffer, int length) {
        for (int i = 0; i <= length - COMMITTED.length; i++) {
            int same = 0;
            while (same < COMMITTED.length && buffer[i + same] == COMMITTED[same]) {
                same++;
            }
            if (same == COMMITTED.length) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
