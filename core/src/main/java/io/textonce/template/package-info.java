/** Text with variables, in several languages: parsed once, checked before any send, rendered once on admission. */
@NullMarked
package io.textonce.template;

import org.jspecify.annotations.NullMarked;
