package dev.hawser.tests.ciphers;

import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.JdkCipherProvider;
import dev.hawser.sodium.SodiumCipherProvider;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/// The providers that this machine has, side by side in one process.
final class Providers {
    static final CipherProvider JDK = new JdkCipherProvider();
    static final CipherProvider SYSTEM = SodiumCipherProvider.by("system");
    static final CipherProvider BUNDLED = SodiumCipherProvider.by("bundled");

    private Providers() {}

    /// {@return all of them; the system may have no libsodium}
    static List<Named<CipherProvider>> all() {
        return named(Stream.of(JDK, SYSTEM, BUNDLED));
    }

    /// {@return those that allocate nothing}
    static List<Named<CipherProvider>> sodium() {
        return named(Stream.of(SYSTEM, BUNDLED));
    }

    private static List<Named<CipherProvider>> named(Stream<CipherProvider> providers) {
        return providers
                .filter(CipherProvider::isAvailable)
                .map(provider -> Named.of(provider.name(), provider))
                .toList();
    }
}
