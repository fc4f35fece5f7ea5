package io.textonce.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TraceTest {

    @Test
    void namesWhatThrewAndWhereButNotWhatItSaid() {
        Exception row = new IllegalArgumentException("duplicate key (+61491570156, See you at 10:30)");
        String shown = Trace.of(new IllegalStateException("can't store +61491570156", row));
        assertThat(shown)
                .contains("IllegalStateException", "caused by java.lang.IllegalArgumentException", "TraceTest.java")
                .doesNotContain("491570156", "See you");
    }

    @Test
    void endsForCausesInACircle() {
        Exception one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("two", one));
        assertThat(Trace.of(one)).hasSizeLessThan(2_000);
    }
}
