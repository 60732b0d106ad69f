package dev.hawser.online.agones;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/// What an operator reads of the sidecar: a line when it has been out of order for a while, and one
/// when that is over.
final class AgonesLog {
    /// A sidecar may start after the server, and start anew: what is over sooner is no outage.
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Logger logger;
    private final URI endpoint;
    private boolean isFailing;
    private long sinceNanos;
    private boolean isSaid;
    private boolean isLineSaid;

    AgonesLog(Logger logger, URI endpoint) {
        this.logger = logger;
        this.endpoint = endpoint;
    }

    void noteFailure(long nowNanos, SidecarException failure) {
        if (!isFailing) {
            isFailing = true;
            sinceNanos = nowNanos;
        }
        if (!isSaid && nowNanos - sinceNanos >= PATIENCE_NANOS) {
            isSaid = true;
            logger.log(
                    Level.WARNING,
                    sidecar()
                            + " has not done what it was asked for "
                            + seconds(nowNanos)
                            + " s: "
                            + failure.detail()
                            + ". Who is connected plays on; Agones may take the server for"
                            + " unhealthy and replace it. It is tried again all the time: look at"
                            + " the log of the container agones-gameserver-sidecar.");
        }
    }

    void noteSuccess(long nowNanos) {
        if (isSaid) {
            logger.log(Level.INFO, sidecar() + " works again, after " + seconds(nowNanos) + " s.");
        }
        isFailing = false;
        isSaid = false;
    }

    void noteRefused(String what, SidecarException failure) {
        logger.log(
                Level.WARNING,
                sidecar() + " refuses " + what + ", which is given up: " + failure.detail() + ".");
    }

    /// @param linesRefused so far
    void noteLines(long linesRefused) {
        if (linesRefused > 0 && !isLineSaid) {
            isLineSaid = true;
            logger.log(
                    Level.WARNING,
                    sidecar()
                            + " has sent of the GameServer what is too long or not understood. It"
                            + " is counted (linesRefused), and not said again; what Agones knows is"
                            + " asked for every half minute.");
        }
    }

    void noteNotShutDown(String why) {
        logger.log(
                Level.WARNING,
                sidecar()
                        + " was not told that the server is over: "
                        + why
                        + ". Agones finds out by itself when the process has ended.");
    }

    private long seconds(long nowNanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nowNanos - sinceNanos);
    }

    private String sidecar() {
        return "The Agones sidecar at " + endpoint;
    }
}
