/**
 * Telephone numbers as people write them, to E.164 and back. What a number may look like comes from libphonenumber's
 * metadata, which only this package reads.
 */
@NullMarked
package io.textonce.phone;

import org.jspecify.annotations.NullMarked;
