package io.textonce.testkit;

import io.textonce.WebhookRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Builds webhook requests as HTTP gateways vouch for them: with a secret in the URL, in a header or as a password, or with
 * an HMAC over body and timestamp. For tests of a host's endpoint without a gateway.
 *
 * <p>It shares no code with the verifier in textonce-http-gateway, so that each checks the other.
 *
 * <pre>{@code
 * WebhookRequest report = SignedGatewayRequest.json("https://sms.example.org/hooks/bulksms", body)
 *         .querySecret("secret", hookSecret);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SignedGatewayRequest {
    private final String method;
    private final String url;
    private final String contentType;
    private final byte[] body;

    private SignedGatewayRequest(String method, String url, String contentType, byte[] body) {
        this.method = method;
        this.url = url;
        this.contentType = contentType;
        this.body = body;
    }

    /**
     * A GET, whose parameters stand in the query.
     *
     * @param url the whole public URL
     * @return a request to vouch for
     */
    public static SignedGatewayRequest get(String url) {
        return new SignedGatewayRequest("GET", url, "", new byte[0]);
    }

    /**
     * A POST with JSON.
     *
     * @param url the whole public URL
     * @param body the body
     * @return a request to vouch for
     */
    public static SignedGatewayRequest json(String url, byte[] body) {
        return new SignedGatewayRequest("POST", url, "application/json", body.clone());
    }

    /**
     * A POST with a form.
     *
     * @param url the whole public URL
     * @param body the pairs, escaped
     * @return a request to vouch for
     */
    public static SignedGatewayRequest form(String url, byte[] body) {
        return new SignedGatewayRequest("POST", url, "application/x-www-form-urlencoded", body.clone());
    }

    /**
     * With nothing that vouches for it.
     *
     * @return the request
     */
    public WebhookRequest unsigned() {
        return builder(url).build();
    }

    /**
     * With a secret in the query.
     *
     * @param parameter the parameter's name
     * @param secret the secret
     * @return the request
     */
    public WebhookRequest querySecret(String parameter, String secret) {
        return builder(url + (url.contains("?") ? "&" : "?") + parameter + "="
                        + URLEncoder.encode(secret, StandardCharsets.UTF_8))
                .build();
    }

    /**
     * With a secret in a header.
     *
     * @param header the header's name
     * @param secret the secret
     * @return the request
     */
    public WebhookRequest headerSecret(String header, String secret) {
        return builder(url).header(header, secret).build();
    }

    /**
     * With user and password (RFC 7617).
     *
     * @param user the user
     * @param password the password
     * @return the request
     */
    public WebhookRequest basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return builder(url)
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair))
                .build();
    }

    /**
     * With a hexadecimal HMAC-SHA256 over the body and, behind it, the timestamp, as SMSGate signs.
     *
     * @param signatureHeader the header of the signature
     * @param timestampHeader the header of the timestamp
     * @param epochSecond the timestamp
     * @param secret the key
     * @return the request
     */
    public WebhookRequest hmac(String signatureHeader, String timestampHeader, long epochSecond, String secret) {
        String timestamp = Long.toString(epochSecond);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(body);
            String signature = HexFormat.of().formatHex(mac.doFinal(timestamp.getBytes(StandardCharsets.US_ASCII)));
            return builder(url)
                    .header(signatureHeader, signature)
                    .header(timestampHeader, timestamp)
                    .build();
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256", absent);
        }
    }

    private WebhookRequest.Builder builder(String target) {
        return WebhookRequest.builder(method, target)
                .header("Content-Type", contentType.isEmpty() ? null : contentType)
                .body(body);
    }

    /** Method and size; no address and no body. */
    @Override
    public String toString() {
        return "SignedGatewayRequest[" + method + ", " + body.length + " bytes]";
    }
}
