package dev.hawser.linux;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether those who started Java granted native access to this module.
///
/// A module of its own has Java's word for it. All code on the class path shares one, and Java
/// changes it: the first native call that was not granted, by any library, is warned of, and from
/// then on access counts as granted to all of them. So there the options of the start are asked:
/// what this library does must not depend on who calls first.
final class NativeAccess {
    static final String OPTION = "--enable-native-access";
    private static final String ALL_UNNAMED = "ALL-UNNAMED";

    /// Asked before anything here makes a native call of its own.
    private static final boolean IS_GRANTED = isGranted(NativeAccess.class.getModule());

    private NativeAccess() {}

    static boolean isGranted() {
        return IS_GRANTED;
    }

    /// {@return the option that grants it}
    static String option() {
        Module module = NativeAccess.class.getModule();
        return OPTION + "=" + (module.isNamed() ? module.getName() : ALL_UNNAMED);
    }

    private static boolean isGranted(Module module) {
        if (module.isNamed() || !module.isNativeAccessEnabled()) {
            return module.isNativeAccessEnabled();
        }
        try {
            return names(ManagementFactory.getRuntimeMXBean().getInputArguments())
                    || isGrantedByMainJar(
                            System.getProperty("java.class.path"),
                            System.getProperty("sun.java.command"));
        } catch (LinkageError noManagement) {
            // A runtime that was cut down cannot tell, so what Java says has to do.
            return true;
        }
    }

    /// {@return whether these options of Java grant it to the class path}
    static boolean names(List<String> options) {
        return options.stream()
                .filter(option -> option.startsWith(OPTION + "="))
                .anyMatch(option -> isInList(option.substring(OPTION.length() + 1)));
    }

    private static boolean isInList(String modules) {
        return Stream.of(modules.split(",", -1)).anyMatch(ALL_UNNAMED::equals);
    }

    /// {@return whether Java was started with `-jar`, and the manifest of that jar grants it}
    ///
    /// @param classPath with `-jar` the jar
    /// @param command the main class or the jar, and what follows
    static boolean isGrantedByMainJar(@Nullable String classPath, @Nullable String command) {
        if (classPath == null || command == null || !isJarOf(command, classPath)) {
            return false;
        }
        try (JarFile jar = new JarFile(Path.of(classPath).toFile())) {
            String modules =
                    jar.getManifest() == null
                            ? null
                            : jar.getManifest()
                                    .getMainAttributes()
                                    .getValue("Enable-Native-Access");
            return modules != null && isInList(modules.strip());
        } catch (IOException | InvalidPathException notAJar) {
            return false;
        }
    }

    private static boolean isJarOf(String command, String classPath) {
        return command.equals(classPath) || command.startsWith(classPath + " ");
    }
}
