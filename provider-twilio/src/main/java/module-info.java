/** Sends and receives through Twilio's Messaging API. */
@org.jspecify.annotations.NullMarked
module io.textonce.twilio {
    requires transitive io.textonce;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires okhttp3;
}
