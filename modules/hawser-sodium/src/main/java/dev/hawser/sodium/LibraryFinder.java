package dev.hawser.sodium;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// Looks for a libsodium. Nothing here throws: what does not work is a reason.
///
/// The installed one goes first: it is built for the machine, and who installed it keeps it up to
/// date. Not so on Windows, which has no place for shared libraries: there a search by name also
/// looks into the working directory, and whoever can put a file there could put a libsodium.
final class LibraryFinder {
    static final String SYSTEM = "system";
    static final String BUNDLED = "bundled";

    private LibraryFinder() {}

    /// What a search ended with.
    sealed interface Result {}

    /// It is loaded and works.
    record Found(Libsodium library) implements Result {}

    /// There is none that works.
    ///
    /// @param why a sentence for the log
    record Missing(String why) implements Result {}

    /// {@return the installed libsodium, else the bundled one}
    static Result findBest() {
        if (Platform.isWindows()) {
            return find(BUNDLED);
        }
        Result installed = find(SYSTEM);
        if (!(installed instanceof Missing(String whyNotInstalled))) {
            return installed;
        }
        Result bundled = find(BUNDLED);
        return bundled instanceof Missing(String whyNotBundled)
                ? new Missing(whyNotInstalled + "; " + whyNotBundled)
                : bundled;
    }

    /// {@return the libsodium that is forced}
    ///
    /// @param library `system`, `bundled`, or an absolute path
    static Result find(String library) {
        return switch (library) {
            case SYSTEM -> installed(Platform.systemNames());
            case BUNDLED -> bundled();
            default -> at(library);
        };
    }

    /// {@return the first of these that can be loaded}
    static Result installed(List<String> names) {
        String why = "";
        for (String name : names) {
            try {
                return new Found(
                        Libsodium.of(SymbolLookup.libraryLookup(name, Arena.global()), SYSTEM));
            } catch (RuntimeException | LinkageError e) {
                why = name + " of the system: " + reason(e);
            }
        }
        return new Missing(why);
    }

    private static Result bundled() {
        try {
            return new Found(Libsodium.of(BundledLibrary.load(), BUNDLED));
        } catch (IOException | RuntimeException | LinkageError e) {
            return new Missing("the bundled libsodium: " + reason(e));
        }
    }

    private static Result at(String path) {
        try {
            Path library = Path.of(path);
            if (!library.isAbsolute()) {
                return new Missing(
                        SodiumCipherProvider.LIBRARY_PROPERTY
                                + " is '"
                                + path
                                + "', but must be system, bundled, or an absolute path");
            }
            return new Found(
                    Libsodium.of(SymbolLookup.libraryLookup(library, Arena.global()), path));
        } catch (InvalidPathException e) {
            return new Missing("'" + path + "' is not a path: " + e.getReason());
        } catch (RuntimeException | LinkageError e) {
            return new Missing(path + ": " + reason(e));
        }
    }

    private static String reason(Throwable failure) {
        if (failure instanceof IllegalCallerException) {
            return "native access is denied: start Java with"
                    + " --enable-native-access=dev.hawser.sodium (on the class path: ALL-UNNAMED)";
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
