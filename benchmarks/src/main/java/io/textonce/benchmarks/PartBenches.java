package io.textonce.benchmarks;

import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Mustache;
import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonenumber;
import com.twilio.security.RequestValidator;
import io.textonce.Origin;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.benchmarks.Turns.Entry;
import io.textonce.benchmarks.Turns.Figures;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.WebhookParser;
import io.textonce.store.LimitStore;
import io.textonce.template.Template;
import io.textonce.text.SegmentCounter;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmenter;
import io.textonce.text.SeptetPacking;
import io.textonce.twilio.TwilioProvider;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.freeutils.charset.gsm.CCGSMCharset;
import net.freeutils.charset.gsm.CCPackedGSMCharset;

/** The parts of a send and of a webhook, each beside the library that does the same. */
final class PartBenches {
    private static final String HOOK = "https://sms.example.com/hooks/twilio?textonce-id=0123456789abc";

    private final Verdicts verdicts;

    PartBenches(Verdicts verdicts) {
        this.verdicts = verdicts;
    }

    void run() throws GeneralSecurityException {
        count();
        pack();
        phone();
        template();
        webhook();
        limiter();
        pipeline();
    }

    private void count() {
        Segmenter segmenter = Segmenter.of(SegmentPolicy.GENERIC);
        SegmentCounter counter = segmenter.newCounter();
        Charset jcharset = new CCGSMCharset();
        String[] texts = variants(Samples.GSM_160);
        List<Figures> all = Turns.measure(
                "count a GSM text of 160 characters",
                new Entry("jcharset, encode", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += texts[i & 7].getBytes(jcharset).length;
                    }
                    return sum;
                }),
                new Entry("Textonce, reusable counter", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += counter.count(texts[i & 7]);
                    }
                    return sum;
                }),
                new Entry("Textonce, static measure", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += segmenter.measure(texts[i & 7]);
                    }
                    return sum;
                }));
        verdicts.atMost("count with the reusable counter: ns", all.get(1).nanos(), 80);
        verdicts.atMost("count with the reusable counter: bytes", all.get(1).bytes(), 0.5);
        verdicts.atMost(
                "count with the reusable counter: time to jcharset", all.get(1).ratio(), 0.2);
        verdicts.atMost("count without one: time to jcharset", all.get(2).ratio(), 0.5);
        verdicts.atMost("count without one: bytes", all.get(2).bytes(), 0.5);
    }

    private void pack() {
        Charset packed = new CCPackedGSMCharset();
        Segmenter segmenter = Segmenter.of(SegmentPolicy.GENERIC);
        String[] texts = variants(Samples.GSM_160);
        byte[][] septets = new byte[texts.length][];
        for (int i = 0; i < texts.length; i++) {
            septets[i] = texts[i].getBytes(new CCGSMCharset());
        }
        List<Figures> all = Turns.measure(
                "pack a GSM text of 160 characters",
                new Entry("jcharset, text to octets", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += texts[i & 7].getBytes(packed).length;
                    }
                    return sum;
                }),
                new Entry("Textonce, septets to octets", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += SeptetPacking.pack(septets[i & 7], 0).length;
                    }
                    return sum;
                }),
                new Entry("Textonce, text to a segment's user data", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += segmenter.segment(texts[i & 7]).userData(0, 0).length();
                    }
                    return sum;
                }));
        verdicts.atMost("packing: time to jcharset", all.get(1).ratio(), 1.0 / 3);
    }

    private void phone() {
        PhoneNumbers ours = PhoneNumbers.region("US");
        PhoneNumberUtil library = PhoneNumberUtil.getInstance();
        // They go on from slice to slice: starting again would repeat numbers.
        int[] next = {0, 0, 0};
        List<Figures> all = Turns.measure(
                "text to E.164",
                new Entry("libphonenumber, parse, check and format", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += normalize(library, Samples.distinct(next[0]++)).length();
                    }
                    return sum;
                }),
                new Entry("Textonce, repeated", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += ours.normalize(Samples.repeated(i & 127)).isPresent() ? 1 : 0;
                    }
                    return sum;
                }),
                new Entry("Textonce, distinct", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += ours.normalize(Samples.distinct(next[1]++)).isPresent() ? 1 : 0;
                    }
                    return sum;
                }),
                new Entry("Textonce, distinct, possible but not valid", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += ours.normalize(Samples.unassigned(next[2]++)).isPresent() ? 1 : 0;
                    }
                    return sum;
                }));
        verdicts.atMost("phone, repeated: ns", all.get(1).nanos(), 50);
        verdicts.atMost("phone, repeated: bytes", all.get(1).bytes(), 0.5);
        verdicts.atMost("phone, distinct: time to libphonenumber", all.get(2).ratio(), 1.05);
    }

    private static String normalize(PhoneNumberUtil library, String raw) {
        try {
            Phonenumber.PhoneNumber number = library.parse(raw, "US");
            return library.isPossibleNumberWithReason(number) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE
                    ? library.format(number, PhoneNumberUtil.PhoneNumberFormat.E164)
                    : "";
        } catch (NumberParseException e) {
            return "";
        }
    }

    private void template() {
        String text =
                "Dear {{name}}, order {{order}} of {{shop}} will reach {{street}} on {{day}} at {{time}}. Reply STOP"
                        + " to hear no more of it, or call us at any time.";
        Map<String, String> values = Map.of(
                "name",
                "Maria",
                "order",
                "4711",
                "shop",
                "Example Ltd",
                "street",
                "1 Main St",
                "day",
                "Tuesday",
                "time",
                "10:30");
        Template.Builder builder = Template.builder("order").text(Locale.ENGLISH, text);
        values.keySet().forEach(builder::variable);
        Template ours = builder.build();
        Mustache mustache = new DefaultMustacheFactory() {
            @Override
            public void encode(String value, Writer writer) {
                try {
                    writer.write(value);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }.compile(new StringReader(text), "order");
        List<Figures> all = Turns.measure(
                "render a compiled template of 6 variables",
                new Entry("mustache.java", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        StringWriter out = new StringWriter();
                        mustache.execute(out, values);
                        sum += out.toString().length();
                    }
                    return sum;
                }),
                new Entry("Textonce", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += ours.render(Locale.ENGLISH, values).text().length();
                    }
                    return sum;
                }));
        verdicts.atMost("template: time to mustache.java", all.get(1).ratio(), 0.5);
    }

    private void webhook() throws GeneralSecurityException {
        Map<String, String> parameters = new TreeMap<>(Map.of(
                "ApiVersion", "2010-04-01",
                "SmsSid", "SM0123456789abcdef0123456789abcdef",
                "SmsStatus", "delivered",
                "RawDlrDoneDate", "2308240502",
                "To", "+12025550123",
                "From", "+12025550100",
                "MessageStatus", "delivered",
                "AccountSid", Samples.ACCOUNT,
                "MessageSid", "SM0123456789abcdef0123456789abcdef"));
        StringBuilder form = new StringBuilder();
        StringBuilder signed = new StringBuilder(HOOK);
        parameters.forEach((name, value) -> {
            form.append(form.length() == 0 ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            signed.append(name).append(value);
        });
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(Samples.TOKEN.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        String signature =
                Base64.getEncoder().encodeToString(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
        byte[] body = form.toString().getBytes(StandardCharsets.UTF_8);
        RequestValidator validator = new RequestValidator(Samples.TOKEN);
        Origin origin = new Origin(TenantId.DEFAULT, "twilio", "main", Instant.EPOCH);
        try (TwilioProvider provider = TwilioProvider.builder()
                .accountSid(Samples.ACCOUNT)
                .authToken(Samples.TOKEN)
                .from(SenderId.of(Samples.FROM))
                .build()) {
            WebhookParser parser = provider.role(WebhookParser.class).orElseThrow();
            List<Figures> all = Turns.measure(
                    "verify and read a delivery report of Twilio's",
                    new Entry("twilio-java, form parse and validator", times -> {
                        long sum = 0;
                        for (int i = 0; i < times; i++) {
                            sum += validator.validate(HOOK, parse(body), signature) ? 1 : 0;
                        }
                        return all(sum, times);
                    }),
                    new Entry("Textonce", times -> {
                        long sum = 0;
                        for (int i = 0; i < times; i++) {
                            WebhookRequest request = WebhookRequest.builder("POST", HOOK)
                                    .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                                    .header("X-Twilio-Signature", signature)
                                    .body(body)
                                    .build();
                            sum += parser.parse(request, origin).events().size();
                        }
                        return all(sum, times);
                    }));
            verdicts.atMost("Twilio webhook: time to twilio-java", all.get(1).ratio(), 0.33);
            verdicts.atMost("Twilio webhook: bytes to twilio-java", all.get(1).bytesRatio(), 0.2);
        }
    }

    static long all(long accepted, int times) {
        if (accepted != times) {
            throw new IllegalStateException("one of them was refused");
        }
        return accepted;
    }

    private static Map<String, String> parse(byte[] body) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
            int equals = pair.indexOf('=');
            parameters.put(
                    URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return parameters;
    }

    /** The limiters alone, on their way of letting pass; what they promise is tested elsewhere. */
    private void limiter() {
        LimitStore store = new InMemoryLimitStore();
        List<LimitStore.Limit> rate = List.of(new LimitStore.Limit(100_000, Duration.ofSeconds(1), 100_000));
        List<LimitStore.Limit> windows = List.of(
                new LimitStore.Limit(1_000, Duration.ofMinutes(1), 0),
                new LimitStore.Limit(1_000, Duration.ofHours(1), 0));
        String[] keys = new String[4096];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "recipient:" + Samples.distinct(i);
        }
        long[] now = {0, 0};
        Turns.measure(
                "take from a limit in memory",
                new Entry("System.nanoTime, for scale", times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += System.nanoTime();
                    }
                    return sum;
                }),
                new Entry("Textonce, 100,000 a second, one key", times -> {
                    long passed = 0;
                    for (int i = 0; i < times; i++) {
                        now[0] += 20_000;
                        passed += take(store, "provider:one", rate, now[0]);
                    }
                    return all(passed, times);
                }),
                new Entry("Textonce, two exact windows, 4,096 keys", times -> {
                    long passed = 0;
                    for (int i = 0; i < times; i++) {
                        now[1] += 1_000_000;
                        // In turn, over all slices: else some keys come more often and are refused.
                        passed += take(store, keys[(int) (now[1] / 1_000_000) & 4095], windows, now[1]);
                    }
                    return all(passed, times);
                }));
    }

    private static int take(LimitStore store, String key, List<LimitStore.Limit> limits, long nanos) {
        return store.take(TenantId.DEFAULT, key, limits, 1, Instant.ofEpochSecond(0, nanos))
                        .isZero()
                ? 1
                : 0;
    }

    private void pipeline() {
        try (TextonceContender repeated = TextonceContender.withoutTransport("repeated", Samples::repeated);
                TextonceContender distinct = TextonceContender.withoutTransport("distinct", Samples::distinct)) {
            int[] next = {0, 0};
            List<Figures> all = Turns.measure(
                    "a send without transport, recorded and limited",
                    new Entry("Textonce, repeated recipients", times -> next[0] = send(repeated, next[0], times)),
                    new Entry("Textonce, distinct recipients", times -> next[1] = send(distinct, next[1], times)));
            verdicts.atMost("pipeline without transport: ns", all.get(0).nanos(), 1000);
            verdicts.atMost("pipeline without transport: bytes", all.get(0).bytes(), 1000);
        }
    }

    private static int send(TextonceContender contender, int from, int times) {
        for (int i = 0; i < times; i++) {
            contender.send(from + i);
        }
        return from + times;
    }

    /** Equal length, different content, so that no compiler folds the work. */
    private static String[] variants(String text) {
        String[] all = new String[8];
        for (int i = 0; i < all.length; i++) {
            all[i] = (char) ('A' + i) + text.substring(1);
        }
        return all;
    }
}
