package dev.hawser.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// The one rule for files with secrets: only their owner may read or write them, and their group
/// read them where somebody has said so.
///
/// Symbolic links are followed: what counts is the file at their end. Where files have no POSIX
/// mode, the rule allows everything.
public final class OwnerOnly {
    /// Whoever may write the file chooses the secret, which is as good as reading it.
    private static final Set<PosixFilePermission> OTHERS =
            Set.copyOf(PosixFilePermissions.fromString("---rw-rw-"));

    private OwnerOnly() {}

    /// {@return the mode of the file, as `rw-r-----`, where others may use it}
    ///
    /// @param groupMayRead whether its group is not among the others, as long as it only reads
    /// @throws IOException when the file is not there or cannot be asked; also for a folder, whose
    ///   mode means something else
    public static Optional<String> openToOthers(Path file, boolean groupMayRead)
            throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(
                    file.toString(), null, "it is a directory, and should be a file");
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return Optional.empty();
        }
        Set<PosixFilePermission> mode = view.readAttributes().permissions();
        if (mode.stream()
                .filter(OTHERS::contains)
                .allMatch(one -> groupMayRead && one == PosixFilePermission.GROUP_READ)) {
            return Optional.empty();
        }
        String text = PosixFilePermissions.toString(mode);
        if (!Files.isRegularFile(file)) {
            // Nobody should change the mode of /dev/null because of what is said here.
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "it is no ordinary file, and others may use it (" + text + ")");
        }
        return Optional.of(text);
    }

    /// Refuses a file that others may use.
    ///
    /// @param groupMayRead whether its group is not among them, as long as it only reads
    /// @param otherwise what to get anew if somebody may have read it, as `make another secret`
    /// @throws IOException when others may use the file; the message says what to do. Or when the
    ///   file is not there or cannot be asked
    public static void check(Path file, boolean groupMayRead, String otherwise) throws IOException {
        Optional<String> mode = openToOthers(file, groupMayRead);
        if (mode.isPresent()) {
            throw new IOException(
                    file
                            + " can be used by others ("
                            + mode.get()
                            + "): '"
                            + chmod(groupMayRead)
                            + " "
                            + file
                            + "', and "
                            + otherwise
                            + " if somebody may have read it"
                            + orLetItsGroupRead(mode.get()));
        }
    }

    /// {@return the command, without the file, that closes a file to those who may not use it}
    public static String chmod(boolean groupMayRead) {
        return groupMayRead ? "chmod 640" : "chmod 600";
    }

    /// {@return the other remedy, as the end of a sentence, where only the group's reading was in
    /// the way; else nothing}
    ///
    /// @param mode that was refused
    public static String orLetItsGroupRead(String mode) {
        boolean isOnlyRead =
                PosixFilePermissions.fromString(mode).stream()
                        .filter(OTHERS::contains)
                        .allMatch(PosixFilePermission.GROUP_READ::equals);
        return isOnlyRead
                ? "; if it is a secret that was mounted for this process, let its group read it with"
                        + " SecretReaders.GROUP"
                : "";
    }
}
