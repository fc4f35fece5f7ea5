package io.textonce.testkit;

import io.textonce.WebhookRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Builds webhook requests signed as Twilio signs them, for tests of a host's endpoint without an account.
 *
 * <p>It follows Twilio's description word by word and shares no code with the verifier in textonce-twilio, so that each
 * checks the other. Not guaranteed: Twilio's deviations (ports, escapes), which the verifier tolerates.
 *
 * <pre>{@code
 * WebhookRequest report = SignedTwilioRequest.post("https://sms.example.org/hooks/twilio")
 *         .param("MessageSid", "SM0123456789abcdef0123456789abcdef")
 *         .param("MessageStatus", "delivered")
 *         .sign(authToken);
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class SignedTwilioRequest {
    private final String method;
    private final String url;
    private final List<Map.Entry<String, String>> params = new ArrayList<>();

    private SignedTwilioRequest(String method, String url) {
        this.method = method;
        this.url = Objects.requireNonNull(url, "url");
    }

    /**
     * Starts a form, as Twilio posts it.
     *
     * @param url the whole public URL, query included
     * @return a builder
     */
    public static SignedTwilioRequest post(String url) {
        return new SignedTwilioRequest("POST", url);
    }

    /**
     * Starts a GET, whose parameters stand in the query.
     *
     * @param url the whole public URL without the parameters
     * @return a builder
     */
    public static SignedTwilioRequest get(String url) {
        return new SignedTwilioRequest("GET", url);
    }

    /**
     * A signed POST with a JSON body, whose hash stands in the query.
     *
     * @param url the whole public URL
     * @param body the body
     * @param authToken the account's auth token
     * @return the request
     */
    public static WebhookRequest json(String url, String body, String authToken) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String hashed = url + (url.contains("?") ? "&" : "?") + "bodySHA256="
                + HexFormat.of().formatHex(sha256(bytes));
        return WebhookRequest.builder("POST", hashed)
                .header("Content-Type", "application/json")
                .header("X-Twilio-Signature", signature(hashed, List.of(), authToken))
                .body(bytes)
                .build();
    }

    /**
     * Adds a parameter; names may repeat.
     *
     * @param name the name, in plain text
     * @param value the value, in plain text
     * @return this builder
     */
    public SignedTwilioRequest param(String name, String value) {
        params.add(Map.entry(name, value));
        return this;
    }

    /**
     * Signs and builds the request.
     *
     * @param authToken the account's auth token
     * @return the request, its target the whole URL
     */
    public WebhookRequest sign(String authToken) {
        String form = encoded();
        if (method.equals("GET")) {
            String whole = form.isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + form;
            return WebhookRequest.builder(method, whole)
                    .header("X-Twilio-Signature", signature(whole, List.of(), authToken))
                    .build();
        }
        return WebhookRequest.builder(method, url)
                .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                .header("X-Twilio-Signature", signature(url, params, authToken))
                .body(form.getBytes(StandardCharsets.US_ASCII))
                .build();
    }

    /**
     * The header's value as Twilio describes it: HMAC-SHA1 over the URL and, sorted by name, each name with each of its
     * distinct values, sorted.
     *
     * @param url the whole URL
     * @param params names and values in plain text
     * @param authToken the account's auth token
     * @return the signature in Base64
     */
    public static String signature(String url, List<Map.Entry<String, String>> params, String authToken) {
        SortedMap<String, SortedSet<String>> sorted = new TreeMap<>();
        params.forEach(pair ->
                sorted.computeIfAbsent(pair.getKey(), name -> new TreeSet<>()).add(pair.getValue()));
        StringBuilder text = new StringBuilder(url);
        sorted.forEach(
                (name, values) -> values.forEach(value -> text.append(name).append(value)));
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this JDK has no HMAC-SHA1", absent);
        }
    }

    private String encoded() {
        List<String> pairs = new ArrayList<>();
        params.forEach(pair -> pairs.add(URLEncoder.encode(pair.getKey(), StandardCharsets.UTF_8) + "="
                + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8)));
        return String.join("&", pairs);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this JDK has no SHA-256", absent);
        }
    }
}
