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
 * Answers every request as one API does, after it has read head and body: with the same reply, or with a line for each
 * recipient. It runs in its own process, so that its cost
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

    /** Whose replies it gives. */
    enum Api {
        TWILIO,
        SNS,
        /** With a line for each recipient. */
        SMS_BROADCAST
    }

    private static final String PUBLISHED = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"
            + "<PublishResult><MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult>"
            + "<ResponseMetadata><RequestId>f187a3c1-376f-11df-8963-01868b7c937a</RequestId></ResponseMetadata>"
            + "</PublishResponse>";

    private static final byte[] TWILIO = reply("201 CREATED", "application/json;charset=utf-8", MESSAGE);
    private static final byte[] SNS = reply("200 OK", "text/xml", PUBLISHED);

    private FixedServer() {}

    private static byte[] reply(Api api, byte[] form) {
        return switch (api) {
            case TWILIO -> TWILIO;
            case SNS -> SNS;
            case SMS_BROADCAST -> verdicts(new String(form, StandardCharsets.US_ASCII));
        };
    }

    private static byte[] reply(String status, String type, String body) {
        return ("HTTP/1.1 " + status + "\r\nDate: Thu, 24 Aug 2023 05:01:45 GMT\r\nContent-Type: " + type
                        + "\r\nContent-Length: " + body.length()
                        + "\r\nConnection: keep-alive\r\nX-Request-Id: RQ00000000000000000000000000000003\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** SMS Broadcast's: each recipient's own line. */
    private static byte[] verdicts(String form) {
        StringBuilder lines = new StringBuilder(form.length() * 2);
        for (String pair : form.split("&", -1)) {
            if (pair.startsWith("to=")) {
                for (String number : pair.substring(3).split("%2C|,", -1)) {
                    lines.append("OK: ")
                            .append(number)
                            .append(": 2142")
                            .append(number)
                            .append('\n');
                }
            }
        }
        return reply("200 OK", "text/plain", lines.toString());
    }

    public static void main(String... args) throws IOException {
        Api api = Api.valueOf(args[0]);
        ServerSocket server = args.length > 1 && args[1].equals("tls")
                ? SSLServerSocketFactory.getDefault().createServerSocket(0, 512, InetAddress.getLoopbackAddress())
                : new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        System.out.println(server.getLocalPort());
        daemon(() -> acceptAll(server, api));
        System.in.readAllBytes();
    }

    private static void acceptAll(ServerSocket server, Api api) {
        try {
            while (true) {
                Socket client = server.accept();
                daemon(() -> answerAll(client, api));
            }
        } catch (IOException stopped) {
            System.err.println("the server stopped: " + stopped);
        }
    }

    private static void answerAll(Socket client, Api api) {
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
                byte[] form = in.readNBytes(body);
                if (form.length < body) {
                    throw new EOFException();
                }
                out.write(reply(api, form));
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
