package io.textonce.template;

import io.textonce.TenantId;
import io.textonce.template.TemplateException.Problem;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmentation;
import io.textonce.text.Segmenter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One text with variables in all its languages, compiled: what a host keeps in a table, ready to render.
 *
 * <p>{@code {{name}}}, with blanks inside if you like, stands for a value. Four opening braces in a row stand for two
 * literal ones; single braces and closing ones by themselves are plain text. There is no logic, no escaping of HTML, and
 * a value is never read again: braces in it stay braces. Every declared variable must be given at each rendering, whatever the language, so that a call
 * that works in one works in all.
 *
 * <p>Languages are looked up as in RFC 4647, section 3.4: {@code tr-CY}, then {@code tr}, then the default.
 *
 * <pre>{@code
 * Template reminder = Template.builder("reminder")
 *         .variable("name", 40)
 *         .variable("time")
 *         .text(Locale.ENGLISH, "Hi {{name}}, see you at {{time}}")
 *         .text(Locale.forLanguageTag("tr"), "Merhaba {{name}}, saat {{time}}")
 *         .defaultLocale(Locale.ENGLISH)
 *         .build();
 * reminder.render(Locale.forLanguageTag("tr-CY"), Map.of("name", "Ada", "time", "10:30")).text();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Template {

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final String id;
    private final TenantId tenant;
    private final boolean active;
    private final long version;

    /** The declared variables, in order; {@link Body#slots} points here. */
    private final String[] names;

    private final int[] maxLengths;
    private final Map<String, Body> byTag;
    private final Map<Locale, Body> byLocale;
    private final Body fallback;
    private final Map<Locale, String> sources;

    private Template(Builder b, Map<Locale, Body> bodies, Body fallback) {
        this.id = b.id;
        this.tenant = b.tenant;
        this.active = b.active;
        this.version = b.version;
        this.names = b.variables.keySet().toArray(new String[0]);
        this.maxLengths =
                b.variables.values().stream().mapToInt(Integer::intValue).toArray();
        this.byLocale = Collections.unmodifiableMap(bodies);
        Map<String, Body> tags = new LinkedHashMap<>();
        bodies.forEach((locale, body) -> tags.put(locale.toLanguageTag(), body));
        this.byTag = tags;
        this.fallback = fallback;
        this.sources = Map.copyOf(b.texts);
    }

    /**
     * Starts a template.
     *
     * @param id 1 to 64 letters, digits and {@code _ - .}, such as {@code reminder}
     * @return a builder
     */
    public static Builder builder(String id) {
        return new Builder(Objects.requireNonNull(id, "id"));
    }

    /**
     * The id, unique within the tenant.
     *
     * @return such as {@code reminder}
     */
    public String id() {
        return id;
    }

    /**
     * Whose template it is.
     *
     * @return the tenant, {@link TenantId#DEFAULT} unless set
     */
    public TenantId tenant() {
        return tenant;
    }

    /**
     * Whether messages may use it.
     *
     * @return true unless switched off
     */
    public boolean active() {
        return active;
    }

    /**
     * The host's own version, so that records can say which text went out.
     *
     * @return 0 or more, 0 unless set
     */
    public long version() {
        return version;
    }

    /**
     * The declared variables, in order of declaration.
     *
     * @return the names
     */
    public List<String> variables() {
        return List.of(names);
    }

    /**
     * How long a variable's value may be.
     *
     * @param variable a declared variable
     * @return characters (Unicode code points), or empty for no limit
     * @throws IllegalArgumentException if it isn't declared
     */
    public OptionalInt maxLength(String variable) {
        int index = variables().indexOf(variable);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "variable: " + Names.shown(variable) + " is not declared; declared are " + variables());
        }
        return maxLengths[index] == NO_LIMIT ? OptionalInt.empty() : OptionalInt.of(maxLengths[index]);
    }

    /**
     * The languages, in order of declaration.
     *
     * @return at least one
     */
    public Set<Locale> locales() {
        return byLocale.keySet();
    }

    /**
     * The language used where none fits.
     *
     * @return one of {@link #locales()}
     */
    public Locale defaultLocale() {
        return fallback.locale;
    }

    /**
     * The text of a language as it was given, with its variables in braces: to be stored, and shown to people who edit it.
     *
     * @param locale one of {@link #locales()}
     * @return the text
     * @throws IllegalArgumentException if there is no text in this very language
     */
    public String source(Locale locale) {
        String source = sources.get(Objects.requireNonNull(locale, "locale"));
        if (source == null) {
            throw new IllegalArgumentException("locale: template " + id + " has no text in " + locale.toLanguageTag()
                    + "; there are " + byTag.keySet());
        }
        return source;
    }

    /**
     * Insists that a tenant may use this template now.
     *
     * @param user who wants to
     * @throws TemplateException of kind {@code WRONG_TENANT} or {@code INACTIVE}
     */
    public void requireUsable(TenantId user) {
        if (!tenant.equals(user)) {
            throw TemplateException.wrongTenant(id);
        }
        if (!active) {
            throw TemplateException.inactive(id);
        }
    }

    /**
     * Makes the text, whether the template is active or not.
     *
     * @param wanted the language of the reader
     * @param values a value for each declared variable and no others; a null value counts as missing, an empty one doesn't
     * @return the text and the language it is in
     * @throws TemplateException of kind {@code VARIABLES}, naming every missing, undeclared and too long variable
     */
    public Rendered render(Locale wanted, Map<String, String> values) {
        Body body = lookup(wanted);
        return new Rendered(body.fill(check(values)), body.locale);
    }

    /**
     * Cuts every language's text as it would be cut when sent, for people who write templates: encoding, segments, units,
     * and the characters that force UCS-2. The price is the price of a segment times {@link Segmentation#count()}.
     *
     * <p>A variable without a sample stands as so many letters {@code x} as it may have at most: the segments are then the
     * most that values in plain letters can cost, and values outside the alphabet cost more.
     *
     * @param policy how the provider cuts
     * @param samples values for some or all variables
     * @return for each language, in order of declaration, the text cut
     * @throws TemplateException of kind {@code VARIABLES}, naming every variable that has neither sample nor maximal length,
     *     and every undeclared and too long sample
     */
    public Map<Locale, Segmentation> preview(SegmentPolicy policy, Map<String, String> samples) {
        Map<String, @Nullable String> values = new HashMap<>(samples);
        for (int i = 0; i < names.length; i++) {
            if (values.get(names[i]) == null && maxLengths[i] != NO_LIMIT) {
                values.put(names[i], "x".repeat(maxLengths[i]));
            }
        }
        String[] checked = check(values);
        Segmenter segmenter = Segmenter.of(policy);
        Map<Locale, Segmentation> cut = new LinkedHashMap<>();
        byLocale.forEach((locale, body) -> cut.put(locale, segmenter.segment(body.fill(checked))));
        return Collections.unmodifiableMap(cut);
    }

    /** Id, tenant, version and languages; no text. */
    @Override
    public String toString() {
        return "Template[" + id + ", tenant=" + tenant + ", version=" + version + (active ? "" : ", inactive") + ", "
                + byTag.keySet() + "]";
    }

    private Body lookup(Locale wanted) {
        Body exact = byLocale.get(wanted);
        if (exact != null) {
            return exact;
        }
        String tag = wanted.toLanguageTag();
        while (true) {
            Body body = byTag.get(tag);
            if (body != null) {
                return body;
            }
            int cut = tag.lastIndexOf('-');
            if (cut < 0) {
                return fallback;
            }
            // A single letter only introduces what was just cut off (RFC 4647, 3.4).
            tag = tag.substring(0, cut > 1 && tag.charAt(cut - 2) == '-' ? cut - 2 : cut);
        }
    }

    /** The values in order of declaration. */
    private String[] check(Map<String, ? extends @Nullable String> values) {
        String[] found = new String[names.length];
        boolean fits = values.size() == names.length;
        for (int i = 0; i < names.length; i++) {
            String value = values.get(names[i]);
            if (value == null || isLonger(value, maxLengths[i])) {
                fits = false;
            } else {
                found[i] = value;
            }
        }
        if (!fits) {
            throw TemplateException.variables(id, problems(values));
        }
        return found;
    }

    private List<Problem> problems(Map<String, ? extends @Nullable String> values) {
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            String value = values.get(names[i]);
            if (value == null) {
                problems.add(new Problem(Problem.What.MISSING, names[i], maxLengths[i]));
            } else if (isLonger(value, maxLengths[i])) {
                problems.add(new Problem(Problem.What.TOO_LONG, names[i], maxLengths[i]));
            }
        }
        Set<String> undeclared = new TreeSet<>();
        Set<String> declared = Set.of(names);
        values.keySet().stream()
                .filter(name -> !declared.contains(name))
                .forEach(name -> undeclared.add(Names.shown(name)));
        undeclared.forEach(name -> problems.add(new Problem(Problem.What.UNDECLARED, name, NO_LIMIT)));
        return problems;
    }

    private static boolean isLonger(String value, int max) {
        return value.length() > max && value.codePointCount(0, value.length()) > max;
    }

    /** One language's text: literals, and between them the variables by their place among the declared. */
    private static final class Body {
        private final Locale locale;
        private final String[] literals;
        private final int[] slots;

        Body(Locale locale, Parts parts, List<String> declared) {
            this.locale = locale;
            this.literals = parts.literals.toArray(new String[0]);
            this.slots = parts.names.stream().mapToInt(declared::indexOf).toArray();
        }

        String fill(String[] values) {
            String[] pieces = new String[2 * slots.length + 1];
            for (int i = 0; i < slots.length; i++) {
                pieces[2 * i] = literals[i];
                pieces[2 * i + 1] = values[slots[i]];
            }
            pieces[2 * slots.length] = literals[slots.length];
            // Measures first and copies once, where a StringBuilder would copy twice.
            return String.join("", pieces);
        }
    }

    /** A text and the language it is in. Immutable and thread-safe; {@code toString()} shows no text. */
    public static final class Rendered {
        private final String text;
        private final Locale locale;

        private Rendered(String text, Locale locale) {
            this.text = text;
            this.locale = locale;
        }

        /**
         * The text, ready to send. Personal data.
         *
         * @return the text
         */
        public String text() {
            return text;
        }

        /**
         * The language that was found for the one wanted.
         *
         * @return one of {@link Template#locales()}
         */
        public Locale locale() {
            return locale;
        }

        @Override
        public String toString() {
            return "Rendered[" + locale.toLanguageTag() + ", " + text.length() + " characters]";
        }
    }

    /**
     * Collects a template's parts. Problems are all reported at once by {@link #build()}.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final String id;
        private final Map<String, Integer> variables = new LinkedHashMap<>();
        private final Map<Locale, String> texts = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>(0);
        private TenantId tenant = TenantId.DEFAULT;
        private boolean active = true;
        private long version;
        private @Nullable Locale defaultLocale;

        private Builder(String id) {
            this.id = id;
            if (!Names.isName(id)) {
                problems.add("the id is not " + Names.ALLOWED);
            }
        }

        /**
         * Sets whose template it is. Default: {@link TenantId#DEFAULT}.
         *
         * @param value the tenant
         * @return this builder
         */
        public Builder tenant(TenantId value) {
            this.tenant = Objects.requireNonNull(value, "tenant");
            return this;
        }

        /**
         * Switches the template on or off. Default: on.
         *
         * @param value whether messages may use it
         * @return this builder
         */
        public Builder active(boolean value) {
            this.active = value;
            return this;
        }

        /**
         * Sets the host's own version. Default: 0.
         *
         * @param value 0 or more
         * @return this builder
         */
        public Builder version(long value) {
            if (value < 0) {
                problems.add("version " + value + " is negative; give 0 or more");
            }
            this.version = value;
            return this;
        }

        /**
         * Declares a variable whose value may have any length.
         *
         * @param name 1 to 64 letters, digits and {@code _ - .}
         * @return this builder
         */
        public Builder variable(String name) {
            return declare(name, NO_LIMIT);
        }

        /**
         * Declares a variable and how long its value may be, so that the text's cost has a bound.
         *
         * @param name 1 to 64 letters, digits and {@code _ - .}
         * @param maxLength characters (Unicode code points), 1 to 2000
         * @return this builder
         */
        public Builder variable(String name, int maxLength) {
            if (maxLength < 1 || maxLength > 2000) {
                problems.add("variable " + Names.shown(name) + ": maximal length " + maxLength
                        + " is not between 1 and 2000 characters");
                return declare(name, 1);
            }
            return declare(name, maxLength);
        }

        private Builder declare(String name, int maxLength) {
            if (!Names.isName(name)) {
                problems.add("a variable's name is not " + Names.ALLOWED);
            } else if (variables.putIfAbsent(name, maxLength) != null) {
                problems.add("variable " + name + " is declared twice");
            }
            return this;
        }

        /**
         * Adds the text of one language.
         *
         * @param locale the language, such as {@code Locale.forLanguageTag("tr")}
         * @param text the text with its variables
         * @return this builder
         */
        public Builder text(Locale locale, String text) {
            Objects.requireNonNull(text, "text");
            if (locale.getLanguage().isEmpty()) {
                problems.add("a text's locale names no language; give one such as en or tr-CY");
            } else if (texts.putIfAbsent(locale, text) != null) {
                problems.add("text " + locale.toLanguageTag() + " is given twice");
            }
            return this;
        }

        /**
         * Sets the language used where none fits. Default: the only one, if there is just one.
         *
         * @param value one of the texts' languages
         * @return this builder
         */
        public Builder defaultLocale(Locale value) {
            this.defaultLocale = Objects.requireNonNull(value, "defaultLocale");
            return this;
        }

        /**
         * Compiles the template.
         *
         * @return the template
         * @throws IllegalArgumentException naming every problem at once: a malformed or double name, malformed braces with
         *     their place, an undeclared variable, a declared one that no text uses, no text, no default language
         */
        public Template build() {
            List<String> all = new ArrayList<>(problems);
            List<String> declared = List.copyOf(variables.keySet());
            Map<Locale, Body> bodies = new LinkedHashMap<>();
            Set<String> unused = new TreeSet<>(declared);
            texts.forEach((locale, text) -> {
                String where = "text " + locale.toLanguageTag();
                Parts parts = Parts.scan(text);
                parts.problems.forEach(problem -> all.add(where + " " + problem));
                new TreeSet<>(parts.names)
                        .stream()
                                .filter(name -> !declared.contains(name))
                                .forEach(name -> all.add(where + " uses variable " + name + ", which is not declared"));
                unused.removeAll(parts.names);
                bodies.put(locale, new Body(locale, parts, declared));
            });
            unused.forEach(name -> all.add("variable " + name + " is declared and no text uses it"));
            Body fallback = fallback(bodies, all);
            if (!all.isEmpty() || fallback == null) {
                throw new IllegalArgumentException("template " + Names.shown(id) + ": " + String.join("; ", all));
            }
            return new Template(this, bodies, fallback);
        }

        private @Nullable Body fallback(Map<Locale, Body> bodies, List<String> all) {
            if (bodies.isEmpty()) {
                all.add("no text is given");
                return null;
            }
            if (defaultLocale == null && bodies.size() == 1) {
                return bodies.values().iterator().next();
            }
            Body body = defaultLocale == null ? null : bodies.get(defaultLocale);
            if (body == null) {
                all.add("defaultLocale is " + (defaultLocale == null ? "not set" : "a language without a text")
                        + "; set one of "
                        + bodies.keySet().stream()
                                .map(Locale::toLanguageTag)
                                .sorted()
                                .toList());
            }
            return body;
        }
    }
}
