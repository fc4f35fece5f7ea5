package io.textonce.examples.webhooks;

import com.google.cloud.functions.HttpFunction;
import com.google.cloud.functions.HttpRequest;
import com.google.cloud.functions.HttpResponse;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.net.URI;

/**
 * For a cloud function behind HTTP. Extend it with a constructor without parameters that builds the receiver; the journal
 * must be a database, because the function's memory goes with the instance.
 */
public abstract class CloudFunctionHooks implements HttpFunction {

    private final String endpoint;
    private final WebhookReceiver receiver;

    protected CloudFunctionHooks(String endpoint, WebhookReceiver receiver) {
        this.endpoint = endpoint;
        this.receiver = receiver;
    }

    @Override
    public void service(HttpRequest call, HttpResponse answer) throws IOException {
        URI target = URI.create(call.getUri());
        WebhookRequest request = WebhookRequest.builder(
                        call.getMethod(),
                        target.getRawPath() + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()))
                .headers(call.getHeaders())
                .body(call.getInputStream().readNBytes(receiver.maxBodyBytes(endpoint) + 1))
                .build();
        WebhookReply reply = receiver.receive(endpoint, request);
        answer.setStatusCode(reply.status());
        if (!reply.contentType().isEmpty()) {
            answer.setContentType(reply.contentType());
        }
        answer.getWriter().write(reply.body());
    }
}
