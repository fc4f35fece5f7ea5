package io.textonce.spi.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/** Sockets that are only memory: each gives one reply that was written beforehand, and nothing leaves the process. */
final class MemorySockets extends SocketFactory {
    private final Supplier<Socket> sockets;

    MemorySockets(Supplier<Socket> sockets) {
        this.sockets = sockets;
    }

    /** A client of the same settings and gate whose every connection is such a socket. */
    static OkHttpClient client(OkHttpClient like, ConnectionPool pool, Supplier<Socket> sockets) {
        return like.newBuilder()
                .proxy(Proxy.NO_PROXY)
                .dns(host -> List.of(InetAddress.getLoopbackAddress()))
                .socketFactory(new MemorySockets(sockets))
                .connectionPool(pool)
                .build();
    }

    @Override
    public Socket createSocket() {
        return sockets.get();
    }

    @Override
    public Socket createSocket(String host, int port) {
        return sockets.get();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        return sockets.get();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return sockets.get();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        return sockets.get();
    }

    /** A socket that gives one reply. */
    static class MemorySocket extends Socket {
        private final InputStream reply;
        private final OutputStream request = OutputStream.nullOutputStream();

        MemorySocket(byte[] reply) {
            this.reply = new ByteArrayInputStream(reply);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) {
            // There is nobody to connect to.
        }

        @Override
        public void setSoTimeout(int timeout) {
            // Reads from memory never wait.
        }

        @Override
        public InputStream getInputStream() {
            return reply;
        }

        @Override
        public OutputStream getOutputStream() {
            return request;
        }
    }
}
