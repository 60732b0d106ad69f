package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.ReplayWindow;
import dev.hawser.tests.rig.CountingCiphers;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Packets": how sealed packets are written, and in which order they are read.
///
/// The length of the body, last in the standard's order, is looked at before the packet is opened:
/// it follows from the length of the packet.
class PacketReadingTest {
    private static final long PROTOCOL_ID = Rig.PROTOCOL_ID;
    private static final byte[] KEY = new byte[32];
    private static final byte[] EMPTY = {};

    /// What each type carries.
    private static final int[] BODY_BYTES = {-1, 0, 308, 308, 8, 5, 0};

    private final CountingCiphers ciphers = new CountingCiphers();
    private final PacketCipher cipher = ciphers.newPacketCipher();
    private final PacketReader server =
            new PacketReader(cipher, PROTOCOL_ID, PacketReader.SERVER_TYPES);
    private final PacketReader client =
            new PacketReader(cipher, PROTOCOL_ID, PacketReader.CLIENT_TYPES);
    private @Nullable ReplayWindow window = new ReplayWindow();
    private int extensions;
    private byte[] body = EMPTY;

    @BeforeEach
    void fillKey() {
        Arrays.fill(KEY, (byte) 7);
    }

    // ---- Writing

    @ParameterizedTest(name = "sequence {0} takes {1}")
    @CsvSource({
        "0, 1",
        "1, 1",
        "255, 1",
        "256, 2",
        "65535, 2",
        "65536, 3",
        "16777215, 3",
        "16777216, 4",
        "4294967295, 4",
        "4294967296, 5",
        "1099511627775, 5",
        "1099511627776, 6",
        "281474976710655, 6",
        "281474976710656, 7",
        "72057594037927935, 7",
        "72057594037927936, 8",
        "9223372036854775807, 8",
        "9223372036854775808, 8",
        "18446744073709551615, 8",
    })
    void aWrittenSequenceTakesAsFewBytesAsHoldIt(String sequence, int bytes) {
        byte[] packet = write(PacketType.KEEP_ALIVE, Long.parseUnsignedLong(sequence), new byte[8]);

        assertThat(packet[0]).isEqualTo((byte) (bytes << 4 | 4));
        assertThat(packet).hasSize(1 + bytes + 8 + 16);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void everyTypeIsWrittenAsPrefixSequenceAndSealedBody(int type) {
        for (long sequence : new long[] {0, 0x1234, 0x0102030405060708L, -1}) {
            byte[] content = new byte[BODY_BYTES[type]];
            Arrays.fill(content, (byte) 0x5a);

            assertThat(write(PacketType.of(type), sequence, content))
                    .isEqualTo(RawPacket.seal(type, sequence, KEY, PROTOCOL_ID, content));
        }
    }

    @Test
    void theLargestPacketIsAPayloadOf1200BytesUnderEightSequenceBytes() {
        assertThat(write(PacketType.PAYLOAD, -1, new byte[1200])).hasSize(1225);
    }

    // ---- Reading: each check

    @Test
    void whatIsWrittenIsRead() {
        byte[] content = {1, 2, 3};

        assertThat(read(server, seal(5, 77, content))).isEqualTo(Drop.NONE);
        assertThat(server.type()).isEqualTo(PacketType.PAYLOAD);
        assertThat(server.sequence()).isEqualTo(77);
        assertThat(body).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 16, 17})
    void packetsShorterThan18BytesAreDropped(int length) {
        byte[] packet = Arrays.copyOf(seal(6, 0, EMPTY), length);

        assertThat(read(server, packet)).isEqualTo(Drop.WRONG_SIZE);
        assertThat(read(client, packet)).isEqualTo(Drop.WRONG_SIZE);
        assertThat(ciphers.packetsOpened()).isZero();
    }

    @Test
    void aPacketOf18BytesIsLongEnough() {
        byte[] packet = seal(6, 0, EMPTY);

        assertThat(packet).hasSize(18);
        assertThat(read(server, packet)).isEqualTo(Drop.NONE);
    }

    @ParameterizedTest(name = "type {0}: server {1}, client {2}")
    @CsvSource({
        "0, false, false",
        "1, false, true",
        "2, false, true",
        "3, true, false",
        "4, true, true",
        "5, true, true",
        "6, true, true"
    })
    void aReaderTakesTheTypesThatItsSideReceives(
            int type, boolean isForServer, boolean isForClient) {
        byte[] packet = seal(type, 1, new byte[Math.max(0, BODY_BYTES[type])]);

        assertThat(read(server, packet)).isEqualTo(isForServer ? Drop.NONE : Drop.WRONG_TYPE);
        window = new ReplayWindow();
        assertThat(read(client, packet)).isEqualTo(isForClient ? Drop.NONE : Drop.WRONG_TYPE);
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "10, 24"})
    void typesOfPathsAreDroppedUnopenedWithoutTheFlag(int type, int bodyBytes) {
        byte[] packet = seal(type, 1, new byte[bodyBytes]);

        assertThat(read(server, packet)).isEqualTo(Drop.WRONG_TYPE);
        assertThat(read(client, packet)).isEqualTo(Drop.WRONG_TYPE);
        assertThat(ciphers.packetsOpened()).isZero();
        extensions = ExtensionBlock.SURVIVES_MOVES;
        assertThat(read(client, packet)).isEqualTo(Drop.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 12, 13, 14, 15})
    void typesThatDoNotExistAreDropped(int type) {
        byte[] packet = seal(type, 1, new byte[8]);

        assertThat(read(server, packet)).isEqualTo(Drop.WRONG_TYPE);
        assertThat(read(client, packet)).isEqualTo(Drop.WRONG_TYPE);
        assertThat(ciphers.packetsOpened()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 11, 12, 13, 14, 15})
    void prefixesWithNoSequenceBytesOrMoreThanEightAreDropped(int sequenceBytes) {
        byte[] packet = new byte[64];
        packet[0] = (byte) (sequenceBytes << 4 | 5);

        assertThat(read(server, packet)).isEqualTo(Drop.WRONG_PREFIX);
        assertThat(ciphers.packetsOpened()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void packetsThatEndBeforeSequenceAndTagAreDropped(int sequenceBytes) {
        byte[] packet = new byte[1 + sequenceBytes + 16 - 1];
        packet[0] = (byte) (sequenceBytes << 4 | 6);

        assertThat(read(server, packet)).isEqualTo(Drop.WRONG_SIZE);
        assertThat(ciphers.packetsOpened()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theReaderDoesNotInsistThatTheSequenceIsAsShortAsItCouldBe(int sequenceBytes) {
        byte[] packet = RawPacket.seal(sequenceBytes, 5, 0x42, KEY, PROTOCOL_ID, new byte[] {9});

        assertThat(read(server, packet)).isEqualTo(Drop.NONE);
        assertThat(server.sequence()).isEqualTo(0x42);
        assertThat(body).containsExactly(9);
    }

    @Test
    void sequencesInTheUpperHalfAreRead() {
        assertThat(read(server, seal(5, -2, new byte[] {1}))).isEqualTo(Drop.NONE);
        assertThat(server.sequence()).isEqualTo(-2);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void typesFrom4OnAreDroppedTheSecondTimeWithoutBeingOpened(int type) {
        byte[] packet = seal(type, 3, new byte[BODY_BYTES[type]]);
        assertThat(read(server, packet)).isEqualTo(Drop.NONE);

        assertThat(read(server, packet)).isEqualTo(Drop.ALREADY_RECEIVED);
        assertThat(ciphers.packetsOpened()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void typesBelow4AreReadAsOftenAsTheyCome(int type) {
        byte[] packet = seal(type, 3, new byte[BODY_BYTES[type]]);

        assertThat(read(client, packet)).isEqualTo(Drop.NONE);
        assertThat(read(client, packet)).isEqualTo(Drop.NONE);
        assertThat(window.alreadyReceived(3)).isFalse();
    }

    @Test
    void typesBelow4AreNotHeldAgainstTheWindow() {
        window.resetAfter(5000);

        assertThat(read(client, seal(1, 5000, EMPTY))).isEqualTo(Drop.NONE);
        assertThat(read(client, seal(2, 3, new byte[308]))).isEqualTo(Drop.NONE);
        assertThat(read(server, seal(3, 3, new byte[308]))).isEqualTo(Drop.NONE);
    }

    @Test
    void withoutAReplayWindowEveryTypeIsReadAsOftenAsItComes() {
        window = null;
        byte[] packet = seal(6, 3, EMPTY);

        assertThat(read(server, packet)).isEqualTo(Drop.NONE);
        assertThat(read(server, packet)).isEqualTo(Drop.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 8, 12, 18, 26})
    void aPacketWithOneBitFlippedDoesNotOpen(int at) {
        byte[] packet = RawPacket.seal(2, 5, 500, KEY, PROTOCOL_ID, new byte[8]);
        packet[at] ^= 1;
        if (at == 0) {
            // Type 4 has the same length: it is the prefix in the associated data that tells.
            assertThat(RawPacket.typeOf(packet)).isEqualTo(4);
        }

        assertThat(read(server, packet)).isEqualTo(Drop.NOT_AUTHENTIC);
        assertThat(body).isEqualTo(EMPTY);
    }

    @Test
    void aPacketOfAnotherKeyOrProtocolIdDoesNotOpen() {
        byte[] otherKey = KEY.clone();
        otherKey[31] ^= 1;

        assertThat(read(server, RawPacket.seal(5, 1, otherKey, PROTOCOL_ID, new byte[8])))
                .isEqualTo(Drop.NOT_AUTHENTIC);
        assertThat(read(server, RawPacket.seal(5, 1, KEY, PROTOCOL_ID + 1, new byte[8])))
                .isEqualTo(Drop.NOT_AUTHENTIC);
    }

    @Test
    void onlyAPacketThatOpensAdvancesTheWindow() {
        byte[] packet = seal(5, 900, new byte[8]);
        byte[] forged = packet.clone();
        forged[forged.length - 1] ^= 1;

        assertThat(read(server, forged)).isEqualTo(Drop.NOT_AUTHENTIC);
        assertThat(read(server, seal(5, 2, new byte[8]))).isEqualTo(Drop.NONE);
        assertThat(read(server, packet)).isEqualTo(Drop.NONE);
        assertThat(read(server, seal(5, 3, new byte[8]))).isEqualTo(Drop.ALREADY_RECEIVED);
    }

    @ParameterizedTest(name = "type {0} with {1} bytes: {2}")
    @CsvSource({
        "1, 0, true",
        "1, 1, false",
        "1, 4, false",
        "1, 128, false",
        "2, 308, true",
        "2, 307, false",
        "2, 309, false",
        "2, 0, false",
        "3, 308, true",
        "3, 307, false",
        "3, 309, false",
        "3, 0, false",
        "4, 8, true",
        "4, 7, false",
        "4, 9, false",
        "4, 0, false",
        "5, 0, false",
        "5, 1, true",
        "5, 1200, true",
        "5, 1201, false",
        "6, 0, true",
        "6, 1, false",
        "6, 4, false",
        "6, 128, false"
    })
    void aBodyHasTheLengthOfItsType(int type, int length, boolean isRead) {
        assertThat(read(readerOf(type), seal(type, 1, new byte[length])))
                .isEqualTo(isRead ? Drop.NONE : Drop.WRONG_SIZE);
    }

    @ParameterizedTest(name = "{0} bytes: {1}")
    @CsvSource({
        "0, true",
        "1, false",
        "2, false",
        "3, false",
        "4, true",
        "5, true",
        "127, true",
        "128, true",
        "129, false"
    })
    void deniedAndDisconnectMayHaveABodyUnderATokenWithTheExtensionBlock(
            int length, boolean isRead) {
        extensions = ExtensionBlock.STATES_REASONS;
        for (int type : new int[] {1, 6}) {
            assertThat(read(client, seal(type, 1, new byte[length])))
                    .as("type %d", type)
                    .isEqualTo(isRead ? Drop.NONE : Drop.WRONG_SIZE);
        }
    }

    // ---- Reading: the order

    @Test
    void ofSeveralFailuresTheFirstInTheOrderIsCounted() {
        window.advance(1);
        byte[] short17 = new byte[17];
        short17[0] = 0x0f;
        byte[] wrongTypeAndPrefix = new byte[18];
        wrongTypeAndPrefix[0] = (byte) 0x90;
        byte[] wrongPrefixAndSize = new byte[1000];
        wrongPrefixAndSize[0] = 0x04;
        byte[] receivedAndForged = seal(5, 1, new byte[8]);
        receivedAndForged[20] ^= 1;

        assertThat(List.of(read(server, short17), read(server, wrongTypeAndPrefix)))
                .containsExactly(Drop.WRONG_SIZE, Drop.WRONG_TYPE);
        assertThat(List.of(read(server, wrongPrefixAndSize), read(server, receivedAndForged)))
                .containsExactly(Drop.WRONG_PREFIX, Drop.ALREADY_RECEIVED);
        assertThat(ciphers.packetsOpened()).isZero();
    }

    @Test
    void aPacketIsReadWhereverItStandsInItsBuffer() {
        byte[] packet = seal(5, 1, new byte[] {1, 2});
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        buffer.put(33, packet).position(33).limit(33 + packet.length);

        assertThat(server.inspect(buffer)).isEqualTo(Drop.NONE);
        assertThat(server.open(buffer, PacketKey.ofBytes(KEY), window, 0)).isEqualTo(Drop.NONE);
        assertThat(buffer.remaining()).isEqualTo(2);
        assertThat(buffer.get(buffer.position() + 1)).isEqualTo((byte) 2);
    }

    // ---- Helpers

    private PacketReader readerOf(int type) {
        return type == 3 ? server : client;
    }

    private static byte[] seal(int type, long sequence, byte[] content) {
        return RawPacket.seal(type, sequence, KEY, PROTOCOL_ID, content);
    }

    private byte[] write(PacketType type, long sequence, byte[] content) {
        PacketWriter writer = new PacketWriter(cipher, PROTOCOL_ID);
        writer.begin(type, sequence);
        writer.putBody(ByteBuffer.wrap(content));
        ByteBuffer packet = writer.seal(PacketKey.ofBytes(KEY));
        byte[] bytes = new byte[packet.remaining()];
        packet.get(bytes);
        return bytes;
    }

    private Drop read(PacketReader reader, byte[] packet) {
        ByteBuffer buffer = ByteBuffer.wrap(packet.clone());
        body = EMPTY;
        Drop drop = reader.inspect(buffer);
        if (drop == Drop.NONE) {
            drop = reader.open(buffer, PacketKey.ofBytes(KEY), window, extensions);
        }
        if (drop == Drop.NONE) {
            body = new byte[buffer.remaining()];
            buffer.get(body);
        }
        return drop;
    }
}
