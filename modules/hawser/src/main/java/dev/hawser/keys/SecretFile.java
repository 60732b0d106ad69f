package dev.hawser.keys;

import dev.hawser.files.OwnerOnly;
import dev.hawser.files.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// A secret that is a line of text in a file of its own: what servers show to a token service, what
/// client ids or tickets are made with.
///
/// As with key files, only its owner may be able to use it, unless its group was let in to read it.
public final class SecretFile {
    private static final int BYTES_MAX = 8192;
    private static final int RANDOM_BYTES = 32;

    private final Path path;
    private final boolean groupMayRead;
    private final PrivateFile file;

    private SecretFile(Path path, SecretReaders readers) {
        this.path = path;
        groupMayRead = readers == SecretReaders.GROUP;
        file = new PrivateFile(path, groupMayRead);
    }

    /// {@return the file at this path, which is not looked at yet}
    public static SecretFile at(Path path) {
        return at(path, SecretReaders.OWNER);
    }

    /// {@return the file at this path, which is not looked at yet}
    ///
    /// @param readers who may be able to read it
    public static SecretFile at(Path path, SecretReaders readers) {
        return new SecretFile(path, readers);
    }

    /// {@return the secret, without the white space around it}
    ///
    /// @throws IOException when the file cannot be read, is empty, or can be used by others; its
    ///   message says what to do
    public String read() throws IOException {
        try {
            OwnerOnly.check(path, groupMayRead, "make another secret");
            byte[] bytes = file.read(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new IOException(
                        path + " has more than " + BYTES_MAX + " bytes: a secret is one line");
            }
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            if (text.isEmpty()) {
                throw new IOException(path + " is empty: 'hawser keys secret FILE' makes a secret");
            }
            return text;
        } catch (NoSuchFileException e) {
            throw new IOException(
                    path + " is not there: 'hawser keys secret " + path + "' makes a secret", e);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    path + " cannot be read by this process: see its owner and its mode", e);
        } catch (FileSystemException e) {
            throw new IOException(path + " cannot be read: " + e.getReason(), e);
        }
    }

    /// Makes the file, with 32 random bytes in base64url (RFC 4648, section 5).
    ///
    /// @param random a cryptographic generator
    /// @throws IOException when the file is there already, or cannot be written
    public void create(RandomGenerator random) throws IOException {
        try {
            file.alone(() -> {
                if (file.exists()) {
                    throw new FileAlreadyExistsException(path.toString());
                }
                byte[] bytes = new byte[RANDOM_BYTES];
                random.nextBytes(bytes);
                String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
                file.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
            });
        } catch (FileAlreadyExistsException e) {
            throw new IOException(path + " is there already: choose another name", e);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "cannot write " + path + ": the folder that it is to be in does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "cannot write " + path + ": no permission, see the owner of its folder", e);
        } catch (FileSystemException e) {
            throw new IOException("cannot write " + path + ": " + e.getReason(), e);
        } catch (IOException e) {
            // Of a disk that is full, for example, the system does not name the file.
            throw new IOException("cannot write " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "secret file " + path;
    }
}
