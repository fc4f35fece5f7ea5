package io.textonce.engagement.verification;

import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import java.util.Objects;

/**
 * What a one-time code is for: somebody says that a number is theirs, for one purpose. Codes for different purposes don't
 * know of each other: one that was sent for a sign-in confirms no payment.
 *
 * <pre>{@code
 * Subject subject = new Subject(TenantId.DEFAULT, "sign-in", PhoneNumber.of("+61491570156"));
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@link #toString()} masks the number.
 *
 * @param tenant whose user it is
 * @param purpose 1 to 64 characters of {@code a-z 0-9 - .}
 * @param number the number
 */
public record Subject(TenantId tenant, String purpose, PhoneNumber number) {

    /**
     * Checks the purpose.
     *
     * @throws IllegalArgumentException if the purpose has other characters
     */
    public Subject {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(number, "number");
        if (!purpose.matches("[a-z0-9.-]{1,64}")) {
            throw new IllegalArgumentException(
                    "purpose: must be 1 to 64 characters of a-z, 0-9, dot and hyphen, such as sign-in");
        }
    }
}
