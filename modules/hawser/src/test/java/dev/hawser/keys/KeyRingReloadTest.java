package dev.hawser.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.TestLog;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingReloadTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Random random = new Random(12);
    private final PrivateKey old = key();
    private final PrivateKey fresh = key();
    private final TestLog log = new TestLog();

    @TempDir private Path folder;
    private Path path;
    private KeyRingFile file;
    private long nowNanos = Long.MAX_VALUE - 3 * SECOND;

    @BeforeEach
    void makeFile() throws KeyRingException {
        path = folder.resolve("keys");
        file = KeyRingFile.at(path);
        file.create(old, Instant.EPOCH);
    }

    private PrivateKey key() {
        return PrivateKey.random(random::nextBytes);
    }

    /// What it says when it loads is looked at in one place.
    private KeyRingReload load(KeyRingSource source) throws KeyRingException {
        KeyRingReload reload = KeyRingReload.of(source, log);
        log.lines.clear();
        return reload;
    }

    @Test
    void theKeysOfTheStartAreNamed() throws KeyRingException {
        KeyRingReload.of(file, log);
        assertThat(log.lines)
                .containsExactly(
                        "INFO Private keys of key file "
                                + path
                                + ", newest first: ["
                                + old.id()
                                + "]");
    }

    @Test
    void aChangedFileGivesItsKeysOnce() throws KeyRingException {
        KeyRingReload reload = load(file);
        assertThat(reload.keyRing().ids()).containsExactly(old.id());
        assertThat(pollNextSecond(reload)).isEmpty();

        file.addNewest(fresh, Instant.EPOCH);

        KeyRing given = pollNextSecond(reload).orElseThrow();
        assertThat(given.ids()).containsExactly(fresh.id(), old.id());
        assertThat(reload.keyRing()).isSameAs(given);
        assertThat(pollNextSecond(reload)).isEmpty();
        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("INFO Private keys of key file " + path + " have changed")
                .contains(fresh.id().toString(), old.id().toString())
                .doesNotContain(fresh.toHex(), old.toHex());
    }

    /// As the kubelet mounts a Secret: what is named is a link over a link to a folder, of which
    /// the latter is turned to a new folder. Size and time are the same; the old folder goes.
    @Test
    void aMountedSecretIsFollowedWhenItsFolderIsTurned() throws Exception {
        assumeTrue(
                folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "the file system has no modes");
        Path mount = Files.createDirectory(folder.resolve("mount"));
        Path before = secretFolder(mount, "..1", old);
        Path data = Files.createSymbolicLink(mount.resolve("..data"), before.getFileName());
        Path named = Files.createSymbolicLink(mount.resolve("keys"), Path.of("..data/keys"));
        KeyRingReload reload = load(KeyRingFile.at(named, SecretReaders.GROUP));
        assertThat(pollNextSecond(reload)).isEmpty();

        Path after = secretFolder(mount, "..2", fresh);
        Path turned = Files.createSymbolicLink(mount.resolve("..data_tmp"), after.getFileName());
        Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(before.resolve("keys"));
        Files.delete(before);

        assertThat(pollNextSecond(reload).orElseThrow().ids()).containsExactly(fresh.id());
        assertThat(pollNextSecond(reload)).isEmpty();
    }

    private static Path secretFolder(Path mount, String name, PrivateKey key) throws Exception {
        Path secret = Files.createDirectory(mount.resolve(name));
        Path keys = secret.resolve("keys");
        KeyRingFile.at(keys).create(key, Instant.EPOCH);
        Files.deleteIfExists(secret.resolve("keys.lock"));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("r--r-----"));
        Files.setLastModifiedTime(keys, FileTime.from(Instant.EPOCH));
        return secret;
    }

    @Test
    void theSourceIsLookedAtOnceASecond() throws KeyRingException {
        KeyRingReload reload = load(file);
        assertThat(reload.poll(nowNanos)).isEmpty();
        file.addNewest(fresh, Instant.EPOCH);

        assertThat(reload.poll(nowNanos + SECOND - 1)).isEmpty();
        assertThat(reload.poll(nowNanos + SECOND)).isPresent();
    }

    @Test
    void aFileThatChangesBetweenStartAndFirstLookIsNoticed() throws KeyRingException {
        KeyRingReload reload = load(file);
        file.addNewest(fresh, Instant.EPOCH);

        assertThat(reload.poll(nowNanos)).isPresent();
    }

    @Test
    void aBadFileKeepsTheKeysAndIsToldOnce() throws Exception {
        KeyRingReload reload = load(file);
        byte[] good = Files.readAllBytes(path);
        Files.write(path, new byte[] {1, 2, 3});

        for (int i = 0; i < 5; i++) {
            assertThat(pollNextSecond(reload)).isEmpty();
        }

        assertThat(reload.keyRing().ids()).containsExactly(old.id());
        assertThat(reload.keyRing().newest().sameAs(old)).isTrue();
        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("WARNING The private keys stay as they were (" + "[" + old.id() + "])")
                .contains(path.toString(), "3 bytes");

        Files.write(path, good);
        assertThat(pollNextSecond(reload)).isEmpty();
        assertThat(log.lines).last().asString().contains("can be used again");
        file.addNewest(fresh, Instant.EPOCH);
        assertThat(pollNextSecond(reload)).isPresent();
    }

    @Test
    void aBadFileIsTriedAgainThoughItLooksUnchanged() throws Exception {
        KeyRingReload reload = load(file);
        file.addNewest(fresh, Instant.EPOCH);
        byte[] good = Files.readAllBytes(path);
        byte[] bad = good.clone();
        bad[0] = 'x';
        FileTime then = FileTime.from(Instant.EPOCH);
        Files.write(path, bad);
        Files.setLastModifiedTime(path, then);
        assertThat(pollNextSecond(reload)).isEmpty();

        Files.write(path, good);
        Files.setLastModifiedTime(path, then);

        assertThat(pollNextSecond(reload)).isPresent();
    }

    @Test
    void aFileThatGoesAndComesBackIsToldAndNothingChanges() throws Exception {
        KeyRingReload reload = load(file);
        Path aside = folder.resolve("aside");
        Files.move(path, aside);
        assertThat(pollNextSecond(reload)).isEmpty();
        assertThat(log.lines).last().asString().contains("there is no key file");

        Files.move(aside, path);
        assertThat(pollNextSecond(reload)).isEmpty();
        assertThat(reload.keyRing().newest().sameAs(old)).isTrue();
        assertThat(log.lines).hasSize(2);
    }

    @Test
    void anUnchangedContentIsNoChange() throws Exception {
        KeyRingReload reload = load(file);
        Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));

        assertThat(pollNextSecond(reload)).isEmpty();

        assertThat(reload.keyRing().newest().sameAs(old)).isTrue();
        assertThat(log.lines).isEmpty();
    }

    @Test
    void withoutKeysThereIsNoStart() {
        assertThatThrownBy(() -> KeyRingReload.of(KeyRingFile.at(folder.resolve("no")), log))
                .isInstanceOf(KeyRingException.class);
    }

    @Test
    void aSourceThatFailsByItsOwnMistakeDoesNotEndTheGame() throws KeyRingException {
        KeyRingSource careless =
                new KeyRingSource() {
                    private int loads;

                    @Override
                    public KeyRing load() {
                        if (loads++ > 0) {
                            throw new IllegalStateException("my key is 1234");
                        }
                        return KeyRing.of(key());
                    }

                    @Override
                    public String version() {
                        return Integer.toString(loads);
                    }

                    @Override
                    public String description() {
                        return "my service";
                    }
                };
        KeyRingReload reload = load(careless);

        assertThat(pollNextSecond(reload)).isEmpty();

        assertThat(log.lines)
                .singleElement()
                .asString()
                .contains("my service", "IllegalStateException")
                .doesNotContain("1234");
    }

    private Optional<KeyRing> pollNextSecond(KeyRingReload reload) {
        nowNanos += SECOND;
        return reload.poll(nowNanos);
    }
}
