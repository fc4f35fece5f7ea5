/** What proves a host, a provider or a store right: a scripted provider, a raw server, contracts and assertions. */
@org.jspecify.annotations.NullMarked
module io.textonce.testkit {
    requires transitive io.textonce;
    requires transitive org.junit.jupiter.api;
    requires java.logging;
    requires static transitive org.jspecify;

    exports io.textonce.testkit;
}
