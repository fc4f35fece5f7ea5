package io.textonce.gateway;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the variables of a profile stand for in one request. Holds personal data and is never shown. */
final class Values {

    static final String TO = "to";
    static final String TO_LIST = "to[]";
    static final String FROM = "from";
    static final String TEXT = "text";
    static final String REF = "ref";
    static final String PARTS = "parts";
    static final String CALLBACK = "callbackUrl";
    static final String VALIDITY_SECONDS = "validitySeconds";
    static final String VALIDITY_MINUTES = "validityMinutes";
    static final String BASE_URL = "baseUrl";
    static final String SECRET = "secret.";
    static final String SETTINGS = "settings.";
    static final String EXTRA = "extra.";
    static final String TOKEN = "secret.token";

    /** The names that change with each message. */
    static final List<String> OF_MESSAGE =
            List.of(TO, TO_LIST, FROM, TEXT, REF, PARTS, CALLBACK, VALIDITY_SECONDS, VALIDITY_MINUTES);

    static final Values NONE = new Values(List.of(), "", null, "", null, Map.of(), name -> null);

    /** One recipient as the gateway wants it, and our id of the message to it. */
    record To(String number, @Nullable String ref) {}

    private final List<To> recipients;
    private final String separator;
    private final @Nullable String from;
    private final String text;
    private final byte @Nullable [] octets;
    private final Map<String, String> more;
    private final Function<String, @Nullable String> secrets;

    /**
     * Collects values.
     *
     * @param separator what joins several recipients
     * @param octets the text in another form, which goes into queries and forms instead of it
     * @param more the other variables by name, those absent that have no value
     * @param secrets a secret's present value by name, for those that weren't put in before
     */
    Values(
            List<To> recipients,
            String separator,
            @Nullable String from,
            String text,
            byte @Nullable [] octets,
            Map<String, String> more,
            Function<String, @Nullable String> secrets) {
        this.recipients = recipients;
        this.separator = separator;
        this.from = from;
        this.text = text;
        this.octets = octets;
        this.more = more;
        this.secrets = secrets;
    }

    List<To> recipients() {
        return recipients;
    }

    byte @Nullable [] octets() {
        return octets;
    }

    /** The same for one recipient of several. */
    Values only(To recipient) {
        return new Values(List.of(recipient), separator, from, text, octets, more, secrets);
    }

    @Nullable
    String get(String variable) {
        return switch (variable) {
            case TO -> joined();
            case FROM -> from;
            case TEXT -> text;
            // Several recipients share a request, but no id.
            case REF -> recipients.size() == 1 ? recipients.get(0).ref() : null;
            default -> {
                String value = more.get(variable);
                yield value == null && variable.startsWith(SECRET)
                        ? secrets.apply(variable.substring(SECRET.length()))
                        : value;
            }
        };
    }

    private String joined() {
        if (recipients.size() == 1) {
            return recipients.get(0).number();
        }
        StringBuilder all = new StringBuilder();
        for (To recipient : recipients) {
            all.append(all.length() == 0 ? "" : separator).append(recipient.number());
        }
        return all.toString();
    }
}
