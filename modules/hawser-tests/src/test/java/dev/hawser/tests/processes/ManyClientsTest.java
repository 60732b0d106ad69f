package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.TokenRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// As many clients as a server has slots, all at once, each over a socket of its own.
@Execution(ExecutionMode.CONCURRENT)
class ManyClientsTest {
    private static final int CLIENTS = 256;
    private static final int PAYLOADS_EACH = 20;
    private static final long TICK_MILLIS = 5;
    private static final int TICKS_MAX = 60_000;

    /// What a busy machine loses is sent again.
    private static final int TICKS_PER_PAYLOAD = 4;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    private final List<Player> players = new ArrayList<>();

    /// A client, and what it has sent and got back.
    private static final class Player {
        final NetcodeClient client;
        final long id;
        int ticks;
        int sent;
        int echoed;

        Player(NetcodeClient client, long id) {
            this.client = client;
            this.id = id;
        }

        void tick() {
            client.update();
            client.receive(this::check);
            ticks++;
            if (client.isConnected()
                    && echoed < PAYLOADS_EACH
                    && ticks % TICKS_PER_PAYLOAD == id % TICKS_PER_PAYLOAD) {
                client.send(ByteBuffer.allocate(12).putLong(0, id).putInt(8, sent));
                sent++;
            }
        }

        private void check(ByteBuffer payload) {
            assertThat(payload.getLong()).isEqualTo(id);
            assertThat(payload.getInt()).isBetween(0, sent - 1);
            echoed++;
        }
    }

    @AfterEach
    void disconnect() {
        players.forEach(player -> player.client.close());
    }

    @Test
    void twoHundredAndFiftySixConnectAndEcho() throws InterruptedException {
        HawserProcess server = rig.echoServer("--max-clients", Integer.toString(CLIENTS));
        NetAddress address = ProcessRig.address(server);
        for (int i = 0; i < CLIENTS; i++) {
            players.add(join(address, i));
        }

        tickUntil(player -> player.client.isConnected());

        assertThat(players)
                .extracting(player -> player.client.clientIndex())
                .as("client indexes")
                .doesNotHaveDuplicates()
                .allMatch(index -> index >= 0 && index < CLIENTS);
        tickUntil(player -> player.echoed >= PAYLOADS_EACH);
        assertThat(players).allMatch(player -> player.client.isConnected());

        players.forEach(player -> player.client.close());
        for (int i = 0; i < CLIENTS; i++) {
            server.awaitOut("^disconnected index=\\d+ id=" + i + " reason=client-left$");
        }
    }

    private Player join(NetAddress address, long id) {
        TokenRequest.Builder request = ProcessRig.request(id).server(address);
        NetcodeClient client =
                NetcodeClient.builder()
                        .authentication(new Authentication.Token(rig.token(request)))
                        .build();
        client.connect();
        return new Player(client, id);
    }

    private void tickUntil(Predicate<Player> isDone) throws InterruptedException {
        for (int i = 0; i < TICKS_MAX && !players.stream().allMatch(isDone); i++) {
            players.forEach(Player::tick);
            Thread.sleep(TICK_MILLIS);
        }
        assertThat(players).as("players that are done").allMatch(isDone);
    }
}
