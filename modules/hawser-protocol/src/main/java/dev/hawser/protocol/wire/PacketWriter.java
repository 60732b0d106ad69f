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
    private final byte[] associatedDataWithPathId;
    private final ByteBuffer pathIdOfData;
    private final ByteBuffer packet = ByteBuffer.allocate(Wire.PACKET_BYTES_MAX);
    private byte[] data;
    private long sequence;
    private int bodyOffset;

    /// Creates a writer for the packets of one protocol id.
    public PacketWriter(PacketCipher cipher, long protocolId) {
        this.cipher = cipher;
        this.associatedData = AssociatedData.of(protocolId);
        associatedDataWithPathId = AssociatedData.withPathId(protocolId);
        pathIdOfData = ByteBuffer.wrap(associatedDataWithPathId);
        data = associatedData;
    }

    /// Writes prefix and sequence.
    ///
    /// @param type any that is sealed and carries no path id
    /// @param sequence never used before under the key that follows, with another body
    /// @return the buffer, positioned where the body goes; its byte order is undefined
    public ByteBuffer begin(PacketType type, long sequence) {
        data = associatedData;
        int sequenceBytes = beginPrefix(type, sequence);
        return putSequence(sequenceBytes);
    }

    /// Writes prefix, path id and sequence.
    ///
    /// @param type a path request or response
    /// @param sequence never used before under the key that follows, with another body
    /// @return the buffer, positioned where the body goes; its byte order is undefined
    public ByteBuffer begin(PacketType type, long pathId, long sequence) {
        data = associatedDataWithPathId;
        LittleEndian.putLong(pathIdOfData, AssociatedData.PATH_ID_OFFSET, pathId);
        int sequenceBytes = beginPrefix(type, sequence);
        LittleEndian.putLong(packet, packet.position(), pathId);
        packet.position(packet.position() + Wire.PATH_ID_BYTES);
        return putSequence(sequenceBytes);
    }

    private int beginPrefix(PacketType type, long sequence) {
        int sequenceBytes = sequenceBytes(sequence);
        byte prefix = (byte) ((sequenceBytes << 4) | type.ordinal());
        this.sequence = sequence;
        data[AssociatedData.PREFIX_OFFSET] = prefix;
        packet.clear();
        packet.put(prefix);
        return sequenceBytes;
    }

    private ByteBuffer putSequence(int sequenceBytes) {
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
        cipher.seal(key, sequence, data, packet, bodyOffset, bodyBytes);
        packet.limit(bodyOffset + bodyBytes + Wire.TAG_BYTES).position(0);
        return packet;
    }

    /// {@return how many bytes the sequence takes on the wire: as few as hold it, at least one}
    static int sequenceBytes(long sequence) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(sequence) + 7) / 8);
    }
}
