package io.textonce.example.platform;

import io.textonce.spring.SmsProviders;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** Starts the platform, and says where it is. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(Settings.class)
public class App {

    private final Environment environment;
    private final SmsProviders providers;
    private final BearerTokens tokens;

    App(Environment environment, SmsProviders providers, BearerTokens tokens) {
        this.environment = environment;
        this.providers = providers;
        this.tokens = tokens;
    }

    /** Runs until it is stopped. */
    public static void main(String[] args) {
        SpringApplication.run(App.class, args);
    }

    @EventListener(ApplicationReadyEvent.class)
    void welcome() {
        String url = "http://localhost:" + environment.getProperty("local.server.port");
        StringBuilder text = new StringBuilder("\nMessaging platform: " + url + "/ (dashboard), " + url
                + "/api/sms (see README.md)\nSending through " + providers);
        tokens.made()
                .forEach((who, token) ->
                        text.append("\n  ").append(who).append("  ").append(token));
        System.out.println(text.append('\n'));
    }
}
