package dev.hawser.tests.vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.measure.PingClock;
import dev.hawser.protocol.path.PathKey;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.ReasonBody;
import dev.hawser.protocol.wire.ReplayWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// The cases of Hawser's extension that stand alone, from a seeded generator.
///
/// Packets are laid out and sealed here, byte by byte as docs/extension.md says, not by the writer
/// that is verified with them.
final class ExtensionCases {
    private static final HexFormat HEX = HexFormat.of();
    private static final int BOTH = ExtensionBlock.STATES_REASONS | ExtensionBlock.SURVIVES_MOVES;
    private static final long[] SEQUENCES = {0, 1, 255, 256, 1L << 57, (1L << 57) + 77, -2};

    private final Random random = new Random(23);
    private final PacketCipher cipher = Ciphers.best().newPacketCipher();

    // ---- Blocks and names

    ArrayNode blocks() {
        ArrayNode blocks = VectorsFile.array();
        for (String bytes :
                List.of(
                        "485801060000",
                        "485801060100",
                        "485801060200",
                        "485801060300",
                        "4858010603000000",
                        "48580108030000000000",
                        "48580106ffff",
                        // Another magic, version, length; cut; longer than the padding; nothing.
                        "585801060300",
                        "484801060300",
                        "485802060300",
                        "485800060300",
                        "485801050300",
                        "485801000300",
                        "4858010603",
                        "485801070300",
                        "000000000000",
                        "")) {
            blocks.add(block(bytes));
        }
        blocks.add(block("485801400300" + "00".repeat(58)));
        blocks.add(block("485801400300" + "00".repeat(57)));
        blocks.add(block("485801410300" + "00".repeat(80)));
        return blocks;
    }

    private static ObjectNode block(String bytes) {
        byte[] padding = HEX.parseHex(bytes);
        return VectorsFile.object()
                .put("bytes", bytes)
                .put("flags", ExtensionBlock.read(ByteBuffer.wrap(padding), 0, padding.length));
    }

    ArrayNode pathNames() {
        ArrayNode names = VectorsFile.array();
        List<List<String>> identities =
                List.of(
                        List.of("203.0.113.5:40000"),
                        List.of("[2001:db8::5]:40000"),
                        List.of("203.0.113.5:40000", "[2001:db8::5]:40000"),
                        List.of("[2001:db8::5]:40000", "203.0.113.5:40000"),
                        List.of("203.0.113.5:40001", "203.0.113.5:40000", "10.0.0.1:7777"));
        for (List<String> identity : identities) {
            byte[] privateKey = bytes(PacketKey.BYTES);
            PathKey key =
                    new PathKey(privateKey, identity.stream().map(NetAddress::parse).toList());
            for (int r : new int[] {0, 1, random.nextInt(), -1}) {
                long pathId = key.pathId(r);
                ObjectNode name = names.addObject().put("privateKey", HEX.formatHex(privateKey));
                identity.forEach(name.putArray("identity")::add);
                name.put("r", Integer.toUnsignedLong(r))
                        .put("pathId", Long.toUnsignedString(pathId))
                        .put("resetWord", HEX.formatHex(Arrays.copyOf(key.resetWord(pathId), 16)));
            }
        }
        return names;
    }

    // ---- Packets

    /// A packet under a key, and what is known of it.
    private record Packet(
            PacketType type,
            String name,
            long protocolId,
            byte[] key,
            long sequence,
            long pathId,
            byte[] body,
            ObjectNode fields) {
        boolean hasPathId() {
            return type == PacketType.PATH_REQUEST || type == PacketType.PATH_RESPONSE;
        }
    }

    private byte[] seal(Packet packet, int sequenceBytes) {
        int bodyOffset = 1 + (packet.hasPathId() ? 8 : 0) + sequenceBytes;
        byte prefix = (byte) (sequenceBytes << 4 | packet.type.ordinal());
        ByteBuffer bytes = littleEndian(bodyOffset + packet.body.length + 16).put(prefix);
        ByteBuffer data =
                littleEndian(packet.hasPathId() ? 30 : 22)
                        .put("NETCODE 1.02\0".getBytes(StandardCharsets.US_ASCII))
                        .putLong(packet.protocolId)
                        .put(prefix);
        if (packet.hasPathId()) {
            bytes.putLong(packet.pathId);
            data.putLong(packet.pathId);
        }
        for (int i = 0; i < sequenceBytes; i++) {
            bytes.put((byte) (packet.sequence >>> 8 * i));
        }
        bytes.put(packet.body);
        cipher.seal(
                PacketKey.ofBytes(packet.key),
                packet.sequence,
                data.array(),
                bytes,
                bodyOffset,
                packet.body.length);
        return bytes.array();
    }

    private byte[] seal(Packet packet) {
        int sequenceBytes = 1;
        while (sequenceBytes < 8 && packet.sequence >>> 8 * sequenceBytes != 0) {
            sequenceBytes++;
        }
        return seal(packet, sequenceBytes);
    }

    ArrayNode packets() {
        ArrayNode packets = VectorsFile.array();
        for (long sequence : SEQUENCES) {
            for (Packet packet : everyKind(sequence)) {
                ObjectNode vector =
                        packets.addObject()
                                .put("type", packet.name)
                                .put("extensions", BOTH)
                                .put("protocolId", Long.toUnsignedString(packet.protocolId))
                                .put("key", HEX.formatHex(packet.key))
                                .put("sequence", Long.toUnsignedString(packet.sequence));
                if (packet.hasPathId()) {
                    vector.put("pathId", Long.toUnsignedString(packet.pathId));
                }
                vector.setAll(packet.fields);
                vector.put("bytes", HEX.formatHex(seal(packet)));
            }
        }
        byte[] word = bytes(16);
        packets.addObject()
                .put("type", "reset")
                .put("resetWord", HEX.formatHex(word))
                .put("bytes", "0b" + HEX.formatHex(word));
        return packets;
    }

    private List<Packet> everyKind(long sequence) {
        return List.of(
                reason(PacketType.CONNECTION_DENIED, "denied", sequence),
                reason(PacketType.DISCONNECT, "disconnect", sequence),
                keepAlive(sequence),
                packet(
                        PacketType.PATH_REQUEST,
                        "pathRequest",
                        sequence,
                        new byte[16],
                        VectorsFile.object()),
                answer(sequence, 0),
                answer(sequence, -1),
                answer(sequence, random.nextLong()),
                pathResponse(sequence),
                ping(sequence));
    }

    private Packet packet(
            PacketType type, String name, long sequence, byte[] body, ObjectNode fields) {
        return new Packet(
                type,
                name,
                random.nextLong(),
                bytes(32),
                sequence,
                random.nextLong(),
                body,
                fields);
    }

    private Packet reason(PacketType type, String name, long sequence) {
        List<String> texts = List.of("", "full", "später, 後で", "x".repeat(124));
        StatedReason reason =
                new StatedReason(
                        random.nextInt(0x10000),
                        random.nextInt(0x10000),
                        texts.get(random.nextInt(texts.size())));
        ByteBuffer body = littleEndian(128);
        ReasonBody.put(reason, body);
        return packet(
                type,
                name,
                sequence,
                Arrays.copyOf(body.array(), body.position()),
                VectorsFile.object()
                        .put("code", reason.code())
                        .put("retryAfterSeconds", reason.retryAfterSeconds())
                        .put("text", reason.text()));
    }

    private Packet keepAlive(long sequence) {
        int clientIndex = random.nextInt(256);
        long pathId = random.nextLong();
        byte[] word = bytes(16);
        return packet(
                PacketType.KEEP_ALIVE,
                "keepAlive",
                sequence,
                littleEndian(32).putInt(clientIndex).putInt(256).putLong(pathId).put(word).array(),
                VectorsFile.object()
                        .put("clientIndex", clientIndex)
                        .put("maxClients", 256)
                        .put("pathId", Long.toUnsignedString(pathId))
                        .put("resetWord", HEX.formatHex(word)));
    }

    private Packet answer(long sequence, long answer) {
        return packet(
                PacketType.PATH_ANSWER,
                "pathAnswer",
                sequence,
                littleEndian(8).putLong(answer).array(),
                VectorsFile.object().put("answer", Long.toUnsignedString(answer)));
    }

    private Packet pathResponse(long sequence) {
        long challenge = random.nextLong();
        return packet(
                PacketType.PATH_RESPONSE,
                "pathResponse",
                sequence,
                littleEndian(16).putLong(challenge).array(),
                VectorsFile.object().put("challenge", Long.toUnsignedString(challenge)));
    }

    private Packet ping(long sequence) {
        int sent = random.nextInt();
        int echo = random.nextInt();
        int held = random.nextInt(3) == 0 ? -1 : random.nextInt(500_000);
        int count = random.nextInt();
        long received = random.nextLong();
        return packet(
                PacketType.PING,
                "ping",
                sequence,
                littleEndian(24)
                        .putInt(sent)
                        .putInt(echo)
                        .putInt(held)
                        .putInt(count)
                        .putLong(received)
                        .array(),
                VectorsFile.object()
                        .put("sentMicros", Integer.toUnsignedLong(sent))
                        .put("echoMicros", Integer.toUnsignedLong(echo))
                        .put("heldMicros", Integer.toUnsignedLong(held))
                        .put("receivedCount", Integer.toUnsignedLong(count))
                        .put("receivedSequence", Long.toUnsignedString(received)));
    }

    // ---- What readers make of whole and of damaged packets

    ArrayNode readVerdicts() {
        ArrayNode verdicts = VectorsFile.array();
        for (Packet packet : everyKind(300)) {
            verdictsOn(verdicts, packet);
        }
        Packet standard = keepAlive(300);
        verdictsOn(
                verdicts,
                new Packet(
                        standard.type,
                        standard.name,
                        standard.protocolId,
                        standard.key,
                        standard.sequence,
                        standard.pathId,
                        Arrays.copyOf(standard.body, 8),
                        standard.fields));
        return verdicts;
    }

    private void verdictsOn(ArrayNode verdicts, Packet packet) {
        byte[] whole = seal(packet);
        int idBytes = packet.hasPathId() ? 8 : 0;
        for (String reader : List.of("client", "server")) {
            for (int extensions = 0; extensions <= BOTH; extensions++) {
                verdict(verdicts, packet, reader, "none", extensions, whole);
            }
            verdict(verdicts, packet, reader, "sequence bytes not minimal", BOTH, seal(packet, 8));
            verdict(verdicts, packet, reader, "prefix", BOTH, changed(whole, 0, 0x80));
            verdict(verdicts, packet, reader, "no sequence bytes", BOTH, withPrefix(whole, 0));
            verdict(verdicts, packet, reader, "nine sequence bytes", BOTH, withPrefix(whole, 9));
            for (int type : new int[] {4, 5, 7, 8, 9, 10, 11, 12, 15}) {
                byte[] other = whole.clone();
                other[0] = (byte) (whole[0] & 0xf0 | type);
                verdict(verdicts, packet, reader, "type " + type, BOTH, other);
            }
            if (idBytes > 0) {
                verdict(verdicts, packet, reader, "path id", BOTH, changed(whole, 8, 1));
            }
            verdict(verdicts, packet, reader, "sequence", BOTH, changed(whole, 1 + idBytes, 1));
            if (packet.body.length > 0) {
                verdict(
                        verdicts,
                        packet,
                        reader,
                        "body",
                        BOTH,
                        changed(whole, whole.length - 17, 1));
            }
            verdict(verdicts, packet, reader, "tag", BOTH, changed(whole, whole.length - 1, 0x80));
            verdict(
                    verdicts,
                    packet,
                    reader,
                    "a byte less",
                    BOTH,
                    Arrays.copyOf(whole, whole.length - 1));
            verdict(
                    verdicts,
                    packet,
                    reader,
                    "a byte more",
                    BOTH,
                    Arrays.copyOf(whole, whole.length + 1));
            verdict(verdicts, packet, reader, "17 bytes", BOTH, Arrays.copyOf(whole, 17));
            verdict(verdicts, packet, reader, "received before", BOTH, whole, 300);
            verdict(verdicts, packet, reader, "received before", 0, whole, 300);
            verdict(verdicts, packet, reader, "256 older", BOTH, whole, 556);
            verdict(verdicts, packet, reader, "255 older", BOTH, whole, 555);
        }
    }

    private static byte[] changed(byte[] whole, int at, int bits) {
        byte[] bytes = whole.clone();
        bytes[at] ^= (byte) bits;
        return bytes;
    }

    private static byte[] withPrefix(byte[] whole, int sequenceBytes) {
        byte[] bytes = whole.clone();
        bytes[0] = (byte) (sequenceBytes << 4 | whole[0] & 0xf);
        return bytes;
    }

    private void verdict(
            ArrayNode verdicts,
            Packet packet,
            String readerName,
            String mutation,
            int extensions,
            byte[] bytes,
            long... received) {
        int types =
                readerName.equals("client") ? PacketReader.CLIENT_TYPES : PacketReader.SERVER_TYPES;
        PacketReader reader = new PacketReader(cipher, packet.protocolId, types);
        ReplayWindow window = new ReplayWindow();
        ObjectNode vector =
                verdicts.addObject()
                        .put("reader", readerName)
                        .put("mutation", mutation)
                        .put("extensions", extensions)
                        .put("protocolId", Long.toUnsignedString(packet.protocolId))
                        .put("key", HEX.formatHex(packet.key));
        ArrayNode list = vector.putArray("received");
        for (long sequence : received) {
            window.advance(sequence);
            list.add(Long.toUnsignedString(sequence));
        }
        ByteBuffer read = ByteBuffer.wrap(bytes.clone());
        Drop drop = reader.inspect(read);
        if (drop == Drop.NONE) {
            drop = reader.open(read, PacketKey.ofBytes(packet.key), window, extensions);
        }
        vector.put("bytes", HEX.formatHex(bytes)).put("verdict", drop.name());
        if (drop == Drop.NONE) {
            vector.put("type", packet.name)
                    .put("sequence", Long.toUnsignedString(reader.sequence()));
            if (packet.hasPathId()) {
                vector.put("pathId", Long.toUnsignedString(reader.pathId()));
            }
            vector.put("body", HEX.formatHex(packet.body));
        }
    }

    // ---- Pings

    ArrayNode pings() {
        ArrayNode runs = VectorsFile.array();
        runs.add(twoSides(40_000, 0, 0));
        // Times go round at 2^32 microseconds, counts at 2^32; a tenth of the packets is lost.
        runs.add(twoSides((1L << 32) - 1_200_000, -40, 10));
        runs.add(nonsense());
        return runs;
    }

    /// The client's side of an exchange: the server pings every half second, the client answers 12
    /// ms later.
    private ArrayNode twoSides(long startMicros, int startCount, int lossPercent) {
        ArrayNode run = VectorsFile.array();
        PingClock ours = new PingClock();
        PingClock theirs = new PingClock();
        long now = startMicros;
        int theirCount = startCount;
        long theirSequence = 100;
        for (int i = 0; i < 12; i++) {
            ByteBuffer ping = ByteBuffer.allocate(24);
            theirs.put(now * 1000, theirCount, theirSequence, ping);
            now += 20_125;
            received(run, ours, now, 7 + 30L * i, ping.flip());
            now += 12_000;
            ping = sent(run, ours, now, 50 + 31 * i, 49 + 31L * i);
            now += 20_500;
            theirs.received(now * 1000, 3 + 40L * i, ping);
            now += 500_000 - 52_625;
            int passed = 30 + random.nextInt(20);
            theirSequence += passed;
            theirCount += passed - passed * lossPercent / 100;
        }
        return run;
    }

    private static ByteBuffer sent(
            ArrayNode run, PingClock clock, long micros, int count, long sequence) {
        ByteBuffer body = ByteBuffer.allocate(24);
        clock.put(micros * 1000, count, sequence, body);
        run.addObject()
                .put("micros", Long.toString(micros))
                .put("receivedCount", Integer.toUnsignedLong(count))
                .put("receivedSequence", Long.toUnsignedString(sequence))
                .put("body", HEX.formatHex(body.array()));
        return body.flip();
    }

    private static void received(
            ArrayNode run, PingClock clock, long micros, long sequence, ByteBuffer body) {
        byte[] bytes = Arrays.copyOf(body.array(), 24);
        long roundTripNanos = clock.received(micros * 1000, sequence, body);
        ObjectNode step =
                run.addObject()
                        .put("micros", Long.toString(micros))
                        .put("sequence", Long.toUnsignedString(sequence))
                        .put("body", HEX.formatHex(bytes));
        if (roundTripNanos != PingClock.UNKNOWN) {
            step.put("roundTripMicros", roundTripNanos / 1000);
        }
        clock.outboundLoss().ifPresent(loss -> step.put("outboundLoss", loss));
    }

    /// What no honest side says: echoes of the future and of long ago, counts that jump.
    private static ArrayNode nonsense() {
        ArrayNode run = VectorsFile.array();
        PingClock clock = new PingClock();
        received(run, clock, 1_000_000, 5, ping(1, 999_000, 0, 10, 10));
        sent(run, clock, 1_000_500, 0, 0);
        received(run, clock, 1_100_000, 6, ping(2, 1_000_500, 500, 20, 60));
        received(run, clock, 1_100_000, 4, ping(3, 1_000_500, 600, 90, 90)); // overtaken
        received(run, clock, 1_200_000, 7, ping(4, 1_200_001, 0, 0, 61)); // from the future
        received(run, clock, 1_300_000, 8, ping(5, 1_300_000 - 60_000_000, 0, 500, 70));
        received(run, clock, 1_300_001, 9, ping(6, 1_300_000 - 60_000_000, 0, 500, -1));
        received(run, clock, 1_400_000, 10, ping(7, 0, -1, 0, 1L << 40));
        received(run, clock, 1_500_000, 11, ping(8, 1_000_500, 499_501, 0, 3));
        sent(run, clock, 1_500_000 + 60_000_000, 1, 1);
        sent(run, clock, 1_500_125 + 60_000_000, 2, 2); // held for too long to be told
        return run;
    }

    private static ByteBuffer ping(int sent, int echo, int held, int count, long sequence) {
        return littleEndian(24)
                .putInt(sent)
                .putInt(echo)
                .putInt(held)
                .putInt(count)
                .putLong(sequence)
                .flip();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
