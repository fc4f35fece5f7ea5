/** Contracts of engagement's repositories, for stores of your own. */
@org.jspecify.annotations.NullMarked
package io.textonce.engagement.testkit;
