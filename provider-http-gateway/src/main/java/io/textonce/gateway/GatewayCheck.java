package io.textonce.gateway;

import io.textonce.spi.SelfCheck;
import java.util.ArrayList;
import java.util.List;

/** What can be said of a configuration without asking the gateway, which has no free way to check. */
final class GatewayCheck implements SelfCheck {

    private final List<Finding> findings;

    GatewayCheck(Spec spec, String url, boolean callback, boolean usesCallback, boolean verifies) {
        List<Finding> all = new ArrayList<>();
        // A query may hold a token, and a token a slash.
        String bare = url.indexOf('?') < 0 ? url : url.substring(0, url.indexOf('?'));
        int end = bare.indexOf('/', bare.indexOf("://") + 3);
        String host = end < 0 ? bare : bare.substring(0, end);
        all.add(new Finding(Level.OK, "profile", spec.displayName() + " (" + spec.id() + ") at " + host, ""));
        if (url.startsWith("http://")) {
            all.add(new Finding(
                    Level.WARNING,
                    "baseUrl",
                    "texts and credentials go unencrypted",
                    "use https, or a trusted network"));
        }
        boolean hooks = spec.reports() != null || spec.inbound() != null;
        if (hooks && !verifies) {
            all.add(new Finding(
                    Level.WARNING,
                    "webhookSecrets",
                    "webhooks can't be verified, so none is taken",
                    spec.vouches().isEmpty()
                            ? "the profile has no webhookAuth: add it, or set webhookVerifier"
                            : "set webhookSecrets, webhookKey or webhookVerifier"));
        }
        if (usesCallback && !callback) {
            all.add(new Finding(
                    Level.WARNING,
                    "callback",
                    "the gateway isn't asked for delivery reports",
                    "set callback to the public address of your endpoint"));
        }
        this.findings = List.copyOf(all);
    }

    @Override
    public List<Finding> check() {
        return findings;
    }
}
