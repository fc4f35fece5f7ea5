package io.textonce.jdbc;

import io.textonce.engagement.reporting.ReportRepository;
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

    private final ReportRepository reports;

    private JdbcEngagement(Database database, Content content, MessageTable messages) {
        this.codes = new JdbcCodeRepository(database, content);
        this.reports = new JdbcReportRepository(database, content, messages);
    }

    /**
     * The repositories on the store's database, sealed as the store is.
     *
     * @param store the store
     * @return the repositories
     */
    public static JdbcEngagement on(JdbcStore store) {
        Objects.requireNonNull(store, "store");
        return new JdbcEngagement(store.database(), store.content(), store.messageTable());
    }

    /**
     * Reports on the store's messages.
     *
     * @return the repository, shared by every process on the database
     */
    public ReportRepository reports() {
        return reports;
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
