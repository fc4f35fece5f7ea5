/** Sends and receives through Twilio's Messaging API. EVIDENCE.md of this module names the source of each wire fact. */
@org.jspecify.annotations.NullMarked
package io.textonce.twilio;
