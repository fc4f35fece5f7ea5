package io.textonce.template;

import java.util.ArrayList;
import java.util.List;

/**
 * One text, scanned: literals and the variables between them, with what is malformed. {@code {{name}}} is a variable,
 * four opening braces are two literal ones, anything else is literal.
 */
final class Parts {

    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";

    /** One more than {@link #names}; a variable stands between each two. */
    final List<String> literals = new ArrayList<>();

    final List<String> names = new ArrayList<>();
    final List<String> problems = new ArrayList<>();

    private final String text;

    private Parts(String text) {
        this.text = text;
    }

    static Parts scan(String text) {
        Parts parts = new Parts(text);
        parts.scan();
        return parts;
    }

    private void scan() {
        StringBuilder literal = new StringBuilder();
        int at = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
            literal.append(text, at, open);
            if (text.startsWith(OPEN, open + 2)) {
                literal.append(OPEN);
                at = open + 4;
                continue;
            }
            int close = text.indexOf(CLOSE, open + 2);
            if (close < 0) {
                problem(open, "\"{{\" is never closed by \"}}\"");
                at = text.length();
                break;
            }
            String name = text.substring(open + 2, close).strip();
            if (Names.isName(name)) {
                literals.add(literal.toString());
                literal.setLength(0);
                names.add(name);
            } else {
                problem(open, name.isEmpty() ? "\"{{}}\" names no variable" : "\"{{...}}\" holds no variable's name");
            }
            at = close + 2;
        }
        literals.add(literal.append(text, at, text.length()).toString());
    }

    private void problem(int index, String what) {
        problems.add("at character " + (text.codePointCount(0, index) + 1) + ": " + what);
    }
}
