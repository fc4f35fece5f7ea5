package io.textonce.examples.quickstart;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.Quote;
import io.textonce.RateCard;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.store.MessageRecord;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sends the messages of a file and shows what they cost and what becomes of them. */
public final class Quickstart {

    /** Made up; take them from your provider's price list. */
    private static final RateCard PRICES = RateCard.in("USD")
            .rate("+1", "0.0083")
            .rate("+61", "0.0515")
            .rate("+90", "0.0310")
            .rate("+91", "0.0832")
            .rate("+251", "0.2240")
            .build();

    /** With more rows than this, only what went wrong is shown. */
    private static final int SHOWN = 50;

    private final Options options;
    private final Screen screen;
    private final InMemoryStore store = new InMemoryStore();
    private final Map<MessageId, Integer> rows = new LinkedHashMap<>();
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private final Set<MessageId> doubtful = new HashSet<>();
    private final List<InboundMessage> replies = new ArrayList<>();
    private int segments;
    private Optional<Money> cost = Optional.empty();

    private Quickstart(Options options, Screen screen) {
        this.options = options;
        this.screen = screen;
    }

    /**
     * Runs the quickstart.
     *
     * @param args see {@link Options#HELP}
     * @throws InterruptedException if the thread is interrupted while it waits for delivery reports
     */
    public static void main(String[] args) throws InterruptedException {
        try {
            run(Options.parse(args, System.getenv()), Screen.standard());
        } catch (IOException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    static void run(Options options, Screen screen) throws IOException, InterruptedException {
        new Quickstart(options, screen).run();
    }

    private void run() throws IOException, InterruptedException {
        if (options.help()) {
            screen.line(Options.HELP.stripTrailing());
            return;
        }
        List<SmsMessage> messages = messages();
        SmsProvider provider =
                options.twilio() ? TwilioProvider.fromEnvironment(options.environment()) : SandboxProvider.create();
        try (SmsClient sms = SmsClient.builder()
                .provider(provider)
                .defaultRegion("AU")
                .rates(PRICES)
                .messages(store)
                .suppressions(store)
                .build()) {
            screen.heading("Sending " + counted(messages.size(), "message") + " through " + provider.name());
            sendAll(sms, messages);
            if (provider instanceof SandboxProvider sandbox) {
                listen(sandbox);
                sendAgainToWhoSaidStop(sms);
            } else {
                screen.line("\nDelivery reports and replies come to a public URL of yours; see the README.");
            }
        }
        summary();
    }

    /** All rows are read before the first message is sent, so that a broken file sends nothing. */
    private List<SmsMessage> messages() throws IOException {
        List<SmsMessage> messages = new ArrayList<>();
        try (Reader csv = open(options.file())) {
            for (Row row : Row.read(csv)) {
                messages.add(SmsMessage.to(row.to())
                        .region(row.country())
                        .text(row.text())
                        .build());
            }
        } catch (NoSuchFileException e) {
            throw new IOException("--file: " + e.getFile() + " doesn't exist", e);
        } catch (FileSystemException e) {
            throw new IOException("--file: " + e.getFile() + " can't be read", e);
        }
        return messages;
    }

    private static Reader open(@Nullable Path file) throws IOException {
        return file != null
                ? Files.newBufferedReader(file)
                : new InputStreamReader(
                        Objects.requireNonNull(Quickstart.class.getResourceAsStream("/messages.csv")),
                        StandardCharsets.UTF_8);
    }

    private void sendAll(SmsClient sms, List<SmsMessage> messages) {
        boolean all = messages.size() <= SHOWN;
        int shown = 0;
        long start = System.nanoTime();
        screen.columns();
        for (SmsMessage message : messages) {
            SendResult result = sms.send(message);
            rows.put(result.messageId(), rows.size() + 1);
            count(result);
            if (all || (!result.isAccepted() && shown < SHOWN)) {
                screen.row(rows.size(), message, result);
                shown++;
            }
            if (!all) {
                screen.progress(rows.size(), messages.size(), System.nanoTime() - start);
            }
        }
    }

    private void count(SendResult result) {
        outcomes.merge(result.outcome(), 1, Integer::sum);
        if (result.outcome() == Outcome.UNKNOWN) {
            doubtful.add(result.messageId());
        }
        if (result.isAccepted()) {
            segments += result.quote().map(Quote::segments).orElse(0);
            cost = result.quote()
                    .flatMap(Quote::cost)
                    .map(price -> cost.map(price::plus).orElse(price))
                    .or(() -> cost);
        }
    }

    /** The sandbox calls back as a provider would: signed requests, which the receiver verifies and stores. */
    private void listen(SandboxProvider sandbox) throws InterruptedException {
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store)
                .endpoint("sandbox", TenantId.DEFAULT, sandbox)
                .listener(new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        show(event);
                    }
                })
                .build();
        screen.heading("Delivery reports and replies arriving");
        sandbox.connect(request -> receiver.receive("sandbox", request));
        sandbox.run(Duration.ofSeconds(10));
    }

    private void show(SmsEvent event) {
        if (event instanceof DeliveryReport report && report.status().isTerminal() && rows.size() <= SHOWN) {
            MessageId id = report.messageId().orElseThrow();
            String why = report.reason().map(reason -> ": " + reason).orElse("");
            String settled = doubtful.remove(id) ? ", so the doubt is settled: it was sent" : "";
            screen.event(rows.get(id), report.recipient().orElseThrow(), word(report.status()) + why + settled);
        } else if (event instanceof InboundMessage reply) {
            replies.add(reply);
            String optOut = reply.keyword().filter(Keyword.STOP::equals).isPresent() ? ": opted out" : "";
            screen.event(null, reply.fromNumber().orElseThrow(), "answers \"" + reply.text() + "\"" + optOut);
        }
    }

    private void sendAgainToWhoSaidStop(SmsClient sms) {
        for (InboundMessage reply : replies) {
            if (reply.keyword().filter(Keyword.STOP::equals).isPresent()) {
                screen.heading("Sending once more to who said STOP");
                SmsMessage message =
                        reply.reply("Are you sure? Members save 30% now.").build();
                SendResult result = sms.send(message);
                count(result);
                screen.columns();
                screen.row(rows.size() + 1, message, result);
                return;
            }
        }
    }

    private void summary() {
        screen.heading("Summary");
        int messages = outcomes.values().stream().mapToInt(Integer::intValue).sum();
        screen.line(counted(messages, "message") + ": " + words(outcomes));
        screen.line(counted(segments, "segment") + " accepted"
                + cost.map(sum -> ", about " + sum + " (made-up prices)").orElse(""));
        Map<DeliveryStatus, Integer> statuses = new EnumMap<>(DeliveryStatus.class);
        for (MessageId id : rows.keySet()) {
            store.find(TenantId.DEFAULT, id)
                    .flatMap(MessageRecord::status)
                    .ifPresent(status -> statuses.merge(status, 1, Integer::sum));
        }
        if (!statuses.isEmpty()) {
            screen.line("reported: " + words(statuses) + "; " + replies.size()
                    + (replies.size() == 1 ? " reply" : " replies"));
        }
    }

    private static String counted(int count, String one) {
        return count + " " + one + (count == 1 ? "" : "s");
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String words(Map<? extends Enum<?>, Integer> counts) {
        return counts.entrySet().stream()
                .map(each -> each.getValue() + " " + word(each.getKey()))
                .collect(Collectors.joining(", "));
    }
}
