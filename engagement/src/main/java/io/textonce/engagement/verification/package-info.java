/** One-time codes: prove that somebody holds a number, without letting strangers guess, flood or run up a bill. */
@org.jspecify.annotations.NullMarked
package io.textonce.engagement.verification;
