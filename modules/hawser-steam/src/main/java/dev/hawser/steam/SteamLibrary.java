package dev.hawser.steam;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A library of Valve's that is loaded, and the sentences about one that is not.
///
/// @param symbols its functions
/// @param origin where it was found, for messages
@SuppressWarnings("restricted") // Native access is what this is for.
record SteamLibrary(SymbolLookup symbols, String origin) {
    /// What makes the interfaces of a library, the newest first.
    ///
    /// @param what they make, for messages
    record Accessors(String what, List<String> names) {}

    static final Accessors USER_SOCKETS =
            new Accessors(
                    "the user's ISteamNetworkingSockets",
                    List.of("SteamAPI_SteamNetworkingSockets_SteamAPI_v012"));
    static final Accessors SERVER_SOCKETS =
            new Accessors(
                    "the game server's ISteamNetworkingSockets",
                    List.of("SteamAPI_SteamGameServerNetworkingSockets_SteamAPI_v012"));
    static final Accessors UTILS =
            new Accessors(
                    "ISteamNetworkingUtils",
                    List.of("SteamAPI_SteamNetworkingUtils_SteamAPI_v004"));
    static final Accessors GNS_SOCKETS =
            new Accessors(
                    "ISteamNetworkingSockets", List.of("SteamAPI_SteamNetworkingSockets_v009"));
    static final Accessors GNS_UTILS =
            new Accessors("ISteamNetworkingUtils", List.of("SteamAPI_SteamNetworkingUtils_v003"));

    /// Systems that Valve has a library for, and what it is called there.
    enum Platform {
        LINUX("libsteam_api.so"),
        MAC("libsteam_api.dylib"),
        WINDOWS("steam_api64.dll");

        final String fileName;

        Platform(String fileName) {
            this.fileName = fileName;
        }

        /// {@return the system of this name, or null where Steam does not run}
        static @Nullable Platform of(String osName) {
            String name = osName.toLowerCase(Locale.ROOT);
            if (name.startsWith("linux")) {
                return LINUX;
            }
            if (name.startsWith("mac")) {
                return MAC;
            }
            return name.startsWith("windows") ? WINDOWS : null;
        }
    }

    // ---- The Steamworks SDK

    /// Finds the library of the Steamworks SDK. A process has one that is initialised, so what is
    /// loaded goes before what could be.
    ///
    /// @param path of the file, for the case that nobody has loaded it; null where none is known
    /// @throws SteamUnavailableException when there is none, or not for this system
    static SteamLibrary sdk(@Nullable Path path) throws SteamUnavailableException {
        Platform system = system();
        String probe = UTILS.names().getFirst();
        List<String> tried = new ArrayList<>();
        SymbolLookup loaded = SymbolLookup.loaderLookup();
        if (loaded.find(probe).isPresent()) {
            return new SteamLibrary(loaded, "the library that this process has loaded");
        }
        tried.add("among the libraries that this class loader has loaded");
        SymbolLookup byName = open(system.fileName);
        if (byName != null && byName.find(probe).isPresent()) {
            return new SteamLibrary(byName, system.fileName);
        }
        tried.add("as '" + system.fileName + "', by the search path of the system");
        if (path != null) {
            return file(path);
        }
        throw new SteamUnavailableException(
                "Steam's library with "
                        + probe
                        + " was looked for "
                        + String.join(", then ", tried)
                        + ", and is not there. Load it before (steamworks4j does, with"
                        + " SteamAPI.loadLibraries), or give the path of "
                        + system.fileName
                        + " from the Steamworks SDK, which a game ships with itself");
    }

    // ---- A file

    /// Loads a library from a file.
    ///
    /// @throws SteamUnavailableException when there is none, or not for this system
    static SteamLibrary file(Path path) throws SteamUnavailableException {
        Platform system = system();
        if (!Files.isRegularFile(path)) {
            throw new SteamUnavailableException(
                    "there is no file "
                            + path.toAbsolutePath()
                            + ": give the path of the library itself");
        }
        SymbolLookup symbols = open(path);
        if (symbols == null) {
            throw new SteamUnavailableException(
                    path.toAbsolutePath()
                            + " is "
                            + kind(path)
                            + ", and cannot be loaded on "
                            + platform()
                            + ": take the library that was made for this system ("
                            + system.fileName
                            + "), and the ones that it needs");
        }
        return new SteamLibrary(symbols, path.toString());
    }

    private static Platform system() throws SteamUnavailableException {
        return system(System.getProperty("os.name", ""));
    }

    static Platform system(String osName) throws SteamUnavailableException {
        Platform system = Platform.of(osName);
        if (system == null) {
            throw new SteamUnavailableException(
                    "Steam runs on Linux, macOS and Windows, and this is '"
                            + osName
                            + "': use another kind of connection here");
        }
        return system;
    }

    /// {@return the library, or null when the system does not find or take it}
    private static @Nullable SymbolLookup open(String fileName) {
        try {
            return SymbolLookup.libraryLookup(fileName, Arena.global());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable SymbolLookup open(Path path) {
        try {
            return SymbolLookup.libraryLookup(path, Arena.global());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// {@return what a file is, by how it begins}
    private static String kind(Path path) {
        byte[] head;
        try (InputStream in = Files.newInputStream(path)) {
            head = in.readNBytes(4);
        } catch (IOException e) {
            return "a file that cannot be read";
        }
        if (head.length < 4) {
            return "no library";
        }
        int magic = (head[0] & 0xff) << 24 | (head[1] & 0xff) << 16;
        magic |= (head[2] & 0xff) << 8 | (head[3] & 0xff);
        return switch (magic) {
            case 0x7f454c46 -> "a library of Linux";
            case 0xcafebabe, 0xcffaedfe, 0xfeedfacf -> "a library of macOS";
            default -> head[0] == 'M' && head[1] == 'Z' ? "a library of Windows" : "no library";
        };
    }

    private static String platform() {
        return System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    }

    // ---- What is wrong with it

    SteamUnavailableException lacks(String symbol) {
        return new SteamUnavailableException(
                "the function "
                        + symbol
                        + " was looked for in "
                        + origin
                        + " and is not there: take the library of a Steamworks SDK from 1.57 to"
                        + " 1.64, or GameNetworkingSockets 1.5 or later");
    }

    SteamUnavailableException hasNo(Accessors accessors) {
        return new SteamUnavailableException(
                "for "
                        + accessors.what()
                        + ", "
                        + String.join(", ", accessors.names())
                        + " was looked for in "
                        + origin
                        + " and is not there: take the library of a Steamworks SDK from 1.53 to"
                        + " 1.64, or GameNetworkingSockets 1.5 or later");
    }

    SteamUnavailableException isNull(Accessors accessors) {
        return new SteamUnavailableException(
                "Steam is not initialised: "
                        + accessors.names().getFirst()
                        + " of "
                        + origin
                        + " returned NULL. Initialise Steam first (SteamAPI_Init for a player,"
                        + " SteamGameServer_Init for a game server, or SteamApi.initUser), with the"
                        + " Steam client running, and give this the same copy of the library");
    }

    SteamUnavailableException notInitialised(int result, String words) {
        return new SteamUnavailableException(
                "Steam could not be initialised by "
                        + origin
                        + " (result "
                        + result
                        + "): "
                        + (words.isEmpty() ? "it did not say why" : words)
                        + ". Start the Steam client, log in, and give the game its app id (the file"
                        + " steam_appid.txt in the working directory, while developing)");
    }
}
