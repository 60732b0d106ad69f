package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final String HEX =
            "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

    @TempDir private Path folder;

    @Test
    void readsHexadecimalDigitsWithWhiteSpaceAround() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "  " + HEX + "\r\n");

        assertThat(KeyFile.read(file).sameAs(PrivateKey.ofHex(HEX))).isTrue();
    }

    @Test
    void readsThirtyTwoBytesAsTheyAre() throws IOException {
        byte[] bytes = new byte[PrivateKey.BYTES];
        bytes[31] = (byte) 0xff;
        Path file = Files.write(folder.resolve("key"), bytes);

        assertThat(KeyFile.read(file).sameAs(PrivateKey.ofBytes(bytes))).isTrue();
    }

    @Test
    void sizesBesideThirtyTwoBytesAreRefusedWithTheSizeAndTheRemedy() throws IOException {
        for (int size : new int[] {0, 31, 33, 63, 65, 1000}) {
            Path file = Files.write(folder.resolve("key"), new byte[size]);

            assertThatThrownBy(() -> KeyFile.read(file))
                    .isInstanceOf(CliFailure.class)
                    .hasMessageContaining(size < 256 ? size + " bytes" : "256 bytes or more")
                    .hasMessageContaining("64 hexadecimal digits, or 32 bytes")
                    .hasMessageContaining("hawser keys new");
        }
    }

    @Test
    void aMessageNeverRepeatsWhatIsInTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), HEX.substring(1) + "x");

        assertThatThrownBy(() -> KeyFile.read(file))
                .hasMessageNotContaining("112233")
                .extracting(failure -> failure.getCause().getMessage())
                .asString()
                .doesNotContain("112233");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("nowhere");

        assertThatThrownBy(() -> KeyFile.read(file))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining("hawser keys new --out FILE");
    }

    @Test
    void aFileThatOthersMayReadIsWarnedOf() throws IOException {
        assumePosix();
        Path file = Files.writeString(folder.resolve("key"), HEX);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(KeyFile.warning(file)).get().asString().contains("rw-r-----", "chmod 600 ");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-----w-"));
        assertThat(KeyFile.warning(file)).isEmpty();
    }

    @Test
    void whatIsWrittenIsForItsOwnerAloneAndCanBeRead() throws IOException {
        PrivateKey key = PrivateKey.ofHex(HEX);
        Path file = folder.resolve("key");

        KeyFile.write(file, key, false);

        assertThat(KeyFile.read(file).sameAs(key)).isTrue();
        assertThat(KeyFile.warning(file)).isEmpty();
        assumePosix();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    private static void assumePosix() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    }
}
