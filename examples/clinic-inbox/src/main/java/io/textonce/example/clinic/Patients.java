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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The clinic's own table of patients, which tells the SDK who has a number. */
@Component
final class Patients implements ContactDirectory {

    private static final String ALL = "select p.id, p.name, n.label, n.number from patient p"
            + " join patient_number n on n.patient = p.id where ";
    private static final String ORDER = " order by p.name, p.id, n.place";

    private final JdbcClient database;

    Patients(JdbcClient database) {
        this.database = database;
    }

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
        return read("position(lower(?) in lower(p.name)) > 0", words).stream()
                .limit(most)
                .toList();
    }

    /** A carer's patients by name, or everybody's. */
    List<Contact> of(Access.View view) {
        return view.all() ? read("1 = 1") : read("p.carer = ?", view.user());
    }

    boolean isEmpty() {
        return database.sql("select count(*) from patient").query(Integer.class).single() == 0;
    }

    void add(Contact patient, String carer) {
        database.sql("insert into patient (id, name, carer) values (?, ?, ?)")
                .params(patient.id(), patient.name(), carer)
                .update();
        for (int place = 0; place < patient.lines().size(); place++) {
            Contact.Line line = patient.lines().get(place);
            database.sql("insert into patient_number (patient, place, label, number) values (?, ?, ?, ?)")
                    .params(patient.id(), place, line.label(), line.number().e164())
                    .update();
        }
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
