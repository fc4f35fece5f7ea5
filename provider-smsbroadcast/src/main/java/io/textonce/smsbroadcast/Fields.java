package io.textonce.smsbroadcast;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.textonce.Media;
import io.textonce.WebhookRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook says, wherever it says it: the fields of a JSON or form body, then those of the query. The account's
 * owner writes the template, so that a field has several names and may hold a variable that was never filled in.
 */
final class Fields {

    private static final int MOST_FIELDS = 256;
    private static final int MOST_ATTACHMENTS = 32;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength(SmsBroadcastWebhooks.LARGEST_BODY)
                    .maxNameLength(256)
                    .maxNumberLength(64)
                    .maxDocumentLength(SmsBroadcastWebhooks.LARGEST_BODY)
                    .build())
            .build();

    /** A Velocity reference that isn't defined stays as it was written (EVIDENCE.md, section 7). */
    private static final Pattern UNFILLED = Pattern.compile("\\$!?\\{?[A-Za-z].*", Pattern.DOTALL);
    /** A person may write a dollar sign too, so only the variables of a text count as unfilled there. */
    private static final Pattern UNFILLED_TEXT =
            Pattern.compile("\\$!?\\{?(?:moContent|replyContent|mtContent|messageContent)}?");

    private static final Pattern PLAIN_BASE64 = Pattern.compile("[A-Za-z0-9+/\\s]*+={0,2}\\s*+");

    private final Map<String, String> values = new HashMap<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private boolean readable = true;

    /** A picture as it came: Base64 in the body, decoded when somebody opens it. */
    record Attachment(String contentType, @Nullable String name, String base64) {

        Media media() {
            return Media.of(contentType, name, size(), null, this::open);
        }

        private InputStream open() throws IOException {
            byte[] text = base64.getBytes(StandardCharsets.US_ASCII);
            if (!PLAIN_BASE64.matcher(base64).matches()) {
                throw new IOException("the picture isn't Base64");
            }
            return Base64.getMimeDecoder().wrap(new ByteArrayInputStream(text));
        }

        private long size() {
            int length = base64.length();
            if (length % 4 != 0 || base64.indexOf('\n') >= 0) {
                return -1;
            }
            int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
            return length / 4L * 3 - padding;
        }

        /** Never the content. */
        @Override
        public String toString() {
            return "Attachment[" + contentType + "]";
        }
    }

    private Fields() {}

    static Fields read(WebhookRequest request) {
        Fields fields = new Fields();
        byte[] body = request.method().equals("GET") ? new byte[0] : request.body();
        int first = firstVisible(body);
        if (first == '{') {
            fields.json(body);
        } else if (first == '[' || first == '<') {
            fields.readable = false;
        } else {
            fields.form(body);
        }
        fields.form(request.rawQuery().getBytes(StandardCharsets.UTF_8));
        return fields;
    }

    /** Whether the body was understood as far as its form goes. */
    boolean readable() {
        return readable;
    }

    List<Attachment> attachments() {
        return attachments;
    }

    /** The first of these fields that says something; null if none does. */
    @Nullable
    String get(String... names) {
        for (String name : names) {
            String value = values.get(name);
            if (value != null) {
                String stripped = value.strip();
                if (!stripped.isEmpty() && !UNFILLED.matcher(stripped).matches()) {
                    return stripped;
                }
            }
        }
        return null;
    }

    /** A reference, without the pair of parentheses that the vendor's own sample puts around it. */
    @Nullable
    String reference(String... names) {
        for (String name : names) {
            String value = get(name);
            if (value != null && value.startsWith("(") && value.endsWith(")") && value.length() > 1) {
                value = value.substring(1, value.length() - 1).strip();
            }
            if (value != null && !value.isEmpty() && !UNFILLED.matcher(value).matches()) {
                return value;
            }
        }
        return null;
    }

    /** A person's text, unchanged and possibly empty; null if there is none. */
    @Nullable
    String text(String... names) {
        for (String name : names) {
            String value = values.get(name);
            if (value != null && !UNFILLED_TEXT.matcher(value).matches()) {
                return value;
            }
        }
        return null;
    }

    private void put(String name, String value) {
        if (values.size() < MOST_FIELDS) {
            values.putIfAbsent(name, value);
        }
    }

    private void json(byte[] body) {
        try (JsonParser parser = FACTORY.createParser(body)) {
            parser.nextToken();
            object(parser, true);
            if (parser.nextToken() != null) {
                throw new IOException("something follows the JSON object");
            }
        } catch (IOException malformed) {
            readable = false;
            values.clear();
            attachments.clear();
        }
    }

    /** Also the fields of {@code metadata}, below which the platform keeps what a sender gave along. */
    private void object(JsonParser parser, boolean outer) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT && outer && name.equals("metadata")) {
                object(parser, false);
            } else if (token == JsonToken.START_ARRAY && outer && name.equals("attachments")) {
                attachments(parser);
            } else if (token != null && token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                put(name, parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("the JSON object is cut");
        }
    }

    private void attachments(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            Map<String, String> parts = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (token == JsonToken.VALUE_STRING && parts.size() < MOST_ATTACHMENTS) {
                    parts.putIfAbsent(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
            String base64 = either(parts, "base64", "content", "data");
            if (base64 != null && !UNFILLED.matcher(base64).matches() && attachments.size() < MOST_ATTACHMENTS) {
                String name = either(parts, "originalName", "original_name", "name");
                attachments.add(new Attachment(
                        contentType(either(parts, "contentType", "content_type", "type")), fileName(name), base64));
            }
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw new IOException("the list of attachments holds something else");
        }
    }

    private static @Nullable String either(Map<String, String> parts, String... names) {
        for (String name : names) {
            String value = parts.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static String contentType(@Nullable String type) {
        boolean usual = type != null && type.matches("[A-Za-z0-9.+_-]{1,64}/[A-Za-z0-9.+_-]{1,64}");
        return type != null && usual ? type : "application/octet-stream";
    }

    /** Anybody may name a file anything: no folders, no control or direction characters, no great length. */
    private static @Nullable String fileName(@Nullable String name) {
        if (name == null) {
            return null;
        }
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        StringBuilder plain = new StringBuilder();
        last.codePoints()
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)
                .limit(100)
                .forEach(plain::appendCodePoint);
        String cleaned = plain.toString().strip();
        return cleaned.isEmpty() || cleaned.equals(".") || cleaned.equals("..") ? null : cleaned;
    }

    private void form(byte[] encoded) {
        int start = 0;
        for (int i = 0; i < MOST_FIELDS && start < encoded.length; i++) {
            int end = start;
            int equals = -1;
            while (end < encoded.length && encoded[end] != '&') {
                if (encoded[end] == '=' && equals < 0) {
                    equals = end;
                }
                end++;
            }
            if (equals > start) {
                put(decode(encoded, start, equals), decode(encoded, equals + 1, end));
            }
            start = end + 1;
        }
    }

    private static String decode(byte[] encoded, int start, int end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end - start);
        for (int i = start; i < end; i++) {
            int high = i + 2 < end ? Character.digit(encoded[i + 1], 16) : -1;
            int low = i + 2 < end ? Character.digit(encoded[i + 2], 16) : -1;
            if (encoded[i] == '%' && high >= 0 && low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(encoded[i] == '+' ? ' ' : encoded[i]);
            }
        }
        byte[] decoded = bytes.toByteArray();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            // The older callbacks' encoding isn't documented; each byte stays a character.
            return new String(decoded, StandardCharsets.ISO_8859_1);
        }
    }

    private static int firstVisible(byte[] body) {
        for (byte octet : body) {
            if (octet > ' ') {
                return octet;
            }
        }
        return -1;
    }

    /** The number of fields; never their content. */
    @Override
    public String toString() {
        return "Fields[" + values.size() + ", attachments " + attachments.size() + "]";
    }
}
