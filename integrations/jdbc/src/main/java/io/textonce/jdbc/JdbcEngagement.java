package io.textonce.jdbc;

import io.textonce.engagement.verification.CodeRepository;
import java.util.Objects;

/**
 * What textonce-engagement keeps, in the database of a {@link JdbcStore}: for hosts that have that module. It is a class of
 * its own because frameworks look at every method of their beans, and {@code JdbcStore} must stand that without the module.
 *
 * <pre>{@code
 * CodeRepository codes = JdbcEngagement.on(store).codes();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class JdbcEngagement {

    private final CodeRepository codes;

    private JdbcEngagement(Database database, Content content) {
        this.codes = new JdbcCodeRepository(database, content);
    }

    /**
     * The repositories on the store's database, sealed as the store is.
     *
     * @param store the store
     * @return the repositories
     */
    public static JdbcEngagement on(JdbcStore store) {
        Objects.requireNonNull(store, "store");
        return new JdbcEngagement(store.database(), store.content());
    }

    /**
     * One-time codes.
     *
     * @return the repository, shared by every process on the database
     */
    public CodeRepository codes() {
        return codes;
    }
}
