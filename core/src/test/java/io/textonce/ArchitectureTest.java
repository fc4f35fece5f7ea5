package io.textonce;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Core keeps its layers; each rule is also run on classes that break it, below {@code fixtures}. */
class ArchitectureTest {
    private static ArchitectureRules core;
    private static ArchitectureRules broken;

    /** Once, and without the JDK's and the libraries' classes, of which the names are enough. */
    @BeforeAll
    static void readClasses() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        ClassFileImporter main = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS);
        core = new ArchitectureRules("io.textonce", main.importPackages("io.textonce"));
        broken = new ArchitectureRules(
                "io.textonce.fixtures", new ClassFileImporter().importPackages("io.textonce.fixtures"));
    }

    @Test
    void everyPackageHasALayer() {
        assertThat(core.strangers()).isEmpty();
        assertThat(broken.strangers()).singleElement().asString().contains("io.textonce.fixtures.elsewhere");
    }

    @Test
    void importsGoDownOnly() {
        assertThat(core.upwardImports()).isEmpty();
        assertThat(broken.upwardImports())
                .anyMatch(each -> each.contains("fixtures.text.TextUsesRoot"))
                .anyMatch(each -> each.contains("fixtures.RootUsesSpi"))
                .anyMatch(each -> each.contains("fixtures.spi.SpiUsesClient"))
                .noneMatch(each -> each.startsWith("Class <io.textonce.fixtures.client"));
    }

    @Test
    void packagesFormNoCycle() {
        assertThat(core.cycles()).isEmpty();
        assertThat(broken.cycles())
                .anyMatch(each -> each.contains("PhoneUsesTemplate") && each.contains("TemplateUsesPhone"));
    }

    @Test
    void eachLibraryHasItsNamedImporters() {
        assertThat(core.libraryImports()).isEmpty();
        assertThat(broken.libraryImports())
                .anyMatch(each -> each.contains("TemplateUsesPhone") && each.contains("PhoneNumberUtil"))
                .anyMatch(each -> each.contains("ClientUsesOkHttp") && each.contains("OkHttpClient"))
                .anyMatch(each -> each.contains("SpiUsesClient") && each.contains("org.slf4j.Logger"))
                .noneMatch(each -> each.contains("ClientShowsBreaker"))
                .noneMatch(each -> each.contains("HttpShowsCall"));
    }

    @Test
    void signaturesShowNoForeignType() {
        assertThat(core.foreignTypesInSignatures()).isEmpty();
        assertThat(broken.foreignTypesInSignatures())
                .anyMatch(each -> each.contains("ClientShowsBreaker.breaker") && each.contains("CircuitBreaker"))
                .anyMatch(each -> each.contains("ClientShowsBreaker.all") && each.contains("CircuitBreaker"))
                .anyMatch(each -> each.contains("HttpShowsCall.call") && each.contains("okhttp3.Call"))
                .noneMatch(each -> each.contains("okhttp3.OkHttpClient") && each.contains("HttpShowsCall"));
    }
}
