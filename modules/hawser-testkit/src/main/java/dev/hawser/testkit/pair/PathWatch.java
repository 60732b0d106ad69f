package dev.hawser.testkit.pair;

import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.testkit.SimulatedPacket;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.LinkConditions.BurstLoss;
import org.jspecify.annotations.Nullable;

/// Looks at how a client asks for its path, and whether it loses a connection that it need not
/// lose.
final class PathWatch {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// Half a second until a client knows that it hears nothing, and a few requests.
    private static final long PROBING_NANOS = NANOS_PER_SECOND;

    /// So many requests that not all of them, or of their answers, are lost.
    private static final long PROBING_IN_BAD_WEATHER_NANOS = 3 * NANOS_PER_SECOND;

    private static final double LOSS_OF_GOOD_WEATHER = 0.02;

    /// What [Link#reordering] holds packets back for.
    private static final long HELD_BACK_NANOS_MIN = 20_000_000;

    private static final int TICKS = 4;

    private final SimulatedClient client;
    private final Pair pair;
    private long worksSinceNanos;

    private boolean wasProbing;
    private long dropsBefore;

    PathWatch(SimulatedClient client, Pair pair) {
        this.client = client;
        this.pair = pair;
    }

    // ---- How it asks

    /// The machine is about to do something.
    void before(ClientMachine machine) {
        wasProbing = machine.isProbing();
        dropsBefore = machine.drops().total();
    }

    /// The machine has done something that may have made it ask for its path.
    void after(ClientMachine machine, PathStep beginning) {
        if (!wasProbing && machine.isProbing()) {
            pair.invariants().count(beginning);
        }
        if (wasProbing && !machine.isProbing() && client.isConnected()) {
            pair.invariants().count(PathStep.CONFIRMED);
        }
    }

    /// The machine has taken a packet.
    void afterDatagram(ClientMachine machine, SimulatedPacket packet) {
        after(machine, PathStep.PROBED_FOR_NOTHING_HEARD);
        boolean isDropped = machine.drops().total() > dropsBefore;
        if (packet.typeNumber() == PathPackets.RESET && isDropped) {
            pair.invariants().count(PathStep.RESET_IGNORED);
        } else if (packet.typeNumber() == PathPackets.PING && !isDropped) {
            pair.invariants().count(PathStep.CLIENT_PINGED);
        }
    }

    // ---- Whether it need not have been lost

    /// The ways are others, or somebody has had a hand in what travels on them.
    void disturbed() {
        worksSinceNanos = pair.clock().nanos();
    }

    /// Looks whether both ways work.
    void look(@Nullable SimulatedServer server, @Nullable MintedToken token) {
        if (server == null || token == null || !doWaysWork(server, token)) {
            disturbed();
        }
    }

    private boolean doWaysWork(SimulatedServer server, MintedToken token) {
        return client.isConnected()
                && !client.isPaused()
                && !client.isCut(Direction.TO_SERVER)
                && !client.isCut(Direction.TO_CLIENT)
                && !pair.toServer().conditions().isCut()
                && !pair.toClient().conditions().isCut()
                && pair.addresses().at(client.address()) == client
                && server.isUp()
                && !server.isPaused()
                && !server.isTakenFrom(token, client.address());
    }

    /// The connection is lost to silence at one side, and the other one has it.
    void lost(MintedToken token, String event) {
        long worksNanos = pair.clock().nanos() - worksSinceNanos;
        if (token.survivesMoves && !token.isMisused && worksNanos > enoughNanos()) {
            pair.invariants()
                    .violated(
                            Invariant.MOVES_ARE_SURVIVED,
                            client
                                    + ", "
                                    + event
                                    + ": both ways had worked for "
                                    + worksNanos / 1_000_000
                                    + " ms");
        }
    }

    private long enoughNanos() {
        LinkConditions there = pair.toServer().conditions();
        LinkConditions back = pair.toClient().conditions();
        double loss = Math.max(there.loss(), back.loss());
        if (hasBursts(there) || hasBursts(back)) {
            return Long.MAX_VALUE;
        }
        long probingNanos =
                loss <= LOSS_OF_GOOD_WEATHER ? PROBING_NANOS : PROBING_IN_BAD_WEATHER_NANOS;
        return probingNanos
                + 2 * (travelNanosMax(there) + travelNanosMax(back))
                + TICKS * pair.tickNanos();
    }

    private static boolean hasBursts(LinkConditions conditions) {
        return !conditions.burstLoss().equals(BurstLoss.NONE);
    }

    private static long travelNanosMax(LinkConditions conditions) {
        long travelNanos = conditions.latencyNanos() + conditions.jitterNanos();
        return conditions.reordering() == 0
                ? travelNanos
                : travelNanos + Math.max(HELD_BACK_NANOS_MIN, 2 * travelNanos);
    }

    /// The machine has ended, or not.
    ///
    /// @param server to which it was connected before
    void afterEnd(
            ClientMachine machine, @Nullable SimulatedServer server, @Nullable MintedToken token) {
        if (server == null || token == null) {
            return;
        }
        boolean serverHasIt = server.hasSlot(token);
        if (machine.state() == ClientState.CONNECTION_TIMED_OUT && serverHasIt) {
            lost(token, "connection timed out");
        }
        if (machine.isForgotten()) {
            pair.invariants().count(PathStep.RESET_HEEDED);
            if (serverHasIt && !token.isMisused) {
                pair.invariants()
                        .violated(
                                Invariant.RESET_OF_UNKNOWN_ONLY,
                                client + " takes " + server + " for one that forgot it");
            }
        }
    }
}
