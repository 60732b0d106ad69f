package dev.hawser.testkit.vectors;

import static dev.hawser.testkit.vectors.VectorCase.compare;
import static dev.hawser.testkit.vectors.VectorCase.compareUnsigned;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.ReasonBody;
import dev.hawser.protocol.wire.ReplayWindow;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/// The sections of Hawser's extension on packets.
final class ExtensionPackets {
    /// By their names in a file: those that the extension has something to say of.
    private static final Map<String, PacketType> TYPES =
            new TreeMap<>(
                    Map.of(
                            "denied", PacketType.CONNECTION_DENIED,
                            "disconnect", PacketType.DISCONNECT,
                            "keepAlive", PacketType.KEEP_ALIVE,
                            "pathRequest", PacketType.PATH_REQUEST,
                            "pathAnswer", PacketType.PATH_ANSWER,
                            "pathResponse", PacketType.PATH_RESPONSE,
                            "ping", PacketType.PING,
                            "reset", PacketType.RESET));

    private static final int PACKET_BYTES_MAX = 1 << 16;
    private static final int REASON_NUMBER_MAX = 0xffff;

    private ExtensionPackets() {}

    static void verifyPacket(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        PacketType type = type(vector);
        byte[] expected = vector.hex("bytes", 0, PACKET_BYTES_MAX);
        if (type == PacketType.RESET) {
            byte[] word = vector.hex("resetWord", Wire.RESET_WORD_BYTES);
            compare(
                    "the packet",
                    expected,
                    littleEndian(Wire.RESET_BYTES).put(Wire.RESET_PREFIX).put(word).array());
            return;
        }
        byte[] body = body(type, vector);
        compare("the sealed packet", expected, seal(vector, type, body));
        for (int types : new int[] {PacketReader.SERVER_TYPES, PacketReader.CLIENT_TYPES}) {
            // A keep-alive with a path id is read by clients alone.
            boolean isRead =
                    (types & 1 << type.ordinal()) != 0
                            && (body.length != Wire.PATH_KEEP_ALIVE_BODY_BYTES
                                    || types == PacketReader.CLIENT_TYPES);
            if (isRead) {
                verifyRead(vector, types, type, expected, body);
            }
        }
    }

    private static void verifyRead(
            VectorCase vector, int types, PacketType type, byte[] bytes, byte[] body)
            throws Mismatch {
        PacketReader reader = reader(vector, types);
        ByteBuffer packet = ByteBuffer.wrap(bytes.clone());
        compare("the verdict", Drop.NONE, read(vector, reader, packet, new ReplayWindow()));
        compareRead(vector, reader, type, body, packet);
    }

    private static void compareRead(
            VectorCase vector, PacketReader reader, PacketType type, byte[] body, ByteBuffer opened)
            throws Mismatch {
        compare("the type, read", type, reader.type());
        compareUnsigned("the sequence, read", vector.u64("sequence"), reader.sequence());
        if (hasPathId(type)) {
            compareUnsigned("the path id, read", vector.u64("pathId"), reader.pathId());
        }
        byte[] read = new byte[opened.remaining()];
        opened.get(opened.position(), read);
        compare("the body, read", body, read);
    }

    static void verifyReadVerdict(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        PacketReader reader = reader(vector, types(vector));
        ReplayWindow window = new ReplayWindow();
        for (JsonNode sequence : vector.array("received")) {
            window.advance(VectorCase.u64("received", sequence));
        }
        ByteBuffer packet = ByteBuffer.wrap(vector.hex("bytes", 0, PACKET_BYTES_MAX));
        Drop drop = read(vector, reader, packet, window);
        compare("the verdict", vector.text("verdict"), drop.name());
        if (drop == Drop.NONE) {
            byte[] body = vector.hex("body", 0, PACKET_BYTES_MAX);
            compareRead(vector, reader, type(vector), body, packet);
        }
    }

    private static int types(VectorCase vector) throws Mismatch {
        return switch (vector.text("reader")) {
            case "server" -> PacketReader.SERVER_TYPES;
            case "client" -> PacketReader.CLIENT_TYPES;
            default ->
                    throw new Mismatch(
                            "'reader' is "
                                    + vector.field("reader")
                                    + ", but should be server or client");
        };
    }

    private static PacketReader reader(VectorCase vector, int types) throws Mismatch {
        return new PacketReader(
                Conformance.CIPHERS.newPacketCipher(), vector.u64("protocolId"), types);
    }

    private static Drop read(
            VectorCase vector, PacketReader reader, ByteBuffer packet, ReplayWindow window)
            throws Mismatch {
        Drop drop = reader.inspect(packet);
        return drop == Drop.NONE
                ? reader.open(packet, vector.key("key"), window, vector.int32("extensions"))
                : drop;
    }

    private static PacketType type(VectorCase vector) throws Mismatch {
        PacketType type = TYPES.get(vector.text("type"));
        if (type == null) {
            throw new Mismatch(
                    "'type' is "
                            + vector.field("type")
                            + ", but should be one of "
                            + TYPES.keySet());
        }
        return type;
    }

    private static boolean hasPathId(PacketType type) {
        return type == PacketType.PATH_REQUEST || type == PacketType.PATH_RESPONSE;
    }

    private static byte[] seal(VectorCase vector, PacketType type, byte[] body) throws Mismatch {
        PacketWriter writer =
                new PacketWriter(Conformance.CIPHERS.newPacketCipher(), vector.u64("protocolId"));
        if (hasPathId(type)) {
            writer.begin(type, vector.u64("pathId"), vector.u64("sequence"));
        } else {
            writer.begin(type, vector.u64("sequence"));
        }
        writer.putBody(ByteBuffer.wrap(body));
        PacketKey key = vector.key("key");
        ByteBuffer packet = writer.seal(key);
        byte[] bytes = new byte[packet.remaining()];
        packet.get(packet.position(), bytes);
        return bytes;
    }

    private static byte[] body(PacketType type, VectorCase vector) throws Mismatch {
        return switch (type) {
            case CONNECTION_DENIED, DISCONNECT -> reason(vector);
            case KEEP_ALIVE ->
                    littleEndian(Wire.PATH_KEEP_ALIVE_BODY_BYTES)
                            .putInt(vector.u32("clientIndex"))
                            .putInt(vector.u32("maxClients"))
                            .putLong(vector.u64("pathId"))
                            .put(vector.hex("resetWord", Wire.RESET_WORD_BYTES))
                            .array();
            case PATH_REQUEST -> new byte[Wire.PATH_BODY_BYTES];
            case PATH_ANSWER ->
                    littleEndian(Wire.PATH_ANSWER_BODY_BYTES).putLong(vector.u64("answer")).array();
            case PATH_RESPONSE ->
                    littleEndian(Wire.PATH_BODY_BYTES).putLong(vector.u64("challenge")).array();
            case PING ->
                    littleEndian(Wire.PING_BODY_BYTES)
                            .putInt(vector.u32("sentMicros"))
                            .putInt(vector.u32("echoMicros"))
                            .putInt(vector.u32("heldMicros"))
                            .putInt(vector.u32("receivedCount"))
                            .putLong(vector.u64("receivedSequence"))
                            .array();
            default ->
                    throw new Mismatch(
                            "'type' is " + vector.field("type") + ", which has no extension");
        };
    }

    private static byte[] reason(VectorCase vector) throws Mismatch {
        int code = vector.u32("code");
        int retryAfterSeconds = vector.u32("retryAfterSeconds");
        if ((code | retryAfterSeconds) < 0 || (code | retryAfterSeconds) > REASON_NUMBER_MAX) {
            throw new Mismatch("'code' or 'retryAfterSeconds' has more than 16 bits");
        }
        StatedReason reason = new StatedReason(code, retryAfterSeconds, vector.text("text"));
        ByteBuffer body = littleEndian(Wire.REASON_BODY_BYTES_MAX);
        ReasonBody.put(reason, body);
        compare("the reason, read", reason, ReasonBody.read(body.flip()));
        byte[] bytes = new byte[body.remaining()];
        body.get(body.position(), bytes);
        return bytes;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
