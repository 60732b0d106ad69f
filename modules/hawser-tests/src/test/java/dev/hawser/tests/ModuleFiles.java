package dev.hawser.tests;

import java.io.File;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The modules on this test's class path: ours, and those of others.
public final class ModuleFiles {
    static final ModuleFinder ALL =
            ModuleFinder.of(
                    Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                            .map(Path::of)
                            .filter(ModuleFiles::isModule)
                            .toArray(Path[]::new));

    private ModuleFiles() {}

    /// A module, what it requires, and what that does, without the JDK's. To resolve it would bring
    /// all automatic modules of the path along as soon as one is needed, those of test libraries
    /// too.
    public static Set<String> needed(String module) {
        Set<String> needed = new TreeSet<>();
        addNeeded(module, needed);
        return needed;
    }

    private static void addNeeded(String module, Set<String> needed) {
        Optional<ModuleReference> found = ALL.find(module);
        if (found.isPresent() && needed.add(module)) {
            found.get().descriptor().requires().stream()
                    .filter(required ->
                            !required.modifiers()
                                    .contains(ModuleDescriptor.Requires.Modifier.STATIC))
                    .forEach(required -> addNeeded(required.name(), needed));
        }
    }

    /// Where these modules are: jars, or folders of classes.
    public static List<Path> of(Collection<String> modules) {
        return modules.stream()
                .flatMap(module -> ALL.find(module).stream())
                .map(ModuleReference::location)
                .map(location -> Path.of(location.orElseThrow()))
                .toList();
    }

    private static boolean isModule(Path entry) {
        try {
            return Files.exists(entry) && !ModuleFinder.of(entry).findAll().isEmpty();
        } catch (FindException e) {
            // A jar whose name makes no module's.
            return false;
        }
    }
}
