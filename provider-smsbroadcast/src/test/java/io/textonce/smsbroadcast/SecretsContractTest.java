package io.textonce.smsbroadcast;

import io.textonce.WebhookRequest;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.SignedSmsBroadcastRequest;
import io.textonce.testkit.WebhookFixtures;
import java.util.List;
import java.util.Optional;

/** The contract with secrets in the URL, which vouch for who calls and not for what is said. */
class SecretsContractTest extends SmsBroadcastContractTest {

    @Override
    protected SmsProvider provider(String baseUrl) {
        return Fixtures.provider()
                .webhookSecrets(Fixtures.SECRET, Fixtures.OLD_SECRET)
                .baseUrl(baseUrl)
                .build();
    }

    @Override
    protected Optional<WebhookFixtures> webhooks() {
        return Optional.of(new Payloads() {
            @Override
            public List<String> secrets() {
                return List.of(Fixtures.SECRET, Fixtures.OLD_SECRET);
            }

            @Override
            public WebhookRequest sign(byte[] body, String secret) {
                return SignedSmsBroadcastRequest.json(Fixtures.HOOK, body).withSecret(secret);
            }

            @Override
            public WebhookRequest unsigned(WebhookRequest signed) {
                return SignedSmsBroadcastRequest.json(Fixtures.HOOK, signed.body())
                        .plain();
            }

            @Override
            public List<byte[]> tampered(byte[] body) {
                return List.of();
            }
        });
    }
}
