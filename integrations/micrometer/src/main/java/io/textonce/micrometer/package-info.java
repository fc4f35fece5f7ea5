/** What Textonce does, as Micrometer's meters and observations. */
@org.jspecify.annotations.NullMarked
package io.textonce.micrometer;
