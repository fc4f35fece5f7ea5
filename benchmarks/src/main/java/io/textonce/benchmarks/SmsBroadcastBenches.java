package io.textonce.benchmarks;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.client.BulkSummary;
import io.textonce.client.SmsClient;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.memory.InMemoryStore;
import io.textonce.smsbroadcast.SmsBroadcastProvider;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** SMS Broadcast by its own provider and by a profile that says the same, and many recipients at once. */
final class SmsBroadcastBenches {
    private static final int BATCH = 1_000;
    private static final SenderId FROM = SenderId.of("MyClinic");
    private static final String USER = "bench";
    private static final String PASSWORD = "fixed-password";

    /** The part of SMS Broadcast's API that a send needs. */
    private static final String PROFILE = """
            {"id": "smsbroadcast", "countryCode": "61",
             "send": {
               "method": "POST", "url": "{baseUrl}/api-adv.php", "recipientFormat": "E164_NO_PLUS",
               "recipientSeparator": ",", "senderFormat": "NO_PLUS", "maxRecipients": 1000,
               "body": {"kind": "FORM", "fields": {
                 "username": "{secret.username}", "password": "{secret.password}", "to": "{to}", "from": "{from}",
                 "message": "{text}", "ref": "{ref}", "maxsplit": "{parts}"}},
               "response": {
                 "format": "LINES",
                 "lines": [
                   "(?P<verdict>OK)\\\\s*:\\\\s*(?P<to>[^:]*?)\\\\s*:\\\\s*(?P<id>.*)$",
                   "(?P<verdict>BAD)\\\\s*:\\\\s*(?P<to>[^:]*?)\\\\s*:\\\\s*(?P<reason>.*)$",
                   "(?P<verdict>ERROR)\\\\s*:\\\\s*(?P<reason>.*)$"],
                 "requestFailure": [{"field": "verdict", "in": ["ERROR"]}],
                 "accepted": {"field": "verdict", "in": ["OK"]},
                 "recipient": "to", "messageId": "id",
                 "errors": [
                   {"when": {"field": "reason", "regex": "username|password|authenti"}, "class": "AUTH"},
                   {"when": {"field": "reason", "regex": "credit|balance"}, "class": "CREDIT"},
                   {"when": {"field": "reason", "regex": "invalid number"}, "class": "INVALID_RECIPIENT"}]}}}""";

    private final Verdicts verdicts;
    private final Race race;

    SmsBroadcastBenches(Verdicts verdicts, Race race) {
        this.verdicts = verdicts;
        this.race = race;
    }

    /** One message by the declarative gateway, beside the provider written by hand. */
    void gateway() throws Exception {
        try (ServerProcess server = ServerProcess.start(FixedServer.Api.SMS_BROADCAST, false);
                TextonceContender byHand =
                        new TextonceContender("SmsBroadcastProvider", provider(server.url()), Samples::repeated);
                TextonceContender byProfile = new TextonceContender(
                        "GatewayProvider, the same as a profile", gateway(server.url()), Samples::repeated)) {
            List<Contender> contenders = List.of(byHand, byProfile);
            race.warmUp(contenders);
            race.measure("send by SMS Broadcast", contenders, 1);
            Race.Figures figures =
                    race.measure("send by SMS Broadcast", contenders, 16).get(1);
            verdicts.atMost("gateway profile, 16 in flight: CPU to hand-written", figures.cpuRatio(), 1.15);
        }
    }

    /** A thousand recipients in one request, and in a bulk run, beside single sends. */
    void batch() throws Exception {
        try (ServerProcess server = ServerProcess.start(FixedServer.Api.SMS_BROADCAST, false);
                Contender single = new TextonceContender("single sends", provider(server.url()), Samples::distinct);
                Contender bare = new Submits("single submits, provider alone", provider(server.url()), 1);
                Contender batch = new Submits("1,000 a request, provider alone", provider(server.url()), BATCH);
                Contender bulk100 = new BulkRuns(provider(server.url()), 100);
                Contender bulk1000 = new BulkRuns(provider(server.url()), BATCH)) {
            List<Contender> contenders = List.of(single, bare, batch, bulk100, bulk1000);
            race.warmUp(contenders);
            race.measure("1,000 recipients by SMS Broadcast", contenders, 16);
        }
    }

    private static SmsProvider provider(String url) {
        return SmsBroadcastProvider.builder()
                .credentials(USER, PASSWORD)
                .from(FROM)
                .maxRecipients(BATCH)
                .baseUrl(url)
                .build();
    }

    private static SmsProvider gateway(String url) {
        return GatewayProvider.builder(GatewayProfile.fromJson(PROFILE))
                .baseUrl(url)
                .secret("username", USER)
                .secret("password", PASSWORD)
                .from(FROM)
                .build();
    }

    /** A provider alone: nothing is recorded, limited or told. */
    private static final class Submits implements Contender {
        private final String name;
        private final SmsProvider provider;
        private final BatchSubmitter batches;
        private final int size;

        Submits(String name, SmsProvider provider, int size) {
            this.name = name;
            this.provider = provider;
            this.batches = provider.role(BatchSubmitter.class).orElseThrow();
            this.size = size;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int messages() {
            return size;
        }

        @Override
        public int threads(int wanted) {
            return size == 1 ? wanted : 1;
        }

        @Override
        public void send(int number) {
            List<Submission> all = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                all.add(Submission.builder(
                                MessageId.of("0123456789abc"),
                                PhoneNumber.of(Samples.distinct(number + i)),
                                Samples.TEXT)
                        .build());
            }
            List<SubmitReply> replies = size == 1 ? List.of(provider.submit(all.get(0))) : batches.submit(all);
            for (SubmitReply reply : replies) {
                if (reply.providerMessageId().isEmpty()) {
                    throw new IllegalStateException(reply.toString());
                }
            }
        }

        @Override
        public void close() {
            provider.close();
        }
    }

    /** The whole client. Its workers run on threads that stay, because the bytes of those that end can't be read. */
    private static final class BulkRuns implements Contender {
        private final int workers;
        private final ExecutorService threads;
        private final SmsClient client;

        BulkRuns(SmsProvider provider, int workers) {
            this.workers = workers;
            this.threads = Executors.newFixedThreadPool(workers);
            InMemoryStore store = InMemoryStore.builder().messages(10_000).build();
            this.client = SmsClient.builder()
                    .provider(provider)
                    .defaultRegion("US")
                    .messages(store)
                    .suppressions(store)
                    .executor(threads)
                    .build();
        }

        @Override
        public String name() {
            return "a bulk run, " + workers + " workers";
        }

        @Override
        public int messages() {
            return BATCH;
        }

        @Override
        public int threads(int wanted) {
            return 1;
        }

        @Override
        public void send(int number) throws InterruptedException {
            List<SmsMessage> messages = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                messages.add(SmsMessage.to(Samples.distinct(number + i))
                        .text(Samples.TEXT)
                        .build());
            }
            BulkSummary summary = client.bulk()
                    .concurrency(workers)
                    .start(messages, (message, result) -> {})
                    .await();
            if (summary.progress().accepted() != BATCH) {
                throw new IllegalStateException(summary.toString());
            }
        }

        @Override
        public void close() {
            client.close();
            threads.shutdown();
        }
    }
}
