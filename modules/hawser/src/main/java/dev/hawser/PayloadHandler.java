package dev.hawser;

import java.nio.ByteBuffer;

/// Takes the payloads that a client has received.
@FunctionalInterface
public interface PayloadHandler {
    /// Takes one payload. It may call anything on the client but [NetClient#receive].
    ///
    /// @param payload its bytes, from 0 to the capacity, big-endian unless changed: a copy, lent
    ///   for the call, with which the handler may do as it likes. Kept longer, it shows what is
    ///   lent later
    void onPayload(ByteBuffer payload);
}
