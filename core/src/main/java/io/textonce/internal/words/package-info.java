/** How all packages of core word a value for people; below all of them, hence apart from the rest of {@code internal}. */
@org.jspecify.annotations.NullMarked
package io.textonce.internal.words;
