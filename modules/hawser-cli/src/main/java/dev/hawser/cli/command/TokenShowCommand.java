package dev.hawser.cli.command;

import dev.hawser.cli.option.KeyOptions;
import dev.hawser.cli.option.OptionRules;
import dev.hawser.cli.option.ProtocolIdOption;
import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.words.Printable;
import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingSource;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.ConnectTokenClaims;
import dev.hawser.protocol.token.ConnectTokenInfo;
import dev.hawser.protocol.token.InvalidConnectTokenException;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `hawser token show`: what a connect token says.
@Command(
        name = "show",
        description = {
            "Shows what a connect token says: the part that the client reads, and with the private"
                    + " key the part that the server reads. Keys are never shown.",
            "",
        },
        mixinStandardHelpOptions = true,
        footer = {
            "%nExit codes: 0 it is a token (and opens under the key, if one is given), 1 it is"
                    + " none, 2 wrong usage."
        })
final class TokenShowCommand implements Callable<Integer> {
    /// The last second that [Instant] can say.
    private static final long PRINTABLE_SECONDS_MAX = Instant.MAX.getEpochSecond();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description = "The token: 2048 bytes, or the base64 that 'hawser token' prints.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path file;

    @Mixin private KeyOptions keys = new KeyOptions();

    @Override
    public Integer call() throws IOException, KeyRingException {
        OptionRules.notBefore(spec, spec.parent());
        ConnectToken token = TokenFile.read(file);
        printPublic(token.info());
        print("tag", token.tag().toString());
        Optional<KeyRingSource> source = keys.given();
        if (source.isPresent()) {
            printPrivate(token, source.get().load());
        } else {
            out().println("The private part is shown with --private-key-file FILE.");
        }
        return 0;
    }

    private void printPublic(ConnectTokenInfo info) {
        out().println("Connect token, what the client reads");
        print(
                "protocol id",
                ProtocolIdOption.print(info.protocolId())
                        + " ("
                        + Long.toUnsignedString(info.protocolId())
                        + ")");
        print("created", printTime(info.createTimestamp()));
        print("expires", printExpiry(info.expireTimestamp()));
        print("timeout", printTimeout(info.timeoutSeconds()));
        printServers("servers", info.servers());
        print("states reasons", info.statesReasons() ? "yes" : "no");
        print("survives moves", info.survivesMoves() ? "yes" : "no");
    }

    private void printPrivate(ConnectToken token, KeyRing ring) {
        PrivateKey key = keyOf(token, ring);
        ConnectTokenClaims claims = token.claims(key);
        out().println("Private part, what the server reads");
        print("sealed with key", key.id().toString());
        ring.erase();
        print(
                "client id",
                Long.toUnsignedString(claims.clientId())
                        + " (0x"
                        + Long.toHexString(claims.clientId())
                        + ")");
        print("timeout", printTimeout(claims.timeoutSeconds()));
        printServers("servers", claims.servers());
        printUserData(claims.userData());
        print("states reasons", claims.statesReasons() ? "yes" : "no");
        print("survives moves", claims.survivesMoves() ? "yes" : "no");
        print("resumes", claims.resumes().map(TokenTag::toString).orElse("nothing"));
    }

    /// {@return the key that opens the token}
    private PrivateKey keyOf(ConnectToken token, KeyRing ring) {
        CliFailure failure = null;
        for (PrivateKey key : ring.keys()) {
            try {
                token.claims(key);
                return key;
            } catch (InvalidConnectTokenException invalid) {
                failure = new CliFailure(file + ": " + invalid.getMessage(), invalid);
            }
        }
        ring.erase();
        throw Objects.requireNonNull(failure, "a ring has a key");
    }

    private void printServers(String name, List<NetAddress> servers) {
        String label = name;
        for (NetAddress server : servers) {
            print(label, server.toString());
            label = "";
        }
    }

    private void printUserData(UserData userData) {
        byte[] bytes = userData.toBytes();
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        print(
                "user data",
                length == 0 ? "none" : HexFormat.of().formatHex(Arrays.copyOf(bytes, length)));
        if (length > 0 && Printable.isText(bytes, length)) {
            print("", "\"" + userData.text() + "\"");
        }
    }

    private static String printExpiry(long expireTimestamp) {
        if (expireTimestamp == UnixTime.NEVER) {
            return "never";
        }
        long now = SystemClock.WALL_CLOCK.unixSeconds();
        String fromNow =
                UnixTime.isAfter(expireTimestamp, now)
                        ? "in " + UnixTime.secondsBetween(now, expireTimestamp) + " s"
                        : "expired " + UnixTime.secondsBetween(expireTimestamp, now) + " s ago";
        return printTime(expireTimestamp) + ", " + fromNow;
    }

    private static String printTime(long timestamp) {
        String seconds = Long.toUnsignedString(timestamp);
        return UnixTime.isAfter(timestamp, PRINTABLE_SECONDS_MAX)
                ? seconds
                : Instant.ofEpochSecond(timestamp) + " (" + seconds + ")";
    }

    private static String printTimeout(int seconds) {
        return seconds > 0 ? seconds + " s" : "none (" + seconds + ")";
    }

    private void print(String name, String value) {
        out().printf("  %-16s%s%n", name, value);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
