package dev.hawser.tests.soak;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.SendResult;
import dev.hawser.tests.rig.Mischief;

/// A visit as its player lives it, from the connect to the end.
final class Presence {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// Who is asked for nothing and told nothing gives up.
    private static final long PATIENCE_NANOS = 25 * NANOS_PER_SECOND;

    private static final long LOCAL_PATIENCE_NANOS = 3 * NANOS_PER_SECOND;

    /// Longer than a server takes to notice.
    private static final long GONE_NANOS = 6 * NANOS_PER_SECOND;

    /// How long an older client waits for the younger one to take over.
    private static final long TAKEOVER_NANOS = 12 * NANOS_PER_SECOND;

    /// Where a visit is.
    enum Stage {
        COMING,
        HERE,
        /// The same player is to come by another client.
        COMING_BACK,
        VANISHED,
        OVER
    }

    final Visit visit;
    final Line line;
    private final Soak soak;
    private final Mischief mischief = new Mischief();
    private final long beganAtNanos;
    private Stage stage = Stage.COMING;
    private long stageAtNanos;

    Presence(Soak soak, Visit visit, Line line) {
        this.soak = soak;
        this.visit = visit;
        this.line = line;
        beganAtNanos = soak.nowNanos();
        line.client().connect();
    }

    Stage stage() {
        return stage;
    }

    /// {@return whether the client can be used again}
    boolean leavesLine() {
        return stage == Stage.OVER && line.client().state() instanceof ConnectionState.Disconnected;
    }

    void tick() {
        if (stage == Stage.VANISHED) {
            if (hasLasted(GONE_NANOS) && line instanceof Line.Netcode netcode) {
                netcode.link().close();
                become(Stage.OVER);
            }
            return;
        }
        NetClient client = line.client();
        client.update();
        client.receive(payload -> {
            visit.saysToPlayer(payload);
            mischief.on(payload);
        });
        switch (client.state()) {
            case ConnectionState.Connecting(), ConnectionState.Resuming(_) -> waitPatiently();
            case ConnectionState.Connected() -> stay();
            case ConnectionState.Disconnected(DisconnectReason reason) -> {
                soak.note("player", visit, reason);
                visit.endsAtPlayer(reason, soak.newestOf(visit));
                become(Stage.OVER);
            }
        }
    }

    private void waitPatiently() {
        long waited = soak.nowNanos() - beganAtNanos;
        if (waited > (visit.isLocal ? LOCAL_PATIENCE_NANOS : PATIENCE_NANOS)) {
            leave();
        }
    }

    private void stay() {
        if (stage == Stage.COMING) {
            visit.isConnectedAtPlayer();
            become(Stage.HERE);
        }
        if (soak.isSomethingSaid()) {
            say();
        }
        if (stage == Stage.COMING_BACK) {
            if (hasLasted(TAKEOVER_NANOS)) {
                leave();
            }
        } else if (soak.isClosing()) {
            if (soak.isLeavingNow()) {
                leave();
            }
        } else if (hasLasted(visit.fate.talkNanos())) {
            end();
        }
    }

    private void say() {
        SendResult result = line.client().send(soak.payload(visit.number, visit.saidByPlayer++));
        if (result != SendResult.SENT) {
            throw new AssertionError(visit + " says something, but: " + result);
        }
    }

    private void end() {
        switch (visit.fate.ending()) {
            case LEAVE -> leave();
            case KICK -> {} // the game sees to it
            case COME_BACK -> become(Stage.COMING_BACK);
            case VANISH -> {
                if (line instanceof Line.Netcode netcode) {
                    visit.vanishes();
                    netcode.cut();
                    become(Stage.VANISHED);
                } else {
                    leave();
                }
            }
        }
    }

    private void leave() {
        visit.leaves();
        line.client().disconnect(visit.goodbye());
        soak.note("player", visit, "leaves");
        become(Stage.OVER);
    }

    private boolean hasLasted(long nanos) {
        return soak.nowNanos() - stageAtNanos >= nanos;
    }

    private void become(Stage next) {
        stage = next;
        stageAtNanos = soak.nowNanos();
    }
}
