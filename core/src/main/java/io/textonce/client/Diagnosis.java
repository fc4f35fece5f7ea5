package io.textonce.client;

import io.textonce.spi.SelfCheck.Finding;
import io.textonce.spi.SelfCheck.Level;
import java.util.List;

/**
 * What {@link SmsClient#diagnose()} found: what is right and wrong with the configuration and the providers. Secrets and
 * numbers are masked, so it may be shown and logged.
 *
 * <pre>{@code
 * System.out.println(client.diagnose());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Diagnosis {

    private final List<Finding> findings;

    Diagnosis(List<Finding> findings) {
        this.findings = List.copyOf(findings);
    }

    /**
     * Everything found, good and bad.
     *
     * @return the findings, the client's own first, then each provider's
     */
    public List<Finding> findings() {
        return findings;
    }

    /**
     * Whether sending can work as configured.
     *
     * @return true if no finding is an error
     */
    public boolean isHealthy() {
        return findings.stream().noneMatch(finding -> finding.level() == Level.ERROR);
    }

    /**
     * The findings for people, a line each with its remedy.
     *
     * @return several lines
     */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Finding finding : findings) {
            out.append(finding.level())
                    .append("  ")
                    .append(finding.subject())
                    .append(": ")
                    .append(finding.detail());
            if (!finding.remedy().isEmpty()) {
                out.append(" -> ").append(finding.remedy());
            }
            out.append('\n');
        }
        return out.toString();
    }
}
