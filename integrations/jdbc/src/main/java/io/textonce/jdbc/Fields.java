package io.textonce.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records of optional fields as one text: a tab between fields, a line for each record, {@code \N} for null, and backslash
 * escapes, as PostgreSQL's COPY writes them. A reader gets null for fields that an older writer didn't know.
 */
final class Fields {

    private Fields() {}

    /** Writes one record after the other. */
    static final class Writer {
        private final StringBuilder out = new StringBuilder();
        private boolean first = true;

        Writer add(@Nullable Object value) {
            if (!first) {
                out.append('\t');
            }
            first = false;
            if (value == null) {
                out.append("\\N");
            } else {
                escape(value.toString());
            }
            return this;
        }

        private void escape(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                switch (c) {
                    case '\\' -> out.append("\\\\");
                    case '\t' -> out.append("\\t");
                    case '\n' -> out.append("\\n");
                    case '\r' -> out.append("\\r");
                    case '\0' -> out.append("\\0");
                    default -> out.append(c);
                }
            }
        }

        Writer endRecord() {
            out.append('\n');
            first = true;
            return this;
        }

        @Override
        public String toString() {
            return out.toString();
        }
    }

    /** One record. */
    static final class Reader {
        private final List<@Nullable String> fields;
        private int next;

        private Reader(List<@Nullable String> fields) {
            this.fields = fields;
        }

        @Nullable
        String text() {
            return next < fields.size() ? fields.get(next++) : null;
        }

        boolean isAtEnd() {
            return next >= fields.size();
        }

        String required() {
            String text = text();
            if (text == null) {
                throw new IllegalStateException("a stored record lacks field " + next + "; was it changed by hand?");
            }
            return text;
        }

        int number(int otherwise) {
            String text = text();
            return text == null ? otherwise : Integer.parseInt(text);
        }

        @Nullable
        Instant instant() {
            return as(Instant::parse);
        }

        <T> @Nullable T as(Function<String, T> parse) {
            String text = text();
            return text == null ? null : parse.apply(text);
        }
    }

    static List<Reader> read(String text) {
        List<Reader> records = new ArrayList<>();
        List<@Nullable String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean isNull = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t' || c == '\n') {
                fields.add(isNull ? null : field.toString());
                field.setLength(0);
                isNull = false;
                if (c == '\n') {
                    records.add(new Reader(fields));
                    fields = new ArrayList<>();
                }
            } else if (c == '\\' && i + 1 < text.length()) {
                char escaped = text.charAt(++i);
                isNull |= escaped == 'N';
                field.append(
                        switch (escaped) {
                            case 't' -> '\t';
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case '0' -> '\0';
                            default -> escaped;
                        });
            } else {
                field.append(c);
            }
        }
        return records;
    }
}
