package io.textonce.examples.webhooks;

import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.webhook.WebhookReceiver;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** For JAX-RS; register an instance of it. */
@Path("/hooks/{endpoint}")
public final class JaxRsHooks {

    private final WebhookReceiver receiver;

    public JaxRsHooks(WebhookReceiver receiver) {
        this.receiver = receiver;
    }

    @POST
    public Response post(
            @PathParam("endpoint") String endpoint,
            @Context Request call,
            @Context UriInfo uri,
            @Context HttpHeaders headers,
            InputStream body)
            throws IOException {
        URI target = uri.getRequestUri();
        WebhookRequest request = WebhookRequest.builder(
                        call.getMethod(),
                        target.getRawPath() + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()))
                .headers(headers.getRequestHeaders())
                .body(body.readNBytes(receiver.maxBodyBytes(endpoint) + 1))
                .build();
        WebhookReply reply = receiver.receive(endpoint, request);
        Response.ResponseBuilder response = Response.status(reply.status()).entity(reply.body());
        return (reply.contentType().isEmpty() ? response : response.type(reply.contentType())).build();
    }

    @GET
    public Response get(
            @PathParam("endpoint") String endpoint,
            @Context Request call,
            @Context UriInfo uri,
            @Context HttpHeaders headers)
            throws IOException {
        return post(endpoint, call, uri, headers, InputStream.nullInputStream());
    }
}
