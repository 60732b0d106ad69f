package dev.hawser.cli;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where the private key comes from: a file, the environment, or, on loopback, the development key.
/// Never the command line, which every user of the machine can read.
final class KeyOptions {
    static final String VARIABLE = "HAWSER_PRIVATE_KEY";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--private-key-file",
            paramLabel = "FILE",
            description = {
                "The private key that the backend and its servers share: 64 hexadecimal digits or"
                        + " 32 bytes ('hawser keys new --out FILE'). Without it, the environment"
                        + " variable "
                        + VARIABLE
                        + " (64 hexadecimal digits); without that, between loopback addresses, a"
                        + " development key that everybody knows."
            })
    private @Nullable Path file;

    /// {@return the key from file or environment, or null where neither is given}
    @Nullable PrivateKey given() throws IOException {
        if (file != null) {
            PrivateKey key = KeyFile.read(file);
            KeyFile.warning(file).ifPresent(warning -> err().println("warning: " + warning));
            return key;
        }
        String hex = Main.surroundingsOf(spec).environment().get(VARIABLE);
        if (hex == null || hex.isBlank()) {
            return null;
        }
        try {
            return PrivateKey.ofHex(hex.strip());
        } catch (IllegalArgumentException unreadable) {
            throw new CliFailure(VARIABLE + ": " + unreadable.getMessage(), unreadable);
        }
    }

    /// {@return the given key, or the development key where all addresses are loopback}
    PrivateKey resolve(Collection<NetAddress> addresses) throws IOException {
        PrivateKey key = given();
        if (key != null) {
            return key;
        }
        Set<NetAddress> notServed = DevelopmentKey.notServed(addresses);
        if (!notServed.isEmpty()) {
            String list =
                    notServed.stream().map(NetAddress::toString).collect(Collectors.joining(", "));
            throw new CliFailure(
                    "no private key for "
                            + list
                            + ", and the development key, which everybody knows, is for loopback"
                            + " addresses only: make a key with 'hawser keys new --out FILE' and"
                            + " pass --private-key-file FILE, or set "
                            + VARIABLE);
        }
        err().println(
                        "note: no private key given, so this uses the development key: loopback only");
        return DevelopmentKey.get();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
