package io.textonce.sns;

import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** What a signature is checked with, read from its certificate once. */
final class SigningCertificate {

    private static final int DNS_NAME = 2;

    private final PublicKey key;
    private final Instant from;
    private final Instant to;
    private final Set<String> names;

    SigningCertificate(X509Certificate certificate) {
        this.key = certificate.getPublicKey();
        this.from = certificate.getNotBefore().toInstant();
        this.to = certificate.getNotAfter().toInstant();
        this.names = names(certificate);
    }

    PublicKey key() {
        return key;
    }

    Instant to() {
        return to;
    }

    boolean isValid(Instant now) {
        return !now.isBefore(from) && !now.isAfter(to);
    }

    boolean isNamed(String name) {
        return names.contains(name);
    }

    /** The alternative names where there are any, as in TLS; else the common name, if there is one. */
    private static Set<String> names(X509Certificate certificate) {
        Set<String> names = new HashSet<>();
        try {
            Collection<List<?>> alternative = certificate.getSubjectAlternativeNames();
            if (alternative != null) {
                for (List<?> each : alternative) {
                    if (Integer.valueOf(DNS_NAME).equals(each.get(0)) && each.get(1) instanceof String name) {
                        names.add(name);
                    }
                }
                return names;
            }
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
                    names.add(name);
                }
            }
            return names.size() == 1 ? names : Set.of();
        } catch (CertificateParsingException | InvalidNameException unreadable) {
            return Set.of();
        }
    }
}
