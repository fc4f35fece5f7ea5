/** Fakes, clocks, signed webhooks and contracts, for tests of hosts, stores and providers. */
@org.jspecify.annotations.NullMarked
package io.textonce.testkit;
