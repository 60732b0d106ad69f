package dev.hawser.spi;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// What servers and clients of every kind have to say, all of it to one logger; never a line per
/// packet.
final class Log {
    /// The name of the logger.
    static final String NAME = "dev.hawser";

    private Log() {}

    static Logger logger() {
        return System.getLogger(NAME);
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
}
