package dev.hawser.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingFileTest {
    private static final Instant SPRING = Instant.parse("2025-03-01T09:30:15Z");
    private static final Instant SUMMER = Instant.parse("2025-06-01T09:30:15Z");
    private static final String HEX =
            "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

    private final Random random = new Random(11);
    private final PrivateKey old = key();
    private final PrivateKey fresh = key();

    @TempDir private Path folder;
    private Path path;
    private KeyRingFile file;

    @BeforeEach
    void chooseFile() {
        path = folder.resolve("keys");
        file = KeyRingFile.at(path);
    }

    private PrivateKey key() {
        return PrivateKey.random(random::nextBytes);
    }

    // What is in it.

    @Test
    void keysComeBackNewestFirst() throws KeyRingException {
        file.create(old, SPRING);
        file.addNewest(fresh, SUMMER.plusMillis(7));

        KeyRing ring = file.load();
        assertThat(ring.keys()).hasSize(2);
        assertThat(ring.newest().sameAs(fresh)).isTrue();
        assertThat(ring.keys().get(1).sameAs(old)).isTrue();
        assertThat(file.list())
                .containsExactly(
                        new KeyRingFile.Entry(fresh.id(), SUMMER),
                        new KeyRingFile.Entry(old.id(), SPRING));
    }

    @Test
    void aFileWrittenByHandHasCommentsBlankLinesAndCarriageReturns() throws Exception {
        write(
                "# mine\r\n\r\nhawser-keys 1\r\n# newest\r\nkey   "
                        + fresh.id().toString().toUpperCase(Locale.ROOT)
                        + "  -  "
                        + fresh.toHex().toUpperCase(Locale.ROOT)
                        + "\r\n#key of old\nend\r\n\r\n# until here");

        assertThat(file.load().ids()).containsExactly(fresh.id());
        assertThat(file.list()).containsExactly(new KeyRingFile.Entry(fresh.id(), null));
    }

    @Test
    void aFileOfOneKeyIsItsDigitsOrItsBytes() throws Exception {
        write("  " + HEX + "\r\n");
        assertThat(file.load().newest().sameAs(PrivateKey.ofHex(HEX))).isTrue();

        byte[] bytes = new byte[PrivateKey.BYTES];
        fresh.copyTo(bytes);
        write(bytes);
        assertThat(file.load().newest().sameAs(fresh)).isTrue();
    }

    @Test
    void aKeyIsAddedToAFileOfDigits() throws Exception {
        write(old.toHex());

        file.addNewest(fresh, SUMMER);

        assertThat(file.list())
                .containsExactly(
                        new KeyRingFile.Entry(fresh.id(), SUMMER),
                        new KeyRingFile.Entry(old.id(), null));
    }

    @Test
    void aTornFileIsNeverRead() throws Exception {
        file.create(old, SPRING);
        file.addNewest(fresh, SUMMER);
        byte[] whole = Files.readAllBytes(path);
        for (int length = 0; length < whole.length - 1; length++) {
            write(Arrays.copyOf(whole, length));
            assertRefused(file::load);
        }
    }

    @Test
    void aTornFileOfDigitsIsNeverRead() throws Exception {
        for (int length = 0; length < HEX.length(); length++) {
            write(HEX.substring(0, length));
            assertRefused(file::load);
        }
    }

    @Test
    void aDigitThatWasChangedIsFound() throws Exception {
        file.create(old, SPRING);
        byte[] whole = Files.readAllBytes(path);
        String text = new String(whole, US_ASCII);
        int id = text.indexOf(old.id().toString());
        int hex = text.indexOf(old.toHex());
        for (int at : Stream.of(id, id + 15, hex, hex + 31, hex + 63).toList()) {
            byte[] changed = whole.clone();
            changed[at] = (byte) (changed[at] == '7' ? '8' : '7');
            write(changed);
            assertRefused(file::load).hasMessageContaining("line 5: the key is not the one");
        }
    }

    @Test
    void linesThatMakeNoSenseAreRefusedByTheirNumber() throws Exception {
        String line = "key " + old.id() + " - " + old.toHex();
        String other = "key " + fresh.id() + " - " + fresh.toHex();
        assertRefusedText("hawser-keys 2\n" + line + "\nend\n", "line 1: the format has a version");
        assertRefusedText("keys\n" + line + "\nend\n", "line 1: it should be 'hawser-keys 1'");
        assertRefusedText("hawser-keys 1\n" + line + "0\nend\n", "line 2: it is neither");
        assertRefusedText("hawser-keys 1\n" + line + " x\nend\n", "line 2: it is neither");
        assertRefusedText("hawser-keys 1\nkey\nend\n", "line 2: it is neither");
        assertRefusedText("hawser-keys 1\n" + old.toHex() + "\nend\n", "line 2: it is neither");
        assertRefusedText(
                "hawser-keys 1\n" + line.replace(" - ", " monday ") + "\nend\n",
                "line 2: the date should be as 2026-01-31T12:00:00Z, or -");
        assertRefusedText(
                "hawser-keys 1\n" + line + "\n" + line + "\nend\n",
                "line 3: this key stands above already");
        assertRefusedText(
                "hawser-keys 1\n" + line + "\nend\n" + other + "\n",
                "line 4: there is something behind 'end'");
        assertRefusedText("hawser-keys 1\n" + line + "\n", "the line 'end' is missing");
        assertRefusedText("hawser-keys 1\nend\n", "it holds no key");
        assertRefusedText("", "of 0 bytes cannot be used: it holds no key");
    }

    @Test
    void fiveKeysAreTooMany() throws Exception {
        StringBuilder text = new StringBuilder("hawser-keys 1\n");
        for (int i = 0; i < 5; i++) {
            PrivateKey key = key();
            text.append("key " + key.id() + " - " + key.toHex() + "\n");
        }
        assertRefusedText(text + "end\n", "line 6: there are more than 4 keys");
    }

    @Test
    void aLongFileIsNotReadToItsEnd() throws Exception {
        write("hawser-keys 1\n" + "# long\n".repeat(10_000));
        assertRefused(file::load).hasMessageContaining("16384 bytes or more");
    }

    @Test
    void whatIsWrongIsSaidWithoutAWordOfWhatIsInTheFile() throws Exception {
        String secret = old.toHex();
        for (String text :
                List.of(
                        secret.substring(1) + "x",
                        "hawser-keys " + secret.substring(0, 8),
                        "hawser-keys 1\nkey " + old.id() + " - " + secret + "00\nend",
                        "hawser-keys 1\nkey "
                                + old.id()
                                + " "
                                + secret.substring(0, 40)
                                + " "
                                + secret
                                + "\nend",
                        "hawser-keys 1\nkey 0000000000000000 - " + secret + "\nend")) {
            write(text);
            assertThatThrownBy(file::load)
                    .satisfies(failure -> {
                        for (Throwable part = failure; part != null; part = part.getCause()) {
                            assertThat(part.toString()).doesNotContain(secret.substring(1, 8));
                        }
                    });
        }
        assertThat(file.toString() + file.description()).doesNotContain(secret.substring(1, 8));
    }

    // Who may read it.

    @Test
    void aFileThatOthersMayUseIsRefusedWithItsModeAndTheRemedy() throws Exception {
        assumePosix();
        file.create(old, SPRING);
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rw-----w-")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            assertRefused(file::load).hasMessageContainingAll(mode, "chmod 600 " + path);
            assertRefused(() -> file.addNewest(fresh, SUMMER)).hasMessageContaining(mode);
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r----x--x"));
        assertThat(file.load().ids()).containsExactly(old.id());
    }

    @Test
    void aFileThatWasMountedMayBeReadByItsGroupWhereThatWasSaid() throws Exception {
        assumePosix();
        file.create(old, SPRING);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r-----"));
        assertRefused(file::load).hasMessageContaining("SecretReaders.GROUP");

        KeyRingFile mounted = KeyRingFile.at(path, SecretReaders.GROUP);
        assertThat(mounted.load().ids()).containsExactly(old.id());
        for (String mode : List.of("r--r--r--", "rw-rw----", "rw----r--", "rw-----w-")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            assertRefused(mounted::load)
                    .hasMessageContainingAll(mode, "chmod 640 " + path)
                    .hasMessageNotContaining("SecretReaders");
        }
    }

    @Test
    void aChangeLeavesAFileToThoseWhoCouldReadIt() throws Exception {
        assumePosix();
        KeyRingFile shared = KeyRingFile.at(path, SecretReaders.GROUP);
        shared.create(old, SPRING);
        assertThat(mode(path)).isEqualTo("rw-------");
        shared.addNewest(fresh, SUMMER);
        assertThat(mode(path)).isEqualTo("rw-------");

        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        shared.removeOld();
        assertThat(mode(path)).isEqualTo("rw-r-----");
    }

    @Test
    void whatIsWrittenIsForItsOwnerAlone() throws Exception {
        assumePosix();
        file.create(old, SPRING);
        assertThat(mode(path)).isEqualTo("rw-------");
        file.addNewest(fresh, SUMMER);
        assertThat(mode(path)).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("keys.lock"))).isEqualTo("rw-------");
    }

    @Test
    void aLinkIsFollowedAndStaysALink() throws Exception {
        assumePosix();
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path real = elsewhere.resolve("real");
        KeyRingFile.at(real).create(old, SPRING);
        Files.createSymbolicLink(path, real);

        file.addNewest(fresh, SUMMER);

        assertThat(path).isSymbolicLink();
        assertThat(KeyRingFile.at(real).load().ids()).containsExactly(fresh.id(), old.id());
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused(file::load).hasMessageContaining("rw-r--r--");
    }

    // Changes.

    @Test
    void aFileIsNeverMadeOverAnother() throws Exception {
        file.create(old, SPRING);
        assertRefused(() -> file.create(fresh, SUMMER)).hasMessageContaining("is there already");
        assertThat(file.load().ids()).containsExactly(old.id());
    }

    @Test
    void keysAreRemovedByNameOrAllButTheNewest() throws KeyRingException {
        PrivateKey middle = key();
        file.create(old, SPRING);
        file.addNewest(middle, SUMMER);
        file.addNewest(fresh, SUMMER);

        file.remove(middle.id());
        assertThat(file.load().ids()).containsExactly(fresh.id(), old.id());
        assertThat(file.removeOld()).containsExactly(new KeyRingFile.Entry(old.id(), SPRING));
        assertThat(file.list()).containsExactly(new KeyRingFile.Entry(fresh.id(), SUMMER));
    }

    @Test
    void theLastKeyIsNotRemoved() throws KeyRingException {
        file.create(old, SPRING);
        assertRefused(() -> file.remove(old.id())).hasMessageContaining("hawser keys rotate");
        assertRefused(file::removeOld).hasMessageContaining("has one key only");
        assertThat(file.load().ids()).containsExactly(old.id());
    }

    @Test
    void aKeyThatIsNotThereIsNotRemoved() throws KeyRingException {
        file.create(old, SPRING);
        file.addNewest(fresh, SUMMER);
        assertRefused(() -> file.remove(new KeyId(1)))
                .hasMessageContainingAll(
                        "no key 0000000000000001", fresh.id().toString(), old.id().toString());
    }

    @Test
    void aFifthKeyIsNotAdded() throws KeyRingException {
        file.create(old, SPRING);
        for (int i = 0; i < 3; i++) {
            file.addNewest(key(), SUMMER);
        }
        assertRefused(() -> file.addNewest(fresh, SUMMER))
                .hasMessageContainingAll("has 4 keys", "hawser keys retire");
        assertThat(file.load().keys()).hasSize(4);
    }

    @Test
    void aKeyIsNotAddedTwice() throws KeyRingException {
        file.create(old, SPRING);
        assertRefused(() -> file.addNewest(old, SUMMER)).hasMessageContaining("already");
    }

    @Test
    void aMissingFileOrFolderIsNamed() {
        assertRefused(file::load).hasMessageContainingAll("no key file " + path, "hawser keys new");
        KeyRingFile nowhere = KeyRingFile.at(folder.resolve("missing").resolve("keys"));
        assertRefused(() -> nowhere.create(old, SPRING)).hasMessageContaining("folder");
    }

    @Test
    void aRelativePathIsOfTheWorkingFolder() throws Exception {
        Path relative = Path.of("target-of-key-ring-file-test");
        try {
            KeyRingFile.at(relative).create(old, SPRING);
            assertThat(KeyRingFile.at(relative).load().ids()).containsExactly(old.id());
        } finally {
            Files.deleteIfExists(relative);
            Files.deleteIfExists(Path.of(relative + ".lock"));
        }
    }

    @Test
    void writersWaitForEachOtherAndReadersSeeOldOrNew() throws Exception {
        file.create(old, SPRING);
        int writers = 3;
        List<PrivateKey> keys = List.of(key(), key(), key());
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<?>> done = new ArrayList<>();
            for (PrivateKey key : keys) {
                done.add(
                        threads.submit(() -> {
                            for (int i = 0; i < 10; i++) {
                                KeyRingFile own = KeyRingFile.at(path);
                                own.addNewest(key, SUMMER);
                                assertThat(own.load().ids()).contains(key.id(), old.id());
                                own.remove(key.id());
                            }
                            return null;
                        }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
        assertThat(file.load().ids()).containsExactly(old.id());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(path, folder.resolve("keys.lock"));
        }
    }

    private AbstractThrowableAssert<?, ?> assertRefused(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(KeyRingException.class);
    }

    private void assertRefusedText(String text, String message) throws IOException {
        write(text);
        assertRefused(file::load).hasMessageContainingAll(message, path.toString());
    }

    private void write(String text) throws IOException {
        write(text.getBytes(US_ASCII));
    }

    private void write(byte[] content) throws IOException {
        Files.write(path, content);
        if (isPosix()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private void assumePosix() {
        assumeTrue(isPosix(), "the file system has no modes");
    }

    private boolean isPosix() {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
