/**
 * Stores in memory, for one JVM, lost on exit: what a first program, a test or a small host needs, and the reference for
 * what {@code io.textonce.store} asks of a database. All are bounded.
 */
@org.jspecify.annotations.NullMarked
package io.textonce.memory;
