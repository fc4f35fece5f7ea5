package io.textonce.gateway;

import io.textonce.spi.http.FormWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to a gateway, made from its profile and about to be sent, to which a {@link RequestCustomizer} may add.
 *
 * <p>Guaranteed: whatever is added, the request goes where the profile said, once. {@link #toString()} shows no content.
 *
 * <pre>{@code
 * request.parameter("key", md5(request.value("to").orElse("") + "|" + request.value("text").orElse("")));
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class GatewayRequest {

    private final String method;
    private final String path;
    private final List<String> segments;
    private final FormWriter query;
    private final @Nullable FormWriter form;
    private final Values values;
    private final byte[] body;
    private final Map<String, String> headers = new LinkedHashMap<>();

    GatewayRequest(
            String method,
            String path,
            List<String> segments,
            FormWriter query,
            @Nullable FormWriter form,
            byte[] body,
            Values values) {
        this.method = method;
        this.path = path;
        this.segments = segments;
        this.query = query;
        this.form = form;
        this.body = body;
        this.values = values;
    }

    /**
     * The HTTP method.
     *
     * @return {@code GET}, {@code POST} or {@code PUT}
     */
    public String method() {
        return method;
    }

    /**
     * Path and query as they will be sent, parameters added so far included. It may hold personal data and secrets.
     *
     * @return such as {@code /send?to=...}; segments that hold variables aren't escaped here
     */
    public String target() {
        String before = segments.isEmpty() ? path : path + "/" + String.join("/", segments);
        String pairs = new String(query.toByteArray(), StandardCharsets.US_ASCII);
        return pairs.isEmpty() ? before : before + (before.indexOf('?') < 0 ? '?' : '&') + pairs;
    }

    /**
     * The body as it will be sent, parameters added so far included. It may hold personal data and secrets.
     *
     * @return the bytes; empty for a GET
     */
    public byte[] body() {
        return form == null ? body.clone() : form.toByteArray();
    }

    /**
     * What a variable of the profile stands for in this request.
     *
     * @param variable such as {@code to}, {@code text}, {@code ref} or {@code secret.password}
     * @return the value as the gateway gets it, not escaped; empty if it has none
     */
    public Optional<String> value(String variable) {
        return Optional.ofNullable(values.get(Objects.requireNonNull(variable, "variable")));
    }

    /**
     * Adds a parameter: to the form if the request has one, else to the query.
     *
     * @param name the name, in plain text
     * @param value the value, in plain text
     * @return this request
     */
    public GatewayRequest parameter(String name, String value) {
        (form == null ? query : form).add(name, value);
        return this;
    }

    /**
     * Sets a header.
     *
     * @param name the name
     * @param value visible ASCII
     * @return this request
     */
    public GatewayRequest header(String name, String value) {
        headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return this;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** The method; no address, header or body. */
    @Override
    public String toString() {
        return "GatewayRequest[" + method + "]";
    }
}
