package dev.hawser.keys;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Keys that are loaded again when their source has changed, while a server or a token service
/// runs.
///
/// ```java
/// KeyRingReload keys = KeyRingReload.of(KeyRingFile.at(path));
/// KeyRing atFirst = keys.keyRing();
/// …
/// keys.poll(System.nanoTime()).ifPresent(server::keyRing); // once a tick
/// ```
///
/// A change that cannot be used (a torn file, a mode that lets others read it) changes nothing: the
/// keys stay those that they were, the log says so once, and the source is tried again every second
/// until it can be used.
///
/// It starts no thread, and belongs to one at a time. Logs go to the `System.Logger` named
/// `dev.hawser`: ids, never keys.
public final class KeyRingReload {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final KeyRingSource source;
    private final Logger logger;
    private KeyRing keyRing;
    private List<KeyId> ids;

    /// As it was before the keys were loaded: a change in between shows at the next look.
    private String version;

    private String complaint = "";
    private boolean hasPolled;
    private long polledAtNanos;

    private KeyRingReload(KeyRingSource source, Logger logger) throws KeyRingException {
        this.source = source;
        this.logger = logger;
        version = source.version();
        keyRing = source.load();
        ids = keyRing.ids();
        logger.log(
                Level.INFO, "Private keys of " + source.description() + ", newest first: " + ids);
    }

    /// {@return the keys of this source, loaded}
    ///
    /// @throws KeyRingException when they cannot be loaded: at a start there are no others to go on
    ///   with
    public static KeyRingReload of(KeyRingSource source) throws KeyRingException {
        return of(source, System.getLogger("dev.hawser"));
    }

    static KeyRingReload of(KeyRingSource source, Logger logger) throws KeyRingException {
        return new KeyRingReload(source, logger);
    }

    /// {@return the keys as they were last loaded} Whoever took the former ones erases them when
    /// nothing uses them.
    public KeyRing keyRing() {
        return keyRing;
    }

    /// Looks whether the source has changed, at most once a second.
    ///
    /// @param nowNanos of a monotonic clock, such as `System.nanoTime()`
    /// @return the keys when they are other ones than before, in other words once for each change
    public Optional<KeyRing> poll(long nowNanos) {
        if (hasPolled && nowNanos - polledAtNanos < INTERVAL_NANOS) {
            return Optional.empty();
        }
        hasPolled = true;
        polledAtNanos = nowNanos;
        try {
            String versionNow = source.version();
            if (versionNow.equals(version) && complaint.isEmpty()) {
                return Optional.empty();
            }
            KeyRing loaded = source.load();
            version = versionNow;
            return take(loaded);
        } catch (KeyRingException failure) {
            complain(String.valueOf(failure.getMessage()));
        } catch (RuntimeException failure) {
            // A source of somebody else's must not take the game with it, and what its failure says
            // may be a key.
            complain(source.description() + ": " + failure.getClass().getName());
        }
        return Optional.empty();
    }

    private Optional<KeyRing> take(KeyRing loaded) {
        boolean wasUnusable = !complaint.isEmpty();
        complaint = "";
        List<KeyId> idsBefore = ids;
        if (loaded.ids().equals(idsBefore)) {
            loaded.erase();
            if (wasUnusable) {
                logger.log(
                        Level.INFO,
                        "The private keys of "
                                + source.description()
                                + " can be used again, and are the same.");
            }
            return Optional.empty();
        }
        keyRing = loaded;
        ids = loaded.ids();
        logger.log(
                Level.INFO,
                "Private keys of "
                        + source.description()
                        + " have changed, newest first: "
                        + ids
                        + ", before: "
                        + idsBefore);
        return Optional.of(loaded);
    }

    private void complain(String message) {
        if (message.equals(complaint)) {
            return;
        }
        complaint = message;
        logger.log(
                Level.WARNING,
                "The private keys stay as they were ("
                        + ids
                        + "), since the new ones cannot be used: "
                        + message);
    }
}
