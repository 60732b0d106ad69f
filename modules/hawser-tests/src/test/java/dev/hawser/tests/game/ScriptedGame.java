package dev.hawser.tests.game;

import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.StatedReason;
import dev.hawser.tests.game.Stage.StageKind;
import dev.hawser.tests.rig.Mischief;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// One game, played by a script: what its server and each of its players see is written down.
final class ScriptedGame implements ServerHandler, AutoCloseable {
    private static final int STEP_MILLIS = 10;
    private static final int STEPS_MAX = 60_000;

    /// What was seen, in order: by the server, and by each player.
    final Map<String, List<String>> seen = new LinkedHashMap<>();

    private final Stage stage;
    private final Mischief mischief = new Mischief();
    private final Map<String, NetClient> players = new LinkedHashMap<>();
    private final Map<String, ConnectionState> states = new LinkedHashMap<>();
    private ConnectionRequest undecided;

    ScriptedGame(StageKind kind) {
        stage = Stage.of(kind, this::decide);
    }

    /// Plays it from the start of the server to its stop.
    void play() throws Exception {
        stage.server.start();
        NetClient ann = join("Ann", 1);
        until(ann::isConnected);
        say("Ann", "is anybody here?");
        untilSeen("server", "Ann: is anybody here?");

        NetClient ben = join("Ben", 2);
        until(ben::isConnected);
        say("Ben", "one");
        say("Ben", "two");
        say("Ben", "three");
        untilSeen("server", "Ben: three");
        broadcast("to all", null);
        broadcast("to all but Ann", "Ann");
        untilSeen("Ben", "received to all but Ann");

        join("Mallory", 13);
        untilSeen("Mallory", "disconnected");
        NetClient cid = join("Cid", 14);
        until(() -> undecided != null);
        steps(20);
        record("server", "still deciding about Cid: " + cid.state());
        undecided.accept();
        until(cid::isConnected);

        // Cid's game crashes and starts again; his old connection is still there.
        stage.passMillis(1000);
        NetClient again = join("Cid again", 14);
        until(() -> undecided != null && !undecided.isAnswered());
        undecided.accept();
        until(again::isConnected);
        untilSeen("Cid", "disconnected");
        say("Cid again", "sorry");
        untilSeen("server", "Cid again: sorry");

        ConnectedClient kicked = client("Ben");
        stage.server.disconnect(kicked, new StatedReason(1002, 30, "too loud"));
        record("server", "to Ben after the kick: " + send(kicked, "bye"));
        untilSeen("Ben", "disconnected");
        say("Ann", "last words");
        ann.disconnect(StatedReason.of(1001, "dinner"));
        noteStates();
        untilSeen("server", "disconnect Ann");
        record("Ann", "sends after leaving: " + ann.send(bytes("hello?")));

        stage.server.stop();
        stage.server.receive(this);
        untilSeen("Cid again", "disconnected");
    }

    /// Plays a game in which players lose their network and come back.
    void playWithLosses() throws Exception {
        stage.server.start();
        NetClient ann = join("Ann", 1);
        until(ann::isConnected);
        NetClient ben = join("Ben", 2);
        until(ben::isConnected);
        say("Ann", "before");
        untilSeen("server", "Ann: before");

        stage.loseNetwork(ann);
        untilSeen("server", "resume Ann");
        until(ann::isConnected);
        say("Ann", "after");
        untilSeen("server", "Ann: after");
        broadcast("to all", null);
        untilSeen("Ann", "received to all");
        untilSeen("Ben", "received to all");

        stage.loseNetwork(ben);
        untilSeen("server", "resume Ben");
        until(ben::isConnected);
        stage.loseNetwork(ann);
        until(() -> count("server", "resume Ann") == 2);
        until(ann::isConnected);
        say("Ben", "both are back");
        untilSeen("server", "Ben: both are back");

        stage.server.disconnect(client("Ben"), new StatedReason(1002, 30, "too loud"));
        untilSeen("Ben", "disconnected");
        ann.disconnect(StatedReason.of(1001, "dinner"));
        noteStates();
        untilSeen("server", "disconnect Ann");
        stage.server.stop();
        stage.server.receive(this);
    }

    private long count(String who, String beginning) {
        return seen.getOrDefault(who, List.of()).stream()
                .filter(line -> line.startsWith(beginning))
                .count();
    }

    private void decide(ConnectionRequest request) {
        String name = stage.name(request.id(), request.userData());
        record("server", "request " + name + " " + stage.number(request.id()));
        if (name.equals("Mallory")) {
            request.refuse(new Refusal.Banned("cheating", 60));
        } else if (name.startsWith("Cid")) {
            undecided = request;
        } else {
            request.accept();
        }
    }

    // ---- The server's side

    @Override
    public void onConnect(ConnectedClient client) {
        client.attach(stage.name(client.id(), client.userData()));
        record("server", "connect " + name(client) + " " + stage.number(client.id()));
    }

    @Override
    public void onSuspend(ConnectedClient client) {
        record("server", "suspend " + name(client));
    }

    @Override
    public void onResume(ConnectedClient client) {
        record("server", "resume " + name(client));
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        record("server", name(client) + ": " + text(payload));
        mischief.on(payload);
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        record("server", "disconnect " + name(client) + " " + reason);
    }

    private static String name(ConnectedClient client) {
        return (String) client.attachment();
    }

    private ConnectedClient client(String name) {
        return stage.server.connectedClients().stream()
                .filter(client -> name(client).equals(name))
                .findAny()
                .orElseThrow();
    }

    private SendResult send(ConnectedClient client, String text) {
        return stage.server.send(client, bytes(text));
    }

    private void broadcast(String text, String except) {
        int sent = stage.server.broadcast(except == null ? null : client(except), bytes(text));
        record("server", text + ": sent to " + sent);
    }

    // ---- The players' side

    private NetClient join(String name, long id) {
        NetClient player = stage.client(id, name);
        players.put(name, player);
        states.put(name, player.state());
        player.connect();
        return player;
    }

    private void say(String name, String text) {
        record(name, "says " + text + ": " + players.get(name).send(bytes(text)));
    }

    private void noteStates() {
        players.forEach((name, player) -> {
            ConnectionState state = player.state();
            if (isNotYetThere(state)) {
                player.connect();
                state = player.state();
            }
            ConnectionState before = states.put(name, state);
            boolean isNextAttempt =
                    state instanceof ConnectionState.Resuming
                            && before instanceof ConnectionState.Resuming;
            if (!state.equals(before) && !isNextAttempt) {
                switch (state) {
                    case ConnectionState.Connecting() -> record(name, "connecting");
                    case ConnectionState.Resuming(_) -> record(name, "resuming");
                    case ConnectionState.Connected() -> record(name, "connected");
                    case ConnectionState.Disconnected(DisconnectReason reason) ->
                            record(name, "disconnected " + reason);
                }
            }
        });
    }

    /// Whether the machine was too busy for the session of a web transport to be open in time,
    /// which the script knows nothing of.
    private static boolean isNotYetThere(ConnectionState state) {
        return state instanceof ConnectionState.Disconnected(DisconnectReason reason)
                && reason instanceof DisconnectReason.ServerUnreachable;
    }

    // ---- Time

    private void step() {
        stage.passMillis(STEP_MILLIS);
        for (NetClient player : players.values()) {
            player.update();
        }
        noteStates();
        players.forEach((name, player) ->
                player.receive(payload -> {
                    record(name, "received " + text(payload));
                    mischief.on(payload);
                }));
        stage.server.update();
        stage.server.receive(this);
        stage.server.flush();
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    private void untilSeen(String who, String beginning) {
        until(() ->
                seen.getOrDefault(who, List.of()).stream()
                        .anyMatch(line -> line.startsWith(beginning)));
    }

    private void until(BooleanSupplier condition) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (i == STEPS_MAX) {
                throw new AssertionError("the game does not go on; seen so far: " + seen);
            }
            step();
        }
        // What has happened is noticed by everybody before the script goes on.
        steps(3);
    }

    @Override
    public void close() {
        players.values().forEach(NetClient::close);
        stage.close();
    }

    // ---- What was seen

    private void record(String who, String what) {
        seen.computeIfAbsent(who, _ -> new ArrayList<>()).add(what);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer payload) {
        return StandardCharsets.UTF_8.decode(payload).toString();
    }
}
