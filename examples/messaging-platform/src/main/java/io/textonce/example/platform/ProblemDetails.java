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
import org.springframework.dao.DataAccessException;
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

    /** Nothing was sent, with proof. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(SmsNotAcceptedException refused) {
        if (!(refused.result() instanceof SendResult.Rejected result)) {
            throw refused; // what nobody knows is answered as 202, and never comes here
        }
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

    /** What was stored may count all the same. The name alone is logged: a driver's message may quote what was stored. */
    @ExceptionHandler({SmsStoreException.class, JdbcStoreException.class, DataAccessException.class})
    ProblemDetail handle(RuntimeException store) {
        LOG.error("The database failed: {}", store.getClass().getName());
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "The database failed, and whether this was done isn't known. Ask for its status, or repeat the request"
                        + " with the same Idempotency-Key.");
    }
}
