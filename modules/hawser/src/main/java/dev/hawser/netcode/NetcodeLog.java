package dev.hawser.netcode;

import dev.hawser.transport.Transport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What netcode's clients and servers have to say besides; never a line per packet.
final class NetcodeLog {
    /// What has been said in this process and is not said again.
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private NetcodeLog() {}

    static void cipher(Logger logger, String cipherName) {
        once(logger, Level.INFO, "Packets are encrypted by " + cipherName + ".");
    }

    static void manualAuthentication(Logger logger) {
        once(
                logger,
                Level.WARNING,
                "A client makes its own connect tokens (Authentication.Manual): for development"
                        + " only, since whoever has the private key can be anybody.");
    }

    static void lifetimeLimitOff(Logger logger) {
        logger.log(
                Level.WARNING,
                "This server accepts connect tokens of any lifetime, also those that were used"
                        + " before it started (maxConnectTokenLifetime is off): for development"
                        + " only, since recorded connections can be replayed after a restart.");
    }

    static void socketReopened(Logger logger, Transport transport) {
        logger.log(
                Level.INFO,
                "No packet of a connected client could leave this machine any more ("
                        + transport.lastSendError()
                        + "): it tries again from another socket, "
                        + transport.localAddress()
                        + ", and the connection goes on once there is a network.");
    }

    static void transportClosed(Logger logger, Object server) {
        logger.log(
                Level.ERROR,
                server
                        + " stops: its transport was closed by somebody else. Give it one that"
                        + " nobody else uses, and leave closing it to the server; start() opens it"
                        + " again.");
    }

    /// @param server for which it matters
    /// @param movedBySeconds by how much, negative for backwards
    /// @param nowUnixSeconds what it is after that
    /// @param forgottenUnixSeconds the latest expiry of a token that the server has forgotten
    static void clockMoved(
            Logger logger,
            Object server,
            long movedBySeconds,
            long nowUnixSeconds,
            long forgottenUnixSeconds) {
        String refused =
                forgottenUnixSeconds > nowUnixSeconds
                        ? " Tokens that expire when others did that were forgotten before stay"
                                + " refused, the last of them until "
                                + Instant.ofEpochSecond(forgottenUnixSeconds)
                                + ": nobody can tell which of them were used."
                        : "";
        logger.log(
                Level.WARNING,
                "The clock of this machine was set "
                        + (movedBySeconds < 0 ? "back" : "forward")
                        + " by "
                        + Math.abs(movedBySeconds)
                        + " s, and has stayed so: "
                        + server
                        + " judges connect tokens by the new time from here on, "
                        + Instant.ofEpochSecond(nowUnixSeconds)
                        + ". Who is connected plays on; tokens that were made by the old time do"
                        + " not fit any more, and new ones do once the token service's clock is"
                        + " right too."
                        + refused);
    }

    private static void once(Logger logger, Level level, String message) {
        if (SAID.add(message)) {
            logger.log(level, message);
        }
    }
}
