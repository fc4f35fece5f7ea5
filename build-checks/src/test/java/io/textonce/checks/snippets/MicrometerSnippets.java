package io.textonce.checks.snippets;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.textonce.SmsSender;
import io.textonce.client.SmsClient;
import io.textonce.micrometer.ObservedSmsSender;
import io.textonce.micrometer.SmsMetrics;
import io.textonce.twilio.TwilioProvider;

/** The Java of integrations/micrometer/README.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class MicrometerSnippets {

    private MicrometerSnippets() {}

    static SmsSender observed(MeterRegistry registry, ObservationRegistry observations, TwilioProvider twilio) {
        // spotless:off
        SmsMetrics metrics = new SmsMetrics(registry);
        SmsClient sms = SmsClient.builder().provider(twilio).listener(metrics).build();
        SmsSender sender = new ObservedSmsSender(sms, observations); // a span and a timer for each send
        // spotless:on
        return sender;
    }
}
