package io.textonce.engagement.reporting;

import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes comma-separated values by RFC 4180, and none that a spreadsheet would run as a formula. */
final class Csv {

    /** Harmless, whatever its sign: amounts and E.164. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?");

    private final Appendable out;
    private boolean first = true;

    Csv(Appendable out) {
        this.out = out;
    }

    Csv cell(@Nullable Object value) throws IOException {
        if (!first) {
            out.append(',');
        }
        first = false;
        String text = harmless(value == null ? "" : value.toString());
        boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')
                || !text.strip().equals(text);
        out.append(quoted ? '"' + text.replace("\"", "\"\"") + '"' : text);
        return this;
    }

    void end() throws IOException {
        out.append("\r\n");
        first = true;
    }

    /** OWASP, CSV Injection: a value that begins like a formula is given an apostrophe. Full-width signs count, too. */
    private static String harmless(String text) {
        String begin = text.stripLeading();
        boolean likeFormula = !text.isEmpty()
                && (text.charAt(0) == '\t'
                        || text.charAt(0) == '\r'
                        || text.charAt(0) == '\n'
                        || (!begin.isEmpty() && "=+-@\uFF1D\uFF0B\uFF0D\uFF20".indexOf(begin.charAt(0)) >= 0));
        return likeFormula && !NUMBER.matcher(text).matches() ? "'" + text : text;
    }
}
