/** What proves a repository of engagement's right. */
@org.jspecify.annotations.NullMarked
module io.textonce.engagement.testkit {
    requires transitive io.textonce.engagement;
    requires io.textonce.testkit;
    requires org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;

    exports io.textonce.engagement.testkit;
}
