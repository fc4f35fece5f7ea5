package io.textonce.checks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Our modules on the class path, as folders in {@code mvn test} and as jars in {@code mvn verify}. */
final class OurModules {
    static final String CORE = "io.textonce";

    private OurModules() {}

    /** Sorted by name; a jar of ours without a module descriptor is not among them. */
    static List<ModuleReference> all() {
        Path[] classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.toFile().isDirectory()
                        || path.getFileName().toString().startsWith("textonce-"))
                .toArray(Path[]::new);
        return Stream.of(classPath)
                .flatMap(path -> ModuleFinder.of(path).findAll().stream())
                .filter(module -> !module.descriptor().isAutomatic())
                .filter(module -> isOurs(module.descriptor().name()))
                .sorted(Comparator.comparing(module -> module.descriptor().name()))
                .toList();
    }

    static boolean isOurs(String name) {
        return name.equals(CORE) || name.startsWith(CORE + ".");
    }

    static Set<String> exportedPackages(ModuleDescriptor module) {
        return module.exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }

    /** The classes of one package, uninitialised; sorted by name. */
    static List<Class<?>> classesIn(ModuleReference module, String packageName) {
        String folder = packageName.replace('.', '/') + "/";
        try (ModuleReader reader = module.open();
                Stream<String> names = reader.list()) {
            return names.filter(name -> name.startsWith(folder) && name.indexOf('/', folder.length()) < 0)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("package-info.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .sorted()
                    .<Class<?>>map(OurModules::load)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, OurModules.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
