package io.textonce.example.platform;

import io.textonce.Category;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.phone.PhoneCheck;
import io.textonce.phone.PhoneNumbers;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.template.TemplateException;
import java.net.URI;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** Makes messages of what people ask for. Each is labelled, so that limits, histories and bills can tell them apart. */
@Component
record Composer(
        Settings settings,
        SmsSender sms,
        PreferenceRepository preferences,
        TemplateRepository templates,
        TemplatesApi ofTemplates,
        PhoneNumbers numbers) {

    private static final Logger LOG = LoggerFactory.getLogger(Composer.class);

    /** Labels: who sent it, in which role; the person it is for; the type of message. */
    static final String BY = "sent_by";

    static final String ROLE = "role";
    static final String USER = "user";
    static final String KIND = "kind";

    static final String GENERAL = "general_notification";
    static final int LONGEST_TEXT = 1_600;

    /** What is asked for: a text, or a template and its variables. */
    record Wanted(
            @Nullable String phoneNumber,
            @Nullable String message,
            @Nullable String templateId,
            @Nullable Map<String, String> variables,
            @Nullable String language,
            @Nullable String messageType,
            @Nullable String userId,
            @Nullable List<String> mediaUrls,
            @Nullable Instant scheduledTime,
            @Nullable Instant expiresAt) {

        static Wanted text(@Nullable String phoneNumber, @Nullable String message, @Nullable String messageType) {
            return new Wanted(phoneNumber, message, null, null, null, messageType, null, null, null, null);
        }

        static Wanted template(
                Directory.Person to, Locale language, String id, Map<String, String> variables, Instant expiresAt) {
            return new Wanted(
                    to.phone(), null, id, variables, language.toLanguageTag(), null, to.id(), null, null, expiresAt);
        }

        /** Silent, as it says who gets what. */
        @Override
        public String toString() {
            return "Wanted";
        }
    }

    SendResult send(SmsMessage message) {
        try {
            return sms.send(message);
        } catch (SmsStoreException before) {
            LOG.error("A send failed before anything was submitted: {}", before.getMessage());
            throw new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, "The database can't be asked now; nothing was sent.", before);
        }
    }

    /** That of a template's languages which a person prefers, if they chose any. */
    Optional<Locale> language(TenantId tenant, String user, String template) {
        return templates
                .find(tenant, template)
                .flatMap(found -> preferences.find(tenant, user).language(found.locales()));
    }

    /** A number as people write it, in a country or in that of the platform. */
    PhoneCheck number(@Nullable String written, @Nullable String country) {
        return (country == null ? numbers : PhoneNumbers.region(country)).check(written);
    }

    /** The message; null if something is wrong with what is wanted, all of which is added to the check. */
    @Nullable
    SmsMessage message(Caller caller, Wanted wanted, @Nullable String key, String prefix, Check check) {
        String type = Optional.ofNullable(wanted.messageType())
                .or(() -> Optional.ofNullable(wanted.templateId())
                        .flatMap(id -> ofTemplates.messageType(caller.tenant(), id)))
                .orElse(GENERAL);
        refuseOthers(caller.tenant(), type, wanted.templateId())
                .ifPresent(problem -> check.problem(prefix + "message_type", problem));
        PhoneCheck checked = number(wanted.phoneNumber(), null);
        checked.problem().ifPresent(problem -> check.problem(prefix + "phone_number", problem));
        SmsMessage.Builder message = checked.number()
                .map(SmsMessage::to)
                .orElseGet(() -> SmsMessage.to(""))
                .tenant(caller.tenant())
                .category(Category.TRANSACTIONAL)
                .label(BY, caller.user())
                .label(ROLE, caller.role().name().toLowerCase(Locale.ROOT));
        check.attempt(prefix + "message_type", () -> message.label(KIND, type));
        String user = wanted.userId();
        if (user != null) {
            check.attempt(prefix + "user_id", () -> message.label(USER, user));
        }
        List<String> media = wanted.mediaUrls();
        if (media != null) {
            check.attempt(
                    prefix + "media_urls",
                    () -> message.media(media.stream().map(URI::create).toArray(URI[]::new)));
        }
        if (wanted.expiresAt() != null) {
            message.notAfter(wanted.expiresAt());
        }
        String template = wanted.templateId();
        if (template != null) {
            Locale locale = Locale.forLanguageTag(wanted.language() == null ? "" : wanted.language());
            Map<String, String> variables = wanted.variables() == null ? Map.of() : wanted.variables();
            render(caller, template, locale, variables)
                    .ifPresent(problem -> check.problem(prefix + "template_id", problem));
            check.attempt(prefix + "variables", () -> message.template(template, locale, variables));
        } else {
            message.text(check.text(prefix + "message", wanted.message(), LONGEST_TEXT));
        }
        if (key != null) {
            check.attempt("Idempotency-Key", () -> message.idempotencyKey(caller.user() + "/" + key + prefix));
        }
        return check.attempt(prefix + "message", message::build);
    }

    /** The type comes from whoever asks, so it mustn't choose which limits hold: only one category can be sent so. */
    private Optional<String> refuseOthers(TenantId tenant, String type, @Nullable String template) {
        Set<Category> categories = EnumSet.of(settings.category(type));
        if (template != null) {
            ofTemplates.messageType(tenant, template).map(settings::category).ifPresent(categories::add);
        }
        return categories.contains(Category.OTP)
                ? Optional.of("is that of codes, which are sent by /codes/request only")
                : categories.contains(Category.MARKETING)
                        ? Optional.of("is that of advertisements, which are sent by campaigns only")
                        : Optional.empty();
    }

    /** Why a template can't be used so; empty if it can. */
    Optional<String> render(Caller caller, String id, Locale locale, Map<String, String> variables) {
        try {
            Template template = templates.find(caller.tenant(), id).orElseThrow(() -> TemplateException.notFound(id));
            template.requireUsable(caller.tenant());
            template.render(locale, variables);
            return Optional.empty();
        } catch (TemplateException unusable) {
            return Optional.of(unusable.kind() + ": " + unusable.getMessage());
        }
    }
}
