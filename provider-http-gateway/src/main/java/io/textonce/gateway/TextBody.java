package io.textonce.gateway;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Bodies from one template, in formats whose escapes are known: a value never becomes markup. */
final class TextBody {

    static final List<String> TYPES = List.of("text/plain", "text/xml", "application/xml");

    private TextBody() {}

    static UnaryOperator<String> escape(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).endsWith("xml") ? TextBody::xml : UnaryOperator.identity();
    }

    /** XML 1.0: what it can't hold becomes U+FFFD. */
    private static String xml(String value) {
        StringBuilder text = new StringBuilder(value.length() + 16);
        value.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&apos;");
                case '\r' -> text.append("&#13;");
                default -> {
                    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                    boolean control = c < ' ' && c != '\t' && c != '\n';
                    text.appendCodePoint(control || surrogate || c == 0xFFFE || c == 0xFFFF ? 0xFFFD : c);
                }
            }
        });
        return text.toString();
    }
}
