package dev.hawser.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.cli.Cli;
import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {
    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void chooseFile() {
        file = folder.resolve("key");
    }

    @Test
    void printsAnotherKeyEachTime() {
        Cli.Result one = Cli.run("keys", "new");
        Cli.Result other = Cli.run("keys", "new");

        assertThat(one.exitCode()).isZero();
        assertThat(one.out()).matches("[0-9a-f]{64}\\R");
        assertThat(one.out()).isNotEqualTo(other.out());
        assertThat(one.err()).isEmpty();
    }

    @Test
    void writesAFileAndNeverShowsTheKey() throws Exception {
        Cli.Result result = keys("new");

        assertThat(result.exitCode()).isZero();
        PrivateKey key = load().newest();
        assertThat(result.out()).contains(file.toString(), key.id().toString());
        assertThat(result.out() + result.err()).doesNotContain(key.toHex());
    }

    @Test
    void aFileThatIsThereStays() throws IOException {
        Files.writeString(file, "precious");

        Cli.Result refused = keys("new");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(file.toString(), "is there already").hasLineCount(1);
        assertThat(Files.readString(file)).isEqualTo("precious");
    }

    @Test
    void rotatingAddsAKeyInFront() throws Exception {
        keys("new");
        KeyId old = load().newest().id();

        Cli.Result result = keys("rotate");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(load().ids()).hasSize(2).last().isEqualTo(old);
        PrivateKey newest = load().newest();
        assertThat(result.out()).contains(newest.id().toString(), "newest");
        assertThat(result.out() + result.err()).doesNotContain(newest.toHex());
    }

    @Test
    void aFifthKeyIsRefused() throws Exception {
        keys("new");
        for (int i = 0; i < 3; i++) {
            assertThat(keys("rotate").exitCode()).isZero();
        }
        List<KeyId> before = load().ids();

        Cli.Result result = keys("rotate");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("4 keys", "hawser keys retire").hasLineCount(1);
        assertThat(load().ids()).isEqualTo(before);
    }

    @Test
    void retiringLeavesTheNewestAndWarnsOfTokensThatAreOut() throws Exception {
        keys("new");
        keys("rotate");
        keys("rotate");
        List<KeyId> before = load().ids();

        Cli.Result result = keys("retire");

        assertThat(result.exitCode()).isZero();
        assertThat(load().ids()).containsExactly(before.getFirst());
        assertThat(result.out())
                .contains(before.get(1).toString(), before.get(2).toString())
                .doesNotContain(before.getFirst().toString());
        assertThat(result.err()).contains("note: tokens that were sealed").hasLineCount(1);
    }

    @Test
    void aKeyIsRetiredByItsName() throws Exception {
        keys("new");
        keys("rotate");
        keys("rotate");
        List<KeyId> before = load().ids();

        assertThat(keys("retire", "--id", before.get(1).toString()).exitCode()).isZero();

        assertThat(load().ids()).containsExactly(before.get(0), before.get(2));
    }

    @Test
    void theLastKeyIsNotRetired() throws Exception {
        keys("new");
        KeyId only = load().newest().id();
        for (Cli.Result result : List.of(keys("retire"), keys("retire", "--id", only.toString()))) {
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).contains("one key only", "hawser keys rotate").hasLineCount(1);
        }
        assertThat(load().ids()).containsExactly(only);
    }

    @Test
    void aNameThatIsNoneIsWrongUsage() {
        Cli.Result result = keys("retire", "--id", "abc");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("3 characters", "hawser keys list");
    }

    @Test
    void listingNamesTheKeysNewestFirst() throws Exception {
        Files.writeString(file, "5b".repeat(PrivateKey.BYTES));
        makePrivate();
        keys("rotate");

        Cli.Result result = keys("list");

        assertThat(result.exitCode()).isZero();
        List<KeyId> ids = load().ids();
        String time = "20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
        assertThat(result.out())
                .matches(
                        ids.get(0)
                                + "  made "
                                + time
                                + "  newest\\R"
                                + ids.get(1)
                                + "  made at an unknown time\\R");
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws Exception {
        assumeTrue(isPosix());
        keys("new");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        for (String command : List.of("rotate", "retire", "list")) {
            Cli.Result result = keys(command);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .startsWith("hawser: ")
                    .contains("rw-r--r--", "chmod 600 " + file)
                    .hasLineCount(1);
        }
    }

    @Test
    void aMissingFileIsNamed() {
        for (String command : List.of("rotate", "retire", "list")) {
            Cli.Result result = keys(command);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .contains("no key file " + file, "hawser keys new FILE")
                    .hasLineCount(1);
        }
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        file = folder.resolve("missing").resolve("key");

        Cli.Result result = keys("new");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("hawser: ")
                .contains(file.toString(), "folder")
                .hasLineCount(1);
    }

    @Test
    void aFolderIsNoKeyFile() {
        for (String command : List.of("rotate", "retire", "list")) {
            Cli.Result result = Cli.run("keys", command, folder.toString());
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .contains("key file " + folder + ": it is a directory")
                    .doesNotContain("chmod")
                    .hasLineCount(1);
        }
    }

    @Test
    void aSecretInAFolderThatIsMissingIsNamed() {
        Path secret = folder.resolve("missing").resolve("secret");

        Cli.Result result = Cli.run("keys", "secret", secret.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("cannot write " + secret + ": the folder that it is to be in")
                .hasLineCount(1);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void nobodyIsToldToChangeTheModeOfADevice() {
        Cli.Result result = Cli.run("keys", "list", "/dev/null");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("/dev/null: it is no ordinary file")
                .doesNotContain("chmod")
                .hasLineCount(1);
    }

    @Test
    void aFileThatItsGroupMayReadStaysSo() throws Exception {
        assumeTrue(isPosix());
        keys("new");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(keys("list").err()).contains("let its group read it with --group-may-read");

        assertThat(keys("rotate", "--group-may-read").exitCode()).isZero();
        assertThat(keys("list", "--group-may-read").out()).hasLineCount(2);
        assertThat(keys("retire", "--group-may-read").exitCode()).isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void keysAloneIsWrongUsage() {
        Cli.Result result = Cli.run("keys");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("hawser keys new");
    }

    private Cli.Result keys(String command, String... options) {
        List<String> args = new ArrayList<>(List.of("keys", command, file.toString()));
        args.addAll(List.of(options));
        return Cli.run(args.toArray(String[]::new));
    }

    private KeyRing load() throws KeyRingException {
        return KeyRingFile.at(file).load();
    }

    private void makePrivate() throws IOException {
        if (isPosix()) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private boolean isPosix() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
