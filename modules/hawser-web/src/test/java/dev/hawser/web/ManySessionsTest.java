package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// A full server: whatever each session sends comes back to it, and to nobody else. How much of it
/// a second is measured by `modules/hawser-benchmarks/run web-load`.
class ManySessionsTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final int SESSIONS = 60;
    private static final int DIALLED_AT_ONCE = 20;
    private static final int ROUNDS = 10;
    private static final int PAYLOAD_BYTES = 300;

    /// A datagram may be lost in a buffer of the kernel.
    private static final long SEND_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final List<SessionClient> clients = new ArrayList<>();
    private SessionServer server;

    @AfterEach
    void close() {
        clients.forEach(SessionClient::close);
        server.close();
    }

    @ParameterizedTest
    @EnumSource(value = Web.class, names = "WEB_SOCKET_PLAIN", mode = Mode.EXCLUDE)
    void everySessionOfAFullServerGetsItsOwnPacketsBack(Web web) throws IOException {
        server =
                web.server(
                        WebServerOptions.builder()
                                .sessionsMax(SESSIONS, SESSIONS)
                                .connectTimeout(Duration.ofHours(1))
                                .build());
        server.open();
        while (clients.size() < SESSIONS) {
            dialSome(web);
        }

        for (int round = 0; round < ROUNDS; round++) {
            play(round);
        }

        assertThat(server.webStats().sessions()).isEqualTo(SESSIONS);
        assertThat(server.webStats().drops()).isEmpty();
        assertThat(server.stats().sendFailures()).isEmpty();
    }

    private void dialSome(Web web) throws IOException {
        for (int i = 0; i < DIALLED_AT_ONCE; i++) {
            SessionClient client = web.client(web.url(server));
            clients.add(client);
            client.open();
        }
        Web.untilOpen(server, NAMED, clients);
    }

    /// Each sends a packet, until it comes back.
    private void play(int round) {
        boolean[] isBack = new boolean[SESSIONS];
        long[] sentNanos = {System.nanoTime()};
        send(round, isBack);
        Web.until(
                () -> {
                    server.receive(server::send, 10_000);
                    server.flush();
                    for (int i = 0; i < SESSIONS; i++) {
                        take(i, round, isBack);
                    }
                    if (System.nanoTime() - sentNanos[0] > SEND_AGAIN_NANOS) {
                        sentNanos[0] = System.nanoTime();
                        send(round, isBack);
                    }
                    return allOf(isBack);
                },
                "everybody's packet of round " + round);
    }

    private void send(int round, boolean[] isBack) {
        for (int i = 0; i < SESSIONS; i++) {
            if (!isBack[i]) {
                ByteBuffer packet = ByteBuffer.allocate(PAYLOAD_BYTES);
                clients.get(i).send(NAMED, packet.putInt(0, i).putInt(4, round));
                clients.get(i).flush();
            }
        }
    }

    private void take(int client, int round, boolean[] isBack) {
        clients.get(client)
                .receive(
                        (_, packet) -> {
                            assertThat(packet.remaining()).isEqualTo(PAYLOAD_BYTES);
                            assertThat(packet.getInt(packet.position())).isEqualTo(client);
                            if (packet.getInt(packet.position() + 4) == round) {
                                isBack[client] = true;
                            }
                        },
                        100);
    }

    private static boolean allOf(boolean[] each) {
        for (boolean one : each) {
            if (!one) {
                return false;
            }
        }
        return true;
    }
}
