package io.textonce.examples.webhooks;

import io.textonce.webhook.WebhookReceiver;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * For Spring MVC. It reads the servlet's own stream: for a posted form {@code @RequestBody} gives a body that Spring has
 * put together again from parameters, the query's included, and no signature fits that.
 */
@RestController
public class SpringHooks {

    private final WebhookReceiver receiver;

    public SpringHooks(WebhookReceiver receiver) {
        this.receiver = receiver;
    }

    @RequestMapping("/hooks/{endpoint}")
    public void receive(@PathVariable("endpoint") String endpoint, HttpServletRequest call, HttpServletResponse answer)
            throws IOException {
        WebhookServlet.reply(
                answer, receiver.receive(endpoint, WebhookServlet.request(call, receiver.maxBodyBytes(endpoint))));
    }
}
