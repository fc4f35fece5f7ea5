/** What several packages of core need and nobody else may use: not exported, and free to change. */
@org.jspecify.annotations.NullMarked
package io.textonce.internal;
