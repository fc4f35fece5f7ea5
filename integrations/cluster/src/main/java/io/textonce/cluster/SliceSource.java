package io.textonce.cluster;

import io.textonce.TenantId;
import java.sql.SQLException;

/**
 * Where slices come from. It hands out each slot of a line once, to whatever node asks, and none that lies before one that it
 * handed out earlier.
 *
 * <p>Implementations are thread-safe.
 */
interface SliceSource {

    /**
     * Takes the next slots of a line, by one atomic step.
     *
     * @param tenant whose line
     * @param name which line, at most 64 characters
     * @param rate how the line is divided
     * @param most how many, 1 or more; fewer if the rest lies too far ahead
     */
    Slice take(TenantId tenant, String name, Rate rate, int most) throws SQLException;

    /** Throws if the store can't be reached. */
    void probe() throws SQLException;
}
