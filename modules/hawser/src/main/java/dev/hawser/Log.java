package dev.hawser;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What this library has to say, all of it to one logger; never a line per packet.
final class Log {
    /// The name of the logger.
    static final String NAME = "dev.hawser";

    /// What has been said in this process and is not said again.
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Log() {}

    static Logger logger() {
        return System.getLogger(NAME);
    }

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

    static void memberFailed(Logger logger, IOException failure) {
        logger.log(Level.ERROR, "The server runs without a part of it: " + failure.getMessage());
    }

    static void handlerTooSlow(Logger logger, int events) {
        logger.log(
                Level.WARNING,
                events
                        + " connects and disconnects wait for NetServer.receive: no packets are"
                        + " taken until it is called. Call it once after each update.");
    }

    /// @param updates how many since the last line
    static void updatesAtLimit(Logger logger, String who, long updates, String setting, int value) {
        logger.log(
                Level.WARNING,
                "More had arrived for "
                        + updates
                        + " updates of a "
                        + who
                        + " than one takes ("
                        + setting
                        + " is "
                        + value
                        + "): what was beyond came later, or was dropped where that cannot be. Update"
                        + " more often, or raise "
                        + setting
                        + ".");
    }

    /// @param payloads how many since the last line
    static void payloadsNotQueued(Logger logger, String who, long payloads, int bytesMax) {
        logger.log(
                Level.WARNING,
                payloads
                        + " payloads were dropped: no room was left of the "
                        + bytesMax
                        + " bytes of receiveQueueBytes, or of what one client may have waiting"
                        + " (receiveLimitPerClient). Call "
                        + who
                        + ".receive after each update, or raise them.");
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
