package dev.hawser;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Hands the payloads of a client to the application, one by one: [NetClient#receive]. One thread.
final class PayloadDelivery {
    /// Where they wait.
    @FunctionalInterface
    interface Source {
        /// Takes the oldest payload away.
        ///
        /// @return it, lent; null when none waits
        @Nullable ByteBuffer poll(PayloadLender lender);
    }

    private final PayloadLender lender = new PayloadLender();
    private boolean isDelivering;

    /// Each is asked for after the one before was handled: a handler that disconnects its client,
    /// which drops what waits, hears no more.
    ///
    /// @return how many were delivered
    /// @throws IllegalStateException when the handler calls it
    int deliver(Source source, PayloadHandler handler) {
        if (isDelivering) {
            throw new IllegalStateException(
                    "receive was called from inside its own handler: return, and call it again");
        }
        isDelivering = true;
        int delivered = 0;
        try {
            ByteBuffer payload = source.poll(lender);
            while (payload != null) {
                handler.onPayload(payload);
                delivered++;
                payload = source.poll(lender);
            }
        } finally {
            isDelivering = false;
        }
        return delivered;
    }
}
