package io.textonce.example.platform;

import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Quote;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.engagement.campaign.Campaign;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
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
record MessagesApi(Composer composer, SmsOutbox outbox, MessageRepository messages, TimeSource time) {

    private static final int MOST_RECIPIENTS = 1_000;

    /** What labels are called in answers. */
    private static final Map<String, String> NAMES =
            Map.of(Composer.KIND, "message_type", Composer.USER, "user_id", Campaign.LABEL, "campaign_id");

    record Bulk(
            @Nullable List<String> phoneNumbers,
            @Nullable String message,
            @Nullable String messageType) {

        /** Silent, as it says who gets what. */
        @Override
        public String toString() {
            return "Bulk";
        }
    }

    record Written(@Nullable String phoneNumber, @Nullable String countryCode) {

        /** Silent, as it is a number. */
        @Override
        public String toString() {
            return "Written";
        }
    }

    /** 201: a provider has it. 202: nobody knows whether it exists, and it isn't sent again. Otherwise nothing was sent. */
    @PostMapping({"/send", "/send-templated"})
    ResponseEntity<Shown> send(
            @RequestAttribute Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody Wanted wanted) {
        return answer(composer.send(message(caller, wanted, key)));
    }

    static ResponseEntity<Shown> answer(SendResult result) {
        Shown answer = new Shown()
                .with("message_id", result.messageId().value())
                .with("status", result.outcome())
                .with("segments", result.quote().map(Quote::segments))
                .with("estimated_cost", result.quote().flatMap(Quote::cost));
        URI status = URI.create("/api/sms/messages/" + result.messageId().value() + "/status");
        if (result instanceof SendResult.Unknown unknown) {
            answer.with("provider", unknown.provider())
                    .with("explanation", unknown.explanation() + ". Don't send it again; its status may tell.");
            return ResponseEntity.accepted().location(status).body(answer);
        }
        return ResponseEntity.created(status)
                .body(answer.with("provider", result.orThrow().provider()));
    }

    private SmsMessage message(Caller caller, Wanted wanted, @Nullable String key) {
        Check check = new Check();
        SmsMessage message = composer.message(caller, wanted, key, "", check);
        return check.done(message);
    }

    /** All are checked first; then all are in the outbox, in one transaction, or none is. */
    @PostMapping("/send-bulk")
    @ResponseStatus(HttpStatus.ACCEPTED)
    List<Shown> sendBulk(
            @RequestAttribute Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody Bulk bulk) {
        List<String> numbers = bulk.phoneNumbers() == null ? List.of() : bulk.phoneNumbers();
        Check check = new Check();
        if (numbers.isEmpty() || numbers.size() > MOST_RECIPIENTS) {
            check.problem(
                    "phone_numbers", "has " + numbers.size() + " numbers; 1 to " + MOST_RECIPIENTS + " are taken");
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

    private static Shown receipt(EnqueueReceipt receipt) {
        return new Shown()
                .with("message_id", receipt.messageId().value())
                .with("status", receipt.status())
                .with("explanation", receipt.refusal().map(SendResult.Rejected::explanation));
    }

    @PostMapping("/schedule")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Shown schedule(
            @RequestAttribute Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody Wanted wanted) {
        Check check = new Check();
        SmsMessage message = composer.message(caller, wanted, key, "", check);
        Instant at = wanted.scheduledTime();
        if (at == null || at.isBefore(time.now())) {
            check.problem("scheduled_time", "is missing, or over; give an instant such as 2027-03-15T10:00:00Z");
        }
        EnqueueReceipt receipt = outbox.enqueue(check.done(message), check.done(at));
        return receipt(receipt.orThrow()).with("scheduled_time", at);
    }

    @GetMapping("/messages/{id}/status")
    Shown status(@RequestAttribute Caller caller, @PathVariable String id) {
        return shown(find(caller, id));
    }

    @PostMapping("/messages/{id}/cancel")
    Shown cancel(@RequestAttribute Caller caller, @PathVariable String id) {
        MessageRecord message = find(caller, id);
        Change change = outbox.cancel(caller.tenant(), message.id());
        if (!change.isDone()) {
            String state = change.state().map(Enum::name).orElse("sent at once");
            throw new ResponseStatusException(HttpStatus.CONFLICT, "It is too late: the message is " + state + ".");
        }
        return shown(find(caller, id));
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
    List<Shown> history(
            @RequestAttribute Caller caller,
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
        return messages.query(caller.tenant(), query).stream()
                .map(MessagesApi::shown)
                .toList();
    }

    private static MessageQuery narrowed(
            Check check, String field, MessageQuery query, UnaryOperator<MessageQuery> narrowing) {
        MessageQuery next = check.attempt(field, () -> narrowing.apply(query));
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
    Shown validate(@RequestBody Written number) {
        Check check = new Check();
        PhoneCheck found = check.done(
                check.attempt("country_code", () -> composer.number(number.phoneNumber(), number.countryCode())));
        return new Shown()
                .with("valid", found.valid())
                .with("type", found.type())
                .with("formatted", found.number().map(PhoneNumber::e164))
                .with("national", found.number().map(PhoneNumbers.international()::national))
                .with("country_code", found.region())
                .with("problem", found.problem().or(found::warning));
    }

    private static Shown shown(MessageRecord message) {
        Shown shown = new Shown()
                .with("message_id", message.id().value())
                .with("phone_number", message.to().e164())
                .with("status", message.state())
                .with("delivery_status", message.status())
                .with("message", message.text())
                .with("template_id", message.templateId())
                .with("provider", message.provider())
                .with("provider_message_id", message.providerMessageId())
                .with("segments", message.segments())
                .with("cost", message.billed().or(message::estimated))
                .with("reason", message.reason())
                .with("explanation", message.explanation())
                .with("created_at", message.createdAt())
                .with("updated_at", message.updatedAt());
        message.labels().forEach(label -> shown.with(NAMES.getOrDefault(label.name(), label.name()), label.value()));
        return shown;
    }
}
