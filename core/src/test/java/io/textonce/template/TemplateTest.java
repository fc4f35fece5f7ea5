package io.textonce.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.template.TemplateException.Kind;
import io.textonce.template.TemplateException.Problem.What;
import io.textonce.text.Encoding;
import io.textonce.text.Offender;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmentation;
import io.textonce.text.Segmenter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final Locale TURKISH = Locale.forLanguageTag("tr");
    private static final Template REMINDER = Template.builder("reminder")
            .variable("name", 20)
            .variable("time")
            .text(Locale.ENGLISH, "Hi {{name}}, see you at {{time}}.")
            .text(TURKISH, "Merhaba {{ name }}, saat {{time}} g\u00F6r\u00FC\u015Fmek \u00FCzere, {{name}}.")
            .defaultLocale(Locale.ENGLISH)
            .build();

    private static String render(String text, String value) {
        return Template.builder("t")
                .variable("x")
                .text(Locale.ENGLISH, text)
                .build()
                .render(Locale.ENGLISH, Map.of("x", value))
                .text();
    }

    @Test
    void putsValuesInTheirPlaces() {
        Template.Rendered rendered = REMINDER.render(TURKISH, Map.of("name", "Ada", "time", "10:30"));

        assertThat(rendered.text()).isEqualTo("Merhaba Ada, saat 10:30 g\u00F6r\u00FC\u015Fmek \u00FCzere, Ada.");
        assertThat(rendered.locale()).isEqualTo(TURKISH);
        assertThat(rendered).hasToString("Rendered[tr, 44 characters]");
    }

    @ParameterizedTest
    @CsvSource({
        "'{{x}}', V",
        "'{{x}}{{x}}', VV",
        "'{{ x\t}}', V",
        "'a{b}c {x} } }} {{x}}', a{b}c {x} } }} V",
        "'{{{{x}} {{x}}', {{x}} V",
        "'{{{{{{x}}', {{V",
        "'{{x}}}', V}",
        "'{{x}}{', V{",
        "'{{x}}{{{{', V{{",
        "'$1 \\ % {0} {{x}} <b> & ''', '$1 \\ % {0} V <b> & '''",
    })
    void readsBracesAsDocumented(String text, String expected) {
        assertThat(render(text, "V")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"{{x}}", "{{{{", "$0", "\\", "<O'Brien> & Co", "''", "'}}'", "\uD83D\uDE00"})
    void takesValuesLiterally(String value) {
        assertThat(render("[{{x}}|{{x}}]", value)).isEqualTo("[" + value + "|" + value + "]");
    }

    @Test
    void templatesNeedNoVariables() {
        Template plain = Template.builder("plain").text(Locale.ENGLISH, "Hello").build();

        assertThat(plain.render(TURKISH, Map.of()).text()).isEqualTo("Hello");
        assertThat(plain.variables()).isEmpty();
    }

    @Test
    void namesMayBeOfAnyScript() {
        Template template = Template.builder("2fa_code.v1-a")
                .variable("\u00FCr\u00FCn")
                .variable("_1.a-b")
                .text(TURKISH, "{{\u00FCr\u00FCn}} {{_1.a-b}}")
                .build();

        assertThat(template.render(TURKISH, Map.of("\u00FCr\u00FCn", "a", "_1.a-b", "b"))
                        .text())
                .isEqualTo("a b");
    }

    @Test
    void tellsWhatItWasBuiltWith() {
        Template template = Template.builder("reminder")
                .tenant(TenantId.of("clinic-7"))
                .version(12)
                .active(false)
                .variable("b", 3)
                .variable("a")
                .text(TURKISH, "{{a}}{{b}}")
                .text(Locale.ENGLISH, "{{b}}")
                .defaultLocale(TURKISH)
                .build();

        assertThat(template.id()).isEqualTo("reminder");
        assertThat(template.tenant()).isEqualTo(TenantId.of("clinic-7"));
        assertThat(template.version()).isEqualTo(12);
        assertThat(template.active()).isFalse();
        assertThat(template.variables()).containsExactly("b", "a");
        assertThat(template.maxLength("b")).hasValue(3);
        assertThat(template.maxLength("a")).isEmpty();
        assertThatThrownBy(() -> template.maxLength("c"))
                .hasMessage("variable: c is not declared; declared are [b, a]");
        assertThat(template.locales()).containsExactly(TURKISH, Locale.ENGLISH);
        assertThat(template.defaultLocale()).isEqualTo(TURKISH);
        assertThat(template).hasToString("Template[reminder, tenant=clinic-7, version=12, inactive, [tr, en]]");
    }

    @Test
    void defaultsAreActiveAndTheDefaultTenant() {
        assertThat(REMINDER.active()).isTrue();
        assertThat(REMINDER.tenant()).isEqualTo(TenantId.DEFAULT);
        assertThat(REMINDER.version()).isZero();
    }

    @Test
    void reportsEveryProblemOfATemplateAtOnce() {
        assertThatThrownBy(() -> Template.builder("a b")
                        .version(-1)
                        .variable("name")
                        .variable("name", 5)
                        .variable("no spaces")
                        .variable("spare")
                        .variable("long", 0)
                        .text(Locale.ENGLISH, "Hi {{name}} {{nmae}} {{}} {{{name}}} {{name")
                        .text(TURKISH, "\uD83D\uDE00{{a b}} {{long}} {{other}} {{other}}")
                        .text(TURKISH, "again")
                        .text(Locale.ROOT, "which language?")
                        .defaultLocale(Locale.FRENCH)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("template ?: the id is not " + Names.ALLOWED
                        + "; version -1 is negative; give 0 or more"
                        + "; variable name is declared twice"
                        + "; a variable's name is not " + Names.ALLOWED
                        + "; variable long: maximal length 0 is not between 1 and 2000 characters"
                        + "; text tr is given twice"
                        + "; a text's locale names no language; give one such as en or tr-CY"
                        + "; text en at character 22: \"{{}}\" names no variable"
                        + "; text en at character 27: \"{{...}}\" holds no variable's name"
                        + "; text en at character 38: \"{{\" is never closed by \"}}\""
                        + "; text en uses variable nmae, which is not declared"
                        + "; text tr at character 2: \"{{...}}\" holds no variable's name"
                        + "; text tr uses variable other, which is not declared"
                        + "; variable spare is declared and no text uses it"
                        + "; defaultLocale is a language without a text; set one of [en, tr]");
    }

    @Test
    void aTemplateNeedsATextAndADefault() {
        assertThatThrownBy(() -> Template.builder("t").build()).hasMessage("template t: no text is given");
        assertThatThrownBy(() -> Template.builder("t")
                        .text(Locale.ENGLISH, "")
                        .text(TURKISH, "")
                        .build())
                .hasMessage("template t: defaultLocale is not set; set one of [en, tr]");
        assertThat(Template.builder("t").text(TURKISH, "").build().defaultLocale())
                .isEqualTo(TURKISH);
    }

    @Test
    void reportsEveryVariableThatIsWrongAndNoValue() {
        Map<String, String> values = new HashMap<>();
        values.put("name", "Secret-Person-of-21-ch");
        values.put("time", null);
        values.put("zip", "Secret-Zip");
        values.put("tiem", "Secret-Time");
        values.put("Secret value as name", "Secret");

        TemplateException e =
                catchThrowableOfType(TemplateException.class, () -> REMINDER.render(Locale.ENGLISH, values));

        assertThat(e.kind()).isEqualTo(Kind.VARIABLES);
        assertThat(e)
                .hasMessage("template reminder: variable name has more than 20 characters; variable time has no value;"
                        + " variable ? is given but not declared; variable tiem is given but not declared;"
                        + " variable zip is given but not declared");
        assertThat(e.problems())
                .extracting(TemplateException.Problem::what)
                .containsExactly(What.TOO_LONG, What.MISSING, What.UNDECLARED, What.UNDECLARED, What.UNDECLARED);
        assertThat(e.problems())
                .extracting(TemplateException.Problem::variable)
                .containsExactly("name", "time", "?", "tiem", "zip");
    }

    @Test
    void aVariableIsNeededInEveryLanguageAndAnEmptyValueIsAValue() {
        Template template = Template.builder("t")
                .variable("a")
                .variable("b")
                .text(Locale.ENGLISH, "{{a}}")
                .text(TURKISH, "{{b}}")
                .defaultLocale(TURKISH)
                .build();

        assertThatThrownBy(() -> template.render(Locale.ENGLISH, Map.of("a", "1")))
                .hasMessage("template t: variable b has no value");
        assertThat(template.render(Locale.ENGLISH, Map.of("a", "", "b", "2")).text())
                .isEmpty();
    }

    @Test
    void lengthIsCountedInCodePoints() {
        String emoji = "\uD83D\uDE00";

        assertThat(REMINDER.render(Locale.ENGLISH, Map.of("name", emoji.repeat(20), "time", ""))
                        .text())
                .isEqualTo("Hi " + emoji.repeat(20) + ", see you at .");
        assertThatThrownBy(() -> REMINDER.render(Locale.ENGLISH, Map.of("name", emoji.repeat(21), "time", "")))
                .hasMessage("template reminder: variable name has more than 20 characters");
    }

    @ParameterizedTest
    @CsvSource({
        "tr, tr",
        "tr-CY, tr",
        "tr-Latn-CY, tr",
        "tr-CY-u-nu-latn, tr",
        "tr-x-clinic, tr",
        "en-AU, en",
        "zh-Hant-TW, zh-Hant",
        "zh-TW, en",
        "he, he",
        "iw-IL, he",
        "de, en",
        "und, en",
        "de-x-tr, en",
        "nn-NO, en",
    })
    void findsTheLanguageByTheChain(String wanted, String found) {
        Template template = Template.builder("t")
                .text(Locale.forLanguageTag("zh-Hant"), "")
                .text(Locale.forLanguageTag("he"), "")
                .text(TURKISH, "")
                .text(Locale.ENGLISH, "")
                .defaultLocale(Locale.ENGLISH)
                .build();

        assertThat(template.render(Locale.forLanguageTag(wanted), Map.of())
                        .locale()
                        .toLanguageTag())
                .isEqualTo(found);
    }

    @Test
    void aTextForARegionIsPreferredToOneForTheLanguage() {
        Template template = Template.builder("t")
                .text(TURKISH, "tr")
                .text(Locale.forLanguageTag("tr-CY"), "tr-CY")
                .defaultLocale(TURKISH)
                .build();

        assertThat(template.render(Locale.forLanguageTag("tr-CY-x-a"), Map.of()).text())
                .isEqualTo("tr-CY");
        assertThat(template.render(Locale.forLanguageTag("tr-TR"), Map.of()).text())
                .isEqualTo("tr");
    }

    @Test
    void mayBeUsedByItsTenantWhileActive() {
        Template template = Template.builder("t")
                .tenant(TenantId.of("a"))
                .active(false)
                .text(TURKISH, "")
                .build();

        REMINDER.requireUsable(TenantId.DEFAULT);
        assertThatThrownBy(() -> template.requireUsable(TenantId.of("a")))
                .hasMessage("template t is not active; activate it, or use another")
                .extracting(e -> ((TemplateException) e).kind())
                .isEqualTo(Kind.INACTIVE);
        assertThatThrownBy(() -> template.requireUsable(TenantId.of("b")))
                .hasMessageContaining("belongs to another tenant")
                .extracting(e -> ((TemplateException) e).kind())
                .isEqualTo(Kind.WRONG_TENANT);
    }

    @Test
    void notFoundShowsOnlyWhatCanBeAnId() {
        assertThat(TemplateException.notFound("reminder"))
                .hasMessage("template reminder doesn't exist for this tenant; store it, or correct the id")
                .extracting(TemplateException::kind)
                .isEqualTo(Kind.NOT_FOUND);
        assertThat(TemplateException.notFound("Dear Ada,\n")).hasMessageStartingWith("template ? doesn't exist");
        assertThat(TemplateException.notFound("x").problems()).isEmpty();
    }

    @Test
    void problemsSurviveSerialization() throws Exception {
        TemplateException e =
                catchThrowableOfType(TemplateException.class, () -> REMINDER.render(Locale.ENGLISH, Map.of()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(e);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            TemplateException copy = (TemplateException) in.readObject();
            assertThat(copy).hasMessage(e.getMessage());
            assertThat(copy.problems()).hasSize(2);
        }
    }

    @Test
    void previewCutsEveryLanguage() {
        Map<Locale, Segmentation> preview =
                REMINDER.preview(SegmentPolicy.TWILIO, Map.of("name", "Ada", "time", "10:30"));

        assertThat(preview.keySet()).containsExactly(Locale.ENGLISH, TURKISH);
        assertThat(preview.get(Locale.ENGLISH).encoding()).isEqualTo(Encoding.GSM_7);
        assertThat(preview.get(Locale.ENGLISH).units()).isEqualTo("Hi Ada, see you at 10:30.".length());
        Segmentation turkish = preview.get(TURKISH);
        assertThat(turkish.encoding()).isEqualTo(Encoding.UCS_2);
        assertThat(turkish.offenders()).extracting(Offender::codePoint).containsExactly((int) '\u015F');
        assertThat(turkish.count()).isEqualTo(1);
        assertThat(Money.of("0.05", "USD").times(turkish.count())).isEqualTo(Money.of("0.05", "USD"));
    }

    @Test
    void previewFillsVariablesUpToTheirMaximalLength() {
        Map<Locale, Segmentation> preview = REMINDER.preview(SegmentPolicy.GENERIC, Map.of("time", "10:30"));

        Segmentation expected = Segmenter.of(SegmentPolicy.GENERIC)
                .segment("Merhaba " + "x".repeat(20) + ", saat 10:30 g\u00F6r\u00FC\u015Fmek \u00FCzere, "
                        + "x".repeat(20) + ".");
        assertThat(preview.get(TURKISH).count()).isEqualTo(expected.count()).isEqualTo(2);
        assertThat(preview.get(TURKISH).units()).isEqualTo(expected.units());
    }

    @Test
    void previewNeedsASampleOrAMaximalLength() {
        TemplateException e = catchThrowableOfType(
                TemplateException.class,
                () -> REMINDER.preview(SegmentPolicy.GENERIC, Map.of("name", "a".repeat(21), "other", "")));

        assertThat(e.problems())
                .extracting(Object::toString)
                .isEqualTo(List.of(
                        "variable name has more than 20 characters",
                        "variable time has no value",
                        "variable other is given but not declared"));
    }
}
