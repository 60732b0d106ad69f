package dev.hawser.cli;

import dev.hawser.NetServer;
import dev.hawser.NetcodeServer;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
            "Prints 'listening on ADDRESS:PORT', then a line for each client that connects or"
                    + " leaves. Ctrl-C or SIGTERM disconnects everybody and ends.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "%nExit codes: 0 ended by Ctrl-C or SIGTERM, 1 it could not run (the port is in use,"
                    + " the key is unreadable), 2 wrong usage.",
        })
final class ServerCommand implements Callable<Integer> {
    static final String BIND_DEFAULT = "127.0.0.1:40000";

    /// Room for all that one update takes, also in payloads of full size: after a pause of the
    /// machine thousands of packets wait in the socket.
    private static final int RECEIVE_QUEUE_BYTES = 32 << 20;

    private static final long AWAIT_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--echo",
            description = "Send each payload back to where it came from, and nothing else.")
    private boolean isEcho;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            converter = NetAddressConverter.class,
            description =
                    "Where to receive ("
                            + BIND_DEFAULT
                            + "). Port 0: the system chooses. [::]:PORT"
                            + " is IPv6 and IPv4; so is passing it twice, once for each.")
    private List<NetAddress> binds = List.of(NetAddress.parse(BIND_DEFAULT));

    @Option(
            names = "--identity",
            paramLabel = "ADDRESS",
            converter = NetAddressConverter.class,
            description =
                    "An address by which tokens name this server, where it is not the bound one:"
                            + " behind a NAT, in a container, with a wildcard bind. Repeatable.")
    private List<NetAddress> identity = List.of();

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "" + ServerConfig.MAX_CLIENTS_DEFAULT,
            description =
                    "The number of slots, 1 to "
                            + ServerConfig.MAX_CLIENTS_LIMIT
                            + " (${DEFAULT-VALUE}).")
    private int maxClients;

    @Mixin private ProtocolIdOption protocolId = new ProtocolIdOption();

    @Mixin private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--max-token-lifetime",
            paramLabel = "SECONDS|off",
            converter = LifetimeConverter.class,
            defaultValue = "" + ServerConfig.MAX_CONNECT_TOKEN_LIFETIME_SECONDS_DEFAULT,
            description =
                    "Refuse tokens that live longer, and those that could be from before the start"
                            + " (${DEFAULT-VALUE}). off: take them all, for development.")
    private int maxTokenLifetimeSeconds;

    @Override
    public Integer call() throws IOException {
        Limits.check(spec, "--max-clients", maxClients, 1, ServerConfig.MAX_CLIENTS_LIMIT);
        checkIdentity();
        Transport transport = transport();
        List<NetAddress> addresses = new ArrayList<>(binds);
        addresses.addAll(identity);
        PrivateKey key = keys.resolve(addresses);
        Interruption interruption = Interruption.ofProcess();
        transport.open();
        NetServer server = build(transport, key);
        server.start();
        List<NetAddress> bound = boundAddresses(transport);
        PrintWriter out = spec.commandLine().getOut();
        bound.forEach(address -> out.println("listening on " + address));
        ServerHandler handler =
                isEcho ? new EchoHandler(server, out) : new ChatHandler(server, out);
        while (!interruption.isRequested()) {
            server.update();
            server.receive(handler);
            server.flush();
            server.await(AWAIT_NANOS_MAX);
        }
        server.stop();
        server.receive(handler);
        key.erase();
        return 0;
    }

    private Transport transport() {
        if (binds.size() == 1) {
            return UdpTransport.bind(binds.getFirst());
        }
        if (binds.size() > 2 || binds.getFirst().isIpv4() == binds.getLast().isIpv4()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--bind "
                            + binds
                            + ": pass it once, or twice with one IPv4 and one IPv6 address");
        }
        boolean isIpv4First = binds.getFirst().isIpv4();
        return new JoinedTransport(
                UdpTransport.bind(isIpv4First ? binds.getFirst() : binds.getLast()),
                UdpTransport.bind(isIpv4First ? binds.getLast() : binds.getFirst()));
    }

    private NetServer build(Transport transport, PrivateKey key) {
        NetcodeServer.Builder builder =
                NetcodeServer.builder()
                        .transport(transport)
                        .protocolId(protocolId.value())
                        .privateKey(key)
                        .maxClients(maxClients)
                        .receiveQueueBytes(RECEIVE_QUEUE_BYTES)
                        .identity(identity.isEmpty() ? boundAddresses(transport) : identity);
        return maxTokenLifetimeSeconds == LifetimeConverter.OFF
                ? builder.maxConnectTokenLifetimeOff().build()
                : builder.maxConnectTokenLifetime(Duration.ofSeconds(maxTokenLifetimeSeconds))
                        .build();
    }

    private void checkIdentity() {
        for (NetAddress bind : binds) {
            boolean isWildcard =
                    bind.high() == 0 && (int) bind.low() == 0 && (bind.isIpv4() || bind.low() == 0);
            if (isWildcard && identity.isEmpty()) {
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

    private static List<NetAddress> boundAddresses(Transport transport) {
        return transport instanceof JoinedTransport joined
                ? joined.localAddresses()
                : List.of(transport.localAddress());
    }
}
