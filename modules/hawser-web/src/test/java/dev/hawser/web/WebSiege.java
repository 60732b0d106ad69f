package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.MemoryGrowth;
import dev.hawser.SendResult;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.web.session.SessionServer;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server of both kinds with honest players, while one hostile peer works for as long as
/// `-Dhawser.siegeSeconds` says, a minute by default: memory stays where it was after a third of
/// that time, and the players lose nothing.
///
/// Not a part of the check, which has [HostilePeersTest]: this is run by its name. Everything is in
/// one process, so what the attackers keep would be seen too, and they keep little.
class WebSiege {
    private static final int SECONDS = Integer.getInteger("hawser.siegeSeconds", 60);
    private static final int SAMPLES = 12;
    private static final int PLAYERS_OF_EACH_KIND = 4;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int FED_PACKETS_A_TICK = 20;
    private static final long PROTOCOL_ID = 7;
    private static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1:0");
    private static final NetAddress IDENTITY = NetAddress.parse("203.0.113.5:7777");

    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
    private final List<SessionServer> transports = new ArrayList<>();
    private final List<NetcodeServer> servers = new ArrayList<>();
    private final List<NetcodeClient> players = new ArrayList<>();
    private final Set<String> honest = new HashSet<>();
    private final MemoryGrowth memory = new MemoryGrowth(SAMPLES);
    private long sent;
    private long echoed;

    @ParameterizedTest
    @EnumSource
    void memoryStaysAndPlayersLoseNothing(HostilePeer hostile) throws Exception {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        var goesOn = new AtomicBoolean(true);
        Thread attacker = null;
        try {
            start();
            attacker = Thread.ofPlatform().daemon().start(() -> attack(hostile, goesOn));
            play(hostile);
            goesOn.set(false);
            settle();
            report(hostile);
        } finally {
            goesOn.set(false);
            if (attacker != null) {
                attacker.join();
            }
            players.forEach(NetcodeClient::close);
            servers.forEach(NetcodeServer::stop);
            ResourceLeakDetector.setLevel(level);
        }
    }

    private void start() throws IOException {
        WebServerOptions options = WebServerOptions.DEFAULT;
        transports.add(Web.WEB_TRANSPORT.unchangedServer(LOOPBACK, options));
        transports.add(Web.WEB_SOCKET_PLAIN.unchangedServer(LOOPBACK, options));
        for (SessionServer transport : transports) {
            NetcodeServer server =
                    NetcodeServer.builder()
                            .transport(transport)
                            .identity(IDENTITY)
                            .protocolId(PROTOCOL_ID)
                            .privateKey(key)
                            .maxClients(PLAYERS_OF_EACH_KIND)
                            .build();
            server.start();
            servers.add(server);
        }
        for (int i = 0; i < PLAYERS_OF_EACH_KIND; i++) {
            connect(Web.WEB_TRANSPORT, transports.getFirst(), 2 * i + 1);
            connect(Web.WEB_SOCKET_PLAIN, transports.getLast(), 2 * i + 2);
        }
        until(() -> players.stream().allMatch(NetcodeClient::isConnected), "players");
        transports.forEach(
                transport -> transport.peers().forEach(peer -> honest.add(peer.toString())));
    }

    private void connect(Web web, SessionServer transport, long clientId) {
        NetcodeClient player =
                NetcodeClient.builder()
                        .transport(web.client(web.url(transport)))
                        .authentication(
                                new Authentication.Manual(IDENTITY, clientId, key, PROTOCOL_ID))
                        .build();
        player.connect();
        players.add(player);
    }

    private void attack(HostilePeer hostile, AtomicBoolean goesOn) {
        var target =
                new HostilePeer.Target(
                        transports.getFirst().localAddress(), transports.getLast().localAddress());
        while (goesOn.get()) {
            try {
                hostile.work(target, goesOn::get);
            } catch (IOException | RuntimeException e) {
                // The server has enough of it: again.
                HostilePeer.rest(10);
            }
        }
    }

    private void play(HostilePeer hostile) {
        long startNanos = System.nanoTime();
        long nextNanos = startNanos;
        for (int tick = 0; tick < SECONDS * 60; tick++) {
            for (NetcodeClient player : players) {
                if (tick % 2 == 0 && player.send(ByteBuffer.allocate(200)) == SendResult.SENT) {
                    sent++;
                }
            }
            if (hostile.isFed) {
                feed(transports.getFirst());
            }
            update();
            if (tick % (SECONDS * 60 / SAMPLES) == 0) {
                sample(hostile);
            }
            nextNanos = Math.max(nextNanos + TICK_NANOS, System.nanoTime() - TICK_NANOS);
            LockSupport.parkNanos(nextNanos - System.nanoTime());
        }
    }

    /// What a game would send to a player.
    private void feed(SessionServer transport) {
        for (PeerAddress peer : transport.peers()) {
            if (!honest.contains(peer.toString())) {
                transport.retain(peer);
                for (int i = 0; i < FED_PACKETS_A_TICK; i++) {
                    transport.send(peer, ByteBuffer.allocate(1000));
                }
            }
        }
    }

    private void update() {
        for (NetcodeServer server : servers) {
            server.update();
            server.receive((client, payload) -> {
                var _ = server.send(client, payload);
            });
            server.flush();
        }
        for (NetcodeClient player : players) {
            player.update();
            player.receive(_ -> echoed++);
        }
    }

    /// What is still under way arrives.
    private void settle() {
        until(() -> echoed >= sent, "what was sent");
    }

    private void until(BooleanSupplier condition, String what) {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            update();
            HostilePeer.rest(1);
            assertThat(System.nanoTime() - endNanos)
                    .as("%s: %d of %d came back", what, echoed, sent)
                    .isNegative();
        }
    }

    private void sample(HostilePeer hostile) {
        MemoryGrowth.Sample sample = memory.sample(transports.getFirst().webStats().networkBytes());
        System.out.printf(
                "%s: %s; %d and %d connections%n",
                hostile,
                sample,
                transports.getFirst().webStats().connections(),
                transports.getLast().webStats().connections());
    }

    private void report(HostilePeer hostile) {
        for (SessionServer transport : transports) {
            WebStats stats = transport.webStats();
            System.out.printf(
                    "%s: %s: refused %s, cut %s, dropped %s, addresses checked %d%n",
                    hostile,
                    transport,
                    stats.refusals(),
                    stats.cuts(),
                    stats.drops(),
                    stats.addressChecks());
        }
        System.out.printf("%s: players sent %d and got %d back%n", hostile, sent, echoed);
        assertThat(echoed).isEqualTo(sent);
        memory.check();
    }
}
