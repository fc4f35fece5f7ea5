package io.textonce.spi.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/** One exchange with a socket that is only memory, through the same gate and client settings as a real one. */
final class WarmUp {
    private static final byte[] REPLY = ("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                    + "Retry-After: 0\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            .getBytes(StandardCharsets.US_ASCII);

    private WarmUp() {}

    static void run(HttpTransport transport) {
        HttpTarget target = transport.post("http://warm-up.invalid/", Map.of(), "text/plain");
        byte[] body = FormWriter.body().add("warm", "up").toByteArray();
        transport.executeOn(client(transport), target, body);
    }

    static OkHttpClient client(HttpTransport transport) {
        return transport
                .client()
                .newBuilder()
                .proxy(Proxy.NO_PROXY)
                .dns(host -> List.of(InetAddress.getLoopbackAddress()))
                .socketFactory(new MemorySockets())
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.MILLISECONDS))
                .build();
    }

    private static final class MemorySockets extends SocketFactory {
        @Override
        public Socket createSocket() {
            return new MemorySocket();
        }

        @Override
        public Socket createSocket(String host, int port) {
            return new MemorySocket();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            return new MemorySocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            return new MemorySocket();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            return new MemorySocket();
        }
    }

    private static final class MemorySocket extends Socket {
        private final InputStream reply = new ByteArrayInputStream(REPLY);
        private final OutputStream request = new ByteArrayOutputStream();

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
