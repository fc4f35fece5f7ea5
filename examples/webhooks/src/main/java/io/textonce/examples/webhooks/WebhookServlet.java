package io.textonce.examples.webhooks;

import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.webhook.WebhookReceiver;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

/** For any servlet container; map it to {@code /hooks/*}. No filter before it may read the parameters: that eats the body. */
public final class WebhookServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient WebhookReceiver receiver;

    public WebhookServlet(WebhookReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    protected void service(HttpServletRequest call, HttpServletResponse answer) throws IOException {
        String endpoint = call.getPathInfo().substring(1);
        reply(answer, receiver.receive(endpoint, request(call, receiver.maxBodyBytes(endpoint))));
    }

    static WebhookRequest request(HttpServletRequest call, int maxBodyBytes) throws IOException {
        String query = call.getQueryString();
        WebhookRequest.Builder request = WebhookRequest.builder(
                        call.getMethod(), call.getRequestURI() + (query == null ? "" : "?" + query))
                .body(call.getInputStream().readNBytes(maxBodyBytes + 1))
                .remoteAddress(call.getRemoteAddr());
        for (String name : Collections.list(call.getHeaderNames())) {
            for (String value : Collections.list(call.getHeaders(name))) {
                request.header(name, value);
            }
        }
        return request.build();
    }

    static void reply(HttpServletResponse answer, WebhookReply reply) throws IOException {
        answer.setStatus(reply.status());
        if (!reply.contentType().isEmpty()) {
            answer.setContentType(reply.contentType());
        }
        answer.getOutputStream().write(reply.body().getBytes(StandardCharsets.UTF_8));
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("WebhookServlet");
    }
}
