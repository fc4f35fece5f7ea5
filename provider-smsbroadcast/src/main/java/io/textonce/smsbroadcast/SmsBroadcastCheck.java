package io.textonce.smsbroadcast;

import io.textonce.Money;
import io.textonce.SenderId;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.SelfCheck;
import java.util.ArrayList;
import java.util.List;

/** Says what is right and wrong with the options, and asks for the balance, which is free, to try the credentials. */
final class SmsBroadcastCheck implements SelfCheck {

    private static final int LEAST_BITS = 2048;

    private final Settings settings;
    private final BalanceQuery balance;

    SmsBroadcastCheck(Settings settings, BalanceQuery balance) {
        this.settings = settings;
        this.balance = balance;
    }

    @Override
    public List<Finding> check() {
        List<Finding> findings = new ArrayList<>();
        findings.add(ok("credentials", "API key and secret (hidden)"));
        findings.add(sender());
        findings.add(webhooks());
        settings.webhookKeys().stream()
                .filter(key -> key.key().getModulus().bitLength() < LEAST_BITS)
                .forEach(key -> findings.add(warning(
                        "webhookKey",
                        "key " + key.id() + " has " + key.key().getModulus().bitLength() + " bits only",
                        "make a longer one in the portal if it offers any")));
        findings.add(account());
        return findings;
    }

    private Finding sender() {
        SenderId from = settings.from();
        if (from == null) {
            return ok("from", "not set: a number of SMS Broadcast's pool, whose replies come back to the account");
        }
        return from.kind() == SenderId.Kind.ALPHANUMERIC
                ? warning(
                        "from",
                        from
                                + " takes no replies, and SMS Broadcast accepts a text from an unregistered name and rejects it"
                                + " later",
                        "have the name approved, and registered with Australia's SMS Sender ID Register, or use a number")
                : ok("from", from.toString());
    }

    private Finding webhooks() {
        int secrets = settings.webhookSecrets().size();
        int keys = settings.webhookKeys().size();
        return secrets + keys == 0
                ? warning(
                        "webhooks",
                        "neither a secret nor a key is set, so no webhook is read: no report comes, and none can settle an"
                                + " unknown outcome",
                        "set webhookSecrets; then in the portal, under Configuration, Webhooks, give the public https URL and"
                                + " tick the sub-event \"SMS > Receive an SMS\", not \"SMS\" alone")
                : ok("webhooks", secrets + " secret(s) and " + keys + " key(s) (hidden)");
    }

    private Finding account() {
        BalanceQuery.Answer answer = balance.balance();
        Money credits = answer.balance();
        if (credits == null) {
            return warning("account", answer.explanation(), "check credentials, baseUrl and network");
        }
        String left = credits.amount().toPlainString() + " credits left";
        return credits.amount().signum() > 0
                ? ok("account", left)
                : warning("account", left, "top up in the dashboard: nothing is sent without credits");
    }

    private static Finding ok(String subject, String detail) {
        return new Finding(Level.OK, subject, detail, "");
    }

    private static Finding warning(String subject, String detail, String remedy) {
        return new Finding(Level.WARNING, subject, detail, remedy);
    }
}
