/** Sends and receives through SMS Broadcast. EVIDENCE.md of this module names the source of each wire fact. */
@org.jspecify.annotations.NullMarked
package io.textonce.smsbroadcast;
