package io.textonce.spi.http;

import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault, on a fresh and a reused connection, one and two addresses, POST and GET, plain and TLS. */
@Execution(ExecutionMode.CONCURRENT)
class FaultMatrixTest {

    static Stream<FaultCell> cells() {
        return FaultCell.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void tellsTheExactOutcomeAndSendsNoRequestTwice(FaultCell cell) {
        cell.check(Guards.ALL);
    }
}
