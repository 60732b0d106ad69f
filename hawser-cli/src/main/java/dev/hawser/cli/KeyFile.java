package dev.hawser.cli;

import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// A private key in a file: 64 hexadecimal digits, or its 32 bytes as they are.
final class KeyFile {
    /// More than the digits and some white space; whatever is longer is not read to its end.
    private static final int BYTES_MAX = 256;

    private static final Set<PosixFilePermission> OTHERS_READ =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    private KeyFile() {}

    static PrivateKey read(Path file) throws IOException {
        byte[] content;
        try (InputStream source = Files.newInputStream(file)) {
            content = source.readNBytes(BYTES_MAX);
        } catch (NoSuchFileException missing) {
            throw new CliFailure(
                    "there is no key file " + file + ": make one with 'hawser keys new --out FILE'",
                    missing);
        } catch (FileSystemException named) {
            throw named;
        } catch (IOException unreadable) {
            throw new CliFailure(
                    "cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        }
        try {
            return parse(content);
        } catch (IllegalArgumentException unreadable) {
            throw new CliFailure(
                    "key file "
                            + file
                            + " has "
                            + (content.length == BYTES_MAX
                                    ? BYTES_MAX + " bytes or more"
                                    : content.length + " bytes")
                            + " and holds no key: it must be "
                            + 2 * PrivateKey.BYTES
                            + " hexadecimal digits, or "
                            + PrivateKey.BYTES
                            + " bytes; make one with 'hawser keys new --out FILE'",
                    unreadable);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static PrivateKey parse(byte[] content) {
        return content.length == PrivateKey.BYTES
                ? PrivateKey.ofBytes(content)
                : PrivateKey.ofHex(new String(content, StandardCharsets.US_ASCII).strip());
    }

    /// {@return what is wrong with who may read the file, where the file system can tell}
    static Optional<String> warning(Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return Optional.empty();
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (permissions.stream().noneMatch(OTHERS_READ::contains)) {
            return Optional.empty();
        }
        return Optional.of(
                "others may read key file "
                        + file
                        + " ("
                        + PosixFilePermissions.toString(permissions)
                        + "): chmod 600 "
                        + file);
    }

    static void write(Path file, PrivateKey key, boolean replaces) throws IOException {
        byte[] content = (key.toHex() + "\n").getBytes(StandardCharsets.US_ASCII);
        PrivateFiles.write(file, content, replaces);
        Arrays.fill(content, (byte) 0);
    }
}
