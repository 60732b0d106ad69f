package dev.hawser.tests.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.NetServer;
import dev.hawser.ServerStats;
import dev.hawser.tests.rig.Footprint;
import dev.hawser.tests.rig.Inside;
import dev.hawser.transport.ConditionedTransport;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What is there when nobody is: everything that can be reached from a server and its network.
final class Leftovers {
    /// Fields that hold something of a connection, while there is one or somebody still looks.
    private static final Map<String, Set<String>> OF_CONNECTIONS =
            Map.of(
                    "ServerHub", Set.of("clientOfId", "answers"),
                    "ServerInbox", Set.of("events"),
                    "NetcodeServer", Set.of("connected"),
                    "LocalServer", Set.of("asked", "begun", "connected"),
                    "DelayedPackets", Set.of("underWay"),
                    "MemoryQueue", Set.of("waiting"));

    /// Tables of a fixed size that say how many of their places are taken: by the token of the one
    /// that came last, if at all.
    private static final List<String> TABLES = List.of("KeyedMap", "DeadlineHeap");

    /// What is used again and again, of which there is as much as the largest crowd has needed. A
    /// larger one may come later, but not a much larger one. A ring grows with it too, and a lender
    /// has a buffer for each length of payloads that has occurred.
    private static final Set<String> POOLED =
            Set.of("Packet", "PendingConnection", "PayloadRing", "PayloadLender");

    private static final double LARGER_CROWD = 1.5;

    private final Map<String, Long> footprint;
    private final Map<String, Integer> pooled;

    private Leftovers(Map<String, Long> footprint, Map<String, Integer> pooled) {
        this.footprint = footprint;
        this.pooled = pooled;
    }

    /// Looks at a quiet moment, and fails where something is left of somebody.
    static Leftovers of(Soak soak) {
        Object[] roots = {soak.server, soak.network};
        for (NetServer member : soak.server.members().values()) {
            checkNobodyIsThere(member);
        }
        assertThat(soak.server.connectedClients()).isEmpty();
        for (ConditionedTransport link : soak.serverLinks) {
            assertThat(link.outboundStats().underWay()).isZero();
            assertThat(link.inboundStats().underWay()).isZero();
            assertThat(link.outboundStats().overflowed()).isZero();
            assertThat(link.inboundStats().overflowed()).isZero();
        }
        OF_CONNECTIONS.forEach((type, fields) -> {
            for (Object object : Footprint.found(type, roots)) {
                for (String field : fields) {
                    assertThat(Inside.of(object).get(field).size())
                            .as("%s of %s", field, object)
                            .isZero();
                }
            }
        });
        for (String type : TABLES) {
            assertThat(Footprint.found(type, roots))
                    .isNotEmpty()
                    .allSatisfy(table ->
                            assertThat(Inside.of(table).get("size").asInt())
                                    .as("places taken in %s", type)
                                    .isLessThanOrEqualTo(1));
        }
        assertThat(Footprint.found("MemoryQueue", roots))
                .as("who is open on the network")
                .hasSize(Soak.MEMBERS);
        assertThat(Footprint.found("NetcodeConnectedClient", roots)).isEmpty();
        assertThat(Footprint.found("LocalConnectedClient", roots)).isEmpty();
        assertThat(Footprint.found("LocalConnection", roots)).isEmpty();
        Map<String, Integer> pooled = new TreeMap<>();
        POOLED.forEach(type -> pooled.put(type, Footprint.found(type, roots).size()));
        return new Leftovers(Footprint.byClass(POOLED, roots), pooled);
    }

    private static void checkNobodyIsThere(NetServer member) {
        ServerStats stats = member.stats();
        assertThat(stats.connectedClients()).as("slots taken at %s", member).isZero();
        assertThat(stats.pendingConnections()).as("pending at %s", member).isZero();
        assertThat(stats.rememberedTokens())
                .as("%s remembers the one that came last and nobody else", member)
                .isLessThanOrEqualTo(1);
    }

    /// {@return what there is more of than there was, by class}
    Map<String, String> beyond(Leftovers before) {
        Map<String, String> more = new TreeMap<>();
        footprint.forEach((type, count) -> {
            long known = before.footprint.getOrDefault(type, 0L);
            if (count > known) {
                more.put(type, known + " -> " + count);
            }
        });
        pooled.forEach((type, count) -> {
            int known = before.pooled.getOrDefault(type, 0);
            if (count > LARGER_CROWD * known) {
                more.put(type, known + " -> " + count);
            }
        });
        return more;
    }

    /// Runs something, and fails where a thread is left that it has started: such threads are of
    /// the group of their starter.
    static void checkThreads(Callable<Void> whole) throws InterruptedException {
        ThreadGroup group = new ThreadGroup("soak");
        FutureTask<Void> task = new FutureTask<>(whole);
        Thread thread = new Thread(group, task);
        thread.start();
        thread.join();
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        }
        Thread[] left = new Thread[10];
        int count = group.enumerate(left);
        assertThat(Arrays.copyOf(left, count)).as("threads that are left").isEmpty();
    }

    @Override
    public String toString() {
        return pooled + " pooled, " + footprint;
    }
}
