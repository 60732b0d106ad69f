package dev.hawser.cli.arena;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The game at its server: players steer, everybody is told where everybody is.
///
/// Belongs to the server's thread.
final class ArenaGame implements ServerHandler {
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1) / Arena.STEPS_PER_SECOND;
    private static final int STEPS_PER_SNAPSHOT = Arena.STEPS_PER_SECOND / Snapshot.PER_SECOND;
    private static final int STEPS_PER_ROSTER = Arena.STEPS_PER_SECOND / 2;

    /// After a pause of the machine the world goes on from here; it does not catch up.
    private static final long BEHIND_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    private static final StatedReason FULL =
            StatedReason.of(StatedReason.SERVER_FULL, "the arena is full, try again later");

    /// What is heard of the players, on the server's thread.
    interface Listener {
        /// A player has said its name, for the first time.
        void joined(String name, WayIn wayIn);

        /// The connection of a player was lost, and its place is kept.
        void lost(String name, WayIn wayIn);

        /// A player is back whose connection was lost.
        void back(String name, WayIn wayIn);

        /// A player is gone.
        void left(String name, WayIn wayIn, DisconnectReason reason);
    }

    private final NetServer server;
    private final Map<? extends NetServer, WayIn> waysIn;
    private final Arena arena;
    private final Listener listener;
    private final ByteBuffer message = ByteBuffer.allocate(Wire.MESSAGE_BYTES_MAX);
    private boolean hasBegun;
    private long steppedNanos;
    private int steps;
    private int snapshots;
    private boolean isRosterDue;

    /// @param server with a member for each way in
    /// @param waysIn by the members of the server
    ArenaGame(
            NetServer server,
            Map<? extends NetServer, WayIn> waysIn,
            Arena arena,
            Listener listener) {
        this.server = server;
        this.waysIn = Map.copyOf(waysIn);
        this.arena = arena;
        this.listener = listener;
    }

    // ---- What happens at the server

    @Override
    public void onConnect(ConnectedClient client) {
        WayIn wayIn = wayIn(client);
        if (arena.isFull()) {
            server.disconnect(client, FULL);
        } else {
            client.attach(new Slot(arena.add(wayIn)));
        }
    }

    private WayIn wayIn(ConnectedClient client) {
        WayIn wayIn = waysIn.get(client.server());
        if (wayIn == null) {
            throw new IllegalStateException("no way in is known for " + client.server());
        }
        return wayIn;
    }

    /// It stays where it is, and whoever looks at the arena sees it wait.
    @Override
    public void onSuspend(ConnectedClient client) {
        if (client.attachment() instanceof Slot slot) {
            slot.player.steer(0, 0);
            if (!slot.player.name.isEmpty()) {
                listener.lost(slot.player.name, slot.player.wayIn);
            }
        }
    }

    @Override
    public void onResume(ConnectedClient client) {
        if (client.attachment() instanceof Slot slot) {
            slot.player.wayIn = wayIn(client);
            if (!slot.player.name.isEmpty()) {
                listener.back(slot.player.name, slot.player.wayIn);
            }
        }
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        if (client.attachment() instanceof Slot slot) {
            Player player = slot.player;
            arena.remove(player);
            if (!player.name.isEmpty()) {
                listener.left(player.name, player.wayIn, reason);
            }
        }
    }

    /// What is no message of the game is ignored.
    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        if (!(client.attachment() instanceof Slot slot)) {
            return;
        }
        switch (payload.get(payload.position())) {
            case Wire.INPUT -> {
                Input input = Input.read(payload);
                if (input != null) {
                    slot.take(input);
                }
            }
            case Wire.PING -> {
                // It goes back as it came, but for its type.
                payload.put(payload.position(), Wire.PONG);
                var _ = server.send(client, payload);
            }
            case Wire.HELLO -> {
                payload.get();
                takeName(slot.player, Names.readHello(payload));
            }
            default -> {}
        }
    }

    private void takeName(Player player, String name) {
        boolean isNew = player.name.isEmpty();
        if (name.isEmpty() || name.equals(player.name)) {
            return;
        }
        player.name = name;
        if (isNew) {
            listener.joined(name, player.wayIn);
        }
        isRosterDue = true;
    }

    // ---- Time

    /// Lets the world go on to this moment, and tells the players. To be called often: more than
    /// [Arena#STEPS_PER_SECOND] times a second.
    void tick(long nowNanos) {
        if (!hasBegun) {
            hasBegun = true;
            steppedNanos = nowNanos;
        }
        steppedNanos = Math.max(steppedNanos, nowNanos - BEHIND_NANOS_MAX);
        while (nowNanos - steppedNanos >= STEP_NANOS) {
            steppedNanos += STEP_NANOS;
            arena.step();
            steps++;
            if (steps % STEPS_PER_SNAPSHOT == 0) {
                sendSnapshots();
            }
            if (isRosterDue || steps % STEPS_PER_ROSTER == 0) {
                isRosterDue = false;
                sendRoster();
            }
        }
    }

    private void sendSnapshots() {
        snapshots++;
        List<Snapshot.Dot> dots = arena.players().stream().map(Snapshot.Dot::of).toList();
        for (ConnectedClient client : server.connectedClients()) {
            // One that has come with this update is not connected before it was received.
            if (client.attachment() instanceof Slot slot) {
                message.clear();
                new Snapshot(
                                snapshots,
                                slot.player.id,
                                slot.inputSequence,
                                slot.inputsReceived,
                                arena.starX(),
                                arena.starY(),
                                dots)
                        .write(message);
                var _ = server.send(client, message.flip());
            }
        }
    }

    private void sendRoster() {
        for (ByteBuffer roster : Names.rosters(arena.players())) {
            server.broadcast(roster);
        }
    }

    /// What belongs to a connection.
    private static final class Slot {
        final Player player;
        int inputSequence;
        int inputsReceived;

        Slot(Player player) {
            this.player = player;
        }

        void take(Input input) {
            inputsReceived++;
            // Subtracted, since it wraps: an older one is counted, and steers no more.
            if (input.sequence() - inputSequence > 0) {
                inputSequence = input.sequence();
                input.steer(player);
            }
        }
    }
}
