package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a developer is told where there is no Steam.
class NoSteamTest {
    @TempDir private Path folder;

    @Test
    void aLibraryThatNobodyHasInitialisedIsNotCalled() {
        SteamLibrary valve = ValveLibraries.ofThisSystem();

        assertThatThrownBy(() -> SteamApi.user(valve.symbols()))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("SteamAPI_SteamNetworkingSockets_SteamAPI_v012")
                .hasMessageContaining("returned NULL")
                .hasMessageContaining("Initialise Steam first");
        assertThatThrownBy(() -> SteamApi.gameServer(valve.symbols()))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("SteamAPI_SteamGameServerNetworkingSockets_SteamAPI_v012")
                .hasMessageContaining("returned NULL");
    }

    @Test
    @SuppressWarnings("restricted") // As steamworks4j does it.
    void theLibraryThatTheProcessHasLoadedIsShared() {
        SteamLibrary valve = ValveLibraries.ofThisSystem();
        System.load(Path.of(valve.origin()).toAbsolutePath().toString());

        assertThatThrownBy(SteamApi::user)
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("the library that this process has loaded returned NULL");
    }

    @Test
    void initialisingWithoutASteamClientFailsWithSteamsOwnWords() {
        SteamLibrary valve = ValveLibraries.ofThisSystem();
        assumeTrue(System.getProperty("hawser.steam.client") == null, "a Steam client runs");

        assertThatThrownBy(() -> SteamFlat.initSteam(valve))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("(result 1)")
                .hasMessageContaining("Start the Steam client");
        assertThatThrownBy(() -> SteamApi.initUser(Path.of(valve.origin())))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("could not be initialised");
    }

    @Test
    void aLookupWithoutTheAccessorSaysWhichOne() {
        SymbolLookup empty = _ -> Optional.empty();

        assertThatThrownBy(() -> SteamApi.user(empty))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("SteamAPI_SteamNetworkingSockets_SteamAPI_v012")
                .hasMessageContaining("the given lookup")
                .hasMessageContaining("Steamworks SDK");
    }

    @Test
    void aMissingFunctionIsNamed() {
        SteamLibrary valve = ValveLibraries.ofThisSystem();
        String missing = "SteamAPI_ISteamNetworkingSockets_DestroyPollGroup";
        SymbolLookup without =
                name -> name.equals(missing) ? Optional.empty() : valve.symbols().find(name);

        assertThatThrownBy(() ->
                        new SteamFlat(
                                new SteamLibrary(without, "an old library"),
                                MemorySegment.ofAddress(8),
                                MemorySegment.ofAddress(8)))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining(missing)
                .hasMessageContaining("an old library");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("libGameNetworkingSockets.so");

        assertThatThrownBy(() ->
                        SteamApi.gameNetworkingSockets(missing, new SteamIdentity.Anonymous()))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void theLibraryOfAnotherSystemIsRecognised() {
        String other =
                System.getProperty("os.name").startsWith("Windows")
                        ? ValveLibraries.LINUX
                        : ValveLibraries.WINDOWS;
        Path file = ValveLibraries.file(other);

        assertThatThrownBy(
                        () -> SteamApi.gameNetworkingSockets(file, new SteamIdentity.Anonymous()))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(
                        other.equals(ValveLibraries.LINUX)
                                ? "a library of Linux"
                                : "a library of Windows")
                .hasMessageContaining(System.getProperty("os.name"));
    }

    @Test
    void aFileThatIsNoLibraryIsRecognised() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "no library");

        assertThatThrownBy(
                        () -> SteamApi.gameNetworkingSockets(file, new SteamIdentity.Anonymous()))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("is no library");
    }

    @Test
    void theSdksLibraryIsNotTakenForGameNetworkingSockets() {
        SteamLibrary valve = ValveLibraries.ofThisSystem();

        assertThatThrownBy(() ->
                        SteamApi.gameNetworkingSockets(
                                Path.of(valve.origin()), new SteamIdentity.Anonymous()))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("GameNetworkingSockets_Init");
    }

    @Test
    void aSystemWithoutSteamIsNamed() {
        assertThatThrownBy(() -> SteamLibrary.system("AIX"))
                .isInstanceOf(SteamUnavailableException.class)
                .hasMessageContaining("'AIX'");
    }

    @Test
    void theSystemsThatHaveSteamAreKnown() throws SteamUnavailableException {
        assertThat(SteamLibrary.system("Linux").fileName).isEqualTo("libsteam_api.so");
        assertThat(SteamLibrary.system("Mac OS X").fileName).isEqualTo("libsteam_api.dylib");
        assertThat(SteamLibrary.system("Windows 11").fileName).isEqualTo("steam_api64.dll");
    }
}
