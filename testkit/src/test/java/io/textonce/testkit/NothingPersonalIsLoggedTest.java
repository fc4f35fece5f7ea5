package io.textonce.testkit;

import static io.textonce.sandbox.Behaviour.loseResponse;
import static io.textonce.sandbox.Behaviour.notTransmitted;
import static io.textonce.sandbox.Behaviour.refuse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.client.RetryPolicy;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import io.textonce.webhook.WebhookReceiver;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Canaries go through everything that logs, also where a host's own exception carries them. */
class NothingPersonalIsLoggedTest {

    private static final String TEXT = "canary text 7391";
    private static final String DIGITS = "491570156";
    private static final PhoneNumber NUMBER = PhoneNumber.of("+61" + DIGITS);
    private static final String HOST_FAULT = "insert failed for +61" + DIGITS + ": " + TEXT;

    private final Console console = new Console();
    private final FakeProvider provider = FakeProvider.named("fake");
    private final FakeProvider other = FakeProvider.named("other");

    @BeforeEach
    void watch() {
        console.watch();
    }

    @AfterEach
    void release() {
        console.release();
    }

    private String logged() {
        String shown = console.release();
        assertThat(shown)
                .as("something must have been logged, or this test proves nothing")
                .isNotBlank();
        return shown;
    }

    private SmsClient.Builder client() {
        return SmsClient.builder()
                .provider(provider)
                .provider(other)
                .time(new VirtualClock())
                .retry(RetryPolicy.none());
    }

    private static SmsMessage message() {
        return SmsMessage.to(NUMBER).text(TEXT).build();
    }

    private static IllegalStateException fault() {
        return new IllegalStateException(HOST_FAULT, new IllegalArgumentException(HOST_FAULT));
    }

    @Test
    void attemptsAreLoggedWithoutNumberAndText() {
        provider.script()
                .then(notTransmitted())
                .then(refuse(Reason.CREDENTIAL, "20003"))
                .then(loseResponse());
        SmsClient sms = client().build();
        for (int i = 0; i < 4; i++) {
            sms.send(message());
        }
        assertThat(logged()).contains("fake REJECTED").doesNotContain(TEXT, DIGITS);
    }

    @Test
    void hostsOwnExceptionsAreLoggedWithoutTheirMessages() {
        provider.script().otherwise(submission -> {
            throw fault();
        });
        SendResult result = client().messages(new FailingRepository())
                .suppressions(new FailingOptOuts())
                .listener(new SmsListener() {
                    @Override
                    public void onAttempt(MessageId messageId, Attempt attempt) {
                        throw fault();
                    }
                })
                .build()
                .send(message());
        assertThat(result.recorded()).isFalse();
        assertThat(logged())
                .contains("threw from submit", "complete failed", "listener")
                .contains("caused by java.lang.IllegalArgumentException")
                .doesNotContain(TEXT, DIGITS);
    }

    @Test
    void whatIsThrownNamesTheOperationOnly() {
        SmsClient sms = client().suppressions(new SuppressionRepository() {
                    @Override
                    public void record(TenantId tenant, Suppression suppression) {}

                    @Override
                    public boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender) {
                        throw fault();
                    }
                })
                .build();
        assertThatThrownBy(() -> sms.send(message()))
                .isInstanceOf(SmsStoreException.class)
                .hasMessageNotContainingAny(TEXT, DIGITS);
    }

    @Test
    void aJournalThatFailsOnAWebhookIsLoggedWithoutItsMessage() {
        WebhookReceiver receiver = WebhookReceiver.builder(new FailingJournal())
                .endpoint("fake", TenantId.DEFAULT, provider)
                .build();
        provider.sandbox().connect(request -> {
            WebhookReply reply = receiver.receive("fake", request);
            assertThat(reply.status()).isBetween(500, 599);
            return reply;
        });
        provider.sandbox().receive(NUMBER.e164(), "12345", TEXT);
        provider.sandbox().run();
        assertThat(logged()).contains("IllegalStateException").doesNotContain(TEXT, DIGITS);
    }

    private static final class FailingJournal implements EventJournal {
        private final InMemoryStore inner = new InMemoryStore();

        @Override
        public List<Applied> apply(TenantId tenant, List<Entry> entries) {
            for (Entry entry : entries) {
                SmsEvent event = entry.event();
                assertThat(event).isNotNull();
            }
            throw fault();
        }

        @Override
        public int parked(TenantId tenant, Instant now) {
            return inner.parked(tenant, now);
        }
    }

    private static final class FailingOptOuts implements SuppressionRepository {
        @Override
        public void record(TenantId tenant, Suppression suppression) {
            throw fault();
        }

        @Override
        public boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender) {
            return false;
        }
    }

    private static final class FailingRepository implements MessageRepository {
        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            return true;
        }

        @Override
        public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
            throw fault();
        }

        @Override
        public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
            throw fault();
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            return Optional.empty();
        }

        @Override
        public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
            return List.of();
        }
    }
}
