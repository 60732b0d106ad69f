package dev.hawser.tests.simulation;

import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.testkit.pair.SimulatedServer;
import java.util.ArrayList;
import java.util.List;

/// Somebody who comes and goes, talks, crashes, and sometimes does what a client must not do.
final class Player {
    private final Scenario scenario;
    private final Pair pair;
    private final SeededRandom random;
    private final List<ConnectToken> usedTokens = new ArrayList<>();
    private final int talkMillis;
    private SimulatedClient client;

    Player(Scenario scenario, SimulatedClient client) {
        this.scenario = scenario;
        this.client = client;
        pair = scenario.pair;
        random = scenario.random;
        talkMillis = random.nextInt(40, 500);
    }

    SimulatedClient client() {
        return client;
    }

    void start() {
        pair.after(random.nextInt(1_000), this::live);
        pair.after(random.nextInt(1_000), this::talk);
    }

    private void talk() {
        if (scenario.isCalm()) {
            return;
        }
        scenario.look(client);
        if (client.isConnected() && random.chance(0.6) && !client.isPaused()) {
            client.send(length());
        }
        for (SimulatedServer server : pair.servers()) {
            if (server.slotOf(client) != SimulatedServer.NO_SLOT
                    && random.chance(0.6)
                    && !server.isPaused()) {
                server.send(client, length());
            }
        }
        pair.after(random.nextInt(talkMillis / 2, talkMillis), this::talk);
    }

    private int length() {
        return random.chance(0.9) ? random.nextInt(1, 200) : random.nextInt(1, 1200);
    }

    private void live() {
        if (scenario.isCalm()) {
            return;
        }
        if (client.isPaused()) {
            pair.after(random.nextInt(200, 4_000), this::live);
            return;
        }
        if (scenario.pauses.chance(0.1)) {
            client.pauseMillis(scenario.pauseMillis());
        } else if (client.state().isActive()) {
            act();
        } else {
            connect();
        }
        pair.after(random.nextInt(200, 4_000), this::live);
    }

    private void act() {
        switch (random.nextInt(14)) {
            case 0 -> client.disconnect();
            case 1 -> client.crash();
            case 2 -> {
                client.crash();
                connect();
            }
            case 3 -> connect();
            case 4 -> client.moveTo(pair.newAddress());
            case 5 -> twin();
            default -> {}
        }
    }

    private void connect() {
        int choice = random.nextInt(10);
        if (choice == 0 && !usedTokens.isEmpty()) {
            // As a process does that was started again and finds its old token.
            client.crash();
            client.connect(usedTokens.get(random.nextInt(usedTokens.size())));
        } else if (choice == 1) {
            ConnectToken expired =
                    pair.newToken(
                            client.id(), pair.servers(), request -> request.lifetimeSeconds(0));
            client.connect(expired);
        } else {
            ConnectToken token = scenario.newTokenOfPlayer(client.id(), someServers());
            usedTokens.add(token);
            client.connect(token);
        }
    }

    private List<SimulatedServer> someServers() {
        List<SimulatedServer> servers = pair.servers();
        return random.chance(0.8) ? servers : List.of(servers.get(random.nextInt(servers.size())));
    }

    /// The same player comes a second time, from another address, and the first one stays.
    private void twin() {
        SimulatedClient other = pair.newClient(client.id(), pair.newAddress());
        other.connect(scenario.newTokenOfPlayer(client.id(), pair.servers()));
        if (random.chance(0.5)) {
            client = other;
        }
    }
}
