package dev.hawser.cli.command;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.InvalidConnectTokenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/// A connect token in a file: its 2048 bytes, or the base64 text that `hawser token` prints.
final class TokenFile {
    /// More than base64 of a token with white space; whatever is longer is not read to its end.
    private static final int BYTES_MAX = 4096;

    private TokenFile() {}

    /// {@return the token; whether it is one has been checked}
    static ConnectToken read(Path file) throws IOException {
        byte[] content;
        try (InputStream source = Files.newInputStream(file)) {
            content = source.readNBytes(BYTES_MAX);
        } catch (NoSuchFileException missing) {
            throw new CliFailure(
                    "there is no token file "
                            + file
                            + ": make one with 'hawser token --server ADDRESS --out FILE'",
                    missing);
        } catch (FileSystemException named) {
            throw named;
        } catch (IOException unreadable) {
            throw new CliFailure(
                    "cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        }
        byte[] bytes = content.length == ConnectToken.BYTES ? content : decode(file, content);
        ConnectToken token = ConnectToken.ofBytes(bytes);
        try {
            token.info();
        } catch (InvalidConnectTokenException invalid) {
            throw new CliFailure(file + " is " + invalid.getMessage(), invalid);
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(content, (byte) 0);
        }
        return token;
    }

    private static byte[] decode(Path file, byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1).strip();
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (bytes.length == ConnectToken.BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException notBase64) {
            // Told below: most likely it was never meant to be.
        }
        throw new CliFailure(
                file
                        + " is not a connect token: it has "
                        + (content.length == BYTES_MAX
                                ? BYTES_MAX + " bytes or more"
                                : content.length + " bytes")
                        + ", but a token has "
                        + ConnectToken.BYTES
                        + " (or is base64 of as many); ask the backend for a new one");
    }
}
