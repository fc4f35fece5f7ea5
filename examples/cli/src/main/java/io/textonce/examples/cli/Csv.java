package io.textonce.examples.cli;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads comma-separated values as in RFC 4180: quoted cells may hold commas, line feeds and doubled quotes. Lines may end
 * with CR LF or LF, and empty lines are skipped. The separator is whichever of comma and semicolon comes first: spreadsheets
 * write semicolons in much of Europe.
 */
final class Csv {

    private static final int END = -1;

    /** One record and the line of the file that it begins on, from 1. */
    record Line(long number, List<String> cells) {}

    private final Reader in;
    private final StringBuilder cell = new StringBuilder();
    private int separator;
    private long number = 1;
    private int next;

    /** Reads from a buffered reader, which the caller closes. */
    Csv(Reader in) throws IOException {
        this.in = in;
        this.next = in.read();
        if (next == '\uFEFF') {
            next = in.read();
        }
    }

    /**
     * The next record.
     *
     * @return null at the end
     * @throws IllegalArgumentException naming the line that isn't well-formed
     */
    @Nullable
    Line read() throws IOException {
        while (next == '\r' || next == '\n') {
            advance();
        }
        if (next == END) {
            return null;
        }
        long begins = number;
        List<String> cells = new ArrayList<>();
        cells.add(cell(begins));
        while (next != END && next != '\n') {
            advance();
            cells.add(cell(begins));
        }
        if (separator == 0) {
            separator = ',';
        }
        return new Line(begins, cells);
    }

    /** Leaves {@code next} at the separator, the line feed or the end. */
    private String cell(long begins) throws IOException {
        cell.setLength(0);
        if (next == '"') {
            quoted(begins);
            if (next == '\r') {
                advance();
            }
            if (!isOver()) {
                throw new IllegalArgumentException(
                        "line " + number + ": text follows a closing quote; double the quotes that belong to a cell");
            }
            return cell.toString();
        }
        while (!isOver()) {
            cell.append((char) next);
            advance();
        }
        if (next != separator && !cell.isEmpty() && cell.charAt(cell.length() - 1) == '\r') {
            cell.setLength(cell.length() - 1);
        }
        return cell.toString();
    }

    private void quoted(long begins) throws IOException {
        advance();
        while (true) {
            if (next == END) {
                throw new IllegalArgumentException("line " + begins + ": a quote that opens here is never closed");
            }
            if (next == '"') {
                advance();
                if (next != '"') {
                    return;
                }
            }
            cell.append((char) next);
            advance();
        }
    }

    /** The first separator that is met is the file's. */
    private boolean isOver() {
        if (separator == 0 && (next == ',' || next == ';')) {
            separator = next;
        }
        return next == END || next == '\n' || next == separator;
    }

    private void advance() throws IOException {
        if (next == '\n') {
            number++;
        }
        next = in.read();
    }

    /** A record as a line, with quotes where they are needed. */
    static String line(@Nullable Object... cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String cell = cells[i] == null ? "" : String.valueOf(cells[i]);
            boolean quote = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            line.append(i == 0 ? "" : ",").append(quote ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        return line.append('\n').toString();
    }
}
