package io.textonce.gateway;

import com.google.re2j.Matcher;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One thing that a gateway said: a line, a JSON value, or a form. */
interface Item {

    /** A value as text; null if there is none, or if it is an object or array. */
    @Nullable
    String text(Path path);

    /** Whether there is a value, objects and arrays included. */
    default boolean has(Path path) {
        return text(path) != null;
    }

    /** The octets behind a value, before they were taken for UTF-8. */
    default byte @Nullable [] octets(Path path) {
        String text = text(path);
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing was said. */
    Item NOTHING = path -> null;

    /** A part of a JSON tree. */
    record Tree(Object node) implements Item {
        @Override
        public @Nullable String text(Path path) {
            return path.kind() == Path.Kind.QUERY ? null : Json.scalar(path.in(node));
        }

        @Override
        public boolean has(Path path) {
            Object found = path.kind() == Path.Kind.QUERY ? null : path.in(node);
            return found != null && found != Json.NULL;
        }
    }

    /** A form or query. */
    record Pairs(Form form) implements Item {
        @Override
        public @Nullable String text(Path path) {
            return path.kind() == Path.Kind.NAME ? form.get(path.name()) : null;
        }

        @Override
        public byte @Nullable [] octets(Path path) {
            return path.kind() == Path.Kind.NAME ? form.octets(path.name()) : null;
        }
    }

    /** What a line's pattern found. */
    record Groups(Map<String, Integer> names, Matcher match) implements Item {
        @Override
        public @Nullable String text(Path path) {
            Integer group = names.get(path.name());
            return group == null ? null : match.group(group);
        }
    }

    /** An item of a webhook, whose own URL may tell more. */
    record Called(Item body, Form query) implements Item {
        @Override
        public @Nullable String text(Path path) {
            return path.kind() == Path.Kind.QUERY ? query.get(path.name()) : body.text(path);
        }

        @Override
        public boolean has(Path path) {
            return path.kind() == Path.Kind.QUERY ? query.get(path.name()) != null : body.has(path);
        }

        @Override
        public byte @Nullable [] octets(Path path) {
            return path.kind() == Path.Kind.QUERY ? query.octets(path.name()) : body.octets(path);
        }
    }
}
