package io.textonce.testkit;

import java.util.ArrayList;
import java.util.List;

/** A failure told as facts, one a line: a label and a value. */
final class Facts {

    private Facts() {}

    /** From labels and values in turn. */
    static AssertionError failure(Object... labelsAndValues) {
        int width = 0;
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            width = Math.max(width, labelsAndValues[i].toString().length());
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            String label = labelsAndValues[i].toString();
            lines.add(label + " ".repeat(width - label.length()) + ": " + labelsAndValues[i + 1]);
        }
        return new AssertionError(String.join("\n", lines));
    }
}
