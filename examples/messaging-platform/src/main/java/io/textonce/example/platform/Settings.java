package io.textonce.example.platform;

import io.textonce.Category;
import io.textonce.TenantId;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is set under {@code platform}.
 *
 * @param tenants who may send
 * @param tokens who may ask; none: some are made up
 * @param rateLimit messages an hour for each user
 * @param adminRateLimit messages an hour for each admin
 * @param codeKey secret of the hashes of one-time codes, the same for all processes; empty: made up
 * @param zone whose days and months reports have
 * @param monthlyCostAlert in the currency of textonce.rates, for each tenant
 * @param dailyFailureAlert how many failed messages, for each tenant
 * @param categories of message types; TRANSACTIONAL if not here
 */
@ConfigurationProperties("platform")
record Settings(
        List<String> tenants,
        @DefaultValue List<Token> tokens,
        int rateLimit,
        int adminRateLimit,
        String codeKey,
        ZoneId zone,
        BigDecimal monthlyCostAlert,
        long dailyFailureAlert,
        @DefaultValue Map<String, Category> categories) {

    /** Whoever has the token whose SHA-256 this is. */
    record Token(String sha256, String tenant, String user, Caller.Role role) {}

    List<TenantId> tenantIds() {
        return tenants.stream().map(TenantId::of).toList();
    }

    Category category(String messageType) {
        return categories.getOrDefault(messageType, Category.TRANSACTIONAL);
    }
}
