/**
 * What business code touches: a message in, a result out, events back. Nothing here knows a provider, a transport or a
 * store, so code that only sends can depend on this package alone.
 */
@org.jspecify.annotations.NullMarked
package io.textonce;
