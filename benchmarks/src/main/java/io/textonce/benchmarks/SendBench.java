package io.textonce.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Whole sends against a server in another process, beside Twilio's own library. */
final class SendBench {
    private static final String OURS = "Textonce";

    private final Verdicts verdicts;
    private final Race race;

    SendBench(Verdicts verdicts, Race race) {
        this.verdicts = verdicts;
        this.race = race;
    }

    void run(boolean tls) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(FixedServer.Api.TWILIO, tls)) {
            contenders.add(new TwilioJavaContender(server.url()));
            contenders.add(new OkHttpContender(server.url()));
            contenders.add(TextonceContender.over(server.url(), OURS, Samples::repeated));
            contenders.add(TextonceContender.over(server.url(), OURS + ", distinct recipients", Samples::distinct));
            String wire = tls ? "TLS" : "plain";
            race.warmUp(contenders);
            measure(contenders, wire, 1, tls ? 1.1 : 1.0);
            measure(contenders, wire, 16, tls ? 0.7 : 0.65);
            measure(contenders, wire, 64, tls ? 0.85 : 0.65);
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
    }

    private void measure(List<Contender> contenders, String wire, int inFlight, double target)
            throws InterruptedException {
        for (Race.Figures figures : race.measure("send, " + wire, contenders, inFlight)) {
            if (figures.name().equals(OURS)) {
                String where = "send, " + wire + ", " + inFlight + " in flight";
                verdicts.atMost(where + ": CPU to twilio-java", figures.cpuRatio(), target);
                verdicts.atMost(where + ": KB allocated", figures.bytes() / 1000, 12);
            }
        }
    }
}
