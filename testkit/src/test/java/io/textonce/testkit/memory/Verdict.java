package io.textonce.testkit.memory;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Runs a contract against a store that is wrong on purpose, and names the tests that notice. */
final class Verdict {

    private Verdict() {}

    /** The tests that fail; a fresh contract for each, as JUnit does it. */
    static Set<String> redTests(Supplier<?> contract) throws IllegalAccessException {
        Set<String> red = new TreeSet<>();
        for (Method test : contract.get().getClass().getMethods()) {
            if (test.isAnnotationPresent(Test.class)) {
                try {
                    test.invoke(contract.get());
                } catch (InvocationTargetException e) {
                    red.add(test.getName());
                }
            }
        }
        return red;
    }
}
