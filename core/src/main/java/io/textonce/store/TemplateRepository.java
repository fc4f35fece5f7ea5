package io.textonce.store;

import io.textonce.TenantId;
import io.textonce.template.Template;
import java.util.Optional;

/**
 * Finds compiled templates. Creating and listing them is no part of it: hosts keep them in many ways.
 *
 * <p>Implementations are thread-safe, and should keep compiled templates: this is asked for each message.
 */
@FunctionalInterface
public interface TemplateRepository {

    /**
     * Finds a template, inactive ones included.
     *
     * @param tenant who asks
     * @param id the template's id
     * @return the template with all its locales, or empty
     */
    Optional<Template> find(TenantId tenant, String id);
}
