/** Sends and receives through Twilio's Messaging API. */
@org.jspecify.annotations.NullMarked
module io.textonce.twilio {
    requires transitive io.textonce;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires transitive okhttp3;

    exports io.textonce.twilio;
}
