package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

class UndocumentedApiTest {
    @Test
    void everyPublicTypeAndMethodIsDocumented() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (ModuleReference module : OurModules.all()) {
            for (String exported : OurModules.exportedPackages(module.descriptor())) {
                Path folder = sourcesOf(module).resolve(exported.replace('.', '/'));
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        try (StandardJavaFileManager files =
                ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
            assertThat(sources).isNotEmpty();
            assertThat(UndocumentedApi.in(files.getJavaFileObjectsFromPaths(sources)))
                    .isEmpty();
        }
    }

    @Test
    void findsTypesAndMethodsWithoutComment() throws IOException {
        assertThat(UndocumentedApi.in(List.of(source("""
                package p;
                public interface Bare {
                    void bare();
                    /** Said. */
                    void said();
                    /** Said. */
                    final class Inner implements Bare {
                        public void bare2() {}
                        @Override public void bare() {}
                        private void hidden() {}
                        void alsoHidden() {}
                    }
                }
                class Hidden {
                    public void unseen() {}
                }
                """))))
                .containsExactly("p.Bare has no comment", "p.Bare.bare has no comment", "p.Inner.bare2 has no comment");
    }

    /** From target/classes or from target/x.jar to src/main/java. */
    private static Path sourcesOf(ModuleReference module) {
        Path built = Path.of(module.location().orElseThrow());
        return built.getParent().resolveSibling("src").resolve("main").resolve("java");
    }

    private static JavaFileObject source(String text) {
        return new SimpleJavaFileObject(URI.create("string:///Bare.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
