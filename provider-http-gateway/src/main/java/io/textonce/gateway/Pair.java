package io.textonce.gateway;

import io.textonce.spi.http.FormWriter;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A named value of a query, form or header.
 *
 * @param with a variable without which the pair is left out, or null
 */
record Pair(String name, Template value, @Nullable String with) {

    Pair bind(Function<String, @Nullable String> known) {
        return new Pair(name, value.bind(known), with);
    }

    static List<Pair> bind(List<Pair> all, Function<String, @Nullable String> known) {
        return all.stream().map(pair -> pair.bind(known)).toList();
    }

    /** The value, or null if a variable of it has none. */
    @Nullable
    String render(Values values) {
        return with != null && values.get(with) == null ? null : value.render(values);
    }

    /** Adds what there is. */
    static void write(List<Pair> pairs, Values values, FormWriter to) {
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            byte[] octets = values.octets();
            if (octets != null && pair.value.is(Values.TEXT)) {
                to.add(pair.name, octets);
                continue;
            }
            String text = pair.render(values);
            if (text != null) {
                to.add(pair.name, text);
            }
        }
    }
}
