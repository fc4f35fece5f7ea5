package io.textonce.gateway;

import io.textonce.gateway.Spec.Auth;
import io.textonce.gateway.Spec.Body;
import io.textonce.gateway.Spec.BodyKind;
import io.textonce.gateway.Spec.Call;
import io.textonce.spi.http.FormWriter;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTarget;
import io.textonce.spi.http.HttpTransport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request of a profile with everything put in that doesn't change: what is left for a call is its variables. */
final class PreparedCall {

    private static final byte[] NO_BODY = new byte[0];

    private final String method;
    private final HttpTarget target;
    private final List<Template> segments;
    private final List<Pair> query;
    private final List<Pair> headers;
    private final @Nullable Auth auth;
    private final BodyKind kind;
    private final List<Pair> fields;
    private final @Nullable JsonBody json;
    private final Template text;
    private final String contentType;
    private final String boundary;
    private final String path;

    /**
     * Prepares a call.
     *
     * @param known the value of a setting or secret that doesn't change
     * @throws IllegalArgumentException if the address or a header isn't usable; no secret is shown
     */
    PreparedCall(Call call, Urls.Prepared url, Function<String, @Nullable String> known, HttpTransport transport) {
        Body body = call.body();
        this.method = call.method();
        this.segments =
                url.segments().stream().map(segment -> segment.bind(known)).toList();
        this.query = Pair.bind(call.query(), known);
        this.kind = body.kind();
        this.fields = Pair.bind(body.fields(), known);
        this.json = body.json() == null ? null : body.json().bind(known);
        this.text = body.text().bind(known);
        this.contentType = body.contentType();
        this.boundary = boundary();
        this.path = path(url.fixed());
        Map<String, String> fixed = new LinkedHashMap<>();
        List<Pair> changing = new ArrayList<>();
        for (Pair header : Pair.bind(call.headers(), known)) {
            if (header.value().isConstant() && header.with() == null) {
                fixed.put(header.name(), header.value().constant());
            } else {
                changing.add(header);
            }
        }
        this.headers = List.copyOf(changing);
        Auth given = call.auth() == null ? null : bind(call.auth(), known);
        if (given != null && given.value().isConstant() && isConstant(given.password())) {
            fixed.put(given.header(), Objects.requireNonNull(authorization(given, Values.NONE)));
            given = null;
        }
        this.auth = given;
        this.target = switch (method) {
            case "GET" -> transport.get(url.fixed(), fixed);
            case "PUT" -> transport.put(url.fixed(), fixed, type());
            default -> transport.post(url.fixed(), fixed, type());
        };
    }

    /** A request with all its values: only sending is left, which never throws. */
    static final class Ready {
        private final HttpTarget target;
        private final @Nullable FormWriter form;
        private final byte @Nullable [] body;

        /** A form, or a body of another kind, or neither for a GET. */
        Ready(HttpTarget target, @Nullable FormWriter form, byte @Nullable [] body) {
            this.target = target;
            this.form = form;
            this.body = body;
        }

        HttpOutcome send(Duration timeout) {
            if (form != null) {
                return target.call(form, timeout);
            }
            return body == null ? target.call(timeout) : target.call(body, timeout);
        }
    }

    /** The request can't be made of these values; the message names no value. */
    static final class UnsendableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnsendableException(@Nullable String message) {
            super(message);
        }
    }

    /**
     * Puts the values in.
     *
     * @param added more pairs, for the form or else the query
     * @param customizer adds to the request at last, or null
     * @throws UnsendableException if a value doesn't fit its place
     */
    Ready ready(Values values, List<Pair> added, @Nullable RequestCustomizer customizer) {
        FormWriter pairs = FormWriter.query();
        Pair.write(query, values, pairs);
        if (!added.isEmpty() && kind != BodyKind.FORM && kind != BodyKind.MULTIPART) {
            Pair.write(added, values, pairs);
        }
        List<String> rendered = rendered(values);
        FormWriter form = kind == BodyKind.FORM ? form(values, added) : null;
        byte[] body = form == null ? body(values, added) : NO_BODY;
        Map<String, String> custom = Map.of();
        if (customizer != null) {
            GatewayRequest request = new GatewayRequest(method, path, rendered, pairs, form, body, values);
            customizer.customize(request);
            custom = request.headers();
        }
        HttpTarget to = fitted(values, rendered, custom).query(pairs);
        return method.equals("GET") ? new Ready(to, null, null) : new Ready(to, form, body);
    }

    private HttpTarget fitted(Values values, List<String> rendered, Map<String, String> custom) {
        HttpTarget to = target;
        try {
            if (!rendered.isEmpty()) {
                to = to.path(rendered.toArray(String[]::new));
            }
            for (Pair header : headers) {
                String value = header.render(values);
                to = value == null ? to : to.header(header.name(), value);
            }
            String authorization = auth == null ? null : authorization(auth, values);
            if (auth != null && authorization != null) {
                to = to.header(auth.header(), authorization);
            }
            for (Map.Entry<String, String> header : custom.entrySet()) {
                to = to.header(header.getKey(), header.getValue());
            }
        } catch (IllegalArgumentException unfit) {
            throw new UnsendableException(unfit.getMessage());
        }
        return to;
    }

    private List<String> rendered(Values values) {
        if (segments.isEmpty()) {
            return List.of();
        }
        List<String> all = new ArrayList<>(segments.size());
        for (Template segment : segments) {
            String value = segment.render(values);
            if (value == null) {
                throw new UnsendableException(
                        "A variable of the path, " + String.join(", ", segment.variables()) + ", has no value.");
            }
            all.add(value);
        }
        return all;
    }

    private byte[] body(Values values, List<Pair> added) {
        return switch (kind) {
            case NONE, FORM -> NO_BODY;
            case MULTIPART -> multipart(values, added);
            case JSON -> {
                Object tree = json == null ? null : json.render(values);
                yield Json.bytes(tree == null ? Map.of() : tree);
            }
            case TEXT -> {
                String rendered = text.render(values, TextBody.escape(contentType));
                if (rendered == null) {
                    throw new UnsendableException(
                            "A variable of the body has no value: " + String.join(", ", text.variables()) + ".");
                }
                yield rendered.getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    private FormWriter form(Values values, List<Pair> added) {
        FormWriter form = FormWriter.body();
        Pair.write(fields, values, form);
        if (!added.isEmpty()) {
            Pair.write(added, values, form);
        }
        return form;
    }

    /** RFC 7578. The boundary is random and a secret of this process, so no text can hold it. */
    private byte[] multipart(Values values, List<Pair> added) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        List<Pair> all = new ArrayList<>(fields);
        all.addAll(added);
        for (Pair field : all) {
            String value = field.render(values);
            if (value != null) {
                String name =
                        field.name().replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
                bytes.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name
                                + "\"\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n" + value + "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        bytes.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    private String type() {
        return switch (kind) {
            case NONE, FORM -> "application/x-www-form-urlencoded";
            case MULTIPART -> "multipart/form-data; boundary=" + boundary;
            case JSON -> "application/json";
            case TEXT -> contentType + "; charset=UTF-8";
        };
    }

    private static Auth bind(Auth auth, Function<String, @Nullable String> known) {
        Template password = auth.password();
        return new Auth(
                auth.header(), auth.prefix(), auth.value().bind(known), password == null ? null : password.bind(known));
    }

    private static boolean isConstant(@Nullable Template template) {
        return template == null || template.isConstant();
    }

    private static @Nullable String authorization(Auth auth, Values values) {
        String value = auth.value().render(values);
        if (value == null) {
            return null;
        }
        Template second = auth.password();
        if (second == null) {
            return auth.prefix() + value;
        }
        String password = second.render(values);
        return password == null
                ? null
                : auth.prefix()
                        + Base64.getEncoder().encodeToString((value + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String boundary() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return "textonce" + HexFormat.of().formatHex(random);
    }

    private static String path(String url) {
        int at = url.indexOf("://") + 3;
        while (at < url.length() && url.charAt(at) != '/' && url.charAt(at) != '?') {
            at++;
        }
        return at == url.length() ? "/" : url.charAt(at) == '?' ? "/" + url.substring(at) : url.substring(at);
    }
}
