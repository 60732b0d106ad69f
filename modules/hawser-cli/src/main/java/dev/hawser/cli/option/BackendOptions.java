package dev.hawser.cli.option;

import dev.hawser.cli.words.Wording;
import dev.hawser.keys.SecretReaders;
import dev.hawser.online.token.HttpsOptions;
import dev.hawser.online.token.TokenClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// How the other side of `hawser backend` finds it and shows who it is.
public final class BackendOptions {
    /// The name of the option with the file that proves who this is.
    static final String CREDENTIAL_FILE = "--credential-file";

    /// What means nothing without `--backend`.
    static final String[] DETAILS = {CREDENTIAL_FILE, "--pin", "--region"};

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "URL",
            description =
                    "The token service, as https://play.example.org. Repeat it where there are"
                            + " several, which share what they know: when one fails, the next is"
                            + " asked.")
    private List<URI> urls = List.of();

    @Option(
            names = CREDENTIAL_FILE,
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
                            + " that nobody vouches for. Repeat it for more.")
    private List<String> pins = List.of();

    @Option(
            names = "--region",
            paramLabel = "REGION",
            defaultValue = "",
            description = "With --backend: where this server is, or where the player is.")
    private String region = "";

    public boolean isGiven() {
        return !urls.isEmpty();
    }

    /// Says where the service is and whom to trust.
    public void apply(HttpsOptions<?> options) {
        options.endpoints(urls.toArray(URI[]::new));
        if (!pins.isEmpty()) {
            options.pinnedCertificates(pins.toArray(String[]::new));
        }
    }

    /// Refuses what can be no service, no hash and no region, before anything is done.
    public void check() {
        OptionRules.onlyWith(spec, "--backend", isGiven(), DETAILS);
        if (isGiven()) {
            check("", TokenClient.builder()::endpoints, urls.toArray(URI[]::new));
            for (String pin : pins) {
                check("--pin ", TokenClient.builder()::pinnedCertificates, pin);
            }
            if (!region.isEmpty()) {
                check("", TokenClient.builder()::region, region);
            }
        }
    }

    private <T> void check(String prefix, Consumer<T> setting, T value) {
        try {
            setting.accept(value);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), prefix + Wording.ofOptions(String.valueOf(e.getMessage())));
        }
    }

    /// {@return the credential in the file, or else `otherwise`}
    ///
    /// @param readers who may be able to read the file
    /// @param content what belongs into the file
    /// @param alternative what else can be passed, the end of a sentence
    public String credential(
            SecretReaders readers, @Nullable String otherwise, String content, String alternative) {
        if (credentialFile != null) {
            return CredentialFile.read(credentialFile, readers, content);
        }
        if (otherwise != null) {
            return otherwise;
        }
        throw new ParameterException(
                spec.commandLine(),
                "--backend without --credential-file: pass a file with " + content + alternative);
    }

    public String region() {
        return region;
    }
}
