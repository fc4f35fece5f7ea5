package io.textonce.memory;

import io.textonce.TenantId;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Templates of one JVM, lost on exit; the host puts them there at start. As many as are put.
 *
 * <pre>{@code
 * templates.put(Template.builder("reminder").text(Locale.ENGLISH, "See you at 10:30").build());
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
     * Puts a template under its own tenant and id, in place of the one that is there.
     *
     * @param template the template
     */
    public void put(Template template) {
        templates.put(new Key(template.tenant(), template.id()), template);
    }

    @Override
    public Optional<Template> find(TenantId tenant, String id) {
        return Optional.ofNullable(templates.get(new Key(tenant, id)));
    }
}
