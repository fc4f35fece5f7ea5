package io.textonce.engagement.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Quote;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.Settlement;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.engagement.reporting.ReportRepository.AlertKey;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.store.EventJournal;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.testkit.Race;
import io.textonce.text.Encoding;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ReportRepository} must do: say of the stored messages what plain Java says of them. Subclass it and give
 * it an empty store; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class ReportRepositoryContract {

    /** For subclasses. */
    protected ReportRepositoryContract() {}

    /**
     * One store's parts.
     *
     * @param messages what is reported on
     * @param journal takes reports of providers
     * @param reports the reports
     */
    public record Subject(MessageRepository messages, EventJournal journal, ReportRepository reports) {}

    private static final TenantId CLINIC = TenantId.of("clinic");
    private static final TenantId SCHOOL = TenantId.of("school");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    /** Fictitious; two countries share a code, and the last number belongs to nobody, hence to no country. */
    private static final Map<PhoneNumber, String> NUMBERS = Map.of(
            PhoneNumber.of("+61491570156"), "AU",
            PhoneNumber.of("+12025550123"), "US",
            PhoneNumber.of("+12025550199"), "US",
            PhoneNumber.of("+16135550142"), "CA",
            PhoneNumber.of("+447700900123"), "");

    private static final List<PhoneNumber> PEOPLE = NUMBERS.keySet().stream()
            .sorted((a, b) -> a.e164().compareTo(b.e164()))
            .toList();

    /**
     * Called once by each test.
     *
     * @return an empty store
     */
    protected abstract Subject subject();

    /**
     * Whether the store can tell where a number belongs.
     *
     * @return true unless overridden
     */
    protected boolean tellsCountries() {
        return true;
    }

    private static Money money(String amount, String currency) {
        return Money.of(amount, currency);
    }

    private static MessageRecord.Builder message(TenantId tenant, Instant created) {
        return MessageRecord.sending(MessageId.next(), tenant, created)
                .to(PEOPLE.get(0))
                .text("Hello")
                .segments(1);
    }

    private static SendResult accepted(MessageRecord row, String provider, @Nullable Money price) {
        return new SendResult.Accepted(details(row, Outcome.ACCEPTED), provider, "id-" + row.id(), -1, price);
    }

    private static SendResult.Details details(MessageRecord row, Outcome outcome) {
        return SendResult.Details.of(
                row.id(),
                row.to(),
                List.of(io.textonce.Attempt.builder(1, "alpha", outcome)
                        .at(row.createdAt(), Duration.ofMillis(120))
                        .build()),
                null);
    }

    private static DeliveryReport.Builder report(
            MessageRecord row, String provider, DeliveryStatus status, Instant received) {
        Origin origin = new Origin(row.tenant(), provider, "hook", received);
        return DeliveryReport.builder(origin, row.id() + ":" + status + ":" + received, status)
                .messageId(row.id());
    }

    private static void apply(Subject subject, DeliveryReport report) {
        subject.journal().apply(report.tenant(), List.of(new Entry(report, null)));
    }

    private static ReportRow total(Subject subject, MessageQuery where) {
        List<ReportRow> rows = subject.reports().aggregate(ReportQuery.of(CLINIC, where));
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static Map<String, Long> counts(List<ReportRow> rows, Dimension dimension) {
        return rows.stream()
                .collect(Collectors.toMap(row -> row.value(dimension).orElse(""), ReportRow::messages));
    }

    @Test
    public void nothingIsOneRowOfZeros() {
        ReportRow none = total(subject(), MessageQuery.all());
        assertThat(none.messages()).isZero();
        assertThat(none.segments()).isZero();
        assertThat(none.cost()).isEmpty();
        assertThat(none.cost(Currency.getInstance("USD"))).isEqualTo(money("0", "USD"));
        assertThat(none.deliveryRate()).isEmpty();
        assertThat(none.deliveredWithin(50)).isEmpty();
        assertThat(subject()
                        .reports()
                        .aggregate(ReportQuery.ofAllTenants(MessageQuery.all()).by(Dimension.TENANT)))
                .isEmpty();
    }

    @Test
    public void tenantsSeeNothingOfEachOtherAndTheOperatorSeesAll() {
        Subject subject = subject();
        subject.messages().create(CLINIC, message(CLINIC, NOW).build());
        subject.messages().create(SCHOOL, message(SCHOOL, NOW).build());
        subject.messages().create(SCHOOL, message(SCHOOL, NOW).build());
        assertThat(total(subject, MessageQuery.all()).messages()).isEqualTo(1);
        assertThat(counts(
                        subject.reports()
                                .aggregate(ReportQuery.ofAllTenants(MessageQuery.all())
                                        .by(Dimension.TENANT)),
                        Dimension.TENANT))
                .isEqualTo(Map.of("clinic", 1L, "school", 2L));
    }

    @Test
    public void aPriceThatComesLateCountsOnTheDayOfItsMessage() {
        Subject subject = subject();
        MessageRecord row =
                message(CLINIC, NOW).cost(money("0.01", "USD"), null).build();
        subject.messages().create(CLINIC, row);
        subject.messages().complete(CLINIC, row.id(), accepted(row, "alpha", null), NOW.plusSeconds(1));
        ReportQuery byDay = ReportQuery.of(CLINIC, MessageQuery.all())
                .month(YearMonth.of(2026, 3), ZoneOffset.UTC)
                .by(Dimension.DAY);
        ReportRow before = subject.reports().aggregate(byDay).get(0);
        assertThat(before.billed()).isEmpty();
        assertThat(before.cost()).containsExactly(money("0.01", "USD"));

        Instant late = NOW.plus(Duration.ofDays(9));
        apply(
                subject,
                report(row, "alpha", DeliveryStatus.DELIVERED, late)
                        .price(money("0.0079", "EUR"))
                        .build());
        List<ReportRow> rows = subject.reports().aggregate(byDay);
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).value(Dimension.DAY)).hasValue("2026-03-01");
        assertThat(same(rows.get(0).billed(), List.of(money("0.0079", "EUR")))).isTrue();
        assertThat(same(rows.get(0).cost(), List.of(money("0.0079", "EUR"))))
                .as("%s: the estimate in another currency no longer counts", rows)
                .isTrue();
        assertThat(same(rows.get(0).estimated(), List.of(money("0.01", "USD")))).isTrue();
    }

    @Test
    public void whatDoesNotExistCostsNothingAndWhatIsInDoubtCostsItsEstimate() {
        Subject subject = subject();
        MessageRecord refused =
                message(CLINIC, NOW).cost(money("1", "USD"), null).build();
        MessageRecord doubted =
                message(CLINIC, NOW).cost(money("2", "USD"), null).build();
        MessageRecord going = message(CLINIC, NOW).cost(money("4", "USD"), null).build();
        List.of(refused, doubted, going).forEach(row -> subject.messages().create(CLINIC, row));
        subject.messages()
                .complete(
                        CLINIC,
                        refused.id(),
                        new SendResult.Rejected(
                                details(refused, Outcome.REJECTED),
                                Reason.SENDER,
                                Proof.PROVIDER_REFUSED,
                                "no such sender",
                                "alpha",
                                "21212",
                                null),
                        NOW);
        subject.messages()
                .complete(
                        CLINIC,
                        doubted.id(),
                        new SendResult.Unknown(
                                details(doubted, Outcome.UNKNOWN),
                                "alpha",
                                Set.of(Settlement.DELIVERY_REPORT),
                                "the answer was lost",
                                null),
                        NOW);
        ReportRow row = total(subject, MessageQuery.all());
        assertThat(same(row.cost(), List.of(money("6", "USD")))).as("%s", row).isTrue();
        assertThat(row.failed()).isEqualTo(1);
        assertThat(row.inState(MessageState.UNKNOWN)).isEqualTo(1);
        assertThat(row.acceptanceRate()).hasValue(0);
    }

    @Test
    public void amountsAreExact() {
        Subject subject = subject();
        for (int i = 0; i < 10; i++) {
            subject.messages()
                    .create(
                            CLINIC,
                            message(CLINIC, NOW)
                                    .cost(money("0.1000000000000000000001", "USD"), null)
                                    .build());
        }
        assertThat(same(total(subject, MessageQuery.all()).cost(), List.of(money("1.0000000000000000000010", "USD"))))
                .isTrue();
    }

    @Test
    public void daysAreThoseOfTheZoneAlsoWhenClocksChange() {
        Subject subject = subject();
        // In Berlin 2026-03-29 has 23 hours, 2026-10-25 has 25.
        List<String> instants = List.of(
                "2026-03-28T22:59:59.999Z", // the 28th, 23:59
                "2026-03-28T23:00:00Z", // the 29th, 00:00
                "2026-03-29T21:59:59.999Z", // the 29th, 23:59
                "2026-03-29T22:00:00Z", // the 30th, 00:00
                "2026-10-24T22:00:00Z", // the 25th, 00:00
                "2026-10-25T22:59:59.999Z", // the 25th, 23:59
                "2026-10-25T23:00:00Z"); // the 26th, 00:00
        instants.forEach(at -> subject.messages()
                .create(CLINIC, message(CLINIC, Instant.parse(at)).build()));
        ReportQuery year = ReportQuery.of(CLINIC, MessageQuery.all())
                .days(LocalDate.parse("2026-01-01"), LocalDate.parse("2026-12-31"), BERLIN);
        assertThat(counts(subject.reports().aggregate(year.by(Dimension.DAY)), Dimension.DAY))
                .isEqualTo(Map.of(
                        "2026-03-28", 1L, "2026-03-29", 2L, "2026-03-30", 1L, "2026-10-25", 2L, "2026-10-26", 1L));
        assertThat(counts(subject.reports().aggregate(year.by(Dimension.MONTH)), Dimension.MONTH))
                .isEqualTo(Map.of("2026-03", 4L, "2026-10", 3L));
        ReportQuery one = ReportQuery.of(CLINIC, MessageQuery.all())
                .days(LocalDate.parse("2026-03-29"), LocalDate.parse("2026-03-29"), BERLIN);
        assertThat(subject.reports().aggregate(one).get(0).messages()).isEqualTo(2);
    }

    @Test
    public void theSameQueryShowsTheMessagesAndSumsThemUp() {
        Subject subject = subject();
        for (int i = 0; i < 6; i++) {
            subject.messages()
                    .create(
                            CLINIC,
                            message(CLINIC, NOW.plusSeconds(i))
                                    .labels(List.of(
                                            new Label("user", i % 2 == 0 ? "456" : "457"),
                                            new Label("type", i < 4 ? "reminder" : "re.minder"),
                                            new Label("sub-type", "x=y"),
                                            new Label("subtype", "decoy")))
                                    .build());
        }
        MessageQuery where = MessageQuery.all().label("type", "reminder").label("user", "456");
        assertThat(subject.messages().query(CLINIC, where)).hasSize(2);
        assertThat(total(subject, where.limit(1)).messages()).isEqualTo(2);
        assertThat(counts(
                        subject.reports()
                                .aggregate(ReportQuery.of(CLINIC, MessageQuery.all())
                                        .by(Dimension.label("type"))),
                        Dimension.label("type")))
                .isEqualTo(Map.of("reminder", 4L, "re.minder", 2L));
        assertThat(counts(
                        subject.reports()
                                .aggregate(ReportQuery.of(CLINIC, MessageQuery.all())
                                        .by(Dimension.label("sub-type"))),
                        Dimension.label("sub-type")))
                .isEqualTo(Map.of("x=y", 6L));
        assertThat(counts(
                        subject.reports()
                                .aggregate(ReportQuery.of(CLINIC, MessageQuery.all())
                                        .by(Dimension.label("typ"))),
                        Dimension.label("typ")))
                .isEqualTo(Map.of("", 6L));
    }

    @Test
    public void saysWithinWhatTimeMessagesArrived() {
        Subject subject = subject();
        List<Integer> millis = List.of(1000, 1001, 4000, 4500, 9000, 10_000, 10_001, 61_000, 7_200_000, 300_000_000);
        for (int taken : millis) {
            MessageRecord row = message(CLINIC, NOW).build();
            subject.messages().create(CLINIC, row);
            subject.messages().complete(CLINIC, row.id(), accepted(row, "alpha", null), NOW);
            apply(
                    subject,
                    report(row, "alpha", DeliveryStatus.DELIVERED, NOW.plusMillis(taken))
                            .build());
        }
        ReportRow row = total(subject, MessageQuery.all());
        assertThat(row.deliveredWithin(10)).hasValue(Duration.ofSeconds(1));
        assertThat(row.deliveredWithin(11)).hasValue(Duration.ofSeconds(2));
        assertThat(row.deliveredWithin(50)).hasValue(Duration.ofSeconds(10));
        assertThat(row.deliveredWithin(70)).hasValue(Duration.ofSeconds(15));
        assertThat(row.deliveredWithin(90)).hasValue(Duration.ofHours(2));
        assertThat(row.deliveredWithin(95).orElseThrow()).isGreaterThan(Duration.ofDays(1000));
        assertThat(row.deliveryRate()).hasValue(1);
    }

    @Test
    public void daysNeedABeginningAndAnEnd() {
        Subject subject = subject();
        ReportQuery open = ReportQuery.of(CLINIC, MessageQuery.all().from(NOW)).by(Dimension.DAY);
        assertThatThrownBy(() -> subject.reports().aggregate(open))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a beginning and an end");
    }

    /** Random messages, some with reports, in random groupings: each figure is what plain Java makes of the records. */
    @Test
    public void saysWhatPlainJavaSays() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("reports: seed " + seed);
        Random random = new Random(seed);
        Subject subject = subject();
        List<MessageId> ids = new ArrayList<>();
        Instant begin = Instant.parse("2026-03-27T00:00:00Z");
        for (int i = 0; i < 400; i++) {
            ids.add(anyMessage(subject, random, begin));
        }
        List<MessageRecord> rows = new ArrayList<>();
        for (MessageId id : ids) {
            subject.messages().find(CLINIC, id).ifPresent(rows::add);
            subject.messages().find(SCHOOL, id).ifPresent(rows::add);
        }
        assertThat(rows).hasSize(400);
        List<Dimension> all = new ArrayList<>(List.of(
                Dimension.TENANT,
                Dimension.PROVIDER,
                Dimension.CATEGORY,
                Dimension.STATE,
                Dimension.STATUS,
                Dimension.TEMPLATE,
                Dimension.label("type"),
                Dimension.label("user")));
        if (tellsCountries()) {
            all.add(Dimension.COUNTRY);
        }
        for (int round = 0; round < 40; round++) {
            compare(subject, rows, anyQuery(random, all, begin), "seed " + seed + ", round " + round);
        }
    }

    private static MessageId anyMessage(Subject subject, Random random, Instant begin) {
        TenantId tenant = random.nextInt(4) == 0 ? SCHOOL : CLINIC;
        Instant created = begin.plusMillis(random.nextInt(5 * 86_400_000));
        List<Label> labels = new ArrayList<>();
        if (random.nextBoolean()) {
            labels.add(new Label(
                    "type", List.of("reminder", "survey", "a=b", "x'y").get(random.nextInt(4))));
        }
        if (random.nextBoolean()) {
            labels.add(new Label("user", "u" + random.nextInt(3)));
        }
        MessageRecord row = message(tenant, created)
                .to(PEOPLE.get(random.nextInt(PEOPLE.size())))
                .category(List.of(Category.values()).get(random.nextInt(3)))
                .templateId(random.nextBoolean() ? "welcome" : null)
                .labels(labels)
                .segments(random.nextInt(4))
                .cost(random.nextInt(5) == 0 ? null : anyMoney(random), null)
                .build();
        subject.messages().create(tenant, row);
        String provider = random.nextBoolean() ? "alpha" : "beta";
        int fate = random.nextInt(10);
        SendResult result = fate < 6
                ? new SendResult.Accepted(
                        SendResult.Details.of(
                                row.id(),
                                row.to(),
                                List.of(),
                                Quote.of(Encoding.GSM_7, random.nextInt(3), 5, anyMoney(random), List.of())),
                        provider,
                        "id-" + row.id(),
                        random.nextInt(3) - 1,
                        random.nextBoolean() ? anyMoney(random) : null)
                : fate < 8
                        ? new SendResult.Rejected(
                                details(row, Outcome.REJECTED),
                                random.nextBoolean() ? Reason.EXPIRED : Reason.SENDER,
                                Proof.LOCAL_POLICY,
                                "as scripted",
                                null,
                                null,
                                null)
                        : new SendResult.Unknown(
                                details(row, Outcome.UNKNOWN),
                                provider,
                                Set.of(Settlement.DELIVERY_REPORT),
                                "lost",
                                null);
        if (fate < 9) {
            subject.messages().complete(tenant, row.id(), result, created.plusMillis(random.nextInt(3000)));
        }
        for (int reports = random.nextInt(3); reports > 0; reports--) {
            List<DeliveryStatus> said = List.of(
                    DeliveryStatus.SENT,
                    DeliveryStatus.DELIVERED,
                    DeliveryStatus.DELIVERED,
                    DeliveryStatus.UNDELIVERED,
                    DeliveryStatus.EXPIRED);
            DeliveryReport.Builder report = report(
                            row,
                            provider,
                            said.get(random.nextInt(said.size())),
                            created.plusMillis(1L << random.nextInt(30)))
                    .price(random.nextInt(3) == 0 ? anyMoney(random) : null);
            if (random.nextInt(3) == 0) {
                report.segments(1 + random.nextInt(3));
            }
            if (random.nextInt(4) == 0) {
                report.part(1 + random.nextInt(2));
            }
            apply(subject, report.build());
        }
        return row.id();
    }

    private static Money anyMoney(Random random) {
        String currency = List.of("USD", "AUD", "JPY").get(random.nextInt(3));
        return new Money(
                BigDecimal.valueOf(random.nextInt(100_000), random.nextInt(8)), Currency.getInstance(currency));
    }

    private static ReportQuery anyQuery(Random random, List<Dimension> all, Instant begin) {
        MessageQuery where = MessageQuery.all();
        if (random.nextInt(3) == 0) {
            where = where.label("user", "u" + random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            where = where.category(Category.OTP);
        }
        if (random.nextInt(4) == 0) {
            where = where.state(MessageState.ACCEPTED);
        }
        if (random.nextInt(4) == 0) {
            where = where.to(PEOPLE.get(random.nextInt(PEOPLE.size())));
        }
        where = where.from(begin.plusMillis(random.nextInt(86_400_000)))
                .until(begin.plus(Duration.ofDays(2)).plusMillis(random.nextInt(3 * 86_400_000)));
        ReportQuery query = random.nextBoolean() ? ReportQuery.of(CLINIC, where) : ReportQuery.ofAllTenants(where);
        List<Dimension> some = new ArrayList<>();
        for (Dimension each : all) {
            if (random.nextInt(3) == 0) {
                some.add(each);
            }
        }
        int time = random.nextInt(4);
        if (time > 0) {
            some.add(random.nextInt(some.size() + 1), time == 1 ? Dimension.MONTH : Dimension.DAY);
        }
        ZoneId zone = List.of(ZoneOffset.UTC, BERLIN, ZoneId.of("Asia/Kathmandu"), ZoneId.of("Australia/Lord_Howe"))
                .get(random.nextInt(4));
        return query.in(zone).by(some.toArray(Dimension[]::new));
    }

    /** What plain Java says of a group of records. */
    private static final class Expected {
        private long messages;
        private long segments;
        private long delivered;
        private long failed;
        private long accepted;
        private final List<Duration> taken = new ArrayList<>();
        private final Map<String, BigDecimal> estimated = new TreeMap<>();
        private final Map<String, BigDecimal> billed = new TreeMap<>();
        private final Map<String, BigDecimal> cost = new TreeMap<>();

        void add(MessageRecord row) {
            messages++;
            segments += row.segments().orElse(0);
            boolean ours = row.state() == MessageState.ACCEPTED;
            accepted += ours ? 1 : 0;
            String status = row.status().map(Enum::name).orElse("");
            if (status.equals("DELIVERED")) {
                delivered++;
                taken.add(Duration.between(row.createdAt(), row.updatedAt()));
            }
            boolean nothing = row.state() == MessageState.REJECTED || row.state() == MessageState.EXPIRED;
            failed += nothing || Set.of("UNDELIVERED", "EXPIRED", "CANCELLED").contains(status) ? 1 : 0;
            Money guess = nothing ? null : row.estimated().orElse(null);
            plus(estimated, guess);
            plus(billed, row.billed().orElse(null));
            plus(cost, row.billed().orElse(guess));
        }

        private static void plus(Map<String, BigDecimal> sums, @Nullable Money amount) {
            if (amount != null) {
                sums.merge(amount.currency().getCurrencyCode(), amount.amount(), BigDecimal::add);
            }
        }

        private static List<Money> amounts(Map<String, BigDecimal> sums) {
            return sums.entrySet().stream()
                    .map(each -> new Money(each.getValue(), Currency.getInstance(each.getKey())))
                    .toList();
        }
    }

    private static void compare(Subject subject, List<MessageRecord> rows, ReportQuery query, String which) {
        Map<List<String>, Expected> expected = new java.util.HashMap<>();
        for (MessageRecord row : rows) {
            if (query.tenant().map(row.tenant()::equals).orElse(true)
                    && query.where().matches(row)) {
                expected.computeIfAbsent(values(query, row), values -> new Expected())
                        .add(row);
            }
        }
        if (query.dimensions().isEmpty()) {
            expected.computeIfAbsent(List.of(), values -> new Expected());
        }
        String what = which + ": by " + query.dimensions() + " in " + query.zone();
        List<ReportRow> found = subject.reports().aggregate(query);
        assertThat(found).as(what).hasSameSizeAs(expected.keySet());
        for (ReportRow row : found) {
            List<String> values = query.dimensions().stream()
                    .map(each -> row.value(each).orElse(""))
                    .toList();
            String where = what + " at " + values;
            assertThat(expected).as(where).containsKey(values);
            Expected wanted = Objects.requireNonNull(expected.get(values));
            assertThat(List.of(row.messages(), row.segments(), row.delivered(), row.failed(), row.accepted()))
                    .as(where)
                    .isEqualTo(List.of(
                            wanted.messages, wanted.segments, wanted.delivered, wanted.failed, wanted.accepted));
            assertThat(same(row.estimated(), Expected.amounts(wanted.estimated)))
                    .as("%s: estimated %s", where, row.estimated())
                    .isTrue();
            assertThat(same(row.billed(), Expected.amounts(wanted.billed)))
                    .as("%s: billed %s", where, row.billed())
                    .isTrue();
            assertThat(same(row.cost(), Expected.amounts(wanted.cost)))
                    .as("%s: cost %s", where, row.cost())
                    .isTrue();
            if (!wanted.taken.isEmpty()) {
                wanted.taken.sort(null);
                Duration median = wanted.taken.get((wanted.taken.size() + 1) / 2 - 1);
                assertThat(row.deliveredWithin(50).orElseThrow()).as(where).isGreaterThanOrEqualTo(median);
            }
        }
    }

    private static List<String> values(ReportQuery query, MessageRecord row) {
        List<String> values = new ArrayList<>();
        for (Dimension each : query.dimensions()) {
            LocalDate day = LocalDate.ofInstant(row.createdAt(), query.zone());
            values.add(
                    switch (each.kind()) {
                        case DAY -> day.toString();
                        case MONTH -> YearMonth.from(day).toString();
                        case TENANT -> row.tenant().value();
                        case PROVIDER -> row.provider().orElse("");
                        case CATEGORY -> row.category().name();
                        case COUNTRY -> NUMBERS.get(row.to());
                        case STATE -> row.state().name();
                        case STATUS -> row.status().map(Enum::name).orElse("");
                        case TEMPLATE -> row.templateId().orElse("");
                        case LABEL ->
                            row.labels().stream()
                                    .filter(label -> label.name().equals(each.name()))
                                    .map(Label::value)
                                    .findAny()
                                    .orElse("");
                    });
        }
        return values;
    }

    /** The same amounts, whatever their scale. */
    private static boolean same(List<Money> some, List<Money> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!some.get(i).currency().equals(others.get(i).currency())
                    || some.get(i).amount().compareTo(others.get(i).amount()) != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    public void anAlertIsClaimedByOneUntilItIsRaisedOrTheClaimEnds() {
        ReportRepository reports = subject().reports();
        AlertKey alert = new AlertKey(CLINIC, "spend > 10 USD", NOW);
        Instant until = NOW.plusSeconds(60);
        assertThat(reports.claimAlert(alert, NOW, until)).isTrue();
        assertThat(reports.claimAlert(alert, NOW.plusSeconds(59), until.plusSeconds(59)))
                .isFalse();
        assertThat(reports.claimAlert(alert, until, until.plusSeconds(60)))
                .as("nobody raised it")
                .isTrue();
        reports.alertRaised(alert);
        assertThat(reports.claimAlert(alert, NOW.plus(Duration.ofDays(100)), NOW.plus(Duration.ofDays(101))))
                .isFalse();
        for (AlertKey other : List.of(
                new AlertKey(SCHOOL, alert.name(), NOW),
                new AlertKey(null, alert.name(), NOW),
                new AlertKey(CLINIC, "spend > 20 USD", NOW),
                new AlertKey(CLINIC, alert.name(), NOW.plus(Duration.ofDays(1))))) {
            assertThat(reports.claimAlert(other, NOW, until)).as("%s", other).isTrue();
        }
    }

    @Test
    public void ofSixtyFourWhoClaimAnAlertOneGetsIt() {
        ReportRepository reports = subject().reports();
        for (int round = 0; round < 10; round++) {
            AlertKey alert = new AlertKey(CLINIC, "round " + round, NOW);
            assertThat(Race.count(64, () -> reports.claimAlert(alert, NOW, NOW.plusSeconds(60))))
                    .isEqualTo(1);
        }
    }
}
