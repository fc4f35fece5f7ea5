package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.textonce.checks.fixtures.host.ReadsInternals;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Providers and integrations build on core's exported packages and never on each other. The module system enforces
 * what a descriptor says, so the descriptors are what is checked; the examples have none, so their imports are.
 */
class ModuleBordersTest {
    /** Beside core: the repositories of engagement have their database home in jdbc, and their contracts in a module. */
    private static final Map<String, Set<String>> MAY_REQUIRE = Map.of(
            "io.textonce.jdbc", Set.of("io.textonce.engagement"),
            "io.textonce.cluster", Set.of("io.textonce.jdbc"),
            "io.textonce.engagement.testkit", Set.of("io.textonce.engagement", "io.textonce.testkit"));

    @BeforeAll
    static void readOurClassesOnly() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    }

    @Test
    void modulesRequireCoreOnly() {
        assertThat(OurModules.all())
                .allSatisfy(module -> assertThat(forbiddenRequires(module.descriptor()))
                        .as(module.descriptor().name())
                        .isEmpty());

        ModuleDescriptor greedy = ModuleDescriptor.newModule("io.textonce.greedy")
                .requires("io.textonce")
                .requires("io.textonce.twilio")
                .requires("io.textonce.testkit")
                .build();
        assertThat(forbiddenRequires(greedy)).containsExactly("io.textonce.testkit", "io.textonce.twilio");
    }

    @Test
    void modulesOpenNoBackDoor() {
        assertThat(OurModules.all())
                .allSatisfy(module -> assertThat(backDoors(module.descriptor()))
                        .as(module.descriptor().name())
                        .isEmpty());

        ModuleDescriptor leaky = ModuleDescriptor.newModule("io.textonce.leaky")
                .exports("io.textonce.leaky.secret", Set.of("io.textonce.twilio"))
                .opens("io.textonce.leaky.data")
                .build();
        assertThat(backDoors(leaky)).hasSize(2);
    }

    @Test
    void examplesUseExportedPackagesOnly() {
        Set<String> exported = OurModules.all().stream()
                .map(ModuleReference::descriptor)
                .flatMap(module -> OurModules.exportedPackages(module).stream())
                .collect(Collectors.toSet());
        JavaClasses examples = new ClassFileImporter().importPackages("io.textonce.examples");
        assertThat(unexportedImports(examples, "io.textonce", exported)).isEmpty();

        JavaClasses intruder = new ClassFileImporter().importClasses(ReadsInternals.class);
        String fixtures = "io.textonce.checks.fixtures";
        assertThat(unexportedImports(intruder, fixtures, Set.of(fixtures + ".engine")))
                .isNotEmpty()
                .allMatch(each -> each.contains("engine.internal.Secret"));
    }

    private static Set<String> forbiddenRequires(ModuleDescriptor module) {
        return module.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(OurModules::isOurs)
                .filter(name -> !name.equals(OurModules.CORE))
                .filter(name ->
                        !MAY_REQUIRE.getOrDefault(module.name(), Set.of()).contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> backDoors(ModuleDescriptor module) {
        return Stream.concat(
                        module.exports().stream()
                                .filter(ModuleDescriptor.Exports::isQualified)
                                .map(Object::toString),
                        module.opens().stream().map(Object::toString))
                .toList();
    }

    private static List<String> unexportedImports(JavaClasses users, String root, Set<String> exported) {
        return users.stream()
                .flatMap(user -> user.getDirectDependenciesFromSelf().stream())
                .filter(each -> {
                    JavaClass target = each.getTargetClass().getBaseComponentType();
                    return target.getPackageName().startsWith(root)
                            && !users.contain(target.getName())
                            && !exported.contains(target.getPackageName());
                })
                .map(each -> each.getDescription())
                .sorted()
                .toList();
    }
}
