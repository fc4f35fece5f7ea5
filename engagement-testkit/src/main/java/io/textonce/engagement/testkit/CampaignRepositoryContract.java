package io.textonce.engagement.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.engagement.campaign.Campaign;
import io.textonce.engagement.campaign.CampaignRepository;
import io.textonce.engagement.campaign.CampaignRepository.Counts;
import io.textonce.engagement.campaign.CampaignRepository.Outcome;
import io.textonce.engagement.campaign.CampaignRepository.Row;
import io.textonce.engagement.campaign.CampaignState;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.Start;
import io.textonce.store.OutboxRow;
import io.textonce.testkit.Race;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link CampaignRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class CampaignRepositoryContract {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("umbrella");
    private static final PhoneNumber ANN = PhoneNumber.of("+12025550100");
    private static final Instant START = Instant.parse("2026-03-01T09:00:00Z");
    private static final Duration LEASE = Duration.ofMinutes(10);

    /** For subclasses. */
    protected CampaignRepositoryContract() {}

    /**
     * One store's parts.
     *
     * @param campaigns what is tested
     * @param outbox where their messages are
     */
    public record Stores(CampaignRepository campaigns, OutboxRepository outbox) {}

    /**
     * Called once by each test.
     *
     * @return empty ones, of one store
     */
    protected abstract Stores stores();

    @Test
    public void keepsEverythingAboutACampaign() {
        CampaignRepository campaigns = stores().campaigns();
        Row fresh = Row.fresh(TENANT, "spring", START);
        assertThat(campaigns.open(fresh)).isEqualTo(fresh);
        Row next = new Row(
                TENANT,
                "spring",
                0,
                CampaignState.RUNNING,
                "place 17",
                true,
                new Counts(1, 2, 3, 4, 5),
                6,
                Money.of("1.0525", "USD"),
                START.plusSeconds(7),
                START.plusSeconds(8),
                9,
                "TEMPLATE: it isn't active");
        assertThat(campaigns.advance(next, List.of(), List.of())).isTrue();
        assertThat(campaigns.open(fresh)).as("opened again").isEqualTo(next.next());
        assertThat(campaigns.find(TENANT, "spring").orElseThrow().row()).isEqualTo(next.next());
        assertThat(campaigns.find(TENANT, "summer")).isEmpty();
        assertThat(campaigns.find(OTHER, "spring")).isEmpty();
    }

    @Test
    public void C1_writesPlaceRecipientsAndMessagesTogetherOrNothing() {
        Stores stores = stores();
        CampaignRepository campaigns = stores.campaigns();
        Row row = campaigns.open(Row.fresh(TENANT, "spring", START));
        OutboxRow first = message("spring", "a");
        assertThat(campaigns.advance(at(row, "1"), List.of("ann", ANN.e164()), List.of(first)))
                .isTrue();
        assertThat(campaigns.advance(at(row, "2"), List.of("bob"), List.of(message("spring", "a"))))
                .as("an outdated version")
                .isFalse();
        Row present = campaigns.find(TENANT, "spring").orElseThrow().row();
        assertThat(campaigns.advance(at(present, "2"), List.of("bob"), List.of(message("spring", "a"), first)))
                .as("an id that is taken")
                .isFalse();
        assertThat(campaigns.find(TENANT, "spring").orElseThrow().row()).isEqualTo(present);
        assertThat(present.place()).isEqualTo("1");
        assertThat(campaigns.seen(TENANT, "spring", List.of("ann", "bob", ANN.e164(), "+12025550101")))
                .isEqualTo(Set.of("ann", ANN.e164()));
        assertThat(campaigns.seen(TENANT, "spring", List.of())).isEmpty();
        assertThat(campaigns.seen(TENANT, "summer", List.of("ann"))).isEmpty();
        assertThat(campaigns.seen(OTHER, "spring", List.of("ann"))).isEmpty();
        assertThat(campaigns.find(TENANT, "spring").orElseThrow().unsettled())
                .isEqualTo(Map.of(MessageState.PENDING, 1));
    }

    @Test
    public void C1_ofSixteenThatGoOnAtOnceOneDoes() {
        Stores stores = stores();
        CampaignRepository campaigns = stores.campaigns();
        campaigns.open(Row.fresh(TENANT, "spring", START));
        for (int round = 0; round < 10; round++) {
            Row row = campaigns.find(TENANT, "spring").orElseThrow().row();
            String key = "key-" + round;
            assertThat(Race.count(
                            16, () -> campaigns.advance(at(row, key), List.of(key), List.of(message("spring", "a")))))
                    .isEqualTo(1);
            assertThat(campaigns.find(TENANT, "spring").orElseThrow().unsettled())
                    .isEqualTo(Map.of(MessageState.PENDING, round + 1));
        }
        assertThat(Race.count(
                        16,
                        () -> campaigns.open(Row.fresh(TENANT, "autumn", START)).version() == 0))
                .isEqualTo(16);
    }

    @Test
    public void C3_whatStopsTheCampaignStopsItsMessagesInTheSameStep() {
        Stores stores = stores();
        CampaignRepository campaigns = stores.campaigns();
        OutboxRepository outbox = stores.outbox();
        Row row = campaigns.open(Row.fresh(TENANT, "spring", START));
        campaigns.advance(at(row, "1"), List.of("ann"), List.of(message("spring", "a")));
        OutboxRow sending = begun(outbox);
        row = campaigns.find(TENANT, "spring").orElseThrow().row();
        campaigns.advance(at(row, "2"), List.of("bob"), List.of(message("spring", "a")));
        Row outdated = row;
        assertThat(campaigns.move(as(outdated, CampaignState.CANCELLED))).isEmpty();
        row = campaigns.find(TENANT, "spring").orElseThrow().row();
        assertThat(campaigns.move(as(row, CampaignState.PAUSED)))
                .hasValue(Map.of(MessageState.SENDING, 1, MessageState.HELD, 1));
        assertThat(outbox.claim("me", 10, LEASE)).isEmpty();
        assertThat(campaigns.advance(at(row, "3"), List.of("cid"), List.of(message("spring", "a"))))
                .as("going on with what is paused")
                .isFalse();
        row = campaigns.find(TENANT, "spring").orElseThrow().row();
        assertThat(row.state()).isEqualTo(CampaignState.PAUSED);
        assertThat(campaigns.move(as(row, CampaignState.RUNNING)))
                .hasValue(Map.of(MessageState.SENDING, 1, MessageState.PENDING, 1));
        OutboxRow claimed = outbox.claim("me", 10, LEASE).get(0);
        row = campaigns.find(TENANT, "spring").orElseThrow().row();
        assertThat(campaigns.move(as(row, CampaignState.CANCELLED))).hasValue(Map.of(MessageState.SENDING, 1));
        assertThat(outbox.begin("me", List.of(new Start(claimed.key(), claimed.attempt(), "twilio")), LEASE))
                .isEmpty();
        accept(outbox, sending);
        assertThat(campaigns.find(TENANT, "spring").orElseThrow().unsettled()).isEmpty();
    }

    @Test
    public void addsUpWhatBecameOfTheMessages() {
        Stores stores = stores();
        CampaignRepository campaigns = stores.campaigns();
        OutboxRepository outbox = stores.outbox();
        Row row = campaigns.open(Row.fresh(TENANT, "spring", START));
        List<OutboxRow> messages =
                List.of(message("spring", "a"), message("spring", "a"), message("spring", "b"), message("spring", "b"));
        campaigns.advance(at(row, "1"), List.of("1", "2", "3", "4"), messages);
        campaigns.open(Row.fresh(TENANT, "summer", START));
        campaigns.advance(Row.fresh(TENANT, "summer", START), List.of("1"), List.of(message("summer", "a")));
        outbox.cancel(TENANT, messages.get(3).id());
        for (int i = 0; i < 2; i++) {
            outbox.hold(TENANT, messages.get(1 + i).id());
        }
        outbox.cancelGroup(TENANT, Row.group("summer"));
        accept(outbox, begun(outbox));
        outbox.release(TENANT, messages.get(1).id());
        accept(outbox, begun(outbox));
        outbox.release(TENANT, messages.get(2).id());
        OutboxRow refused = begun(outbox);
        complete(outbox, refused, SendResult.rejected(Reason.OPTED_OUT, Proof.LOCAL_POLICY, "they sent STOP"));
        assertThat(campaigns.outcomes(TENANT, "spring"))
                .containsExactlyInAnyOrder(
                        new Outcome("a", MessageState.ACCEPTED, null, 2, 4, Money.of("0.14", "USD")),
                        new Outcome("b", MessageState.REJECTED, Reason.OPTED_OUT, 1, 2, Money.of("0.07", "USD")),
                        new Outcome("b", MessageState.CANCELLED, null, 1, 2, Money.of("0.07", "USD")));
        assertThat(campaigns.outcomes(OTHER, "spring")).isEmpty();
    }

    @Test
    public void addsUpOnlyTheMessagesOfTheCampaign() {
        Stores stores = stores();
        stores.campaigns().open(Row.fresh(TENANT, "spring", START));
        OutboxRow own = message("spring", "a");
        OutboxRow labelledAlike = message("spring", "a").toBuilder().group(null).build();
        stores.outbox().enqueue(TENANT, List.of(own, labelledAlike));
        assertThat(stores.campaigns().outcomes(TENANT, "spring"))
                .containsExactly(new Outcome("a", MessageState.PENDING, null, 1, 2, Money.of("0.07", "USD")));
    }

    @Test
    public void forgetsTheRecipientsOfWhatIsOverAndNotThatItWasRun() {
        CampaignRepository campaigns = stores().campaigns();
        Row row = campaigns.open(Row.fresh(TENANT, "spring", START));
        campaigns.advance(at(row, "1"), List.of("ann"), List.of());
        assertThat(campaigns.forget(TENANT, "spring")).as("while it runs").isFalse();
        assertThat(campaigns.seen(TENANT, "spring", List.of("ann"))).containsExactly("ann");
        row = campaigns.find(TENANT, "spring").orElseThrow().row();
        campaigns.move(as(row, CampaignState.CANCELLED));
        assertThat(campaigns.forget(OTHER, "spring")).isFalse();
        assertThat(campaigns.forget(TENANT, "spring")).isTrue();
        assertThat(campaigns.seen(TENANT, "spring", List.of("ann"))).isEmpty();
        assertThat(campaigns.open(Row.fresh(TENANT, "spring", START)).state()).isEqualTo(CampaignState.CANCELLED);
    }

    @Test
    public void readsACampaignAndItsMessagesAtOneInstant() throws Exception {
        Stores stores = stores();
        CampaignRepository campaigns = stores.campaigns();
        campaigns.open(Row.fresh(TENANT, "spring", START));
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> goesOn = other.submit(() -> {
                for (int i = 1; i <= 150; i++) {
                    Row row = campaigns.find(TENANT, "spring").orElseThrow().row();
                    Row next = new Row(
                            TENANT,
                            "spring",
                            row.version(),
                            row.state(),
                            "p" + i,
                            false,
                            new Counts(i, 0, 0, 0, 0),
                            i,
                            null,
                            START,
                            START,
                            0,
                            null);
                    assertThat(campaigns.advance(next, List.of(), List.of(message("spring", "a"))))
                            .isTrue();
                }
            });
            while (!goesOn.isDone()) {
                CampaignRepository.Standing standing =
                        campaigns.find(TENANT, "spring").orElseThrow();
                assertThat(standing.unsettled().getOrDefault(MessageState.PENDING, 0))
                        .isEqualTo((int) standing.row().counts().enqueued());
            }
            goesOn.get();
        } finally {
            other.shutdownNow();
        }
    }

    private static Row at(Row row, String place) {
        return new Row(
                row.tenant(),
                row.id(),
                row.version(),
                row.state(),
                place,
                row.exhausted(),
                row.counts(),
                row.committed(),
                row.reserved(),
                row.nextDue(),
                row.since(),
                row.settledBefore(),
                row.problem());
    }

    private static Row as(Row row, CampaignState state) {
        return new Row(
                row.tenant(),
                row.id(),
                row.version(),
                state,
                row.place(),
                row.exhausted(),
                row.counts(),
                row.committed(),
                row.reserved(),
                row.nextDue(),
                row.since(),
                row.settledBefore(),
                row.problem());
    }

    private static OutboxRow message(String campaign, String variant) {
        SmsMessage content = SmsMessage.to(ANN)
                .tenant(TENANT)
                .text("See you in spring")
                .label(Campaign.LABEL, campaign)
                .label(Campaign.VARIANT_LABEL, variant)
                .build();
        MessageRecord record = MessageRecord.sending(MessageId.next(), TENANT, START)
                .state(MessageState.PENDING)
                .to(ANN)
                .text("See you in spring")
                .labels(content.labels())
                .segments(2)
                .cost(Money.of("0.07", "USD"), null)
                .build();
        return OutboxRow.builder(record, content, START)
                .group(Row.group(campaign))
                .build();
    }

    private static OutboxRow begun(OutboxRepository outbox) {
        OutboxRow row = outbox.claim("me", 1, LEASE).get(0);
        assertThat(outbox.begin("me", List.of(new Start(row.key(), row.attempt(), "twilio")), LEASE))
                .hasSize(1);
        return row;
    }

    private static void accept(OutboxRepository outbox, OutboxRow row) {
        complete(outbox, row, SendResult.accepted("twilio", "SM-" + row.id()));
    }

    private static void complete(OutboxRepository outbox, OutboxRow row, SendResult result) {
        assertThat(outbox.complete(List.of(
                        new Completion(row.key(), "me", row.attempt(), new Finished(result, OutboxRow.NEVER, false)))))
                .hasSize(1);
    }
}
