/** A small host application: a case system, and the SMS that tell its people what happens to their cases. */
@org.jspecify.annotations.NullMarked
package io.textonce.example.cases;
