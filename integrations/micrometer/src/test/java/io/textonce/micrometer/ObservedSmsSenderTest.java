package io.textonce.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.textonce.Category;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.sandbox.Behaviour;
import io.textonce.testkit.FakeProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ObservedSmsSenderTest {

    private static final SmsMessage MESSAGE =
            SmsMessage.to("+61491570156").text("Hello").category(Category.OTP).build();

    private final List<Observation.Context> ended = new ArrayList<>();
    private final ObservationRegistry registry = ObservationRegistry.create();

    ObservedSmsSenderTest() {
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }

            @Override
            public void onStop(Observation.Context context) {
                ended.add(context);
            }
        });
    }

    @Test
    void eachSendIsOneObservationThatSaysHowItEnded() {
        FakeProvider fake = FakeProvider.named("fake");
        fake.script().then(Behaviour.accept()).then(Behaviour.loseResponse());
        try (SmsClient sms = SmsClient.builder().provider(fake).build()) {
            ObservedSmsSender sender = new ObservedSmsSender(sms, registry);
            SendResult accepted = sender.send(MESSAGE);
            sender.send(MESSAGE);
            sender.send(SmsMessage.to("nobody").text("Hello").build());

            assertThat(ended)
                    .extracting(ObservedSmsSenderTest::low)
                    .containsExactly(
                            "category=otp outcome=accepted provider=fake reason=none",
                            "category=otp outcome=unknown provider=fake reason=none",
                            "category=transactional outcome=rejected provider=none reason=recipient");
            assertThat(ended).allMatch(context -> context.getError() == null);
            assertThat(ended.get(0).getHighCardinalityKeyValues())
                    .containsExactly(
                            KeyValue.of("message.id", accepted.messageId().value()));
        }
    }

    @Test
    void whatIsThrownIsSeenAndGoesOn() {
        IllegalStateException closed = new IllegalStateException("closed");
        ObservedSmsSender sender = new ObservedSmsSender(
                message -> {
                    assertThat(registry.getCurrentObservation()).isNotNull();
                    throw closed;
                },
                registry);

        assertThatThrownBy(() -> sender.send(MESSAGE)).isSameAs(closed);
        assertThat(ended)
                .singleElement()
                .satisfies(context -> assertThat(context.getError()).isSameAs(closed));
        assertThat(registry.getCurrentObservation()).isNull();
    }

    private static String low(Observation.Context context) {
        return context.getLowCardinalityKeyValues().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .sorted()
                .collect(Collectors.joining(" "));
    }
}
