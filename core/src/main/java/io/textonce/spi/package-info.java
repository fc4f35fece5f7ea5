/**
 * What a provider module implements: one submit, and small optional roles beside it. A provider says what one request
 * proved; whether to try again or elsewhere is the engine's alone.
 */
@org.jspecify.annotations.NullMarked
package io.textonce.spi;
