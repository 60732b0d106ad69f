package dev.hawser.testkit.vectors;

import static dev.hawser.testkit.vectors.VectorCase.compare;
import static dev.hawser.testkit.vectors.VectorCase.compareUnsigned;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.ReplayWindow;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The sections on sealed packets and on the replay window.
final class PacketVectors {
    private static final int PACKET_BYTES_MAX = 1 << 16;

    private PacketVectors() {}

    static void verifyPacket(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        PacketType type = type(vector);
        long sequence = vector.u64("sequence");
        long protocolId = vector.u64("protocolId");
        PacketKey key = vector.key("key");
        byte[] body = body(type, vector);
        byte[] expected = vector.hex("bytes", 0, PACKET_BYTES_MAX);

        compare("the sealed packet", expected, seal(type, sequence, protocolId, key, body));
        for (int types : new int[] {PacketReader.SERVER_TYPES, PacketReader.CLIENT_TYPES}) {
            if ((types & 1 << type.ordinal()) != 0) {
                OpenedPacket opened = OpenedPacket.open(expected, types, protocolId, key);
                compare("the type, read", type, opened.type());
                compareUnsigned("the sequence, read", sequence, opened.sequence());
                compare("the body, read", body, opened.body());
            }
        }
    }

    private static PacketType type(VectorCase vector) throws Mismatch {
        return switch (vector.text("type")) {
            case "denied" -> PacketType.CONNECTION_DENIED;
            case "challenge" -> PacketType.CONNECTION_CHALLENGE;
            case "response" -> PacketType.CONNECTION_RESPONSE;
            case "keepAlive" -> PacketType.KEEP_ALIVE;
            case "payload" -> PacketType.PAYLOAD;
            case "disconnect" -> PacketType.DISCONNECT;
            default ->
                    throw new Mismatch(
                            "'type' is "
                                    + vector.field("type")
                                    + ", but should be denied, challenge, response, keepAlive,"
                                    + " payload or disconnect");
        };
    }

    private static byte[] body(PacketType type, VectorCase vector) throws Mismatch {
        return switch (type) {
            case CONNECTION_CHALLENGE, CONNECTION_RESPONSE ->
                    littleEndian(Wire.CHALLENGE_BODY_BYTES)
                            .putLong(vector.u64("challengeSequence"))
                            .put(vector.hex("challengeToken", Wire.CHALLENGE_TOKEN_BYTES))
                            .array();
            case KEEP_ALIVE ->
                    littleEndian(Wire.KEEP_ALIVE_BODY_BYTES)
                            .putInt(vector.u32("clientIndex"))
                            .putInt(vector.u32("maxClients"))
                            .array();
            case PAYLOAD -> vector.hex("payload", 1, Wire.PAYLOAD_BYTES_MAX);
            case CONNECTION_REQUEST, CONNECTION_DENIED, DISCONNECT -> new byte[0];
            case PATH_REQUEST, PATH_ANSWER, PATH_RESPONSE, PING, RESET ->
                    throw new Mismatch(
                            "a packet of type " + type + ", which the standard does not have");
        };
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] seal(
            PacketType type, long sequence, long protocolId, PacketKey key, byte[] body) {
        PacketWriter writer = new PacketWriter(Conformance.CIPHERS.newPacketCipher(), protocolId);
        writer.begin(type, sequence);
        writer.putBody(ByteBuffer.wrap(body));
        ByteBuffer packet = writer.seal(key);
        byte[] bytes = new byte[packet.remaining()];
        packet.get(packet.position(), bytes);
        return bytes;
    }

    static void verifyReadVerdict(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        int types =
                switch (vector.text("reader")) {
                    case "server" -> PacketReader.SERVER_TYPES;
                    case "client" -> PacketReader.CLIENT_TYPES;
                    default ->
                            throw new Mismatch(
                                    "'reader' is "
                                            + vector.field("reader")
                                            + ", but should be server or client");
                };
        long protocolId = vector.u64("protocolId");
        PacketKey key = vector.key("key");
        ByteBuffer packet = ByteBuffer.wrap(vector.hex("bytes", 0, PACKET_BYTES_MAX));
        PacketReader reader =
                new PacketReader(Conformance.CIPHERS.newPacketCipher(), protocolId, types);
        Drop drop = reader.inspect(packet);
        if (drop == Drop.NONE) {
            drop = reader.open(packet, key, new ReplayWindow(), 0);
        }
        boolean isAccepted = vector.bool("accepted");
        if (isAccepted != (drop == Drop.NONE)) {
            throw new Mismatch(
                    isAccepted
                            ? "is dropped (" + drop + "), but should be accepted"
                            : "is accepted, but should be dropped");
        }
        if (isAccepted) {
            compare("the type, read", type(vector), reader.type());
            compareUnsigned("the sequence, read", vector.u64("sequence"), reader.sequence());
        }
    }

    static void verifyReplayWindow(JsonNode run) throws Mismatch {
        if (!run.isArray()) {
            throw new Mismatch("is not an array of steps");
        }
        ReplayWindow window = new ReplayWindow();
        for (int i = 0; i < run.size(); i++) {
            JsonNode step = run.get(i);
            if (!step.isArray() || step.size() != 2 || !step.get(1).isBoolean()) {
                throw new Mismatch("step " + i + " is not [sequence, alreadyReceived]");
            }
            long sequence = VectorCase.u64("step " + i, step.get(0));
            boolean alreadyReceived = window.alreadyReceived(sequence);
            compare(
                    "step " + i + ", whether " + step.get(0).asText() + " was received",
                    step.get(1).booleanValue(),
                    alreadyReceived);
            if (!alreadyReceived) {
                window.advance(sequence);
            }
        }
    }
}
