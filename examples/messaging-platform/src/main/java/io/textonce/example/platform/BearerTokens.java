package io.textonce.example.platform;

import io.textonce.TenantId;
import io.textonce.example.platform.Caller.Role;
import io.textonce.spring.SmsProviders;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets nobody in without a token, but for a few open paths; what isn't plainly under {@code /api/} is for operators. So a path
 * that is written in a way that nobody thought of opens nothing. Tokens are long and random, so a plain hash is enough, and
 * how long its look-up takes tells nothing of them. Webhooks are open: the SDK checks the providers' signatures.
 */
@Component
final class BearerTokens extends OncePerRequestFilter {

    /** As written in the request, so that nothing encoded, and no dot segment, is among them. */
    private static final Pattern OPEN =
            Pattern.compile("/|/index\\.html|/actuator/health|/textonce/webhooks/\\w[\\w.:-]*");

    private static final int LARGEST_BODY = 256 * 1024;

    /** By the SHA-256 of their tokens. */
    private final Map<String, Caller> known = new HashMap<>();

    private final Map<String, String> made = new LinkedHashMap<>();

    BearerTokens(Settings settings, SmsProviders providers) {
        for (Settings.Token each : settings.tokens()) {
            Caller caller = new Caller(TenantId.of(each.tenant()), each.user(), each.role());
            known.put(HexFormat.of().formatHex(HexFormat.of().parseHex(each.sha256())), caller);
        }
        if (known.isEmpty()) {
            providers.tenants().forEach(tenant -> make(new Caller(tenant, "admin-of-" + tenant, Role.ADMIN)));
            make(new Caller(providers.tenants().iterator().next(), "1", Role.USER));
            make(new Caller(TenantId.of("operations"), "operator", Role.OPERATOR));
        }
    }

    private void make(Caller caller) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        known.put(hash(token), caller);
        made.put(caller.tenant() + " " + caller.role(), token);
    }

    /** Those that were made up, once. */
    Map<String, String> made() {
        Map<String, String> once = Map.copyOf(made);
        made.clear();
        return once;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Caller> caller = caller(request.getHeader(HttpHeaders.AUTHORIZATION));
        boolean open = OPEN.matcher(request.getRequestURI()).matches();
        if (caller.isEmpty() && !open) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            refuse(response, HttpStatus.UNAUTHORIZED, "Send a bearer token.");
        } else if (!open && !isApi(request) && caller.orElseThrow().role() != Role.OPERATOR) {
            refuse(response, HttpStatus.FORBIDDEN, "This takes the role OPERATOR.");
        } else if (!open && request.getContentLengthLong() > LARGEST_BODY) {
            refuse(response, HttpStatus.PAYLOAD_TOO_LARGE, "A request may have 256 KiB.");
        } else if (!open && request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
            refuse(response, HttpStatus.LENGTH_REQUIRED, "Say how long the request is.");
        } else if (caller.isEmpty()) {
            chain.doFilter(request, response);
        } else {
            request.setAttribute(Caller.ATTRIBUTE, caller.get());
            chain.doFilter(as(caller.get(), request), response);
        }
    }

    private static boolean isApi(HttpServletRequest request) {
        String written = request.getRequestURI();
        return request.getServletPath().startsWith("/api/") && !written.contains(";") && !written.contains("/.");
    }

    /** Health's details are shown by the role. */
    private static HttpServletRequest as(Caller caller, HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public Principal getUserPrincipal() {
                return caller::user;
            }

            @Override
            public boolean isUserInRole(String role) {
                return caller.role().name().equals(role);
            }
        };
    }

    private static void refuse(HttpServletResponse response, HttpStatus status, String detail) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getWriter()
                .write("{\"title\":\"" + status.getReasonPhrase() + "\",\"status\":" + status.value() + ",\"detail\":\""
                        + detail + "\"}");
    }

    private Optional<Caller> caller(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.empty();
        }
        return Optional.ofNullable(known.get(hash(header.substring(7).strip())));
    }

    private static String hash(String token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which every Java must have", e);
        }
    }
}
