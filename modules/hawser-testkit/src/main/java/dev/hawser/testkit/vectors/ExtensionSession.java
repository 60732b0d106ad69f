package dev.hawser.testkit.vectors;

import static dev.hawser.testkit.vectors.VectorCase.compare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.Wire;
import dev.hawser.testkit.vectors.ConformanceReport.Failure;
import dev.hawser.testkit.vectors.ConformanceReport.Section;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// The section on a whole connection that survives: recorded step by step, played again to one of
/// our clients and one of our servers, which must send the same bytes at the same time.
///
/// In each step the server starts anew where it did, takes what arrives and does what is due; then
/// the client does; then both applications do what they did. Whatever a machine sends is compared
/// with the next packet of the recording, and what arrives is the recording's.
final class ExtensionSession {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long MILLIS_PER_SECOND = 1000;
    private static final int IDENTITY_MAX = 32;
    private static final int STEPS_MAX = 1_000_000;
    private static final int RANDOM_BYTES_MAX = 1 << 16;
    private static final int SLOT = 0;

    /// A packet of the recording.
    private record Recorded(
            int index, boolean isFromClient, long sent, String address, long arrives, String hex) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    /// What a machine sent.
    private record Sent(boolean isFromClient, long sent, String address, String hex) {}

    private final VectorCase session;
    private final ServerConfig config;
    private final long startMillis;
    private final long unixSeconds;
    private final PeerAddress serverAddress;

    private final ClientMachine client = new ClientMachine(Conformance.CIPHERS);
    private ServerMachine server;
    private NetAddress clientAddress;
    private long nowMillis;
    private final List<Sent> sent = new ArrayList<>();
    private final List<String> states = new ArrayList<>();
    private final List<String> moves = new ArrayList<>();

    ExtensionSession(VectorCase session) throws Mismatch {
        this.session = session;
        List<NetAddress> identity = session.addresses("identity", IDENTITY_MAX);
        serverAddress = PeerAddress.of(identity.getFirst());
        startMillis = Integer.toUnsignedLong(session.u32("startMillis"));
        nowMillis = startMillis;
        unixSeconds = session.u64("unixSeconds");
        config = config(session, identity);
        VectorCase first = VectorCase.of(session.array("serverStarts").path(0));
        server = start(first);
        clientAddress = address(VectorCase.of(session.array("actions").path(0)));
    }

    /// Without limits to the lifetime of tokens: a server that has just started would refuse them.
    private static ServerConfig config(VectorCase session, List<NetAddress> identity)
            throws Mismatch {
        long protocolId = session.u64("protocolId");
        PrivateKey key = PrivateKey.ofBytes(session.hex("privateKey", Wire.KEY_BYTES));
        int maxClients = session.int32("maxClients");
        try {
            return ServerConfig.builder(protocolId, key, identity)
                    .maxClients(maxClients)
                    .maxConnectTokenLifetimeSeconds(0)
                    .tokenHistoryMax(1)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new Mismatch("no server can be started: " + e.getMessage());
        }
    }

    private ServerMachine start(VectorCase start) throws Mismatch {
        ByteBuffer drawn = ByteBuffer.wrap(start.hex("random", 0, RANDOM_BYTES_MAX));
        // Where a machine draws more than was recorded: zeros for ever are not random.
        Random more = new Random(1);
        return new ServerMachine(
                config,
                () -> unixSeconds + (nowMillis - startMillis) / MILLIS_PER_SECOND,
                target -> {
                    if (drawn.remaining() >= target.length) {
                        drawn.get(target);
                    } else {
                        more.nextBytes(target);
                    }
                },
                Conformance.CIPHERS);
    }

    private static NetAddress address(VectorCase action) throws Mismatch {
        try {
            return NetAddress.parse(action.text("address"));
        } catch (IllegalArgumentException e) {
            throw new Mismatch("an action's 'address' is none");
        }
    }

    /// {@return the three sections of a session}
    List<Section> verify() throws Mismatch {
        List<Recorded> packets = readPackets();
        run(packets);
        List<Failure> failures = new ArrayList<>();
        for (Recorded recorded : packets) {
            failures.addAll(Conformance.failures(recorded.index, () -> comparePacket(recorded)));
        }
        if (sent.size() > packets.size()) {
            failures.addAll(
                    Conformance.failures(
                            Failure.WHOLE_SECTION,
                            () ->
                                    compare(
                                            "the number of packets sent",
                                            packets.size(),
                                            sent.size())));
        }
        return List.of(
                new Section("session.packets", packets.size(), failures),
                lines("clientStates", states),
                lines("moves", moves));
    }

    private void run(List<Recorded> packets) throws Mismatch {
        long endMillis = Integer.toUnsignedLong(session.u32("endMillis"));
        int stepMillis = session.int32("stepMillis");
        if (stepMillis < 1 || (endMillis - startMillis) / stepMillis > STEPS_MAX) {
            throw new Mismatch("'stepMillis' is " + stepMillis + ", which makes too many steps");
        }
        ConnectToken token = ConnectToken.ofBytes(session.hex("token", Wire.CONNECT_TOKEN_BYTES));
        client.connect(nanos(), token, (_, _) -> {});
        for (; nowMillis <= endMillis; nowMillis += stepMillis) {
            for (JsonNode start : session.array("serverStarts")) {
                VectorCase begin = VectorCase.of(start);
                if (nowMillis > startMillis && time(begin) == nowMillis) {
                    server = start(begin);
                }
            }
            deliver(packets, true);
            server.handleTimeout(nanos(), serverSink());
            for (ServerEvent event = server.pollEvent();
                    event != null;
                    event = server.pollEvent()) {
                if (event instanceof ServerEvent.Moved(_, _, NetAddress from, NetAddress to)) {
                    moves.add(nowMillis + " " + from + " " + to);
                }
            }
            deliver(packets, false);
            client.handleTimeout(nanos(), clientSink());
            look();
            for (JsonNode action : session.array("actions")) {
                VectorCase due = VectorCase.of(action);
                if (time(due) == nowMillis) {
                    act(due);
                }
            }
        }
    }

    private static long time(VectorCase vector) throws Mismatch {
        return Integer.toUnsignedLong(vector.u32("time"));
    }

    private long nanos() {
        return nowMillis * NANOS_PER_MILLI;
    }

    private void deliver(List<Recorded> packets, boolean isFromClient) throws Mismatch {
        PeerAddress from = new PeerAddress();
        for (Recorded recorded : packets) {
            if (recorded.isFromClient != isFromClient || recorded.arrives != nowMillis) {
                continue;
            }
            ByteBuffer packet = ByteBuffer.wrap(recorded.bytes());
            if (isFromClient) {
                from.set(NetAddress.parse(recorded.address));
                server.handleDatagram(nanos(), from, packet, serverSink());
            } else {
                client.handleDatagram(nanos(), serverAddress, packet);
            }
        }
    }

    private void act(VectorCase action) throws Mismatch {
        if (action.has("address")) {
            clientAddress = address(action);
        }
        if (action.has("networkChanged")) {
            client.networkChanged(nanos());
        }
        if (action.has("toServer")) {
            client.send(nanos(), payload(action, "toServer"), clientSink());
        }
        if (action.has("toClient")) {
            server.send(nanos(), SLOT, payload(action, "toClient"), serverSink());
        }
    }

    private static ByteBuffer payload(VectorCase action, String field) throws Mismatch {
        return ByteBuffer.wrap(action.hex(field, 1, Wire.PAYLOAD_BYTES_MAX));
    }

    private void look() {
        String state =
                client.state().number() + " " + client.isProbing() + " " + client.isForgotten();
        if (states.isEmpty() || !states.getLast().endsWith(" " + state)) {
            states.add(nowMillis + " " + state);
        }
    }

    private PacketSink serverSink() {
        return (to, packet) -> note(false, to.toNetAddress().toString(), packet);
    }

    private PacketSink clientSink() {
        return (_, packet) -> note(true, clientAddress.toString(), packet);
    }

    private void note(boolean isFromClient, String address, ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(packet.position(), bytes);
        sent.add(new Sent(isFromClient, nowMillis, address, HexFormat.of().formatHex(bytes)));
    }

    // ---- Reading and comparing

    private List<Recorded> readPackets() throws Mismatch {
        List<Recorded> packets = new ArrayList<>();
        for (JsonNode node : session.array("packets")) {
            VectorCase packet = VectorCase.of(node);
            long arrives =
                    packet.has("arrives") ? Integer.toUnsignedLong(packet.u32("arrives")) : -1;
            packets.add(
                    new Recorded(
                            packets.size(),
                            packet.text("from").equals("client"),
                            time(packet),
                            address(packet).toString(),
                            arrives,
                            HexFormat.of()
                                    .formatHex(packet.hex("bytes", 1, Wire.PACKET_BYTES_MAX))));
        }
        return packets;
    }

    private void comparePacket(Recorded recorded) throws Mismatch {
        if (recorded.index >= sent.size()) {
            throw new Mismatch("is not sent");
        }
        Sent ours = sent.get(recorded.index);
        compare("whether the client sends it", recorded.isFromClient, ours.isFromClient);
        compare("when it is sent", recorded.sent, ours.sent);
        compare("the client's address", recorded.address, ours.address);
        compare("the packet", recorded.bytes(), HexFormat.of().parseHex(ours.hex));
    }

    /// Compares what was noted with a list of the session, case by case.
    private Section lines(String name, List<String> noted) throws Mismatch {
        JsonNode array = session.array(name);
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < Math.max(array.size(), noted.size()); i++) {
            int index = i;
            failures.addAll(
                    Conformance.failures(
                            index,
                            () ->
                                    compare(
                                            "what was seen",
                                            index < array.size()
                                                    ? line(VectorCase.of(array.get(index)))
                                                    : "nothing",
                                            index < noted.size() ? noted.get(index) : "nothing")));
        }
        return new Section(Conformance.SESSION + "." + name, array.size(), failures);
    }

    private static String line(VectorCase seen) throws Mismatch {
        return seen.has("state")
                ? time(seen)
                        + " "
                        + seen.int32("state")
                        + " "
                        + seen.bool("isProbing")
                        + " "
                        + seen.bool("isForgotten")
                : time(seen) + " " + seen.text("from") + " " + seen.text("to");
    }
}
