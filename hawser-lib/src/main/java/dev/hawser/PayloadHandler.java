package dev.hawser;

import java.nio.ByteBuffer;

/// Takes the payloads that a client has received.
@FunctionalInterface
public interface PayloadHandler {
    /// Takes one payload. It may call anything on the client but [NetClient#receive].
    ///
    /// @param payload its bytes between position and limit, big-endian unless changed; lent for the
    ///   call, whose content, position and limit may be changed
    void onPayload(ByteBuffer payload);
}
