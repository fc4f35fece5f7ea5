package io.textonce.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.textonce.Keyword;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeywordsTest {

    private static Optional<Keyword> recognise(String text) {
        return Keywords.standard().recognise(text, () -> false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "STOP",
                "stop",
                " Stop \n",
                "\"stop!\"",
                "STOP.",
                "(stop)",
                "\u00A0stop\u200B",
                "\uFF33\uFF34\uFF2F\uFF30",
                "stop \uD83D\uDED1",
                "StopAll",
                "unsubscribe",
                "Cancel",
                "END",
                "QUIT",
                "revoke",
                "OptOut",
                "arret",
                "Arr\u00EAt",
                "ARRE\u0302T",
                "opt-out",
                "remove",
                "td",
                "QU\u0130T",
                "qu\u0131t"
            })
    void recognisesStopAsTheWholeMessage(String text) {
        assertThat(recognise(text)).contains(Keyword.STOP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "!!!",
                "please stop",
                "stop it",
                "stopp",
                "st op",
                "don't stop",
                "ending",
                "\uD83D\uDED1",
                "s.t.o.p",
                "yes",
                "Yes please"
            })
    void takesEverythingElseForAMessage(String text) {
        assertThat(recognise(text)).isEmpty();
    }

    @Test
    void recognisesStartAndHelp() {
        assertThat(recognise("start")).contains(Keyword.START);
        assertThat(recognise("UNSTOP")).contains(Keyword.START);
        assertThat(recognise("Help?")).contains(Keyword.HELP);
        assertThat(recognise("info")).contains(Keyword.HELP);
    }

    @Test
    void yesIsStartOnlyForWhoOptedOut() {
        assertThat(Keywords.standard().recognise("Yes!", () -> true)).contains(Keyword.START);
        assertThat(Keywords.standard().recognise("Yes!", () -> false)).isEmpty();
    }

    @Test
    void asksWhoOptedOutOnlyWhereItMatters() {
        assertThat(Keywords.standard().recognise("stop", () -> {
                    throw new AssertionError("asked in vain");
                }))
                .contains(Keyword.STOP);
    }

    @Test
    void theMachinesLocalePlaysNoPart() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            assertThat(recognise("QUIT")).contains(Keyword.STOP);
            assertThat(recognise("unsubscribe")).contains(Keyword.STOP);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theListIsTheHostsToChange() {
        Keywords ours = Keywords.standard().with(Keyword.STOP, "Parar").without("cancel", "YES");
        assertThat(ours.recognise("PARAR", () -> false)).contains(Keyword.STOP);
        assertThat(ours.recognise("CANCEL", () -> false)).isEmpty();
        assertThat(ours.recognise("yes", () -> true)).isEmpty();
        assertThat(Keywords.none().recognise("STOP", () -> true)).isEmpty();
        assertThat(recognise("CANCEL")).as("the standard list stays").contains(Keyword.STOP);
        assertThatIllegalArgumentException().isThrownBy(() -> Keywords.none().with(Keyword.STOP, "!!"));
    }

    @Test
    void aLongTextIsNoKeyword() {
        assertThat(recognise("stop" + " ".repeat(100_000))).isEmpty();
    }
}
