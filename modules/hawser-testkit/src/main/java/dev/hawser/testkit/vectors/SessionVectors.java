package dev.hawser.testkit.vectors;

import static dev.hawser.testkit.vectors.VectorCase.compare;
import static dev.hawser.testkit.vectors.VectorCase.compareUnsigned;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PrivateToken;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.Wire;
import dev.hawser.testkit.vectors.ConformanceReport.Failure;
import dev.hawser.testkit.vectors.ConformanceReport.Section;
import dev.hawser.testkit.vectors.SessionReplay.RecordedTime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The section on a whole recorded connection.
final class SessionVectors {
    private static final int MAX_CLIENTS_LIMIT = 65_536;

    /// Who sent a packet.
    enum Side {
        CLIENT,
        SERVER
    }

    /// A packet of the recording.
    record Recorded(int index, Side from, long nanos, OpenedPacket packet) {}

    /// A state of the recorded client, from this time on.
    record StateChange(int index, long nanos, ClientState state) {}

    private final VectorCase session;
    private final ConnectToken connectToken;
    private final PublicToken token;
    private final PrivateToken privateToken;
    private final byte[] privateKey;

    SessionVectors(VectorCase session) throws Mismatch {
        this.session = session;
        byte[] bytes = session.hex("token", Wire.CONNECT_TOKEN_BYTES);
        connectToken = ConnectToken.ofBytes(bytes);
        token = TokenVectors.readPublic(bytes);
        privateKey = session.hex("privateKey", Wire.KEY_BYTES);
        privateToken =
                TokenVectors.openPrivate(
                        privateKey,
                        token.protocolId(),
                        token.expireTimestamp(),
                        token.nonce(),
                        token.sealedPrivate());
        compareUnsigned("the token's protocolId", session.u64("protocolId"), token.protocolId());
        compareUnsigned("the token's clientId", session.u64("clientId"), privateToken.clientId());
        byte[] userData = session.hex("userData", UserData.BYTES);
        compare("the token's userData", userData, privateToken.userData());
    }

    /// {@return the three sections of a session}
    List<Section> verify() throws Mismatch {
        List<Failure> packetFailures = new ArrayList<>();
        List<Recorded> packets = readPackets(packetFailures);
        List<Failure> stateFailures = new ArrayList<>();
        List<StateChange> states = readStates(stateFailures);

        RecordedTime wallClock = new RecordedTime(token.createTimestamp());
        ServerMachine server =
                new ServerMachine(
                        serverConfig(), wallClock, serverRandomness(packets), Conformance.CIPHERS);
        SessionReplay replay = new SessionReplay(server, token.servers().getFirst(), wallClock);
        replay.run(connectToken, packets, states);
        packetFailures.addAll(replay.packetFailures());
        stateFailures.addAll(replay.stateFailures());

        List<Failure> answerFailures = new ArrayList<>();
        for (Side side : Side.values()) {
            answerFailures.addAll(
                    Conformance.failures(
                            side.ordinal(), () -> compareAnswers(side, packets, replay)));
        }
        return List.of(
                section("packets", session.array("packets").size(), packetFailures),
                section("clientStates", session.array("clientStates").size(), stateFailures),
                section("answers", Side.values().length, answerFailures));
    }

    private static Section section(String name, int total, List<Failure> failures) {
        failures.sort(Comparator.comparingInt(Failure::index));
        return new Section(Conformance.SESSION + "." + name, total, failures);
    }

    private ServerConfig serverConfig() throws Mismatch {
        int maxClients = session.int32("maxClients");
        if (maxClients < 1 || maxClients > MAX_CLIENTS_LIMIT) {
            throw new Mismatch(
                    "'maxClients' is " + maxClients + ", but should be 1 to " + MAX_CLIENTS_LIMIT);
        }
        long lifetimeSeconds = token.expireTimestamp() - token.createTimestamp();
        boolean isLimit = lifetimeSeconds > 0 && lifetimeSeconds <= Integer.MAX_VALUE;
        return ServerConfig.builder(
                        token.protocolId(),
                        PrivateKey.ofBytes(privateKey),
                        List.of(privateToken.servers().getFirst()))
                .maxClients(maxClients)
                .tokenHistoryMax(1)
                .maxConnectTokenLifetimeSeconds(isLimit ? (int) lifetimeSeconds : 0)
                .build();
    }

    /// {@return what makes our server choose as the recorded one did: its challenge key, and where
    /// its global sequence starts}
    private RandomBytes serverRandomness(List<Recorded> packets) throws Mismatch {
        byte[] challengeKey = session.hex("challengeKey", Wire.KEY_BYTES);
        long globalSequence =
                packets.stream()
                        .filter(recorded -> isGlobal(recorded.packet().type()))
                        .mapToLong(recorded -> recorded.packet().sequence())
                        .findFirst()
                        .orElse(0);
        ByteBuffer drawn =
                ByteBuffer.allocate(challengeKey.length + Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(challengeKey)
                        .putLong(globalSequence)
                        .flip();
        return target -> drawn.get(target, 0, Math.min(target.length, drawn.remaining()));
    }

    private static boolean isGlobal(PacketType type) {
        return type == PacketType.CONNECTION_CHALLENGE || type == PacketType.CONNECTION_DENIED;
    }

    /// Reads the packets that can be read; the others are failures.
    private List<Recorded> readPackets(List<Failure> failures) throws Mismatch {
        JsonNode array = session.array("packets");
        List<Recorded> packets = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            int index = i;
            failures.addAll(
                    Conformance.failures(
                            index, () -> packets.add(readPacket(index, array.get(index)))));
        }
        return packets;
    }

    private Recorded readPacket(int index, JsonNode node) throws Mismatch {
        VectorCase recorded = VectorCase.of(node);
        Side from =
                switch (recorded.text("from")) {
                    case "client" -> Side.CLIENT;
                    case "server" -> Side.SERVER;
                    default ->
                            throw new Mismatch(
                                    "'from' is "
                                            + recorded.field("from")
                                            + ", but should be client or server");
                };
        byte[] bytes = recorded.hex("bytes", 1, Wire.PACKET_BYTES_MAX);
        OpenedPacket packet = open(from, bytes);
        byte[] madeAgain =
                packet.type() == PacketType.CONNECTION_REQUEST
                        ? ConnectionRequest.of(token).array()
                        : PacketVectors.seal(
                                packet.type(),
                                packet.sequence(),
                                token.protocolId(),
                                keyOf(from),
                                packet.body());
        compare("the packet", madeAgain, bytes);
        return new Recorded(index, from, recorded.seconds("time"), packet);
    }

    private OpenedPacket open(Side from, byte[] bytes) throws Mismatch {
        if (from == Side.CLIENT && bytes[0] == 0) {
            return OpenedPacket.request(bytes);
        }
        int types = from == Side.CLIENT ? PacketReader.SERVER_TYPES : PacketReader.CLIENT_TYPES;
        return OpenedPacket.open(bytes, types, token.protocolId(), keyOf(from));
    }

    private PacketKey keyOf(Side from) {
        return from == Side.CLIENT ? token.clientToServerKey() : token.serverToClientKey();
    }

    private List<StateChange> readStates(List<Failure> failures) throws Mismatch {
        JsonNode array = session.array("clientStates");
        List<StateChange> states = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            int index = i;
            failures.addAll(
                    Conformance.failures(
                            index, () -> states.add(readState(index, array.get(index)))));
        }
        return states;
    }

    private static StateChange readState(int index, JsonNode node) throws Mismatch {
        VectorCase change = VectorCase.of(node);
        int number = change.int32("state");
        for (ClientState state : ClientState.values()) {
            if (state.number() == number) {
                return new StateChange(index, change.seconds("time"), state);
            }
        }
        throw new Mismatch("'state' is " + number + ", but should be -6 to 3");
    }

    /// Compares what our machine sent with what the recorded one sent, as far as it does not depend
    /// on when they send: the kinds of packets and their content in order, what is repeated once,
    /// and of the keep-alives only what they say.
    private void compareAnswers(Side side, List<Recorded> packets, SessionReplay replay)
            throws Mismatch {
        List<OpenedPacket> expected =
                packets.stream()
                        .filter(recorded -> recorded.from() == side)
                        .map(Recorded::packet)
                        .toList();
        List<OpenedPacket> actual = new ArrayList<>();
        for (byte[] bytes : replay.sentBy(side)) {
            actual.add(open(side, bytes));
        }
        compare("what its keep-alives say", keepAlives(expected), keepAlives(actual));
        List<OpenedPacket> expectedKinds = withoutRepeats(expected);
        List<OpenedPacket> actualKinds = withoutRepeats(actual);
        for (int i = 0; i < Math.min(expectedKinds.size(), actualKinds.size()); i++) {
            OpenedPacket theirs = expectedKinds.get(i);
            OpenedPacket ours = actualKinds.get(i);
            compare("the type of its packet " + i, theirs.type(), ours.type());
            compare("its packet " + i + " (" + theirs.type() + ")", theirs.body(), ours.body());
        }
        compare("how many packets it sends", expectedKinds.size(), actualKinds.size());
    }

    private static Set<String> keepAlives(List<OpenedPacket> packets) {
        Set<String> contents = new TreeSet<>();
        for (OpenedPacket packet : packets) {
            if (packet.type() == PacketType.KEEP_ALIVE) {
                contents.add(HexFormat.of().formatHex(packet.body()));
            }
        }
        return contents;
    }

    private static List<OpenedPacket> withoutRepeats(List<OpenedPacket> packets) {
        List<OpenedPacket> kinds = new ArrayList<>();
        for (OpenedPacket packet : packets) {
            boolean isRepeat =
                    switch (packet.type()) {
                        case KEEP_ALIVE -> true;
                        case CONNECTION_REQUEST, CONNECTION_CHALLENGE, CONNECTION_RESPONSE ->
                                !kinds.isEmpty() && kinds.getLast().type() == packet.type();
                        default -> false;
                    };
            if (!isRepeat) {
                kinds.add(packet);
            }
        }
        return kinds;
    }
}
