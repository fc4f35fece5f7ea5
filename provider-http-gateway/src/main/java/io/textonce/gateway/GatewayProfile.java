package io.textonce.gateway;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How one HTTP gateway is spoken to: the request for a message, what its answers prove, how its webhooks read. Data, not
 * code: a JSON document, a builder that makes the same document, or one of the {@link #shipped} profiles.
 *
 * <p>Guaranteed: a profile that exists is whole; whatever is wrong with one is found at once, each problem with its JSON
 * path. Nothing in it is evaluated, secrets stand in it by name only, its patterns take linear time (RE2), and a variable
 * can't leave its place in an address, header or body. Not guaranteed: that the gateway behaves as described; each shipped
 * profile says in EVIDENCE.md where its facts are from.
 *
 * <pre>{@code
 * GatewayProfile profile = GatewayProfile.builder("my-gateway")
 *         .get("https://sms.example.org/send")
 *         .query("to", "{to}").query("text", "{text}").query("key", "{secret.apiKey}")
 *         .line("OK (?P<id>\\w+)").accepted("id").messageId("id")
 *         .build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class GatewayProfile {

    private static final List<String> SHIPPED = List.of(
            "africastalking",
            "afromessage",
            "base-url",
            "bulksms",
            "clickatell-platform",
            "geezsms",
            "infobip",
            "jasmin",
            "kannel",
            "playsms",
            "sinch-engage",
            "smseagle",
            "smsgate",
            "vonage");

    private final Object json;
    private final Spec spec;

    private GatewayProfile(Object json) {
        this.spec = ProfileReader.read(json);
        this.json = json;
    }

    /**
     * A profile that comes with this module.
     *
     * @param id one of {@link #shipped()}, such as {@code kannel}
     * @return the profile
     * @throws IllegalArgumentException if there is none of that name
     */
    public static GatewayProfile shipped(String id) {
        Objects.requireNonNull(id, "id");
        if (!SHIPPED.contains(id)) {
            throw new IllegalArgumentException("There is no shipped profile " + JsonObject.shown(id) + "; shipped are "
                    + String.join(", ", SHIPPED) + ". Read your own with GatewayProfile.fromJson.");
        }
        try (InputStream file = GatewayProfile.class.getResourceAsStream("profiles/" + id + ".json")) {
            Object json = Json.PROFILES.read(Objects.requireNonNull(file, id).readAllBytes());
            Map<Object, Object> elsewhere = new LinkedHashMap<>((Map<?, ?>) json);
            // It leads to the schema from the file's own place only.
            elsewhere.remove("$schema");
            return new GatewayProfile(elsewhere);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /**
     * The names of the shipped profiles.
     *
     * @return the names, sorted
     */
    public static List<String> shipped() {
        return SHIPPED;
    }

    /**
     * Reads a profile's JSON form. {@code io/textonce/gateway/profile.schema.json} in this module's jar describes it for
     * editors.
     *
     * @param text the JSON
     * @return the profile
     * @throws IllegalArgumentException if it isn't JSON, or naming everything that is wrong with it, with JSON paths
     */
    public static GatewayProfile fromJson(String text) {
        Object json;
        try {
            json = Json.PROFILES.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(
                    "The profile isn't JSON" + place(malformed.getLocation()) + ": " + malformed.getOriginalMessage(),
                    malformed);
        } catch (IOException malformed) {
            throw new IllegalArgumentException("The profile isn't JSON: " + malformed.getMessage(), malformed);
        }
        return new GatewayProfile(json);
    }

    /** A document that exceeds a limit has no place where it does so. */
    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : ", at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /**
     * Starts a profile in Java. What the builder has no method for is set by {@link Builder#set}.
     *
     * @param id 1 to 32 of {@code a-z 0-9 -}
     * @return a builder
     */
    public static Builder builder(String id) {
        return new Builder(id);
    }

    /**
     * The profile's name.
     *
     * @return such as {@code kannel}
     */
    public String id() {
        return spec.id();
    }

    /**
     * The gateway's name, for people.
     *
     * @return such as {@code Kannel}; the id unless the profile says otherwise
     */
    public String displayName() {
        return spec.displayName();
    }

    /**
     * The secrets that the profile names; a provider needs all of them.
     *
     * @return the names, sorted
     */
    public List<String> secrets() {
        return named(Values.SECRET);
    }

    /**
     * The settings that the profile names, with or without a value of their own.
     *
     * @return the names, sorted
     */
    public List<String> settings() {
        return named(Values.SETTINGS);
    }

    /**
     * The profile as JSON.
     *
     * @return indented text that {@link #fromJson} reads
     */
    public String toJson() {
        return Json.pretty(json);
    }

    Spec spec() {
        return spec;
    }

    /** The names of a sort of variable, wherever in the profile they stand. */
    List<String> named(String prefix) {
        TreeSet<String> names = new TreeSet<>();
        collect(json, prefix, names);
        return List.copyOf(names);
    }

    private static void collect(Object node, String prefix, Set<String> names) {
        if (node instanceof Map<?, ?> members) {
            members.forEach((name, member) -> {
                if (!"response".equals(name)) {
                    collect(Objects.requireNonNull(member), prefix, names);
                }
            });
        } else if (node instanceof List<?> elements) {
            elements.forEach(element -> collect(Objects.requireNonNull(element), prefix, names));
        } else if (node instanceof String text && text.contains("{" + prefix)) {
            for (String variable : Template.parse(text).variables()) {
                if (variable.startsWith(prefix)) {
                    names.add(variable.substring(prefix.length()));
                }
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GatewayProfile that && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    /** The id. */
    @Override
    public String toString() {
        return "GatewayProfile[" + spec.id() + "]";
    }

    /**
     * Makes a profile's JSON form, member by member.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final Map<String, Object> root = new LinkedHashMap<>();

        private Builder(String id) {
            root.put("id", Objects.requireNonNull(id, "id"));
        }

        /**
         * Calls the gateway with GET.
         *
         * @param url the address, perhaps with variables in its path; {@code {baseUrl}} for one that the provider names
         * @return this builder
         */
        public Builder get(String url) {
            return put("send", "method", "GET").put("send", "url", url);
        }

        /**
         * Calls the gateway with POST.
         *
         * @param url the address, as for {@link #get}
         * @return this builder
         */
        public Builder post(String url) {
            return put("send", "method", "POST").put("send", "url", url);
        }

        /**
         * Adds a parameter to the query; it is left out of a request in which a variable of it has no value.
         *
         * @param name the parameter
         * @param template such as {@code {to}}
         * @return this builder
         */
        public Builder query(String name, String template) {
            return put("send/query", name, template);
        }

        /**
         * Adds a header.
         *
         * @param name the header
         * @param template such as {@code Bearer {secret.apiKey}}
         * @return this builder
         */
        public Builder header(String name, String template) {
            return put("send/headers", name, template);
        }

        /**
         * Adds a field to the form, which becomes the body.
         *
         * @param name the field
         * @param template such as {@code {text}}
         * @return this builder
         */
        public Builder form(String name, String template) {
            return put("send/body", "kind", "FORM").put("send/body/fields", name, template);
        }

        /**
         * Sends a JSON body.
         *
         * @param template JSON whose texts are templates
         * @return this builder
         * @throws IllegalArgumentException if it isn't JSON
         */
        public Builder json(String template) {
            return put("send/body", "kind", "JSON")
                    .put("send/body", "template", parsed("send/body/template", template));
        }

        /**
         * Writes recipients with another prefix, as some gateways want numbers of their own country.
         *
         * @param prefix such as {@code +251}
         * @param by such as {@code 0}
         * @return this builder
         */
        public Builder replacePrefix(String prefix, String by) {
            return put("send/recipientFormat/replacePrefix", prefix, by);
        }

        /**
         * Reads the answer line by line.
         *
         * @param pattern in RE2's syntax, from the line's start, with named groups as fields
         * @return this builder
         */
        public Builder line(String pattern) {
            put("send/response", "format", "LINES");
            List<Object> lines = new ArrayList<>();
            if (at("send/response").get("lines") instanceof List<?> before) {
                before.forEach(line -> lines.add(Objects.requireNonNull(line)));
            }
            lines.add(pattern);
            return put("send/response", "lines", lines);
        }

        /**
         * Says what proves success: the field has one of the values, or, without values, is there.
         *
         * @param field a JSON pointer or group
         * @param values texts, numbers or truth values as text
         * @return this builder
         */
        public Builder accepted(String field, String... values) {
            at("send/response").putIfAbsent("format", "JSON");
            put("send/response/accepted", "field", field);
            return values.length == 0
                    ? put("send/response/accepted", "present", true)
                    : put("send/response/accepted", "in", new ArrayList<Object>(List.of(values)));
        }

        /**
         * Says where the gateway's id of the message stands; an answer without it proves nothing then.
         *
         * @param field a JSON pointer or group
         * @return this builder
         */
        public Builder messageId(String field) {
            return put("send/response", "messageId", field);
        }

        /**
         * Sets any member of the JSON form.
         *
         * @param path names with slashes between them, such as {@code send/response/errors}
         * @param value the value in JSON; a text has its quotes, as in {@code "\"POST\""}
         * @return this builder
         * @throws IllegalArgumentException if the value isn't JSON
         */
        public Builder set(String path, String value) {
            int slash = path.lastIndexOf('/');
            Object parsed = parsed(path, value);
            return slash < 0 ? put("", path, parsed) : put(path.substring(0, slash), path.substring(slash + 1), parsed);
        }

        /**
         * Builds the profile.
         *
         * @return the profile
         * @throws IllegalArgumentException naming everything that is wrong, with JSON paths
         */
        public GatewayProfile build() {
            return fromJson(Json.pretty(root));
        }

        private Builder put(String path, String name, Object value) {
            at(path).put(name, Objects.requireNonNull(value, name));
            return this;
        }

        private Map<String, Object> at(String path) {
            Map<String, Object> object = root;
            for (String step : path.isEmpty() ? new String[0] : path.split("/", -1)) {
                Map<String, Object> next = new LinkedHashMap<>();
                if (object.get(step) instanceof Map<?, ?> before) {
                    before.forEach((name, member) -> next.put(String.valueOf(name), Objects.requireNonNull(member)));
                }
                object.put(step, next);
                object = next;
            }
            return object;
        }

        private static Object parsed(String path, String json) {
            try {
                return Json.PROFILES.read(json.getBytes(StandardCharsets.UTF_8));
            } catch (IOException malformed) {
                throw new IllegalArgumentException(
                        path + ": " + JsonObject.shown(json) + " isn't JSON; a text needs quotes of its own: write "
                                + "\"\\\"POST\\\"\" for POST.",
                        malformed);
            }
        }
    }
}
