package io.textonce.example.platform;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.example.platform.Composer.Wanted;
import io.textonce.outbox.Change;
import io.textonce.outbox.EnqueueReceipt;
import io.textonce.outbox.SmsOutbox;
import io.textonce.phone.PhoneCheck;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.TimeSource;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Single messages: sent now or later, looked up, cancelled. */
@RestController
@RequestMapping("/api/sms")
final class MessagesApi {

    private static final int MOST_RECIPIENTS = 1_000;

    record Bulk(
            @Nullable List<String> phoneNumbers,
            @Nullable String message,
            @Nullable String messageType) {}

    record Written(
            @Nullable String phoneNumber, @Nullable String countryCode) {}

    private final Composer composer;
    private final SmsOutbox outbox;
    private final MessageRepository messages;
    private final TimeSource time;

    MessagesApi(Composer composer, SmsOutbox outbox, MessageRepository messages, TimeSource time) {
        this.composer = composer;
        this.outbox = outbox;
        this.messages = messages;
        this.time = time;
    }

    /** 201: a provider has it. 202: nobody knows whether it exists, and it isn't sent again. Otherwise nothing was sent. */
    @PostMapping({"/send", "/send-templated"})
    ResponseEntity<Map<String, Object>> send(
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody Wanted wanted) {
        SendResult result = composer.send(message(caller, wanted, key));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("message_id", result.messageId().value());
        answer.put("status", result.outcome().name().toLowerCase(Locale.ROOT));
        result.quote().ifPresent(quote -> answer.put("segments", quote.segments()));
        result.quote().flatMap(quote -> quote.cost()).ifPresent(cost -> answer.put("estimated_cost", money(cost)));
        URI status = URI.create("/api/sms/messages/" + result.messageId().value() + "/status");
        return result.fold(
                accepted -> {
                    answer.put("provider", accepted.provider());
                    return ResponseEntity.created(status).body(answer);
                },
                rejected -> {
                    rejected.orThrow();
                    return ResponseEntity.internalServerError().build();
                },
                unknown -> {
                    answer.put("provider", unknown.provider());
                    answer.put("explanation", unknown.explanation() + " Don't send it again; its status may tell.");
                    return ResponseEntity.accepted().location(status).body(answer);
                });
    }

    private SmsMessage message(Caller caller, Wanted wanted, @Nullable String key) {
        Check check = new Check();
        SmsMessage message = composer.message(caller, wanted, key, "", check);
        check.done();
        return Objects.requireNonNull(message);
    }

    /** All are checked first; then all are in the outbox, in one transaction, or none is. */
    @PostMapping("/send-bulk")
    @ResponseStatus(HttpStatus.ACCEPTED)
    List<Map<String, Object>> sendBulk(
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody Bulk bulk) {
        List<String> numbers = bulk.phoneNumbers() == null ? List.of() : bulk.phoneNumbers();
        Check check = new Check();
        if (numbers.isEmpty() || numbers.size() > MOST_RECIPIENTS) {
            check.problem("phone_numbers", "has " + numbers.size() + " numbers; 1 to " + MOST_RECIPIENTS + " are taken");
            check.done();
        }
        List<SmsMessage> all = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            Wanted wanted = Wanted.text(numbers.get(i), bulk.message(), bulk.messageType());
            SmsMessage message = composer.message(caller, wanted, key, "[" + i + "].", check);
            if (message != null) {
                all.add(message);
            }
        }
        check.done();
        return outbox.enqueueAll(all).stream().map(MessagesApi::receipt).toList();
    }

    private static Map<String, Object> receipt(EnqueueReceipt receipt) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("message_id", receipt.messageId().value());
        answer.put("status", receipt.status().name().toLowerCase(Locale.ROOT));
        receipt.refusal().ifPresent(refusal -> answer.put("explanation", refusal.explanation()));
        return answer;
    }

    @PostMapping("/schedule")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Map<String, Object> schedule(
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody Wanted wanted) {
        Check check = new Check();
        SmsMessage message = composer.message(caller, wanted, key, "", check);
        Instant at = wanted.scheduledTime();
        if (at == null || at.isBefore(time.now())) {
            check.problem("scheduled_time", "is missing, or over; give an instant such as 2027-03-15T10:00:00Z");
        }
        check.done();
        Map<String, Object> answer = receipt(outbox.enqueue(Objects.requireNonNull(message), Objects.requireNonNull(at))
                .orThrow());
        answer.put("scheduled_time", at);
        return answer;
    }

    @GetMapping("/messages/{id}/status")
    View status(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("id") String id) {
        return View.of(find(caller, id));
    }

    @PostMapping("/messages/{id}/cancel")
    View cancel(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("id") String id) {
        MessageRecord message = find(caller, id);
        Change change = outbox.cancel(caller.tenant(), message.id());
        if (!change.isDone()) {
            String state = change.state().map(Enum::name).orElse("sent at once");
            throw new ResponseStatusException(HttpStatus.CONFLICT, "It is too late: the message is " + state + ".");
        }
        return View.of(find(caller, id));
    }

    /** What somebody else's is, isn't there. */
    private MessageRecord find(Caller caller, String id) {
        return Optional.of(id)
                .filter(MessageId::isWellFormed)
                .flatMap(known -> messages.find(caller.tenant(), MessageId.of(known)))
                .filter(caller::sees)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such message."));
    }

    @GetMapping("/history")
    List<View> history(
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
            @RequestParam(name = "user_id", required = false) @Nullable String user,
            @RequestParam(name = "status", required = false) @Nullable String status,
            @RequestParam(name = "message_type", required = false) @Nullable String type,
            @RequestParam(name = "before", required = false) @Nullable String before,
            @RequestParam(name = "limit", defaultValue = "50") int limit) {
        Check check = new Check();
        MessageQuery query = narrowed(check, "limit", caller.visible(), all -> all.limit(limit));
        query = user == null ? query : narrowed(check, "user_id", query, all -> all.label(Composer.USER, user));
        query = type == null ? query : narrowed(check, "message_type", query, all -> all.label(Composer.KIND, type));
        query = before == null ? query : narrowed(check, "before", query, all -> all.before(MessageId.of(before)));
        query = status == null ? query : narrowed(check, "status", query, all -> withStatus(all, status));
        check.done();
        return messages.query(caller.tenant(), query).stream().map(View::of).toList();
    }

    private interface Narrowing {
        MessageQuery of(MessageQuery all);
    }

    private static MessageQuery narrowed(Check check, String field, MessageQuery query, Narrowing narrowing) {
        MessageQuery next = check.attempt(field, () -> narrowing.of(query));
        return next == null ? query : next;
    }

    /** What became of it here, such as rejected, or what was reported of it, such as delivered. */
    private static MessageQuery withStatus(MessageQuery query, String status) {
        String name = status.toUpperCase(Locale.ROOT);
        for (MessageState state : MessageState.values()) {
            if (state.name().equals(name)) {
                return query.state(state);
            }
        }
        return query.status(DeliveryStatus.valueOf(name.equals("FAILED") ? "UNDELIVERED" : name));
    }

    @PostMapping("/validate-phone")
    Map<String, Object> validate(@RequestBody Written number) {
        Check check = new Check();
        PhoneCheck checked =
                check.attempt("country_code", () -> composer.number(number.phoneNumber(), number.countryCode()));
        check.done();
        Map<String, Object> answer = new LinkedHashMap<>();
        PhoneCheck found = Objects.requireNonNull(checked);
        answer.put("valid", found.valid());
        answer.put("type", found.type());
        found.number().ifPresent(known -> {
            answer.put("formatted", known.e164());
            answer.put("national", PhoneNumbers.international().national(known));
        });
        found.region().ifPresent(country -> answer.put("country_code", country));
        found.problem().or(found::warning).ifPresent(problem -> answer.put("problem", problem));
        return answer;
    }

    static String money(Money money) {
        return money.amount().stripTrailingZeros().toPlainString() + " " + money.currency();
    }

    /** A message as it is shown to those who may see it. */
    record View(
            String messageId,
            String phoneNumber,
            String status,
            @Nullable String deliveryStatus,
            String message,
            @Nullable String messageType,
            @Nullable String userId,
            @Nullable String sentBy,
            @Nullable String templateId,
            @Nullable String campaignId,
            @Nullable String variant,
            @Nullable String provider,
            @JsonProperty("provider_message_id") @Nullable String providerId,
            @Nullable Integer segments,
            @Nullable String cost,
            @Nullable String reason,
            @Nullable String explanation,
            Instant createdAt,
            Instant updatedAt) {

        static View of(MessageRecord message) {
            return new View(
                    message.id().value(),
                    message.to().e164(),
                    message.state().name().toLowerCase(Locale.ROOT),
                    message.status().map(status -> status.name().toLowerCase(Locale.ROOT)).orElse(null),
                    message.text(),
                    label(message, Composer.KIND),
                    label(message, Composer.USER),
                    label(message, Composer.BY),
                    message.templateId().orElse(null),
                    label(message, "campaign"),
                    label(message, "variant"),
                    message.provider().orElse(null),
                    message.providerMessageId().orElse(null),
                    message.segments().isPresent() ? message.segments().getAsInt() : null,
                    message.billed().or(message::estimated).map(MessagesApi::money).orElse(null),
                    message.reason().map(Enum::name).orElse(null),
                    message.explanation().orElse(null),
                    message.createdAt(),
                    message.updatedAt());
        }

        private static @Nullable String label(MessageRecord message, String name) {
            return message.labels().stream()
                    .filter(each -> each.name().equals(name))
                    .map(each -> each.value())
                    .findFirst()
                    .orElse(null);
        }
    }
}
