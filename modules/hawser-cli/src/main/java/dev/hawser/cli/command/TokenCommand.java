package dev.hawser.cli.command;

import dev.hawser.cli.option.Addresses;
import dev.hawser.cli.option.DialledAddressConverter;
import dev.hawser.cli.option.KeyOptions;
import dev.hawser.cli.option.ProtocolIdOption;
import dev.hawser.cli.option.ServerPairs;
import dev.hawser.cli.option.TokenTagConverter;
import dev.hawser.cli.option.UnsignedLongConverter;
import dev.hawser.keys.KeyRingException;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hawser token`: makes a connect token, as a backend does.
@Command(
        name = "token",
        description = {
            "Makes a connect token: 2048 bytes for one client and one connection, sealed with the"
                    + " newest private key.",
            "",
            "Printed as base64, or written into a file as it is. It holds the keys of the"
                    + " connection: whoever has it can connect with it, once.",
            "",
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "[show]",
        subcommands = TokenShowCommand.class,
        sortOptions = false,
        footer = {
            "%nExit codes: 0 made, 1 not made, 2 wrong usage.",
            "",
            "Example: hawser token --server 127.0.0.1:40000 --expiry 30 --out token.bin",
            "         hawser client --token token.bin",
        })
public final class TokenCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            description =
                    "A server that the client is to dial, as 1.2.3.4:80 or [::1]:80. Repeat it for"
                            + " more, up to 32; they are dialled in this order.")
    private List<NetAddress> servers = List.of();

    @Option(
            names = "--internal",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            description =
                    "The address by which that server knows itself (its --identity), where it is"
                            + " another: behind a NAT, in a container. As many as --server, in the"
                            + " same order.")
    private List<NetAddress> internalServers = List.of();

    @Mixin private KeyOptions keys = new KeyOptions();

    @Mixin private ProtocolIdOption protocolId = new ProtocolIdOption();

    @Option(
            names = "--client-id",
            paramLabel = "ID",
            converter = UnsignedLongConverter.class,
            description =
                    "The id of the client, 64 bits, decimal or 0x hexadecimal; random without.")
    private @Nullable Long clientId;

    @Option(
            names = "--expiry",
            paramLabel = "SECONDS",
            defaultValue = "" + TokenRequest.LIFETIME_SECONDS_DEFAULT,
            description =
                    "When the token expires, from now (${DEFAULT-VALUE}). Negative: never, which a"
                            + " server accepts only with --max-token-lifetime off.")
    private int expirySeconds;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "" + TokenRequest.TIMEOUT_SECONDS_DEFAULT,
            description =
                    "After how long in silence a side gives up (${DEFAULT-VALUE}). 0 or negative:"
                            + " never, for development.")
    private int timeoutSeconds;

    @Option(
            names = "--user-data",
            paramLabel = "TEXT",
            description = "What the server is told about the client, up to 256 bytes in UTF-8.")
    private @Nullable String userDataText;

    @Option(names = "--user-data-hex", paramLabel = "HEX", description = "The same in hexadecimal.")
    private @Nullable String userDataHex;

    @Option(
            names = "--reasons",
            description =
                    "Let both sides state reasons when they deny or disconnect. Other"
                            + " implementations ignore it.")
    private boolean statesReasons;

    @Option(
            names = "--survives-moves",
            description =
                    "Let the connection go on when the client's address changes, and both sides"
                            + " measure round trip and loss. Other implementations ignore it.")
    private boolean survivesMoves;

    @Option(
            names = "--resumes",
            paramLabel = "TAG",
            converter = TokenTagConverter.class,
            description =
                    "Let the client go on with a connection that it has lost: that of the token with"
                            + " this tag ('hawser token show'), made for the same --client-id. Other"
                            + " implementations ignore it.")
    private @Nullable TokenTag resumes;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Write the 2048 bytes into this file, which only you may read; one that is"
                            + " there is replaced.")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, KeyRingException {
        TokenRequest request = request();
        List<NetAddress> addresses = new ArrayList<>(request.publicServers());
        addresses.addAll(request.internalServers());
        KeyRing ring = keys.resolve(addresses).load();
        ConnectToken token =
                new TokenMint(
                                ring.newest(),
                                protocolId.value(),
                                new SecureRandom()::nextBytes,
                                SystemClock.WALL_CLOCK)
                        .mint(request);
        ring.erase();
        print(token, request);
        token.erase();
        return 0;
    }

    private TokenRequest request() {
        if (servers.isEmpty()) {
            throw usage("a token needs a server: pass --server ADDRESS, up to 32 times");
        }
        servers.forEach(server -> Addresses.checkDialled(spec, "--server", server));
        internalServers.forEach(server -> Addresses.checkDialled(spec, "--internal", server));
        if (resumes != null && clientId == null) {
            throw usage(
                    "--resumes without --client-id: a connection goes on for the client alone whose"
                            + " it was, so pass its id");
        }
        TokenRequest.Builder request =
                TokenRequest.builder(clientId == null ? new SecureRandom().nextLong() : clientId)
                        .lifetimeSeconds(expirySeconds)
                        .timeoutSeconds(timeoutSeconds)
                        .userData(userData())
                        .statesReasons(statesReasons)
                        .survivesMoves(survivesMoves);
        if (resumes != null) {
            request.resumes(resumes);
        }
        return ServerPairs.of(spec, servers, "--internal", internalServers).addTo(request).build();
    }

    private UserData userData() {
        if (userDataText != null && userDataHex != null) {
            throw usage("--user-data and --user-data-hex: pass one of them");
        }
        try {
            if (userDataHex != null) {
                return UserData.of(HexFormat.of().parseHex(userDataHex));
            }
            return userDataText == null ? UserData.EMPTY : UserData.ofText(userDataText);
        } catch (IllegalArgumentException invalid) {
            String option = userDataHex == null ? "--user-data: " : "--user-data-hex: ";
            throw usage(option + invalid.getMessage());
        }
    }

    private void print(ConnectToken token, TokenRequest request) throws IOException {
        PrintWriter stdout = spec.commandLine().getOut();
        byte[] bytes = token.toBytes();
        if (out == null) {
            stdout.println(Base64.getEncoder().encodeToString(bytes));
            return;
        }
        boolean isFile = PrivateFiles.write(out, bytes);
        // What else reads a pipe or a device expects the token alone.
        PrintWriter told = isFile ? stdout : spec.commandLine().getErr();
        told.printf(
                "wrote %d bytes to %s: client %s, protocol id %s, %s%n",
                bytes.length,
                out,
                Long.toUnsignedString(request.clientId()),
                protocolId,
                expirySeconds < 0 ? "never expires" : "expires in " + expirySeconds + " s");
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
