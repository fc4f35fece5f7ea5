/** The first thing to read and run: messages priced, sent, delivered and answered. */
@NullMarked
package io.textonce.examples.quickstart;

import org.jspecify.annotations.NullMarked;
