/** A clinic's inbox: conversations with patients, whoever of the clinic had them and whichever of their numbers was used. */
@org.jspecify.annotations.NullMarked
package io.textonce.example.clinic;
