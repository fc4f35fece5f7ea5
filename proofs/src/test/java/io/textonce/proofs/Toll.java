package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.proofs.Gateway.Verdict;
import io.textonce.store.MessageState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The oracle: what the gateway's file says about each message, beside what the database says about it.
 *
 * <ul>
 *   <li>I1: a request follows an earlier one only after a documented refusal.
 *   <li>I2: what is ACCEPTED was created once. I3: what is REJECTED, EXPIRED or CANCELLED was not created.
 *   <li>I4: what was received stands as ACCEPTED, UNKNOWN or as the refusal that was scripted.
 *   <li>I5: nothing is on its way any more. And: all that was enqueued is there, and nothing else was received.
 * </ul>
 */
final class Toll {

    /** One request that came to the gateway. */
    record Receipt(long nanos, Verdict verdict) {}

    int messages;
    int receipts;
    int accepted;
    int rejected;
    int unknown;
    int doubtedByDeath;
    int otherwiseSettled;
    int duplicates;
    int lost;
    int stuck;
    int contradictions;
    int unsettledThoughCreated;
    int stray;
    int mostClaims;
    private final List<String> examples = new ArrayList<>();

    private Toll() {}

    static Map<String, List<Receipt>> receipts(Fleet fleet) {
        Map<String, List<Receipt>> all = new HashMap<>();
        try (Stream<String> lines = Files.lines(fleet.receipts())) {
            lines.forEach(line -> {
                String[] fields = line.split(" ");
                all.computeIfAbsent(fields[2], ref -> new ArrayList<>())
                        .add(new Receipt(Long.parseLong(fields[0]), Verdict.valueOf(fields[1])));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** Compares; the ids are those whose enqueue returned. */
    static Toll of(Fleet fleet, Collection<MessageId> ids) {
        Toll toll = new Toll();
        Map<String, List<Receipt>> received = receipts(fleet);
        Set<String> missing = new HashSet<>();
        ids.forEach(id -> missing.add(id.value()));
        Set<String> known = new HashSet<>(missing);
        toll.messages = missing.size();
        String query = "select id, state, attempt, coalesce(explanation, '') from textonce_message";
        try (Connection connection = fleet.database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                String id = rows.getString(1);
                known.add(id);
                missing.remove(id);
                toll.mostClaims = Math.max(toll.mostClaims, rows.getInt(3));
                toll.add(
                        id,
                        MessageState.valueOf(rows.getString(2)),
                        rows.getString(4),
                        received.getOrDefault(id, List.of()));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        missing.forEach(id -> toll.fault("enqueued and gone", id, List.of()));
        toll.lost += missing.size();
        received.forEach((ref, all) -> {
            toll.receipts += all.size();
            if (!known.contains(ref)) {
                toll.stray++;
                toll.fault("received and never stored", ref, all);
            }
        });
        return toll;
    }

    private void add(String id, MessageState state, String explanation, List<Receipt> received) {
        long withoutProof = received.stream()
                .filter(each -> !each.verdict().provenRefusal())
                .count();
        long created =
                received.stream().filter(each -> each.verdict().created()).count();
        if (withoutProof > 1) {
            duplicates++;
            fault("sent twice", id, received);
        }
        switch (state) {
            case ACCEPTED -> {
                accepted++;
                check(created == 1, "ACCEPTED, yet not created once", id, received);
            }
            case REJECTED -> {
                rejected++;
                check(created == 0, "REJECTED, yet created", id, received);
            }
            case EXPIRED, CANCELLED -> {
                otherwiseSettled++;
                check(withoutProof == 0, state + ", yet received", id, received);
            }
            case UNKNOWN -> {
                unknown++;
                doubtedByDeath += explanation.startsWith("its worker died") ? 1 : 0;
                unsettledThoughCreated += created > 0 ? 1 : 0;
            }
            case HELD -> otherwiseSettled++;
            default -> {
                stuck++;
                fault(state.name(), id, received);
            }
        }
    }

    private void check(boolean holds, String what, String id, List<Receipt> received) {
        if (!holds) {
            contradictions++;
            fault(what, id, received);
        }
    }

    private void fault(String what, String id, List<Receipt> received) {
        if (examples.size() < 10) {
            examples.add(id + " " + what + " " + received);
        }
    }

    /** What holds whatever was killed, frozen or broken. */
    Toll assertNothingLostAndNothingTwice() {
        assertThat(duplicates)
                .as("duplicates, seed %s: %s", Report.SEED, examples)
                .isZero();
        assertThat(lost).as("lost, seed %s: %s", Report.SEED, examples).isZero();
        assertThat(stuck).as("on their way, seed %s: %s", Report.SEED, examples).isZero();
        assertThat(stray).as("never stored, seed %s: %s", Report.SEED, examples).isZero();
        assertThat(contradictions)
                .as("contradictions, seed %s: %s", Report.SEED, examples)
                .isZero();
        return this;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d messages, %,d requests received, **duplicates %d, lost %d**, accepted %,d, rejected %,d, unknown %d",
                messages,
                receipts,
                duplicates,
                lost,
                accepted,
                rejected,
                unknown);
    }
}
