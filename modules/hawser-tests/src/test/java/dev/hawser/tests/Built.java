package dev.hawser.tests;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What this build made: the modules on the class path, and the folders that they come from.
public final class Built {
    private Built() {}

    /// The modules of this project by name, as jars or as folders of classes.
    static Map<String, ModuleReference> modules() {
        Map<String, ModuleReference> modules = new TreeMap<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            String file = path.getFileName().toString();
            // The tests of one module may be there for another's, as a jar.
            boolean ours =
                    Files.isDirectory(path)
                            || (file.startsWith("hawser") && !file.endsWith("-tests.jar"));
            if (ours && Files.exists(path)) {
                for (ModuleReference module : ModuleFinder.of(path).findAll()) {
                    modules.put(module.descriptor().name(), module);
                }
            }
        }
        return modules;
    }

    /// The packages that any user of the modules may import.
    static Set<String> exportedPackages() {
        Set<String> packages = new TreeSet<>();
        for (ModuleReference module : modules().values()) {
            for (ModuleDescriptor.Exports exports : module.descriptor().exports()) {
                if (!exports.isQualified()) {
                    packages.add(exports.source());
                }
            }
        }
        return packages;
    }

    /// The public classes of these packages, also nested ones.
    static List<Class<?>> exportedClasses() {
        Set<String> packages = exportedPackages();
        List<Class<?>> classes = new ArrayList<>();
        for (ModuleReference module : modules().values()) {
            try (ModuleReader reader = module.open();
                    Stream<String> entries = reader.list()) {
                for (String entry : entries.filter(it -> it.endsWith(".class")).sorted().toList()) {
                    String name = entry.substring(0, entry.length() - 6).replace('/', '.');
                    int end = name.lastIndexOf('.');
                    if (end > 0 && packages.contains(name.substring(0, end))) {
                        Class<?> one = Class.forName(name, false, Built.class.getClassLoader());
                        if (Modifier.isPublic(one.getModifiers())) {
                            classes.add(one);
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }
        return classes;
    }

    /// The folder of the whole project.
    public static Path root() {
        return moduleFolder().getParent().getParent();
    }

    /// The folders of all modules with code, this one's too.
    static List<Path> moduleFolders() {
        try (Stream<Path> folders = Files.list(root().resolve("modules"))) {
            return Stream.concat(folders, Stream.of(root().resolve("examples")))
                    .filter(folder -> Files.exists(folder.resolve("src")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The classes of all modules' tests, which lie where this one's lie. A module without a test
    /// has no such folder.
    static List<Path> testClassFolders() {
        Path testClasses = moduleFolder().relativize(testClasses());
        return moduleFolders().stream()
                .map(module -> module.resolve(testClasses))
                .filter(Files::isDirectory)
                .toList();
    }

    private static Path moduleFolder() {
        Path folder = testClasses();
        while (!Files.exists(folder.resolve("pom.xml"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static Path testClasses() {
        return Path.of(
                URI.create(
                        Built.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()));
    }
}
