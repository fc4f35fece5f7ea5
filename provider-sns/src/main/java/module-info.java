/** Sends and receives text messages through AWS: SNS Publish and End User Messaging. */
// AWS's jars are automatic modules with fixed names.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
@org.jspecify.annotations.NullMarked
module io.textonce.sns {
    requires transitive io.textonce;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires transitive okhttp3;
    requires java.naming;
    requires transitive software.amazon.awssdk.identity.spi;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.auth.spi;
    requires software.amazon.awssdk.http.auth.aws;
    requires static software.amazon.awssdk.auth;

    exports io.textonce.sns;
}
