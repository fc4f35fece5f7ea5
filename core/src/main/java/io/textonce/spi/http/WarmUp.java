package io.textonce.spi.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
        return MemorySockets.client(
                transport.client(),
                new ConnectionPool(0, 1, TimeUnit.MILLISECONDS),
                () -> new MemorySockets.MemorySocket(REPLY));
    }
}
