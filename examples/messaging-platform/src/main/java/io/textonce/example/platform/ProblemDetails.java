package io.textonce.example.platform;

import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsNotAcceptedException;
import io.textonce.SmsStoreException;
import io.textonce.jdbc.JdbcStoreException;
import io.textonce.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** What went wrong, as RFC 9457 has it. */
@RestControllerAdvice
final class ProblemDetails extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemDetails.class);

    private final TimeSource time;

    ProblemDetails(TimeSource time) {
        this.time = time;
    }

    @ExceptionHandler
    ProblemDetail handle(Check.Failed failed) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.UNPROCESSABLE_ENTITY, "The request can't be carried out as it is; nothing was sent.");
        problem.setProperty("problems", failed.problems());
        return problem;
    }

    /** Nothing was sent, with proof. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(SmsNotAcceptedException refused) {
        SendResult.Rejected result = (SendResult.Rejected) refused.result();
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status(result.reason()), result.explanation());
        problem.setProperty("message_id", result.messageId().value());
        problem.setProperty("reason", result.reason());
        problem.setProperty("proof", result.proof());
        return ResponseEntity.status(problem.getStatus())
                .headers(retryAfter(result.retryAt()))
                .body(problem);
    }

    private HttpHeaders retryAfter(Optional<Instant> at) {
        HttpHeaders headers = new HttpHeaders();
        at.map(when -> Duration.between(time.now(), when).toSeconds() + 1)
                .ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, seconds))));
        return headers;
    }

    private static HttpStatus status(Reason reason) {
        return switch (reason) {
            case RATE_LIMITED -> HttpStatus.TOO_MANY_REQUESTS;
            case RECIPIENT, CONTENT, TEMPLATE, SENDER, REQUEST -> HttpStatus.UNPROCESSABLE_ENTITY;
            case OPTED_OUT, BLOCKED, BUDGET, QUIET_HOURS, DUPLICATE, EXPIRED -> HttpStatus.CONFLICT;
            default -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }

    /** Neither says anything about people; what they wrap might. */
    @ExceptionHandler({SmsStoreException.class, JdbcStoreException.class})
    ProblemDetail handle(RuntimeException store) {
        LOG.error("The store failed: {}", store.getClass().getName());
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "The database can't be asked now; nothing was sent.");
    }
}
