/** How each framework hands a webhook call to the receiver: method, raw target, headers and raw bytes, and the reply back. */
@org.jspecify.annotations.NullMarked
package io.textonce.examples.webhooks;
