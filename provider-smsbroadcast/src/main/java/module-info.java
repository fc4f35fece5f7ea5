/** Sends and receives through SMS Broadcast's HTTP API. */
@org.jspecify.annotations.NullMarked
module io.textonce.smsbroadcast {
    requires transitive io.textonce;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires transitive okhttp3;

    exports io.textonce.smsbroadcast;
}
