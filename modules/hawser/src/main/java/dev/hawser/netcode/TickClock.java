package dev.hawser.netcode;

import dev.hawser.protocol.WallClock;

/// The wall clock's time of a tick: one tick judges all tokens by one time, and a flood of them
/// does not ask for it again and again. One thread.
final class TickClock implements WallClock {
    private long unixSeconds;
    private long movedBySeconds;

    /// Takes the time for what follows.
    void look(WallClock clock) {
        unixSeconds = clock.unixSeconds();
        movedBySeconds = clock.movedBySeconds();
    }

    @Override
    public long unixSeconds() {
        return unixSeconds;
    }

    @Override
    public long movedBySeconds() {
        return movedBySeconds;
    }
}
