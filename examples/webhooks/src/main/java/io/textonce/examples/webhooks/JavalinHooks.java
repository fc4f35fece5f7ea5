package io.textonce.examples.webhooks;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;

/** For Javalin: {@code config.routes.post("/hooks/{endpoint}", new JavalinHooks(receiver))}, and get likewise. */
public final class JavalinHooks implements Handler {

    private final WebhookReceiver receiver;

    public JavalinHooks(WebhookReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void handle(Context context) throws IOException {
        String endpoint = context.pathParam("endpoint");
        String query = context.queryString();
        WebhookRequest.Builder request = WebhookRequest.builder(
                        context.method().name(), context.req().getRequestURI() + (query == null ? "" : "?" + query))
                .body(context.req().getInputStream().readNBytes(receiver.maxBodyBytes(endpoint) + 1))
                .remoteAddress(context.ip());
        context.headerMap().forEach(request::header);
        WebhookReply reply = receiver.receive(endpoint, request.build());
        context.status(reply.status()).contentType(reply.contentType()).result(reply.body());
    }
}
