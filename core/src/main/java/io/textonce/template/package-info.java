/** Text with variables, in several languages: parsed once, checked before any send, rendered once on admission. */
@org.jspecify.annotations.NullMarked
package io.textonce.template;
