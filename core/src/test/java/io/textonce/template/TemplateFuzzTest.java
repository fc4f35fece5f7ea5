package io.textonce.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Random templates, against other ways of saying the same. */
class TemplateFuzzTest {
    private static final Pattern TOKEN = Pattern.compile("\\{\\{\\{\\{|\\{\\{ *([ab]+) *\\}\\}|\\{\\{");

    private static Random random(String test) {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("TemplateFuzzTest." + test + " seed " + seed);
        return new Random(seed);
    }

    private static String pick(Random random, String... from) {
        return from[random.nextInt(from.length)];
    }

    @Test
    void rendersWhatTheTemplateWasMadeOf() {
        Random random = random("rendersWhatTheTemplateWasMadeOf");
        for (int i = 0; i < 20_000; i++) {
            Map<String, String> values = new HashMap<>();
            for (String name : List.of("name", "n", "time_2")) {
                values.put(name, pick(random, "", "{{name}}", "}}", "{{", "$1", "\u015E", "\uD83D\uDE00", "v" + i));
            }
            StringBuilder text = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            Set<String> used = new HashSet<>();
            for (int part = random.nextInt(8); part > 0; part--) {
                String name = pick(random, "name", "n", "time_2");
                String literal = pick(random, "x", " }} ", "} ", "\u015F", "{ ", "\uD83D\uDE00", "name", "\n");
                switch (random.nextInt(3)) {
                    case 0 -> {
                        text.append("{{")
                                .append(pick(random, "", " "))
                                .append(name)
                                .append(pick(random, "", "  "));
                        text.append("}}");
                        expected.append(values.get(name));
                        used.add(name);
                    }
                    case 1 -> {
                        text.append("{{{{");
                        expected.append("{{");
                    }
                    default -> {
                        text.append(literal);
                        expected.append(literal);
                    }
                }
            }
            Template.Builder builder = Template.builder("t").text(Locale.ENGLISH, text.toString());
            used.forEach(builder::variable);
            values.keySet().retainAll(used);

            assertThat(builder.build().render(Locale.ENGLISH, values).text())
                    .as(text.toString())
                    .isEqualTo(expected.toString());
        }
    }

    @Test
    void scansAnyBracesAsTheGrammarSays() {
        Random random = random("scansAnyBracesAsTheGrammarSays");
        int wellFormed = 0;
        for (int i = 0; i < 30_000; i++) {
            StringBuilder random8 = new StringBuilder();
            for (int length = random.nextInt(16); length > 0; length--) {
                random8.append(pick(random, "{", "{{", "}", "}}", "a", "b", " ", "-"));
            }
            String text = random8.toString();
            Set<String> names = new HashSet<>();
            StringBuilder expected = new StringBuilder();
            boolean malformed = false;
            Matcher token = TOKEN.matcher(text);
            while (token.find()) {
                malformed |= token.group().equals("{{");
                String name = token.group(1);
                if (name != null) {
                    names.add(name);
                }
                token.appendReplacement(expected, name == null ? "{{" : "<" + name + ">");
            }
            token.appendTail(expected);
            Template.Builder builder = Template.builder("t").text(Locale.ENGLISH, text);
            Map<String, String> values = new HashMap<>();
            for (String name : names) {
                builder.variable(name);
                values.put(name, "<" + name + ">");
            }
            if (malformed) {
                assertThatThrownBy(builder::build).as(text).isInstanceOf(IllegalArgumentException.class);
            } else {
                wellFormed++;
                assertThat(builder.build().render(Locale.ENGLISH, values).text())
                        .as(text)
                        .isEqualTo(expected.toString());
            }
        }
        assertThat(wellFormed).isBetween(3_000, 28_500);
    }

    @Test
    void findsTheLanguageThatTheJdkFinds() {
        Random random = random("findsTheLanguageThatTheJdkFinds");
        List<String> tags = List.of(
                "tr",
                "tr-CY",
                "tr-Latn",
                "tr-Latn-CY",
                "en",
                "en-AU",
                "en-GB-oxendict",
                "zh-Hant",
                "zh-Hant-TW",
                "sr",
                "sr-Latn-RS",
                "de-1996",
                "de-DE-u-co-phonebk",
                "es-419",
                "en-x-clinic",
                "nb",
                "he");
        for (int i = 0; i < 1_000; i++) {
            List<Locale> offered = new ArrayList<>();
            Template.Builder builder =
                    Template.builder("t").text(Locale.FRENCH, "").defaultLocale(Locale.FRENCH);
            for (String tag : tags) {
                if (random.nextInt(3) == 0) {
                    offered.add(Locale.forLanguageTag(tag));
                    builder.text(Locale.forLanguageTag(tag), "");
                }
            }
            Template template = builder.build();
            for (String tag : tags) {
                for (String wanted : Arrays.asList(tag, tag + "-x-a-bc", tag.substring(0, 2) + "-Latn-CY-a-bb-c-dd")) {
                    Locale locale = Locale.forLanguageTag(wanted);
                    Locale expected = Locale.lookup(Locale.LanguageRange.parse(locale.toLanguageTag()), offered);
                    assertThat(template.render(locale, Map.of()).locale())
                            .as("%s of %s", wanted, offered)
                            .isEqualTo(expected == null ? Locale.FRENCH : expected);
                }
            }
        }
    }

    @Test
    void namesExactlyTheVariablesThatAreWrongAndNeverAValue() {
        Random random = random("namesExactlyTheVariablesThatAreWrongAndNeverAValue");
        List<String> names = List.of("a", "b", "c", "d");
        for (int i = 0; i < 20_000; i++) {
            Template.Builder builder = Template.builder("t");
            StringBuilder text = new StringBuilder();
            Map<String, String> values = new HashMap<>();
            Set<String> wrong = new HashSet<>();
            for (String name : names) {
                int kind = random.nextInt(5);
                if (kind < 3) {
                    builder.variable(name, 10);
                    text.append("{{").append(name).append("}}");
                }
                if (kind > 0) {
                    values.put(name, "SECRET" + "S".repeat(kind == 1 ? 5 : 4));
                }
                if (kind != 2) {
                    wrong.add(name + (kind == 0 ? " MISSING" : kind == 1 ? " TOO_LONG" : " UNDECLARED"));
                }
            }
            Template template = builder.text(Locale.ENGLISH, text.toString()).build();
            Set<String> reported = new HashSet<>();
            try {
                template.render(Locale.ENGLISH, values);
            } catch (TemplateException e) {
                e.problems().forEach(problem -> reported.add(problem.variable() + " " + problem.what()));
                assertThat(e.getMessage()).doesNotContain("SECRET");
                assertThat(e.problems()).hasSameSizeAs(reported).isNotEmpty();
            }
            assertThat(reported).isEqualTo(wrong);
        }
    }
}
