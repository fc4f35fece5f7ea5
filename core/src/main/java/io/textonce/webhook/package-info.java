/** From a provider's webhook call to a stored event: verify, recognise, store in one step, answer, tell. */
@org.jspecify.annotations.NullMarked
package io.textonce.webhook;
