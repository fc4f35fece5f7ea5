package io.textonce.examples.cli;

import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.phone.PhoneNumbers;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.AbstractCollection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file as messages, read anew by each iterator, so that a file of any length needs little memory.
 *
 * <p>What makes two rows the same, for the idempotency key, is recipient and content wherever they stand; the same row for
 * the second time is another one. So a file may be sorted or added to between two runs, and one whose rows were moved
 * doesn't send them again, which keys made of positions would do.
 */
final class Rows extends AbstractCollection<SmsMessage> {

    /** The label that holds the line of a message. */
    static final String LINE = "line";

    private static final List<String> OURS = List.of("to", "text", "template", "locale", "reference");

    private final Path file;
    private final PhoneNumbers phones;
    private final TemplateRepository templates;
    private final UnaryOperator<SmsMessage.Builder> options;
    private final int size;

    /**
     * Reads the file once, to be sure that all of it can be read.
     *
     * @param phones how the client will read numbers
     * @param options what all messages have in common
     * @throws IllegalArgumentException naming the line and what is wrong with it
     */
    Rows(Path file, PhoneNumbers phones, TemplateRepository templates, UnaryOperator<SmsMessage.Builder> options)
            throws IOException {
        this.file = file;
        this.phones = phones;
        this.templates = templates;
        this.options = options;
        int rows = 0;
        try (Messages all = new Messages()) {
            while (all.read() != null) {
                rows++;
            }
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + " doesn't exist", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " isn't UTF-8; save it as \"CSV UTF-8\"", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ", " + e.getMessage(), e);
        }
        this.size = rows;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<SmsMessage> iterator() {
        try {
            return new Messages();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Messages implements Iterator<SmsMessage>, AutoCloseable {
        private final BufferedReader in;
        private final Csv csv;
        private final List<String> columns;
        private final Map<ByteBuffer, Integer> seen = new HashMap<>();
        private @Nullable SmsMessage next;

        Messages() throws IOException {
            in = new BufferedReader(
                    new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()));
            csv = new Csv(in);
            Csv.Line header = csv.read();
            columns = header == null
                    ? List.of()
                    : header.cells().stream().map(String::strip).toList();
            if (!columns.contains("to") || columns.contains("text") == columns.contains("template")) {
                throw new IllegalArgumentException("line 1: the columns are " + columns
                        + "; there must be \"to\", and either \"text\" or \"template\"");
            }
            if (new HashSet<>(columns).size() < columns.size()) {
                throw new IllegalArgumentException("line 1: the columns are " + columns + "; two have the same name");
            }
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                try {
                    next = read();
                    if (next == null) {
                        close();
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return next != null;
        }

        @Override
        public SmsMessage next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            SmsMessage message = Objects.requireNonNull(next);
            next = null;
            return message;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }

        @Nullable
        SmsMessage read() throws IOException {
            Csv.Line line = csv.read();
            if (line == null) {
                return null;
            }
            if (line.cells().size() != columns.size()) {
                throw new IllegalArgumentException("line " + line.number() + ": it has "
                        + line.cells().size() + " cells, and there are " + columns.size()
                        + " columns; put quotes around cells with commas");
            }
            Map<String, String> cells = new TreeMap<>();
            for (int i = 0; i < columns.size(); i++) {
                cells.put(columns.get(i), line.cells().get(i));
            }
            try {
                return message(line.number(), cells);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + line.number() + ": " + e.getMessage(), e);
            }
        }

        private SmsMessage message(long line, Map<String, String> cells) {
            String to = cells.getOrDefault("to", "").strip();
            SmsMessage.Builder message = options.apply(SmsMessage.to(to)).label(LINE, Long.toString(line));
            MessageDigest row = sha256();
            put(row, phones.normalize(to).map(PhoneNumber::e164).orElse(to));
            String text = cells.get("text");
            if (text != null) {
                message.text(text);
                put(row, text);
            } else {
                String id = cells.getOrDefault("template", "").strip();
                String locale = cells.getOrDefault("locale", "").strip();
                Map<String, String> variables = variables(id, cells);
                message.template(id, Locale.forLanguageTag(locale), variables);
                put(row, id);
                put(row, locale);
                variables.forEach((name, value) -> {
                    put(row, name);
                    put(row, value);
                });
            }
            String reference = cells.getOrDefault("reference", "");
            if (!reference.isEmpty()) {
                message.reference(reference);
            }
            byte[] digest = row.digest();
            int times = seen.merge(ByteBuffer.wrap(digest), 1, Integer::sum);
            return message.idempotencyKey(HexFormat.of().formatHex(digest) + "-" + times)
                    .build();
        }
    }

    /** A file for several templates has columns that some of them don't know; an empty cell is a missing value. */
    private Map<String, String> variables(String template, Map<String, String> cells) {
        List<String> declared = templates
                .find(TenantId.DEFAULT, template)
                .map(Template::variables)
                .orElse(List.of());
        Map<String, String> variables = new TreeMap<>(cells);
        variables.keySet().removeAll(OURS);
        variables.keySet().retainAll(declared);
        variables.values().removeIf(String::isEmpty);
        return variables;
    }

    private static void put(MessageDigest digest, String field) {
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
