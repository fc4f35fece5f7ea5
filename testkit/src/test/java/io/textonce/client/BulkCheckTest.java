package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.RateCard;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a list is checked for before it is sent. */
class BulkCheckTest {

    private final CountingProvider provider = new CountingProvider();
    private final InMemoryStore store = new InMemoryStore();

    private SmsClient.Builder client() {
        return SmsClient.builder().provider(provider).defaultRegion("AU").suppressions(store);
    }

    private static SmsMessage to(String number) {
        return SmsMessage.to(number).text("See you at 10:30").build();
    }

    @Test
    void countsWhatIsWrongAndWhatItCostsAndSendsNothing() {
        store.record(
                TenantId.DEFAULT,
                new Suppression(
                        PhoneNumber.of("+61491570157"),
                        null,
                        Suppression.Choice.OPT_OUT,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        "test"));
        BulkCheck check = client().rates(RateCard.in("USD").rate("+61", "0.05").build())
                .build()
                .bulk()
                .check(List.of(
                        to("0491 570 156"),
                        to("nobody"),
                        to("0491 570 157"),
                        to("+61491570156"),
                        SmsMessage.to("0491 570 158").text("x".repeat(161)).build(),
                        to("+12025550100"),
                        SmsMessage.to("0491 570 159").text("").build()));
        assertThat(check.messages()).isEqualTo(7);
        assertThat(check.invalid()).isEqualTo(2);
        assertThat(check.optedOut()).isEqualTo(1);
        assertThat(check.duplicates()).isEqualTo(1);
        assertThat(check.sendable()).isEqualTo(4);
        assertThat(check.segments()).isEqualTo(5);
        assertThat(check.cost()).contains(Money.of("0.20", "USD"));
        assertThat(check.unpriced()).isEqualTo(1);
        assertThat(check.duplicatesComplete()).isTrue();
        assertThat(check.problems())
                .extracting(problem -> problem.position() + " " + problem.kind())
                .containsExactly("1 INVALID", "2 OPTED_OUT", "3 DUPLICATE", "6 INVALID");
        assertThat(check.problems().toString()).doesNotContain("491570", "See you");
        assertThat(check.toString())
                .isEqualTo("7 messages: 4 to send (1 of them duplicates), 2 invalid, 1 opted out; 5 segments, 0.20 USD,"
                        + " 1 without a rate");
        assertThat(provider.submitted).hasValue(0);
    }

    @Test
    void asksForTheOptOutsOfManyAtOnceAndOfEachOneThatIsSent() {
        AtomicInteger ofMany = new AtomicInteger();
        AtomicInteger ofOne = new AtomicInteger();
        SuppressionRepository counted = new SuppressionRepository() {
            @Override
            public void record(TenantId tenant, Suppression suppression) {
                store.record(tenant, suppression);
            }

            @Override
            public boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender) {
                ofOne.incrementAndGet();
                return store.isSuppressed(tenant, number, sender);
            }

            @Override
            public Set<PhoneNumber> suppressed(
                    TenantId tenant, Collection<PhoneNumber> numbers, @Nullable SenderId sender) {
                ofMany.incrementAndGet();
                return store.suppressed(tenant, numbers, sender);
            }
        };
        PhoneNumber out = PhoneNumber.of("+12025550107");
        store.record(
                TenantId.DEFAULT,
                new Suppression(out, null, Suppression.Choice.OPT_OUT, Instant.parse("2026-01-01T00:00:00Z"), "test"));
        List<SmsMessage> list = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            list.add(to(CountingProvider.number(i)));
        }
        SmsClient sms = client().suppressions(counted).build();
        BulkCheck check = sms.bulk().check(list);
        assertThat(check.optedOut()).isEqualTo(12);
        assertThat(check.problems().get(0).position()).isEqualTo(7);
        assertThat(check.duplicates()).isEqualTo(1_200 - 12 - 99);
        assertThat(ofMany).hasValue(3);
        assertThat(ofOne).hasValue(0);
        sms.send(list.get(0));
        assertThat(ofOne).as("right before its submit").hasValue(1);
    }

    @Test
    void theSameNumberOfAnotherTenantIsNoDuplicate() {
        List<SmsMessage> list = new ArrayList<>();
        for (String tenant : List.of("a", "b", "a")) {
            list.add(SmsMessage.to("0491 570 156")
                    .tenant(TenantId.of(tenant))
                    .text("Hello")
                    .build());
        }
        assertThat(client().build().bulk().check(list).duplicates()).isEqualTo(1);
    }

    @Test
    void anEmptyListHasNothing() {
        BulkCheck check = client().build().bulk().check(List.of());
        assertThat(check.messages()).isZero();
        assertThat(check.cost()).isEmpty();
    }

    @Test
    void lists100ProblemsAndCountsAll() {
        List<SmsMessage> list = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            list.add(to("nobody"));
        }
        BulkCheck check = client().build().bulk().check(list);
        assertThat(check.problems()).hasSize(100);
        assertThat(check.invalid()).isEqualTo(250);
    }

    @Test
    void aStoreThatFailsIsToldAsSuch() {
        Bulk bulk = client().suppressions(new FailingSuppressions()).build().bulk();
        assertThatThrownBy(() -> bulk.check(List.of(to("0491 570 156")))).isInstanceOf(SmsStoreException.class);
    }

    @Test
    void theSetOfNumbersAgreesWithAnOrdinarySet() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("theSetOfNumbersAgreesWithAnOrdinarySet: seed " + seed);
        Random random = new Random(seed);
        NumberSet set = new NumberSet();
        Set<String> ordinary = new HashSet<>();
        List<TenantId> tenants = List.of(TenantId.of("a"), TenantId.of("b"), TenantId.of("c"));
        for (int i = 0; i < 200_000; i++) {
            String number = (random.nextBoolean() ? "+1202555" : "+4420") + random.nextInt(30_000);
            TenantId tenant = tenants.get(random.nextInt(3));
            assertThat(set.seen(tenant, PhoneNumber.of(number))).isEqualTo(!ordinary.add(tenant + " " + number));
        }
        assertThat(set.isComplete()).isTrue();
    }

    @Test
    void theSetOfNumbersSaysWhenItIsFull() {
        NumberSet set = new NumberSet();
        TenantId tenant = TenantId.of("a");
        for (int i = 0; i < NumberSet.MOST; i++) {
            assertThat(set.seen(tenant, PhoneNumber.of("+1202" + (1_000_000 + i))))
                    .isFalse();
        }
        assertThat(set.isComplete()).isTrue();
        assertThat(set.seen(tenant, PhoneNumber.of("+12021000000"))).isTrue();
        assertThat(set.isComplete()).isTrue();
        assertThat(set.seen(tenant, PhoneNumber.of("+442079460000"))).isFalse();
        assertThat(set.isComplete()).isFalse();
        assertThat(set.seen(tenant, PhoneNumber.of("+12021000001"))).isTrue();
    }
}
