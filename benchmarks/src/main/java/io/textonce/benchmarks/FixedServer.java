package io.textonce.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLServerSocketFactory;

/**
 * Answers every request with the same 201, after it has read head and body. It runs in its own process, so that its cost
 * is not in the figures, and prints its port; it ends when its standard input does.
 */
final class FixedServer {
    private static final String MESSAGE = """
            {"account_sid": "AC00000000000000000000000000000001", "api_version": "2010-04-01", \
            "body": "Your appointment with the clinic is on Tuesday at 10:30. Reply YES to confirm it, please.", \
            "date_created": "Thu, 24 Aug 2023 05:01:45 +0000", "date_sent": "Thu, 24 Aug 2023 05:01:45 +0000", \
            "date_updated": "Thu, 24 Aug 2023 05:01:45 +0000", "direction": "outbound-api", "error_code": null, \
            "error_message": null, "from": "+12025550100", "num_media": "0", "num_segments": "1", "price": null, \
            "price_unit": null, "messaging_service_sid": null, "sid": "SM00000000000000000000000000000002", \
            "status": "queued", "subresource_uris": {"media": "/2010-04-01/Accounts/AC00000000000000000000000000000001\
            /Messages/SM00000000000000000000000000000002/Media.json"}, "to": "+12025550101", \
            "uri": "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/\
            SM00000000000000000000000000000002.json"}""";

    private static final byte[] REPLY = ("HTTP/1.1 201 CREATED\r\nDate: Thu, 24 Aug 2023 05:01:45 GMT\r\n"
                    + "Content-Type: application/json;charset=utf-8\r\nContent-Length: " + MESSAGE.length()
                    + "\r\nConnection: keep-alive\r\nTwilio-Request-Id: RQ00000000000000000000000000000003\r\n\r\n"
                    + MESSAGE)
            .getBytes(StandardCharsets.US_ASCII);

    private FixedServer() {}

    public static void main(String... args) throws IOException {
        ServerSocket server = args.length > 0 && args[0].equals("tls")
                ? SSLServerSocketFactory.getDefault().createServerSocket(0, 512, InetAddress.getLoopbackAddress())
                : new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        System.out.println(server.getLocalPort());
        daemon(() -> acceptAll(server));
        System.in.readAllBytes();
    }

    private static void acceptAll(ServerSocket server) {
        try {
            while (true) {
                Socket client = server.accept();
                daemon(() -> answerAll(client));
            }
        } catch (IOException stopped) {
            System.err.println("the server stopped: " + stopped);
        }
    }

    private static void answerAll(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream(), 16 * 1024);
            OutputStream out = client.getOutputStream();
            StringBuilder line = new StringBuilder(256);
            while (true) {
                int body = 0;
                while (readLine(in, line)) {
                    String header = line.toString();
                    if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
                        body = Integer.parseInt(header.substring(15).trim());
                    } else if (header.toLowerCase(Locale.ROOT).startsWith("transfer-encoding")) {
                        throw new IOException("chunked requests are not read here");
                    }
                }
                in.skipNBytes(body);
                out.write(REPLY);
            }
        } catch (IOException gone) {
            // A client closes its connections when its turn is over.
        }
    }

    /** False at the empty line that ends a head. */
    private static boolean readLine(InputStream in, StringBuilder line) throws IOException {
        line.setLength(0);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.length() > 0;
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }
}
