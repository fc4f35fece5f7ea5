package io.textonce.smsbroadcast;

import io.textonce.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * SMS Broadcast's sentences in our words. It has no codes, and its list of sentences isn't public, so what is looked for
 * are words (EVIDENCE.md, section 4); the first row that matches decides. The reasons and the hints are ours.
 */
final class Remedies {

    /** What a sentence means and what a person can do about it. */
    record Meaning(Reason reason, String hint) {}

    private record Row(Pattern words, Meaning meaning) {}

    private static final int LONGEST = 200;
    private static final int LONGEST_SHOWN = 80;
    private static final int SHORTEST_QUOTED = 6;
    /** A long text is quoted cut. */
    private static final int LONGEST_BEGINNING = 10;

    /** It failed inside: what it had done by then, nobody says. */
    private static final Pattern FAILED_INSIDE =
            words("unknown error|internal|system error|server|database|time(d)? ?out"
                    + "|temporar(y|ily)|unavailable|try again|retry|busy|exception");

    private static final List<Row> TABLE = List.of(
            row(
                    Reason.CREDENTIAL,
                    "username|user name|password|passwd|api ?key|secret|credentials?|login|log ?in|authentication"
                            + "|authori[sz]ation|unauthori[sz]ed",
                    "Invalid credentials: username and password are the API key and the secret that the portal makes; an"
                            + " account login no longer works. Make a new pair in the dashboard if in doubt."),
            row(
                    Reason.ACCOUNT,
                    "credits?|balance|funds|top ?up|suspended|inactive|not active",
                    "The account can't pay or is suspended: look at its balance in the dashboard and top it up."),
            row(
                    Reason.OPTED_OUT,
                    "opt(ed)?[ -]?out|unsubscribed?|do not contact",
                    "The recipient has opted out at SMS Broadcast; nothing may be sent there."),
            row(
                    Reason.SENDER,
                    "senders?|sender ?id|source|(invalid|incorrect|unknown|missing|bad) from"
                            + "|from (number|address|field|parameter)",
                    "Invalid sender ID: at most 11 letters and digits without blanks or special characters, or one of the"
                            + " account's numbers; a name has to be approved, and in Australia registered, first."),
            row(
                    Reason.BLOCKED,
                    "blocked|blacklist(ed)?|barred|prohibited|not permitted|not allowed",
                    "SMS Broadcast blocks this recipient or content: ask its support why."),
            row(Reason.DUPLICATE, "duplicates?", "SMS Broadcast takes it for a repeat of an earlier message."),
            row(
                    Reason.CONTENT,
                    "too long|length|characters?|max ?split|split|(no|empty|blank|invalid|missing) (message|text)"
                            + "|message is|unicode|encoding",
                    "The text isn't taken: 160 characters are one credit, and maxSplit limits how many parts a long one"
                            + " may have."),
            row(
                    Reason.RECIPIENT,
                    "number|numbers|recipients?|mobile|destination|phone|handset|invalid to",
                    "The number isn't taken: write it with its country code, such as +61412345678."),
            row(
                    Reason.REQUEST,
                    "parameters?|fields?|missing|required|ref|reference|delay",
                    "SMS Broadcast doesn't understand the request: check the options."));

    private static final Meaning OTHER = new Meaning(
            Reason.OTHER, "It isn't known what this means: look at the dashboard, or ask SMS Broadcast's support.");

    private Remedies() {}

    /** The meaning of a sentence; empty if it says that SMS Broadcast failed inside, which proves nothing. */
    static Optional<Meaning> find(String sentence) {
        String known = sentence.length() > LONGEST ? sentence.substring(0, LONGEST) : sentence;
        String lower = known.toLowerCase(Locale.ROOT);
        if (FAILED_INSIDE.matcher(lower).find()) {
            return Optional.empty();
        }
        for (Row row : TABLE) {
            if (row.words().matcher(lower).find()) {
                return Optional.of(row.meaning());
            }
        }
        return Optional.of(OTHER);
    }

    /**
     * A sentence that may be shown: cut, plain, with every run of digits that could be somebody's number hidden. A
     * sentence that quotes one of the private texts, or the beginning of one, isn't shown at all; those of a few
     * characters stand in any sentence.
     */
    static String shown(String sentence, String... privates) {
        String lower = sentence.toLowerCase(Locale.ROOT);
        for (String secret : privates) {
            String beginning = secret.substring(0, Math.min(secret.length(), LONGEST_BEGINNING));
            if (secret.length() >= SHORTEST_QUOTED && lower.contains(beginning.toLowerCase(Locale.ROOT))) {
                return "(not shown: it quotes the request)";
            }
        }
        String cut = sentence.length() > LONGEST_SHOWN ? sentence.substring(0, LONGEST_SHOWN) : sentence;
        String plain = cut.replaceAll("[0-9][0-9 ]{2,}", "***").replaceAll("[^ -~]", "?");
        return plain.isEmpty() ? "(empty)" : '"' + plain + '"';
    }

    private static Row row(Reason reason, String words, String hint) {
        return new Row(words(words), new Meaning(reason, hint));
    }

    private static Pattern words(String alternatives) {
        return Pattern.compile("(?<![a-z])(?:" + alternatives + ")(?![a-z])");
    }
}
