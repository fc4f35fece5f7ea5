package io.textonce.sns;

import io.textonce.spi.TimeSource;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The certificates that sign SNS messages, by address. Each is fetched once, however many messages wait for it, and kept.
 * Whoever knows an allowed topic can name addresses that don't exist, so an address that isn't one is remembered for a
 * minute, one that can't be reached for ten seconds, and no more than {@value #MOST_FETCHES} fetches a minute are made.
 */
final class Certificates {

    static final int MOST_FETCHES = 20;
    private static final int MOST_KEPT = 32;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** SNS tries three times more, 20 s apart, and then drops the message: the first retry must be a try. */
    private static final Duration PASSING = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SHORTEST_KEY = 2048;
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private final Function<String, HttpOutcome> fetch;
    private final TimeSource time;
    private final Map<String, SigningCertificate> given;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, SigningCertificate> kept = recentlyUsed();
    private final Map<String, Failure> failed = recentlyUsed();
    private final Map<String, CompletableFuture<SigningCertificate>> underWay = new HashMap<>();
    private final Deque<Instant> fetches = new ArrayDeque<>();

    private record Failure(UnavailableException what, Instant until) {}

    /**
     * A cache.
     *
     * @param fetch one GET without redirects; called for addresses that {@link EnvelopeVerifier} has checked
     * @param given certificates that are never fetched, by address
     */
    Certificates(Function<String, HttpOutcome> fetch, Map<String, SigningCertificate> given, TimeSource time) {
        this.fetch = fetch;
        this.given = Map.copyOf(given);
        this.time = time;
    }

    /** The certificate at an address. Blocks while it is fetched for the first time. */
    SigningCertificate get(String url) throws UnavailableException {
        SigningCertificate known = given.get(url);
        if (known != null) {
            return known;
        }
        CompletableFuture<SigningCertificate> mine;
        CompletableFuture<SigningCertificate> others;
        lock.lock();
        try {
            known = kept.get(url);
            if (known != null) {
                return known;
            }
            others = underWay.get(url);
            mine = new CompletableFuture<>();
            if (others == null) {
                admit(url);
                underWay.put(url, mine);
            }
        } finally {
            lock.unlock();
        }
        return others == null ? fetch(url, mine) : await(others);
    }

    private void admit(String url) throws UnavailableException {
        Instant now = time.now();
        Failure failure = failed.get(url);
        if (failure != null && now.isBefore(failure.until())) {
            throw failure.what();
        }
        while (!fetches.isEmpty() && fetches.peekFirst().plus(MINUTE).compareTo(now) <= 0) {
            fetches.removeFirst();
        }
        if (fetches.size() >= MOST_FETCHES) {
            throw new UnavailableException(
                    "more than " + MOST_FETCHES
                            + " certificates were asked for within a minute; somebody may be making addresses up.",
                    true);
        }
        fetches.addLast(now);
    }

    private SigningCertificate fetch(String url, CompletableFuture<SigningCertificate> mine)
            throws UnavailableException {
        SigningCertificate certificate = null;
        UnavailableException problem = null;
        try {
            certificate = read(fetch.apply(url));
        } catch (UnavailableException unusable) {
            problem = unusable;
        } catch (RuntimeException | Error broken) { // whatever it is, others wait for this one
            problem = new UnavailableException("fetching the signing certificate failed", true);
        }
        lock.lock();
        try {
            underWay.remove(url);
            if (certificate != null) {
                kept.put(url, certificate);
                failed.remove(url);
            } else if (problem != null) {
                failed.put(url, new Failure(problem, time.now().plus(problem.isPassing() ? PASSING : MINUTE)));
            }
        } finally {
            lock.unlock();
        }
        if (certificate == null) {
            UnavailableException why = Objects.requireNonNull(problem, "problem");
            mine.completeExceptionally(why);
            throw why;
        }
        mine.complete(certificate);
        return certificate;
    }

    private static SigningCertificate await(CompletableFuture<SigningCertificate> others) throws UnavailableException {
        try {
            return others.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnavailableException why) {
                throw why;
            }
            throw new UnavailableException("fetching the signing certificate failed", true);
        } catch (TimeoutException late) {
            throw new UnavailableException("the signing certificate wasn't fetched in time", true);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while the signing certificate was fetched", true);
        }
    }

    private static SigningCertificate read(HttpOutcome outcome) throws UnavailableException {
        if (!(outcome instanceof Reply reply)) {
            throw new UnavailableException(
                    "the signing certificate can't be fetched: "
                            + outcome.<String>fold(
                                    whole -> "", unsent -> unsent.explanation(), HttpOutcome.Unanswered::explanation),
                    true);
        }
        if (reply.status() != 200) {
            throw new UnavailableException(
                    "the address of the signing certificate answered " + reply.status(), reply.status() >= 500);
        }
        return parse(new String(reply.body(), StandardCharsets.US_ASCII));
    }

    /** Exactly one certificate and nothing else, with an RSA key of a size that AWS uses. */
    static SigningCertificate parse(String pem) throws UnavailableException {
        String text = pem.strip();
        if (!text.startsWith(BEGIN) || !text.endsWith(END) || text.indexOf(BEGIN, 1) >= 0) {
            throw new UnavailableException("the signing certificate isn't one PEM certificate", false);
        }
        try {
            Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
            if (all.size() == 1
                    && all.iterator().next() instanceof X509Certificate certificate
                    && certificate.getPublicKey() instanceof RSAPublicKey key
                    && key.getModulus().bitLength() >= SHORTEST_KEY) {
                return new SigningCertificate(certificate);
            }
        } catch (CertificateException unreadable) {
            throw new UnavailableException("the signing certificate can't be read", false);
        }
        throw new UnavailableException("the signing certificate has no RSA key of 2048 bits or more", false);
    }

    private static <V> Map<String, V> recentlyUsed() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > MOST_KEPT;
            }
        };
    }

    /** There is no certificate to verify with. */
    static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean passing;

        UnavailableException(String explanation, boolean passing) {
            super(explanation, null, false, false);
            this.passing = passing;
        }

        /** Whether another try later makes sense. */
        boolean isPassing() {
            return passing;
        }

        String explanation() {
            return Objects.requireNonNullElse(getMessage(), "");
        }
    }
}
