/** What business code touches. */
@org.jspecify.annotations.NullMarked
package io.textonce.testkit;
