/**
 * Sends and receives through any HTTP gateway that a profile describes. EVIDENCE.md of this module names the source of
 * each shipped profile.
 */
@org.jspecify.annotations.NullMarked
package io.textonce.gateway;
