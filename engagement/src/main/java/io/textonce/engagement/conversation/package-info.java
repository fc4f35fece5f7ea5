/** One inbox for all that was said with a person, in both directions, whoever sent it and by which provider. */
@org.jspecify.annotations.NullMarked
package io.textonce.engagement.conversation;
