package io.textonce.gateway;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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

    /** What doesn't hold, in the profile's words and without a word of the answer; null if all does. */
    @Nullable
    String failing(Facts facts) {
        if (status != null && !status.contains(facts.status())) {
            return "the status isn't " + status;
        }
        if (match != null && !match.matcher(facts.body()).find()) {
            return "match isn't found in the body";
        }
        String why = field == null ? null : failing(facts.item(), field);
        why = why == null && root != null ? failing(facts.root(), root) : why;
        for (int i = 0; why == null && i < allOf.size(); i++) {
            why = allOf.get(i).failing(facts);
        }
        if (why == null && !anyOf.isEmpty() && !any(anyOf, facts)) {
            why = anyOf.stream()
                    .map(each -> String.valueOf(each.failing(facts)))
                    .collect(Collectors.joining(", and "));
        }
        return why == null && not != null && not.holds(facts) ? "what not rules out is so" : why;
    }

    private @Nullable String failing(Item item, Path path) {
        if (holds(item, path)) {
            return null;
        }
        String place = path.toString().isEmpty() ? "the whole" : path.toString();
        if (!item.has(path)) {
            return place + " is missing";
        }
        if (Boolean.FALSE.equals(present)) {
            return place + " is there";
        }
        String text = item.text(path);
        if (text == null) {
            return place + " is an object or array";
        }
        return in.isEmpty() || in.contains(text)
                ? place + " doesn't fit regex"
                : place + " is none of " + in.stream().sorted().collect(Collectors.joining(", "));
    }

    /** Whether it names this very status: only then may it say what a 5xx proves. A class such as 5xx names none. */
    boolean namesStatus(int code) {
        return (status != null && status.codes().contains(code))
                || allOf.stream().anyMatch(each -> each.namesStatus(code))
                || (!anyOf.isEmpty() && anyOf.stream().allMatch(each -> each.namesStatus(code)));
    }
}
