package io.textonce.sns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads the XML that AWS's query protocol answers with: elements, attributes (skipped) and text. There is no DTD, entity
 * of one's own, comment, CDATA or processing instruction in it, so each of these is refused, and with them every attack
 * that XML is known for. A whole document or an error: a cut one is never half read.
 *
 * <p>The JDK's StAX reader does the same with 14.7 KB of garbage a document, as much as the whole HTTP exchange.
 */
final class Xml {

    private static final int LARGEST = 256 * 1024;
    private static final int DEEPEST = 16;
    private static final int MIN_TEXT = ' ';
    private static final String SPACES = " \t\r\n";

    /** Takes what the elements hold. */
    interface Leaves {
        /**
         * Called at the end of each element that holds no other.
         *
         * @param path names from the root down, such as {@code /PublishResponse/PublishResult/MessageId}
         * @param text what it holds, white space included
         */
        void leaf(String path, String text) throws IOException;
    }

    private final String xml;
    private final Leaves leaves;
    private int at;

    private Xml(String xml, Leaves leaves) {
        this.xml = xml;
        this.leaves = leaves;
    }

    static void read(byte[] bytes, Leaves leaves) throws IOException {
        if (bytes.length > LARGEST) {
            throw new IOException("the XML is larger than " + LARGEST + " bytes");
        }
        new Xml(new String(bytes, StandardCharsets.UTF_8), leaves).document();
    }

    private void document() throws IOException {
        if (xml.startsWith("<?xml ")) {
            at = after("?>");
        }
        skipSpaces();
        StringBuilder path = new StringBuilder();
        Deque<String> open = new ArrayDeque<>();
        boolean leaf = false; // nothing has been closed within the element that is open
        do {
            int tag = xml.indexOf('<', at);
            if (tag < 0) {
                throw new IOException("the XML is cut");
            }
            String text = unescape(xml.substring(at, tag));
            if (xml.startsWith("</", tag)) {
                at = tag + 2;
                String name = name();
                skipSpaces();
                expect('>');
                if (!name.equals(open.poll())) {
                    throw new IOException("an XML element is closed that isn't open");
                }
                if (leaf) {
                    leaves.leaf(path.toString(), text);
                }
                path.setLength(path.length() - name.length() - 1);
                leaf = false;
            } else {
                if (open.isEmpty() && tag != at) {
                    throw new IOException("the XML begins with text");
                }
                at = tag + 1;
                String name = name();
                path.append('/').append(name);
                if (attributes()) {
                    leaves.leaf(path.toString(), "");
                    path.setLength(path.length() - name.length() - 1);
                    leaf = false;
                } else {
                    open.push(name);
                    leaf = true;
                    if (open.size() > DEEPEST) {
                        throw new IOException("the XML is nested too deeply");
                    }
                }
            }
        } while (!open.isEmpty());
        skipSpaces();
        if (at != xml.length()) {
            throw new IOException("something follows the XML");
        }
    }

    /** Skips attributes and the end of the start tag; true if the element is empty. */
    private boolean attributes() throws IOException {
        Set<String> names = new HashSet<>();
        while (true) {
            int before = at;
            skipSpaces();
            if (xml.startsWith("/>", at)) {
                at += 2;
                return true;
            }
            if (xml.startsWith(">", at)) {
                at++;
                return false;
            }
            if (at == before || !names.add(name())) {
                throw new IOException("XML attributes aren't apart, or stand twice");
            }
            expect('=');
            char quote = at < xml.length() ? xml.charAt(at) : 0;
            if (quote != '"' && quote != '\'') {
                throw new IOException("an XML attribute isn't quoted");
            }
            int from = ++at;
            at = after(String.valueOf(quote));
            String value = xml.substring(from, at);
            if (value.indexOf('<') >= 0 || value.indexOf('&') >= 0) {
                throw new IOException("an XML attribute holds markup");
            }
        }
    }

    private String name() throws IOException {
        int from = at;
        while (at < xml.length() && isName(xml.charAt(at))) {
            at++;
        }
        if (at == from || !isFirst(xml.charAt(from))) {
            throw new IOException("an XML name is missing, or this is more XML than AWS writes");
        }
        return xml.substring(from, at);
    }

    private static boolean isName(char c) {
        return isFirst(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    }

    /** No colon: AWS writes no prefixes. */
    private static boolean isFirst(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private void skipSpaces() {
        while (at < xml.length() && SPACES.indexOf(xml.charAt(at)) >= 0) {
            at++;
        }
    }

    private void expect(char c) throws IOException {
        if (at >= xml.length() || xml.charAt(at) != c) {
            throw new IOException("the XML isn't well formed");
        }
        at++;
    }

    private int after(String mark) throws IOException {
        int found = xml.indexOf(mark, at);
        if (found < 0) {
            throw new IOException("the XML is cut");
        }
        return found + mark.length();
    }

    private static String unescape(String text) throws IOException {
        if (text.contains("]]>") || text.chars().anyMatch(c -> c < ' ' && SPACES.indexOf(c) < 0)) {
            throw new IOException("an XML text holds what it must not");
        }
        int mark = text.indexOf('&');
        if (mark < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        int done = 0;
        while (mark >= 0) {
            int end = text.indexOf(';', mark);
            if (end < 0 || end - mark > 9) {
                throw new IOException("an XML entity has no end");
            }
            plain.append(text, done, mark).appendCodePoint(character(text.substring(mark + 1, end)));
            done = end + 1;
            mark = text.indexOf('&', done);
        }
        return plain.append(text, done, text.length()).toString();
    }

    private static int character(String entity) throws IOException {
        return switch (entity) {
            case "amp" -> '&';
            case "lt" -> '<';
            case "gt" -> '>';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> {
                boolean hex = entity.startsWith("#x");
                try {
                    int point = entity.startsWith("#")
                            ? Integer.parseInt(entity.substring(hex ? 2 : 1), hex ? 16 : 10)
                            : -1;
                    if (Character.isValidCodePoint(point) && point >= MIN_TEXT && (point < 0xD800 || point > 0xDFFF)) {
                        yield point;
                    }
                } catch (NumberFormatException notANumber) {
                    // Refused below with every other entity that XML doesn't define itself.
                }
                throw new IOException("an XML entity isn't one of the five");
            }
        };
    }
}
