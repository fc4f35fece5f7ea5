package io.textonce.example.platform;

import io.textonce.Category;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is set under {@code platform}.
 *
 * @param tokens who may ask; none: some are made up
 * @param rateLimit messages an hour for each user, 1 to 1,000
 * @param adminRateLimit messages an hour for each admin, 1 to 1,000
 * @param codeKey secret of the hashes of one-time codes, the same for all processes; empty: made up
 * @param currency of all costs, as in textonce.rates
 * @param zone whose days and months reports have
 * @param monthlyCostAlert in the currency of textonce.rates, for each tenant
 * @param dailyFailureAlert how many failed messages, for each tenant
 * @param categories of message types; TRANSACTIONAL if not here
 * @param templates what each tenant begins with; the texts of codes are these for all
 * @param nodes how many processes a cluster is expected to have
 * @param jobsAfter when the jobs of a single process begin after its start
 */
@ConfigurationProperties("platform")
record Settings(
        @DefaultValue List<Token> tokens,
        int rateLimit,
        int adminRateLimit,
        String codeKey,
        String currency,
        ZoneId zone,
        BigDecimal monthlyCostAlert,
        long dailyFailureAlert,
        @DefaultValue Map<String, Category> categories,
        @DefaultValue List<TemplatesApi.Stored> templates,
        @DefaultValue("2") int nodes,
        @DefaultValue("1s") Duration jobsAfter) {

    /** Whoever has the token whose SHA-256 this is. */
    record Token(String sha256, String tenant, String user, Caller.Role role) {}

    /** Silent, as it has a secret. */
    @Override
    public String toString() {
        return "Settings";
    }

    TemplatesApi.Stored template(String id) {
        return templates.stream()
                .filter(each -> id.equals(each.templateId()))
                .findFirst()
                .orElseThrow();
    }

    Category category(String messageType) {
        return categories.getOrDefault(messageType, Category.TRANSACTIONAL);
    }
}
