package io.textonce.gateway;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.textonce.gateway.Condition.Facts;
import io.textonce.gateway.Spec.Layout;
import io.textonce.gateway.Spec.Rule;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway's reply, cut into items as its profile says. */
final class ReadReply {

    /** What patterns see of a line or body; RE2 takes linear time, and this bounds it. */
    private static final int LONGEST_SEEN = 64 * 1024;

    /** As many recipients as a request may have; what follows is a verdict on none of them. */
    private static final int MOST_LINES = Spec.MOST_RECIPIENTS;

    private final int status;
    private final String text;
    private final boolean readable;
    private final List<Item> items;
    private final Item root;

    private ReadReply(int status, String text, boolean readable, List<Item> items, Item root) {
        this.status = status;
        this.text = text;
        this.readable = readable;
        this.items = items;
        this.root = root;
    }

    static ReadReply of(Reply reply, Layout layout) {
        return of(reply.status(), reply.body(), reply.text(), reply.complete(), layout);
    }

    /**
     * Reads a reply.
     *
     * @param complete whether the end of the body is proven
     */
    static ReadReply of(int status, byte[] body, String text, boolean complete, Layout layout) {
        return switch (layout.format()) {
            case JSON -> json(status, body, text, layout.items());
            case LINES -> lines(status, text, complete, layout.lines());
            case FORM -> {
                Item form = complete ? new Item.Pairs(Form.parse(text.strip())) : Item.NOTHING;
                yield new ReadReply(status, text, complete && !text.isBlank(), List.of(form), form);
            }
            case TEXT -> new ReadReply(status, text, true, List.of(Item.NOTHING), Item.NOTHING);
        };
    }

    private static ReadReply json(int status, byte[] body, String text, @Nullable Path items) {
        Object tree;
        try {
            tree = Json.REPLIES.read(body);
        } catch (IOException notJson) {
            return new ReadReply(status, text, false, List.of(), Item.NOTHING);
        }
        Item root = new Item.Tree(tree);
        Object found = items == null ? tree : items.in(tree);
        List<Item> all = new ArrayList<>();
        if (found != null && found != Json.NULL) {
            for (Object element : Json.elements(found)) {
                all.add(new Item.Tree(element));
            }
        }
        return new ReadReply(status, text, true, List.copyOf(all), root);
    }

    /** A last line whose end isn't proven may be cut, and a cut id is another id. */
    private static ReadReply lines(int status, String text, boolean complete, List<Pattern> patterns) {
        List<Item> all = new ArrayList<>();
        int at = 0;
        for (int n = 0; n < MOST_LINES && at < text.length(); n++) {
            int end = text.indexOf('\n', at);
            if (end < 0 && !complete) {
                break;
            }
            String line = text.substring(at, end < 0 ? text.length() : end).strip();
            Item item = line.isEmpty() ? null : item(seen(line), patterns);
            if (item != null) {
                all.add(item);
            }
            at = end < 0 ? text.length() : end + 1;
        }
        Item first = all.isEmpty() ? Item.NOTHING : all.get(0);
        return new ReadReply(status, text, !all.isEmpty(), List.copyOf(all), first);
    }

    private static @Nullable Item item(String line, List<Pattern> patterns) {
        for (Pattern pattern : patterns) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.lookingAt()) {
                return new Item.Groups(pattern.namedGroups(), matcher);
            }
        }
        return null;
    }

    /** Whether it has the profile's form. */
    boolean readable() {
        return readable;
    }

    List<Item> items() {
        return items;
    }

    Facts facts(Item item) {
        return new Facts(status, seen(text), item, root);
    }

    Item first() {
        return items.isEmpty() ? root : items.get(0);
    }

    /** The first rule that fits; null if none does. */
    @Nullable
    ErrorClass classOf(List<Rule> rules, Item item, boolean statusProvesNothing) {
        Facts facts = facts(item);
        for (Rule rule : rules) {
            if ((!statusProvesNothing || rule.when().namesStatus(status))
                    && rule.when().holds(facts)) {
                return rule.is();
            }
        }
        return null;
    }

    private static String seen(String whole) {
        return whole.length() <= LONGEST_SEEN ? whole : whole.substring(0, LONGEST_SEEN);
    }
}
