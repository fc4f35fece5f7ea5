package io.textonce.example.platform;

import io.textonce.TenantId;
import io.textonce.example.platform.Caller.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets nobody in without a token. Tokens are long and random, so a plain hash is enough; all are compared, each in constant
 * time. Webhooks aren't under this: the providers' signatures are checked by the SDK.
 */
@Component
final class BearerTokens extends OncePerRequestFilter {

    private record Known(String sha256, Caller caller) {}

    private final List<Known> known = new ArrayList<>();
    private final Map<String, String> made = new LinkedHashMap<>();

    BearerTokens(Settings settings) {
        for (Settings.Token each : settings.tokens()) {
            Caller caller = new Caller(TenantId.of(each.tenant()), each.user(), each.role());
            known.add(new Known(HexFormat.of().formatHex(HexFormat.of().parseHex(each.sha256())), caller));
        }
        if (known.isEmpty()) {
            settings.tenantIds().forEach(tenant -> make(new Caller(tenant, "admin-of-" + tenant, Role.ADMIN)));
            make(new Caller(settings.tenantIds().get(0), "1", Role.USER));
            make(new Caller(TenantId.of("operations"), "operator", Role.OPERATOR));
        }
    }

    private void make(Caller caller) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        known.add(new Known(hash(token), caller));
        made.put(caller.tenant() + " " + caller.role(), token);
    }

    /** Those that were made up, once. */
    Map<String, String> made() {
        Map<String, String> once = Map.copyOf(made);
        made.clear();
        return once;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !path.startsWith("/api/") && !path.startsWith("/actuator/metrics");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Caller> caller = caller(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (caller.isPresent()) {
            request.setAttribute(Caller.ATTRIBUTE, caller.get());
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getWriter().write("{\"title\":\"Unauthorized\",\"status\":401,\"detail\":\"Send a bearer token.\"}");
    }

    private Optional<Caller> caller(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.empty();
        }
        byte[] hash = ascii(hash(header.substring(7).strip()));
        Caller found = null;
        for (Known each : known) {
            if (MessageDigest.isEqual(ascii(each.sha256()), hash)) {
                found = each.caller();
            }
        }
        return Optional.ofNullable(found);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
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
