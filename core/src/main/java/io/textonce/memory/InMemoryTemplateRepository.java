package io.textonce.memory;

import io.textonce.TenantId;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Templates of one JVM, lost on exit; the host puts them there at start. As many as are put.
 *
 * <pre>{@code
 * templates.put(TenantId.DEFAULT, "reminder", template);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemoryTemplateRepository implements TemplateRepository {

    private record Key(TenantId tenant, String id) {}

    private final Map<Key, Template> templates = new ConcurrentHashMap<>();

    /** No templates yet. */
    public InMemoryTemplateRepository() {}

    /**
     * Puts a template, in place of the one with that id if there is one.
     *
     * @param tenant whose template
     * @param id the template's id
     * @param template the template
     */
    public void put(TenantId tenant, String id, Template template) {
        templates.put(
                new Key(Objects.requireNonNull(tenant, "tenant"), Objects.requireNonNull(id, "id")),
                Objects.requireNonNull(template, "template"));
    }

    @Override
    public Optional<Template> find(TenantId tenant, String id) {
        return Optional.ofNullable(templates.get(new Key(tenant, id)));
    }
}
