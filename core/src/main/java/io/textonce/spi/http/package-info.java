/**
 * A one-shot HTTP call that reports how far it got. It never retries, never follows a redirect and never repeats a
 * body, so a provider built on it can tell "the request was never sent" from "the request may have arrived".
 */
@org.jspecify.annotations.NullMarked
package io.textonce.spi.http;
