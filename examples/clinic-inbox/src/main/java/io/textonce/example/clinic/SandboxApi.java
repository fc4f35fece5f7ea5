package io.textonce.example.clinic;

import io.textonce.Media;
import io.textonce.PhoneNumber;
import io.textonce.phone.PhoneNumbers;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spring.SmsProviders;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Lets whoever tries the sandbox play the patient. There is nothing of the kind with a real provider. */
@RestController
@ConditionalOnProperty("clinic.demo")
record SandboxApi(
        SmsProviders providers,
        PhoneNumbers numbers,
        @Value("${textonce.providers.sandbox.from}") String ours,
        @Value("classpath:demo/picture.png") Resource picture) {

    record Reply(String from, String text, boolean picture) {}

    @PostMapping("/api/sandbox/reply")
    void reply(@RequestBody Reply reply) throws IOException {
        PhoneNumber from = numbers.normalize(reply.from())
                .orElseThrow(() -> new IllegalArgumentException("That is no phone number."));
        SandboxProvider sandbox = providers
                .find("sandbox")
                .flatMap(each -> each.role(SandboxProvider.class))
                .orElseThrow();
        sandbox.receive(from.e164(), ours, reply.text(), reply.picture() ? new Media[] {shown()} : new Media[0]);
    }

    private Media shown() throws IOException {
        return Media.of("image/png", "picture.png", picture.contentLength(), null, picture::getInputStream);
    }
}
