/**
 * Textonce: one small API for any number of SMS providers.
 *
 * <p>OkHttp is needed at run time only where a provider speaks HTTP, and each such provider requires it itself.
 */
// libphonenumber, resilience4j and Bucket4j are automatic modules with a fixed name; OkHttpClient is the one foreign
// type in an exported signature, of a package that only users of OkHttp touch.
@SuppressWarnings({"requires-automatic", "exports"})
@org.jspecify.annotations.NullMarked
module io.textonce {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires com.google.i18n.phonenumbers.libphonenumber;
    requires io.github.resilience4j.core;
    requires io.github.resilience4j.circuitbreaker;
    requires io.github.bucket4j.core;
    requires static okhttp3;

    exports io.textonce;
    exports io.textonce.client;
    exports io.textonce.memory;
    exports io.textonce.outbox;
    exports io.textonce.phone;
    exports io.textonce.sandbox;
    exports io.textonce.spi;
    exports io.textonce.spi.http;
    exports io.textonce.store;
    exports io.textonce.template;
    exports io.textonce.text;
    exports io.textonce.webhook;
}
