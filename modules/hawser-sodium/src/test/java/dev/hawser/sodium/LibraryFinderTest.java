package dev.hawser.sodium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFinderTest {
    @TempDir private Path folder;

    private static String missing(LibraryFinder.Result result) {
        assertThat(result).isInstanceOf(LibraryFinder.Missing.class);
        return ((LibraryFinder.Missing) result).why();
    }

    @Test
    void oneIsBundledForEveryCommonMachine() {
        for (String os : List.of("linux", "mac os x", "windows 11")) {
            for (String arch : List.of("amd64", "x86_64", "aarch64")) {
                if (!os.startsWith("windows") || !arch.equals("aarch64")) {
                    String resource = Platform.bundledResource(os, arch);
                    assertThat(LibraryFinder.class.getResource(resource)).as(resource).isNotNull();
                }
            }
        }
    }

    @Test
    void noneIsBundledForOthers() {
        for (String arch : List.of("riscv64", "ppc64le", "x86", "arm")) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> Platform.bundledResource("linux", arch))
                    .withMessageContaining(arch);
        }
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Platform.bundledResource("freebsd", "amd64"));
    }

    @Test
    void theBundledOneIsLoadedAndLeavesNoFile() throws IOException {
        assertThat(BundledLibrary.load(Platform.bundledResource(), folder).find("sodium_init"))
                .isPresent();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aFolderThatIsNotThereIsAReason() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() ->
                        BundledLibrary.load(Platform.bundledResource(), folder.resolve("none")));
    }

    @Test
    void aResourceThatIsNotThereIsAReason() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> BundledLibrary.load("/META-INF/libsodium/none.so", folder))
                .withMessageContaining("none.so");
    }

    @Test
    void whatIsNoLibraryIsAReasonAndLeavesNoFile() throws IOException {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> BundledLibrary.load("/META-INF/LICENSE.libsodium", folder));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void leftoversOfEndedProcessesAreDeletedAndNothingElse() throws IOException {
        long ended = endedProcess();
        String file = Path.of(Platform.bundledResource()).getFileName().toString();
        Path dead = Files.createDirectory(folder.resolve("hawser-sodium-" + ended + "-1"));
        Files.writeString(dead.resolve(file), "x");
        Path alive =
                Files.createDirectory(
                        folder.resolve("hawser-sodium-" + ProcessHandle.current().pid() + "-1"));
        Files.writeString(alive.resolve(file), "x");
        Path full = Files.createDirectory(folder.resolve("hawser-sodium-" + ended + "-2"));
        Files.writeString(full.resolve("of somebody else"), "x");
        Path strange = Files.createDirectory(folder.resolve("hawser-sodium-x"));

        BundledLibrary.deleteLeftovers(folder);

        assertThat(dead).doesNotExist();
        assertThat(alive.resolve(file)).exists();
        assertThat(full.resolve("of somebody else")).exists();
        assertThat(strange).exists();
    }

    private static long endedProcess() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process =
                new ProcessBuilder(java, "-version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.onExit().join();
        return process.pid();
    }

    @Test
    void theFirstThatCanBeLoadedIsTaken() throws IOException {
        Path library = unpacked("libsodium.so");
        LibraryFinder.Result result =
                LibraryFinder.installed(List.of("libhawser-none.so", library.toString()));
        assertThat(result)
                .isInstanceOfSatisfying(
                        LibraryFinder.Found.class,
                        found ->
                                assertThat(found.library().name())
                                        .matches("libsodium 1\\.0\\.\\d+, system"));
    }

    @Test
    void noneOfTheSystemIsAReason() {
        assertThat(missing(LibraryFinder.installed(List.of("libhawser-none.so"))))
                .contains("libhawser-none.so");
    }

    @Test
    void aPathForcesOne() throws IOException {
        Path library = unpacked("any name");
        SodiumCipherProvider provider = SodiumCipherProvider.by(library.toString());
        assertThat(provider.isAvailable()).as(provider.obstacle()).isTrue();
        assertThat(provider.obstacle()).isEmpty();
        assertThat(provider.name()).startsWith("libsodium 1.0.").endsWith(", " + library);
    }

    @Test
    void whatIsForcedAndCannotBeLoadedIsAReasonAndNoException() throws IOException {
        Path noLibrary = Files.writeString(folder.resolve("text.so"), "not a library");
        for (String library :
                List.of(
                        "",
                        "System",
                        "libsodium.so.23",
                        "../libsodium.so",
                        "\0",
                        folder.resolve("none.so").toString(),
                        folder.toString(),
                        noLibrary.toString())) {
            SodiumCipherProvider provider = SodiumCipherProvider.by(library);
            assertThat(provider.isAvailable()).as(library).isFalse();
            assertThat(provider.obstacle()).as(library).isNotEmpty();
            assertThat(provider.name()).isEqualTo("libsodium");
            assertThatIllegalStateException()
                    .isThrownBy(provider::newPacketCipher)
                    .withMessageContaining(provider.obstacle());
            assertThatIllegalStateException().isThrownBy(provider::newTokenAead);
        }
        assertThat(SodiumCipherProvider.by("System").obstacle())
                .contains("hawser.sodium.library", "'System'", "system, bundled, or an absolute");
    }

    /// A library without libsodium's functions: the C library itself, by any of its names.
    @Test
    void anotherLibraryIsAReason() {
        String why =
                missing(
                        LibraryFinder.installed(
                                List.of("libc.so.6", "libSystem.dylib", "ucrtbase")));
        assertThat(why).isNotEmpty();
    }

    private Path unpacked(String name) throws IOException {
        try (var stream =
                Objects.requireNonNull(
                        LibraryFinder.class.getResourceAsStream(Platform.bundledResource()))) {
            return Files.write(folder.resolve(name), stream.readAllBytes());
        }
    }
}
