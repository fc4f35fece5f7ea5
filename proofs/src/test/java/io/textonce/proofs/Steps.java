package io.textonce.proofs;

import io.textonce.store.OutboxRepository;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.function.BiConsumer;

/** Comes in between two steps of a worker. */
final class Steps {
    private Steps() {}

    /** The same repository; after each step that brought rows, the hook is told its name and what it brought. */
    static OutboxRepository after(OutboxRepository store, BiConsumer<String, Collection<?>> hook) {
        return (OutboxRepository) Proxy.newProxyInstance(
                Steps.class.getClassLoader(), new Class<?>[] {OutboxRepository.class}, (proxy, method, arguments) -> {
                    Object answer;
                    try {
                        answer = method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (answer instanceof Collection<?> rows && !rows.isEmpty()) {
                        hook.accept(method.getName(), rows);
                    }
                    return answer;
                });
    }
}
