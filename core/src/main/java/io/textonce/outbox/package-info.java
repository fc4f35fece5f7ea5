/**
 * Keeps messages until they are sent: enqueue, schedule, cancel, hold; crashes lose nothing silently and send nothing
 * twice. docs/outbox.md has the guide, docs/reliability.md the promises.
 */
@org.jspecify.annotations.NullMarked
package io.textonce.outbox;
