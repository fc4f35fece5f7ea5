package io.textonce.sandbox;

import io.textonce.Origin;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.MediaFetcher;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.TimeSource;
import io.textonce.spi.WebhookParser;

/** Believes and reads what {@link Postbox} posts. */
final class SandboxWebhooks implements WebhookParser {

    private static final int MAX_BODY_BYTES = 256 * 1024;

    private final Signatures signatures;
    private final TimeSource time;
    private final MediaFetcher media;

    SandboxWebhooks(Signatures signatures, TimeSource time, MediaFetcher media) {
        this.signatures = signatures;
        this.time = time;
        this.media = media;
    }

    /** A long text in form encoding is larger than what other providers send. */
    @Override
    public int maxBodyBytes() {
        return MAX_BODY_BYTES;
    }

    @Override
    public ParsedWebhook parse(WebhookRequest request, Origin origin) {
        if (request.body().length > MAX_BODY_BYTES) {
            return ParsedWebhook.refused(413, "the body has more than " + MAX_BODY_BYTES + " bytes");
        }
        String problem = signatures.problem(request, time.now());
        return problem == null
                ? ParsedWebhook.verified(Wire.events(request.body(), origin, media))
                : ParsedWebhook.refused(403, problem);
    }

    @Override
    public WebhookReply acknowledgement() {
        return WebhookReply.of(204);
    }
}
