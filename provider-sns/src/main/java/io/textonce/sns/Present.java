package io.textonce.sns;

import io.textonce.spi.TimeSource;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time source as a clock, which AWS's signer and the transport ask. */
final class Present extends Clock {

    private final TimeSource time;

    Present(TimeSource time) {
        this.time = time;
    }

    @Override
    public Instant instant() {
        return time.now();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
