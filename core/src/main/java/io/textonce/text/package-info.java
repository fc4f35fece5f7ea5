/**
 * How text becomes SMS: the GSM 03.38 alphabets and UCS-2, segments, packing, smart encoding and a counter for user
 * interfaces.
 *
 * <p>Everything here is a pure function of its input: no network, no clock, no shared state, nothing outside
 * {@code java.base}.
 */
@NullMarked
package io.textonce.text;

import org.jspecify.annotations.NullMarked;
