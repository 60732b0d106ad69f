package dev.hawser.tests.simulation;

import dev.hawser.protocol.NetAddress;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.SimulatedPacket;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.testkit.pair.SimulatedServer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Somebody on the path who wants connections for himself, or to end them: he copies path packets,
/// sends them from elsewhere, later or sooner than their senders, holds the originals back, and
/// forges what he can, without a key.
final class PathAttacker {
    private static final int REQUEST = 7;
    private static final int ANSWER = 8;
    private static final int RESPONSE = 9;
    private static final int PING = 10;
    private static final int RESET = 11;

    private static final int RECORDED_MAX = 200;
    private static final int RACE_MILLIS_MAX = 1_500;
    private static final int SEALED_PATH_BYTES = 16 + 16;

    private final Scenario scenario;
    private final Pair pair;
    private final SeededRandom random;
    private final NetAddress address;
    private final List<SimulatedPacket> recorded = new ArrayList<>();
    private final List<Long> pathIds = new ArrayList<>();
    private final int everyMillis;
    private boolean isRacing;
    private boolean holdsBack;

    PathAttacker(Scenario scenario) {
        this.scenario = scenario;
        pair = scenario.pair;
        random = scenario.moves.split();
        address = pair.newAddress();
        everyMillis = random.nextInt(20, 400);
    }

    void start() {
        pair.tap(this::record);
        pair.intercept(this::race);
        pair.listen(address, this::relay);
        pair.after(random.nextInt(everyMillis), this::attack);
    }

    private void record(SimulatedPacket packet) {
        int type = packet.typeNumber();
        if (type < REQUEST) {
            return;
        }
        if (type == REQUEST || type == RESPONSE) {
            long pathId = packet.content().order(ByteOrder.LITTLE_ENDIAN).getLong(1);
            if (!pathIds.contains(pathId)) {
                pathIds.add(pathId);
            }
        }
        if (recorded.size() == RECORDED_MAX) {
            recorded.remove(random.nextInt(RECORDED_MAX));
        }
        recorded.add(packet);
    }

    /// While he races, the path packets of clients reach their server from his address first, or
    /// from there alone.
    ///
    /// @return whether he holds the original back
    private boolean race(SimulatedPacket packet) {
        int type = packet.typeNumber();
        if (!isRacing || scenario.isCalm() || (type != REQUEST && type != RESPONSE)) {
            return false;
        }
        pair.inject(packet.replayed(address, packet.to()));
        return holdsBack;
    }

    /// What servers send to his address is for the client that they take him for: perhaps he passes
    /// it on, and so is a relay.
    private void relay(SimulatedPacket packet) {
        if (isRacing && !scenario.isCalm() && random.chance(0.8)) {
            for (SimulatedClient client : pair.clients()) {
                if (client.isConnected()) {
                    pair.inject(packet.replayed(packet.from(), client.address()));
                }
            }
        }
    }

    private void attack() {
        if (scenario.isCalm()) {
            return;
        }
        if (random.chance(0.03)) {
            isRacing = true;
            holdsBack = random.chance(0.5);
            pair.after(random.nextInt(RACE_MILLIS_MAX), () -> isRacing = false);
        } else if (recorded.isEmpty() || random.chance(0.4)) {
            pair.inject(forged());
        } else {
            replay(recorded.get(random.nextInt(recorded.size())));
        }
        pair.after(random.nextInt(1, everyMillis), this::attack);
    }

    private void replay(SimulatedPacket packet) {
        boolean isToServer = packet.typeNumber() == REQUEST || packet.typeNumber() == RESPONSE;
        NetAddress from = isToServer ? anyAddress() : packet.from();
        SimulatedPacket copy =
                switch (random.nextInt(4)) {
                    case 0 -> packet.replayed();
                    case 1 -> packet.tampered(random.nextInt(8 * packet.length()));
                    default -> packet.replayed(from, packet.to());
                };
        if (random.chance(0.3)) {
            pair.after(random.nextInt(2_500), () -> pair.inject(copy));
        } else {
            pair.inject(copy);
        }
    }

    /// A path packet that looks right in everything that is not sealed.
    private SimulatedPacket forged() {
        int type = REQUEST + random.nextInt(RESET - REQUEST + 1);
        boolean isToServer = type == REQUEST || type == RESPONSE || type == PING;
        NetAddress server = anyServer().address();
        return isToServer
                ? SimulatedPacket.ofStranger(anyAddress(), server, bytes(type))
                : SimulatedPacket.ofStranger(server, anyClient(), bytes(type));
    }

    private byte[] bytes(int type) {
        if (type == RESET) {
            return ByteBuffer.allocate(1 + 16).put((byte) type).put(random.bytes(16)).array();
        }
        int sequenceBytes = random.nextInt(1, 3);
        byte prefix = (byte) (sequenceBytes << 4 | type);
        if (type == REQUEST || type == RESPONSE) {
            return ByteBuffer.allocate(1 + Long.BYTES + sequenceBytes + SEALED_PATH_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(prefix)
                    .putLong(anyPathId())
                    .put(random.bytes(sequenceBytes + SEALED_PATH_BYTES))
                    .array();
        }
        int bodyBytes = type == ANSWER ? 8 : 24;
        return ByteBuffer.allocate(1 + sequenceBytes + bodyBytes + 16)
                .put(prefix)
                .put(random.bytes(sequenceBytes + bodyBytes + 16))
                .array();
    }

    private long anyPathId() {
        return pathIds.isEmpty() || random.chance(0.2)
                ? random.nextLong()
                : pathIds.get(random.nextInt(pathIds.size()));
    }

    private SimulatedServer anyServer() {
        return pair.servers().get(random.nextInt(pair.servers().size()));
    }

    private NetAddress anyClient() {
        List<SimulatedClient> clients = pair.clients();
        return clients.get(random.nextInt(clients.size())).address();
    }

    /// His own, or that of somebody who is connected, knocks, or was there once.
    private NetAddress anyAddress() {
        return switch (random.nextInt(4)) {
            case 0 -> anyClient();
            case 1 -> scenario.anyFormerAddress();
            default -> address;
        };
    }
}
