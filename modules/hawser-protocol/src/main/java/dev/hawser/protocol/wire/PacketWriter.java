package dev.hawser.protocol.wire;

import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;

/// Writes sealed packets into one buffer of its own: [#begin], put the body, [#seal].
///
/// The packet returned is that buffer; it is overwritten by the next one. Belongs to one thread.
public final class PacketWriter {
    private final PacketCipher cipher;
    private final byte[] associatedData;
    private final ByteBuffer packet = ByteBuffer.allocate(Wire.PACKET_BYTES_MAX);
    private long sequence;
    private int bodyOffset;

    /// Creates a writer for the packets of one protocol id.
    public PacketWriter(PacketCipher cipher, long protocolId) {
        this.cipher = cipher;
        this.associatedData = AssociatedData.of(protocolId);
    }

    /// Writes prefix and sequence.
    ///
    /// @param type any but a connection request, which is never sealed
    /// @param sequence never used before under the key that follows, with another body
    /// @return the buffer, positioned where the body goes; its byte order is undefined
    public ByteBuffer begin(PacketType type, long sequence) {
        int sequenceBytes = sequenceBytes(sequence);
        byte prefix = (byte) ((sequenceBytes << 4) | type.ordinal());
        this.sequence = sequence;
        associatedData[AssociatedData.PREFIX_OFFSET] = prefix;
        packet.clear();
        packet.put(prefix);
        for (int i = 0; i < sequenceBytes; i++) {
            packet.put((byte) (sequence >>> (8 * i)));
        }
        bodyOffset = packet.position();
        return packet;
    }

    /// Appends the bytes between position and limit of `source`, whose position stays.
    public void putBody(ByteBuffer source) {
        int length = source.remaining();
        packet.put(packet.position(), source, source.position(), length);
        packet.position(packet.position() + length);
    }

    /// Seals the body that was put since [#begin].
    ///
    /// @return the whole packet between position and limit, valid until the next `begin`
    public ByteBuffer seal(PacketKey key) {
        int bodyBytes = packet.position() - bodyOffset;
        cipher.seal(key, sequence, associatedData, packet, bodyOffset, bodyBytes);
        packet.limit(bodyOffset + bodyBytes + Wire.TAG_BYTES).position(0);
        return packet;
    }

    /// {@return how many bytes the sequence takes on the wire: as few as hold it, at least one}
    static int sequenceBytes(long sequence) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(sequence) + 7) / 8);
    }
}
