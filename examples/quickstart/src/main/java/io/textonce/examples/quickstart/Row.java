package io.textonce.examples.quickstart;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * One row of messages.csv.
 *
 * @param country two letters: where a number without a country code is from
 * @param to the number as somebody wrote it
 * @param text the text
 */
record Row(String country, String to, String text) {

    private static final List<String> HEADING = List.of("country", "to", "text");

    /** Reads all rows below the heading; a quoted field may hold commas, line breaks and doubled quotes. */
    static List<Row> read(Reader csv) throws IOException {
        List<Row> rows = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        int before = '\n';
        for (int c = csv.read(); c >= 0 || before != '\n'; c = csv.read()) {
            if (c == '"') {
                quoted = !quoted;
                if (quoted && before == '"') {
                    field.append('"'); // a doubled quote
                }
            } else if (quoted && c >= 0) {
                field.append((char) c);
            } else if (c == ',') {
                fields.add(field.toString());
                field.setLength(0);
            } else if (c == '\n' || c < 0) {
                fields.add(field.toString());
                field.setLength(0);
                add(rows, fields);
                fields.clear();
            } else if (c != '\r' && c != '\uFEFF') {
                field.append((char) c);
            }
            before = c < 0 ? '\n' : c;
        }
        if (quoted) {
            throw new IOException("the last quoted text has no end");
        }
        return rows.subList(Math.min(1, rows.size()), rows.size());
    }

    private static void add(List<Row> rows, List<String> fields) throws IOException {
        if (fields.size() == 1 && fields.get(0).isBlank()) {
            return;
        }
        if (rows.isEmpty() && !fields.stream().map(String::strip).toList().equals(HEADING)) {
            // else a file without a heading would lose its first message
            throw new IOException("the heading isn't country,to,text; make that the first line");
        }
        if (fields.size() != 3) {
            throw new IOException("row " + rows.size() + " has " + fields.size() + " fields; give country,to,text"
                    + " and put quotes around a text with commas");
        }
        rows.add(new Row(fields.get(0).strip(), fields.get(1), fields.get(2)));
    }
}
