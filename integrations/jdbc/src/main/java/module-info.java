/** The repositories of Textonce on the host's own database: H2 and PostgreSQL. */
@org.jspecify.annotations.NullMarked
module io.textonce.jdbc {
    requires transitive io.textonce;
    requires static io.textonce.engagement;
    requires static transitive org.jspecify;
    requires transitive java.sql;

    exports io.textonce.jdbc;
}
