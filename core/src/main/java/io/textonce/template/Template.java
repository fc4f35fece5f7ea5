package io.textonce.template;

/** Placeholder until the template package arrives. */
public final class Template {
    private Template() {}
}
