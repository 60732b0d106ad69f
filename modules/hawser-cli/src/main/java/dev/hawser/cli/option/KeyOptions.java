package dev.hawser.cli.option;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.keys.KeyRingEnvironment;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.keys.KeyRingSource;
import dev.hawser.keys.SecretReaders;
import dev.hawser.protocol.NetAddress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Where the private keys come from: a file, the environment, or, on loopback, the development key.
/// Never the command line, which every user of the machine can read.
public final class KeyOptions {
    /// The name of the option that lets a file's group read it.
    public static final String GROUP_MAY_READ = "--group-may-read";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--private-key-file",
            paramLabel = "FILE",
            description = {
                "The private keys that the backend and its servers share ('hawser keys new FILE')."
                        + " Only you may be able to read it. Without it, the environment variable "
                        + KeyRingEnvironment.VARIABLE
                        + " (64 hexadecimal digits for each key, newest first, with commas"
                        + " between); without that, between loopback addresses, a development key"
                        + " that everybody knows."
            })
    private @Nullable Path file;

    @Option(
            names = GROUP_MAY_READ,
            description =
                    "Files with secrets that the other options name may be readable by their group,"
                            + " as those are that Kubernetes, Docker or systemd mount. Without it"
                            + " they are refused.")
    private boolean groupMayRead;

    /// {@return who may be able to read files with secrets}
    public SecretReaders readers() {
        if (groupMayRead && file == null && !hasCredentialFile()) {
            throw new ParameterException(
                    spec.commandLine(),
                    GROUP_MAY_READ + " goes with a file that has a secret only");
        }
        return groupMayRead ? SecretReaders.GROUP : SecretReaders.OWNER;
    }

    private boolean hasCredentialFile() {
        return spec.commandLine().getParseResult().hasMatchedOption(BackendOptions.CREDENTIAL_FILE);
    }

    /// {@return the keys in file or environment; empty where neither is given}
    public Optional<KeyRingSource> given() {
        SecretReaders readers = readers();
        if (file != null) {
            return Optional.of(KeyRingFile.at(file, readers));
        }
        KeyRingEnvironment environment =
                KeyRingEnvironment.of(
                        KeyRingEnvironment.VARIABLE,
                        RootCommand.of(spec).surroundings().environment());
        return environment.isSet() ? Optional.of(environment) : Optional.empty();
    }

    /// {@return the given keys, or the development key where all addresses are loopback}
    public KeyRingSource resolve(Collection<NetAddress> addresses) {
        return given().orElseGet(() -> development(addresses));
    }

    private KeyRingSource development(Collection<NetAddress> addresses) {
        Set<NetAddress> notServed = DevelopmentKey.notServed(addresses);
        if (!notServed.isEmpty()) {
            String list =
                    notServed.stream().map(NetAddress::toString).collect(Collectors.joining(", "));
            throw new CliFailure(
                    "no private key for "
                            + list
                            + ", and the development key, which everybody knows, is for loopback"
                            + " addresses only: make a key with 'hawser keys new FILE' and"
                            + " pass --private-key-file FILE, or set "
                            + KeyRingEnvironment.VARIABLE);
        }
        err().println(
                        "note: no private key given, so this uses the development key: loopback only");
        return new DevelopmentKey();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
