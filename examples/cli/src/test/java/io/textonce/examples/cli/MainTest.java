package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @Test
    void helpNamesEveryCommandAndExitCode() {
        Ran ran = Ran.of("--help");
        assertThat(ran.out())
                .contains(
                        "send",
                        "bulk",
                        "status",
                        "balance",
                        "template",
                        "segments",
                        "normalize",
                        "webhook",
                        "diagnose");
        assertThat(ran.out()).contains("  0 ", "  1 ", "  2 ", "  3 ", "  4 ");
        assertThat(ran.code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "send",
                "bulk",
                "status",
                "balance",
                "opted-out",
                "media",
                "template",
                "segments",
                "normalize",
                "webhook",
                "diagnose"
            })
    void everyCommandHasHelpAndJson(String command) {
        Ran ran = Ran.of(command, "--help");
        assertThat(ran.out()).contains("Usage: textonce " + command, "--json");
        assertThat(ran.code()).isZero();
    }

    @Test
    void tellsItsVersion() {
        assertThat(Ran.of("--version").out()).matches("textonce [0-9]+\\.[0-9]+.*, Java .*\\R");
    }

    @Test
    void noCommandAndAnUnknownOneAreUsageErrors() {
        Ran.of().isUsageError("See: textonce --help");
        Ran.of("telegraph").isUsageError("telegraph");
    }
}
