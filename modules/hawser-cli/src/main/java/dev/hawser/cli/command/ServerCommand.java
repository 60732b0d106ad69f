package dev.hawser.cli.command;

import dev.hawser.NetServer;
import dev.hawser.ServerHandler;
import dev.hawser.cli.option.Addresses;
import dev.hawser.cli.option.AgonesOption;
import dev.hawser.cli.option.BackendOptions;
import dev.hawser.cli.option.DialledAddressConverter;
import dev.hawser.cli.option.EngineOptions;
import dev.hawser.cli.option.KeyOptions;
import dev.hawser.cli.option.Limits;
import dev.hawser.cli.option.NetAddressConverter;
import dev.hawser.cli.option.OptionRules;
import dev.hawser.cli.option.ProtocolIdOption;
import dev.hawser.cli.option.TokenLifetimeOption;
import dev.hawser.cli.process.Interruption;
import dev.hawser.cli.process.Output;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.cli.session.ChatHandler;
import dev.hawser.cli.session.Departure;
import dev.hawser.cli.session.EchoHandler;
import dev.hawser.cli.session.Pace;
import dev.hawser.cli.session.SlotsOfAll;
import dev.hawser.cli.words.Wording;
import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingReload;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.agones.AgonesLifecycle;
import dev.hawser.online.fleet.ServerAdmissions;
import dev.hawser.online.fleet.ServerAnnouncer;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.machine.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hawser server`: a chat, or an echo that other implementations are tried against.
@Command(
        name = "server",
        description = {
            "A small chat: each line typed at a 'hawser client' goes to everyone.",
            "",
            "Prints 'listening on ADDRESS:PORT', then a line for each client that connects,"
                    + " moves to another address, is lost and comes back, or leaves, and with"
                    + " --backend 'offered' once players are sent here. Ctrl-C"
                    + " disconnects everybody and ends. SIGTERM lets nobody in any more and ends"
                    + " when the last client has gone, after --drain-for at the latest; a second"
                    + " one ends at once. A key file that changes is read again while the server"
                    + " runs.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "%nExit codes: 0 ended by Ctrl-C or SIGTERM, 1 it could not run (the port is in use,"
                    + " the key is unreadable), 2 wrong usage.",
        })
public final class ServerCommand implements Callable<Integer> {
    static final String BIND_DEFAULT = "127.0.0.1:40000";

    /// Less than service managers wait before they kill.
    private static final int DRAIN_SECONDS_DEFAULT = 5;

    private static final int DRAIN_SECONDS_MAX = 24 * 60 * 60;

    private static final int KEEP_SLOT_SECONDS_MAX = 86_400;

    /// Room for all that one update takes, also in payloads of full size: after a pause of the
    /// machine thousands of packets wait in the socket.
    private static final int RECEIVE_QUEUE_BYTES = 8 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--echo",
            description = "Send each payload back to where it came from, and nothing else.")
    private boolean isEcho;

    @Option(
            names = "--quiet",
            description =
                    "With --echo: no line for each client that connects or leaves, which costs"
                            + " more than the connection where thousands come a second.")
    private boolean isQuiet;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            converter = NetAddressConverter.class,
            description =
                    "Where to receive ("
                            + BIND_DEFAULT
                            + "). Port 0: the system chooses. [::]:PORT is IPv6 and IPv4. Repeat"
                            + " it to receive at several: one server, each of whose addresses"
                            + " counts its clients from index 0.")
    private List<NetAddress> binds = List.of(NetAddress.parse(BIND_DEFAULT));

    @Option(
            names = "--identity",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            description =
                    "An address by which tokens name this server, where it is not the bound one:"
                            + " behind a NAT, in a container, with a wildcard bind. Repeatable;"
                            + " with several --bind as many of them, in the same order.")
    private List<NetAddress> identity = List.of();

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "" + ServerConfig.MAX_CLIENTS_DEFAULT,
            description =
                    "How many clients at a time, at all addresses together, 1 to "
                            + ServerConfig.MAX_CLIENTS_LIMIT
                            + " (${DEFAULT-VALUE}).")
    private int maxClients;

    @Option(
            names = "--take-over",
            description =
                    "Let a client id that is connected connect again, with a new token: the new"
                            + " connection takes the place of the old one. Without it the newcomer"
                            + " gets no answer until the old one has ended.")
    private boolean takesOver;

    @Option(
            names = "--keep-slot-for",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "Keep the slot of a client that fell silent for so long, up to "
                            + KEEP_SLOT_SECONDS_MAX
                            + ": a client with --resume-within finds it again"
                            + " (${DEFAULT-VALUE}).")
    private int keepSlotSeconds;

    @Option(
            names = "--tick",
            paramLabel = "HZ",
            description =
                    "Take and send packets so many times a second, 1 to "
                            + Pace.TICKS_PER_SECOND_MAX
                            + ", as a game does. Without it they are answered when they arrive.")
    private @Nullable Integer ticksPerSecond;

    @Option(
            names = "--drain-for",
            paramLabel = "SECONDS",
            defaultValue = "" + DRAIN_SECONDS_DEFAULT,
            description =
                    "After SIGTERM let nobody in, and whoever is connected stay for so long, 0 to "
                            + DRAIN_SECONDS_MAX
                            + " (${DEFAULT-VALUE}). Then they are told to go on at another server."
                            + " Whoever sends the signal has to wait longer: 'docker stop' and the"
                            + " distribution's unit wait 10 s.")
    private int drainSeconds;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Mixin private ProtocolIdOption protocolId = new ProtocolIdOption();

    @Mixin private KeyOptions keys = new KeyOptions();

    @Mixin private TokenLifetimeOption tokenLifetime = new TokenLifetimeOption();

    @Option(
            names = "--server-id",
            paramLabel = "NAME",
            description =
                    "With --backend: the name of this server there, different from all others'.")
    private @Nullable String serverId;

    @Option(
            names = "--public-address",
            paramLabel = "ADDRESS",
            converter = DialledAddressConverter.class,
            description =
                    "With --backend: what players dial, where it is not the bound address; tokens"
                            + " then name this server so, unless --identity says otherwise.")
    private @Nullable NetAddress publicAddress;

    @Option(
            names = "--admit-when-unreachable",
            description =
                    "With --backend: let players in of whom the token service says nothing in time;"
                            + " it is told later, and those who are elsewhere or banned are"
                            + " disconnected then. Without it they are refused and told when to"
                            + " come back.")
    private boolean admitsWhenUnreachable;

    @Mixin private BackendOptions backend = new BackendOptions();

    @Mixin private AgonesOption agones = new AgonesOption();

    @Override
    public Integer call() throws IOException, KeyRingException {
        OptionRules.onlyWith(spec, "--echo", isEcho, "--quiet");
        checkBackend();
        Limits.check(spec, "--drain-for", drainSeconds, 0, DRAIN_SECONDS_MAX);
        Limits.check(spec, "--max-clients", maxClients, 1, ServerConfig.MAX_CLIENTS_LIMIT);
        Limits.check(spec, "--keep-slot-for", keepSlotSeconds, 0, KEEP_SLOT_SECONDS_MAX);
        if (ticksPerSecond != null) {
            Limits.check(spec, "--tick", ticksPerSecond, 1, Pace.TICKS_PER_SECOND_MAX);
        }
        checkBinds();
        checkIdentity();
        String credential =
                backend.isGiven()
                        ? backend.credential(
                                keys.readers(),
                                null,
                                "one of the secrets in its servers.credential-files",
                                "")
                        : "";
        Output output = RootCommand.of(spec).output();
        try (AgonesLifecycle lifecycle = agones.lifecycle(output.writer())) {
            if (lifecycle != null) {
                takeAddress(agones.dialled(lifecycle));
            }
            serve(output, credential, lifecycle);
        }
        return 0;
    }

    private void takeAddress(NetAddress dialled) {
        if (publicAddress == null) {
            publicAddress = dialled;
        }
        if (identity.isEmpty()) {
            identity = List.of(publicAddress);
        }
    }

    private void serve(Output output, String credential, @Nullable AgonesLifecycle lifecycle)
            throws IOException, KeyRingException {
        engine.applyCrypto();
        List<NetAddress> addresses = new ArrayList<>(binds);
        addresses.addAll(identity);
        KeyRingReload keyRings = KeyRingReload.of(keys.resolve(addresses));
        ServerAdmissions admissions = admissions();
        List<NetcodeServer> members = members(keyRings.keyRing(), admissions);
        NetServer server = server(members);
        server.start();
        Interruption interruption = Interruption.ofProcess(output::isClosedPipe);
        PrintWriter out = output.writer();
        ServerHandler handler =
                isEcho ? new EchoHandler(server, out, isQuiet) : new ChatHandler(server, out);
        Pace pace = new Pace(ticksPerSecond == null ? 0 : ticksPerSecond);
        try (Departure departure = new Departure(Duration.ofSeconds(drainSeconds), out);
                ServerAnnouncer announcer = announcer(members.getFirst(), admissions, credential)) {
            server.localAddresses().forEach(address -> out.println("listening on " + address));
            // Later a full disk only costs lines; here nobody would know where it listens.
            boolean isPrinted = !output.hasFailed();
            boolean wasOffered = false;
            while (isPrinted && !interruption.isRequested() && !departure.isOver(server)) {
                server.update();
                server.receive(handler);
                server.flush();
                if (announcer != null) {
                    announcer.update(members.getFirst());
                    if (!wasOffered && announcer.isOffered()) {
                        wasOffered = true;
                        out.println("offered");
                    }
                }
                if (lifecycle != null) {
                    lifecycle.update(server);
                }
                reload(keyRings, members);
                pace.await(server);
            }
        }
        server.stop();
        server.receive(handler);
        keyRings.keyRing().erase();
    }

    /// {@return what asks the backend about newcomers; null without one}
    private @Nullable ServerAdmissions admissions() {
        if (!backend.isGiven()) {
            return null;
        }
        ServerAdmissions.Builder builder = ServerAdmissions.builder();
        return (admitsWhenUnreachable ? builder.admitWhenUnreachable() : builder).build();
    }

    /// {@return what tells the backend of this server; null without one}
    private @Nullable ServerAnnouncer announcer(
            NetcodeServer server, @Nullable ServerAdmissions admissions, String credential) {
        if (!backend.isGiven() || serverId == null || admissions == null) {
            return null;
        }
        NetAddress dialled =
                publicAddress == null ? dialled(server.localAddress(), identity) : publicAddress;
        ServerAnnouncer.Builder builder =
                ServerAnnouncer.builder()
                        .admissions(admissions)
                        .credentials(() -> credential)
                        .serverId(serverId)
                        .publicAddress(dialled)
                        .internalAddress(identity.isEmpty() ? dialled : identity.getFirst());
        if (!backend.region().isEmpty()) {
            builder.region(backend.region());
        }
        backend.apply(builder);
        return builder.build();
    }

    /// {@return what players dial where nobody has said so: all interfaces cannot be dialled, and a
    /// server that is bound to them has an identity}
    public static NetAddress dialled(NetAddress bound, List<NetAddress> identity) {
        if (!bound.isUnspecified()) {
            return bound;
        }
        NetAddress own = identity.getFirst();
        return own.port() == 0 ? own.withPort(bound.port()) : own;
    }

    private void checkBackend() {
        backend.check();
        OptionRules.onlyWith(
                spec,
                "--backend",
                backend.isGiven(),
                "--server-id",
                "--public-address",
                "--admit-when-unreachable");
        if (!backend.isGiven()) {
            return;
        }
        if (serverId == null) {
            throw new ParameterException(
                    spec.commandLine(), "--backend without --server-id: name this server");
        }
        try {
            ServerAnnouncer.builder().serverId(serverId);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), Wording.ofOptions(String.valueOf(e.getMessage())));
        }
        if (binds.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--backend with several --bind: each is a server of its own, start one for"
                            + " each");
        }
        if (publicAddress != null) {
            Addresses.checkDialled(spec, "--public-address", publicAddress);
        }
        if (publicAddress != null && identity.isEmpty()) {
            identity = List.of(publicAddress);
        }
    }

    private static void reload(KeyRingReload keyRings, List<NetcodeServer> members) {
        KeyRing former = keyRings.keyRing();
        Optional<KeyRing> changed = keyRings.poll(System.nanoTime());
        if (changed.isPresent()) {
            members.forEach(member -> member.keyRing(changed.get()));
            former.erase();
        }
    }

    /// {@return a server for each bind}
    private List<NetcodeServer> members(KeyRing keyRing, @Nullable ServerAdmissions admissions) {
        List<NetcodeServer> members = new ArrayList<>();
        for (int i = 0; i < binds.size(); i++) {
            // To a token that lists several, each is a server of its own: it numbers its packets
            // by its own place in that list. So none goes by the address of another.
            boolean isAlone = binds.size() == 1 || identity.isEmpty();
            List<NetAddress> ownIdentity = isAlone ? identity : identityOfBind(i);
            members.add(member(binds.get(i), ownIdentity, keyRing, admissions));
        }
        return members;
    }

    private NetServer server(List<NetcodeServer> members) {
        if (members.size() == 1) {
            return members.getFirst();
        }
        MultiServer.Builder builder =
                MultiServer.builder()
                        .startsAllOrNone()
                        .receiveQueueBytes(RECEIVE_QUEUE_BYTES)
                        .connectionRequests(new SlotsOfAll(members, maxClients));
        for (int i = 0; i < members.size(); i++) {
            builder.add(nameOfBind(i), members.get(i));
        }
        return builder.build();
    }

    private List<NetAddress> identityOfBind(int index) {
        return List.of(identity.get(index));
    }

    /// Ports that the system chooses look alike until they are chosen.
    private String nameOfBind(int index) {
        NetAddress bind = binds.get(index);
        boolean isFirst = binds.indexOf(bind) == index;
        return isFirst ? bind.toString() : bind + ", number " + (index + 1);
    }

    private NetcodeServer member(
            NetAddress bind,
            List<NetAddress> ownIdentity,
            KeyRing keyRing,
            @Nullable ServerAdmissions admissions) {
        NetcodeServer.Builder builder =
                NetcodeServer.builder()
                        .transport(engine.bind(bind))
                        .protocolId(protocolId.value())
                        .keyRing(keyRing)
                        .maxClients(maxClients)
                        .sameClient(takesOver ? SameClient.TAKE_OVER : SameClient.REFUSE)
                        .keepSlotFor(Duration.ofSeconds(keepSlotSeconds))
                        .receiveQueueBytes(RECEIVE_QUEUE_BYTES)
                        // For trying things out, also by one fast client on a busy machine.
                        .receiveLimitPerClient(Integer.MAX_VALUE, RECEIVE_QUEUE_BYTES)
                        .identity(ownIdentity);
        if (admissions != null) {
            builder.connectionRequests(admissions);
        }
        return tokenLifetime.isOff()
                ? builder.maxConnectTokenLifetimeOff().build()
                : builder.maxConnectTokenLifetime(Duration.ofSeconds(tokenLifetime.seconds()))
                        .build();
    }

    private void checkBinds() {
        for (int i = 0; i < binds.size(); i++) {
            NetAddress bind = binds.get(i);
            if (bind.port() != 0 && binds.indexOf(bind) != i) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--bind "
                                + bind
                                + " is there twice, but an address can be bound once: leave one"
                                + " out, or change its port");
            }
        }
    }

    private void checkIdentity() {
        if (agones.isGiven() && binds.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    AgonesOption.NAME
                            + " with several --bind: a GameServer is one server, start one for"
                            + " each");
        }
        if (binds.size() > 1 && !identity.isEmpty() && identity.size() != binds.size()) {
            throw new ParameterException(
                    spec.commandLine(),
                    identity.size()
                            + " times --identity for "
                            + binds.size()
                            + " times --bind: pass it once for each bind, in the same order");
        }
        for (NetAddress bind : binds) {
            if (bind.isUnspecified() && identity.isEmpty() && !agones.isGiven()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--bind "
                                + bind
                                + " is all interfaces, but a token names one address: pass"
                                + " --identity with the address that tokens list for this server,"
                                + " for example 203.0.113.5:"
                                + bind.port());
            }
        }
    }
}
