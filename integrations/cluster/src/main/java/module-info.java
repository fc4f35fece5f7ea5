/** Many processes on one PostgreSQL: pumps that run on one node at a time, and rate limits that all nodes share. */
// db-scheduler and Bucket4j are automatic modules with a fixed name. Only who plugs in a ProxyManager touches Bucket4j.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
@org.jspecify.annotations.NullMarked
module io.textonce.cluster {
    requires transitive io.textonce;
    requires transitive io.textonce.jdbc;
    requires static transitive org.jspecify;
    requires transitive java.sql;
    requires org.slf4j;
    requires com.github.kagkarlsson.scheduler;
    requires transitive io.github.bucket4j.core;

    exports io.textonce.cluster;
}
