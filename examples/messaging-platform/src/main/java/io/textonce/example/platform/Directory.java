package io.textonce.example.platform;

import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.engagement.campaign.Audience;
import io.textonce.engagement.campaign.Recipient;
import io.textonce.engagement.campaign.RecipientSource.Placed;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The platform's own users, as campaigns read them. */
@Component
record Directory(JdbcClient database) {

    /** One of them. */
    record Person(
            String id,
            String name,
            String userRole,
            @Nullable String phone,
            @Nullable String language,
            @Nullable String timeZone) {

        Locale locale() {
            return Locale.forLanguageTag(language == null ? "en" : language);
        }
    }

    private static final String PERSON = "select id, name, user_role, phone, language, time_zone from app_user";

    Optional<Person> find(TenantId tenant, String id) {
        return database.sql(PERSON + " where tenant = ? and id = ?")
                .params(tenant.value(), id)
                .query(Person.class)
                .optional();
    }

    /** A page of recipients, with those of the variables that the template has. */
    List<Placed> after(
            TenantId tenant,
            Audience audience,
            @Nullable String place,
            int most,
            Map<String, String> all,
            Set<String> wanted) {
        Set<String> roles = audience.conditions().getOrDefault("role", Set.of());
        return database
                .sql(PERSON + " where tenant = :tenant and id > :place"
                        + (roles.isEmpty() ? "" : " and user_role in (:roles)") + " order by id limit :most")
                .param("tenant", tenant.value())
                .param("place", place == null ? "" : place)
                .param("roles", roles)
                .param("most", most)
                .query(Person.class)
                .list()
                .stream()
                .map(person -> new Placed(recipient(person, all, wanted), person.id()))
                .toList();
    }

    private static Recipient recipient(Person person, Map<String, String> all, Set<String> wanted) {
        String phone = person.phone();
        Recipient.Builder recipient =
                phone != null && PhoneNumber.isE164(phone) ? Recipient.to(PhoneNumber.of(phone)) : Recipient.to(phone);
        recipient.key(person.id()).locale(person.locale()).attribute("role", person.userRole());
        if (person.timeZone() != null) {
            recipient.zone(ZoneId.of(person.timeZone()));
        }
        BiConsumer<String, String> variable = (name, value) -> {
            if (wanted.contains(name)) {
                recipient.variable(name, value);
            }
        };
        all.forEach(variable);
        variable.accept("name", person.name());
        return recipient.build();
    }
}
