package io.textonce.twilio;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.textonce.Money;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.http.FormWriter;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTarget;
import io.textonce.spi.http.HttpTransport;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages and the balance. By sid the answer is exact. Without one, the list of messages to the recipient is
 * searched for the same text created at about the time of the submit: that may find the message, and never proves that
 * there is none, because Twilio doesn't know our id.
 */
final class MessageLookup implements StatusLookup, BalanceQuery {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    /** Twilio's clock may differ from ours; a request may wait in a network as long as a submit may take. */
    private static final Duration BEFORE = Duration.ofMinutes(1);

    private static final Duration AFTER = Duration.ofMinutes(10);
    private static final int MOST_PAGES = 10;
    private static final String PAGE_SIZE = "200";
    /** What Twilio puts before each text of a trial account. */
    private static final String TRIAL = "Sent from your Twilio trial account - ";

    private final Settings settings;
    private final HttpTransport transport;
    private final Map<String, String> headers;
    private final HttpTarget account;

    MessageLookup(Settings settings, HttpTransport transport) {
        this.settings = settings;
        this.transport = transport;
        this.headers = Map.of("Authorization", settings.authorization(), "Accept", "application/json");
        this.account = transport.get(settings.accountUrl(), headers);
    }

    @Override
    public StatusLookup.Answer find(Query query) {
        String sid = query.providerMessageId().orElse(null);
        if (sid == null) {
            return search(query);
        }
        if (!Sid.isMessage(sid)) {
            return new Inconclusive("the provider's id isn't a message sid of Twilio's");
        }
        MessageJson message;
        try {
            message = MessageJson.read(fetch(account.path("Messages", sid + ".json")));
        } catch (IOException failed) {
            return new Inconclusive(explain(failed));
        }
        return sid.equals(message.sid) && message.status != null
                ? found(message, message.status)
                : new Inconclusive("Twilio's answer isn't the message that was asked for");
    }

    @Override
    public BalanceQuery.Answer balance() {
        @Nullable String[] fields = new @Nullable String[2];
        try {
            Json.read(fetch(account.path("Balance.json")), (name, value) -> {
                if (name.equals("balance")) {
                    fields[0] = Json.text(value);
                } else if (name.equals("currency")) {
                    fields[1] = Json.text(value);
                }
            });
        } catch (IOException failed) {
            return new BalanceQuery.Answer(null, explain(failed));
        }
        Money balance = MessageJson.money(fields[0], fields[1], false);
        return new BalanceQuery.Answer(
                balance, balance == null ? "Twilio's answer holds no balance; a subaccount has none of its own" : "");
    }

    private StatusLookup.Answer search(Query query) {
        if (query.text().isEmpty()) {
            return new Inconclusive("a message without text can't be recognised in Twilio's list");
        }
        String day = DateTimeFormatter.ISO_LOCAL_DATE.format(
                query.submittedAt().minus(BEFORE).atZone(ZoneOffset.UTC));
        Search search = new Search(query);
        try {
            HttpTarget page = account.path("Messages.json")
                    .query(FormWriter.query()
                            .add("To", query.to().e164())
                            .add("DateSent>", day)
                            .add("PageSize", PAGE_SIZE));
            for (int pages = 1; page != null; pages++) {
                if (pages > MOST_PAGES) {
                    return new Inconclusive("Twilio's list of messages to this recipient is too long to read");
                }
                search.next = null;
                Json.read(fetch(page), search);
                page = next(search.next);
            }
        } catch (IOException failed) {
            return new Inconclusive(explain(failed));
        }
        return search.answer();
    }

    /** The next page; null at the end. It is given relative to the host, and no other host gets our credentials. */
    private @Nullable HttpTarget next(@Nullable String uri) throws IOException {
        if (uri == null || uri.isEmpty()) {
            return null;
        }
        if (!uri.startsWith("/2010-04-01/Accounts/" + settings.accountSid() + "/Messages.json?")) {
            throw new IOException("Twilio's list continues at another place, which isn't followed");
        }
        try {
            return transport.get(settings.baseUrl() + uri, headers);
        } catch (IllegalArgumentException malformed) {
            throw new IOException("Twilio's list continues at a place that isn't a URL", malformed);
        }
    }

    private static byte[] fetch(HttpTarget target) throws IOException {
        HttpOutcome outcome = target.call(TIMEOUT);
        if (!(outcome instanceof HttpOutcome.Reply reply)) {
            throw new IOException(outcome.<String>fold(
                    whole -> "", unsent -> unsent.explanation(), HttpOutcome.Unanswered::explanation));
        }
        if (reply.status() == 200) {
            return reply.body();
        }
        int code = SubmitResponse.errorCode(reply.body());
        throw new IOException(
                code < 0
                        ? "Twilio answered " + reply.status()
                        : ErrorCodes.explain(
                                code,
                                ErrorCodes.find(code)
                                        .map(ErrorCodes.Meaning::hint)
                                        .orElse("Twilio answered " + reply.status() + ".")));
    }

    /** Only our own texts: a JSON error would quote the answer, which holds a text and numbers. */
    private static String explain(IOException failed) {
        String message = failed.getMessage();
        return failed.getClass() == IOException.class && message != null
                ? message
                : "Twilio's answer isn't the JSON that was expected";
    }

    private static Found found(MessageJson message, String status) {
        return new Found(
                Objects.requireNonNull(message.sid),
                Statuses.of(status, message.errorCode),
                message.segments > 0 ? message.segments : -1,
                message.price());
    }

    /** Goes through pages of messages and keeps those that can only be the one that was asked for. */
    private static final class Search implements Json.Fields {
        private final Query query;
        private final Map<String, MessageJson> matches = new HashMap<>();
        private @Nullable String next;

        Search(Query query) {
            this.query = query;
        }

        @Override
        public void field(String name, JsonParser value) throws IOException {
            if (name.equals("next_page_uri")) {
                next = Json.text(value);
            } else if (name.equals("messages") && value.currentToken() == JsonToken.START_ARRAY) {
                while (value.nextToken() == JsonToken.START_OBJECT) {
                    MessageJson message = new MessageJson();
                    Json.object(value, message);
                    String sid = message.sid;
                    if (sid != null && isIt(sid, message)) {
                        matches.put(sid, message);
                    }
                }
            }
        }

        StatusLookup.Answer answer() {
            if (matches.isEmpty()) {
                return new Inconclusive("Twilio lists no such message; that doesn't prove that there is none");
            }
            if (matches.size() > 1) {
                return new Inconclusive(
                        "Twilio lists " + matches.size() + " messages with this text at about that time");
            }
            MessageJson only = matches.values().iterator().next();
            return only.status == null
                    ? new Inconclusive("Twilio lists the message without a status")
                    : found(only, only.status);
        }

        private boolean isIt(String sid, MessageJson message) {
            boolean same = message.body != null
                    && (message.body.equals(query.text()) || message.body.equals(TRIAL + query.text()));
            if (!same
                    || !Sid.isMessage(sid)
                    || query.isOfAnother(sid)
                    || !query.to().e164().equals(message.to)
                    || message.direction == null
                    || !message.direction.startsWith("outbound")) {
                return false;
            }
            Instant created = instant(message.created);
            return created != null
                    && !created.isBefore(query.submittedAt().minus(BEFORE))
                    && !created.isAfter(query.submittedAt().plus(AFTER));
        }

        /** RFC 2822, such as {@code Thu, 24 Aug 2023 05:01:45 +0000}. */
        private static @Nullable Instant instant(@Nullable String rfc2822) {
            try {
                return rfc2822 == null
                        ? null
                        : ZonedDateTime.parse(rfc2822, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant();
            } catch (DateTimeException unreadable) {
                return null;
            }
        }
    }
}
