/**
 * A carrier inside the process: it takes messages, delivers, fails, loses answers and texts back, so that a host can try
 * out everything that it will meet in the field without an account, a network or a bill.
 */
@org.jspecify.annotations.NullMarked
package io.textonce.sandbox;
