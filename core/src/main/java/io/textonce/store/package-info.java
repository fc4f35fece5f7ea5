/**
 * What a host's persistence implements, and the records that it keeps: small interfaces, tenant first in every method,
 * so that a host implements only what it uses. Experimental until the outbox has used them. {@code io.textonce.memory} is
 * the reference; textonce-testkit has a contract for each.
 */
@org.jspecify.annotations.NullMarked
package io.textonce.store;
