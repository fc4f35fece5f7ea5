package io.textonce.gateway;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How to find one value in an item: the first path that has one, perhaps cut by a pattern; or always the same. */
record Field(
        List<Path> paths,
        @Nullable String constant,
        @Nullable Pattern pattern) {

    static Field at(Path path) {
        return new Field(List.of(path), null, null);
    }

    /** The value, or null; blank is none. */
    @Nullable
    String in(Item item) {
        if (constant != null) {
            return constant;
        }
        for (Path path : paths) {
            String text = item.text(path);
            String value = text == null ? null : cut(text);
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }

    private @Nullable String cut(String text) {
        if (pattern == null) {
            return text;
        }
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return null;
        }
        return matcher.group(matcher.groupCount() == 0 ? 0 : 1);
    }
}
