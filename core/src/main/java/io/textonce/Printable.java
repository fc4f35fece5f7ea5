package io.textonce;

/** Makes a host's value safe to stand in an error message: short, and without control or bidirectional characters. */
final class Printable {

    private static final int LONGEST = 40;

    private Printable() {}

    static String of(String value) {
        StringBuilder out = new StringBuilder();
        value.codePoints().limit(LONGEST).forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = Character.isISOControl(c) || type == Character.FORMAT || type == Character.SURROGATE;
            out.appendCodePoint(hidden ? '?' : c);
        });
        if (value.codePointCount(0, value.length()) > LONGEST) {
            out.append("...");
        }
        return out.toString();
    }
}
