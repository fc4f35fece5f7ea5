/** What people chose: the languages they read, and the kinds of message they want. */
@org.jspecify.annotations.NullMarked
package io.textonce.engagement.preference;
