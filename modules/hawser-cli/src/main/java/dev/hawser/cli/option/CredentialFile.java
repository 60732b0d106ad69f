package dev.hawser.cli.option;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.process.Failures;
import dev.hawser.cli.words.Wording;
import dev.hawser.keys.SecretFile;
import dev.hawser.keys.SecretReaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file behind `--credential-file`.
public final class CredentialFile {
    private CredentialFile() {}

    /// {@return the credential in a file}
    ///
    /// A secret that is made here, as the library would advise, is none that the service knows.
    ///
    /// @param readers who may be able to read it
    /// @param content what belongs into it
    /// @throws CliFailure when there is none in it
    public static String read(Path file, SecretReaders readers, String content) {
        if (!Files.exists(file)) {
            throw new CliFailure(
                    "there is no file " + file + ": --credential-file names one with " + content);
        }
        try {
            String credential = SecretFile.at(file, readers).read();
            if (!isCredential(credential)) {
                throw new CliFailure(
                        file
                                + " holds no credential, which is one line of ASCII without spaces:"
                                + " --credential-file names a file with "
                                + content);
            }
            return credential;
        } catch (IOException e) {
            throw new CliFailure(
                    "--credential-file: " + Wording.ofOptions(Failures.describe(e)), e);
        }
    }

    /// {@return whether it can be one}
    public static boolean isCredential(String text) {
        return text.chars().allMatch(c -> c > ' ' && c <= '~');
    }
}
