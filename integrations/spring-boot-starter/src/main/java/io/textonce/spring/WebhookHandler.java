package io.textonce.spring;

import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.webhook.WebhookReceiver;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.HandlerMapping;

/** Hands a call to the receiver as it arrived, and at most one byte more of it than the endpoint takes. */
final class WebhookHandler implements HttpRequestHandler {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookHandler.class);

    private final WebhookReceiver receiver;

    WebhookHandler(WebhookReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void handleRequest(HttpServletRequest call, HttpServletResponse answer) throws IOException {
        Map<?, ?> variables = (Map<?, ?>) call.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        String endpoint = String.valueOf(variables.get("endpoint"));
        byte[] body = call.getInputStream().readNBytes(receiver.maxBodyBytes(endpoint) + 1);
        if (body.length == 0 && call.getContentLengthLong() > 0) {
            LOG.error(
                    "Webhook: a filter has read the body of a call to {} before; answered 500."
                            + " Leave textonce.webhooks.path out of filters that ask for parameters",
                    endpoint);
            answer.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            return;
        }
        String query = call.getQueryString();
        WebhookRequest.Builder request = WebhookRequest.builder(
                        call.getMethod(), call.getRequestURI() + (query == null ? "" : "?" + query))
                .body(body)
                .remoteAddress(call.getRemoteAddr());
        for (String name : Collections.list(call.getHeaderNames())) {
            Collections.list(call.getHeaders(name)).forEach(value -> request.header(name, value));
        }
        WebhookReply reply = receiver.receive(endpoint, request.build());
        answer.setStatus(reply.status());
        if (!reply.contentType().isEmpty()) {
            answer.setContentType(reply.contentType());
        }
        answer.getOutputStream().write(reply.body().getBytes(StandardCharsets.UTF_8));
    }
}
