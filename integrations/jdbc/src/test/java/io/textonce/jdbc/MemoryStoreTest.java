package io.textonce.jdbc;

import io.textonce.engagement.verification.CodeRepository;
import io.textonce.engagement.verification.InMemoryCodeRepository;
import io.textonce.memory.InMemoryIdempotencyRepository;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.memory.InMemorySpendRepository;
import io.textonce.memory.InMemoryStore;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.store.EventJournal;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRepository;
import io.textonce.store.SpendRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.testkit.Crash;
import io.textonce.testkit.Stores;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;

/** The same contracts on the stores in memory, whose step is one indivisible write. */
class MemoryStoreTest extends StoreContract {

    private static final Set<String> WRITES = Set.of("create", "complete", "apply");

    @Override
    Stores stores(Crash crash) {
        InMemoryStore store = new InMemoryStore();
        return new Stores(
                crashing(MessageRepository.class, store, crash),
                crashing(EventJournal.class, store, crash),
                store,
                store);
    }

    private static <T> T crashing(Class<T> type, T store, Crash crash) {
        if (crash == null) {
            return store;
        }
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (WRITES.contains(method.getName())) {
                        crash.beforeWrite();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Override
    IdempotencyRepository keys() {
        return new InMemoryIdempotencyRepository(1500);
    }

    @Override
    LimitStore limits() {
        return new InMemoryLimitStore();
    }

    @Override
    SpendRepository spending() {
        return new InMemorySpendRepository();
    }

    @Override
    CodeRepository codes() {
        return new InMemoryCodeRepository(1_000);
    }

    @Override
    TemplateRepository templates(List<Template> templates) {
        InMemoryTemplateRepository repository = new InMemoryTemplateRepository();
        templates.forEach(repository::put);
        return repository;
    }
}
