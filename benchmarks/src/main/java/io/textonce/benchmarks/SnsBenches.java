package io.textonce.benchmarks;

import io.textonce.Origin;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.benchmarks.Turns.Entry;
import io.textonce.sns.EnvelopeOnly;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.SignedSnsMessage;
import io.textonce.testkit.SnsCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.messagemanager.sns.SnsMessageManager;
import software.amazon.awssdk.regions.Region;

/** What comes from SNS and what goes there, beside AWS's own libraries. */
final class SnsBenches {
    static final String KEY_ID = "AKIDEXAMPLE";
    static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:texts";
    private static final String EVENT = """
            {"eventType":"TEXT_DELIVERED","eventVersion":"1.0","eventTimestamp":1795262400123,"isFinal":true,\
            "originationPhoneNumber":"+12025550100","destinationPhoneNumber":"+12025550123","isoCountryCode":"US",\
            "messageId":"567f41de-8e41-4717-b839-0a2d77cf0edf","messageRequestTimestamp":1795262399000,\
            "messageEncoding":"GSM","messageType":"TRANSACTIONAL","messageStatus":"DELIVERED",\
            "messageStatusDescription":"Message has been accepted by phone","context":{"textonce-id":"0123456789abc"},\
            "totalMessageParts":1,"totalMessagePrice":0.0083,"totalCarrierFee":0.003}""";

    private final Verdicts verdicts;
    private final Race race;

    SnsBenches(Verdicts verdicts, Race race) {
        this.verdicts = verdicts;
        this.race = race;
    }

    void run() throws Exception {
        verify();
        send();
    }

    /** AWS's verifier takes no clock, so the envelopes are made now, with a certificate made now. */
    private void verify() throws GeneralSecurityException {
        SnsCertificate certificate = SnsCertificate.named("sns.amazonaws.com");
        Signed signed = new Signed(
                SignedSnsMessage.notification(TOPIC, EVENT)
                        .timestamp(Instant.now())
                        .signatureVersion("2"),
                certificate);
        String address = certificate.address("us-east-1").toString();
        EnvelopeOnly verifier = EnvelopeOnly.of(TOPIC, address, certificate.x509());
        PublicKey key = certificate.x509().getPublicKey();
        Origin origin = new Origin(TenantId.DEFAULT, "sns", "main", Instant.EPOCH);
        try (SnsMessageManager aws = SnsMessageManager.builder()
                        .region(Region.US_EAST_1)
                        .httpClient(new Serving(certificate.pem().getBytes(StandardCharsets.US_ASCII)))
                        .build();
                SnsProvider provider = provider(certificate)) {
            WebhookParser parser = provider.role(WebhookParser.class).orElseThrow();
            List<Turns.Figures> all = Turns.measure(
                    "verify an envelope, certificate cached",
                    new Entry("AWS, SnsMessageManager", times -> {
                        long sum = 0;
                        for (int i = 0; i < times; i++) {
                            sum += aws.parseMessage(new ByteArrayInputStream(signed.body)) != null ? 1 : 0;
                        }
                        return PartBenches.all(sum, times);
                    }),
                    new Entry("Textonce", times -> believed(verifier, signed, times)));
            verdicts.atMost("SNS envelope: time to AWS's", all.get(1).ratio(), 1.0);
            all = Turns.measure(
                    "the same to the floor",
                    new Entry("java.security.Signature alone, SHA-256", times -> floor(key, signed, times)),
                    new Entry("Textonce", times -> believed(verifier, signed, times)),
                    new Entry("Textonce, verified and read as a report", times -> {
                        long sum = 0;
                        for (int i = 0; i < times; i++) {
                            WebhookRequest request = WebhookRequest.builder("POST", "/hooks/sns")
                                    .header("Content-Type", "text/plain; charset=UTF-8")
                                    .header("x-amz-sns-topic-arn", TOPIC)
                                    .body(signed.body)
                                    .build();
                            sum += parser.parse(request, origin).events().size();
                        }
                        return PartBenches.all(sum, times);
                    }));
            verdicts.atMost("SNS envelope: time to the RSA floor", all.get(1).ratio(), 1.10);
        }
    }

    private static long believed(EnvelopeOnly verifier, Signed signed, int times) {
        long sum = 0;
        for (int i = 0; i < times; i++) {
            sum += verifier.believes(signed.body) ? 1 : 0;
        }
        return PartBenches.all(sum, times);
    }

    private static long floor(PublicKey key, Signed signed, int times) {
        long sum = 0;
        try {
            for (int i = 0; i < times; i++) {
                Signature signature = Signature.getInstance("SHA256withRSA");
                signature.initVerify(key);
                signature.update(signed.text);
                sum += signature.verify(signed.signature) ? 1 : 0;
            }
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        return PartBenches.all(sum, times);
    }

    private void send() throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(FixedServer.Api.SNS, false)) {
            contenders.add(new SnsClientContender(server.url()));
            SmsProvider ours = SnsProvider.builder()
                    .region("us-east-1")
                    .credentials(KEY_ID, SECRET_KEY)
                    .from(SenderId.of(Samples.FROM))
                    .baseUrl(server.url())
                    .build();
            contenders.add(new TextonceContender("Textonce", ours, Samples::repeated));
            race.warmUp(contenders);
            race.measure("send by SNS", contenders, 1);
            Race.Figures figures = race.measure("send by SNS", contenders, 16).get(1);
            verdicts.atMost("send by SNS, 16 in flight: CPU to SnsClient", figures.cpuRatio(), 0.5);
            verdicts.atMost("send by SNS, 16 in flight: bytes to SnsClient", figures.bytesRatio(), 0.45);
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
    }

    private static SnsProvider provider(SnsCertificate certificate) {
        return SnsProvider.builder()
                .region("us-east-1")
                .credentials(KEY_ID, SECRET_KEY)
                .topics(TOPIC)
                .signingCertificate(certificate.address("us-east-1"), certificate.pem())
                .build();
    }

    /** An envelope with what its signature covers. */
    private static final class Signed {
        final byte[] body;
        final byte[] text;
        final byte[] signature;

        Signed(SignedSnsMessage message, SnsCertificate certificate) {
            String json = message.json(certificate);
            String before = "\"Signature\" : \"";
            int from = json.indexOf(before) + before.length();
            this.body = json.getBytes(StandardCharsets.UTF_8);
            this.text = message.stringToSign().getBytes(StandardCharsets.UTF_8);
            this.signature = Base64.getDecoder().decode(json.substring(from, json.indexOf('"', from)));
        }
    }

    /** Answers every request with the certificate; AWS's verifier asks once and keeps it. */
    private static final class Serving implements SdkHttpClient {
        private final byte[] pem;

        Serving(byte[] pem) {
            this.pem = pem;
        }

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() throws IOException {
                    return HttpExecuteResponse.builder()
                            .response(SdkHttpResponse.builder().statusCode(200).build())
                            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(pem)))
                            .build();
                }

                @Override
                public void abort() {}
            };
        }

        @Override
        public void close() {}
    }
}
