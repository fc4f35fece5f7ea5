package consumer;

import com.sun.net.httpserver.HttpServer;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.twilio.TwilioProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sends one message through Twilio's provider to a server of its own; fails unless exactly that one arrived. */
public final class Consumer {
    private static final String ACCOUNT = "AC00000000000000000000000000000001";
    private static final String SID = "SM00000000000000000000000000000001";

    private Consumer() {}

    public static void main(String[] args) throws IOException {
        List<String> received = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] reply = ("{\"sid\":\"" + SID + "\",\"status\":\"queued\",\"num_segments\":\"1\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(201, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        server.start();
        TwilioProvider twilio = TwilioProvider.builder()
                .accountSid(ACCOUNT)
                .authToken("00000000000000000000000000000000")
                .from(SenderId.of("+12025550100"))
                .baseUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .build();
        try (SmsClient sms = SmsClient.builder().provider(twilio).build()) {
            SendResult result = sms.send(SmsMessage.to("+12025550123").text("See you at 10:30").build());
            System.out.println(result + " from " + SmsClient.class.getModule());
            if (!result.orThrow().providerMessageId().equals(Optional.of(SID))
                    || received.size() != 1
                    || !received.get(0).contains("12025550123")) {
                throw new IllegalStateException("Expected one message at the server, got " + received.size());
            }
        } finally {
            server.stop(0);
        }
    }
}
