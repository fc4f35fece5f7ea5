package io.textonce;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which package of core may import what. The tables are the rules; a new package or library begins with a line here.
 *
 * <p>The root package is a parameter so that the same rules can be shown to fail on the classes below {@code fixtures}.
 */
final class ArchitectureRules {
    private static final String ROOT = "";

    /** Layers: an import goes to the same layer or to a lower one, and never round in a circle. */
    private static final Map<String, Integer> LAYERS = Map.ofEntries(
            Map.entry("text", 0),
            Map.entry("internal.words", 0),
            Map.entry(ROOT, 1),
            Map.entry("internal", 2),
            Map.entry("phone", 2),
            Map.entry("template", 2),
            Map.entry("spi", 2),
            Map.entry("store", 2),
            Map.entry("spi.http", 3),
            Map.entry("memory", 3),
            Map.entry("sandbox", 3),
            Map.entry("client", 4),
            Map.entry("webhook", 4),
            Map.entry("outbox", 5));

    /** The only importers of each library. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "com.google.i18n.phonenumbers", Set.of("phone"),
            "okhttp3", Set.of("spi.http"),
            "okio", Set.of("spi.http"),
            "kotlin", Set.of("spi.http"),
            "io.github.resilience4j", Set.of("client"),
            "io.github.bucket4j", Set.of("client", "memory"),
            "org.slf4j", Set.of("client", "webhook", "memory", "sandbox", "outbox"),
            "org.jspecify", LAYERS.keySet(),
            "java", LAYERS.keySet(),
            "javax", Set.of("phone", "spi.http", "webhook", "sandbox", "internal"));

    private static final Map<String, Set<String>> FOREIGN_TYPES_IN_SIGNATURES =
            Map.of("spi.http", Set.of("okhttp3.OkHttpClient"));

    private final String root;
    private final JavaClasses classes;

    ArchitectureRules(String root, JavaClasses classes) {
        this.root = root;
        this.classes = classes.that(new DescribedPredicate<>("in or below " + root) {
            @Override
            public boolean test(JavaClass type) {
                return isOurs(type);
            }
        });
    }

    /** Packages that the layer table does not name. */
    List<String> strangers() {
        return classes.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .filter(name -> !LAYERS.containsKey(name(name)))
                .map(name -> name + " is in no layer: add it to ArchitectureRules.LAYERS")
                .sorted()
                .toList();
    }

    List<String> upwardImports() {
        return importsWhere(dependency -> isOurs(dependency.getTargetClass())
                && layer(dependency.getTargetClass()) > layer(dependency.getOriginClass()));
    }

    List<String> cycles() {
        SliceAssignment byPackage = new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
        return SlicesRuleDefinition.slices()
                .assignedFrom(byPackage)
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .evaluate(classes)
                .getFailureReport()
                .getDetails();
    }

    List<String> libraryImports() {
        return importsWhere(dependency -> {
            JavaClass target = dependency.getTargetClass().getBaseComponentType();
            return !target.isPrimitive()
                    && !isOurs(target)
                    && !importersOf(target)
                            .contains(name(dependency.getOriginClass().getPackageName()));
        });
    }

    /** Foreign types in what a user of the exported packages can see. */
    List<String> foreignTypesInSignatures() {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            if (!isVisible(type) || name(type.getPackageName()).equals("internal")) {
                continue;
            }
            Map<String, Stream<JavaType>> seen = new HashMap<>();
            seen.put(type.getName(), Stream.concat(type.getInterfaces().stream(), type.getSuperclass().stream()));
            type.getMembers().stream()
                    .filter(ArchitectureRules::isVisible)
                    .forEach(member -> seen.put(member.getFullName(), typesOf(member)));
            Set<String> allowed = FOREIGN_TYPES_IN_SIGNATURES.getOrDefault(name(type.getPackageName()), Set.of());
            seen.forEach((where, types) -> types.flatMap(each -> each.getAllInvolvedRawTypes().stream())
                    .map(JavaClass::getBaseComponentType)
                    .filter(each -> !each.isPrimitive() && !isOurs(each))
                    .map(JavaClass::getName)
                    .filter(each -> !each.startsWith("java.") && !each.startsWith("javax.") && !allowed.contains(each))
                    .forEach(each -> found.add(where + " shows " + each)));
        }
        return found.stream().distinct().sorted().toList();
    }

    private static Stream<JavaType> typesOf(JavaMember member) {
        if (member instanceof JavaCodeUnit unit) {
            return Stream.of(
                            unit.getParameterTypes().stream(),
                            Stream.of(unit.getReturnType()),
                            unit.getExceptionTypes().stream())
                    .flatMap(types -> types);
        }
        return member.getAllInvolvedRawTypes().stream().map(type -> type);
    }

    private List<String> importsWhere(Predicate<Dependency> forbidden) {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            type.getDirectDependenciesFromSelf().stream()
                    .filter(forbidden)
                    .forEach(each -> found.add(each.getDescription()));
        }
        return List.copyOf(found);
    }

    private static Set<String> importersOf(JavaClass library) {
        return LIBRARIES.entrySet().stream()
                .filter(entry -> library.getPackageName().equals(entry.getKey())
                        || library.getPackageName().startsWith(entry.getKey() + "."))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Set.of());
    }

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureRules::isVisible).orElse(true);
    }

    private static boolean isVisible(JavaMember member) {
        return (member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED))
                && !member.getModifiers().contains(JavaModifier.SYNTHETIC);
    }

    private boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }

    /** The package below the root, in the words of the tables. */
    private String name(String packageName) {
        return packageName.equals(root) ? ROOT : packageName.substring(root.length() + 1);
    }

    private int layer(JavaClass type) {
        return LAYERS.getOrDefault(name(type.getBaseComponentType().getPackageName()), Integer.MAX_VALUE);
    }
}
