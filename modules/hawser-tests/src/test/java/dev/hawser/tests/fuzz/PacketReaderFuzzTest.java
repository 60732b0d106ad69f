package dev.hawser.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.ReasonBody;
import dev.hawser.protocol.wire.ReplayWindow;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;

class PacketReaderFuzzTest {
    private static final int MARGIN = 5;
    private static final long PROTOCOL_ID = 0x1122_3344_5566_7788L;

    private static final PacketCipher CIPHER = Ciphers.best().newPacketCipher();
    private static final PacketKey KEY = new PacketKey();
    private static final PacketReader SERVER =
            new PacketReader(CIPHER, PROTOCOL_ID, PacketReader.SERVER_TYPES);
    private static final PacketReader CLIENT =
            new PacketReader(CIPHER, PROTOCOL_ID, PacketReader.CLIENT_TYPES);

    /// The input is a packet as it comes: nobody but a holder of the key makes one that opens.
    @FuzzTest(maxDuration = "5m")
    void anyBytesAreDropped(byte[] bytes) {
        assertThat(read(SERVER, bytes, 3)).isNotEqualTo(Drop.NONE);
        assertThat(read(CLIENT, bytes, 3)).isNotEqualTo(Drop.NONE);
    }

    /// The input is prefix, sequence bytes and body of a packet that is then sealed with the key:
    /// what a peer with a valid token can send.
    @FuzzTest(maxDuration = "5m")
    void whateverAPeerSealedIsReadWithinTheLimitsOrDropped(byte[] plain) {
        byte[] sealed = sealed(plain);
        for (int extensions = 0; extensions <= 3; extensions++) {
            check(SERVER, sealed, extensions);
            check(CLIENT, sealed, extensions);
        }
    }

    private static void check(PacketReader reader, byte[] sealed, int extensions) {
        ByteBuffer datagram = ByteBuffer.allocate(MARGIN + sealed.length);
        datagram.put(MARGIN, sealed).position(MARGIN);
        if (reader.inspect(datagram) != Drop.NONE) {
            return;
        }
        ReplayWindow window = new ReplayWindow();
        Drop drop = reader.open(datagram, KEY, window, extensions);
        assertThat(drop).isIn(Drop.NONE, Drop.WRONG_SIZE);
        if (drop != Drop.NONE) {
            return;
        }
        PacketType type = reader.type();
        assertThat(datagram.position()).isGreaterThan(MARGIN);
        assertThat(datagram.remaining()).isBetween(0, Wire.PAYLOAD_BYTES_MAX);
        if (type == PacketType.CONNECTION_DENIED || type == PacketType.DISCONNECT) {
            assertThat(ReasonBody.read(datagram).text()).doesNotContain("\u0000", "\n", "\u001b");
        }
        boolean isReplayProtected = type.ordinal() >= PacketType.KEEP_ALIVE.ordinal();
        assertThat(window.alreadyReceived(reader.sequence())).isEqualTo(isReplayProtected);
    }

    private static Drop read(PacketReader reader, byte[] bytes, int extensions) {
        ByteBuffer datagram = ByteBuffer.wrap(bytes.clone());
        Drop drop = reader.inspect(datagram);
        return drop != Drop.NONE ? drop : reader.open(datagram, KEY, null, extensions);
    }

    /// Seals everything behind the sequence bytes that the prefix announces.
    private static byte[] sealed(byte[] plain) {
        if (plain.length == 0) {
            return plain;
        }
        int sequenceBytes = Math.min((plain[0] & 0xff) >>> 4, plain.length - 1);
        long sequence = 0;
        for (int i = 0; i < Math.min(sequenceBytes, 8); i++) {
            sequence |= (plain[1 + i] & 0xffL) << (8 * i);
        }
        int bodyOffset = 1 + sequenceBytes;
        byte[] packet = Arrays.copyOf(plain, plain.length + Wire.TAG_BYTES);
        CIPHER.seal(
                KEY,
                sequence,
                associatedData(plain[0]),
                ByteBuffer.wrap(packet),
                bodyOffset,
                plain.length - bodyOffset);
        return packet;
    }

    private static byte[] associatedData(byte prefix) {
        byte[] bytes = new byte[Wire.VERSION_BYTES + Long.BYTES + 1];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Wire.putVersion(buffer, 0);
        LittleEndian.putLong(buffer, Wire.VERSION_BYTES, PROTOCOL_ID);
        buffer.put(Wire.VERSION_BYTES + Long.BYTES, prefix);
        return bytes;
    }
}
