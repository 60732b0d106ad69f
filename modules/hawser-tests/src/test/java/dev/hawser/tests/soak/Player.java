package dev.hawser.tests.soak;

import dev.hawser.tests.soak.Presence.Stage;

/// Somebody who comes again and again under one client id, now with the client that there is, now
/// with another one, which may take the place of the first.
final class Player {
    private static final double NEW_CLIENT_CHANCE = 0.5;

    private final Soak soak;
    private final long clientId;
    private final boolean isLocal;
    private Presence present;

    /// What is left of the last visit.
    private Line idle;

    /// By another client, which this one has followed.
    private Presence former;

    private long comesAtNanos;

    Player(Soak soak, long clientId, boolean isLocal) {
        this.soak = soak;
        this.clientId = clientId;
        this.isLocal = isLocal;
        rest();
    }

    boolean isAway() {
        return present == null && former == null;
    }

    void tick() {
        if (former != null) {
            former.tick();
            if (former.stage() == Stage.OVER) {
                close(former);
                former = null;
            }
        }
        if (present == null) {
            if (idle != null) {
                idle.client().update();
            }
            if (!soak.isClosing() && soak.nowNanos() >= comesAtNanos) {
                come();
            }
            return;
        }
        present.tick();
        if (present.stage() == Stage.COMING_BACK && former == null) {
            former = present;
            present = null;
            rest();
        } else if (present.stage() == Stage.OVER) {
            goAway();
        }
    }

    private void come() {
        Visit visit = soak.beginVisit(clientId, isLocal);
        Line line;
        if (isLocal) {
            line = soak.localLine(visit);
        } else {
            Line.Netcode again = (Line.Netcode) idle;
            line = again == null ? soak.netcodeLine(visit) : soak.withToken(again, visit);
        }
        idle = null;
        present = new Presence(soak, visit, line);
    }

    private void goAway() {
        boolean isUsedAgain =
                !isLocal && present.leavesLine() && !soak.random().chance(NEW_CLIENT_CHANCE);
        if (isUsedAgain) {
            idle = present.line;
        } else {
            close(present);
        }
        present = null;
        rest();
    }

    /// One that has vanished says nothing any more.
    private static void close(Presence presence) {
        if (presence.leavesLine()) {
            presence.line.client().close();
        }
    }

    /// Gives up the client that was kept for the next visit.
    void closeIdle() {
        if (idle != null) {
            idle.client().close();
            idle = null;
        }
    }

    private void rest() {
        comesAtNanos = soak.nowNanos() + soak.restNanos();
    }
}
