package io.textonce.template;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A template can't make a text: it doesn't exist, mustn't be used, or the values don't fit its variables. The client turns
 * it into a rejected result before any submit.
 *
 * <p>The message names the template and its variables and never holds a value. Immutable and thread-safe.
 */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    @SuppressWarnings("serial") // a list made by List.copyOf, which is serializable
    private final List<Problem> problems;

    private TemplateException(Kind kind, String message, List<Problem> problems) {
        super(message);
        this.kind = kind;
        this.problems = List.copyOf(problems);
    }

    /**
     * No template of the tenant has that id.
     *
     * @param id what was asked for
     * @return the exception, not thrown yet
     */
    public static TemplateException notFound(String id) {
        return new TemplateException(
                Kind.NOT_FOUND,
                "template " + Names.shown(id) + " doesn't exist for this tenant; store it, or correct the id",
                List.of());
    }

    /**
     * Nobody can find any template.
     *
     * @param id what was asked for
     * @return the exception, not thrown yet
     */
    public static TemplateException noRepository(String id) {
        return new TemplateException(
                Kind.NOT_FOUND,
                "template " + Names.shown(id)
                        + " can't be looked up: the client has no TemplateRepository; give it one with"
                        + " SmsClient.builder().templates(...)",
                List.of());
    }

    static TemplateException inactive(String id) {
        return new TemplateException(
                Kind.INACTIVE, "template " + id + " is not active; activate it, or use another", List.of());
    }

    static TemplateException wrongTenant(String id) {
        return new TemplateException(
                Kind.WRONG_TENANT,
                "template " + id + " belongs to another tenant; the repository must look up by tenant and id",
                List.of());
    }

    static TemplateException variables(String id, List<Problem> problems) {
        String all = problems.stream().map(Problem::toString).collect(Collectors.joining("; "));
        return new TemplateException(Kind.VARIABLES, "template " + id + ": " + all, problems);
    }

    /**
     * What is wrong.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * What is wrong with which variable, all of it.
     *
     * @return the problems; empty unless the kind is {@link Kind#VARIABLES}
     */
    public List<Problem> problems() {
        return problems;
    }

    /** Why there is no text. Use a {@code switch} with a default: kinds may be added. */
    public enum Kind {
        /** The tenant has no template of that id. */
        NOT_FOUND,
        /** The template exists and is switched off. */
        INACTIVE,
        /** The repository answered with another tenant's template. */
        WRONG_TENANT,
        /** Values are missing, not declared or too long. */
        VARIABLES
    }

    /**
     * One thing that is wrong with one variable. Immutable and thread-safe; holds no value.
     */
    public static final class Problem implements java.io.Serializable {

        private static final long serialVersionUID = 1L;

        private final What what;
        private final String variable;
        private final int maxLength;

        Problem(What what, String variable, int maxLength) {
            this.what = Objects.requireNonNull(what, "what");
            this.variable = variable;
            this.maxLength = maxLength;
        }

        /**
         * What is wrong.
         *
         * @return the kind of problem
         */
        public What what() {
            return what;
        }

        /**
         * The variable's name.
         *
         * @return the name, as declared or as given; {@code ?} for a given one that can't be a name
         */
        public String variable() {
            return variable;
        }

        /** One clause for people. */
        @Override
        public String toString() {
            return switch (what) {
                case MISSING -> "variable " + variable + " has no value";
                case TOO_LONG -> "variable " + variable + " has more than " + maxLength + " characters";
                default -> "variable " + variable + " is given but not declared";
            };
        }

        /** What can be wrong with a variable. Use a {@code switch} with a default: more may be added. */
        public enum What {
            /** Declared, and no value is given. */
            MISSING,
            /** A value is given, and it isn't declared. */
            UNDECLARED,
            /** The value is longer than declared. */
            TOO_LONG
        }
    }
}
