package io.textonce.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Two self-made certificates for localhost, 127.0.0.1, 127.0.0.2 and ::1, valid to 2123; clients trust the first. Their
 * keys lie open in this jar: they protect nothing. Loaded once, because opening a key store takes longer than a test.
 */
final class RawCertificates {
    private static final char[] PASSWORD = "textonce".toCharArray();

    static final X509TrustManager TRUST = trust();
    static final SSLContext CLIENT = context(null, new TrustManager[] {TRUST});
    static final SSLContext SERVER = server("trusted");
    static final SSLContext UNTRUSTED_SERVER = server("untrusted");

    private RawCertificates() {}

    private static SSLContext server(String name) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(name), PASSWORD);
            return context(keys.getKeyManagers(), null);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the test certificate cannot be used", broken);
        }
    }

    private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, new SecureRandom());
            return context;
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this JDK has no TLS", broken);
        }
    }

    private static X509TrustManager trust() {
        try {
            KeyStore certificate = KeyStore.getInstance(KeyStore.getDefaultType());
            certificate.load(null, null);
            certificate.setCertificateEntry("server", store("trusted").getCertificate("server"));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(certificate);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new IllegalStateException("this JDK has no X509TrustManager");
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("the test certificate cannot be read", broken);
        }
    }

    private static KeyStore store(String name) {
        try (InputStream in = RawCertificates.class.getResourceAsStream("raw-server-" + name + ".p12")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(Objects.requireNonNull(in, "raw-server-" + name + ".p12"), PASSWORD);
            return store;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("the test certificate cannot be read", broken);
        }
    }
}
