package io.textonce.example.appointments;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One password, sessions in memory, and a token against forged forms in each session. */
final class Logins {

    private static final String COOKIE = "clinic";

    /** Add "; Secure" where clerks come by https. */
    private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Strict";

    private final SecureRandom random = new SecureRandom();
    private final Map<String, String> formTokens = new ConcurrentHashMap<>();
    private final String password;

    Logins(String password) {
        this.password = password;
    }

    boolean login(HttpExchange exchange, String entered) {
        if (!same(password, entered)) {
            return false;
        }
        String session = next();
        formTokens.put(session, next());
        exchange.getResponseHeaders().add("Set-Cookie", COOKIE + "=" + session + ATTRIBUTES);
        return true;
    }

    void logout(HttpExchange exchange) {
        session(exchange).ifPresent(formTokens::remove);
        exchange.getResponseHeaders().add("Set-Cookie", COOKIE + "=; Max-Age=0" + ATTRIBUTES);
    }

    /** What every form of this session must carry; empty if nobody is logged in. */
    Optional<String> formToken(HttpExchange exchange) {
        return session(exchange).flatMap(session -> Optional.ofNullable(formTokens.get(session)));
    }

    private static Optional<String> session(HttpExchange exchange) {
        for (String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
            for (String cookie : header.split(";", -1)) {
                if (cookie.strip().startsWith(COOKIE + "=")) {
                    return Optional.of(cookie.strip().substring(COOKIE.length() + 1));
                }
            }
        }
        return Optional.empty();
    }

    private String next() {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    /** In constant time. */
    static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
