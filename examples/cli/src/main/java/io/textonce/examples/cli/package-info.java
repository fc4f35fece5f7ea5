/** Textonce on the command line. */
@NullMarked
package io.textonce.examples.cli;

import org.jspecify.annotations.NullMarked;
