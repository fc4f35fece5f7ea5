package io.textonce.template;

/** What ids and variables may be called. */
final class Names {

    static final int LONGEST = 64;
    static final String ALLOWED =
            "1 to " + LONGEST + " letters, digits and _ - . of which the first is a letter, a digit or _";

    private Names() {}

    static boolean isName(String name) {
        if (name.isEmpty() || name.length() > LONGEST || name.charAt(0) == '-' || name.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isPart(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean isPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
    }

    /** A name that came from outside, safe for a message: what isn't a name may be a value put in the wrong place. */
    static String shown(String name) {
        return isName(name) ? name : "?";
    }
}
