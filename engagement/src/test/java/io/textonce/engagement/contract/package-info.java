/** What a store of engagement's must do: subclass these tests for one of your own. */
@org.jspecify.annotations.NullMarked
package io.textonce.engagement.contract;
