package dev.hawser.tests.simulation;

import dev.hawser.protocol.NetAddress;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.pair.Direction;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.SimulatedClient;
import java.util.ArrayList;
import java.util.List;

/// What becomes of the addresses and lines of clients: NATs that forget, phones that leave the
/// Wi-Fi, ways that are dead for a while.
final class Moves {
    private static final int CUT_MILLIS_MAX = 4_000;
    private static final int OLD_MILLIS_MAX = 5_000;

    private final Scenario scenario;
    private final Pair pair;
    private final SeededRandom random;
    private final List<NetAddress> former = new ArrayList<>();
    private final int everyMillis;

    Moves(Scenario scenario) {
        this.scenario = scenario;
        pair = scenario.pair;
        random = scenario.moves.split();
        everyMillis = random.nextInt(300, 6_000);
    }

    void start() {
        pair.after(random.nextInt(everyMillis), this::trouble);
    }

    private void trouble() {
        if (scenario.isCalm()) {
            return;
        }
        List<SimulatedClient> clients = pair.clients();
        troubleOne(clients.get(random.nextInt(clients.size())));
        pair.after(random.nextInt(everyMillis / 2, everyMillis), this::trouble);
    }

    private void troubleOne(SimulatedClient client) {
        switch (random.nextInt(10)) {
            case 0, 1 -> rebind(client, 0);
            case 2 -> rebind(client, random.nextInt(OLD_MILLIS_MAX));
            case 3, 4 -> move(client, pair.newAddress());
            case 5 -> move(client, anyFormer());
            case 6 -> cut(client, Direction.TO_SERVER);
            case 7 -> cut(client, Direction.TO_CLIENT);
            case 8 -> {
                cut(client, Direction.TO_SERVER);
                cut(client, Direction.TO_CLIENT);
            }
            default -> hurry(client);
        }
    }

    private void rebind(SimulatedClient client, long oldMillis) {
        former.add(client.address());
        client.rebind(oldMillis);
    }

    /// Applications hear of it, or not, or some time later.
    private void move(SimulatedClient client, NetAddress address) {
        former.add(client.address());
        client.moveTo(address);
        if (random.chance(0.4)) {
            pair.after(random.nextInt(400), client::networkChanged);
        }
    }

    /// Between two networks, and back before anybody has answered.
    private void hurry(SimulatedClient client) {
        NetAddress first = client.address();
        int times = random.nextInt(2, 6);
        int eachMillis = random.nextInt(10, 300);
        for (int i = 0; i < times; i++) {
            NetAddress next = i % 2 == 1 ? first : pair.newAddress();
            pair.after((long) i * eachMillis, () -> flip(client, next));
        }
    }

    private void flip(SimulatedClient client, NetAddress address) {
        if (!scenario.isCalm()) {
            client.moveTo(address);
            client.networkChanged();
        }
    }

    private void cut(SimulatedClient client, Direction direction) {
        client.cut(direction, true);
        pair.after(random.nextInt(CUT_MILLIS_MAX), () -> client.cut(direction, false));
    }

    /// {@return an address that somebody has left, or a new one}
    NetAddress anyFormer() {
        return former.isEmpty() || random.chance(0.2)
                ? pair.newAddress()
                : former.get(random.nextInt(former.size()));
    }
}
