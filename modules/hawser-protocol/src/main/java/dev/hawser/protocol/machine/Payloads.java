package dev.hawser.protocol.machine;

import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;

/// What both machines ask of a payload before they send it.
final class Payloads {
    private Payloads() {}

    static void check(ByteBuffer payload) {
        int bytes = payload.remaining();
        if (bytes < 1 || bytes > Wire.PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException(
                    bytes == 0
                            ? "an empty payload, but a payload has 1 to 1200 bytes: send nothing"
                            : "a payload of "
                                    + bytes
                                    + " bytes, but at most "
                                    + Wire.PAYLOAD_BYTES_MAX
                                    + " fit a packet: split it");
        }
    }
}
