package io.textonce.checks.snippets;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.Money;
import io.textonce.RateCard;
import io.textonce.TenantId;
import io.textonce.client.RateLimit;
import io.textonce.client.SendingWindow;
import io.textonce.client.SmsClient;
import io.textonce.client.SpendCap;
import io.textonce.spi.SmsProvider;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** The Java of docs/policies.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class PolicySnippets {

    private PolicySnippets() {}

    static SmsClient all(SmsProvider provider) {
        // spotless:off
        RateCard rates = RateCard.in("USD")
                .rate("+61", "0.0515") // any provider, Australia, one segment
                .rate("twilio-eu", "+61", "0.0480") // the instance of that name
                .rate("+1", "0.0079")
                .build();
        SmsClient sms = SmsClient.builder()
                .provider(provider)
                .sendingWindow(SendingWindow.exceptQuietHours(LocalTime.of(21, 0), LocalTime.of(8, 0))
                        .only(Category.MARKETING))
                .allowCountries("AU", "US")
                .maxSegments(3)
                .rateLimit(RateLimit.of(100, Duration.ofHours(1))
                        .keyedByLabel("user")
                        .tier(new Label("role", "admin"), 1000))
                .rateLimit(code(RateLimit.of(1, Duration.ofMinutes(1))))
                .rateLimit(code(RateLimit.of(5, Duration.ofMinutes(15))))
                .rateLimit(code(RateLimit.of(12, Duration.ofHours(1))))
                .rateLimit(RateLimit.of(20, Duration.ofMinutes(10))
                        .keyedByPrefix(7)
                        .only(Category.OTP))
                .rates(rates)
                .spendCap(SpendCap.daily(Money.of("50", "USD"), ZoneOffset.UTC))
                .build();
        // spotless:on
        return sms;
    }

    static RateLimit code(RateLimit limit) {
        return limit.keyedBy(RateLimit.Key.RECIPIENT).only(Category.OTP);
    }

    static void left(SmsClient sms, TenantId tenant) {
        sms.budgets(tenant).forEach(budget -> System.out.println(budget.remaining() + " left of " + budget.name()));
    }
}
