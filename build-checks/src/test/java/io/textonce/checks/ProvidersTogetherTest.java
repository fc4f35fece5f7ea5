package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Attempt;
import io.textonce.Outcome;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.client.RetryPolicy;
import io.textonce.client.Routing;
import io.textonce.client.SmsClient;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every provider serves the same business code, and each takes over from any other with at most one text. */
class ProvidersTogetherTest {

    /** The business code; it knows no provider. */
    private static SendResult remind(SmsSender sms) {
        return sms.send(SmsMessage.to("+61491570156")
                .text("See you on Tuesday at 10:30")
                .build());
    }

    private static RawBehaviour accept(AllProviders provider) {
        return RawBehaviour.reply(
                provider.acceptedStatus(),
                Map.of("Content-Type", provider == AllProviders.SNS ? "text/xml" : "text/plain"),
                provider.acceptedBody());
    }

    private static SmsClient client(SmsProvider first, SmsProvider second) {
        return SmsClient.builder()
                .provider(first)
                .provider(second)
                .routing(Routing.failover(first.name(), second.name()))
                .retry(RetryPolicy.backoff(1, Duration.ofMillis(1), Duration.ofMillis(1)))
                .build();
    }

    static Stream<Arguments> pairs() {
        return Stream.of(AllProviders.values())
                .flatMap(first -> Stream.of(AllProviders.values())
                        .filter(second -> second != first)
                        .map(second -> Arguments.of(first, second)));
    }

    @ParameterizedTest
    @EnumSource
    void theSameCodeSendsThroughEach(AllProviders each) {
        try (RawServer server = RawServer.start().otherwise(accept(each));
                SmsClient sms =
                        SmsClient.builder().provider(each.at(server.url(""))).build()) {
            assertThat(remind(sms).outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(server.received()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void takesOverWhenTheFirstRefusesTheCredentials(AllProviders one, AllProviders other) {
        try (RawServer refuses = RawServer.start().otherwise(RawBehaviour.reply(401, "{\"code\": 20003}"));
                RawServer accepts = RawServer.start().otherwise(accept(other));
                SmsClient sms = client(one.at(refuses.url("")), other.at(accepts.url("")))) {
            SendResult result = remind(sms);
            assertThat(result.outcome()).as("%s", result.attempts()).isEqualTo(Outcome.ACCEPTED);
            assertThat(result.attempts())
                    .extracting(Attempt::outcome)
                    .containsExactly(Outcome.REJECTED, Outcome.ACCEPTED);
            assertThat(List.of(refuses.received(), accepts.received())).isEqualTo(List.of(1, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void takesOverWhenTheFirstCannotBeReached(AllProviders one, AllProviders other) {
        try (RawServer down = RawServer.start().refuse();
                RawServer accepts = RawServer.start().otherwise(accept(other));
                SmsClient sms = client(one.at(down.url("")), other.at(accepts.url("")))) {
            SendResult result = remind(sms);
            assertThat(result.outcome()).as("%s", result.attempts()).isEqualTo(Outcome.ACCEPTED);
            assertThat(result.attempts()).hasSize(2);
            assertThat(List.of(down.received(), accepts.received())).isEqualTo(List.of(0, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void doesNotTakeOverWhenTheFirstMayHaveSentIt(AllProviders one, AllProviders other) {
        for (RawBehaviour doubt : List.of(
                RawBehaviour.drop(RawBehaviour.Ending.FIN),
                RawBehaviour.reply(500, "oops"),
                RawBehaviour.reply(200, ""))) {
            try (RawServer first = RawServer.start().otherwise(doubt);
                    RawServer accepts = RawServer.start().otherwise(accept(other));
                    SmsClient sms = client(one.at(first.url("")), other.at(accepts.url("")))) {
                assertThat(remind(sms).outcome()).isEqualTo(Outcome.UNKNOWN);
                assertThat(List.of(first.received(), accepts.received())).isEqualTo(List.of(1, 0));
            }
        }
    }

    @Test
    void aProviderThatHangsBeforeTheRequestIsLeftWithinTheConnectTimeout() {
        try (RawServer hangs = RawServer.builder().tls().start().greet(RawServer.Greeting.SILENT);
                RawServer accepts = RawServer.start().otherwise(accept(AllProviders.SNS));
                SmsClient sms = client(AllProviders.quickTwilio(hangs.url("")), AllProviders.SNS.at(accepts.url("")))) {
            SendResult result = remind(sms);
            assertThat(result.outcome()).as("%s", result.attempts()).isEqualTo(Outcome.ACCEPTED);
            assertThat(result.attempts().get(0).duration()).isLessThan(Duration.ofSeconds(2));
            assertThat(List.of(hangs.received(), accepts.received())).isEqualTo(List.of(0, 1));
        }
    }
}
