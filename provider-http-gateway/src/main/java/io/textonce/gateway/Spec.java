package io.textonce.gateway;

import com.google.re2j.Pattern;
import io.textonce.DeliveryStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A profile that was found right, in the terms of the code that follows it. */
record Spec(
        String id,
        String displayName,
        Map<String, String> settings,
        @Nullable String countryCode,
        Send send,
        @Nullable Balance balance,
        @Nullable Hook reports,
        @Nullable Hook inbound,
        List<Vouch> vouches) {

    /** In one request; a bound on what an answer may cost to read. No gateway known takes more. */
    static final int MOST_RECIPIENTS = 4_000;

    /** How numbers are written. */
    record NumberFormat(
            boolean plus,
            Map<String, String> replaced,
            @Nullable String nationalRegion) {}

    /** A request. */
    record Call(
            String method,
            Template url,
            List<Pair> query,
            List<Pair> headers,
            @Nullable Auth auth,
            Body body) {}

    /** The Authorization header, or one like it; the value alone, or user and password. */
    record Auth(
            String header,
            String prefix,
            Template value,
            @Nullable Template password) {}

    enum BodyKind {
        NONE,
        FORM,
        MULTIPART,
        JSON,
        TEXT
    }

    /** What a request carries. */
    record Body(BodyKind kind, List<Pair> fields, @Nullable JsonBody json, Template text, String contentType) {
        static final Body NONE = new Body(BodyKind.NONE, List.of(), null, Template.literal(""), "");
    }

    enum TextAs {
        UTF8,
        HEX_UTF16BE,
        PERCENT_UTF16BE
    }

    /** What is added for an encoding, and how its text is written. */
    record Encoded(List<Pair> params, TextAs textAs) {}

    /** Sending. */
    record Send(
            Call call,
            NumberFormat recipients,
            boolean senderPlus,
            String separator,
            int maxRecipients,
            int maxChars,
            int maxParts,
            @Nullable Encoded gsm7,
            @Nullable Encoded ucs2,
            List<Pair> callbackQuery,
            Response response) {}

    enum Format {
        LINES,
        JSON,
        FORM,
        TEXT
    }

    /** A refusal, or what leaves the outcome unknown. */
    record Rule(Condition when, ErrorClass is) {}

    /** How an answer is cut into items. */
    record Layout(
            Format format, List<Pattern> lines, @Nullable Path items) {}

    /** What an answer to a submit proves. */
    record Response(
            Layout layout,
            Statuses okStatus,
            List<Condition> requestFailure,
            Condition accepted,
            @Nullable Field recipient,
            @Nullable Field messageId,
            @Nullable Field code,
            boolean fanOut,
            List<Rule> errors) {}

    /** Asking for the balance. */
    record Balance(
            Call call,
            Layout layout,
            Statuses okStatus,
            Field value,
            @Nullable Field currency,
            List<Rule> errors) {}

    enum Source {
        QUERY,
        FORM,
        JSON,
        ANY
    }

    enum DecodeAs {
        HEX_UTF16BE,
        RAW_UTF16BE,
        GSM0338,
        PERCENT_UTF16BE,
        PERCENT_LATIN1
    }

    /** The text stands elsewhere, or in other octets than UTF-8. */
    record Decode(Condition when, Path field, DecodeAs as) {}

    /** Media inside a message. */
    record MediaList(Path items, Map<String, Field> fields) {}

    /** A word of the gateway's in ours; null where nothing else is said. */
    record Word(DeliveryStatus status, boolean refused) {}

    /** A kind of webhook. */
    record Hook(
            boolean report,
            Source source,
            Path items,
            List<Condition> match,
            Map<String, Field> fields,
            Map<String, Word> statusMap,
            boolean unwrapParentheses,
            boolean dropUnrendered,
            List<Decode> textDecode,
            @Nullable MediaList media,
            List<Times> times,
            Ack ack) {

        /** Whether what is of one kind may be of the other: one walk over the items serves both. */
        boolean sharesItemsWith(Hook other) {
            return source == other.source && items.toString().equals(other.items.toString());
        }
    }

    /** What the gateway wants to hear. */
    record Ack(int status, String contentType, String body) {}

    enum VouchKind {
        BASIC,
        HEADER_SECRET,
        QUERY_SECRET,
        IP_ALLOW,
        HMAC,
        RSA
    }

    /** How a webhook proves whom it is from. */
    record Vouch(
            VouchKind kind,
            String name,
            String algorithm,
            boolean hex,
            String prefix,
            List<String> signed,
            String separator,
            @Nullable String timestampHeader,
            @Nullable Duration tolerance,
            @Nullable String keyIdHeader,
            @Nullable String digestHeader,
            List<Cidr> networks) {

        /** Whether it vouches for the webhook's own URL. */
        boolean coversQuery() {
            return switch (kind) {
                case HMAC, RSA ->
                    signed.contains("URL") || signed.contains("RAW_QUERY") || signed.contains("REQUEST_LINE");
                default -> true;
            };
        }
    }
}
