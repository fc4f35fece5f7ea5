/** Sends and receives through any HTTP gateway that a profile describes. */
// RE2/J names no module: its name comes from its file.
@SuppressWarnings("requires-automatic")
@org.jspecify.annotations.NullMarked
module io.textonce.gateway {
    requires transitive io.textonce;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires re2j;
    requires transitive okhttp3;

    exports io.textonce.gateway;
}
