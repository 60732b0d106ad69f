package dev.hawser.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A file that only its owner may read, or its group too, and that is replaced in one step.
///
/// Symbolic links are followed, for reading and for writing: what counts is the file at their end,
/// whose folder gets the new one.
public final class PrivateFile {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.copyOf(PosixFilePermissions.fromString("rw-------"));

    /// Locks of files are between processes: inside this one, writers wait here.
    private static final ReentrantLock WRITER = new ReentrantLock();

    private static final Set<PosixFilePermission> GROUP_READS =
            Set.copyOf(PosixFilePermissions.fromString("rw-r-----"));

    private final Path path;
    private final boolean groupMayRead;

    /// The file at this path, which is not looked at yet.
    public PrivateFile(Path path) {
        this(path, false);
    }

    /// The same, of whose group members may be able to read it.
    public PrivateFile(Path path, boolean groupMayRead) {
        this.path = path;
        this.groupMayRead = groupMayRead;
    }

    /// {@return the first bytes of the file, which the caller erases}
    public byte[] read(int bytesMax) throws IOException {
        try (InputStream source = Files.newInputStream(path)) {
            return source.readNBytes(bytesMax);
        }
    }

    /// {@return the mode of the file, as `rw-r-----`, where others may use it}
    ///
    /// @throws FileSystemException also for a folder, whose mode means something else
    public Optional<String> openToOthers() throws IOException {
        return OwnerOnly.openToOthers(path, groupMayRead);
    }

    /// {@return a text that is another one when the file has been written to or replaced}
    public String version() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            // A pipe can be read once only.
            return now.isRegularFile()
                    ? now.fileKey() + " " + now.lastModifiedTime() + " " + now.size()
                    : "not a file";
        } catch (IOException unreadable) {
            return "unreadable";
        }
    }

    /// {@return whether there is something at this path}
    public boolean exists() {
        return Files.exists(path);
    }

    /// Calls `change` while no other thread or process is in here for the same file. It waits for
    /// its turn; the lock is an empty file of the same name and `.lock`, which stays.
    ///
    /// @param <E> what `change` throws besides
    public <E extends Exception> void alone(Change<E> change) throws IOException, E {
        WRITER.lock();
        try {
            Path target = target();
            Path lockPath = target.resolveSibling(target.getFileName() + ".lock");
            try (FileChannel channel =
                            FileChannel.open(
                                    lockPath,
                                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                                    ownerOnly(lockPath));
                    FileLock _ = channel.lock()) {
                change.run();
            }
        } finally {
            WRITER.unlock();
        }
    }

    /// Puts a file with this content in place: after a crash it is the old one or the new one.
    ///
    /// The new file belongs to whom the old one belonged to, and to those in its group who could
    /// read it.
    public void write(byte[] content) throws IOException {
        Path target = target();
        Path folder = target.toAbsolutePath().resolveSibling("");
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
            keepReaders(target, fresh);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
        forceFolder(folder);
    }

    /// A key file that root writes for a service must stay the service's.
    private void keepReaders(Path old, Path fresh) throws IOException {
        PosixFileAttributeView freshView = posix(fresh);
        PosixFileAttributeView oldView = posix(old);
        if (freshView == null || oldView == null || !Files.exists(old)) {
            return;
        }
        PosixFileAttributes was = oldView.readAttributes();
        PosixFileAttributes is = freshView.readAttributes();
        if (!was.owner().equals(is.owner())) {
            freshView.setOwner(was.owner());
        }
        if (!was.group().equals(is.group())) {
            freshView.setGroup(was.group());
        }
        // Last: until here its group was another one.
        if (groupMayRead && was.permissions().contains(PosixFilePermission.GROUP_READ)) {
            freshView.setPermissions(GROUP_READS);
        }
    }

    /// Without it, a machine that loses power may have the old name and neither content.
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notHere) {
            // Windows opens no folders, and needs it less.
        }
    }

    /// {@return the file itself, at the end of links, whether or not it is there}
    private Path target() throws IOException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException notYet) {
            return path;
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path path) {
        boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static @Nullable PosixFileAttributeView posix(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class);
    }

    /// What is done to the file by one writer at a time.
    ///
    /// @param <E> what it throws besides
    @FunctionalInterface
    public interface Change<E extends Exception> {
        /// Reads and writes the file.
        void run() throws IOException, E;
    }
}
