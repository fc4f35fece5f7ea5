package io.textonce.internal.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpokenTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 ms",
        "PT0.0000001S, 1 ms",
        "PT0.25S, 250 ms",
        "PT1.013S, 1 s",
        "PT59.6S, 1 min",
        "PT3M20S, 3 min 20 s",
        "PT9M59.9S, 10 min",
        "PT12M31S, 13 min",
        "PT59M59.994461986S, 1 h",
        "PT1H, 1 h",
        "PT1H29M40S, 1 h 30 min",
        "PT23H59M59S, 1 d",
        "P2DT5H, 2 d 5 h"
    })
    void saysADurationAsPeopleDo(Duration duration, String words) {
        assertThat(Spoken.of(duration)).isEqualTo(words);
    }
}
