package dev.hawser.steam;

import dev.hawser.SendResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Sends: a payload is copied to where native code can read it, and handed to Steam. One thread.
///
/// Nothing is allocated for a payload.
final class SteamOutbox {
    /// As over every other connection.
    static final int PAYLOAD_BYTES_MAX = 1200;

    // EResult
    private static final int OK = 1;
    private static final int LIMIT_EXCEEDED = 25;
    private static final int IGNORED = 41;

    private final SteamApi steam;
    private final SteamSendMode usual;
    private final MemorySegment memory = Arena.ofAuto().allocate(PAYLOAD_BYTES_MAX);

    /// The same memory.
    private final ByteBuffer bytes = memory.asByteBuffer();

    /// How payloads are sent: in another way than usual during one call.
    private SteamSendMode mode;

    /// @param usual how payloads are sent where nothing else is said
    SteamOutbox(SteamApi steam, SteamSendMode usual) {
        this.steam = steam;
        this.usual = usual;
        mode = usual;
    }

    /// What is sent goes this way until [#usualMode()].
    void mode(SteamSendMode mode) {
        this.mode = mode;
    }

    void usualMode() {
        mode = usual;
    }

    /// {@return whether what is sent now may wait for more until it is flushed}
    boolean waits() {
        return mode.waits();
    }

    /// @param payload at most [#PAYLOAD_BYTES_MAX] bytes, which stay as they are
    SendResult send(int connection, ByteBuffer payload) {
        int length = payload.remaining();
        bytes.put(0, payload, payload.position(), length);
        return switch (send(connection, length, mode)) {
            case OK -> SendResult.SENT;
            case LIMIT_EXCEEDED, IGNORED -> SendResult.QUEUE_FULL;
            default -> SendResult.NOT_CONNECTED;
        };
    }

    /// Says that this side is there ([Liveness]).
    void sayAlive(int connection) {
        send(connection, 0, SteamSendMode.UNRELIABLE_NO_NAGLE);
    }

    /// Says for the first time that this side is there, so that it arrives.
    void sayHello(int connection) {
        send(connection, 0, SteamSendMode.RELIABLE_NO_NAGLE);
    }

    /// To be said before an end. That drops what waits to be sent unreliably, and waits for what is
    /// reliable: so the last message is reliable, and comes after all others.
    void sayFarewell(int connection) {
        send(connection, 0, SteamSendMode.RELIABLE_NO_NAGLE);
    }

    private int send(int connection, int length, SteamSendMode mode) {
        return steam.flatUnchecked()
                .sendMessageToConnection(connection, memory, length, mode.flags);
    }
}
