package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.testkit.Link;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.SimulatedNetwork;
import dev.hawser.testkit.SimulatedPacket;
import dev.hawser.testkit.VirtualClock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Servers and clients on one virtual clock and one simulated network: everything that happens
/// follows from one seed, and every [Invariant] is checked after every step.
///
/// ```java
/// var pair = Pair.withSeed(42).loss(0.2).latencyMillis(80);
/// var client = pair.newClient();
/// client.connect();
/// pair.driveUntil(client::isConnected, 2_000);
/// ```
///
/// The weather ([#loss] and its like) may change at any time; everything else is set before the
/// first server, client or token is asked for.
public final class Pair {
    /// The protocol id of all servers and tokens.
    public static final long PROTOCOL_ID = 0x4841_5753_4552_0001L;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /// Behind those that clients have at first: ports of a NAT that nobody had before.
    private static final int NAT_PORT_MIN = 40_000;

    private final long seed;
    private final SeededRandom random;
    private final SimulatedNetwork network;
    private final LentBuffers buffers;
    private final Ways ways;
    private final CipherProvider ciphers = Ciphers.best();
    private final Invariants invariants = new Invariants(this);
    private final Map<NetAddress, SimulatedServer> servers = new LinkedHashMap<>();
    private final ClientAddresses clients = new ClientAddresses();
    private final Steps steps = new Steps(this);

    private VirtualClock clock = new VirtualClock();
    private PrivateKey privateKey;
    private @Nullable TokenMint mint;
    private String replayCommand;
    private int serverCount = 1;
    private int maxClients = 16;
    private int timeoutSeconds = TokenRequest.TIMEOUT_SECONDS_DEFAULT;
    private int tokenLifetimeSeconds = TokenRequest.LIFETIME_SECONDS_DEFAULT;
    private int maxTokenLifetimeSeconds = TokenRequest.LIFETIME_SECONDS_DEFAULT;
    private boolean statesReasons;
    private boolean survivesMoves;
    private boolean isBehindNat;
    private long tickNanos;
    private SameClient sameClient = SameClient.REFUSE;
    private boolean asksAdmission;
    private long keepSlotNanos;
    private boolean sharesClients;
    private UnaryOperator<ServerConfig.Builder> configuring = config -> config;
    private AdmissionPolicy admission = SimulatedServer::admit;

    /// That of the servers that are up, where they share their clients.
    private @Nullable GroupModel group;

    /// Those of the map, as they were when last asked for: somebody looks at them in every step.
    private List<SimulatedServer> serverList = List.of();

    private long nextClientNumber = 1;
    private int nextNatPort = NAT_PORT_MIN;
    private int nextTokenSerial;

    private Pair(long seed) {
        this.seed = seed;
        random = new SeededRandom(seed);
        network = new SimulatedNetwork(random.nextLong());
        ways = new Ways(network);
        buffers = new LentBuffers(random.split());
        privateKey = PrivateKey.random(random);
        replayCommand = "Pair.withSeed(" + seed + "L)";
    }

    /// {@return a pair of one server and no clients yet, on a network that delivers everything at
    /// once}
    public static Pair withSeed(long seed) {
        return new Pair(seed);
    }

    // ---- The weather

    /// Sets how many packets are lost, each way.
    public Pair loss(double probability) {
        ways.toServer.loss(probability);
        ways.toClient.loss(probability);
        return this;
    }

    /// Sets how losses come in bursts, each way: see [Link#burstLoss].
    public Pair burstLoss(double enter, double leave, double lossInBurst) {
        ways.toServer.burstLoss(enter, leave, lossInBurst);
        ways.toClient.burstLoss(enter, leave, lossInBurst);
        return this;
    }

    /// Sets how many packets arrive twice, each way.
    public Pair duplication(double probability) {
        ways.toServer.duplication(probability);
        ways.toClient.duplication(probability);
        return this;
    }

    /// Sets how many packets are overtaken by others, each way.
    public Pair reordering(double probability) {
        ways.toServer.reordering(probability);
        ways.toClient.reordering(probability);
        return this;
    }

    /// Sets how long packets travel, each way.
    public Pair latencyMillis(long millis) {
        ways.toServer.latencyMillis(millis);
        ways.toClient.latencyMillis(millis);
        return this;
    }

    /// Sets how much longer packets may travel, each way.
    public Pair jitterMillis(long millis) {
        ways.toServer.jitterMillis(millis);
        ways.toClient.jitterMillis(millis);
        return this;
    }

    /// {@return the way to the servers, for weather of its own}
    public Link toServer() {
        return ways.toServer;
    }

    /// {@return the way to the clients, for weather of its own}
    public Link toClient() {
        return ways.toClient;
    }

    /// Cuts a way for everybody, or joins it again: while it is cut, what is sent there is lost.
    /// [SimulatedClient#cut] does so for one client.
    public Pair cut(Direction direction, boolean cut) {
        ways.link(direction).cut(cut);
        return this;
    }

    /// {@return a way, for weather of its own}
    public Link link(Direction direction) {
        return ways.link(direction);
    }

    // ---- What is set before the start

    /// Sets where the clock begins.
    public Pair clock(VirtualClock clock) {
        this.clock = clock;
        mint = null;
        return this;
    }

    /// Sets how many servers there are; each token lists all of them unless said otherwise.
    public Pair servers(int count) {
        serverCount = count;
        return this;
    }

    /// Sets the number of slots of each server, 16 by default.
    public Pair maxClients(int slots) {
        maxClients = slots;
        return this;
    }

    /// Sets the timeout in tokens.
    public Pair timeoutSeconds(int seconds) {
        timeoutSeconds = seconds;
        return this;
    }

    /// Sets how long tokens live, and how long they may live at a server; 0 for the latter switches
    /// its limits off.
    public Pair tokenLifetimeSeconds(int minted, int accepted) {
        tokenLifetimeSeconds = minted;
        maxTokenLifetimeSeconds = accepted;
        return this;
    }

    /// Sets whether tokens have the extension block.
    public Pair statesReasons(boolean states) {
        statesReasons = states;
        return this;
    }

    /// Sets whether the connections of tokens survive a changed address of the client.
    public Pair survivesMoves(boolean survives) {
        survivesMoves = survives;
        return this;
    }

    /// Sets whether servers know themselves by another address than the one that clients dial.
    public Pair behindNat(boolean behindNat) {
        isBehindNat = behindNat;
        return this;
    }

    /// Sets whether datagrams are lent in direct buffers.
    public Pair directBuffers(boolean direct) {
        buffers.direct(direct);
        return this;
    }

    /// Sets how often everybody looks after what has come in and is due, as a game with its tick
    /// does; 0, the default: whenever something has come in or is due.
    public Pair tickMillis(long millis) {
        tickNanos = millis * NANOS_PER_MILLI;
        return this;
    }

    /// Sets what servers do when a client id that is connected asks again.
    public Pair sameClient(SameClient policy) {
        sameClient = policy;
        return this;
    }

    /// Sets how long servers keep the slots of clients that fell silent; 0, the default: not at
    /// all.
    public Pair keepSlotMillis(long millis) {
        keepSlotNanos = millis * NANOS_PER_MILLI;
        return this;
    }

    /// Sets whether the servers are members of one group, ways into one game: a client is connected
    /// at one of them, and goes on at any. They are one process, so one that crashes takes the
    /// others with it.
    public Pair sharesClients(boolean shares) {
        sharesClients = shares;
        return this;
    }

    /// Sets whether servers ask the [#admission] policy.
    public Pair asksAdmission(boolean asks) {
        asksAdmission = asks;
        return this;
    }

    /// Sets what else is different about the servers, from their next start on. What has a method
    /// here is set here, since the invariants have to know it.
    public Pair configure(UnaryOperator<ServerConfig.Builder> change) {
        configuring = change;
        return this;
    }

    /// Sets what the application does when it is asked; by default it admits everybody at once.
    public Pair admission(AdmissionPolicy policy) {
        admission = policy;
        return this;
    }

    /// Sets the command that shows this run again, for the message of a violation.
    public Pair replayCommand(String command) {
        replayCommand = command;
        return this;
    }

    // ---- Who is there

    /// {@return the seed of this pair}
    public long seed() {
        return seed;
    }

    /// {@return the clock; it may be advanced by hand between steps}
    public VirtualClock clock() {
        return clock;
    }

    /// {@return the network}
    public SimulatedNetwork network() {
        return network;
    }

    /// {@return what is checked after each step}
    public Invariants invariants() {
        return invariants;
    }

    /// {@return the key that the mint and the servers share}
    public PrivateKey privateKey() {
        return privateKey;
    }

    /// Gives the mint and the servers a new private key, these from their next start on.
    public void rotatePrivateKey() {
        mint = null;
        privateKey = PrivateKey.random(random);
    }

    /// {@return a generator of its own that follows from the seed}
    public SeededRandom newRandom() {
        return random.split();
    }

    /// {@return the first server}
    public SimulatedServer server() {
        return server(0);
    }

    /// {@return a server; they start when the first of them is asked for}
    public SimulatedServer server(int index) {
        return servers().get(index);
    }

    /// {@return all servers}
    public List<SimulatedServer> servers() {
        if (servers.isEmpty()) {
            for (int i = 0; i < serverCount; i++) {
                NetAddress publicAddress = NetAddress.ipv4(0xc000_0200 + 1 + i, 40_000);
                NetAddress internal =
                        isBehindNat ? NetAddress.ipv4(0x0a09_0001 + i, 50_000) : publicAddress;
                SimulatedServer server = new SimulatedServer(this, i, publicAddress, internal);
                servers.put(publicAddress, server);
                serverList = List.copyOf(servers.values());
                server.start();
            }
        }
        return serverList;
    }

    /// {@return a new client with an id and an address of its own; every third is at an IPv6
    /// address}
    public SimulatedClient newClient() {
        return newClient(nextClientNumber, newAddress());
    }

    /// {@return a new client with an id that others may have too, at an address that is its own}
    public SimulatedClient newClient(long id, NetAddress address) {
        SimulatedClient client = new SimulatedClient(this, id, address);
        clients.arrived(client);
        return client;
    }

    /// {@return a client without a machine, with a token of its own choice, at an address that is
    /// its own}
    public RawClient newRawClient(ConnectToken token) {
        return newRawClient(token, newAddress());
    }

    /// {@return a client without a machine at some address, at which no other client is}
    public RawClient newRawClient(ConnectToken token, NetAddress address) {
        return new RawClient(this, token, address);
    }

    /// {@return all clients, in the order in which they came to where they are}
    public List<SimulatedClient> clients() {
        return clients.clients();
    }

    /// {@return an address at which nobody is; every third is an IPv6 address}
    public NetAddress newAddress() {
        return nextClientNumber % 3 == 0 ? newIpv6Address() : newIpv4Address();
    }

    /// {@return an IPv4 address at which nobody is}
    public NetAddress newIpv4Address() {
        return NetAddress.ipv4(0x0a00_0000 + (int) nextClientNumber++, 30_000);
    }

    /// {@return an IPv6 address at which nobody is}
    public NetAddress newIpv6Address() {
        return NetAddress.ipv6(0x2001_0db8_0000_0000L, nextClientNumber++, 30_000);
    }

    /// {@return a mint with the private key of the pair}
    public TokenMint mint() {
        TokenMint current = mint;
        if (current == null) {
            // With ciphers of its own, and so with memory of libsodium.
            current = new TokenMint(privateKey, PROTOCOL_ID, random, clock);
            mint = current;
        }
        return current;
    }

    /// {@return a new token for all servers}
    public ConnectToken newToken(long clientId) {
        return newToken(clientId, servers());
    }

    /// {@return a new token for some servers, in this order}
    public ConnectToken newToken(long clientId, List<SimulatedServer> servers) {
        return newToken(clientId, servers, request -> request);
    }

    /// {@return a new token for some servers that differs in something; its user data is the
    /// pair's, which tells its tokens apart by it}
    public ConnectToken newToken(
            long clientId,
            List<SimulatedServer> servers,
            UnaryOperator<TokenRequest.Builder> change) {
        int serial = nextTokenSerial++;
        UserData userData = MintedToken.userDataOf(serial);
        TokenRequest.Builder request =
                TokenRequest.builder(clientId)
                        .timeoutSeconds(timeoutSeconds)
                        .lifetimeSeconds(tokenLifetimeSeconds)
                        .statesReasons(statesReasons)
                        .survivesMoves(survivesMoves);
        for (SimulatedServer server : servers) {
            request.server(server.address(), server.identity());
        }
        TokenRequest asked = change.apply(request).userData(userData).build();
        ConnectToken token = mint().mint(asked);
        invariants.addToken(serial, token, asked, List.copyOf(servers));
        return token;
    }

    // ---- What an attacker can do

    /// Shows every packet that a machine sends to somebody, before the network loses it.
    public void tap(Consumer<SimulatedPacket> tap) {
        ways.tap(tap);
    }

    /// Puts somebody on the path, who takes the packets of machines for which he says true: they go
    /// no further, unless he [injects][#inject] or [delivers][#deliver] them himself. Everybody
    /// else sees a packet first ([#tap]).
    public void intercept(Predicate<SimulatedPacket> takes) {
        ways.intercept(takes);
    }

    /// Shows the packets that arrive at an address at which no server and no client is.
    public void listen(NetAddress address, Consumer<SimulatedPacket> listener) {
        ways.listen(address, listener);
    }

    /// Sends a packet through the network, as bad as it is.
    public void inject(SimulatedPacket packet) {
        boolean isForServer = servers.containsKey(packet.to());
        network.send(clock.nanos(), isForServer ? ways.toServer : ways.toClient, packet);
    }

    /// Delivers a packet at once.
    public void deliver(SimulatedPacket packet) {
        if (packet.isRedirected() && PathPackets.hasPathId(packet)) {
            clients().forEach(SimulatedClient::disturbed);
        }
        SimulatedServer server = servers.get(packet.to());
        if (server != null) {
            server.handle(packet);
            return;
        }
        SimulatedClient client = clients.at(packet.to());
        if (client != null) {
            client.arrive(packet);
            return;
        }
        ways.arriveElsewhere(packet);
    }

    // ---- Time

    /// Does something later, in the step in which the time has come.
    public void after(long millis, Runnable action) {
        steps.at(clock.nanos() + millis * NANOS_PER_MILLI, action);
    }

    /// Goes on to the next moment at which something is due: packets arrive, appointments are kept,
    /// everybody does what is due, the invariants are checked.
    ///
    /// @return false when nothing is due any more, now or ever; the clock then stands still
    public boolean step() {
        servers();
        return steps.step();
    }

    /// Steps until a condition holds.
    ///
    /// @throws AssertionError when it does not within so many steps
    public void driveUntil(BooleanSupplier condition, int stepsMax) {
        for (int i = 0; i < stepsMax; i++) {
            if (condition.getAsBoolean() || !step()) {
                break;
            }
        }
        if (!condition.getAsBoolean()) {
            throw new AssertionError(
                    "it did not come about in "
                            + stepsMax
                            + " steps, "
                            + clock.elapsedMillis()
                            + " ms, under seed "
                            + seed
                            + ": "
                            + describe()
                            + System.lineSeparator()
                            + "again: "
                            + replayCommand);
        }
    }

    /// Steps until a condition holds, but no longer than so many milliseconds.
    ///
    /// @return whether it holds
    public boolean driveForUpTo(long millis, BooleanSupplier condition) {
        long endMillis = clock.elapsedMillis() + millis;
        after(millis, () -> {});
        while (!condition.getAsBoolean() && clock.elapsedMillis() < endMillis) {
            step();
        }
        return condition.getAsBoolean();
    }

    /// Steps until so much time has passed; 0 delivers what arrives now.
    public void driveFor(long millis) {
        servers();
        steps.advance(0);
        driveForUpTo(millis, () -> false);
    }

    /// Checks that nobody is connected or connecting, and that nothing is left of those who were.
    public void checkNothingLeft() {
        clients().forEach(SimulatedClient::checkNothingLeft);
        servers().forEach(SimulatedServer::checkNothingLeft);
    }

    /// {@return who is in which state, for messages}
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (SimulatedClient client : clients()) {
            text.append(client).append(' ').append(client.state()).append("; ");
        }
        for (SimulatedServer server : servers.values()) {
            text.append(server);
            if (server.isUp()) {
                text.append(' ')
                        .append(server.machine().connectedClients())
                        .append(" connected, ")
                        .append(server.machine().pendingConnections())
                        .append(" pending, ")
                        .append(server.machine().drops());
            } else {
                text.append(" down");
            }
            text.append("; ");
        }
        return text.toString();
    }

    // ---- What servers and clients call

    CipherProvider ciphers() {
        return ciphers;
    }

    int maxClients() {
        return maxClients;
    }

    int maxTokenLifetimeSeconds() {
        return maxTokenLifetimeSeconds;
    }

    SameClient sameClient() {
        return sameClient;
    }

    boolean isAskingAdmission() {
        return asksAdmission;
    }

    long keepSlotNanos() {
        return keepSlotNanos;
    }

    boolean sharesClients() {
        return sharesClients;
    }

    /// {@return that which a server joins that starts}
    GroupModel group() {
        GroupModel current = sharesClients ? group : null;
        if (current == null) {
            current = new GroupModel(this);
            group = current;
        }
        return current;
    }

    /// Nothing is left of the process that all servers of a group are in.
    void forgetGroup() {
        group = null;
    }

    long tickNanos() {
        return tickNanos;
    }

    String replayCommand() {
        return replayCommand;
    }

    AdmissionPolicy admission() {
        return admission;
    }

    ServerConfig newServerConfig(SimulatedServer server) {
        ServerConfig.Builder config =
                ServerConfig.builder(PROTOCOL_ID, privateKey, List.of(server.identity()));
        return configuring
                .apply(config)
                .maxClients(maxClients)
                .sameClient(sameClient)
                .asksAdmission(asksAdmission)
                .keepSlotNanos(keepSlotNanos)
                .maxConnectTokenLifetimeSeconds(maxTokenLifetimeSeconds)
                .build();
    }

    @Nullable SimulatedServer serverAt(NetAddress address) {
        return servers.get(address);
    }

    ClientAddresses addresses() {
        return clients;
    }

    /// {@return a port that a NAT has given to nobody yet}
    int newNatPort() {
        int port = nextNatPort;
        nextNatPort = port == NetAddress.PORT_MAX ? NAT_PORT_MIN : port + 1;
        return port;
    }

    void sendFromServer(SimulatedPacket packet) {
        send(Direction.TO_CLIENT, packet);
    }

    void sendFromClient(SimulatedPacket packet, boolean isLineCut) {
        if (isLineCut) {
            ways.show(packet);
        } else {
            send(Direction.TO_SERVER, packet);
        }
    }

    private void send(Direction direction, SimulatedPacket packet) {
        if (!ways.send(clock.nanos(), direction, packet)) {
            clients().forEach(SimulatedClient::disturbed);
        }
    }

    LentBuffers buffers() {
        return buffers;
    }
}
