/** What a message costs beside other libraries doing the same. Not published. */
@org.jspecify.annotations.NullMarked
package io.textonce.benchmarks;
