package io.textonce.testkit;

import io.textonce.WebhookRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds webhook requests as SMS Broadcast's portal sends them, vouched for by a secret or by its RSA signature, for tests
 * of a host's endpoint without an account.
 *
 * <p>It follows the platform's description word by word and shares no code with the verifier in textonce-smsbroadcast, so
 * that each checks the other. Not guaranteed: that the three signed parts are joined by nothing; that was seen, not read
 * in a document.
 *
 * <pre>{@code
 * WebhookRequest report = SignedSmsBroadcastRequest.get("https://sms.example.org/hooks/clinic")
 *         .param("to", "61491570156").param("smsref", "2942263").param("status", "Delivered")
 *         .withSecret(secret);
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class SignedSmsBroadcastRequest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final String method;
    private final String url;
    private final String contentType;
    private final byte @Nullable [] body;
    private final List<String> params = new ArrayList<>();

    private SignedSmsBroadcastRequest(String method, String url, String contentType, byte @Nullable [] body) {
        this.method = method;
        this.url = Objects.requireNonNull(url, "url");
        this.contentType = contentType;
        this.body = body;
    }

    /**
     * Starts a GET, as all older callbacks are; its parameters stand in the query.
     *
     * @param url the whole public URL without the parameters
     * @return a builder
     */
    public static SignedSmsBroadcastRequest get(String url) {
        return new SignedSmsBroadcastRequest("GET", url, "", null);
    }

    /**
     * Starts a form.
     *
     * @param url the whole public URL, query included
     * @return a builder
     */
    public static SignedSmsBroadcastRequest post(String url) {
        return new SignedSmsBroadcastRequest("POST", url, FORM, null);
    }

    /**
     * Starts a POST of JSON. Parameters that are added stand in the query.
     *
     * @param url the whole public URL, query included
     * @param body the bytes as the template made them
     * @return a builder
     */
    public static SignedSmsBroadcastRequest json(String url, byte[] body) {
        return new SignedSmsBroadcastRequest(
                "POST",
                url,
                "application/json",
                Objects.requireNonNull(body, "body").clone());
    }

    /**
     * Adds a parameter; names may repeat.
     *
     * @param name the name, in plain text
     * @param value the value, in plain text
     * @return this builder
     */
    public SignedSmsBroadcastRequest param(String name, String value) {
        params.add(URLEncoder.encode(name, StandardCharsets.UTF_8)
                + '='
                + URLEncoder.encode(value, StandardCharsets.UTF_8));
        return this;
    }

    /**
     * Builds the request with nothing that vouches for it; a secret may stand in its URL.
     *
     * @return the request, its target the whole URL
     */
    public WebhookRequest plain() {
        return request(target()).build();
    }

    /**
     * Builds the request with a secret in the query.
     *
     * @param secret the secret
     * @return the request, its target the whole URL
     */
    public WebhookRequest withSecret(String secret) {
        return request(joined(target(), "secret=" + URLEncoder.encode(secret, StandardCharsets.UTF_8)))
                .build();
    }

    /**
     * Builds the request with a secret in a header, as the portal can add one.
     *
     * @param header the header's name
     * @param secret the secret
     * @return the request, its target the whole URL
     */
    public WebhookRequest withHeader(String header, String secret) {
        return request(target()).header(header, secret).build();
    }

    /**
     * Signs and builds the request.
     *
     * @param key an RSA key
     * @param keyId the id under which the platform would know it
     * @param digest {@code SHA224}, {@code SHA256} or {@code SHA512}, with a dash after SHA or without
     * @param at when it is sent
     * @return the request, its target the whole URL
     */
    public WebhookRequest sign(PrivateKey key, String keyId, String digest, Instant at) {
        String whole = target();
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
        return request(whole)
                .header("Date", date)
                .header("X-MessageMedia-Signature", signature(method, whole, date, content(), key, digest))
                .header("X-MessageMedia-Digest-Type", digest)
                .header("X-MessageMedia-Cipher-Type", "RSA")
                .header("X-MessageMedia-Key-Id", keyId)
                .build();
    }

    /**
     * The header's value: RSA over the request line, the Date header's value and the body, joined by nothing.
     *
     * @param method the HTTP method
     * @param url the whole URL
     * @param date the Date header's value
     * @param body the body
     * @param key an RSA key
     * @param digest {@code SHA224}, {@code SHA256} or {@code SHA512}, with a dash after SHA or without
     * @return the signature in Base64
     */
    public static String signature(String method, String url, String date, byte[] body, PrivateKey key, String digest) {
        int path = url.indexOf('/', url.indexOf("://") + 3);
        String start = method + " " + (path < 0 ? "/" : url.substring(path)) + " HTTP/1.1" + date;
        try {
            Signature rsa = Signature.getInstance(digest.replace("-", "") + "withRSA");
            rsa.initSign(key);
            rsa.update(start.getBytes(StandardCharsets.UTF_8));
            rsa.update(body);
            return Base64.getEncoder().encodeToString(rsa.sign());
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("the key or the digest can't sign: use RSA and SHA-2", unusable);
        }
    }

    private WebhookRequest.Builder request(String whole) {
        byte[] content = content();
        return WebhookRequest.builder(method, whole)
                .header("Content-Type", contentType.isEmpty() ? null : contentType)
                .body(content);
    }

    private byte[] content() {
        if (body != null) {
            return body;
        }
        return contentType.equals(FORM) ? String.join("&", params).getBytes(StandardCharsets.US_ASCII) : new byte[0];
    }

    private String target() {
        return contentType.equals(FORM) || params.isEmpty() ? url : joined(url, String.join("&", params));
    }

    private static String joined(String url, String query) {
        return url + (url.contains("?") ? "&" : "?") + query;
    }
}
