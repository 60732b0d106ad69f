package dev.hawser.tls;

import dev.hawser.files.PrivateFile;
import dev.hawser.keys.SecretReaders;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where certificates of our own making outlive a restart: a file for each, with its key, that only
/// its owner may read. Other files are left alone.
final class CertificateFolder {
    private static final String PREFIX = "hawser-development-";
    private static final String UNFINISHED = ".new";
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
    /// A file in which nothing stands is what a crash leaves where a file system had not written it
    /// yet: it is set aside, under a name that ends in `.empty`, and there will be another one.
    ///
    /// @throws IOException when one cannot be used; the message says what to do
    List<ServerCertificate> load(Logger logger) throws IOException {
        List<ServerCertificate> found = new ArrayList<>();
        for (Path file : files(PREFIX + "*.pem")) {
            if (isEmpty(file)) {
                setAside(file, logger);
                continue;
            }
            try {
                found.add(PemPair.load(file, file, SecretReaders.OWNER));
            } catch (IOException e) {
                throw new IOException(e.getMessage() + " (or delete it: another one is made)", e);
            }
        }
        // A folder is for one process, so nobody is writing them.
        for (Path unfinished : files("." + PREFIX + "*" + UNFINISHED)) {
            Files.deleteIfExists(unfinished);
        }
        return found;
    }

    private List<Path> files(String names) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, names)) {
            found.forEach(files::add);
        }
        return files;
    }

    private static boolean isEmpty(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            for (byte each : in.readNBytes(PemPair.FILE_BYTES_MAX)) {
                if (each != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static void setAside(Path file, Logger logger) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".empty");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        logger.log(
                Level.WARNING,
                "A certificate's file is empty, as a crash may leave it, and was renamed to "
                        + aside
                        + "; there will be another certificate");
    }

    /// After a crash the file is there as a whole, or not at all.
    void write(ServerCertificate certificate) throws IOException {
        byte[] text = PemPair.text(certificate).getBytes(StandardCharsets.US_ASCII);
        new PrivateFile(fileOf(certificate)).write(text);
        Arrays.fill(text, (byte) 0);
    }

    void delete(ServerCertificate certificate) throws IOException {
        Files.deleteIfExists(fileOf(certificate));
    }

    private Path fileOf(ServerCertificate certificate) {
        return folder.resolve(PREFIX + certificate.sha256().substring(0, NAME_DIGITS) + ".pem");
    }

    private FileAttribute<?>[] mode(String mode) {
        return hasModes()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
                }
                : new FileAttribute<?>[0];
    }

    private boolean hasModes() {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
