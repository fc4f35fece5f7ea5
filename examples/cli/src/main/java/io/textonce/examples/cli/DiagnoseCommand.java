package io.textonce.examples.cli;

import io.textonce.client.SmsClient;
import io.textonce.spi.SelfCheck.Finding;
import io.textonce.spi.SelfCheck.Level;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
        name = "diagnose",
        description = "Says what is right and wrong with the configuration. Sends nothing and shows no secret.")
final class DiagnoseCommand extends Command {

    @Option(names = "--provider", required = true, paramLabel = "P", description = Gateway.HELP)
    String provider = "";

    @Mixin
    Route route = new Route();

    DiagnoseCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws IOException {
        List<Gateway> gateways;
        try {
            gateways = route.gateways(provider);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        List<Finding> findings = findings(gateways);
        boolean healthy = findings.stream().noneMatch(finding -> finding.level() == Level.ERROR);
        if (json) {
            shell.print(out -> {
                out.writeBooleanField("healthy", healthy);
                out.writeArrayFieldStart("findings");
                for (Finding finding : findings) {
                    out.writeStartObject();
                    JsonLines.field(out, "level", finding.level().name().toLowerCase(Locale.ROOT));
                    JsonLines.field(out, "subject", finding.subject());
                    JsonLines.field(out, "detail", finding.detail());
                    JsonLines.field(out, "remedy", finding.remedy());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
        } else {
            for (Finding finding : findings) {
                shell.lines()
                        .printf(
                                "%-7s  %s: %s%n",
                                finding.level().name().toLowerCase(Locale.ROOT), finding.subject(), finding.detail());
                if (!finding.remedy().isEmpty()) {
                    shell.lines().println("         " + finding.remedy());
                }
            }
        }
        return healthy ? ExitCode.OK : ExitCode.REJECTED;
    }

    /** What is set by Java elsewhere is an option here. */
    private static Finding inWordsOfThisProgram(Finding finding) {
        return finding.subject().equals("defaultRegion") && !finding.remedy().isEmpty()
                ? new Finding(
                        finding.level(),
                        finding.subject(),
                        finding.detail(),
                        "add --region AU; in a program, " + finding.remedy())
                : finding;
    }

    /** A provider that can't even be built is a finding too. */
    private List<Finding> findings(List<Gateway> gateways) {
        try (SmsClient client = route.client(SmsClient.builder(), gateways, shell.environment(), null, it -> it)
                .build()) {
            return client.diagnose().findings().stream()
                    .map(DiagnoseCommand::inWordsOfThisProgram)
                    .toList();
        } catch (IllegalArgumentException e) {
            return List.of(new Finding(
                    Level.ERROR, "configuration", String.valueOf(e.getMessage()), "correct this and diagnose again"));
        }
    }
}
