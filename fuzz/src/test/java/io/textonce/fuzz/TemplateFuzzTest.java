package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.template.Template;
import io.textonce.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateFuzzTest {

    /** A value comes out as it went in, whatever it looks like. */
    @FuzzTest
    void rendersAnyValueAsItIs(byte[] input) {
        String value = new String(input, StandardCharsets.UTF_8);
        Template template = Template.builder("greeting")
                .variable("name")
                .text(Locale.ENGLISH, "Hello {{name}}!")
                .build();
        Bounded.run(() -> {
            try {
                assertThat(template.render(Locale.ENGLISH, Map.of("name", value))
                                .text())
                        .isEqualTo("Hello " + value + "!");
            } catch (TemplateException documented) {
                assertThat(documented.getMessage()).contains("name");
            }
        });
    }

    /** A text compiles, or the mistake is told; it is never rendered with a hole. */
    @FuzzTest
    void compilesAnyTextOrSaysWhyNot(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounded.run(() -> {
            try {
                Template template = Template.builder("any")
                        .variable("a")
                        .text(Locale.ENGLISH, text)
                        .build();
                String rendered =
                        template.render(Locale.ENGLISH, Map.of("a", "")).text();
                assertThat(rendered.length()).isLessThanOrEqualTo(text.length());
            } catch (IllegalArgumentException | TemplateException documented) {
                assertThat(documented.getMessage()).isNotBlank();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        rendersAnyValueAsItIs(input);
        compilesAnyTextOrSaysWhyNot(input);
    }
}
