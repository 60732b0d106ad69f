package dev.hawser.cli.command;

import dev.hawser.Authentication;
import dev.hawser.Resume;
import dev.hawser.cli.option.Addresses;
import dev.hawser.cli.option.BackendOptions;
import dev.hawser.cli.option.DialledAddressConverter;
import dev.hawser.cli.option.KeyOptions;
import dev.hawser.cli.option.Limits;
import dev.hawser.cli.option.NetAddressConverter;
import dev.hawser.cli.option.OptionRules;
import dev.hawser.cli.option.ProtocolIdOption;
import dev.hawser.cli.option.ServerPairs;
import dev.hawser.cli.option.TokenLifetimeOption;
import dev.hawser.cli.process.Interruption;
import dev.hawser.cli.process.Output;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.cli.process.Surroundings;
import dev.hawser.cli.session.ChatSession;
import dev.hawser.cli.session.ClientRun;
import dev.hawser.cli.session.ClientSession;
import dev.hawser.cli.session.EchoTraffic;
import dev.hawser.cli.session.HoldSession;
import dev.hawser.cli.session.OwnTokens;
import dev.hawser.cli.session.SendSession;
import dev.hawser.keys.KeyRingException;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.time.SystemClock;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hawser client`: a guest of the chat, or a client that tries any server with a given token.
@Command(
        name = "client",
        description = {
            "Connects to a server. Each line typed is sent, each line that comes is printed; the"
                    + " end of the input or Ctrl-C leaves.",
            "",
            "With --backend it logs in there, by the credential in a file or, at a backend for"
                    + " development, by its --name, and gets its token from there.",
            "",
            "With --token it connects with a token that was made anywhere; without, it makes one"
                    + " for itself, which is for development: it needs the private key for that.",
            "",
            "Prints 'state …' whenever its state changes.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "%nExit codes: 0 it was connected and left by itself (with --send also: no payload was"
                    + " damaged, at least 99 in 100 came back), 1 it was not, or the connection"
                    + " ended otherwise, 2 wrong usage.",
        })
public final class ClientCommand implements Callable<Integer> {
    private static final int PAYLOAD_BYTES_MAX = 1200;
    private static final long SENDS_MAX = 1_000_000_000;
    private static final int RATE_MAX = 100_000;
    private static final int SIZE_DEFAULT = 100;
    private static final int RESUME_SECONDS_MAX = 86_400;

    /// What only a token of its own has use for.
    private static final String[] TOKEN_OPTIONS = {
        "--server", "--identity", "--private-key-file", TokenLifetimeOption.NAME
    };

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    /// Of tokens that it makes for itself: a terminal that is stopped for a moment is not gone.
    private static final int TIMEOUT_SECONDS = 15;

    @Option(
            names = "--token",
            paramLabel = "FILE",
            description =
                    "Connect with this token: 2048 bytes, or the base64 that 'hawser token'"
                            + " prints.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--send",
            paramLabel = "N",
            description = "Send so many payloads, compare what comes back, and leave.")
    private @Nullable Long sends;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "60",
            description =
                    "With --send: payloads a second, 1 to " + RATE_MAX + " (${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--size",
            paramLabel = "S",
            description =
                    "With --send: bytes in each payload, 1 to "
                            + PAYLOAD_BYTES_MAX
                            + " ("
                            + SIZE_DEFAULT
                            + ").")
    private @Nullable Integer size;

    @Option(
            names = "--sizes-sweep",
            description =
                    "With --send: payloads of 1, 2, 3 … "
                            + PAYLOAD_BYTES_MAX
                            + " bytes, and from the start.")
    private boolean sweepsSizes;

    @Option(
            names = "--hold",
            paramLabel = "SECONDS",
            description = "Stay connected for so long without sending, and leave.")
    private @Nullable Integer holdSeconds;

    @Option(
            names = "--resume-within",
            paramLabel = "SECONDS",
            description =
                    "Come back by itself when the connection is lost, and try for so long, 1 to "
                            + RESUME_SECONDS_MAX
                            + ": at a server with --keep-slot-for in the same slot. Without it the"
                            + " client ends then.")
    private @Nullable Integer resumeSeconds;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            converter = NetAddressConverter.class,
            description = "Where to receive, instead of a port that the system chooses.")
    private @Nullable NetAddress bind;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            description =
                    "Without --token and --backend: the server to dial, "
                            + ServerCommand.BIND_DEFAULT
                            + " by default. Repeat it for more; they are dialled in this order.")
    private List<NetAddress> servers = List.of(NetAddress.parse(ServerCommand.BIND_DEFAULT));

    @Option(
            names = "--identity",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            description =
                    "Without --token and --backend: the server's own --identity, where it is not the address to"
                            + " dial. As many as --server, in the same order.")
    private List<NetAddress> identities = List.of();

    @Mixin private ProtocolIdOption protocolId = new ProtocolIdOption();

    @Mixin private KeyOptions keys = new KeyOptions();

    @Mixin private TokenLifetimeOption tokenLifetime = new TokenLifetimeOption();

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            description = "How many slots the server is expected to have; warns if it has others.")
    private @Nullable Integer maxClients;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Without --token: the name that the others in the chat see.")
    private String name = "";

    @Mixin private BackendOptions backend = new BackendOptions();

    @Override
    public Integer call() throws IOException, KeyRingException {
        checkArguments();
        if (!backend.isGiven()) {
            return runWithToken();
        }
        String credential =
                backend.credential(
                        keys.readers(),
                        name.isEmpty() ? null : name,
                        "what the player's login gave",
                        ", or --name at a backend for development");
        TokenClient.Builder builder = TokenClient.builder().credentials(() -> credential);
        backend.apply(builder);
        if (!backend.region().isEmpty()) {
            builder.region(backend.region());
        }
        if (spec.commandLine().getParseResult().hasMatchedOption("--protocol-id")) {
            builder.protocolId(protocolId.value());
        }
        try (TokenClient tokens = builder.build()) {
            return run(new Authentication.Backend(tokens));
        }
    }

    private int runWithToken() throws IOException, KeyRingException {
        if (tokenFile != null) {
            return run(new Authentication.Token(TokenFile.read(tokenFile)));
        }
        ServerPairs pairs = ServerPairs.of(spec, servers, "--identity", identities);
        KeyRing ring = keys.resolve(pairs.addresses()).load();
        OwnTokens tokens = ownTokens(pairs, ring);
        if (resumeSeconds == null) {
            ConnectToken token = tokens.mint();
            ring.erase();
            return run(new Authentication.Token(token));
        }
        try {
            return run(new Authentication.Backend(tokens));
        } finally {
            ring.erase();
        }
    }

    private int run(Authentication authentication) throws IOException {
        Transport transport = bind == null ? UdpTransport.anyPort() : UdpTransport.bind(bind);
        Output output = RootCommand.of(spec).output();
        Interruption interruption = Interruption.ofProcess(output::hasFailed);
        transport.open();
        NetcodeClient.Builder builder =
                NetcodeClient.builder().transport(transport).authentication(authentication);
        if (resumeSeconds != null) {
            builder.resume(Resume.within(Duration.ofSeconds(resumeSeconds)));
        }
        try (NetcodeClient client = builder.build()) {
            ClientSession session = session(transport);
            return new ClientRun(
                            client,
                            transport,
                            session,
                            output,
                            spec.commandLine().getErr(),
                            maxClients)
                    .run(interruption);
        }
    }

    private void checkArguments() {
        if (sends != null && holdSeconds != null) {
            throw new ParameterException(spec.commandLine(), "--send and --hold: pass one of them");
        }
        if (size != null && sweepsSizes) {
            throw new ParameterException(
                    spec.commandLine(), "--size and --sizes-sweep: pass one of them");
        }
        if (sends != null) {
            Limits.check(spec, "--send", sends, 1, SENDS_MAX);
        }
        Limits.check(spec, "--rate", rate, 1, RATE_MAX);
        if (size != null) {
            Limits.check(spec, "--size", size, 1, PAYLOAD_BYTES_MAX);
        }
        if (holdSeconds != null) {
            Limits.check(spec, "--hold", holdSeconds, 0, Integer.MAX_VALUE);
        }
        if (resumeSeconds != null) {
            Limits.check(spec, "--resume-within", resumeSeconds, 1, RESUME_SECONDS_MAX);
        }
        if (maxClients != null) {
            Limits.check(spec, "--max-clients", maxClients, 1, ServerConfig.MAX_CLIENTS_LIMIT);
        }
        servers.forEach(server -> Addresses.checkDialled(spec, "--server", server));
        identities.forEach(identity -> Addresses.checkDialled(spec, "--identity", identity));
        checkCombinations();
    }

    private void checkCombinations() {
        OptionRules.onlyWith(spec, "--send", sends != null, "--rate", "--size", "--sizes-sweep");
        backend.check();
        boolean hasToken = tokenFile != null;
        String says = "the token says it all";
        OptionRules.notWith(spec, "--token", hasToken, says, TOKEN_OPTIONS);
        OptionRules.notWith(
                spec,
                "--token",
                hasToken,
                says,
                "--protocol-id",
                "--name",
                "--backend",
                KeyOptions.GROUP_MAY_READ);
        OptionRules.notWith(
                spec,
                "--token",
                hasToken,
                "a token is good for one connection, and there is no other",
                "--resume-within");
        OptionRules.notWith(
                spec, "--backend", backend.isGiven(), "the token comes from there", TOKEN_OPTIONS);
        OptionRules.notWith(
                spec,
                "--credential-file",
                spec.commandLine().getParseResult().hasMatchedOption("--credential-file"),
                "the credential says who it is",
                "--name");
    }

    private OwnTokens ownTokens(ServerPairs pairs, KeyRing ring) {
        TokenRequest.Builder request =
                TokenRequest.builder(new SecureRandom().nextLong())
                        .lifetimeSeconds(tokenLifetime.lifetimeSeconds())
                        .timeoutSeconds(TIMEOUT_SECONDS)
                        .userData(userData())
                        .statesReasons(true)
                        .survivesMoves(true);
        TokenMint mint =
                new TokenMint(
                        ring.newest(),
                        protocolId.value(),
                        new SecureRandom()::nextBytes,
                        SystemClock.WALL_CLOCK);
        return new OwnTokens(mint, pairs.addTo(request).build());
    }

    private UserData userData() {
        try {
            return UserData.ofText(name);
        } catch (IllegalArgumentException tooLong) {
            throw new ParameterException(spec.commandLine(), "--name: " + tooLong.getMessage());
        }
    }

    private ClientSession session(Transport transport) {
        if (sends != null) {
            int fixedSize = size == null ? SIZE_DEFAULT : size;
            LongToIntFunction sizeOf =
                    sweepsSizes ? number -> 1 + (int) (number % PAYLOAD_BYTES_MAX) : _ -> fixedSize;
            return new SendSession(
                    new EchoTraffic(new SecureRandom().nextLong(), sizeOf), sends, rate);
        }
        if (holdSeconds != null) {
            return new HoldSession(holdSeconds);
        }
        Surroundings surroundings = RootCommand.of(spec).surroundings();
        Optional<String> greeting =
                surroundings.isTerminal()
                        ? Optional.of("Type a line for everyone; Ctrl-C leaves.")
                        : Optional.empty();
        ChatSession chat = new ChatSession(spec.commandLine().getOut(), greeting);
        chat.read(surroundings.input(), transport::wakeup);
        return chat;
    }
}
