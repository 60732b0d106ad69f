package dev.hawser.web;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/// Where certificates of our own making outlive a restart: a file for each, with its key, that only
/// its owner may read. Other files are left alone.
final class CertificateFolder {
    private static final String PREFIX = "hawser-development-";
    private static final int NAME_DIGITS = 16;

    private final Path folder;

    /// Makes the folder where there is none.
    CertificateFolder(Path folder) throws IOException {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, mode("rwx------"));
        }
    }

    /// {@return all certificates that are here, in no order}
    ///
    /// @throws IOException when one cannot be used; the message says what to do
    List<WebCertificate> load() throws IOException {
        List<WebCertificate> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*.pem")) {
            for (Path file : files) {
                try {
                    found.add(PemPair.load(file, file));
                } catch (IOException e) {
                    throw new IOException(
                            e.getMessage() + " (or delete it: another one is made)", e);
                }
            }
        }
        return found;
    }

    /// After a crash the file is there as a whole, or not at all.
    void write(WebCertificate certificate) throws IOException {
        Path fresh = Files.createTempFile(folder, "." + PREFIX, ".new", mode("rw-------"));
        try {
            Files.writeString(fresh, PemPair.text(certificate));
            Files.move(fresh, fileOf(certificate), StandardCopyOption.ATOMIC_MOVE);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate of our own making", e);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    void delete(WebCertificate certificate) throws IOException {
        Files.deleteIfExists(fileOf(certificate));
    }

    private Path fileOf(WebCertificate certificate) {
        return folder.resolve(PREFIX + certificate.sha256().substring(0, NAME_DIGITS) + ".pem");
    }

    private FileAttribute<?>[] mode(String mode) {
        boolean isPosix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
