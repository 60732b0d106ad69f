package dev.hawser.cli.fleet;

import dev.hawser.cli.option.CredentialFile;
import dev.hawser.cli.option.KeyOptions;
import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.cli.words.Wording;
import dev.hawser.keys.SecretReaders;
import dev.hawser.online.operator.OperatorClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Where the token service is, and how an operator shows who it is.
final class OperatorOptions {
    /// In place of the file.
    static final String VARIABLE = "HAWSER_OPERATOR_CREDENTIAL";

    private static final String CONTENT =
            "one of the secrets in the token service's operators.credential-files";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "URL",
            required = true,
            description =
                    "The token service, as https://play.example.org. Repeat it where there are"
                            + " several, which share what they know: when one fails, the next is"
                            + " asked.")
    private List<URI> urls = List.of();

    @Option(
            names = "--credential-file",
            paramLabel = "FILE",
            description =
                    "An operator's credential, in a file that only you may be able to read. Without"
                            + " it, the environment variable "
                            + VARIABLE
                            + ".")
    private @Nullable Path credentialFile;

    @Option(
            names = KeyOptions.GROUP_MAY_READ,
            description = "That file may be readable by its group, as mounted secrets are.")
    private boolean groupMayRead;

    @Option(
            names = "--pin",
            paramLabel = "SHA256",
            description =
                    "Accept this certificate and no other, by its hash; for those that nobody"
                            + " vouches for. Repeat it for more.")
    private List<String> pins = List.of();

    @Option(
            names = "--json",
            description =
                    "For scripts: a JSON object on a line of its own for each thing, with the names"
                            + " of the service's openapi.yaml.")
    private boolean isJson;

    boolean isJson() {
        return isJson;
    }

    /// {@return the client, which has asked nobody yet}
    OperatorClient client() {
        OperatorClient.Builder builder = OperatorClient.builder();
        try {
            builder.endpoints(urls.toArray(URI[]::new));
            if (!pins.isEmpty()) {
                builder.pinnedCertificates(pins.toArray(String[]::new));
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), Wording.ofOptions(String.valueOf(e.getMessage())), e);
        }
        String credential = credential();
        return builder.credentials(() -> credential).build();
    }

    private String credential() {
        if (credentialFile != null) {
            return CredentialFile.read(
                    credentialFile,
                    groupMayRead ? SecretReaders.GROUP : SecretReaders.OWNER,
                    CONTENT);
        }
        if (groupMayRead) {
            throw new ParameterException(
                    spec.commandLine(),
                    KeyOptions.GROUP_MAY_READ + " goes with --credential-file only");
        }
        String credential =
                RootCommand.of(spec)
                        .surroundings()
                        .environment()
                        .getOrDefault(VARIABLE, "")
                        .strip();
        if (credential.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no credential: pass --credential-file with "
                            + CONTENT
                            + ", or set the environment variable "
                            + VARIABLE);
        }
        if (!CredentialFile.isCredential(credential)) {
            throw new CliFailure(
                    VARIABLE
                            + " holds no credential, which is ASCII without spaces: set it to "
                            + CONTENT);
        }
        return credential;
    }
}
