package io.textonce.gateway;

import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.gateway.Spec.Encoded;
import io.textonce.gateway.Spec.NumberFormat;
import io.textonce.gateway.Spec.Send;
import io.textonce.gateway.Spec.TextAs;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.text.Encoding;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmenter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Submissions as the values of a profile's variables, or why the gateway can't express them. */
final class SubmitRequest {

    private static final Segmenter SEGMENTER = Segmenter.of(SegmentPolicy.GENERIC);

    private final Send send;
    private final @Nullable PhoneNumbers national;
    private final @Nullable String callback;
    private final List<Pair> callbackQuery;
    private final Set<String> extras;

    /**
     * Prepares.
     *
     * @param callback where the gateway reports to, or null
     * @param callbackQuery what is added to it, settings and secrets put in
     * @param extras the options that a message may have
     */
    SubmitRequest(Send send, @Nullable String callback, List<Pair> callbackQuery, Set<String> extras) {
        this.send = send;
        String region = send.recipients().nationalRegion();
        this.national = region == null ? null : PhoneNumbers.region(region);
        this.callback = callback;
        this.callbackQuery = callbackQuery;
        this.extras = extras;
    }

    /** Why nothing can be sent; null if something can. */
    @Nullable
    SubmitReply refusal(Submission submission) {
        if (!submission.media().isEmpty()) {
            return SubmitReply.invalid(
                    Reason.CONTENT, "the message has media, which no profile sends: leave them out.");
        }
        if (submission.text().isEmpty()) {
            return SubmitReply.invalid(Reason.CONTENT, "the message has no text.");
        }
        if (submission.text().length() > send.maxChars()) {
            return SubmitReply.invalid(
                    Reason.CONTENT,
                    "the text has " + submission.text().length() + " characters; the gateway takes " + send.maxChars()
                            + ".");
        }
        for (String option : submission.extra().keySet()) {
            if (!extras.contains(option)) {
                return SubmitReply.invalid(
                        Reason.REQUEST,
                        "extra " + JsonObject.shown(option) + " isn't known to the profile; known are "
                                + (extras.isEmpty() ? "none" : String.join(", ", extras)) + ".");
            }
        }
        Duration validity = submission.validity().orElse(null);
        return validity != null && validity.toSeconds() < 1
                ? SubmitReply.invalid(Reason.EXPIRED, "less than one second of validity is left.")
                : null;
    }

    /** The values for submissions that differ in recipient and id alone. */
    Values values(List<Submission> batch, @Nullable SenderId from, Function<String, @Nullable String> secrets) {
        Submission first = batch.get(0);
        List<Values.To> recipients = new ArrayList<>(batch.size());
        for (Submission each : batch) {
            recipients.add(new Values.To(format(each.to()), each.messageId().value()));
        }
        Map<String, String> more = new HashMap<>();
        first.extra().forEach((name, value) -> more.put(Values.EXTRA + name, value));
        if (first.segments() > 1) {
            more.put(Values.PARTS, Integer.toString(Math.min(first.segments(), send.maxParts())));
        }
        Duration validity = first.validity().orElse(null);
        if (validity != null) {
            more.put(Values.VALIDITY_SECONDS, Long.toString(validity.toSeconds()));
            more.put(Values.VALIDITY_MINUTES, Long.toString(Math.max(1, validity.toMinutes())));
        }
        return values(recipients, from == null ? null : from.value(), first.text(), more, secrets);
    }

    /** The same of plain values; for vectors too. */
    Values values(
            List<Values.To> recipients,
            @Nullable String sender,
            String text,
            Map<String, String> more,
            Function<String, @Nullable String> secrets) {
        String from = sender != null && !send.senderPlus() && sender.startsWith("+") ? sender.substring(1) : sender;
        Encoded encoded = encoded(text);
        TextAs as = encoded == null ? TextAs.UTF8 : encoded.textAs();
        byte[] octets = as == TextAs.UTF8 ? null : text.getBytes(StandardCharsets.UTF_16BE);
        String written =
                octets != null && as == TextAs.HEX_UTF16BE ? HexFormat.of().formatHex(octets) : text;
        byte[] raw = as == TextAs.PERCENT_UTF16BE ? octets : null;
        if (callback == null) {
            return new Values(recipients, send.separator(), from, written, raw, more, secrets);
        }
        Map<String, String> all = new HashMap<>(more);
        all.put(
                Values.CALLBACK,
                callback(callback, new Values(recipients, send.separator(), from, written, raw, more, secrets)));
        return new Values(recipients, send.separator(), from, written, raw, all, secrets);
    }

    /** What a text's encoding adds to the request. */
    List<Pair> params(String text) {
        Encoded encoded = encoded(text);
        return encoded == null ? List.of() : encoded.params();
    }

    private @Nullable Encoded encoded(String text) {
        if (send.gsm7() == null && send.ucs2() == null) {
            return null;
        }
        return Segmenter.encoding(SEGMENTER.measure(text)) == Encoding.GSM_7 ? send.gsm7() : send.ucs2();
    }

    /** Our URL: values are escaped in it, the gateway's own escapes stand as they are. */
    private String callback(String base, Values values) {
        StringBuilder url = new StringBuilder(base);
        char separator = base.indexOf('?') < 0 ? '?' : '&';
        for (Pair pair : callbackQuery) {
            boolean there = pair.with() == null || values.get(pair.with()) != null;
            String value =
                    there ? pair.value().render(values, each -> URLEncoder.encode(each, StandardCharsets.UTF_8)) : null;
            if (value != null) {
                url.append(separator).append(pair.name()).append('=').append(value);
                separator = '&';
            }
        }
        return url.toString();
    }

    String format(PhoneNumber number) {
        NumberFormat format = send.recipients();
        String e164 = number.e164();
        for (Map.Entry<String, String> prefix : format.replaced().entrySet()) {
            if (e164.startsWith(prefix.getKey())) {
                return prefix.getValue() + e164.substring(prefix.getKey().length());
            }
        }
        String region = format.nationalRegion();
        if (national != null
                && region != null
                && national.regionOf(number).filter(region::equals).isPresent()) {
            return national.national(number).replaceAll("[^0-9]", "");
        }
        return format.plus() ? e164 : e164.substring(1);
    }
}
