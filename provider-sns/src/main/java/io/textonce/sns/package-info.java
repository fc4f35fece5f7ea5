/** Sends and receives through AWS's two text message APIs. EVIDENCE.md of this module names the source of each wire fact. */
@org.jspecify.annotations.NullMarked
package io.textonce.sns;
