package io.textonce.examples.cli;

import io.textonce.Money;
import io.textonce.template.Template;
import io.textonce.template.Template.Rendered;
import io.textonce.template.TemplateException;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmentation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "template",
        description = "Makes a template's text, and says what each language costs and which variables have no value.")
final class TemplateCommand extends Command {

    @Parameters(paramLabel = "FILE", description = "The template, such as reminder.properties.")
    Path file = Path.of("");

    @Option(
            names = "--locale",
            paramLabel = "TAG",
            defaultValue = "",
            description = "The reader's language, such as tr-CY. Default: the template's own default.")
    String locale = "";

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A variable's value. Repeatable.")
    Map<String, String> values = new LinkedHashMap<>();

    @Option(
            names = "--policy",
            paramLabel = "scalar|twilio",
            defaultValue = "scalar",
            description = "Whose rules cut the text. Default: ${DEFAULT-VALUE}.")
    String policy = "scalar";

    @Option(names = "--price", paramLabel = "PRICE", description = "What a segment costs, such as 0.0079USD.")
    @Nullable
    String price;

    TemplateCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws IOException {
        Template template;
        Money each;
        SegmentPolicy rules;
        try {
            template = Templates.read(file);
            each = price == null ? null : Prices.everywhere(price);
            rules = SegmentsCommand.policy(policy);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        Rendered rendered = null;
        Map<Locale, Segmentation> cut = Map.of();
        String problem = null;
        try {
            cut = template.preview(rules, values);
            rendered = template.render(
                    locale.isEmpty() ? template.defaultLocale() : Locale.forLanguageTag(locale), values);
        } catch (TemplateException e) {
            problem = e.getMessage();
        }
        if (json) {
            print(template, rendered, cut, problem, each);
        } else {
            show(rendered, cut, each);
        }
        if (problem != null) {
            shell.errors().println("textonce template: " + problem);
        }
        return problem == null ? ExitCode.OK : ExitCode.USAGE;
    }

    private void show(@Nullable Rendered rendered, Map<Locale, Segmentation> cut, @Nullable Money each) {
        if (rendered != null) {
            shell.lines().println(rendered.locale().toLanguageTag() + ": " + rendered.text());
        }
        cut.forEach((language, text) -> shell.lines()
                .println(String.format(
                                Locale.ROOT,
                                "%-8s  %-5s  %d segment%s%s%s",
                                language.toLanguageTag(),
                                text.encoding().label(),
                                text.count(),
                                text.count() == 1 ? "" : "s",
                                each == null ? "" : ", " + each.times(text.count()),
                                text.offenders().isEmpty() ? "" : ", for " + offenders(text))
                        .stripTrailing()));
    }

    private void print(
            Template template,
            @Nullable Rendered rendered,
            Map<Locale, Segmentation> cut,
            @Nullable String problem,
            @Nullable Money each)
            throws IOException {
        shell.print(out -> {
            JsonLines.field(out, "template", template.id());
            JsonLines.field(
                    out, "locale", rendered == null ? null : rendered.locale().toLanguageTag());
            JsonLines.field(out, "text", rendered == null ? null : rendered.text());
            JsonLines.field(out, "problem", problem);
            out.writeArrayFieldStart("missing");
            for (String name : template.variables()) {
                if (!values.containsKey(name)) {
                    out.writeString(name);
                }
            }
            out.writeEndArray();
            out.writeArrayFieldStart("locales");
            for (Map.Entry<Locale, Segmentation> entry : cut.entrySet()) {
                Segmentation text = entry.getValue();
                out.writeStartObject();
                JsonLines.field(out, "locale", entry.getKey().toLanguageTag());
                JsonLines.field(out, "encoding", text.encoding().label());
                out.writeNumberField("segments", text.count());
                JsonLines.field(out, "cost", each == null ? null : each.times(text.count()));
                JsonLines.field(out, "offenders", offenders(text));
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    /** The characters that make it dearer, each once. */
    private static String offenders(Segmentation text) {
        StringBuilder all = new StringBuilder();
        text.offenders().stream()
                .mapToInt(offender -> offender.codePoint())
                .distinct()
                .forEach(all::appendCodePoint);
        return JsonLines.wellFormed(all.toString());
    }
}
