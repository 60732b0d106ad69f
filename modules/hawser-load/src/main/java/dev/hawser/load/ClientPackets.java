package dev.hawser.load;

import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;

/// Seals what the clients send. All have the same key, so all count with the same counter, and one
/// payload serves every client once: nobody may send a number twice, and no two packets have one.
///
/// A payload begins with its number; the rest is the same in all.
final class ClientPackets {
    /// A server forgets what is 256 numbers old, and drops it.
    private static final int AGE_MAX = 100;

    private final PacketWriter writer;
    private final PacketKey key;
    private final ByteBuffer body;
    private final Shared payload = new Shared();
    private final Shared keepAlive = new Shared();
    private long nextNumber;

    /// A packet that many clients send.
    private static final class Shared {
        final ByteBuffer packet = ByteBuffer.allocate(Wire.PACKET_BYTES_MAX);
        long number = -1;
    }

    /// @param body of payloads, whose first eight bytes are overwritten
    ClientPackets(CipherProvider ciphers, long protocolId, PacketKey key, ByteBuffer body) {
        writer = new PacketWriter(ciphers.newPacketCipher(), protocolId);
        this.key = key;
        this.body = body;
    }

    /// {@return a payload with a number above `latest`, the largest that the client has sent}
    ByteBuffer payload(long latest) {
        if (!serves(payload, latest)) {
            LittleEndian.putLong(body, 0, nextNumber);
            seal(payload, PacketType.PAYLOAD, body);
        }
        return payload.packet;
    }

    /// {@return the number of the latest payload}
    long payloadNumber() {
        return payload.number;
    }

    /// {@return a keep-alive with a number above `latest`, the largest that the client has sent}
    ByteBuffer keepAlive(long latest) {
        if (!serves(keepAlive, latest)) {
            seal(keepAlive, PacketType.KEEP_ALIVE, ByteBuffer.allocate(Wire.KEEP_ALIVE_BODY_BYTES));
        }
        return keepAlive.packet;
    }

    /// {@return the number of the latest keep-alive}
    long keepAliveNumber() {
        return keepAlive.number;
    }

    private boolean serves(Shared shared, long latest) {
        return shared.number > latest && nextNumber - shared.number <= AGE_MAX;
    }

    private void seal(Shared shared, PacketType type, ByteBuffer content) {
        shared.number = nextNumber;
        ByteBuffer sealed = sealNext(type, content);
        shared.packet.clear().put(sealed).flip();
    }

    /// {@return a response to a challenge; valid until the next packet is sealed}
    ByteBuffer response(ByteBuffer challenge) {
        return sealNext(PacketType.CONNECTION_RESPONSE, challenge);
    }

    /// {@return a disconnect packet; valid until the next packet is sealed}
    ByteBuffer disconnect() {
        return sealNext(PacketType.DISCONNECT, ByteBuffer.allocate(0));
    }

    /// {@return a client's answer to a ping; valid until the next packet is sealed}
    ByteBuffer ping(Pings pings, int client, long nowNanos) {
        pings.put(client, nowNanos, writer.begin(PacketType.PING, nextNumber++));
        return writer.seal(key);
    }

    private ByteBuffer sealNext(PacketType type, ByteBuffer content) {
        writer.begin(type, nextNumber++);
        writer.putBody(content);
        return writer.seal(key);
    }
}
