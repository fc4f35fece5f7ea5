package io.textonce.gateway;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** HTTP statuses: single ones, or classes such as {@code 2xx}. */
record Statuses(Set<Integer> codes, Set<Integer> classes) {

    static final Statuses SUCCESS = new Statuses(Set.of(), Set.of(2));

    boolean contains(int status) {
        return codes.contains(status) || classes.contains(status / 100);
    }

    /** As a profile writes them. */
    @Override
    public String toString() {
        return Stream.concat(
                        classes.stream().sorted().map(each -> each + "xx"),
                        codes.stream().sorted().map(String::valueOf))
                .collect(Collectors.joining(", "));
    }
}
