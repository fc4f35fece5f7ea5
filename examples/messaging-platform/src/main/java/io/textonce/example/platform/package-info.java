/** A messaging platform for several tenants: the REST interface, and everything behind it, in one Spring Boot application. */
@NullMarked
package io.textonce.example.platform;

import org.jspecify.annotations.NullMarked;
