package io.textonce.sns;

import io.textonce.spi.TimeSource;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTarget;
import io.textonce.spi.http.HttpTransport;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * One operation's address: POST to the root of a service, signed by AWS's own signer (Signature Version 4). Each call
 * signs anew and writes one request.
 */
final class Endpoint {

    /** Signed as the transport writes them, and written by it. */
    private static final Set<String> WRITTEN_ELSEWHERE = Set.of("host", "content-length", "content-type");

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final HttpTarget target;
    private final SdkHttpRequest unsigned;
    private final String service;
    private final String region;
    private final Credentials credentials;
    private final TimeSource time;
    private final Clock clock;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    /**
     * An address.
     *
     * @param url scheme and host, without a slash at the end
     * @param service the name that is signed, such as {@code sns}
     * @param headers beside the content type, such as {@code X-Amz-Target}
     */
    Endpoint(
            HttpTransport transport,
            String url,
            String service,
            String region,
            String contentType,
            Map<String, String> headers,
            Credentials credentials,
            TimeSource time) {
        this.target = transport.post(url + "/", headers, contentType);
        SdkHttpRequest.Builder request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(URI.create(url + "/"))
                .putHeader("Content-Type", contentType);
        headers.forEach(request::putHeader);
        this.unsigned = request.build();
        this.service = service;
        this.region = region;
        this.credentials = credentials;
        this.time = time;
        this.clock = new Present(time);
    }

    HttpOutcome call(byte[] body, Duration timeout) throws Credentials.UnavailableException {
        long start = time.nanoTime();
        Duration patience = within(timeout);
        AwsCredentialsIdentity keys = credentials.resolve(patience);
        HttpTarget signed = target.headers(sign(body, keys));
        return signed.call(body, within(patience.minusNanos(time.nanoTime() - start)));
    }

    private Map<String, String> sign(byte[] body, AwsCredentialsIdentity keys) {
        SignedRequest signed = signer.sign(sign -> sign.identity(keys)
                .request(unsigned)
                .payload(ContentStreamProvider.fromByteArrayUnsafe(body))
                .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, service)
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
        Map<String, String> added = new LinkedHashMap<>();
        signed.request().forEachHeader((name, values) -> {
            if (!WRITTEN_ELSEWHERE.contains(name.toLowerCase(Locale.ROOT))) {
                added.put(name, first(values));
            }
        });
        return added;
    }

    private static String first(List<String> values) {
        return values.isEmpty() ? "" : values.get(0);
    }

    private static Duration within(Duration timeout) {
        if (timeout.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    }
}
