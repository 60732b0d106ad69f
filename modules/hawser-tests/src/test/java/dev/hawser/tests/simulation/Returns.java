package dev.hawser.tests.simulation;

import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.pair.Direction;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.testkit.pair.SimulatedServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Players who come back for the connection that they had, with the right token or a wrong one, and
/// servers that are about to go down meanwhile.
final class Returns {
    private static final int ASLEEP_MILLIS_MAX = 8_000;
    private static final int DEAF_MILLIS_MAX = 1_500;
    private static final int DRAIN_MILLIS_MAX = 6_000;
    private static final int DOWN_MILLIS_MAX = 3_000;
    private static final StatedReason KICKED = StatedReason.of(1001, "kicked, and told so");
    private static final StatedReason DRAINING = StatedReason.of(StatedReason.DRAINING, "updated");
    private static final StatedReason MOVED = StatedReason.of(StatedReason.MOVED, "go on there");

    private final Scenario scenario;
    private final Pair pair;
    private final SeededRandom random;

    /// What each player was connected with, in the order in which it was.
    private final Map<Long, List<TokenTag>> tagsOfClient = new HashMap<>();

    private final List<TokenTag> tags = new ArrayList<>();

    private final Map<Long, SimulatedServer> serverOfClient = new HashMap<>();

    /// @param random theirs alone, so that the rest of a world stays
    Returns(Scenario scenario, SeededRandom random) {
        this.scenario = scenario;
        this.random = random;
        pair = scenario.pair;
    }

    void start(int durationMillis) {
        for (SimulatedServer server : pair.servers()) {
            if (random.chance(0.4)) {
                pair.after(random.nextInt(durationMillis), () -> drain(server));
            }
        }
        pair.after(random.nextInt(durationMillis / 3), this::trouble);
    }

    // ---- Tokens

    /// Looks which connection a client has: it names that one when it comes back.
    void look(SimulatedClient client) {
        ConnectToken token = client.token();
        if (!client.isConnected() || token == null) {
            return;
        }
        List<TokenTag> known = tagsOfClient.computeIfAbsent(client.id(), _ -> new ArrayList<>());
        if (!known.contains(token.tag())) {
            known.add(token.tag());
            tags.add(token.tag());
        }
        SimulatedServer server = client.server();
        if (server != null) {
            serverOfClient.put(client.id(), server);
        }
    }

    /// Has a token name the connection that its player had last, or another one, or none.
    TokenRequest.Builder named(long clientId, TokenRequest.Builder request) {
        TokenTag tag = tagFor(clientId);
        request.statesReasons(random.chance(0.8));
        return tag == null ? request : request.resumes(tag);
    }

    private @Nullable TokenTag tagFor(long clientId) {
        List<TokenTag> known = tagsOfClient.getOrDefault(clientId, List.of());
        int choice = random.nextInt(20);
        if (choice == 0 && !tags.isEmpty()) {
            return tags.get(random.nextInt(tags.size()));
        }
        if (choice == 1) {
            return new TokenTag(random.nextLong(), random.nextLong());
        }
        if (known.isEmpty() || choice > 16) {
            return null;
        }
        return choice < 4 ? known.get(random.nextInt(known.size())) : known.getLast();
    }

    // ---- How connections are lost

    private void trouble() {
        if (scenario.isCalm()) {
            return;
        }
        SimulatedClient client = somebody();
        look(client);
        switch (random.nextInt(8)) {
            case 0 -> kick(client);
            case 4, 5 -> oversleep(client);
            case 1, 2 -> deafen(client);
            case 3 -> comeBackElsewhere(client);
            default -> comeBack(client);
        }
        pair.after(random.nextInt(300, 3_000), this::trouble);
    }

    /// Who is connected has more to lose than all those who are gone for good.
    private SimulatedClient somebody() {
        List<SimulatedClient> clients = pair.clients();
        List<SimulatedClient> connected =
                clients.stream().filter(SimulatedClient::isConnected).toList();
        List<SimulatedClient> some =
                connected.isEmpty() || random.chance(0.2) ? clients : connected;
        return some.get(random.nextInt(some.size()));
    }

    private void kick(SimulatedClient client) {
        for (SimulatedServer server : pair.servers()) {
            if (server.isUp() && !server.isPaused()) {
                server.disconnect(client, KICKED);
            }
        }
        pair.after(random.nextInt(3_000), () -> comeBack(client));
    }

    /// It is asleep for so long that its server may have noticed.
    private void oversleep(SimulatedClient client) {
        if (!client.isPaused()) {
            int asleepMillis = random.nextInt(1_500, ASLEEP_MILLIS_MAX);
            client.pauseMillis(asleepMillis);
            pair.after(asleepMillis + random.nextInt(500), () -> comeBack(client));
        }
    }

    /// It comes back, and does not hear that it has; so it comes back once more, for the same
    /// connection as before.
    private void deafen(SimulatedClient client) {
        TokenTag tag = tagFor(client.id());
        if (client.isPaused() || tag == null) {
            return;
        }
        int deafMillis = random.nextInt(DEAF_MILLIS_MAX);
        client.crash();
        connect(client, tag);
        pair.after(random.nextInt(400), () -> client.cut(Direction.TO_CLIENT, true));
        pair.after(400 + deafMillis, () -> client.cut(Direction.TO_CLIENT, false));
        pair.after(
                random.nextInt(1_000, 2_500),
                () -> {
                    if (!client.isConnected() && !scenario.isCalm() && !client.isPaused()) {
                        client.crash();
                        connect(client, tag);
                    }
                });
    }

    private void comeBack(SimulatedClient client) {
        TokenTag tag = tagFor(client.id());
        if (tag != null && !scenario.isCalm() && !client.isPaused()) {
            client.crash();
            connect(client, tag);
        }
    }

    /// The laptop that was closed, and the phone that goes on: both know the connection.
    private void comeBackElsewhere(SimulatedClient client) {
        TokenTag tag = tagFor(client.id());
        if (tag == null) {
            return;
        }
        SimulatedClient other = pair.newClient(client.id(), pair.newAddress());
        connect(other, tag);
        if (random.chance(0.5)) {
            pair.after(random.nextInt(2_000), () -> comeBack(client));
        }
    }

    private void connect(SimulatedClient client, TokenTag tag) {
        List<SimulatedServer> servers = new ArrayList<>(pair.servers());
        // The service names the server first that has the connection, or is thought to.
        SimulatedServer first = serverOfClient.get(client.id());
        if (first == null || random.chance(0.5)) {
            first = servers.get(random.nextInt(servers.size()));
        }
        servers.remove(first);
        servers.addFirst(first);
        client.connect(
                scenario.newToken(
                        client.id(),
                        servers,
                        request -> request.statesReasons(random.chance(0.8)).resumes(tag)));
    }

    // ---- Servers that leave

    private void drain(SimulatedServer server) {
        if (!server.isUp() || scenario.isCalm() || server.isDraining()) {
            return;
        }
        server.drain(DRAINING);
        pair.after(random.nextInt(DRAIN_MILLIS_MAX), () -> sendEverybodyOn(server));
    }

    /// At the deadline, unless it went down before.
    private void sendEverybodyOn(SimulatedServer server) {
        if (!server.isDraining()) {
            return;
        }
        server.sendEverybodyOn(MOVED);
        int downMillis = random.nextInt(DOWN_MILLIS_MAX);
        pair.after(
                downMillis,
                () -> {
                    if (server.isDraining()) {
                        server.stop();
                        server.restart();
                    }
                });
    }
}
