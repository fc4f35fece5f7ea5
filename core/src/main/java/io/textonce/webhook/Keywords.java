package io.textonce.webhook;

import io.textonce.Keyword;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The words that mean consent when they are all that a message says.
 *
 * <p>Guaranteed: only a whole message counts, whatever its case, its width and the signs around it; {@code "stop!"} is
 * STOP, {@code "please stop"} is nothing. No locale of the machine plays a part.
 *
 * <pre>{@code
 * Keywords.standard().with(Keyword.STOP, "PARAR").without("CANCEL");
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Keywords {

    /** No keyword is nearly as long; normalising isn't free. */
    private static final int LONGEST = 64;

    private static final Keywords NONE = new Keywords(Map.of(), Set.of());

    /**
     * STOP and its kin as Twilio (Advanced Opt-Out) and AWS (End User Messaging, opt-out keywords) recognise them, START,
     * UNSTOP, HELP and INFO; and YES, which is START for a number that opted out.
     */
    private static final Keywords STANDARD = NONE.with(
                    Keyword.STOP, "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
            .with(Keyword.STOP, "ARRET", "ARR\u00CAT", "OPT-OUT", "REMOVE", "TD")
            .with(Keyword.START, "START", "UNSTOP")
            .with(Keyword.HELP, "HELP", "INFO")
            .withStartIfSuppressed("YES");

    private final Map<String, Keyword> words;
    private final Set<String> startIfSuppressed;

    private Keywords(Map<String, Keyword> words, Set<String> startIfSuppressed) {
        this.words = words;
        this.startIfSuppressed = startIfSuppressed;
    }

    /**
     * The words that Twilio and AWS recognise.
     *
     * @return STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE, OPTOUT, ARRET, OPT-OUT, REMOVE, TD; START, UNSTOP, and
     *     YES from a suppressed number; HELP, INFO
     */
    public static Keywords standard() {
        return STANDARD;
    }

    /**
     * No words: only a provider's own tag counts then.
     *
     * @return an empty list
     */
    public static Keywords none() {
        return NONE;
    }

    /**
     * More words.
     *
     * @param meaning what they mean
     * @param more the words, in any case
     * @return the longer list
     * @throws IllegalArgumentException if a word has no letter or digit, or more than 64 characters
     */
    public Keywords with(Keyword meaning, String... more) {
        Map<String, Keyword> longer = new HashMap<>(words);
        Set<String> conditional = new HashSet<>(startIfSuppressed);
        for (String word : more) {
            longer.put(checked(word), meaning);
            conditional.remove(checked(word));
        }
        return new Keywords(Map.copyOf(longer), Set.copyOf(conditional));
    }

    /**
     * More words that mean START, but only from a number that opted out: from anybody else they are an answer to
     * something.
     *
     * @param more the words, in any case
     * @return the longer list
     * @throws IllegalArgumentException as {@link #with}
     */
    public Keywords withStartIfSuppressed(String... more) {
        Keywords shorter = without(more);
        Set<String> conditional = new HashSet<>(shorter.startIfSuppressed);
        for (String word : more) {
            conditional.add(checked(word));
        }
        return new Keywords(shorter.words, Set.copyOf(conditional));
    }

    /**
     * Fewer words, for hosts to whom they mean something else.
     *
     * @param fewer the words, in any case
     * @return the shorter list
     * @throws IllegalArgumentException as {@link #with}
     */
    public Keywords without(String... fewer) {
        Map<String, Keyword> shorter = new HashMap<>(words);
        Set<String> conditional = new HashSet<>(startIfSuppressed);
        for (String word : fewer) {
            shorter.remove(checked(word));
            conditional.remove(checked(word));
        }
        return new Keywords(Map.copyOf(shorter), Set.copyOf(conditional));
    }

    /**
     * Recognises a message.
     *
     * @param text the whole message
     * @param suppressed asked, at most once, only where the answer matters: whether the sender opted out
     * @return what it means, or empty for an ordinary message
     */
    public Optional<Keyword> recognise(String text, BooleanSupplier suppressed) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        String bare = bare(text);
        Keyword meaning = words.get(bare);
        if (meaning == null && startIfSuppressed.contains(bare) && suppressed.getAsBoolean()) {
            meaning = Keyword.START;
        }
        return Optional.ofNullable(meaning);
    }

    private static String checked(String word) {
        String bare = bare(word);
        if (bare.isEmpty() || word.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "keyword: needs a letter or digit, and at most " + LONGEST + " characters");
        }
        return bare;
    }

    /**
     * Compatibility forms made plain, nothing but letters and digits at either end, case folded. Upper case first, so that
     * the Turkish dotless i folds as well; its dotted capital folds to i and a dot, of which the dot goes.
     */
    private static String bare(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC);
        int start = 0;
        int end = plain.length();
        while (start < end && !Character.isLetterOrDigit(plain.codePointAt(start))) {
            start += Character.charCount(plain.codePointAt(start));
        }
        while (end > start && !Character.isLetterOrDigit(plain.codePointBefore(end))) {
            end -= Character.charCount(plain.codePointBefore(end));
        }
        return plain.substring(start, end)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT)
                .replace("\u0307", "");
    }

    @Override
    public String toString() {
        return "Keywords" + words.keySet();
    }
}
