package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.client.RetryPolicy;
import io.textonce.client.Reverted;
import io.textonce.client.Routing;
import io.textonce.client.SmsClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fault matrix again, through the client: sent by one provider alone, and with a second, healthy one behind it. */
@Tag("once")
@Execution(ExecutionMode.CONCURRENT)
class SendMatrixTest {

    /** What the host is told, and whether the second provider may be asked. */
    enum Verdict {
        ACCEPTED("accepted", false),
        NOT_TRANSMITTED("rejected TRANSPORT NOT_TRANSMITTED", true),
        NOT_TRANSMITTED_AND_LASTING("rejected CREDENTIAL NOT_TRANSMITTED", true),
        THROTTLED("rejected THROTTLED PROVIDER_REFUSED", true),
        CREDENTIAL("rejected CREDENTIAL PROVIDER_REFUSED", true),
        UNKNOWN("unknown", false);

        private final String text;
        private final boolean permitsAnother;

        Verdict(String text, boolean permitsAnother) {
            this.text = text;
            this.permitsAnother = permitsAnother;
        }
    }

    static Stream<FaultCell> cells() {
        return FaultCell.all().stream();
    }

    static Stream<FaultCell> doubtful() {
        return cells().filter(cell -> verdict(cell.fault()) == Verdict.UNKNOWN && !cell.twoAddresses() && !cell.tls());
    }

    @ParameterizedTest
    @MethodSource("cells")
    void sentDirectlyTheHostIsToldExactlyWhatIsProven(FaultCell cell) {
        try (FaultCell.Rig rig = new FaultCell.Rig(cell, Guards.ALL)) {
            rig.inject();
            try (SmsClient client = builder(cell)
                    .provider(new HttpTestProvider("first", rig::call))
                    .build()) {
                assertThat(describe(send(client))).as("%s", cell).isEqualTo(verdict(cell.fault()).text);
            }
            assertThat(rig.receivedSinceInjected())
                    .as("requests received of %s", cell)
                    .isEqualTo(cell.fault().expected.received());
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void anotherProviderIsAskedOnProofOnly(FaultCell cell) {
        checkFailover(cell, builder(cell));
    }

    @ParameterizedTest
    @MethodSource("doubtful")
    void aClientThatFailsOverOnDoubtIsCaught(FaultCell cell) {
        assertThatThrownBy(() -> checkFailover(cell, Reverted.failoverOnUnknown(builder(cell))))
                .isInstanceOf(AssertionError.class);
    }

    private static void checkFailover(FaultCell cell, SmsClient.Builder builder) {
        Verdict verdict = verdict(cell.fault());
        FaultCell healthy = new FaultCell(Fault.NONE, false, false, cell.post(), false);
        try (FaultCell.Rig first = new FaultCell.Rig(cell, Guards.ALL);
                FaultCell.Rig second = new FaultCell.Rig(healthy, Guards.ALL)) {
            first.inject();
            second.inject();
            SendResult result;
            try (SmsClient client = builder.provider(new HttpTestProvider("first", first::call))
                    .provider(new HttpTestProvider("second", timeout -> second.call()))
                    .routing(Routing.failover("first", "second"))
                    .build()) {
                result = send(client);
            }
            assertThat(first.receivedSinceInjected())
                    .as("requests that the first received of %s", cell)
                    .isEqualTo(cell.fault().expected.received());
            assertThat(second.receivedSinceInjected())
                    .as("requests that the second received of %s", cell)
                    .isEqualTo(verdict.permitsAnother ? 1 : 0);
            assertThat(describe(result))
                    .as("%s", cell)
                    .isEqualTo(verdict.permitsAnother ? Verdict.ACCEPTED.text : verdict.text);
            assertThat(result.attempts())
                    .extracting(Attempt::provider)
                    .isEqualTo(verdict.permitsAnother ? List.of("first", "second") : List.of("first"));
        }
    }

    private static SmsClient.Builder builder(FaultCell cell) {
        return SmsClient.builder()
                .retry(RetryPolicy.none())
                .attemptTimeout(cell.fault().timeout())
                .deadline(Duration.ofSeconds(60));
    }

    private static SendResult send(SmsClient client) {
        return client.send(SmsMessage.to("+12025550123").text("hello").build());
    }

    private static String describe(SendResult result) {
        return result.fold(
                accepted -> "accepted",
                rejected -> "rejected " + rejected.reason() + " " + rejected.proof(),
                unknown -> "unknown");
    }

    private static Verdict verdict(Fault fault) {
        return switch (fault) {
            case NONE, STALE_POOLED, FIRST_ADDRESS_REFUSED -> Verdict.ACCEPTED;
            case REFUSED, DNS_FAILURE, TLS_RESET, TLS_CLOSED, TLS_GARBAGE, TLS_HUNG -> Verdict.NOT_TRANSMITTED;
            case CERTIFICATE -> Verdict.NOT_TRANSMITTED_AND_LASTING;
            case TOO_MANY_REQUESTS_429 -> Verdict.THROTTLED;
            case UNAUTHORIZED_401 -> Verdict.CREDENTIAL;
            case RST,
                    FIN,
                    CLOSE_MID_REPLY,
                    RESET_MID_REPLY,
                    READ_TIMEOUT,
                    DRIBBLED_HEAD,
                    DRIBBLED_BODY,
                    REQUEST_TIMEOUT_408,
                    SERVER_ERROR_500,
                    UNAVAILABLE_503_RETRY_AFTER_0,
                    REDIRECT_307,
                    OK_EMPTY,
                    OK_WITHOUT_ID,
                    OK_TOO_LARGE -> Verdict.UNKNOWN;
        };
    }
}
