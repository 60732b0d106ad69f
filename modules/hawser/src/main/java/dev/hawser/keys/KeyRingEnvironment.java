package dev.hawser.keys;

import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Private keys in an environment variable: 64 hexadecimal digits each, newest first, with commas
/// between them.
///
/// The environment of a process has more readers than a file of mode 600: everything that runs as
/// the same user sees it, child processes inherit it, and container tools, crash reports and
/// process managers print it. And it cannot change while the process runs: to change keys, restart,
/// or use a [KeyRingFile].
public final class KeyRingEnvironment implements KeyRingSource {
    /// The variable that the `hawser` command reads.
    public static final String VARIABLE = "HAWSER_PRIVATE_KEY";

    private final String variable;
    private final Map<String, String> environment;

    private KeyRingEnvironment(String variable, Map<String, String> environment) {
        this.variable = variable;
        this.environment = environment;
    }

    /// {@return the keys in a variable of this process}
    public static KeyRingEnvironment of(String variable) {
        return of(variable, System.getenv());
    }

    /// {@return the keys in a variable of another environment}
    ///
    /// @param environment kept, not copied
    public static KeyRingEnvironment of(String variable, Map<String, String> environment) {
        return new KeyRingEnvironment(variable, environment);
    }

    /// {@return whether the variable is there and says something}
    public boolean isSet() {
        return !value().isBlank();
    }

    @Override
    public KeyRing load() throws KeyRingException {
        if (!isSet()) {
            throw new KeyRingException(
                    description() + " is not set: 'hawser keys new' prints a key for it");
        }
        List<PrivateKey> keys = new ArrayList<>();
        for (String hex : value().split(",", -1)) {
            try {
                keys.add(PrivateKey.ofHex(hex.strip()));
            } catch (IllegalArgumentException invalid) {
                keys.forEach(PrivateKey::erase);
                throw new KeyRingException(
                        description() + ", key " + (keys.size() + 1) + ": " + invalid.getMessage(),
                        invalid);
            }
        }
        try {
            return KeyRing.of(keys);
        } catch (IllegalArgumentException invalid) {
            keys.forEach(PrivateKey::erase);
            throw new KeyRingException(description() + ": " + invalid.getMessage(), invalid);
        }
    }

    private String value() {
        return environment.getOrDefault(variable, "");
    }

    @Override
    public String description() {
        return "environment variable " + variable;
    }

    @Override
    public String toString() {
        return description();
    }
}
