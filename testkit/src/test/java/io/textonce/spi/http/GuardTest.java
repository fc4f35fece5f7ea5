package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reverts each guard and shows that the matrix notices. */
@Execution(ExecutionMode.CONCURRENT)
class GuardTest {

    /** A guard standing alone: with it one request, without it more. */
    record Alone(String guard, Guards with, FaultCell cell) {}

    static Stream<Alone> alone() {
        Guards retry = new Guards(true, false, false, false, false, false);
        Guards redirects = new Guards(false, true, false, false, false, false);
        Guards oneShot = new Guards(false, false, true, false, false, false);
        Guards retryAfter = new Guards(false, false, false, true, false, false);
        Guards passOnce = new Guards(false, false, false, false, true, false);
        Stream<Alone> single = Stream.of(
                new Alone("retry flag", retry, cell(Fault.RST, true, false, false)),
                new Alone("retry flag", retry, cell(Fault.FIN, true, false, false)),
                new Alone("retry flag", retry, cell(Fault.RST, false, true, false)),
                new Alone("retry flag", retry, cell(Fault.REQUEST_TIMEOUT_408, false, false, false)),
                new Alone("redirect flags", redirects, cell(Fault.REDIRECT_307, false, false, true)),
                new Alone("redirect flags", redirects, cell(Fault.REDIRECT_307, false, false, false)),
                new Alone("one-shot body", oneShot, cell(Fault.RST, true, false, true)),
                new Alone("one-shot body", oneShot, cell(Fault.FIN, true, true, true)),
                new Alone("one-shot body", oneShot, cell(Fault.UNAVAILABLE_503_RETRY_AFTER_0, false, false, true)),
                new Alone("Retry-After", retryAfter, cell(Fault.UNAVAILABLE_503_RETRY_AFTER_0, false, false, false)),
                new Alone("Retry-After", retryAfter, cell(Fault.UNAVAILABLE_503_RETRY_AFTER_0, true, true, false)));
        // Pass-once alone stops the second request but loses the reply, so only the count is compared.
        Stream<Alone> pass = Stream.of(true, false)
                .flatMap(post -> Stream.of(
                        cell(Fault.RST, true, false, post),
                        cell(Fault.RST, true, true, post),
                        cell(Fault.FIN, true, false, post),
                        cell(Fault.UNAVAILABLE_503_RETRY_AFTER_0, false, false, post),
                        cell(Fault.REQUEST_TIMEOUT_408, false, false, post),
                        cell(Fault.REDIRECT_307, false, false, post)))
                .map(cell -> new Alone("pass once", passOnce, cell));
        return Stream.concat(single, pass);
    }

    @ParameterizedTest
    @MethodSource("alone")
    void aloneItKeepsTheServerFromReceivingTwoRequests(Alone guard) {
        assertThatCode(() -> guard.cell().checkReceived(guard.with())).doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.cell().checkReceived(Guards.NONE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("requests received");
    }

    /** A guard missing while all others stand: the request count holds, the outcome does not. */
    record Missing(String guard, Guards without, List<FaultCell> cells) {}

    static Stream<Missing> missing() {
        return Stream.of(
                new Missing(
                        "retry flag",
                        new Guards(false, true, true, true, true, true),
                        List.of(cell(Fault.REQUEST_TIMEOUT_408, false, false, false))),
                // Either would do: a reply without headers leads nowhere, but nobody should have to know that.
                new Missing(
                        "redirect flags and hidden headers",
                        new Guards(true, false, true, false, true, true),
                        List.of(cell(Fault.REDIRECT_307, false, false, false))),
                new Missing(
                        "Retry-After",
                        new Guards(true, true, true, false, true, true),
                        List.of(cell(Fault.UNAVAILABLE_503_RETRY_AFTER_0, false, false, false))),
                new Missing(
                        "pool peek",
                        new Guards(true, true, true, true, true, false),
                        List.of(
                                cell(Fault.STALE_POOLED, true, false, true),
                                cell(Fault.STALE_POOLED, true, false, false),
                                cell(Fault.STALE_POOLED, true, true, true),
                                new FaultCell(Fault.STALE_POOLED, true, false, true, true))));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void revertedAmongTheOthersItsCellFails(Missing guard) {
        for (FaultCell cell : guard.cells()) {
            assertThatCode(() -> cell.check(Guards.ALL)).doesNotThrowAnyException();
            assertThatThrownBy(() -> cell.check(guard.without())).isInstanceOf(AssertionError.class);
        }
    }

    private static FaultCell cell(Fault fault, boolean reused, boolean twoAddresses, boolean post) {
        return new FaultCell(fault, reused, twoAddresses, post, false);
    }
}
