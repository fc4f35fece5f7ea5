package io.textonce.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Grapheme clusters as a regular expression over the characters that {@link Texts} uses: written apart from the table and
 * the loop under test, after the table in Unicode Standard Annex 29, section 3.1.1.
 */
final class ReferenceClusters {
    private static final String EXTEND =
            "[\\x{300}-\\x{36F}\\x{94D}\\x{FE0F}\\x{20E3}\\x{1F3FB}-\\x{1F3FF}\\x{E0020}-\\x{E007F}]";
    private static final String PICTOGRAPH = "[\\x{1F3F4}\\x{1F600}\\x{1F468}\\x{1F469}\\x{1F467}\\x{2764}]";
    private static final String REGIONAL = "[\\x{1F1E6}-\\x{1F1FF}]";
    private static final String HANGUL = "(?:[\\x{1100}-\\x{115F}]*(?:[\\x{AC00}\\x{AC1C}][\\x{1160}-\\x{11A7}]*"
            + "|[\\x{1160}-\\x{11A7}]+|\\x{AC01})[\\x{11A8}-\\x{11FF}]*|[\\x{1100}-\\x{115F}]+|[\\x{11A8}-\\x{11FF}]+)";
    private static final String CONTROL = "[\\x{0}-\\x{1F}\\x{7F}-\\x{9F}\\x{D800}-\\x{DFFF}]";
    private static final Pattern CLUSTER = Pattern.compile(CONTROL + "|\\x{600}*(?:" + HANGUL + "|" + REGIONAL
            + REGIONAL + "|"
            + PICTOGRAPH + "(?:" + EXTEND + "*\\x{200D}" + PICTOGRAPH + ")*|(?!" + CONTROL + ")[^\\x{600}])(?:" + EXTEND
            + "|\\x{200D}|[\\x{93E}\\x{93F}])*|\\x{600}+");

    private ReferenceClusters() {}

    static List<String> of(String text) {
        List<String> clusters = new ArrayList<>();
        Matcher matcher = CLUSTER.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() != end) {
                throw new IllegalStateException("no cluster at " + end);
            }
            clusters.add(matcher.group());
            end = matcher.end();
        }
        if (end != text.length()) {
            throw new IllegalStateException("no cluster at " + end);
        }
        return clusters;
    }
}
