/** Meters and observations of what Textonce does. */
// Micrometer's jars are automatic modules with fixed names.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
@org.jspecify.annotations.NullMarked
module io.textonce.micrometer {
    requires transitive io.textonce;
    requires static transitive org.jspecify;
    requires transitive micrometer.core;
    requires transitive micrometer.observation;
    requires micrometer.commons;

    exports io.textonce.micrometer;
}
