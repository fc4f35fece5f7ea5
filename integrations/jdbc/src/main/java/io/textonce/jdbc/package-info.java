/** The repositories of Textonce on the host's own database: H2 and PostgreSQL. Start at {@link io.textonce.jdbc.JdbcStore}. */
@org.jspecify.annotations.NullMarked
package io.textonce.jdbc;
