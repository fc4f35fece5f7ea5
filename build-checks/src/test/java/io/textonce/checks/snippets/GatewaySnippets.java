package io.textonce.checks.snippets;

import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Java of provider-http-gateway/README.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class GatewaySnippets {

    private GatewaySnippets() {}

    static void send(String password, String hookSecret) {
        // spotless:off
        GatewayProvider kannel = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                .baseUrl("https://kannel.example.org:13013") // http needs allowInsecure()
                .secret("username", "tester")
                .secret("password", password)
                .callback(URI.create("https://sms.example.org/hooks/kannel"))
                .webhookSecrets(hookSecret) // goes into the callback URL, and must come back
                .build();
        SmsClient sms = SmsClient.builder().provider(kannel).build();
        // spotless:on
        System.out.println(sms);
    }

    static void attempt(Path file) throws IOException {
        // spotless:off
        try (RawServer gateway = RawServer.start();
                GatewayProvider acme = GatewayProvider.builder(GatewayProfile.fromJson(Files.readString(file)))
                        .baseUrl(gateway.url(""))
                        .secret("apiKey", "a-key")
                        .build();
                SmsClient sms = SmsClient.builder().provider(acme).build()) {
            gateway.next(RawBehaviour.reply(202, "{\"messages\":[{\"to\":\"12025550123\",\"id\":\"m1\"}]}"));
            System.out.println(sms.send(SmsMessage.to("+12025550123").text("Hi").build()));
            System.out.println(gateway.requests().get(0).text());
        }
        // spotless:on
    }

    static void describe() {
        // spotless:off
        GatewayProfile profile = GatewayProfile.builder("my-gateway")
                .get("https://sms.example.org/send")
                .query("to", "{to}")
                .query("text", "{text}")
                .query("key", "{secret.apiKey}")
                .line("OK (?P<id>\\w+)")
                .line("ERR (?P<reason>.*)")
                .accepted("id")
                .messageId("id")
                .set(
                        "send/response/errors",
                        "[{\"when\":{\"field\":\"reason\",\"regex\":\"credit\"},\"class\":\"CREDIT\"}]")
                .build();
        // spotless:on
        System.out.println(profile);
    }
}
