package io.textonce.testkit.memory;

import java.lang.reflect.InvocationTargetException;
import java.util.function.Supplier;

/** Runs one test of a contract against a store that is wrong on purpose. */
final class Verdict {

    private Verdict() {}

    /** What the test said: a failed assertion, or null if it noticed nothing. Anything else is the mutant's own bug. */
    static AssertionError of(String test, Supplier<?> contract) throws ReflectiveOperationException {
        Object instance = contract.get();
        try {
            instance.getClass().getMethod(test).invoke(instance);
            return null;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof AssertionError noticed) {
                return noticed;
            }
            throw e;
        }
    }

    /** Gives other threads time to come in between; only mutants have such a gap. */
    static void dawdle() {
        for (int i = 0; i < 200; i++) {
            Thread.yield();
        }
    }
}
