package dev.hawser.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
    private final Random random = new Random(1);

    @TempDir private Path folder;
    private Path path;
    private SecretFile file;

    @BeforeEach
    void chooseFile() {
        path = folder.resolve("secret");
        file = SecretFile.at(path);
    }

    @Test
    void whatIsMadeIsOneLineThatComesBack() throws IOException {
        file.create(random);

        assertThat(file.read()).hasSize(43).matches("[A-Za-z0-9_-]+");
        assertThat(path).hasContent(file.read() + "\n");
    }

    @Test
    void eachSecretIsAnother() throws IOException {
        SecretFile other = SecretFile.at(folder.resolve("other"));
        file.create(random);
        other.create(random);

        assertThat(file.read()).isNotEqualTo(other.read());
    }

    @Test
    void onlyItsOwnerMayUseWhatIsMade() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        file.create(random);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileThatIsThereStays() throws IOException {
        write("precious");

        assertThatThrownBy(() -> file.create(random))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(path + " is there already");
        assertThat(path).hasContent("precious");
    }

    @Test
    void whiteSpaceAroundASecretIsNotPartOfIt() throws IOException {
        write("\r\n  my own secret \r\n");

        assertThat(file.read()).isEqualTo("my own secret");
    }

    @Test
    void anEmptyFileIsNoSecret() throws IOException {
        write(" \n");

        assertRefused("is empty");
    }

    @Test
    void aFileThatIsNotThereSaysHowToMakeOne() {
        assertRefused("'hawser keys secret " + path + "'");
    }

    @Test
    void aLongFileIsNoSecret() throws IOException {
        write("x".repeat(8193));

        assertRefused("8192");
    }

    @Test
    void aFileThatOthersCanUseIsRefused() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"}) {
            write("seen");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            assertRefused("chmod 600 " + path);
        }
    }

    @Test
    void aFileThatWasMountedMayBeReadByItsGroupWhereThatWasSaid() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        write("mounted");
        setMode("r--r-----");
        assertRefused("SecretReaders.GROUP");

        file = SecretFile.at(path, SecretReaders.GROUP);
        assertThat(file.read()).isEqualTo("mounted");
        for (String mode : new String[] {"r--r--r--", "rw-rw----", "rw----r--", "rw-----w-"}) {
            setMode(mode);
            assertRefused("can be used by others (" + mode + "): 'chmod 640 " + path);
        }
    }

    private void setMode(String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private void write(String text) throws IOException {
        Files.writeString(path, text);
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private void assertRefused(String why) {
        assertThatThrownBy(file::read).isInstanceOf(IOException.class).hasMessageContaining(why);
    }
}
