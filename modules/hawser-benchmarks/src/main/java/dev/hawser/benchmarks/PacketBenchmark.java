package dev.hawser.benchmarks;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.ReplayWindow;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// A payload packet, written and read. Reading includes a copy of the packet, which is opened in
/// place.
@SuppressWarnings("NullAway.Init") // JMH sets up before it measures.
public class PacketBenchmark extends Measured {
    // Four bytes of sequence on the wire, as after an hour of play.
    private static final long SEQUENCE = 1 << 24;

    @Param({"sodium", "jdk"})
    public String crypto;

    @Param({"64", "256", "1200"})
    public int bytes;

    private final PacketKey key = new PacketKey();
    private final ReplayWindow window = new ReplayWindow();
    private final ByteBuffer datagram = ByteBuffer.allocate(Wire.PACKET_BYTES_MAX);
    private PacketWriter writer;
    private PacketReader reader;
    private ByteBuffer payload;
    private byte[] sealed;
    private byte[] forged;
    private long sequence;

    @Setup
    public void setUp() {
        Lab lab = Lab.with(crypto);
        PacketCipher cipher = lab.ciphers.newPacketCipher();
        key.randomise(lab.random);
        writer = new PacketWriter(cipher, Lab.PROTOCOL_ID);
        reader = new PacketReader(cipher, Lab.PROTOCOL_ID, PacketReader.SERVER_TYPES);
        payload = ByteBuffer.allocate(bytes);
        lab.random.nextBytes(payload.array());
        sequence = SEQUENCE;
        ByteBuffer packet = seal();
        sealed = new byte[packet.remaining()];
        packet.get(sealed);
        forged = sealed.clone();
        forged[forged.length - 1] ^= 1;
        check(open(), Drop.NONE);
        check(openForged(), Drop.NOT_AUTHENTIC);
    }

    @Benchmark
    public ByteBuffer seal() {
        writer.begin(PacketType.PAYLOAD, sequence++);
        writer.putBody(payload);
        return writer.seal(key);
    }

    @Benchmark
    public Drop open() {
        return read(sealed);
    }

    @Benchmark
    public Drop openForged() {
        return read(forged);
    }

    private Drop read(byte[] packet) {
        datagram.clear().put(packet).flip();
        window.reset();
        Drop drop = reader.inspect(datagram);
        return drop == Drop.NONE ? reader.open(datagram, key, window, 0) : drop;
    }

    private static void check(Drop drop, Drop expected) {
        if (drop != expected) {
            throw new IllegalStateException("it ends as " + drop + ", not as " + expected);
        }
    }
}
