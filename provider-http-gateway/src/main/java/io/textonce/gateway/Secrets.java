package io.textonce.gateway;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The secrets of one request that are asked for anew each time; it remembers the token that it gave. */
final class Secrets implements Function<String, @Nullable String> {

    private final Map<String, Supplier<String>> suppliers;
    private final @Nullable TokenSource tokens;
    private @Nullable String token;

    Secrets(Map<String, Supplier<String>> suppliers, @Nullable TokenSource tokens) {
        this.suppliers = suppliers;
        this.tokens = tokens;
    }

    @Override
    public @Nullable String apply(String name) {
        if (tokens != null && name.equals("token")) {
            if (token == null) {
                token = tokens.token();
            }
            return token;
        }
        Supplier<String> supplier = suppliers.get(name);
        return supplier == null ? null : supplier.get();
    }

    /** The token that the request was made with, or null. */
    @Nullable
    String token() {
        return token;
    }
}
