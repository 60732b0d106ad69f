package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.ReasonBody;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;

/// Everything that a server sends, and the sequences it is sealed under.
///
/// Packets to a connected client take the numbers of its slot. Those sent before a slot exists,
/// challenges and denials, are sealed under the same key, and so take numbers of their own: the
/// global sequence in the upper half of the space.
final class ServerPackets {
    private static final long GLOBAL_SEQUENCE_START = 1L << 63;
    private static final long GLOBAL_OFFSET_MASK = (1L << 62) - 1;

    private final PacketWriter writer;
    private final int maxClients;
    private long globalSequence;
    private long denied;
    private final ByteBuffer reset =
            ByteBuffer.allocate(Wire.RESET_BYTES).put(0, Wire.RESET_PREFIX);
    private long resets;
    private boolean isSending;

    /// @param globalOffset random for each start: two starts share keys, and must not share numbers
    ServerPackets(PacketCipher cipher, long protocolId, int maxClients, long globalOffset) {
        writer = new PacketWriter(cipher, protocolId);
        this.maxClients = maxClients;
        globalSequence = GLOBAL_SEQUENCE_START + (globalOffset & GLOBAL_OFFSET_MASK);
    }

    /// {@return whether a sink is at work, which must not call back}
    boolean isSending() {
        return isSending;
    }

    /// {@return how many denied packets were due}
    long denied() {
        return denied;
    }

    /// {@return how many clients were told that nobody here has their connection}
    long resets() {
        return resets;
    }

    /// Sends the challenge of a pending connection: always the same one, under a fresh number.
    ///
    /// @param to where the present request came from, and which address of this machine it asked:
    ///   whoever saw a request can repeat it, so it decides about its own answer alone
    void challenge(PendingConnection pending, PeerAddress to, PacketSink out) {
        if (isGlobalSequenceUsedUp()) {
            return;
        }
        ByteBuffer packet = writer.begin(PacketType.CONNECTION_CHALLENGE, globalSequence++);
        LittleEndian.putLong(packet, packet.position(), pending.challengeSequence);
        packet.position(packet.position() + Long.BYTES);
        writer.putBody(pending.sealedChallenge);
        emit(to, writer.seal(pending.serverToClientKey), out);
    }

    /// Denies a connection; [StatedReason#NONE] makes the packet of the standard.
    void denied(PeerAddress to, PacketKey key, StatedReason reason, PacketSink out) {
        denied++;
        if (isGlobalSequenceUsedUp()) {
            return;
        }
        ByteBuffer packet = writer.begin(PacketType.CONNECTION_DENIED, globalSequence++);
        if (!reason.equals(StatedReason.NONE)) {
            ReasonBody.put(reason, packet);
        }
        emit(to, writer.seal(key), out);
    }

    /// Sends a keep-alive; the client must have a sequence left.
    void keepAlive(ClientSlot client, PacketSink out) {
        ByteBuffer packet = writer.begin(PacketType.KEEP_ALIVE, client.sequence++);
        int body = packet.position();
        LittleEndian.putInt(packet, body, client.index);
        LittleEndian.putInt(packet, body + Integer.BYTES, maxClients);
        if (client.hasPath) {
            client.putPath(packet, body + Wire.KEEP_ALIVE_BODY_BYTES);
            packet.position(body + Wire.PATH_KEEP_ALIVE_BODY_BYTES);
        } else {
            packet.position(body + Wire.KEEP_ALIVE_BODY_BYTES);
        }
        emit(client, out);
    }

    /// Sends a path answer to where its cause came from; the client must have a sequence left.
    void pathAnswer(ClientSlot client, PeerAddress to, long answer, PacketSink out) {
        ByteBuffer packet = writer.begin(PacketType.PATH_ANSWER, client.sequence++);
        LittleEndian.putLong(packet, packet.position(), answer);
        packet.position(packet.position() + Wire.PATH_ANSWER_BODY_BYTES);
        emit(client, to, out);
    }

    /// Sends a ping; the client must have a sequence left.
    void ping(long nowNanos, ClientSlot client, PacketSink out) {
        ByteBuffer packet = writer.begin(PacketType.PING, client.sequence++);
        client.meter.putPing(nowNanos, client.window.mostRecent(), packet);
        emit(client, out);
    }

    /// Says that nobody here has the connection of a path.
    ///
    /// @param word of which the first 16 bytes are the reset word
    void reset(PeerAddress to, byte[] word, PacketSink out) {
        resets++;
        reset.clear();
        reset.put(1, word, 0, Wire.RESET_WORD_BYTES);
        emit(to, reset, out);
    }

    /// Sends a payload; the client must have a sequence left.
    void payload(ClientSlot client, ByteBuffer payload, PacketSink out) {
        writer.begin(PacketType.PAYLOAD, client.sequence++);
        writer.putBody(payload);
        emit(client, out);
    }

    /// Sends the ten disconnect packets, or as many as the client has sequences left for.
    void disconnects(ClientSlot client, StatedReason reason, PacketSink out) {
        boolean speaks = client.statesReasons() && !reason.equals(StatedReason.NONE);
        for (int i = 0; i < Wire.DISCONNECT_PACKETS && client.hasSequenceLeft(); i++) {
            ByteBuffer packet = writer.begin(PacketType.DISCONNECT, client.sequence++);
            // The second half is empty, for a client that does not understand the first.
            if (speaks && i < Wire.DISCONNECT_PACKETS / 2) {
                ReasonBody.put(reason, packet);
            }
            emit(client, out);
        }
    }

    /// Past its last number the global sequence would turn into those of the slots: silence rather
    /// than a nonce twice.
    private boolean isGlobalSequenceUsedUp() {
        return globalSequence >= 0;
    }

    private void emit(ClientSlot client, PacketSink out) {
        emit(client, client.address, out);
    }

    private void emit(ClientSlot client, PeerAddress to, PacketSink out) {
        ByteBuffer packet = writer.seal(client.serverToClientKey);
        client.meter.sent(packet.remaining());
        emit(to, packet, out);
    }

    private void emit(PeerAddress to, ByteBuffer packet, PacketSink out) {
        isSending = true;
        try {
            out.send(to, packet);
        } finally {
            isSending = false;
        }
    }
}
