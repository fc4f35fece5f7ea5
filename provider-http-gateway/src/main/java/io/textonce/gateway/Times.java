package io.textonce.gateway;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One way in which a gateway writes a time. */
record Times(
        Kind kind,
        @Nullable DateTimeFormatter formatter,
        @Nullable ZoneId zone) {

    enum Kind {
        ISO,
        EPOCH_S,
        EPOCH_MS,
        PATTERN
    }

    private static final int LONGEST = 64;

    Optional<Instant> read(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    switch (kind) {
                        case ISO -> OffsetDateTime.parse(text).toInstant();
                        case EPOCH_S -> Instant.ofEpochSecond(Long.parseLong(text));
                        case EPOCH_MS -> Instant.ofEpochMilli(Long.parseLong(text));
                        case PATTERN -> byPattern(text);
                    });
        } catch (DateTimeException | NumberFormatException notThisWay) {
            return Optional.empty();
        }
    }

    private Instant byPattern(String text) {
        if (formatter == null) {
            throw new DateTimeException("no pattern");
        }
        TemporalAccessor time = formatter.parse(text);
        ZoneId own = time.query(TemporalQueries.zone());
        if (own == null && zone != null) {
            return java.time.LocalDateTime.from(time).atZone(zone).toInstant();
        }
        return Instant.from(time);
    }
}
