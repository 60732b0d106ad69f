package dev.hawser.testkit.vectors;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import java.nio.ByteBuffer;

/// A packet and what is in it.
final class OpenedPacket {
    private final byte[] bytes;
    private final PacketType type;
    private final long sequence;
    private final byte[] body;

    private OpenedPacket(byte[] bytes, PacketType type, long sequence, byte[] body) {
        this.bytes = bytes;
        this.type = type;
        this.sequence = sequence;
        this.body = body;
    }

    /// Opens a copy of a packet; types that a side never receives are refused.
    static OpenedPacket open(byte[] bytes, int types, long protocolId, PacketKey key)
            throws Mismatch {
        PacketReader reader =
                new PacketReader(Conformance.CIPHERS.newPacketCipher(), protocolId, types);
        ByteBuffer packet = ByteBuffer.wrap(bytes.clone());
        Drop drop = reader.inspect(packet);
        if (drop == Drop.NONE) {
            drop = reader.open(packet, key, null, 0);
        }
        if (drop != Drop.NONE) {
            throw new Mismatch("the packet does not open: " + drop);
        }
        byte[] body = new byte[packet.remaining()];
        packet.get(body);
        return new OpenedPacket(bytes, reader.type(), reader.sequence(), body);
    }

    /// {@return a connection request, which is not sealed: its body is the whole packet}
    static OpenedPacket request(byte[] bytes) {
        return new OpenedPacket(bytes, PacketType.CONNECTION_REQUEST, 0, bytes);
    }

    /// {@return the packet as it was sent}
    byte[] bytes() {
        return bytes;
    }

    PacketType type() {
        return type;
    }

    long sequence() {
        return sequence;
    }

    byte[] body() {
        return body;
    }
}
