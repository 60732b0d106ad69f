package dev.hawser.steam;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every function that the binding calls is in Valve's libraries, on every system: their tables of
/// exports are read by LLVM's tools, which know all three formats.
class SymbolsTest {
    private static final List<String> ACCESSORS =
            Stream.of(SteamLibrary.USER_SOCKETS, SteamLibrary.SERVER_SOCKETS, SteamLibrary.UTILS)
                    .map(accessors -> accessors.names().getFirst())
                    .toList();

    @Test
    void theLibraryForLinuxHasEverySymbol() throws Exception {
        assertHasEverySymbol(
                lines("llvm-nm", "-D", "--defined-only", path(ValveLibraries.LINUX))
                        .map(line -> line.substring(line.lastIndexOf(' ') + 1)));
    }

    @Test
    void theLibraryForMacOsHasEverySymbol() throws Exception {
        // C names begin with an underscore there.
        assertHasEverySymbol(
                lines("llvm-nm", "-g", "--defined-only", path(ValveLibraries.MAC))
                        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                        .filter(name -> name.startsWith("_"))
                        .map(name -> name.substring(1)));
    }

    @Test
    void theLibraryForWindowsHasEverySymbol() throws Exception {
        assertHasEverySymbol(
                lines("llvm-readobj", "--coff-exports", path(ValveLibraries.WINDOWS))
                        .map(String::strip)
                        .filter(line -> line.startsWith("Name: "))
                        .map(line -> line.substring("Name: ".length())));
    }

    @Test
    void theLibraryOfThisSystemGivesAnAddressForEverySymbol() {
        SteamLibrary library = ValveLibraries.ofThisSystem();

        assertThat(Stream.concat(ACCESSORS.stream(), sdkNames()))
                .allMatch(name -> library.symbols().find(name).isPresent());
    }

    private static void assertHasEverySymbol(Stream<String> exported) {
        Set<String> symbols = exported.collect(toCollection(TreeSet::new));
        assertThat(symbols).as("symbols that were read").hasSizeGreaterThan(1000);
        assertThat(symbols).containsAll(ACCESSORS);
        assertThat(symbols).containsAll(sdkNames().toList());
    }

    private static Stream<String> sdkNames() {
        return Stream.of(SteamFlat.REQUIRED, SteamFlat.SDK_ONLY)
                .flatMap(List::stream)
                .map(SteamFlat.Function::name);
    }

    private static String path(String library) {
        return ValveLibraries.file(library).toString();
    }

    private static Stream<String> lines(String... command) throws Exception {
        assumeTrue(isInstalled(command[0]), command[0] + " is not installed (Debian: llvm)");
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as("exit status of %s", command[0]).isZero();
        return new String(output, StandardCharsets.UTF_8).lines();
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
