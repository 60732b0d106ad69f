package dev.hawser.cli.command;

import dev.hawser.cli.process.CliFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Writes files that hold connect tokens, which are secrets: from their first byte on only their
/// owner may read them.
final class PrivateFiles {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /// Puts a file in place as a whole: whoever reads it, also after a crash, finds the old one or
    /// the new one. At the end of a symbolic link it is the file there that is replaced.
    ///
    /// @return whether it is a file; a pipe or a device is written to, and not replaced
    /// @throws CliFailure when it cannot be written, with what to do
    static boolean write(Path file, byte[] content) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                Files.write(file, content, StandardOpenOption.WRITE);
                return false;
            }
            replace(Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(), content);
            return true;
        } catch (IOException e) {
            throw new CliFailure("cannot write " + file + ": " + why(e), e);
        }
    }

    private static String why(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "the folder that it is to be in does not exist";
            case AccessDeniedException _ ->
                    "no permission: see the mode and the owner of its folder";
            case FileSystemException named when named.getReason() != null -> named.getReason();
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static void replace(Path target, byte[] content) throws IOException {
        Path folder = target.resolveSibling("");
        Path fresh =
                Files.createTempFile(
                        folder, "." + target.getFileName() + ".", ".new", ownerOnly(target));
        try {
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer source = ByteBuffer.wrap(content);
                while (source.hasRemaining()) {
                    channel.write(source);
                }
                channel.force(true);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }
}
