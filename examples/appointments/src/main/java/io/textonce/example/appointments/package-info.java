/** A small host application: a clinic's appointments, and the SMS about them. */
@org.jspecify.annotations.NullMarked
package io.textonce.example.appointments;
