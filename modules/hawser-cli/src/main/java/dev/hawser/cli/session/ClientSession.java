package dev.hawser.cli.session;

import dev.hawser.NetClient;
import dev.hawser.PayloadHandler;
import java.io.PrintWriter;

/// What a client does while it is connected.
public sealed interface ClientSession extends PayloadHandler
        permits ChatSession, HoldSession, SendSession {
    /// Does what is due.
    ///
    /// @param isStopping whether it is to come to its end
    /// @return whether it has, so that the client leaves
    boolean step(NetClient client, long nowNanos, boolean isStopping);

    /// {@return how long nothing will be due, at most}
    long nanosToNextStep(long nowNanos);

    /// Prints the summary after the end, if there is one.
    ///
    /// @param client whose connection it was
    /// @return whether it went well
    default boolean conclude(NetClient client, PrintWriter out, PrintWriter err) {
        return true;
    }
}
