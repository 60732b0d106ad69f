package dev.hawser.sodium;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/// The ciphers of libsodium: no allocation per call, and a forged packet costs no exception.
///
/// Which libsodium is said by the system property [#LIBRARY_PROPERTY]:
///
/// - `system`: the one that is installed;
/// - `bundled`: the one inside this module;
/// - anything else: the absolute path of a library.
///
/// Without the property it is the installed one, else the bundled one (on Windows the bundled one
/// alone, see [LibraryFinder]). Where there is none, the provider is not available, says once in
/// the log why, and the JDK's ciphers run.
public final class SodiumCipherProvider implements CipherProvider {
    /// The system property that says which libsodium is loaded. It is read once.
    public static final String LIBRARY_PROPERTY = "hawser.sodium.library";

    private final Supplier<LibraryFinder.Result> library;

    /// Creates the provider; nothing is looked for yet.
    public SodiumCipherProvider() {
        library = () -> Chosen.LIBRARY;
    }

    private SodiumCipherProvider(LibraryFinder.Result library) {
        this.library = () -> library;
    }

    /// {@return a provider by this libsodium, whatever the property says}
    ///
    /// @param library `system`, `bundled`, or the absolute path of a library
    public static SodiumCipherProvider by(String library) {
        return new SodiumCipherProvider(LibraryFinder.find(library));
    }

    /// Loaded at the first use, and never again.
    private static final class Chosen {
        static final LibraryFinder.Result LIBRARY = find();

        private static LibraryFinder.Result find() {
            String forced = System.getProperty(LIBRARY_PROPERTY);
            LibraryFinder.Result result =
                    forced == null ? LibraryFinder.findBest() : LibraryFinder.find(forced);
            if (result instanceof LibraryFinder.Missing(String why)) {
                System.getLogger("dev.hawser")
                        .log(
                                forced == null ? Level.INFO : Level.WARNING,
                                "libsodium cannot be used: " + why);
            }
            return result;
        }
    }

    @Override
    public String id() {
        return "sodium";
    }

    @Override
    public String name() {
        return switch (library.get()) {
            case LibraryFinder.Found(Libsodium found) -> found.name();
            case LibraryFinder.Missing _ -> "libsodium";
        };
    }

    @Override
    public int preference() {
        return 10;
    }

    @Override
    public boolean isAvailable() {
        return library.get() instanceof LibraryFinder.Found;
    }

    @Override
    public String obstacle() {
        return library.get() instanceof LibraryFinder.Missing(String why) ? why : "";
    }

    @Override
    public Aead newPacketAead() {
        return new SodiumAead(libsodium().packets());
    }

    @Override
    public Aead newTokenAead() {
        return new SodiumAead(libsodium().tokens());
    }

    private Libsodium libsodium() {
        return switch (library.get()) {
            case LibraryFinder.Found(Libsodium found) -> found;
            case LibraryFinder.Missing(String why) ->
                    throw new IllegalStateException("libsodium cannot be used: " + why);
        };
    }
}
