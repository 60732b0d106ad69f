package dev.hawser.protocol.crypto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Chooses the implementation of the ciphers.
public final class Ciphers {
    /// The system property that forces one implementation by its id, for example `jdk`.
    public static final String PROPERTY = "hawser.crypto";

    /// Looked for once: it opens every jar of the class path.
    private static final List<CipherProvider> PROVIDERS = providers();

    private Ciphers() {}

    private static List<CipherProvider> providers() {
        List<CipherProvider> providers = new ArrayList<>();
        // This class's own loader: what is found must not depend on the calling thread.
        ServiceLoader.load(CipherProvider.class, Ciphers.class.getClassLoader())
                .forEach(providers::add);
        providers.add(new JdkCipherProvider());
        return List.copyOf(providers);
    }

    /// {@return the best implementation that this machine has}
    ///
    /// Those found through `ServiceLoader`, by preference, then the JDK's own. The system property
    /// [#PROPERTY] overrides the choice, and is read at each call: keep the result.
    ///
    /// @throws IllegalStateException when the property names one that is not there, or cannot be
    ///   used; the message lists those that can
    public static CipherProvider best() {
        return choose(PROVIDERS, System.getProperty(PROPERTY));
    }

    static CipherProvider choose(List<CipherProvider> providers, @Nullable String forcedId) {
        // Asking whether it is available may load a library: where one is forced, no other is
        // asked.
        return providers.stream()
                .filter(provider -> forcedId == null || provider.id().equals(forcedId))
                .sorted(Comparator.comparingInt(CipherProvider::preference).reversed())
                .filter(CipherProvider::isAvailable)
                .findFirst()
                .orElseThrow(() -> noSuchProvider(providers, forcedId));
    }

    private static IllegalStateException noSuchProvider(
            List<CipherProvider> providers, @Nullable String forcedId) {
        if (forcedId == null) {
            return new IllegalStateException(
                    "no ciphers: this JDK has no ChaCha20-Poly1305, and no other provider is there");
        }
        String problem =
                providers.stream()
                        .filter(provider -> provider.id().equals(forcedId))
                        .findFirst()
                        .map(provider -> " cannot be used on this machine" + because(provider))
                        .orElse(" are not there");
        String ids =
                providers.stream()
                        .filter(CipherProvider::isAvailable)
                        .map(CipherProvider::id)
                        .collect(Collectors.joining(", "));
        return new IllegalStateException(
                "the ciphers '"
                        + forcedId
                        + "' of the system property "
                        + PROPERTY
                        + problem
                        + "; available: "
                        + ids);
    }

    private static String because(CipherProvider provider) {
        return provider.obstacle().isEmpty() ? "" : " (" + provider.obstacle() + ")";
    }
}
