package dev.hawser.cli.command;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.files.PrivateFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes files that hold connect tokens, which are secrets: from their first byte on only their
/// owner may read them.
final class PrivateFiles {
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
            new PrivateFile(file).write(content);
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
}
