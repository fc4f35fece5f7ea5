package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.textonce.checks.fixtures.host.Impatient;
import java.lang.module.ModuleReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Time is injected, and every request goes through the one guarded transport. */
class ForbiddenCallsTest {
    /** Types that may ask the wall clock or wait on it, each for a reason of its own. */
    private static final Set<String> MAY_USE_REAL_TIME = Set.of(
            // The one place that turns real time into something that tests replace.
            "io.textonce.spi.TimeSource");

    private static final BiPredicate<String, String> REAL_TIME = (owner, name) -> switch (owner) {
        case "java.time.Instant", "java.time.LocalDate", "java.time.LocalDateTime", "java.time.ZonedDateTime" ->
            name.equals("now");
        case "java.lang.System" -> name.equals("currentTimeMillis");
        case "java.lang.Thread", "java.util.concurrent.TimeUnit" -> name.equals("sleep");
        case "java.util.Date" -> name.equals("<init>");
        default -> false;
    };

    private static final BiPredicate<String, String> OKHTTP_CLIENT = (owner, name) -> switch (owner) {
        case "okhttp3.OkHttpClient" -> name.equals("<init>") || name.equals("newBuilder");
        case "okhttp3.OkHttpClient$Builder" -> name.equals("<init>");
        default -> false;
    };

    private static JavaClasses ours;
    private static JavaClasses impatient;

    @BeforeAll
    static void readClasses() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        ours = new ClassFileImporter()
                .importUrls(OurModules.all().stream()
                        .map(ForbiddenCallsTest::location)
                        .toList());
        impatient = new ClassFileImporter().importClasses(Impatient.class);
    }

    @Test
    void realTimeIsReadInNamedPlacesOnly() {
        Set<String> callers = callers(ours, REAL_TIME);
        Set<String> types = callers.stream().map(each -> each.split("[$#]")[0]).collect(Collectors.toSet());
        assertThat(types)
                .as("take a TimeSource instead, or name the type in MAY_USE_REAL_TIME with the reason: %s", callers)
                .isEqualTo(MAY_USE_REAL_TIME);

        assertThat(callers(impatient, REAL_TIME))
                .map(each -> each.substring(each.indexOf('#') + 1))
                .containsExactlyInAnyOrder(
                        "asksTheWallClock", "refersToTheWallClock", "refersToMilliseconds", "sleeps");
    }

    @Test
    void onlyTheTransportBuildsHttpClients() {
        assertThat(callers(ours, OKHTTP_CLIENT)).allMatch(each -> each.startsWith("io.textonce.spi.http."));

        assertThat(callers(impatient, OKHTTP_CLIENT))
                .map(each -> each.substring(each.indexOf('#') + 1))
                .containsExactlyInAnyOrder("buildsAClient", "derivesAClient");
    }

    @Test
    void allModulesAreRead() {
        assertThat(ours.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
                .contains("io.textonce", "io.textonce.spi.http");
    }

    private static Set<String> callers(JavaClasses classes, BiPredicate<String, String> forbidden) {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            type.getCodeUnits().stream()
                    .filter(unit -> targets(unit)
                            .anyMatch(each -> forbidden.test(each.getOwner().getName(), each.getName())))
                    .forEach(unit -> found.add(type.getName() + "#" + unit.getName()));
        }
        return found;
    }

    private static Stream<CodeUnitAccessTarget> targets(JavaCodeUnit unit) {
        List<CodeUnitAccessTarget> targets = new ArrayList<>();
        unit.getCallsFromSelf().forEach(each -> targets.add(each.getTarget()));
        unit.getMethodReferencesFromSelf().forEach(each -> targets.add(each.getTarget()));
        unit.getConstructorReferencesFromSelf().forEach(each -> targets.add(each.getTarget()));
        return targets.stream();
    }

    private static URL location(ModuleReference module) {
        try {
            return module.location().orElseThrow().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
