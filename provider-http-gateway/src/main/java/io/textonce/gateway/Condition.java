package io.textonce.gateway;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A test on a reply or a webhook; every part that is there must hold. */
record Condition(
        @Nullable Statuses status,
        @Nullable Pattern match,
        @Nullable Path field,
        @Nullable Path root,
        Set<String> in,
        @Nullable Pattern regex,
        @Nullable Boolean present,
        List<Condition> anyOf,
        List<Condition> allOf,
        @Nullable Condition not) {

    /** What is tested. */
    record Facts(int status, String body, Item item, Item root) {
        Facts with(Item one) {
            return new Facts(status, body, one, root);
        }
    }

    boolean holds(Facts facts) {
        return (status == null || status.contains(facts.status()))
                && (match == null || match.matcher(facts.body()).find())
                && (field == null || holds(facts.item(), field))
                && (root == null || holds(facts.root(), root))
                && (anyOf.isEmpty() || any(anyOf, facts))
                && (allOf.isEmpty() || all(allOf, facts))
                && (not == null || !not.holds(facts));
    }

    /** Without streams, here and below: every item of every reply goes through these. */
    static boolean any(List<Condition> conditions, Facts facts) {
        for (Condition each : conditions) {
            if (each.holds(facts)) {
                return true;
            }
        }
        return false;
    }

    private static boolean all(List<Condition> conditions, Facts facts) {
        for (Condition each : conditions) {
            if (!each.holds(facts)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(Item item, Path path) {
        if (present != null && item.has(path) != present) {
            return false;
        }
        if (in.isEmpty() && regex == null) {
            return true;
        }
        String text = item.text(path);
        return text != null
                && (in.isEmpty() || in.contains(text))
                && (regex == null || regex.matcher(text).find());
    }

    /** Whether it names this very status: only then may it say what a 5xx proves. A class such as 5xx names none. */
    boolean namesStatus(int code) {
        return (status != null && status.codes().contains(code))
                || allOf.stream().anyMatch(each -> each.namesStatus(code))
                || (!anyOf.isEmpty() && anyOf.stream().allMatch(each -> each.namesStatus(code)));
    }
}
