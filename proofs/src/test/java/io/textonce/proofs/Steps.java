package io.textonce.proofs;

import io.textonce.store.OutboxRepository;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Comes in between two steps of a worker. */
final class Steps {
    private Steps() {}

    /** The same repository; one hook is told each step beforehand, the other one what a step has brought, unless nothing. */
    static OutboxRepository around(
            OutboxRepository store, Consumer<String> before, BiConsumer<String, Collection<?>> after) {
        return (OutboxRepository) Proxy.newProxyInstance(
                Steps.class.getClassLoader(), new Class<?>[] {OutboxRepository.class}, (proxy, method, arguments) -> {
                    before.accept(method.getName());
                    Object answer;
                    try {
                        answer = method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (answer instanceof Collection<?> rows && !rows.isEmpty()) {
                        after.accept(method.getName(), rows);
                    }
                    return answer;
                });
    }
}
