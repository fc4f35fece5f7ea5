package io.textonce.example.platform;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.Money;
import io.textonce.SmsListener;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.engagement.campaign.Campaigns;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.reporting.AlertRule;
import io.textonce.engagement.reporting.Alerts;
import io.textonce.jdbc.JdbcEngagement;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.TimeSource;
import io.textonce.spring.SmsProviders;
import io.textonce.spring.TextonceCustomizer;
import io.textonce.store.TemplateRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the starter's properties don't say: tiers, and the parts of textonce-engagement. */
@Configuration(proxyBeanMethods = false)
class Wiring {

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    @Bean
    TimeSource time() {
        return TimeSource.system();
    }

    @Bean
    PhoneNumbers numbers(@Value("${textonce.default-region}") String region) {
        return PhoneNumbers.region(region);
    }

    /** Only the host makes messages of the other categories: codes have limits of their own, campaigns their pace and hours. */
    @Bean
    TextonceCustomizer<SmsClient.Builder> tiers(Settings settings) {
        return client -> client.rateLimit(RateLimit.of(settings.rateLimit(), Duration.ofHours(1))
                .keyedByLabel(Composer.BY)
                .tier(new Label(Composer.ROLE, "admin"), settings.adminRateLimit())
                .only(Category.TRANSACTIONAL));
    }

    @Bean
    JdbcEngagement engagement(JdbcStore store) {
        return JdbcEngagement.on(store);
    }

    /** The starter gives it to the client, which asks before it sends. */
    @Bean
    PreferenceRepository preferences(JdbcEngagement engagement) {
        return engagement.preferences();
    }

    @Bean
    Campaigns campaigns(
            SmsClient client,
            SmsOutbox outbox,
            JdbcEngagement engagement,
            PreferenceRepository preferences,
            TemplateRepository templates) {
        return Campaigns.builder(client, outbox, engagement.campaigns())
                .preferences(preferences)
                .templates(templates)
                .build();
    }

    @Bean
    Conversations conversations(
            JdbcEngagement engagement, JdbcStore store, @Value("${textonce.outbox.retention}") Duration keptFor) {
        return Conversations.builder(engagement.conversations(), store, store)
                .retention(keptFor)
                .build();
    }

    /** Conversations have copies of messages, and delete them where messages are. */
    @Bean
    TextonceCustomizer<SmsOutbox.Builder> purgedAlong(Conversations conversations) {
        return outbox -> outbox.alongWithPurge(conversations::purge);
    }

    @Bean
    SmsListener conversationsAtOnce(Conversations conversations) {
        return conversations.listener();
    }

    /** Each is told once a month or day, by one process; anything in the application may listen for it. */
    @Bean
    Alerts alerts(
            JdbcEngagement engagement, Settings settings, SmsProviders providers, ApplicationEventPublisher events) {
        List<AlertRule> rules = new ArrayList<>();
        Money most = Money.of(settings.monthlyCostAlert().toPlainString(), settings.currency());
        providers.tenants().forEach(tenant -> {
            rules.add(AlertRule.cost("spend", most).monthly(settings.zone()).of(tenant));
            rules.add(AlertRule.failed("failures", settings.dailyFailureAlert())
                    .daily(settings.zone())
                    .of(tenant));
        });
        return Alerts.on(engagement.reports(), rules, alert -> {
            LOG.warn("{} since {}: {}", alert.rule(), alert.period(), alert.sums());
            events.publishEvent(alert);
        });
    }
}
