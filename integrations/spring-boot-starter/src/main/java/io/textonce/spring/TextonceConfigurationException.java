package io.textonce.spring;

import java.util.List;

/** The properties can't be used; the message says why and what to do, a line for each. */
final class TextonceConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TextonceConfigurationException(List<String> problems) {
        super("Textonce can't be configured:\n- " + String.join("\n- ", problems));
    }
}
