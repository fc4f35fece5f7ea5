package io.textonce.example.clinic;

import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Contact;
import io.textonce.engagement.conversation.ContactDirectory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The clinic's own table of patients, which tells the SDK who has a number. */
@Component
record Patients(JdbcClient database) implements ContactDirectory {

    private static final String ALL = "select p.id, p.name, n.label, n.number from patient p"
            + " join patient_number n on n.patient = p.id where ";
    private static final String NAMED = "position(lower(?) in lower(p.name)) > 0";
    private static final String SEEN = "(? or p.carer = ?)";
    private static final String ORDER = " order by p.name, p.id, n.place";

    @Override
    public List<Contact> byNumber(TenantId tenant, PhoneNumber number) {
        return read("p.id in (select patient from patient_number where number = ?)", number.e164());
    }

    @Override
    public List<Contact> byId(TenantId tenant, Collection<String> ids) {
        return ids.isEmpty()
                ? List.of()
                : read(
                        "p.id in ("
                                + String.join(", ", ids.stream().map(id -> "?").toList()) + ")",
                        ids.toArray());
    }

    @Override
    public List<Contact> search(TenantId tenant, String words, int most) {
        return read(NAMED, words).stream().limit(most).toList();
    }

    @Override
    public List<Contact> search(TenantId tenant, String owner, String words, int most) {
        return read(NAMED + " and p.carer = ?", words, owner).stream()
                .limit(most)
                .toList();
    }

    /** A carer's patients by name, or everybody's. */
    List<Contact> of(Access.View view) {
        return read(SEEN, view.all(), view.user());
    }

    Optional<Contact> find(Access.View view, String id) {
        return read("p.id = ? and " + SEEN, id, view.all(), view.user()).stream()
                .findFirst();
    }

    /** Whose patient it is. */
    String carer(String patient) {
        return database.sql("select carer from patient where id = ?")
                .param(patient)
                .query(String.class)
                .single();
    }

    /** Whose patient has the number; empty if nobody's has, or several carers'. */
    Optional<String> carer(PhoneNumber number) {
        List<String> carers = carers(number);
        return carers.size() == 1 ? Optional.of(carers.get(0)) : Optional.empty();
    }

    /**
     * Whose conversation it is to be when somebody writes to a number: the patient's carer's, or nobody's in particular.
     *
     * @throws IllegalArgumentException if all who have the number are somebody else's patients
     */
    Optional<String> owner(Access.View view, PhoneNumber number) {
        List<String> carers = carers(number);
        if (carers.contains(view.user())) {
            return Optional.of(view.user());
        }
        if (!carers.isEmpty() && !view.all()) {
            throw new IllegalArgumentException("Somebody else's patient has this number. Ask the desk to write.");
        }
        return carers.size() == 1 ? Optional.of(carers.get(0)) : Optional.empty();
    }

    private List<String> carers(PhoneNumber number) {
        return database.sql("select distinct p.carer from patient p join patient_number n on n.patient = p.id"
                        + " where n.number = ?")
                .param(number.e164())
                .query((row, place) -> row.getString("carer"))
                .list();
    }

    private List<Contact> read(String where, Object... values) {
        Map<String, String> names = new LinkedHashMap<>();
        Map<String, List<Contact.Line>> lines = new LinkedHashMap<>();
        database.sql(ALL + where + ORDER).params(values).query(row -> {
            String id = row.getString("id");
            names.put(id, row.getString("name"));
            lines.computeIfAbsent(id, each -> new ArrayList<>())
                    .add(new Contact.Line(row.getString("label"), PhoneNumber.of(row.getString("number"))));
        });
        return names.entrySet().stream()
                .map(each -> new Contact(each.getKey(), each.getValue(), lines.getOrDefault(each.getKey(), List.of())))
                .toList();
    }
}
