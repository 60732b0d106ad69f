package dev.hawser.cli.demo;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The player who hosts the game of the demo.
final class LocalDemoClient extends DemoClient {
    private static final long HOST_ID = 1;

    /// Nothing wakes a local client, which a game updates once a tick.
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final DemoGame game;

    LocalDemoClient(LocalServer server, DemoGame game) {
        super(Kind.LOCAL, HOST_ID, LocalClient.builder(server).id(HOST_ID).build(), 0);
        this.game = game;
    }

    @Override
    int clientIndex() {
        return game.hostIndex();
    }

    @Override
    void await(long nanos) {
        LockSupport.parkNanos(Math.min(nanos, TICK_NANOS));
    }

    @Override
    long linkPackets() {
        return 0;
    }

    @Override
    long linkDropped() {
        return 0;
    }
}
