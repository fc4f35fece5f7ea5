package io.textonce.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON body as a tree whose leaves are templates, so that no value can break out of its place. What has no value is left
 * out, and so is what becomes empty by that.
 */
sealed interface JsonBody {

    /** The value in JSON's terms, or null for nothing. */
    @Nullable
    Object render(Values values);

    JsonBody bind(Function<String, @Nullable String> known);

    /** A number, truth value or null, as it stands. */
    record Fixed(Object value) implements JsonBody {
        @Override
        public Object render(Values values) {
            return value;
        }

        @Override
        public JsonBody bind(Function<String, @Nullable String> known) {
            return this;
        }
    }

    /** A text; a number if it is nothing but a variable that counts. */
    record Leaf(Template template) implements JsonBody {
        @Override
        public @Nullable Object render(Values values) {
            String text = template.render(values);
            boolean number = template.is(Values.PARTS)
                    || template.is(Values.VALIDITY_SECONDS)
                    || template.is(Values.VALIDITY_MINUTES);
            return text == null || !number ? text : new Json.Num(text);
        }

        @Override
        public JsonBody bind(Function<String, @Nullable String> known) {
            return new Leaf(template.bind(known));
        }
    }

    /** All recipients as texts. */
    record Recipients() implements JsonBody {
        @Override
        public Object render(Values values) {
            return values.recipients().stream().<Object>map(Values.To::number).toList();
        }

        @Override
        public JsonBody bind(Function<String, @Nullable String> known) {
            return this;
        }
    }

    /** Once for each recipient. */
    record Each(JsonBody item) implements JsonBody {
        @Override
        public Object render(Values values) {
            List<Object> all = new ArrayList<>();
            for (Values.To recipient : values.recipients()) {
                Object one = item.render(values.only(recipient));
                if (one != null) {
                    all.add(one);
                }
            }
            return all;
        }

        @Override
        public JsonBody bind(Function<String, @Nullable String> known) {
            return new Each(item.bind(known));
        }
    }

    /** An array. */
    record Elements(List<JsonBody> elements) implements JsonBody {
        @Override
        public @Nullable Object render(Values values) {
            List<Object> all = new ArrayList<>(elements.size());
            for (JsonBody element : elements) {
                Object one = element.render(values);
                if (one != null) {
                    all.add(one);
                }
            }
            return all.isEmpty() && !elements.isEmpty() ? null : all;
        }

        @Override
        public JsonBody bind(Function<String, @Nullable String> known) {
            return new Elements(
                    elements.stream().map(element -> element.bind(known)).toList());
        }
    }

    /**
     * An object.
     *
     * @param with a variable without which all of it is left out, or null
     */
    record Members(Map<String, JsonBody> members, @Nullable String with) implements JsonBody {
        @Override
        public @Nullable Object render(Values values) {
            if (with != null && values.get(with) == null) {
                return null;
            }
            Map<String, Object> all = new LinkedHashMap<>();
            members.forEach((name, member) -> {
                Object value = member.render(values);
                if (value != null) {
                    all.put(name, value);
                }
            });
            return all.isEmpty() ? null : all;
        }

        @Override
        public JsonBody bind(Function<String, @Nullable String> known) {
            Map<String, JsonBody> bound = new LinkedHashMap<>();
            members.forEach((name, member) -> bound.put(name, member.bind(known)));
            return new Members(bound, with);
        }
    }
}
