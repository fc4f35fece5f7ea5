package io.textonce.smsbroadcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemediesTest {

    @ParameterizedTest
    @CsvSource({
        "Invalid credentials, CREDENTIAL, dashboard",
        "Username or password is incorrect, CREDENTIAL, API key",
        "Authentication failed, CREDENTIAL, secret",
        "Invalid sender ID, SENDER, at most 11",
        "Invalid from number, SENDER, special characters",
        "Sender ID not approved, SENDER, approved",
        "Insufficient credits, ACCOUNT, balance",
        "No balance left, ACCOUNT, top it up",
        "Invalid Number, RECIPIENT, +61412345678",
        "invalid mobile number, RECIPIENT, country code",
        "Message too long, CONTENT, 160 characters are one credit",
        "Message is empty, CONTENT, maxSplit",
        "Number of characters exceeds maxsplit, CONTENT, 160",
        "Recipient has opted out, OPTED_OUT, opted out",
        "Unsubscribed, OPTED_OUT, nothing may be sent",
        "Missing field ref, REQUEST, options",
        "Computer says no, OTHER, support"
    })
    void explainsEachSentence(String sentence, Reason reason, String hint) {
        assertThat(Remedies.find(sentence)).hasValueSatisfying(meaning -> {
            assertThat(meaning.reason()).isEqualTo(reason);
            assertThat(meaning.hint()).contains(hint);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Unknown Error",
                "INTERNAL ERROR",
                "Server busy",
                "Request timed out",
                "Temporarily down, try again"
            })
    void takesAFailureInsideForNoProof(String sentence) {
        assertThat(Remedies.find(sentence)).isEmpty();
    }

    @Test
    void looksForWholeWords() {
        assertThat(Remedies.find("discredited").orElseThrow().reason()).isEqualTo(Reason.OTHER);
        assertThat(Remedies.find("preference").orElseThrow().reason()).isEqualTo(Reason.OTHER);
    }

    @Test
    void showsASentenceWithoutNumbersAndQuotations() {
        assertThat(Remedies.shown("Invalid number 0491 570 156 (or +61491570156)"))
                .contains("Invalid number")
                .doesNotContain("491", "570", "156");
        assertThat(Remedies.shown("bad text: See You At Ten!", "see you at ten"))
                .doesNotContain("See");
        assertThat(Remedies.shown("message is too long: Dear Ann, your...", "Dear Ann, your results are positive."))
                .as("a long text is quoted cut")
                .isEqualTo("(not shown: it quotes the request)");
        assertThat(Remedies.shown("a\u0007b\u202e\n")).isEqualTo("\"a?b??\"");
        assertThat(Remedies.shown("")).isEqualTo("(empty)");
        assertThat(Remedies.shown("x".repeat(1000))).hasSizeLessThan(100);
    }

    @Test
    void isQuickWithEndlessSentences() {
        assertThat(Remedies.find("from ".repeat(200_000)).orElseThrow().reason())
                .isEqualTo(Reason.OTHER);
        assertThat(Remedies.shown("1 ".repeat(200_000))).hasSizeLessThan(100);
    }
}
