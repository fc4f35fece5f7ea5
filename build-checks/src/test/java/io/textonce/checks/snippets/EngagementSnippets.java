package io.textonce.checks.snippets;

import io.textonce.PhoneNumber;
import io.textonce.SmsSender;
import io.textonce.TenantId;
import io.textonce.engagement.verification.InMemoryCodeRepository;
import io.textonce.engagement.verification.Subject;
import io.textonce.engagement.verification.Verification;
import io.textonce.template.Template;
import java.util.Locale;

/** The code of engagement/README.md. */
final class EngagementSnippets {

    private EngagementSnippets() {}

    static boolean oneTimeCode(SmsSender sms, byte[] key, PhoneNumber number, String clientAddress, String entered) {
        Verification codes = Verification.builder(sms, new InMemoryCodeRepository(100_000), key)
                .text(Template.builder("code")
                        .variable("code")
                        .text(Locale.ENGLISH, "Your Acme code is {{code}}. We never ask for it by phone.")
                        .build())
                .build();

        Subject subject = new Subject(TenantId.DEFAULT, "sign-in", number);
        codes.start(subject, Locale.ENGLISH, clientAddress);
        boolean right = codes.check(subject, entered);
        return right;
    }
}
