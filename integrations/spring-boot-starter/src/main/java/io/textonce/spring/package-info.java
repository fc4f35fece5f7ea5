/** Textonce in Spring Boot: what {@code textonce.*} properties describe, as beans. */
@org.jspecify.annotations.NullMarked
package io.textonce.spring;
