package io.textonce;

import java.util.Objects;

/**
 * The isolation key: whose message, template, opt-out or limit something is. Stores take it first in every method.
 *
 * <pre>{@code
 * SmsMessage.to(number).tenant(TenantId.of("clinic-7")).text("Hello").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param value 1 to 64 printable characters without blanks
 */
public record TenantId(String value) {

    /** The tenant of hosts that have only one. */
    public static final TenantId DEFAULT = new TenantId("default");

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if the value is empty, longer than 64 characters or has a blank or control
     *     character
     */
    public TenantId {
        Objects.requireNonNull(value, "tenant");
        if (value.isEmpty() || value.length() > 64 || !value.chars().allMatch(c -> c > ' ' && c != 0x7F)) {
            throw new IllegalArgumentException("tenant: \"" + Printable.of(value)
                    + "\" is not 1 to 64 printable characters without blanks; use the host's own short key");
        }
    }

    /**
     * Names a tenant.
     *
     * @param value 1 to 64 printable characters without blanks
     * @return the tenant
     * @throws IllegalArgumentException as the constructor
     */
    public static TenantId of(String value) {
        return new TenantId(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
