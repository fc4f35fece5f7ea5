package io.textonce.cluster;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.text.SegmentPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A node of {@link LimiterProof}: a client under one limit, whose threads send as fast as they may. Ends with its standard input. */
final class LimitedNode {

    static final int RATE = 100;
    static final int BURST = 20;
    static final int NODES = 4;
    private static final int THREADS = 4;

    /** One line a message, each thread with a connection of its own. */
    private record Wire(String name, int port, ThreadLocal<Socket> sockets) implements SmsProvider {

        @Override
        public Capabilities capabilities() {
            return Capabilities.builder(SegmentPolicy.GENERIC).build();
        }

        @Override
        public SubmitReply submit(Submission submission) {
            try {
                Socket socket = sockets.get();
                OutputStream out = socket.getOutputStream();
                out.write((name + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                InputStream in = socket.getInputStream();
                return in.read() < 0
                        ? SubmitReply.unknown("closed", "no answer")
                        : SubmitReply.accepted(submission.messageId().value());
            } catch (IOException e) {
                return SubmitReply.unknown("broken", e.getClass().getName());
            }
        }
    }

    private LimitedNode() {}

    private static Socket connect(int port) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[2]);
        HikariDataSource pool = Databases.pool(arguments[1], 4);
        ClusterLimits limits = ClusterLimits.builder(pool, JdbcStore.of(pool))
                .expectedNodes(NODES)
                .build();
        SmsClient client = SmsClient.builder()
                .provider(new Wire("node-" + arguments[0], port, ThreadLocal.withInitial(() -> connect(port))))
                .limitStore(limits)
                .rateLimit(RateLimit.perSecond(RATE, BURST).waitUpTo(Duration.ofSeconds(10)))
                .build();
        System.out.println("READY");
        System.in.read();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                while (true) {
                    client.send(SmsMessage.to(PhoneNumber.of("+12025550123"))
                            .text("Hello")
                            .build());
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        while (System.in.read() >= 0) {
            System.out.println("sending");
        }
        Runtime.getRuntime().halt(0);
    }
}
