package io.textonce.sns;

import io.textonce.PhoneNumber;
import io.textonce.spi.OptOutQuery;
import io.textonce.spi.http.FormWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads AWS's own list of numbers that opted out: the account's at SNS, a named one at End User Messaging. */
final class OptOuts implements OptOutQuery {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final String LEAF_OF_PAGE = "/ListPhoneNumbersOptedOutResponse/ListPhoneNumbersOptedOutResult/";

    private final Flavour flavour;
    private final Endpoint endpoint;
    private final String listName;

    /**
     * A reader.
     *
     * @param endpoints by operation; SNS has one for all
     * @param listName of End User Messaging
     */
    OptOuts(Flavour flavour, Function<String, Endpoint> endpoints, String listName) {
        this.flavour = flavour;
        this.endpoint = endpoints.apply("DescribeOptedOutNumbers");
        this.listName = listName;
    }

    @Override
    public Answer check(PhoneNumber number) {
        try {
            return flavour == Flavour.PUBLISH ? published(number) : listed(number);
        } catch (IOException failed) {
            return new Answer(Standing.UNKNOWN, explain(failed));
        }
    }

    @Override
    public Page list(@Nullable String after) {
        try {
            return flavour == Flavour.PUBLISH ? publishedPage(after) : page(call(null, after));
        } catch (IOException failed) {
            return new Page(List.of(), null, explain(failed));
        }
    }

    private Answer published(PhoneNumber number) throws IOException {
        byte[] reply = query(FormWriter.body()
                .add("Action", "CheckIfPhoneNumberIsOptedOut")
                .add("Version", Query.VERSION)
                .add("phoneNumber", number.e164()));
        String word = Query.text(
                        reply, "/CheckIfPhoneNumberIsOptedOutResponse/CheckIfPhoneNumberIsOptedOutResult/isOptedOut")
                .strip()
                .toLowerCase(Locale.ROOT);
        return switch (word) {
            case "true" -> new Answer(Standing.OPTED_OUT, "");
            case "false" -> new Answer(Standing.NOT_OPTED_OUT, "");
            default -> new Answer(Standing.UNKNOWN, "AWS's answer doesn't say whether the number opted out");
        };
    }

    private Page publishedPage(@Nullable String after) throws IOException {
        FormWriter form =
                FormWriter.body().add("Action", "ListPhoneNumbersOptedOut").add("Version", Query.VERSION);
        if (after != null) {
            form.add("nextToken", after);
        }
        List<PhoneNumber> numbers = new ArrayList<>();
        @Nullable String[] next = new @Nullable String[1];
        boolean[] answered = new boolean[1];
        Xml.read(query(form), (path, text) -> {
            answered[0] |= path.startsWith("/ListPhoneNumbersOptedOutResponse/");
            if (path.equals(LEAF_OF_PAGE + "phoneNumbers/member")) {
                add(numbers, text.strip());
            } else if (path.equals(LEAF_OF_PAGE + "nextToken") && !text.isBlank()) {
                next[0] = text.strip();
            }
        });
        return answered[0]
                ? new Page(numbers, next[0], "")
                : new Page(List.of(), null, "AWS's answer isn't a list of numbers");
    }

    private Answer listed(PhoneNumber number) throws IOException {
        try {
            List<PhoneNumber> numbers = page(call(number, null)).numbers();
            return numbers.contains(number)
                    ? new Answer(Standing.OPTED_OUT, "")
                    : new Answer(Standing.UNKNOWN, "AWS's answer isn't about the number that was asked for");
        } catch (Query.ErrorException error) {
            // A number that isn't on the list is a resource that isn't found; a list that doesn't exist is one too.
            boolean absent = error.error().code().equals("ResourceNotFoundException")
                    && error.error().parameter().equals("opted-out-number");
            if (absent) {
                return new Answer(Standing.NOT_OPTED_OUT, "");
            }
            throw error;
        }
    }

    private Map<String, @Nullable Object> call(@Nullable PhoneNumber number, @Nullable String after)
            throws IOException {
        byte[] body = Json.write(json -> {
            json.writeStringField("OptOutListName", listName);
            if (number != null) {
                json.writeArrayFieldStart("OptedOutNumbers");
                json.writeString(number.e164());
                json.writeEndArray();
            } else {
                json.writeNumberField("MaxResults", 100);
            }
            if (after != null) {
                json.writeStringField("NextToken", after);
            }
        });
        return Json.object(Query.call(endpoint, flavour, body, TIMEOUT));
    }

    private static Page page(Map<String, @Nullable Object> reply) throws IOException {
        if (!(reply.get("OptedOutNumbers") instanceof List<?> entries)) {
            throw new IOException("AWS's answer isn't a list of numbers");
        }
        List<PhoneNumber> numbers = new ArrayList<>();
        for (Object entry : entries) {
            add(numbers, Json.text(Json.asObject(entry), "OptedOutNumber"));
        }
        String next = Json.text(reply, "NextToken");
        return new Page(numbers, next.isEmpty() ? null : next, "");
    }

    /** A number that can't be read must not vanish from a list of people who want no message. */
    private static void add(List<PhoneNumber> numbers, String text) throws IOException {
        String e164 = text.startsWith("+") ? text : "+" + text;
        if (!PhoneNumber.isE164(e164)) {
            throw new IOException("AWS's list holds a number that isn't E.164");
        }
        numbers.add(PhoneNumber.of(e164));
    }

    private byte[] query(FormWriter form) throws IOException {
        return Query.call(endpoint, flavour, form.toByteArray(), TIMEOUT);
    }

    /** Only our own texts: a reader's error could quote the answer, which holds numbers. */
    static String explain(IOException failed) {
        String message = failed.getMessage();
        boolean ours = failed.getClass() == IOException.class || failed instanceof Query.ErrorException;
        return ours && message != null ? message : "AWS's answer isn't what was expected";
    }
}
