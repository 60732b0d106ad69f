package dev.hawser.tests.vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// Records a whole connection of our machines on simulated time: the client's NAT gives it another
/// address, its network changes, the way there is cut and then the way back, and at last the server
/// is another one that no longer has it.
///
/// A packet is 20 ms on its way. The microseconds of pings go round at 2^32 meanwhile.
final class ExtensionRecording {
    private static final HexFormat HEX = HexFormat.of();
    private static final long PROTOCOL_ID = 0x1122334455667788L;
    private static final long UNIX_SECONDS = 1_800_000_000;
    private static final long CLIENT_ID = 0xfedc_ba98_7654_3210L;
    private static final NetAddress SERVER = NetAddress.parse("203.0.113.5:40000");
    private static final NetAddress OTHER_IDENTITY = NetAddress.parse("[2001:db8::5]:40000");
    private static final NetAddress HOME = NetAddress.parse("198.51.100.7:50001");
    private static final NetAddress HOME_AGAIN = NetAddress.parse("198.51.100.7:50009");
    private static final NetAddress MOBILE = NetAddress.parse("[2001:db8:77::1]:6000");

    private static final int MAX_CLIENTS = 4;
    private static final long START_MILLIS = 4_290_000;
    private static final int STEP_MILLIS = 10;
    private static final int DELAY_MILLIS = 20;
    private static final long NANOS_PER_MILLI = 1_000_000;

    // After the start, in milliseconds.
    private static final int PAYLOADS_FROM = 300;
    private static final int PAYLOADS_TO = 2300;
    private static final int PAYLOAD_INTERVAL = 50;
    private static final int REBOUND_AT = 2000;
    private static final int NETWORK_CHANGED_AT = 3500;
    private static final int WAY_THERE_CUT_FROM = 4500;
    private static final int WAY_THERE_CUT_TO = 5250;
    private static final int WAY_BACK_CUT_FROM = 6500;
    private static final int WAY_BACK_CUT_TO = 7400;
    private static final int RESTART_AT = 8500;
    private static final int LONGEST = 10_000;

    /// A packet on its way.
    private record OnTheWay(boolean isFromClient, long arrives, NetAddress client, byte[] bytes) {}

    /// What a server draws, and a record of it.
    private static final class Drawn {
        private final Random random;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Drawn(long seed) {
            random = new Random(seed);
        }

        void nextBytes(byte[] target) {
            random.nextBytes(target);
            bytes.writeBytes(target);
        }
    }

    private final Random random = new Random(1);
    private final PrivateKey privateKey = PrivateKey.random(random::nextBytes);
    private final ClientMachine client = new ClientMachine();
    private final List<Drawn> drawn = new ArrayList<>();
    private ServerMachine server = start();
    private NetAddress clientAt = HOME;
    private long nowMillis = START_MILLIS;
    private final List<OnTheWay> packets = new ArrayList<>();

    private final ObjectNode session = VectorsFile.object();
    private final ArrayNode actions = VectorsFile.array();
    private final ArrayNode sent = VectorsFile.array();
    private final ArrayNode states = VectorsFile.array();
    private final ArrayNode moves = VectorsFile.array();
    private String lastState = "";

    /// {@return the session}
    ObjectNode record() {
        ConnectToken token = mint();
        actions.addObject().put("time", START_MILLIS).put("address", HOME.toString());
        client.connect(nanos(), token, (_, _) -> {});
        while (!client.isForgotten() && sinceStart() < LONGEST) {
            if (sinceStart() == RESTART_AT) {
                server = start();
            }
            stepServer();
            stepClient();
            act();
            nowMillis += STEP_MILLIS;
        }
        session.put("protocolId", Long.toUnsignedString(PROTOCOL_ID))
                .put("privateKey", privateKey.toHex());
        session.putArray("identity").add(SERVER.toString()).add(OTHER_IDENTITY.toString());
        session.put("maxClients", MAX_CLIENTS)
                .put("clientId", Long.toUnsignedString(CLIENT_ID))
                .put("token", HEX.formatHex(token.toBytes()))
                .put("unixSeconds", Long.toString(UNIX_SECONDS))
                .put("startMillis", START_MILLIS)
                .put("endMillis", nowMillis - STEP_MILLIS)
                .put("stepMillis", STEP_MILLIS);
        ArrayNode starts = session.putArray("serverStarts");
        addStart(starts, START_MILLIS, drawn.getFirst());
        addStart(starts, START_MILLIS + RESTART_AT, drawn.getLast());
        session.set("actions", actions);
        session.set("packets", sent);
        session.set("clientStates", states);
        session.set("moves", moves);
        return session;
    }

    private static void addStart(ArrayNode starts, long millis, Drawn drawn) {
        starts.addObject()
                .put("time", millis)
                .put("random", HEX.formatHex(drawn.bytes.toByteArray()));
    }

    private ConnectToken mint() {
        TokenRequest request =
                TokenRequest.builder(CLIENT_ID)
                        .server(SERVER)
                        .statesReasons(true)
                        .survivesMoves(true)
                        .build();
        return new TokenMint(privateKey, PROTOCOL_ID, random::nextBytes, this::unixSeconds)
                .mint(request);
    }

    private ServerMachine start() {
        Drawn draws = new Drawn(100 + drawn.size());
        drawn.add(draws);
        ServerConfig config =
                ServerConfig.builder(PROTOCOL_ID, privateKey, List.of(SERVER, OTHER_IDENTITY))
                        .maxClients(MAX_CLIENTS)
                        .maxConnectTokenLifetimeSeconds(0)
                        .tokenHistoryMax(1)
                        .build();
        return new ServerMachine(config, this::unixSeconds, draws::nextBytes);
    }

    private long unixSeconds() {
        return UNIX_SECONDS + sinceStart() / 1000;
    }

    private int sinceStart() {
        return (int) (nowMillis - START_MILLIS);
    }

    private long nanos() {
        return nowMillis * NANOS_PER_MILLI;
    }

    private void stepServer() {
        PeerAddress from = new PeerAddress();
        for (OnTheWay packet : arriving(true)) {
            from.set(packet.client);
            server.handleDatagram(
                    nanos(), from, ByteBuffer.wrap(packet.bytes.clone()), this::serverSends);
        }
        server.handleTimeout(nanos(), this::serverSends);
        for (ServerEvent event = server.pollEvent(); event != null; event = server.pollEvent()) {
            if (event instanceof ServerEvent.Moved(_, _, NetAddress before, NetAddress after)) {
                moves.addObject()
                        .put("time", nowMillis)
                        .put("from", before.toString())
                        .put("to", after.toString());
            }
        }
    }

    private void stepClient() {
        for (OnTheWay packet : arriving(false)) {
            client.handleDatagram(
                    nanos(), PeerAddress.of(SERVER), ByteBuffer.wrap(packet.bytes.clone()));
        }
        client.handleTimeout(nanos(), this::clientSends);
        ObjectNode state =
                VectorsFile.object()
                        .put("state", client.state().number())
                        .put("isProbing", client.isProbing())
                        .put("isForgotten", client.isForgotten());
        if (!state.toString().equals(lastState)) {
            lastState = state.toString();
            ObjectNode seen = states.addObject().put("time", nowMillis);
            seen.setAll(state);
        }
    }

    private List<OnTheWay> arriving(boolean isFromClient) {
        List<OnTheWay> arriving =
                packets.stream()
                        .filter(it -> it.isFromClient == isFromClient && it.arrives == nowMillis)
                        .toList();
        packets.removeAll(arriving);
        return arriving;
    }

    private void act() {
        int since = sinceStart();
        boolean isConnected = client.state() == ClientState.CONNECTED;
        if (since >= PAYLOADS_FROM
                && since < PAYLOADS_TO
                && since % PAYLOAD_INTERVAL == 0
                && isConnected) {
            byte[] payload = new byte[1 + random.nextInt(4)];
            random.nextBytes(payload);
            action().put("toServer", HEX.formatHex(payload));
            client.send(nanos(), ByteBuffer.wrap(payload), this::clientSends);
            random.nextBytes(payload);
            action().put("toClient", HEX.formatHex(payload));
            server.send(nanos(), 0, ByteBuffer.wrap(payload), this::serverSends);
        }
        if (since == REBOUND_AT) {
            clientAt = HOME_AGAIN;
            action().put("address", clientAt.toString());
        }
        if (since == NETWORK_CHANGED_AT) {
            clientAt = MOBILE;
            action().put("address", clientAt.toString()).put("networkChanged", true);
            client.networkChanged(nanos());
        }
    }

    private ObjectNode action() {
        return actions.addObject().put("time", nowMillis);
    }

    private void clientSends(PeerAddress to, ByteBuffer packet) {
        int since = sinceStart();
        boolean isCut = since >= WAY_THERE_CUT_FROM && since < WAY_THERE_CUT_TO;
        send(true, clientAt, packet, !isCut);
    }

    private void serverSends(PeerAddress to, ByteBuffer packet) {
        int since = sinceStart();
        boolean isCut = since >= WAY_BACK_CUT_FROM && since < WAY_BACK_CUT_TO;
        NetAddress address = to.toNetAddress();
        send(false, address, packet, !isCut && address.equals(clientAt));
    }

    private void send(
            boolean isFromClient, NetAddress clientAddress, ByteBuffer packet, boolean arrives) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(packet.position(), bytes);
        ObjectNode record =
                sent.addObject()
                        .put("from", isFromClient ? "client" : "server")
                        .put("time", nowMillis)
                        .put("address", clientAddress.toString());
        if (arrives) {
            long arrival = nowMillis + DELAY_MILLIS;
            record.put("arrives", arrival);
            packets.add(new OnTheWay(isFromClient, arrival, clientAddress, bytes));
        }
        record.put("bytes", HEX.formatHex(bytes));
    }
}
