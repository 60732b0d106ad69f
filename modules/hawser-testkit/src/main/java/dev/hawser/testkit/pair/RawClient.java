package dev.hawser.testkit.pair;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenReading;
import dev.hawser.testkit.SimulatedPacket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A client without a state machine: it has the keys of a token and seals whatever it is told to,
/// under any sequence. For peers that behave unlike ours, and for attackers who own a token.
///
/// Each packet is delivered to the server at once; the answers travel through the network of the
/// pair and wait here until they are taken.
public final class RawClient {
    private static final byte[] KEEP_ALIVE_BODY = new byte[8];
    private static final byte[] NO_BODY = {};
    private static final int PATH_BODY_BYTES = 16;
    private static final int PATH_ID_OFFSET = 8;
    private static final int EXTENSIONS =
            ExtensionBlock.STATES_REASONS | ExtensionBlock.SURVIVES_MOVES;

    private final Pair pair;
    private NetAddress address;
    private final ConnectToken token;
    private final PacketReader reader;
    private final PacketWriter writer;
    private final ByteBuffer request;
    private final PacketKey clientToServerKey = new PacketKey();
    private final PacketKey serverToClientKey = new PacketKey();
    private final Queue<SimulatedPacket> inbox = new ArrayDeque<>();
    private byte[] lastKeepAlive = NO_BODY;

    RawClient(Pair pair, ConnectToken token, NetAddress address) {
        this.pair = pair;
        this.address = address;
        this.token = token;
        PublicToken opened =
                switch (PublicToken.read(token.toBytes())) {
                    case TokenReading.Success(PublicToken readable) -> readable;
                    case TokenReading.Failure(String problem) ->
                            throw new IllegalArgumentException(problem);
                };
        clientToServerKey.set(opened.clientToServerKey());
        serverToClientKey.set(opened.serverToClientKey());
        request = ConnectionRequest.of(opened);
        PacketCipher cipher = pair.ciphers().newPacketCipher();
        reader = new PacketReader(cipher, opened.protocolId(), PacketReader.CLIENT_TYPES);
        writer = new PacketWriter(cipher, opened.protocolId());
        pair.listen(address, inbox::add);
    }

    // ---- What it sends

    /// {@return where it is}
    public NetAddress address() {
        return address;
    }

    /// Sends from another address from now on, and receives there too.
    public void moveTo(NetAddress newAddress) {
        if (!newAddress.equals(address)) {
            pair.listen(newAddress, inbox::add);
        }
        address = newAddress;
    }

    /// {@return its connection request}
    public SimulatedPacket request(SimulatedServer server) {
        return packet(server, request.clear());
    }

    /// {@return a response with the body of a challenge}
    public SimulatedPacket response(SimulatedServer server, long sequence, byte[] challenge) {
        return sealed(server, PacketType.CONNECTION_RESPONSE, sequence, challenge);
    }

    /// {@return a keep-alive}
    public SimulatedPacket keepAlive(SimulatedServer server, long sequence) {
        return sealed(server, PacketType.KEEP_ALIVE, sequence, KEEP_ALIVE_BODY);
    }

    /// {@return a payload, which the invariants then count as sent}
    public SimulatedPacket payload(SimulatedServer server, long sequence, byte[] payload) {
        MintedToken minted = pair.invariants().minted(token);
        if (minted != null) {
            pair.invariants().ledger().sentToServer(minted, server, payload);
        }
        return sealed(server, PacketType.PAYLOAD, sequence, payload);
    }

    /// {@return a disconnect packet without a reason}
    public SimulatedPacket disconnect(SimulatedServer server, long sequence) {
        return disconnect(server, sequence, NO_BODY);
    }

    /// {@return a disconnect packet with some body}
    public SimulatedPacket disconnect(SimulatedServer server, long sequence, byte[] body) {
        return sealed(server, PacketType.DISCONNECT, sequence, body);
    }

    /// {@return the path id in the latest keep-alive}
    ///
    /// @throws IllegalStateException when that names none
    public long pathId() {
        if (lastKeepAlive.length < PATH_ID_OFFSET + Long.BYTES) {
            throw new IllegalStateException(
                    "no path was named: connect first, with a token that survives moves");
        }
        return ByteBuffer.wrap(lastKeepAlive)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(PATH_ID_OFFSET);
    }

    /// {@return a path request under the path id that it was given}
    public SimulatedPacket pathRequest(SimulatedServer server, long sequence) {
        return pathPacket(server, PacketType.PATH_REQUEST, sequence, NO_BODY);
    }

    /// {@return the answer to a path challenge}
    ///
    /// @param challenge the eight bytes of a path answer
    public SimulatedPacket pathResponse(SimulatedServer server, long sequence, byte[] challenge) {
        return pathPacket(server, PacketType.PATH_RESPONSE, sequence, challenge);
    }

    private SimulatedPacket pathPacket(
            SimulatedServer server, PacketType type, long sequence, byte[] body) {
        long pathId = pathId();
        MintedToken minted = pair.invariants().minted(token);
        if (minted != null) {
            pair.invariants().learnPath(pathId, minted);
        }
        writer.begin(type, pathId, sequence);
        writer.putBody(ByteBuffer.wrap(Arrays.copyOf(body, PATH_BODY_BYTES)));
        return packet(server, writer.seal(clientToServerKey));
    }

    /// {@return a ping with some body of 24 bytes}
    public SimulatedPacket ping(SimulatedServer server, long sequence, byte[] body) {
        return sealed(server, PacketType.PING, sequence, body);
    }

    private SimulatedPacket sealed(
            SimulatedServer server, PacketType type, long sequence, byte[] body) {
        writer.begin(type, sequence);
        writer.putBody(ByteBuffer.wrap(body));
        return packet(server, writer.seal(clientToServerKey));
    }

    private SimulatedPacket packet(SimulatedServer server, ByteBuffer content) {
        return SimulatedPacket.of(
                address, server.address(), content, SimulatedPacket.Origin.MACHINE);
    }

    /// Asks for a connection and answers the challenge, over a network that delivers at once.
    ///
    /// @param sequence of the response
    /// @return whether a keep-alive came back
    public boolean connect(SimulatedServer server, long sequence) {
        byte[] challenge = challenge(server);
        return challenge != null && respond(server, sequence, challenge);
    }

    /// Asks for a connection, over a network that delivers at once.
    ///
    /// @return the body of the challenge that came back, or null
    public byte @Nullable [] challenge(SimulatedServer server) {
        inbox.clear();
        pair.deliver(request(server));
        return receive(PacketType.CONNECTION_CHALLENGE.ordinal());
    }

    /// Answers a challenge, over a network that delivers at once.
    ///
    /// @return whether a keep-alive came back
    public boolean respond(SimulatedServer server, long sequence, byte[] challenge) {
        inbox.clear();
        pair.deliver(response(server, sequence, challenge));
        return receive(PacketType.KEEP_ALIVE.ordinal()) != null;
    }

    // ---- What it receives

    /// {@return the body of the next packet of this type that has arrived, those before it skipped;
    /// null when there is none}
    ///
    /// @param typeNumber 1 denied, 2 challenge, 4 keep-alive, 5 payload, 6 disconnect, 8 path
    ///   answer, 10 ping
    public byte @Nullable [] receive(int typeNumber) {
        pair.driveFor(0);
        for (SimulatedPacket packet = inbox.poll(); packet != null; packet = inbox.poll()) {
            byte[] body = open(packet);
            if (body != null && packet.typeNumber() == PacketType.KEEP_ALIVE.ordinal()) {
                lastKeepAlive = body;
            }
            if (body != null && packet.typeNumber() == typeNumber) {
                return body;
            }
        }
        return null;
    }

    /// {@return the body of a packet from the server, whatever its sequence; null when it was not
    /// sealed for this token}
    public byte @Nullable [] open(SimulatedPacket packet) {
        ByteBuffer datagram = ByteBuffer.wrap(packet.bytes());
        if (reader.inspect(datagram) != Drop.NONE
                || reader.open(datagram, serverToClientKey, null, EXTENSIONS) != Drop.NONE) {
            return null;
        }
        byte[] body = new byte[datagram.remaining()];
        datagram.get(body);
        return body;
    }

    /// {@return the sequence of a sealed packet as it claims, unsigned}
    public static long sequenceOf(SimulatedPacket packet) {
        return PathPackets.sequence(packet);
    }
}
