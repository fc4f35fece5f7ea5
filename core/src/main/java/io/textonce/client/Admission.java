package io.textonce.client;

import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.Quote;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.PreferenceSource.Choice;
import io.textonce.phone.PhoneCheck;
import io.textonce.phone.PhoneNumbers;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.template.TemplateException;
import io.textonce.text.Encoding;
import io.textonce.text.Offender;
import io.textonce.text.Segmenter;
import io.textonce.text.SmartEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Turns a message as the host wrote it into one that can be submitted, or says why not. Once for each message. */
final class Admission {

    /** What admission came to. */
    sealed interface Verdict {}

    /** A message that can be submitted: normalised, rendered, counted, with the providers that can take it. */
    record Admitted(SmsMessage message, PhoneNumber to, String text, Quote quote, List<ProviderSlot> candidates)
            implements Verdict {

        /** Without the text. */
        @Override
        public String toString() {
            return "Admitted[" + to + "]";
        }
    }

    /** Why a message can't be submitted; {@code own} if it lies in its recipient, their choice, text or values, not in what many share. */
    record Refused(
            Reason reason,
            String explanation,
            @Nullable PhoneNumber to,
            String text,
            @Nullable Quote quote,
            boolean own)
            implements Verdict {

        Refused(Reason reason, String explanation, @Nullable PhoneNumber to, String text, @Nullable Quote quote) {
            this(
                    reason,
                    explanation,
                    to,
                    text,
                    quote,
                    reason == Reason.RECIPIENT || reason == Reason.CONTENT || reason == Reason.OPTED_OUT);
        }

        /** Without the text. */
        @Override
        public String toString() {
            return "Refused[" + reason + ", " + explanation + "]";
        }
    }

    private final PhoneNumbers phones;
    private final Map<String, PhoneNumbers> regions = new ConcurrentHashMap<>();
    private final boolean mobileOnly;
    private final @Nullable TemplateRepository templates;
    private final SmartEncoding smartEncoding;
    private final @Nullable RateCard rates;
    private final @Nullable Allowed allowed;
    private final Wishes wishes;

    Admission(
            PhoneNumbers phones,
            boolean mobileOnly,
            @Nullable TemplateRepository templates,
            SmartEncoding smartEncoding,
            @Nullable RateCard rates,
            @Nullable Allowed allowed,
            Wishes wishes) {
        this.phones = phones;
        this.mobileOnly = mobileOnly;
        this.templates = templates;
        this.smartEncoding = smartEncoding;
        this.rates = rates;
        this.allowed = allowed;
        this.wishes = wishes;
    }

    Verdict admit(SmsMessage message, ProviderSlots providers) {
        return admit(message, providers, wishes);
    }

    /** Leaves it to somebody else to ask what people chose. */
    Verdict admitUnasked(SmsMessage message, ProviderSlots providers) {
        return admit(message, providers, Wishes.NONE);
    }

    private Verdict admit(SmsMessage message, ProviderSlots providers, Wishes chosen) {
        PhoneNumber to = message.number().orElse(null);
        if (to == null || mobileOnly) {
            PhoneNumbers reader = reader(message);
            if (reader == null) {
                return new Refused(
                        Reason.RECIPIENT,
                        "the message's region has no telephone numbers; give two letters of ISO 3166, such as IN",
                        null,
                        "",
                        null);
            }
            PhoneCheck check = reader.check(message.to());
            to = check.number().orElse(null);
            String problem = check.problem().orElse(null);
            if (problem == null && mobileOnly && !check.mobile()) {
                problem = "the recipient isn't a valid mobile number, and the client sends to mobiles only";
            }
            if (to == null || problem != null) {
                return new Refused(
                        Reason.RECIPIENT, problem == null ? "the recipient isn't a number" : problem, to, "", null);
            }
        }
        String elsewhere = allowed == null ? null : allowed.problem(message.category(), to, phones);
        if (elsewhere != null) {
            return new Refused(Reason.BLOCKED, elsewhere, to, "", null);
        }
        if (message.from().map(SenderId::kind).orElse(null) == SenderId.Kind.OTHER) {
            return new Refused(
                    Reason.SENDER,
                    "the wanted sender is no number, short code, name or pool; see SenderId",
                    to,
                    "",
                    null);
        }
        String text;
        try {
            Template template = template(message);
            Choice choice = chosen.of(message, template == null ? Set.of() : template.locales());
            String unwanted = choice.refusal().orElse(null);
            if (unwanted != null) {
                return new Refused(Reason.OPTED_OUT, unwanted, to, "", null);
            }
            text = text(message, template, choice);
        } catch (TemplateException e) {
            boolean own = e.kind() == TemplateException.Kind.VARIABLES;
            return new Refused(Reason.TEMPLATE, String.valueOf(e.getMessage()), to, "", null, own);
        }
        List<ProviderSlot> order = providers.order(message, to);
        if (text.isBlank()
                && message.media().isEmpty()
                && order.stream().allMatch(slot -> extra(slot, message).isEmpty())) {
            return new Refused(
                    Reason.CONTENT, "there is nothing to send: the text is empty and there are no media", to, "", null);
        }
        return route(message, to, text, order, providers);
    }

    /** Who reads the recipient; null if the message names a region that doesn't exist. */
    private @Nullable PhoneNumbers reader(SmsMessage message) {
        String region = message.region().orElse(null);
        if (region == null) {
            return phones;
        }
        PhoneNumbers known = regions.get(region);
        if (known != null) {
            return known;
        }
        try {
            PhoneNumbers created = PhoneNumbers.region(region);
            regions.put(region, created);
            return created;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Null if the message is made from none. */
    private @Nullable Template template(SmsMessage message) {
        SmsMessage.TemplateUse use = message.template().orElse(null);
        if (use == null) {
            return null;
        }
        if (templates == null) {
            throw TemplateException.noRepository(use.id());
        }
        Template template =
                find(templates, message.tenant(), use.id()).orElseThrow(() -> TemplateException.notFound(use.id()));
        template.requireUsable(message.tenant());
        return template;
    }

    private static String text(SmsMessage message, @Nullable Template template, Choice choice) {
        if (template == null) {
            return message.text().orElse("");
        }
        SmsMessage.TemplateUse use = message.template().orElseThrow();
        return template.render(choice.language().orElse(use.locale()), use.variables())
                .text();
    }

    private static Optional<Template> find(TemplateRepository templates, TenantId tenant, String id) {
        try {
            return templates.find(tenant, id);
        } catch (TemplateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new SmsStoreException("TemplateRepository.find", e);
        }
    }

    private Verdict route(
            SmsMessage message, PhoneNumber to, String text, List<ProviderSlot> order, ProviderSlots providers) {
        List<ProviderSlot> candidates = new ArrayList<>(order.size());
        Reason reason = Reason.ROUTE;
        String obstacle = providers.nobody();
        Quote quote = null;
        String sent = text;
        List<String> warnings = List.of();
        if (smartEncoding.level() != SmartEncoding.Level.NONE && !order.isEmpty()) {
            SmartEncoding.Report report = smartEncoding.apply(text, order.get(0).segmenter());
            sent = report.text();
            warnings = replaced(report);
        }
        int most = allowed == null ? Integer.MAX_VALUE : allowed.maxSegments(message.category());
        for (ProviderSlot slot : order) {
            long measured = slot.segmenter().measure(sent);
            if (quote == null) {
                quote = quote(rates, slot, to, sent, measured, warnings);
            }
            int maxMedia = slot.capabilities().maxMedia();
            if (Segmenter.tooLong(measured)) {
                reason = Reason.CONTENT;
                obstacle = slot.segmenter().segment(sent).explanation();
            } else if (!sent.isEmpty() && Segmenter.segments(measured) > most) {
                reason = Reason.CONTENT;
                obstacle = "the text has " + Segmenter.segments(measured) + " segments in "
                        + Segmenter.encoding(measured).label() + ", at most " + most
                        + (most == 1 ? " is" : " are") + " allowed; shorten it";
            } else if (message.media().size() > maxMedia) {
                reason = Reason.REQUEST;
                obstacle = slot.name() + " takes " + (maxMedia == 0 ? "no media" : "at most " + maxMedia + " media");
            } else if (message.senderRequired()
                    && !slot.capabilities().owns(message.from().orElseThrow())) {
                reason = Reason.SENDER;
                obstacle = "the required sender isn't one of " + slot.name() + "'s";
            } else {
                if (candidates.isEmpty() && slot != order.get(0)) {
                    quote = quote(rates, slot, to, sent, measured, warnings);
                }
                candidates.add(slot);
            }
        }
        return candidates.isEmpty()
                ? new Refused(reason, obstacle, to, text, quote)
                : new Admitted(message, to, sent, Objects.requireNonNull(quote), candidates);
    }

    /** The quote that a person reads, warnings included. */
    Quote explain(SmsMessage message, ProviderSlots providers) {
        Verdict verdict = admit(message, providers);
        if (verdict instanceof Refused refused) {
            Quote counted = refused.quote();
            Quote quote = counted == null ? Quote.of(Encoding.GSM_7, 0, 0, null, List.of()) : counted;
            return quote.refused(refused.explanation());
        }
        Admitted admitted = (Admitted) verdict;
        ProviderSlot first = admitted.candidates().get(0);
        long measured = first.segmenter().measure(admitted.text());
        List<String> warnings = new ArrayList<>(admitted.quote().warnings());
        warnings.addAll(warnings(first, admitted.text()));
        return quote(rates, first, admitted.to(), admitted.text(), measured, warnings);
    }

    /** Every substitution that smart encoding made, by place in the text as given. */
    private static List<String> replaced(SmartEncoding.Report report) {
        if (!report.adopted()) {
            return List.of();
        }
        List<String> out = new ArrayList<>(report.substitutions().size());
        for (SmartEncoding.Substitution each : report.substitutions()) {
            out.add(String.format(
                    Locale.ROOT,
                    "smart encoding: U+%04X at %d became \"%s\"",
                    each.codePoint(),
                    each.index(),
                    each.replacement()));
        }
        return out;
    }

    private static List<String> warnings(ProviderSlot slot, String text) {
        List<Offender> offenders = slot.segmenter().segment(text).offenders();
        if (offenders.isEmpty()) {
            return List.of();
        }
        StringBuilder out = new StringBuilder();
        for (Offender offender : offenders.subList(0, Math.min(3, offenders.size()))) {
            out.append(out.length() == 0 ? "" : ", ")
                    .append(String.format(Locale.ROOT, "U+%04X at %d", offender.codePoint(), offender.index()));
        }
        return List.of(offenders.size() + " character(s) force UCS-2: " + out + (offenders.size() > 3 ? ", ..." : ""));
    }

    static Quote quote(
            @Nullable RateCard rates,
            ProviderSlot slot,
            PhoneNumber to,
            String text,
            long measured,
            List<String> warnings) {
        int segments = text.isEmpty() ? 0 : Segmenter.segments(measured);
        Money cost = rates == null
                ? null
                : rates.perSegment(slot.name(), to)
                        .map(rate -> rate.times(segments))
                        .orElse(null);
        return Quote.of(Segmenter.encoding(measured), segments, (int) Segmenter.units(measured), cost, warnings);
    }

    static Map<String, String> extra(ProviderSlot slot, SmsMessage message) {
        Map<String, String> own = message.extra(slot.name());
        return own.isEmpty() ? message.extra(slot.provider().kind()) : own;
    }
}
