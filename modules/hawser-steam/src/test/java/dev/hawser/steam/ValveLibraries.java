package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.codedisaster.steamworks.SteamAPI;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Valve's own libraries, as the jar of steamworks4j ships them.
final class ValveLibraries {
    static final String LINUX = "libsteam_api.so";
    static final String MAC = "libsteam_api.dylib";
    static final String WINDOWS = "steam_api64.dll";

    private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();

    private ValveLibraries() {}

    /// {@return the file of a library}
    static Path file(String name) {
        return UNPACKED.computeIfAbsent(name, ValveLibraries::unpack);
    }

    private static Path unpack(String name) {
        try (InputStream in = SteamAPI.class.getResourceAsStream("/" + name)) {
            assertThat(in).as("%s in the jar of steamworks4j", name).isNotNull();
            Path folder = Files.createTempDirectory("hawser-steam");
            Path file = folder.resolve(name);
            Files.copy(in, file);
            // What was registered last is deleted first: the file, and then its empty folder.
            folder.toFile().deleteOnExit();
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// {@return the library of this system, loaded once; where there is none for it, the test that
    /// asks is skipped}
    static SteamLibrary ofThisSystem() {
        SteamLibrary.Platform system = SteamLibrary.Platform.of(System.getProperty("os.name"));
        boolean isArm = System.getProperty("os.arch").equals("aarch64");
        assumeTrue(
                system != null && (!isArm || system == SteamLibrary.Platform.MAC),
                "the jar has no library for this system");
        try {
            return SteamLibrary.file(file(system.fileName));
        } catch (SteamUnavailableException e) {
            throw new AssertionError(e);
        }
    }
}
