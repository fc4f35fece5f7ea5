package io.textonce.example.clinic;

import io.textonce.SmsStoreException;
import io.textonce.jdbc.JdbcStoreException;
import io.textonce.template.TemplateException;
import java.util.NoSuchElementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What the page shows when something can't be done: a sentence that says what to do. */
@RestControllerAdvice("io.textonce.example.clinic")
final class Errors {

    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    record Problem(String message) {}

    @ExceptionHandler
    ResponseEntity<Problem> absent(NoSuchElementException absent) {
        return problem(HttpStatus.NOT_FOUND, "There is no such conversation, or it isn't yours.");
    }

    @ExceptionHandler({IllegalArgumentException.class, TemplateException.class, UnsupportedOperationException.class})
    ResponseEntity<Problem> wrong(RuntimeException wrong) {
        return problem(HttpStatus.BAD_REQUEST, String.valueOf(wrong.getMessage()));
    }

    @ExceptionHandler({SmsStoreException.class, JdbcStoreException.class, DataAccessException.class})
    ResponseEntity<Problem> store(RuntimeException failure) {
        LOG.error("The database failed", failure);
        return problem(HttpStatus.SERVICE_UNAVAILABLE, "The database doesn't answer. Nothing was sent; try again.");
    }

    @ExceptionHandler
    ResponseEntity<Problem> picture(Pictures.Lost failure) {
        LOG.warn("A picture can't be had: {}", failure.getMessage());
        return problem(HttpStatus.BAD_GATEWAY, "The picture can't be had from the provider.");
    }

    private static ResponseEntity<Problem> problem(HttpStatus status, String message) {
        return ResponseEntity.status(status).body(new Problem(message));
    }
}
