package io.textonce.gateway;

import java.util.Set;

/** HTTP statuses: single ones, or classes such as {@code 2xx}. */
record Statuses(Set<Integer> codes, Set<Integer> classes) {

    static final Statuses SUCCESS = new Statuses(Set.of(), Set.of(2));

    boolean contains(int status) {
        return codes.contains(status) || classes.contains(status / 100);
    }
}
