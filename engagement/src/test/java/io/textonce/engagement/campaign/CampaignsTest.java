package io.textonce.engagement.campaign;

import static io.textonce.engagement.campaign.Bench.campaign;
import static io.textonce.engagement.campaign.Bench.recipient;
import static io.textonce.engagement.campaign.Bench.recipients;
import static io.textonce.engagement.campaign.Bench.usd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Category;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.client.PreferenceSource;
import io.textonce.engagement.campaign.CampaignRepository.Outcome;
import io.textonce.engagement.preference.Preferences;
import io.textonce.sandbox.Behaviour;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.Suppression;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CampaignsTest {

    private static final TenantId TENANT = TenantId.DEFAULT;

    @Test
    void everybodyGetsOneMessageInTheirOwnLanguage() {
        try (Bench bench = new Bench()) {
            List<Recipient> all = List.of(
                    recipient(1).build(),
                    recipient(2).locale(Locale.GERMAN).build(),
                    recipient(3).locale(Locale.GERMAN).build(),
                    recipient(4).build());
            bench.preferences.put(TENANT, "p3", Preferences.NONE.languages(Locale.FRENCH, Locale.UK));
            bench.preferences.put(TENANT, "p4", Preferences.NONE.languages(Locale.forLanguageTag("de-AT")));
            bench.campaigns.launch(campaign(all).build());
            bench.run();
            assertThat(bench.texts()).containsExactlyInAnyOrder("Sale 1", "Verkauf 2", "Sale 3", "Verkauf 4");
            assertThat(bench.progress().state()).isEqualTo(CampaignState.COMPLETED);
            bench.campaigns.launch(campaign(all).build());
            bench.run();
            assertThat(bench.texts()).hasSize(4);
        }
    }

    @Test
    void saysWhoGetsNothingAndWhy() {
        try (Bench bench = new Bench()) {
            List<Recipient> all = new ArrayList<>(recipients(20));
            all.add(recipient(3).build());
            all.add(Recipient.to("not a number").key("x").variable("n", "1").build());
            all.add(Recipient.to("+12025550150").key("y").build());
            all.add(Recipient.to("+12025550160").variable("n", "a").build());
            all.add(Recipient.to("+1 (202) 555-0160").variable("n", "b").build());
            bench.preferences.put(TENANT, "p5", Preferences.NONE.optOut("offers"));
            bench.preferences.put(TENANT, "p6", Preferences.NONE.optIn("offers"));
            PhoneNumber seven = PhoneNumber.of("+12025550107");
            bench.store.record(
                    TENANT, new Suppression(seven, null, Suppression.Choice.OPT_OUT, bench.clock.now(), "test"));
            Campaign spring = campaign(all).kind("offers").build();

            CampaignPreview preview = bench.campaigns.preview(spring);
            assertThat(preview.recipients()).isEqualTo(25);
            assertThat(preview.unwanted()).isEqualTo(1);
            assertThat(preview.duplicates()).isEqualTo(1);
            assertThat(preview.check().invalid()).isEqualTo(2);
            assertThat(preview.check().optedOut()).isEqualTo(1);
            assertThat(bench.provider.submissions()).isEmpty();

            bench.campaigns.launch(spring);
            bench.run();
            CampaignProgress progress = bench.progress();
            assertThat(progress.taken()).isEqualTo(25);
            assertThat(progress.duplicates()).isEqualTo(2);
            assertThat(progress.invalid()).isEqualTo(2);
            assertThat(progress.unwanted()).isEqualTo(1);
            assertThat(progress.enqueued()).isEqualTo(20);
            CampaignReport report = bench.campaigns.report(TENANT, "spring");
            assertThat(report.optedOut()).isEqualTo(1);
            assertThat(report.accepted()).isEqualTo(19);
            assertThat(report.spent()).containsExactly(usd("0.19"));
            assertThat(preview.check().cost()).hasValue(usd("0.20"));
            assertThat(bench.texts()).doesNotContain("Sale 5", "Sale 7").hasSize(19);
        }
    }

    @Test
    void asksForManyAtOnceAndAgainOnlyWhenAMessageWithTheLabelsIsSent() {
        int[] asked = new int[1];
        PreferenceSource[] source = new PreferenceSource[1];
        try (Bench bench = new Bench(
                Bench.START,
                client -> client.preferences((message, languages) -> {
                    asked[0]++;
                    return source[0].of(message, languages);
                }))) {
            source[0] = bench.preferences;
            bench.preferences.put(TENANT, "p5", Preferences.NONE.optOut("offers"));
            Campaign spring = campaign(recipients(40))
                    .kind("offers")
                    .label("kind", "offers")
                    .labelKey("user")
                    .build();
            bench.campaigns.preview(spring);
            int pages = bench.preferenceReads.getAndSet(0);
            assertThat(pages).isLessThanOrEqualTo(2);
            assertThat(asked[0]).isZero();

            bench.campaigns.launch(spring);
            while (bench.campaigns.pump() > 0) {
                // Until all are taken.
            }
            assertThat(bench.progress().enqueued()).isEqualTo(39);
            assertThat(bench.preferenceReads.getAndSet(0))
                    .as("pages of recipients")
                    .isLessThanOrEqualTo(2);
            assertThat(asked[0]).isZero();

            bench.preferences.put(TENANT, "p6", Preferences.NONE.optOut("offers"));
            bench.run();
            assertThat(asked[0]).as("once for each, as it is sent").isEqualTo(39);
            assertThat(bench.preferenceReads).hasValue(39);
            assertThat(bench.texts()).hasSize(38).doesNotContain("Sale 5", "Sale 6");
        }
    }

    @Test
    void goesOnlyToTheAudienceAndOnlyToWhoOptedInIfAsked() {
        try (Bench bench = new Bench()) {
            List<Recipient> all = List.of(
                    recipient(1)
                            .attribute("role", "nurse")
                            .attribute("city", "Perth")
                            .build(),
                    recipient(2).attribute("role", "nurse").build(),
                    recipient(3)
                            .attribute("role", "admin")
                            .attribute("city", "Perth")
                            .build(),
                    recipient(4)
                            .attribute("role", "midwife")
                            .attribute("city", "Perth")
                            .build());
            bench.preferences.put(TENANT, "p4", Preferences.NONE.optIn("shifts"));
            Audience audience = Audience.everybody().role("nurse", "midwife").where("city", "Perth");
            bench.campaigns.launch(campaign(all).audience(audience).build());
            bench.run();
            assertThat(bench.texts()).containsExactlyInAnyOrder("Sale 1", "Sale 4");
            bench.campaigns.launch(Campaign.builder("second", RecipientSource.of(all))
                    .template("other")
                    .audience(audience)
                    .kind("shifts")
                    .onlyOptedIn()
                    .build());
            bench.run();
            assertThat(bench.texts())
                    .contains("Other 4")
                    .doesNotContain("Other 1")
                    .hasSize(3);
        }
    }

    @Test
    void labelsItsMessagesForHistoryAndReports() {
        try (Bench bench = new Bench()) {
            bench.campaigns.launch(campaign(recipients(2))
                    .label("type", "offer")
                    .labelKey("user")
                    .build());
            bench.run();
            assertThat(bench.store.query(TENANT, MessageQuery.all().label("type", "offer")))
                    .hasSize(2);
            assertThat(bench.store.query(TENANT, MessageQuery.all().label("user", "p1")))
                    .hasSize(1);
        }
        assertThatThrownBy(() -> campaign(recipients(1))
                        .label("campaign", "mine")
                        .labelKey("variant")
                        .build())
                .hasMessageContaining("label: campaign")
                .hasMessageContaining("labelKey: variant");
        Campaign.Builder many = campaign(recipients(1));
        for (int i = 0; i < 7; i++) {
            many.label("l" + i, "x");
        }
        assertThatThrownBy(many::build).hasMessageContaining("at most 8");
    }

    @Test
    void drawsVariantsByWeightAndAlwaysTheSame() {
        List<Recipient> all = recipients(20_000);
        Campaign campaign = Campaign.builder("ab", RecipientSource.of(all))
                .variant("a", 1, "sale")
                .variant("b", 3, "other")
                .build();
        Map<String, Long> counts =
                all.stream().collect(Collectors.groupingBy(campaign::templateId, Collectors.counting()));
        assertThat(counts.get("sale")).isBetween(4_750L, 5_250L); // 5,000, sigma 61
        Campaign again = Campaign.builder("ab", RecipientSource.of(List.of()))
                .variant("a", 1, "sale")
                .variant("b", 3, "other")
                .build();
        assertThat(all).allMatch(each -> campaign.templateId(each).equals(again.templateId(each)));
        try (Bench bench = new Bench()) {
            bench.campaigns.launch(Campaign.builder("spring", RecipientSource.of(recipients(40)))
                    .variant("a", 1, "sale")
                    .variant("b", 1, "other")
                    .build());
            bench.run();
            Map<String, Long> sums = bench.campaigns.report(TENANT, "spring").outcomes().stream()
                    .collect(Collectors.toMap(Outcome::variant, Outcome::messages));
            assertThat(sums.get("a") + sums.get("b")).isEqualTo(40);
            assertThat(sums.get("a"))
                    .isEqualTo(bench.texts().stream()
                            .filter(text -> text.startsWith("Sale"))
                            .count());
        }
    }

    @Test
    void startsAtItsTimeAndKeepsItsPaceAndTellsItsEnd() {
        try (Bench bench = new Bench()) {
            bench.campaigns.launch(campaign(recipients(60))
                    .startAt(Bench.START.plusSeconds(3600))
                    .throttle(10, Duration.ofMinutes(1))
                    .build());
            bench.run();
            bench.pass(Duration.ofSeconds(3599));
            assertThat(bench.texts()).isEmpty();
            bench.pass(Duration.ofSeconds(1));
            List<Integer> sent = new ArrayList<>();
            for (int minute = 0; minute < 5; minute++) {
                for (int second = 0; second < 60; second++) {
                    bench.pass(Duration.ofSeconds(1));
                    sent.add(bench.texts().size());
                }
                assertThat(bench.progress().waiting()).isLessThanOrEqualTo(10);
            }
            for (int i = 60; i < sent.size(); i++) {
                assertThat(sent.get(i) - sent.get(i - 60)).isBetween(9, 10);
            }
            assertThat(bench.progress().estimatedEnd().orElseThrow())
                    .isBetween(Bench.START.plusSeconds(3600 + 340), Bench.START.plusSeconds(3600 + 380));
            for (int i = 0; i < 70; i++) {
                bench.pass(Duration.ofSeconds(1));
            }
            assertThat(bench.texts()).hasSize(60).doesNotHaveDuplicates();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.COMPLETED);
        }
    }

    @Test
    void neverHasMoreThanItsShareWaitingInTheOutbox() {
        try (Bench bench = new Bench()) {
            bench.campaigns.launch(campaign(recipients(100)).ahead(30).build());
            bench.campaigns.pump();
            assertThat(bench.progress().waiting()).isEqualTo(30);
            bench.campaigns.pump();
            assertThat(bench.progress().waiting()).isEqualTo(30);
            bench.run();
            assertThat(bench.texts()).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void waitsWhileItIsPausedAndGoesOn() {
        try (Bench bench = new Bench()) {
            bench.campaigns.launch(campaign(recipients(50)).ahead(20).build());
            bench.campaigns.pump();
            CampaignChange change = bench.campaigns.pause(TENANT, "spring");
            assertThat(change.isDone()).isTrue();
            assertThat(change.inFlight()).isZero();
            bench.pass(Duration.ofHours(1));
            assertThat(bench.texts()).isEmpty();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.PAUSED);
            assertThat(bench.campaigns.resume(TENANT, "spring").state()).hasValue(CampaignState.RUNNING);
            bench.run();
            assertThat(bench.texts()).hasSize(50).doesNotHaveDuplicates();
            assertThat(bench.campaigns.cancel(TENANT, "spring").isDone())
                    .as("too late")
                    .isFalse();
            assertThat(bench.campaigns.cancel(TENANT, "summer").state()).isEmpty();
        }
    }

    @Test
    void C5_stopsAtItsCapsAndGoesOnWithWhatCameBack() {
        try (Bench bench = new Bench()) {
            List<Recipient> all = recipients(100);
            bench.provider.script().then(5, Behaviour.refuse(Reason.RECIPIENT, "30003"));
            bench.campaigns.launch(campaign(all).mostCost(usd("0.305")).build());
            bench.run();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.CAPPED);
            assertThat(bench.campaigns.report(TENANT, "spring").spent()).containsExactly(usd("0.30"));
            assertThat(bench.progress().enqueued()).isEqualTo(35);
            assertThat(bench.progress().reserved()).hasValue(usd("0.30"));
            bench.run();
            assertThat(bench.progress().enqueued()).isEqualTo(35);
            bench.campaigns.launch(campaign(all).mostMessages(50).build());
            bench.campaigns.resume(TENANT, "spring");
            bench.run();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.CAPPED);
            assertThat(bench.campaigns.report(TENANT, "spring").accepted()).isEqualTo(50);
            bench.campaigns.launch(campaign(all).build());
            bench.campaigns.resume(TENANT, "spring");
            bench.run();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.COMPLETED);
            assertThat(bench.texts()).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void aMessageWithoutAPriceDoesntPassACapOnCost() {
        try (Bench bench = new Bench()) {
            List<Recipient> all = List.of(
                    recipient(1).build(),
                    Recipient.to("+447700900123").variable("n", "uk").build());
            bench.campaigns.launch(campaign(all).mostCost(usd("9")).build());
            bench.run();
            assertThat(bench.texts()).containsExactly("Sale 1");
            assertThat(bench.progress().invalid()).isEqualTo(1);
            assertThat(bench.progress().state()).isEqualTo(CampaignState.COMPLETED);
        }
    }

    @Test
    void nothingIsSentAfterItsNotAfter() {
        try (Bench bench = new Bench()) {
            bench.provider.script().otherwise(Behaviour.throttle(Duration.ofMinutes(10)));
            bench.campaigns.launch(campaign(recipients(3))
                    .notAfter(Bench.START.plusSeconds(900))
                    .build());
            bench.run();
            bench.pass(Duration.ofHours(1));
            assertThat(bench.campaigns.report(TENANT, "spring").outcomes())
                    .extracting(Outcome::state)
                    .containsOnly(MessageState.EXPIRED);
        }
    }

    @Test
    void tellsEveryProblemOfACampaignAtOnce() {
        assertThatThrownBy(() -> Campaign.builder("a b", RecipientSource.of(List.of()))
                        .category(Category.OTP)
                        .onlyOptedIn()
                        .throttle(-1, Duration.ofMinutes(1))
                        .mostMessages(0)
                        .ahead(0)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "id: \"a b\"", "template", "category", "onlyOptedIn", "throttle", "mostMessages", "ahead");
    }

    @Test
    void refusesAPaceOfZeroAndOneThatNoClockTells() {
        for (int messages : new int[] {0, 1_000_001, Integer.MAX_VALUE}) {
            Campaign.Builder campaign = campaign(List.of()).throttle(messages, Duration.ofSeconds(1));
            assertThatThrownBy(campaign::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("throttle: " + messages);
        }
        assertThat(campaign(List.of())
                        .throttle(1_000_000, Duration.ofSeconds(1))
                        .build()
                        .step())
                .isEqualTo(Duration.ofNanos(1_000));
        assertThat(campaign(List.of()).build().step()).isNull();
    }

    @Test
    void aFaultThatAllShareStopsTheCampaignAndPassesNobodyOver() {
        try (Bench bench = new Bench()) {
            List<Recipient> all = new ArrayList<>(recipients(10));
            all.add(4, Recipient.to("not a number").key("x").build());
            bench.campaigns.launch(Campaign.builder("spring", RecipientSource.of(all))
                    .template("missing")
                    .build());
            bench.run();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.STUCK);
            assertThat(bench.progress().problem().orElseThrow())
                    .startsWith("TEMPLATE")
                    .contains("missing");
            assertThat(bench.progress().taken()).isZero();
            bench.campaigns.launch(campaign(all).build());
            bench.run();
            assertThat(bench.texts()).as("before it is resumed").isEmpty();
            bench.campaigns.resume(TENANT, "spring");
            bench.run();
            assertThat(bench.texts()).hasSize(10).doesNotHaveDuplicates();
            assertThat(bench.progress().invalid()).isEqualTo(1);
            assertThat(bench.progress().problem()).isEmpty();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.COMPLETED);
        }
    }

    @Test
    void aCampaignThatIsTooLateStopsAndPassesNobodyOver() {
        try (Bench bench = new Bench()) {
            Campaign.Builder late = campaign(recipients(5));
            bench.campaigns.launch(late.notAfter(Bench.START.minusSeconds(1)).build());
            bench.run();
            assertThat(bench.progress().problem().orElseThrow()).startsWith("EXPIRED");
            assertThat(bench.progress().taken()).isZero();
        }
    }

    @Test
    void C5_aCapHoldsAlsoWhereRetentionDeletedWhatWasSent() {
        try (Bench bench = new Bench()) {
            bench.campaigns.launch(
                    campaign(recipients(30)).ahead(5).mostMessages(10).build());
            bench.campaigns.pump();
            while (bench.outbox.pump() > 0) {
                // On until all five are sent.
            }
            assertThat(bench.store.purge(bench.clock.now().plusSeconds(1), 100)).isEqualTo(5);
            bench.run();
            bench.campaigns.resume(TENANT, "spring");
            bench.run();
            assertThat(bench.texts()).hasSize(10);
            assertThat(bench.progress().state()).isEqualTo(CampaignState.CAPPED);
        }
    }

    @Test
    void C5_whatIsReservedInAnotherCurrencyStopsACampaignWithACap() {
        try (Bench bench = new Bench()) {
            CampaignRepository.Row row =
                    bench.repository.open(CampaignRepository.Row.fresh(TENANT, "spring", Bench.START));
            bench.repository.advance(row.settled(0, Money.of("5", "EUR")), List.of(), List.of());
            bench.campaigns.launch(campaign(recipients(5)).mostCost(usd("0.02")).build());
            bench.run();
            assertThat(bench.texts()).isEmpty();
            assertThat(bench.progress().problem().orElseThrow()).contains("EUR", "USD");
        }
    }

    @Test
    void tellsWhatWasSpentInEachCurrency() {
        CampaignReport report = new CampaignReport(List.of(
                new Outcome("", MessageState.ACCEPTED, null, 1, 1, usd("0.10")),
                new Outcome("", MessageState.ACCEPTED, null, 1, 1, Money.of("0.20", "EUR")),
                new Outcome("", MessageState.UNKNOWN, null, 1, 1, usd("0.10")),
                new Outcome("", MessageState.REJECTED, Reason.RECIPIENT, 1, 1, usd("0.10"))));
        assertThat(report.spent()).containsExactly(Money.of("0.20", "EUR"), usd("0.20"));
    }

    @Test
    void C3_cancellingWhatIsCompletedStopsWhatMayBeSentAgain() {
        try (Bench bench = new Bench()) {
            bench.provider.script().then(Behaviour.loseResponse());
            bench.campaigns.launch(campaign(recipients(3)).build());
            bench.run();
            assertThat(bench.progress().state()).isEqualTo(CampaignState.COMPLETED);
            CampaignChange change = bench.campaigns.cancel(TENANT, "spring");
            assertThat(change.isDone()).isTrue();
            assertThat(change.inDoubt()).isEqualTo(1);
            MessageRecord doubt = bench.store
                    .query(TENANT, MessageQuery.all().state(MessageState.UNKNOWN))
                    .get(0);
            assertThat(bench.store.row(TENANT, doubt.id()).orElseThrow().stopped())
                    .hasValue(MessageState.CANCELLED);
        }
    }

    @Test
    void twoThatShareACampaignReadItsRecipientsOnceEach() {
        List<Recipient> all = recipients(2_000);
        int[] read = {0};
        Iterable<Recipient> counted = () -> {
            Iterator<Recipient> each = all.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return each.hasNext();
                }

                @Override
                public Recipient next() {
                    read[0]++;
                    return each.next();
                }
            };
        };
        List<RecipientSource> processes = List.of(RecipientSource.of(counted), RecipientSource.of(counted));
        List<Recipient> taken = new ArrayList<>();
        String place = null;
        for (int turn = 0; turn < 200; turn++) {
            List<RecipientSource.Placed> page = processes.get(turn % 2).after(TENANT, Audience.everybody(), place, 10);
            page.forEach(each -> taken.add(each.recipient()));
            place = page.get(page.size() - 1).place();
        }
        assertThat(taken).isEqualTo(all);
        assertThat(read[0]).isLessThanOrEqualTo(2 * all.size());
    }

    @Test
    void logsWhereASourceFailedAndNeverItsWordsAndNotEachTime() {
        List<String> lines = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is held back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger log = Logger.getLogger(Campaigns.class.getName());
        log.addHandler(handler);
        try (Bench bench = new Bench()) {
            RecipientSource broken = (tenant, audience, place, most) -> {
                throw new IllegalStateException("no row for Mary at +12025550123");
            };
            bench.campaigns.launch(
                    Campaign.builder("spring", broken).template("sale").build());
            for (int second = 0; second < 60; second++) {
                bench.pass(Duration.ofSeconds(1));
            }
            assertThat(lines).hasSize(1);
            assertThat(lines.get(0))
                    .contains("spring", "IllegalStateException at ", "CampaignsTest")
                    .doesNotContain("Mary", "5550123");
            bench.pass(Duration.ofMinutes(10));
            assertThat(lines).as("a reminder").hasSize(2);
        } finally {
            log.removeHandler(handler);
        }
    }

    @Test
    void whatASourceThrowsStopsThisRoundOnly() {
        try (Bench bench = new Bench()) {
            List<Recipient> all = recipients(10);
            boolean[] broken = {true};
            RecipientSource source = (tenant, audience, place, most) -> {
                if (broken[0]) {
                    throw new IllegalStateException("the directory is away");
                }
                return RecipientSource.of(all).after(tenant, audience, place, most);
            };
            bench.campaigns.launch(
                    Campaign.builder("spring", source).template("sale").build());
            bench.run();
            assertThat(bench.texts()).isEmpty();
            broken[0] = false;
            bench.run();
            assertThat(bench.texts()).hasSize(10).doesNotHaveDuplicates();
        }
    }
}
