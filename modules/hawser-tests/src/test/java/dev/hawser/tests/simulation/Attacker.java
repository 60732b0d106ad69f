package dev.hawser.tests.simulation;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.SimulatedPacket;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.RawClient;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.testkit.pair.SimulatedServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Somebody on the network who sees every packet, sends from any address, and has no key.
final class Attacker {
    private static final int RECORDED_MAX = 400;

    private final Scenario scenario;
    private final Pair pair;
    private final SeededRandom random;
    private final NetAddress address;
    private final List<SimulatedPacket> recorded = new ArrayList<>();
    private final int everyMillis;
    private int seen;

    Attacker(Scenario scenario) {
        this.scenario = scenario;
        pair = scenario.pair;
        random = scenario.random.split();
        address = pair.newAddress();
        everyMillis = random.nextInt(20, 300);
    }

    void start() {
        pair.tap(this::record);
        pair.after(random.nextInt(everyMillis), this::attack);
    }

    /// Keeps a fair sample of all that was ever sent.
    private void record(SimulatedPacket packet) {
        seen++;
        if (recorded.size() < RECORDED_MAX) {
            recorded.add(packet);
        } else if (random.nextInt(seen) < RECORDED_MAX) {
            recorded.set(random.nextInt(RECORDED_MAX), packet);
        }
    }

    private void attack() {
        if (scenario.isCalm()) {
            return;
        }
        int packets = random.nextInt(1, 3);
        for (int i = 0; i < packets; i++) {
            if (recorded.isEmpty() || random.chance(0.25)) {
                pair.inject(garbage());
            } else {
                pair.inject(madeOf(recorded.get(random.nextInt(recorded.size()))));
            }
        }
        pair.after(random.nextInt(1, everyMillis), this::attack);
    }

    private SimulatedPacket madeOf(SimulatedPacket packet) {
        return switch (random.nextInt(9)) {
            case 0, 1, 2 -> packet.replayed();
            case 3 -> packet.replayed(address, packet.to());
            case 4 -> packet.replayed(packet.from(), anyServer().address());
            case 5 -> packet.replayed(anyAddress(), anyAddress());
            case 6 -> packet.tampered(random.nextInt(8 * packet.length()));
            case 7 -> resized(packet);
            default -> forgedRequest();
        };
    }

    private SimulatedPacket garbage() {
        byte[] bytes = random.bytes(random.nextInt(1300));
        if (bytes.length > 0 && random.chance(0.7)) {
            // A first byte that a reader goes on after.
            bytes[0] = (byte) (random.nextInt(0, 9) << 4 | random.nextInt(0, 7));
        }
        return SimulatedPacket.ofStranger(anyAddress(), anyAddress(), bytes);
    }

    private SimulatedPacket resized(SimulatedPacket packet) {
        byte[] bytes = packet.bytes();
        byte[] resized = Arrays.copyOf(bytes, Math.max(0, bytes.length + random.nextInt(-20, 20)));
        if (resized.length == bytes.length) {
            return packet.tampered(0);
        }
        return SimulatedPacket.ofStranger(packet.from(), packet.to(), resized);
    }

    /// A request that looks right in everything that is not sealed.
    private SimulatedPacket forgedRequest() {
        PrivateKey otherKey = PrivateKey.random(random);
        long protocolId = random.chance(0.2) ? Pair.PROTOCOL_ID + 1 : Pair.PROTOCOL_ID;
        SimulatedServer server = anyServer();
        ConnectToken token =
                new TokenMint(otherKey, protocolId, random, pair.clock())
                        .mint(
                                TokenRequest.builder(random.nextLong())
                                        .lifetimeSeconds(scenario.lifetimeSeconds)
                                        .server(server.address(), server.identity())
                                        .build());
        RawClient forger = pair.newRawClient(token);
        SimulatedPacket request = forger.request(server);
        return SimulatedPacket.ofStranger(anyAddress(), server.address(), request.bytes());
    }

    private SimulatedServer anyServer() {
        return pair.servers().get(random.nextInt(pair.servers().size()));
    }

    private NetAddress anyAddress() {
        List<SimulatedClient> clients = pair.clients();
        return switch (random.nextInt(4)) {
            case 0 -> address;
            case 1 -> anyServer().address();
            default -> clients.get(random.nextInt(clients.size())).address();
        };
    }
}
