package dev.hawser.protocol.machine;

import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.ReasonBody;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;

/// Everything that a client sends, and the sequences it is sealed under. An attempt must have a
/// sequence left for each packet.
final class ClientPackets {
    private boolean isSending;

    /// {@return whether a sink is at work, which must not call back}
    boolean isSending() {
        return isSending;
    }

    /// Sends a request, which takes a number although it carries none.
    void request(long nowNanos, ClientAttempt attempt, PacketSink out) {
        attempt.sequence++;
        attempt.lastSentNanos = nowNanos;
        emit(attempt, attempt.request.clear(), out);
    }

    void response(long nowNanos, ClientAttempt attempt, PacketSink out) {
        attempt.writer.begin(PacketType.CONNECTION_RESPONSE, attempt.sequence++);
        attempt.writer.putBody(attempt.challenge);
        sealAndEmit(nowNanos, attempt, out);
    }

    void keepAlive(long nowNanos, ClientAttempt attempt, PacketSink out) {
        ByteBuffer packet = attempt.writer.begin(PacketType.KEEP_ALIVE, attempt.sequence++);
        LittleEndian.putLong(packet, packet.position(), 0);
        packet.position(packet.position() + Wire.KEEP_ALIVE_BODY_BYTES);
        sealAndEmit(nowNanos, attempt, out);
    }

    void payload(long nowNanos, ClientAttempt attempt, ByteBuffer payload, PacketSink out) {
        attempt.writer.begin(PacketType.PAYLOAD, attempt.sequence++);
        attempt.writer.putBody(payload);
        sealAndEmit(nowNanos, attempt, out);
    }

    /// Sends the ten disconnect packets, or as many as there are sequences left for.
    void disconnects(long nowNanos, ClientAttempt attempt, StatedReason reason, PacketSink out) {
        boolean speaks = attempt.token.statesReasons() && !reason.equals(StatedReason.NONE);
        for (int i = 0; i < Wire.DISCONNECT_PACKETS && attempt.hasSequenceLeft(); i++) {
            ByteBuffer packet = attempt.writer.begin(PacketType.DISCONNECT, attempt.sequence++);
            // The second half is empty, for a server that does not understand the first.
            if (speaks && i < Wire.DISCONNECT_PACKETS / 2) {
                ReasonBody.put(reason, packet);
            }
            sealAndEmit(nowNanos, attempt, out);
        }
    }

    void pathRequest(long nowNanos, ClientAttempt attempt, PacketSink out) {
        path(nowNanos, attempt, PacketType.PATH_REQUEST, 0, out);
    }

    void pathResponse(long nowNanos, ClientAttempt attempt, long challenge, PacketSink out) {
        path(nowNanos, attempt, PacketType.PATH_RESPONSE, challenge, out);
    }

    private void path(
            long nowNanos, ClientAttempt attempt, PacketType type, long answer, PacketSink out) {
        ByteBuffer packet = attempt.writer.begin(type, attempt.path.id(), attempt.sequence++);
        int body = packet.position();
        LittleEndian.putLong(packet, body, answer);
        LittleEndian.putLong(packet, body + Long.BYTES, 0);
        packet.position(body + Wire.PATH_BODY_BYTES);
        sealAndEmit(nowNanos, attempt, out);
    }

    void ping(long nowNanos, ClientAttempt attempt, PacketSink out) {
        ByteBuffer packet = attempt.writer.begin(PacketType.PING, attempt.sequence++);
        attempt.meter.putPing(nowNanos, attempt.window.mostRecent(), packet);
        sealAndEmit(nowNanos, attempt, out);
    }

    private void sealAndEmit(long nowNanos, ClientAttempt attempt, PacketSink out) {
        attempt.lastSentNanos = nowNanos;
        emit(attempt, attempt.writer.seal(attempt.token.clientToServerKey()), out);
    }

    private void emit(ClientAttempt attempt, ByteBuffer packet, PacketSink out) {
        attempt.meter.sent(packet.remaining());
        isSending = true;
        try {
            out.send(attempt.server, packet);
        } finally {
            isSending = false;
        }
    }
}
