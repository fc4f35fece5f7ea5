/**
 * The engine: admits a message, checks policy before every submit, submits, and tries again or elsewhere only on proof.
 * Policies are values; nothing here can be extended into a second submit.
 */
@org.jspecify.annotations.NullMarked
package io.textonce.client;
