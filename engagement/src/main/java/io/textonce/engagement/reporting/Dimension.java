package io.textonce.engagement.reporting;

import io.textonce.Label;
import java.util.Locale;
import java.util.Objects;

/**
 * What a report tells apart: each combination of values gets a row.
 *
 * <pre>{@code
 * ReportQuery.of(tenant, MessageQuery.all()).by(Dimension.PROVIDER, Dimension.label("type"));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param kind what is looked at
 * @param name of {@link Kind#LABEL} the label's name; empty for the others
 */
public record Dimension(Kind kind, String name) {

    /** The day on which the message was created, in the query's zone, such as {@code 2026-03-01}. */
    public static final Dimension DAY = new Dimension(Kind.DAY, "");
    /** The month in which the message was created, in the query's zone, such as {@code 2026-03}. */
    public static final Dimension MONTH = new Dimension(Kind.MONTH, "");
    /** Whose message it is. */
    public static final Dimension TENANT = new Dimension(Kind.TENANT, "");
    /** Who has it, or may have it, or refused it last. */
    public static final Dimension PROVIDER = new Dimension(Kind.PROVIDER, "");
    /** What it is for. */
    public static final Dimension CATEGORY = new Dimension(Kind.CATEGORY, "");
    /** Where the recipient's number belongs, two letters such as {@code AU}. */
    public static final Dimension COUNTRY = new Dimension(Kind.COUNTRY, "");
    /** Where it stands in the store. */
    public static final Dimension STATE = new Dimension(Kind.STATE, "");
    /** How far it has come, by its reports. */
    public static final Dimension STATUS = new Dimension(Kind.STATUS, "");
    /** The template that made its text. */
    public static final Dimension TEMPLATE = new Dimension(Kind.TEMPLATE, "");

    /** What is looked at. Switch on it with a default: the set may grow. */
    public enum Kind {
        /** {@link Dimension#DAY}. */
        DAY,
        /** {@link Dimension#MONTH}. */
        MONTH,
        /** {@link Dimension#TENANT}. */
        TENANT,
        /** {@link Dimension#PROVIDER}. */
        PROVIDER,
        /** {@link Dimension#CATEGORY}. */
        CATEGORY,
        /** {@link Dimension#COUNTRY}. */
        COUNTRY,
        /** {@link Dimension#STATE}. */
        STATE,
        /** {@link Dimension#STATUS}. */
        STATUS,
        /** {@link Dimension#TEMPLATE}. */
        TEMPLATE,
        /** {@link Dimension#label}. */
        LABEL
    }

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is no label's name, or another kind has one
     */
    public Dimension {
        Objects.requireNonNull(kind, "kind");
        if (kind == Kind.LABEL) {
            name = new Label(name, "any").name();
        } else if (!name.isEmpty()) {
            throw new IllegalArgumentException("dimension " + kind + ": has no name; only labels have");
        }
    }

    /**
     * The value of a label, such as the type of message or the user.
     *
     * @param name the label's name
     * @return the dimension
     * @throws IllegalArgumentException if it is no label's name
     */
    public static Dimension label(String name) {
        return new Dimension(Kind.LABEL, name);
    }

    /**
     * As a column's title.
     *
     * @return such as {@code provider}, or {@code label:type}
     */
    @Override
    public String toString() {
        return kind == Kind.LABEL ? "label:" + name : kind.name().toLowerCase(Locale.ROOT);
    }
}
