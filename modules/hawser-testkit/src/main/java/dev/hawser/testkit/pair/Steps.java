package dev.hawser.testkit.pair;

import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.testkit.SimulatedNetwork;
import dev.hawser.testkit.SimulatedPacket;
import java.util.List;

/// How the time of a [Pair] passes: from one moment at which something is due to the next.
final class Steps {
    private static final int STEPS_WITHOUT_TIME_MAX = 10_000;

    private final Pair pair;
    private final Appointments appointments = new Appointments();
    private int stepsWithoutTime;

    Steps(Pair pair) {
        this.pair = pair;
    }

    void at(long nanos, Runnable action) {
        appointments.make(nanos, action);
    }

    /// {@return false when nothing is due any more}
    boolean step() {
        long waitNanos = nanosToNext();
        if (waitNanos == Long.MAX_VALUE) {
            return false;
        }
        stepsWithoutTime = waitNanos > 0 ? 0 : stepsWithoutTime + 1;
        if (stepsWithoutTime > STEPS_WITHOUT_TIME_MAX) {
            pair.invariants()
                    .violated(
                            Invariant.NO_IDLE_WAKING,
                            "something is due for ever at the same moment");
        }
        advance(waitNanos);
        return true;
    }

    void advance(long nanos) {
        pair.clock().advanceNanos(nanos);
        long nowNanos = pair.clock().nanos();
        appointments.keepDue(nowNanos);
        SimulatedNetwork network = pair.network();
        for (SimulatedPacket packet = network.receive(nowNanos);
                packet != null;
                packet = network.receive(nowNanos)) {
            pair.deliver(packet);
        }
        // By index: this happens millions of times, and iterators cost more than what most do here.
        List<SimulatedServer> servers = pair.servers();
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).handleTimeout();
        }
        List<SimulatedClient> clients = pair.clients();
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).handleTimeout();
        }
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).check();
        }
    }

    /// {@return how long until something is due; `Long.MAX_VALUE` when nothing is}
    private long nanosToNext() {
        if (pair.tickNanos() > 0) {
            return pair.tickNanos();
        }
        long nowNanos = pair.clock().nanos();
        long soonest = appointments.nanosToNext(nowNanos);
        if (pair.network().nextArrival() != SimulatedNetwork.NO_ARRIVAL) {
            soonest = Math.min(soonest, pair.network().nextArrival() - nowNanos);
        }
        List<SimulatedServer> servers = pair.servers();
        for (int i = 0; i < servers.size(); i++) {
            SimulatedServer server = servers.get(i);
            if (server.isUp()
                    && !server.isPaused()
                    && server.machine().nextTimeout() != ServerMachine.NO_TIMEOUT) {
                soonest = Math.min(soonest, server.machine().nextTimeout() - nowNanos);
            }
        }
        List<SimulatedClient> clients = pair.clients();
        for (int i = 0; i < clients.size(); i++) {
            SimulatedClient client = clients.get(i);
            if (!client.isPaused() && client.machine().nextTimeout() != ClientMachine.NO_TIMEOUT) {
                soonest = Math.min(soonest, client.machine().nextTimeout() - nowNanos);
            }
        }
        return Math.max(0, soonest);
    }
}
