package dev.hawser.load;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Reads what the server sends.
///
/// Which payload an echo brings back is known without opening it. The cipher adds (exclusive or) a
/// stream to a payload that depends on key and sequence alone, and both are the same for the n-th
/// packet to each client; so the first eight bytes of a stream are found once and serve for all
/// clients. Whether the rest is intact takes [#open].
final class EchoReader {
    private static final int STREAMS = 1 << 13;
    private static final byte[] ZEROS = new byte[Long.BYTES];

    private final PacketReader reader;
    private final PacketWriter streamWriter;
    private final PacketKey key;
    private final int extensions;
    private final long[] streamSequences = new long[STREAMS];
    private final long[] streams = new long[STREAMS];

    EchoReader(CipherProvider ciphers, LoadSettings.Target target, PacketKey key) {
        this.key = key;
        extensions = target.survivesMoves() ? ExtensionBlock.SURVIVES_MOVES : 0;
        reader =
                new PacketReader(
                        ciphers.newPacketCipher(), target.protocolId(), PacketReader.CLIENT_TYPES);
        streamWriter = new PacketWriter(ciphers.newPacketCipher(), target.protocolId());
        Arrays.fill(streamSequences, -1);
    }

    /// Looks at a packet as far as it can be read without a key.
    ///
    /// @return whether it is one that a client may get; [#type()] is then what it claims to be
    boolean inspect(ByteBuffer datagram) {
        return reader.inspect(datagram) == Drop.NONE;
    }

    /// {@return the type of the packet inspected last}
    PacketType type() {
        return reader.type();
    }

    /// {@return the sequence that it claims to have}
    long sequence() {
        return reader.sequence();
    }

    /// {@return the first eight bytes of the payload inspected last, which has as many}
    long number(ByteBuffer datagram) {
        int sequenceBytes = (datagram.get(datagram.position()) & 0xff) >>> 4;
        long sealed = LittleEndian.getLong(datagram, datagram.position() + 1 + sequenceBytes);
        return sealed ^ stream(reader.sequence());
    }

    private long stream(long sequence) {
        int index = (int) sequence & (STREAMS - 1);
        if (streamSequences[index] != sequence) {
            // Zeros, sealed, are the stream itself.
            ByteBuffer packet = streamWriter.begin(PacketType.PAYLOAD, sequence);
            int offset = packet.position();
            packet.put(ZEROS);
            streams[index] = LittleEndian.getLong(streamWriter.seal(key), offset);
            streamSequences[index] = sequence;
        }
        return streams[index];
    }

    /// Opens the packet that was inspected last, in place.
    ///
    /// @return whether it is authentic: its body then stands between position and limit
    boolean open(ByteBuffer datagram) {
        return reader.open(datagram, key, null, extensions) == Drop.NONE;
    }
}
