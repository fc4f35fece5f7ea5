package io.textonce.twilio;

import io.textonce.SenderId;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.SelfCheck;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Says what is right and wrong with the options, and asks for the balance, which is free, to try the credentials. */
final class TwilioCheck implements SelfCheck {

    private static final Pattern TOKEN = Pattern.compile("[0-9a-fA-F]{32}");

    private final Settings settings;
    private final BalanceQuery balance;

    TwilioCheck(Settings settings, BalanceQuery balance) {
        this.settings = settings;
        this.balance = balance;
    }

    @Override
    public List<Finding> check() {
        List<Finding> findings = new ArrayList<>();
        findings.add(ok("accountSid", settings.accountSid()));
        findings.add(ok("credentials", settings.usesApiKey() ? "API key (hidden)" : "auth token (hidden)"));
        tokens(findings);
        sender(findings);
        callback(findings);
        account(findings);
        return findings;
    }

    private void tokens(List<Finding> findings) {
        List<String> tokens = settings.webhookTokens();
        if (tokens.isEmpty()) {
            findings.add(warning(
                    "webhooks",
                    "no auth token is set, so no webhook can be verified",
                    "set authToken or webhookAuthTokens: Twilio never signs with an API key"));
        } else if (!tokens.stream().allMatch(token -> TOKEN.matcher(token).matches())) {
            findings.add(warning(
                    "webhooks",
                    "an auth token isn't 32 hexadecimal digits, as Twilio's are",
                    "copy it from the Twilio console again"));
        } else {
            findings.add(ok("webhooks", tokens.size() + " auth token(s) (hidden)"));
        }
    }

    private void sender(List<Finding> findings) {
        SenderId from = settings.from();
        findings.add(
                from == null
                        ? warning("from", "no default sender is set", "set from, or name a sender in every message")
                        : ok("from", from.toString()));
    }

    private void callback(List<Finding> findings) {
        URI callback = settings.statusCallback();
        if (callback == null) {
            findings.add(warning(
                    "statusCallback",
                    "not set: no delivery report comes, and none can settle an unknown outcome",
                    "set the public https URL of your webhook endpoint"));
            return;
        }
        String host = callback.getHost();
        String shown = callback.getScheme() + "://" + host + callback.getRawPath();
        if (!"https".equalsIgnoreCase(callback.getScheme())) {
            findings.add(warning("statusCallback", shown + " isn't https", "use https: reports hold phone numbers"));
        } else if (host.equals("localhost")
                || host.startsWith("127.")
                || host.startsWith("[")
                || host.indexOf('.') < 0) {
            findings.add(
                    warning("statusCallback", shown + " can't be reached from outside", "give the public address"));
        } else {
            findings.add(ok("statusCallback", shown));
        }
    }

    private void account(List<Finding> findings) {
        BalanceQuery.Answer answer = balance.balance();
        findings.add(
                answer.balance() != null
                        ? ok("account", "Twilio accepts the credentials; the balance is " + answer.balance())
                        : warning("account", answer.explanation(), "check credentials, region and network"));
    }

    private static Finding ok(String subject, String detail) {
        return new Finding(Level.OK, subject, detail, "");
    }

    private static Finding warning(String subject, String detail, String remedy) {
        return new Finding(Level.WARNING, subject, detail, remedy);
    }
}
