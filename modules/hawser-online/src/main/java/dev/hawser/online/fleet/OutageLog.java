package dev.hawser.online.fleet;

import dev.hawser.online.http.Endpoints;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/// What an operator reads of a service that does not answer: that it is so, once, and that it is
/// over.
final class OutageLog {
    private final AnnouncerSettings settings;
    private final Logger logger;
    private boolean saidPassing;
    private boolean saidLasting;
    private boolean wasAnnounced;
    private long sinceNanos;

    OutageLog(AnnouncerSettings settings) {
        this.settings = settings;
        logger = settings.logger();
    }

    /// {@return whether the last attempt failed}
    boolean isOn() {
        return saidPassing || saidLasting;
    }

    /// An attempt failed. Said once for each of the two kinds that the outage has: which of them it
    /// is, changes what has to be done.
    void noteFailure(long nowNanos, CallOutcome.Failed failure) {
        if (!isOn()) {
            sinceNanos = nowNanos;
        }
        boolean isSaid = failure.isLasting() ? saidLasting : saidPassing;
        saidLasting |= failure.isLasting();
        saidPassing |= !failure.isLasting();
        if (!isSaid) {
            logger.log(
                    failure.isLasting() ? Level.ERROR : Level.WARNING,
                    service()
                            + " does not know of "
                            + server()
                            + " what it should: "
                            + failure.detail()
                            + ". Who is connected plays on; new players are not sent here while"
                            + " this lasts. It is tried again every few seconds.");
        }
    }

    /// An attempt did not fail.
    void noteSuccess(long nowNanos) {
        if (isOn()) {
            logger.log(
                    Level.INFO,
                    service()
                            + " knows of "
                            + server()
                            + " again, after "
                            + TimeUnit.NANOSECONDS.toSeconds(nowNanos - sinceNanos)
                            + " s.");
        } else if (!wasAnnounced) {
            logger.log(Level.INFO, service() + " knows of " + server() + ".");
        }
        wasAnnounced = true;
        saidPassing = false;
        saidLasting = false;
    }

    /// The close came before the service had forgotten this server.
    void noteNotWithdrawn(String why) {
        logger.log(
                Level.WARNING,
                service()
                        + " was not told that "
                        + server()
                        + " stops: "
                        + why
                        + ". It finds out by itself when no more announcements come.");
    }

    private String service() {
        return "The token service at " + Endpoints.names(settings.endpoints());
    }

    private String server() {
        return "the game server '" + settings.serverId() + "'";
    }
}
