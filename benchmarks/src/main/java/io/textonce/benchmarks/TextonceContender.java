package io.textonce.benchmarks;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.SmsProvider;
import io.textonce.twilio.TwilioProvider;
import java.net.URI;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/** The whole of ours: recorded, limited, with breaker and listener, every guard on. */
final class TextonceContender implements Contender {
    private final String name;
    private final IntFunction<String> recipients;
    private final SmsClient client;
    private final LongAdder told = new LongAdder();

    TextonceContender(String name, SmsProvider provider, IntFunction<String> recipients) {
        this.name = name;
        this.recipients = recipients;
        // Few messages, so that the store is full and drops one for each new one, as it does in the long run.
        InMemoryStore store = InMemoryStore.builder().messages(10_000).build();
        this.client = SmsClient.builder()
                .provider(provider)
                .defaultRegion("US")
                .messages(store)
                .suppressions(store)
                .rateLimit(RateLimit.perSecond(100_000, 100_000).keyedBy(RateLimit.Key.PROVIDER))
                .listener(new SmsListener() {
                    @Override
                    public void onAttempt(MessageId messageId, Attempt attempt) {
                        told.increment();
                    }

                    @Override
                    public void onResult(SmsMessage message, SendResult result) {
                        told.increment();
                    }
                })
                .build();
    }

    static TextonceContender over(String url, String name, IntFunction<String> recipients) {
        SmsProvider twilio = TwilioProvider.builder()
                .accountSid(Samples.ACCOUNT)
                .authToken(Samples.TOKEN)
                .from(SenderId.of(Samples.FROM))
                .statusCallback(URI.create(Samples.CALLBACK))
                .baseUrl(url)
                .build();
        return new TextonceContender(name, twilio, recipients);
    }

    /** The same client in front of a provider that accepts at once. */
    static TextonceContender withoutTransport(String name, IntFunction<String> recipients) {
        return new TextonceContender(name, new InstantProvider(), recipients);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(int number) {
        SendResult result = client.send(
                SmsMessage.to(recipients.apply(number)).text(Samples.TEXT).build());
        if (!result.isAccepted() || !result.recorded()) {
            throw new IllegalStateException(result.toString());
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
