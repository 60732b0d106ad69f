package dev.hawser.cli;

import dev.hawser.keys.SecretFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How the other side of `hawser backend` finds it and shows who it is.
final class BackendOptions {
    @Option(
            names = "--backend",
            paramLabel = "URL",
            description = "The token service, as https://play.example.org.")
    private @Nullable URI url;

    @Option(
            names = "--credential-file",
            paramLabel = "FILE",
            description =
                    "With --backend: what proves to it who this is, in a file that only you may be"
                            + " able to read.")
    private @Nullable Path credentialFile;

    @Option(
            names = "--pin",
            paramLabel = "SHA256",
            description =
                    "With --backend: accept this certificate and no other, by its hash; for those"
                            + " that nobody vouches for.")
    private @Nullable String pin;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            defaultValue = "",
            description = "With --backend: where this server is, or where the player is.")
    private String region = "";

    boolean isGiven() {
        return url != null;
    }

    URI url() {
        if (url == null) {
            throw new IllegalStateException("--backend was not given");
        }
        return url;
    }

    /// {@return the credential in the file, or else `otherwise`}
    String credential(@Nullable String otherwise) throws IOException {
        if (credentialFile != null) {
            return SecretFile.at(credentialFile).read();
        }
        if (otherwise != null) {
            return otherwise;
        }
        throw new CliFailure("--backend without --credential-file: pass it too");
    }

    /// {@return the hash of the only certificate to be accepted, or null}
    @Nullable String pin() {
        return pin;
    }

    String region() {
        return region;
    }
}
