package dev.hawser.keys;

import dev.hawser.files.OwnerOnly;
import dev.hawser.files.PrivateFile;
import dev.hawser.keys.KeyFileText.MalformedException;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Private keys in a file, newest first.
///
/// ```text
/// hawser-keys 1
/// # what follows a hash is for people, and goes when the file is next changed
/// key 77e00a1c9d2b4f35 2026-02-01T09:00:00Z 00112233445566778899aabbccddeeff…
/// key e43d2bcc10f4b348 2025-11-01T09:00:00Z ffeeddccbbaa99887766554433221100…
/// end
/// ```
///
/// A line has the [KeyId] of a key, the time at which it was made (or `-`), and its 64 hexadecimal
/// digits. The id shows when a line was changed or mixed up, and the last line when the file is
/// torn; either way nothing is read from it. A file of one key may also be its 64 digits alone, or
/// its 32 bytes, unless these are text.
///
/// **Who may read it.** On POSIX file systems the file is refused when anybody but its owner may
/// read or write it; with [SecretReaders#GROUP] its group may read it. Symbolic links are followed,
/// and the file at their end is looked at.
///
/// **Changes.** The file is replaced in one step, by one that only those have ever been able to
/// read who could read the former, and that belongs to the same owner; a reader finds the old keys
/// or the new ones. Writers wait for each other by a lock on an empty file beside it, of the same
/// name and `.lock`.
///
/// Any thread may use it.
public final class KeyRingFile implements KeyRingSource {
    /// Room for four keys and a page of comments; whatever is longer is not read to its end.
    private static final int BYTES_MAX = 16384;

    private static final String REMEDY = "make one with 'hawser keys new FILE'";

    private final Path path;
    private final PrivateFile file;
    private final boolean groupMayRead;

    private KeyRingFile(Path path, SecretReaders readers) {
        this.path = path;
        groupMayRead = readers == SecretReaders.GROUP;
        file = new PrivateFile(path, groupMayRead);
    }

    /// A key of the file, by its name.
    ///
    /// @param id its name
    /// @param madeAt when it was made; null where the file does not say so
    public record Entry(KeyId id, @Nullable Instant madeAt) {}

    /// {@return the key file at this path, which is not looked at yet}
    public static KeyRingFile at(Path path) {
        return at(path, SecretReaders.OWNER);
    }

    /// {@return the key file at this path, which is not looked at yet}
    ///
    /// @param readers who may be able to read it
    public static KeyRingFile at(Path path, SecretReaders readers) {
        return new KeyRingFile(path, readers);
    }

    @Override
    public KeyRing load() throws KeyRingException {
        return KeyRing.of(read().stream().map(DatedKey::key).toList());
    }

    @Override
    public String version() {
        return file.version();
    }

    @Override
    public String description() {
        return "key file " + path;
    }

    @Override
    public String toString() {
        return description();
    }

    /// {@return the names of its keys, newest first}
    ///
    /// @throws KeyRingException when the file cannot be read or trusted
    public List<Entry> list() throws KeyRingException {
        List<DatedKey> keys = read();
        List<Entry> entries = entries(keys);
        keys.forEach(dated -> dated.key().erase());
        return entries;
    }

    /// Makes the file, with one key in it.
    ///
    /// @param key copied
    /// @param madeAt when it was made, kept to the second
    /// @throws KeyRingException when the file is there already, or cannot be written
    public void create(PrivateKey key, Instant madeAt) throws KeyRingException {
        alone(() -> {
            if (file.exists()) {
                throw new KeyRingException(
                        path
                                + " is there already: choose another name, or add a key to it with"
                                + " 'hawser keys rotate'");
            }
            write(List.of(new DatedKey(key, toSecond(madeAt))));
        });
    }

    /// Adds a key in front of the others.
    ///
    /// @param key copied
    /// @param madeAt when it was made, kept to the second
    /// @throws KeyRingException when the file has [KeyRing#KEYS_MAX] keys or this very one, or
    ///   cannot be read or written; it is then as before
    public void addNewest(PrivateKey key, Instant madeAt) throws KeyRingException {
        change(keys -> {
            checkRoom(keys, key);
            List<DatedKey> more = new ArrayList<>(keys);
            more.addFirst(new DatedKey(key, toSecond(madeAt)));
            return more;
        });
    }

    private void checkRoom(List<DatedKey> keys, PrivateKey key) throws KeyRingException {
        if (keys.stream().anyMatch(dated -> dated.key().sameAs(key))) {
            throw new KeyRingException(description() + " has key " + key.id() + " already");
        }
        if (keys.size() == KeyRing.KEYS_MAX) {
            throw new KeyRingException(
                    description()
                            + " has "
                            + KeyRing.KEYS_MAX
                            + " keys, and no more are tried: retire old ones with 'hawser keys"
                            + " retire'");
        }
    }

    /// Removes a key.
    ///
    /// @throws KeyRingException when the file does not have it or has no other one, or cannot be
    ///   read or written; it is then as before
    public void remove(KeyId id) throws KeyRingException {
        change(keys -> {
            List<DatedKey> left = keys.stream().filter(key -> !key.key().id().equals(id)).toList();
            if (left.size() == keys.size()) {
                throw new KeyRingException(
                        description() + " has no key " + id + ", but " + ids(keys));
            }
            checkNotLast(left.size());
            return left;
        });
    }

    /// Removes all keys but the newest.
    ///
    /// @return what was removed, newest first
    /// @throws KeyRingException when the file has one key only, or cannot be read or written; it is
    ///   then as before
    public List<Entry> removeOld() throws KeyRingException {
        List<Entry> removed = new ArrayList<>();
        change(keys -> {
            checkNotLast(keys.size() - 1);
            removed.addAll(entries(keys.subList(1, keys.size())));
            return keys.subList(0, 1);
        });
        return removed;
    }

    private void checkNotLast(int left) throws KeyRingException {
        if (left == 0) {
            throw new KeyRingException(
                    description()
                            + " has one key only, without which nobody gets in: first add a new one"
                            + " with 'hawser keys rotate'");
        }
    }

    // ---- The file

    private List<DatedKey> read() throws KeyRingException {
        byte[] content = new byte[0];
        try {
            checkPrivate();
            content = file.read(BYTES_MAX);
            if (content.length == BYTES_MAX) {
                throw new KeyRingException(
                        description()
                                + " has "
                                + BYTES_MAX
                                + " bytes or more and is no key file: "
                                + REMEDY);
            }
            return KeyFileText.parse(content);
        } catch (MalformedException malformed) {
            throw new KeyRingException(
                    description()
                            + " of "
                            + content.length
                            + " bytes cannot be used: "
                            + malformed.getMessage()
                            + "; copy it anew from where it is whole, or "
                            + REMEDY,
                    malformed);
        } catch (NoSuchFileException missing) {
            throw new KeyRingException("there is no " + description() + ": " + REMEDY, missing);
        } catch (IOException unreadable) {
            throw failed("cannot read ", unreadable);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private void checkPrivate() throws IOException, KeyRingException {
        Optional<String> mode = file.openToOthers();
        if (mode.isPresent()) {
            throw new KeyRingException(
                    "others may use "
                            + description()
                            + " ("
                            + mode.get()
                            + "), and whoever can read it can make connect tokens: "
                            + OwnerOnly.chmod(groupMayRead)
                            + " "
                            + path
                            + OwnerOnly.orLetItsGroupRead(mode.get()));
        }
    }

    private void write(List<DatedKey> keys) throws IOException {
        byte[] content = KeyFileText.format(keys);
        try {
            file.write(content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private void change(Edit edit) throws KeyRingException {
        alone(() -> {
            List<DatedKey> keys = read();
            try {
                write(edit.apply(keys));
            } finally {
                keys.forEach(dated -> dated.key().erase());
            }
        });
    }

    private void alone(PrivateFile.Change<KeyRingException> change) throws KeyRingException {
        try {
            file.alone(change);
        } catch (NoSuchFileException missing) {
            throw new KeyRingException(
                    "cannot write " + path + ": the folder that it is to be in does not exist",
                    missing);
        } catch (IOException failure) {
            throw failed("cannot write ", failure);
        }
    }

    private KeyRingException failed(String what, IOException failure) {
        String why =
                switch (failure) {
                    case AccessDeniedException _ -> "no permission: see its owner and its folder's";
                    case FileSystemException named when named.getReason() != null ->
                            named.getReason();
                    default -> String.valueOf(failure.getMessage());
                };
        return new KeyRingException(what + description() + ": " + why, failure);
    }

    private static List<Entry> entries(List<DatedKey> keys) {
        return keys.stream().map(key -> new Entry(key.key().id(), key.madeAt())).toList();
    }

    private static List<KeyId> ids(List<DatedKey> keys) {
        return keys.stream().map(key -> key.key().id()).toList();
    }

    private static Instant toSecond(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    /// The keys that are to be in the file, from those that are.
    private interface Edit {
        List<DatedKey> apply(List<DatedKey> keys) throws KeyRingException;
    }
}
