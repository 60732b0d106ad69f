package dev.hawser.tests.processes.programs;

import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.ServerHandler;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.UdpIo;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Servers and clients in one process, for networks that a test has made around it.
public final class NetworkProgram {
    private static final long PROTOCOL_ID = 20;
    private static final String KEY = "5e".repeat(32);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(600);

    private final SecureRandom random = new SecureRandom();
    private final PrivateKey key;
    private final List<NetcodeClient> clients = new ArrayList<>();

    private NetworkProgram() {
        this(PrivateKey.ofHex(KEY));
    }

    private NetworkProgram(PrivateKey key) {
        this.key = key;
    }

    /// @param args `addresses` and all that a server is to be dialled at, `narrow`, `nowhere`,
    ///   `lost`, `moves`, or `path` with a process behind a router, the address that it has there,
    ///   and the router's process
    public static void main(String[] args) throws IOException, InterruptedException {
        switch (args[0]) {
            case "addresses" ->
                    new NetworkProgram()
                            .echo(UdpIo.MMSG, "::", Arrays.asList(args).subList(1, args.length));
            case "narrow" -> {
                for (UdpIo io : UdpIo.values()) {
                    new NetworkProgram().echo(io, "127.0.0.1", List.of("127.0.0.1"));
                    new NetworkProgram().echo(io, "0.0.0.0", List.of("127.0.0.1"));
                }
            }
            case "nowhere" -> {
                for (UdpIo io : UdpIo.values()) {
                    new NetworkProgram().dialInVain(io);
                }
            }
            case "lost" -> {
                for (UdpIo io : UdpIo.values()) {
                    new NetworkProgram().loseNetwork(io);
                }
            }
            case "moves" -> {
                for (UdpIo io : UdpIo.values()) {
                    new NetworkProgram().move(io);
                }
            }
            case "path" -> {
                new NetworkProgram().dialThroughRouter(args[1], args[2]);
                // What keeps the two networks there.
                for (String pid : List.of(args[1], args[3])) {
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroy);
                }
            }
            case "serve" -> new NetworkProgram(PrivateKey.ofHex(args[2])).serve(args[1]);
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.println("as it should be");
    }

    private NetcodeClient client(TokenRequest.Builder request, UdpTransport transport) {
        TokenMint mint =
                new TokenMint(
                        key,
                        PROTOCOL_ID,
                        random::nextBytes,
                        () -> System.currentTimeMillis() / 1000);
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(transport)
                        .authentication(new Authentication.Token(mint.mint(request.build())))
                        .build();
        clients.add(client);
        client.connect();
        return client;
    }

    /// A client dials each address and has the largest payloads echoed; then the server speaks by
    /// itself.
    private void echo(UdpIo io, String bind, List<String> dialled) throws IOException {
        UdpTransport transport = UdpTransport.builder().bind(NetAddress.parse(bind)).io(io).build();
        List<NetAddress> identity = dialled.stream().map(NetAddress::parse).toList();
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(transport)
                        .identity(identity)
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxConnectTokenLifetimeOff()
                        .maxClients(2 * dialled.size())
                        .build();
        server.start();
        int port = server.localAddress().port();
        for (NetAddress address : identity) {
            // From a client's socket, and from one that is bound as servers' are.
            client(patientRequest(address.withPort(port)), UdpTransport.builder().io(io).build());
            client(
                    patientRequest(address.withPort(port)),
                    UdpTransport.builder()
                            .bind(NetAddress.parse(address.isIpv4() ? "0.0.0.0" : "::"))
                            .io(io)
                            .build());
        }
        int[] echoes = new int[clients.size()];
        drive(
                "every client has its echo",
                () -> {
                    server.update();
                    server.receive(server::send);
                    server.flush();
                    for (int i = 0; i < echoes.length; i++) {
                        NetcodeClient client = clients.get(i);
                        client.update();
                        client.send(ByteBuffer.allocate(1200));
                        echoes[i] += client.receive(_ -> {});
                    }
                    return Arrays.stream(echoes).allMatch(count -> count > 3);
                });
        for (NetcodeClient client : clients) {
            if (!client.isConnected() || client.stats().transport().packetsNotSent() > 0) {
                throw new AssertionError(client.state() + ", " + client.stats());
            }
            client.close();
        }
        server.stop();
    }

    /// On a machine that does much besides, nobody is to give up.
    private TokenRequest.Builder patientRequest(NetAddress server) {
        return TokenRequest.builder(clients.size())
                .server(server)
                .lifetimeSeconds(300)
                .timeoutSeconds(60);
    }

    private void dialInVain(UdpIo io) {
        NetAddress far = NetAddress.parse("203.0.113.5:40000");
        NetcodeClient client =
                client(
                        TokenRequest.builder(1).server(far).timeoutSeconds(1),
                        UdpTransport.builder().io(io).build());
        drive(
                "the client gives up",
                () -> {
                    client.update();
                    return client.state() instanceof ConnectionState.Disconnected;
                });
        DisconnectReason reason = ((ConnectionState.Disconnected) client.state()).reason();
        String expected =
                "Not one packet could leave this machine: no route to 203.0.113.5:40000 (Network is"
                        + " unreachable). Check";
        if (!reason.explanation().startsWith(expected)
                || client.stats().transport().packetsOut() > 0) {
            throw new AssertionError(reason.explanation() + "\n" + client.stats());
        }
        client.close();
    }

    /// A client that is connected loses its way to the server.
    private void loseNetwork(UdpIo io) throws IOException, InterruptedException {
        ip("link", "set", "lo", "up");
        ip("address", "add", "192.0.2.2/32", "dev", "lo");
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(
                                UdpTransport.builder()
                                        .bind(NetAddress.parse("192.0.2.2:0"))
                                        .io(io)
                                        .build())
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .build();
        server.start();
        NetcodeClient client =
                client(
                        TokenRequest.builder(1).server(server.localAddress()).timeoutSeconds(5),
                        UdpTransport.builder().io(io).build());
        drive(
                "the client is connected",
                () -> {
                    server.update();
                    client.update();
                    return client.isConnected();
                });
        ip("address", "del", "192.0.2.2/32", "dev", "lo");
        drive(
                "the client gives up",
                () -> {
                    server.update();
                    client.update();
                    return !client.isConnected();
                });
        DisconnectReason reason = ((ConnectionState.Disconnected) client.state()).reason();
        String text = reason.explanation();
        if (!text.contains("this machine's own network")
                || !text.contains("(Network is unreachable)")) {
            throw new AssertionError(text + "\n" + client.stats());
        }
        client.close();
        server.stop();
    }

    /// A client's packets leave from another address from one moment to the next.
    private void move(UdpIo io) throws IOException, InterruptedException {
        leaveFrom("192.0.2.2");
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(
                                UdpTransport.builder()
                                        .bind(NetAddress.parse("192.0.2.1:0"))
                                        .io(io)
                                        .build())
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxConnectTokenLifetimeOff()
                        .build();
        server.start();
        NetcodeClient client =
                client(
                        patientRequest(server.localAddress()).survivesMoves(true),
                        UdpTransport.builder().io(io).build());
        List<String> moves = new ArrayList<>();
        ServerHandler handler =
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient sender, ByteBuffer payload) {
                        server.send(sender, payload);
                    }

                    @Override
                    public void onMove(ConnectedClient mover, NetAddress from, NetAddress to) {
                        moves.add(from.withPort(0) + " " + to.withPort(0));
                    }
                };
        echoAtLeast(10, server, client, handler);
        leaveFrom("192.0.2.3");
        drive(
                "the server follows",
                () -> {
                    playOnce(server, client, handler);
                    return !moves.isEmpty();
                });
        echoAtLeast(10, server, client, handler);
        if (!client.isConnected() || !moves.equals(List.of("192.0.2.2 192.0.2.3"))) {
            throw new AssertionError(moves + ", " + client.state());
        }
        client.close();
        server.stop();
    }

    /// Has packets to 192.0.2.1 leave from another address of this machine.
    private static void leaveFrom(String address) throws IOException, InterruptedException {
        String route = "route replace local 192.0.2.1 dev lo table local src " + address;
        ip(route.split(" ", -1));
    }

    private static void echoAtLeast(
            int count, NetcodeServer server, NetcodeClient client, ServerHandler handler) {
        int[] echoes = new int[1];
        drive(
                "the client has " + count + " echoes",
                () -> {
                    echoes[0] += playOnce(server, client, handler);
                    return echoes[0] >= count;
                });
    }

    private static int playOnce(NetcodeServer server, NetcodeClient client, ServerHandler handler) {
        server.update();
        server.receive(handler);
        server.flush();
        client.update();
        client.send(ByteBuffer.allocate(100));
        client.flush();
        return client.receive(_ -> {});
    }

    private static void ip(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(args));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new AssertionError(command);
        }
    }

    /// A server in the network of another process, and a client of each way here.
    private void dialThroughRouter(String pid, String address)
            throws IOException, InterruptedException {
        NetAddress server = NetAddress.parse(address + ":40000");
        List<String> command = new ArrayList<>(List.of("nsenter", "-t", pid, "-n"));
        command.addAll(commandUpToMain());
        command.addAll(List.of("serve", server.toString(), KEY));
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            for (UdpIo io : UdpIo.values()) {
                NetcodeClient client =
                        client(patientRequest(server), UdpTransport.builder().io(io).build());
                int[] echoes = new int[1];
                drive(
                        "the client has its echo through the router",
                        () -> {
                            client.update();
                            client.send(ByteBuffer.allocate(900));
                            echoes[0] += client.receive(_ -> {});
                            return echoes[0] > 3;
                        });
                client.close();
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /// {@return what this program was started by, with the options that make a start cheap}
    private static List<String> commandUpToMain() throws IOException {
        // A ProcessHandle does not know a command that is longer than a page of memory.
        List<String> own = List.of(Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1));
        return own.subList(0, own.indexOf(NetworkProgram.class.getName()) + 1);
    }

    /// Until it is ended.
    private void serve(String address) throws IOException, InterruptedException {
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(UdpTransport.bind(NetAddress.parse(address)))
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxConnectTokenLifetimeOff()
                        .build();
        server.start();
        while (true) {
            server.update();
            server.receive(server::send);
            server.flush();
            Thread.sleep(5);
        }
    }

    private static void drive(String until, BooleanSupplier tick) {
        long begin = System.nanoTime();
        while (!tick.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new AssertionError("it does not come to this: " + until);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
