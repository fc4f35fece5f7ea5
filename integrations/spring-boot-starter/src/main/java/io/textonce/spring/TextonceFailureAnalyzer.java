package io.textonce.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is wrong instead of a stack trace. */
final class TextonceFailureAnalyzer extends AbstractFailureAnalyzer<TextonceConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TextonceConfigurationException cause) {
        return new FailureAnalysis(
                cause.getMessage(), "Correct the properties, or define the beans in question yourself.", cause);
    }
}
