package io.textonce.spi;

import java.util.List;

/**
 * A role: looks at the provider's own configuration and says what is right and wrong with it. It makes no paid call and
 * shows no secret.
 *
 * <p>Implementations are thread-safe.
 */
public interface SelfCheck {

    /**
     * Checks the configuration.
     *
     * @return what was found, good and bad
     */
    List<Finding> check();

    /**
     * One thing found.
     *
     * <p>Immutable and thread-safe.
     *
     * @param level how bad it is
     * @param subject what it is about, such as {@code accountSid}
     * @param detail what was found; secrets masked
     * @param remedy what to do; empty if nothing
     */
    record Finding(Level level, String subject, String detail, String remedy) {}

    /** How bad a finding is. */
    enum Level {
        /** As it should be. */
        OK,
        /** It works, but the host should know. */
        WARNING,
        /** It won't work. */
        ERROR
    }
}
