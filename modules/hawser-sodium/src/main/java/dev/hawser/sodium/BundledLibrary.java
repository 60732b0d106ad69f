package dev.hawser.sodium;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/// The libsodium in this module's jar: the dynamic linker loads files only, so it becomes one.
///
/// The file is written into a folder of its own below `java.io.tmpdir`, new, with a name nobody can
/// foresee, and closed to everybody else: no one can have put a file or a link there before, or
/// exchange it before it is loaded. It is compared with the jar's before, so a full disk is
/// noticed, and deleted right afterwards: a loaded library needs its file no longer. On Windows it
/// does, until the process ends, so there the next process deletes it.
final class BundledLibrary {
    private static final String FOLDER_PREFIX = "hawser-sodium-";

    private BundledLibrary() {}

    /// {@return the library, loaded until the process ends}
    ///
    /// @throws IOException when it cannot be written
    /// @throws RuntimeException when there is none for this machine, or it cannot be loaded
    static SymbolLookup load() throws IOException {
        return load(Platform.bundledResource(), Path.of(System.getProperty("java.io.tmpdir")));
    }

    static SymbolLookup load(String resource, Path temporary) throws IOException {
        byte[] bytes = read(resource);
        if (Platform.isWindows()) {
            deleteLeftovers(temporary);
        }
        Path folder = newFolder(temporary);
        Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (!Arrays.equals(Files.readAllBytes(file), bytes)) {
                throw new IOException(file + " is not what was written into it");
            }
            return SymbolLookup.libraryLookup(file, Arena.global());
        } finally {
            delete(file, folder);
        }
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream stream = BundledLibrary.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IOException("this jar has no " + resource);
            }
            return stream.readAllBytes();
        }
    }

    private static Path newFolder(Path temporary) throws IOException {
        String prefix = FOLDER_PREFIX + ProcessHandle.current().pid() + "-";
        // Elsewhere the temporary folder is the user's own, and what is in it inherits that.
        boolean isPosix = temporary.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? Files.createTempDirectory(temporary, prefix, ownerOnly())
                : Files.createTempDirectory(temporary, prefix);
    }

    private static FileAttribute<?> ownerOnly() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    /// Deletes what earlier processes could not, if they have ended.
    static void deleteLeftovers(Path temporary) {
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(temporary, FOLDER_PREFIX + "*")) {
            for (Path folder : folders) {
                if (isLeftOver(folder)) {
                    String file = Platform.bundledResource();
                    delete(folder.resolve(file.substring(file.lastIndexOf('/') + 1)), folder);
                }
            }
        } catch (IOException e) {
            // It is housekeeping: the next process tries again.
        }
    }

    private static boolean isLeftOver(Path folder) {
        String[] parts =
                folder.getFileName().toString().substring(FOLDER_PREFIX.length()).split("-", 2);
        try {
            return ProcessHandle.of(Long.parseLong(parts[0])).isEmpty();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static void delete(Path file, Path folder) {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // Windows does not delete what is loaded; elsewhere a file of this user stays behind.
        }
    }
}
