package dev.hawser.sodium;

import java.util.List;
import java.util.Locale;

/// What libsodium is called on this operating system and processor.
final class Platform {
    private static final String OS = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    private static final String ARCH = System.getProperty("os.arch").toLowerCase(Locale.ROOT);

    private Platform() {}

    static boolean isWindows() {
        return OS.startsWith("windows");
    }

    private static boolean isMac() {
        return OS.startsWith("mac");
    }

    /// {@return names for the dynamic linker, newest first}
    ///
    /// By the number of the interface: 26 is libsodium 1.0.19 and newer, 23 is 1.0.12 to 1.0.18.
    static List<String> systemNames() {
        if (isWindows()) {
            return List.of("libsodium.dll");
        }
        if (isMac()) {
            // The linker does not look where Homebrew and MacPorts install.
            return List.of(
                    "libsodium.dylib",
                    "/opt/homebrew/lib/libsodium.dylib",
                    "/opt/local/lib/libsodium.dylib");
        }
        return List.of("libsodium.so.26", "libsodium.so.23");
    }

    /// {@return the resource that holds the bundled library, by the names of lazysodium}
    ///
    /// @throws UnsupportedOperationException when none is bundled for this machine
    static String bundledResource() {
        return bundledResource(OS, ARCH);
    }

    static String bundledResource(String os, String arch) {
        return "/META-INF/libsodium/" + bundledFile(os, arch);
    }

    private static String bundledFile(String os, String arch) {
        boolean isArm = arch.equals("aarch64");
        if (isArm || arch.equals("amd64") || arch.equals("x86_64")) {
            if (os.equals("linux")) {
                return isArm ? "arm64/libsodium.so" : "linux64/libsodium.so";
            }
            if (os.startsWith("mac")) {
                return isArm ? "mac_arm/libsodium.dylib" : "mac/libsodium.dylib";
            }
            if (os.startsWith("windows") && !isArm) {
                return "windows64/libsodium.dll";
            }
        }
        throw new UnsupportedOperationException("there is none for " + os + " on " + arch);
    }
}
